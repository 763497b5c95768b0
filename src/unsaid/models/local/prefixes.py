"""Token sequences that begin alike, laid out so that what they share is computed once.

A forced answer after each step of a text is twenty prompts that differ in their ends only. `grow` inserts sequences,
longest first, into a tree: each keeps only the tokens that no longer sequence had in the same place. The sum of what
is kept is the size of the prefix tree, the fewest tokens a causal model must read.

Sequences are compared as tokens and not as text: cutting a text may change the tokens at the seam, and a token is
shared only where reading the cut text afresh would give the same one.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Layout", "Piece", "grow", "laid_out", "packs", "shared_length"]

Ints = npt.NDArray[np.int64]

#: Fewer shared tokens than this are read again: the bookkeeping would cost more than they do.
LEAST = 16


@dataclass(frozen=True)
class Piece:
    """What one sequence adds to the sequences before it.

    Attributes:
        parent: index of the sequence whose beginning it shares; None where it shares none.
        at: how many tokens it shares.
        own: its tokens from there on; empty where it is a beginning of its parent.
    """

    parent: int | None
    at: int
    own: tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """Pieces packed end to end.

    Attributes:
        pieces: one per sequence, parents before children.
        order: index of the sequence that each piece belongs to.
        tokens: all tokens of all pieces.
        positions: of each of them, within its sequence.
        starts: where each piece begins in `tokens`.
        paths: for each piece, the places in `tokens` of its whole sequence.
    """

    pieces: tuple[Piece, ...]
    order: tuple[int, ...]
    tokens: Ints
    positions: Ints
    starts: tuple[int, ...]
    paths: tuple[Ints, ...]


def shared_length(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two sequences have in common at their beginnings."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def packs(sequences: Sequence[tuple[int, ...]], most: int) -> list[list[int]]:
    """Divide sequences into groups to read at once, those that begin alike together.

    Args:
        sequences: in any order.
        most: tokens per group, shared ones counted once; a longer sequence is a group of its own. Sequences that have
            half of themselves in common stay together up to four times as many, as parting them costs more.

    Returns:
        Indices into `sequences`; each index once.
    """
    groups: list[list[int]] = []
    total = 0
    before: tuple[int, ...] = ()
    for index in sorted(range(len(sequences)), key=sequences.__getitem__):
        sequence = sequences[index]
        shared = shared_length(before, sequence)
        added = len(sequence) - shared
        if not groups or total + added > (most if 2 * shared < len(sequence) else 4 * most):
            groups.append([])
            total, added = 0, len(sequence)
        groups[-1].append(index)
        total, before = total + added, sequence
    return groups


def grow(sequences: Sequence[tuple[int, ...]], least: int = LEAST) -> tuple[list[Piece], list[int]]:
    """Return what each sequence adds to longer ones, and the order in which to read them.

    Args:
        sequences: none of them empty.
        least: the fewest tokens worth sharing.

    Returns:
        Pieces, whose `parent` is an index into the pieces, and the index of the sequence of each piece.
    """
    order = sorted(range(len(sequences)), key=lambda index: -len(sequences[index]))
    inserted: list[tuple[tuple[int, ...], int]] = []
    pieces: list[Piece] = []
    for number, index in enumerate(order):
        sequence = sequences[index]
        place = bisect(inserted, (sequence, number))
        # In sorted order, nothing shares a longer beginning than one of the two neighbours.
        near = inserted[max(0, place - 1) : place + 1]
        at, parent = max(((shared_length(other, sequence), piece) for other, piece in near), default=(0, -1))
        # What the parent shares itself is its parent's: endings of one text then have one parent.
        while parent >= 0 and pieces[parent].at >= at and (higher := pieces[parent].parent) is not None:
            parent = higher
        if at >= max(least, len(sequence) // 8):
            pieces.append(Piece(parent, at, sequence[at:]))
        else:
            pieces.append(Piece(None, 0, sequence))
        inserted.insert(place, (sequence, number))
    return pieces, order


def laid_out(sequences: Sequence[tuple[int, ...]], least: int = LEAST) -> Layout:
    """Return the tokens to read for these sequences, and where each finds what it looks at."""
    pieces, order = grow(sequences, least)
    starts: list[int] = []
    paths: list[Ints] = []
    total = 0
    for piece in pieces:
        before = paths[piece.parent][: piece.at] if piece.parent is not None else np.zeros(0, np.int64)
        paths.append(np.concatenate([before, np.arange(total, total + len(piece.own))]))
        starts.append(total)
        total += len(piece.own)
    return Layout(
        tuple(pieces),
        tuple(order),
        np.concatenate([np.array(piece.own, np.int64) for piece in pieces]),
        np.concatenate([np.arange(piece.at, piece.at + len(piece.own)) for piece in pieces]),
        tuple(starts),
        tuple(paths),
    )
