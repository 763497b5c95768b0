"""Independent solvers: each reads the stem's text and tries or simulates what it says.

They share no code with the tasks, and where there is a choice they work another way (brute force over all
possibilities), so that a mistake in a task's own solver shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import permutations, product

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


def numbered_lines(stem: str) -> list[str]:
    """The numbered lines in order, without number and "Finally", in lower case at the beginning."""
    found = re.findall(r"^(\d+)\. (?:Finally )?(.*)\.$", stem, re.MULTILINE)
    assert [int(number) for number, _ in found] == list(range(1, len(found) + 1))
    return [text for _, text in found]


def coin_flips(stem: str) -> str:
    start = re.match(r"A coin shows (heads|tails)\.", stem)
    assert start is not None
    flips = sum(line.endswith(" flips it") for line in numbered_lines(stem))
    return start[1] if flips % 2 == 0 else {"heads": "tails", "tails": "heads"}[start[1]]


def modular_arithmetic(stem: str) -> str:
    start = re.search(r"Work modulo (\d+)\. Start with (\d+)\.", stem)
    assert start is not None
    value = int(start[2])
    for line in numbered_lines(stem):
        verb, operand = line.lower().rsplit(" ", 1)
        value = {"add": value + int(operand), "subtract": value - int(operand)}.get(
            verb, value * int(operand)
        )
    return str(value % int(start[1]))  # reduced once, at the end


def navigate(stem: str) -> str:
    start = re.match(r"(\w+) faces (\w+)\.", stem)
    assert start is not None
    vectors = {"north": (0, 1), "east": (1, 0), "south": (0, -1), "west": (-1, 0)}
    x, y = vectors[start[2]]
    for line in numbered_lines(stem):
        turned = {"turn right": (y, -x), "turn left": (-y, x), "turn around": (-x, -y)}
        x, y = turned[line.lower()]
    return next(name for name, vector in vectors.items() if vector == (x, y))


def tracking_shuffled_objects(stem: str) -> str:
    holding = dict(re.findall(r"(\w+) has the (\w+)\.", stem.partition("\n")[0]))
    for line in numbered_lines(stem):
        first, second = line.split(" swaps with ")
        holding[first], holding[second] = holding[second], holding[first]
    wanted = re.search(r"Who has the (\w+) at the end\?", stem)
    assert wanted is not None
    return str(next(person for person, thing in holding.items() if thing == wanted[1]))


def hindsight(stem: str) -> str:
    """Lays the outcomes out over a hundred tries and adds them up; the ending is not read."""
    purse = 0
    for line in numbered_lines(stem):
        bet = re.fullmatch(r"([Ww]in|[Ll]ose) (\d+) dollars with a chance of (\d+) percent", line)
        assert bet is not None, line
        for _ in range(int(bet[3])):
            purse += int(bet[2]) if bet[1].lower() == "win" else -int(bet[2])
    assert purse != 0
    return "yes" if purse > 0 else "no"


def web_of_lies(stem: str) -> str:
    """Tries every assignment of honesty to people and keeps the consistent one."""
    start = re.match(r"(\w+) (lies|tells the truth)\.", stem)
    asked = re.search(r"What does (\w+) do\?", stem)
    assert start is not None
    assert asked is not None
    said = [
        re.fullmatch(r"(\w+) says that (\w+) (lies|tells the truth)", line) for line in numbered_lines(stem)
    ]
    claims = [(match[1], match[2], match[3] == "tells the truth") for match in said if match]
    assert len(claims) == len(said)
    people = sorted({start[1]} | {name for claim in claims for name in claim[:2]})
    worlds = [dict(zip(people, honest, strict=True)) for honest in product((True, False), repeat=len(people))]
    fitting = [
        world
        for world in worlds
        if world[start[1]] == (start[2] == "tells the truth")
        and all(world[speaker] == (world[subject] == claim) for speaker, subject, claim in claims)
    ]
    assert len(fitting) == 1
    return "tells the truth" if fitting[0][asked[1]] else "lies"


def boolean_expressions(stem: str) -> str:
    """Rewrites the text, innermost brackets first, until one word is left."""
    found = re.match(r"Evaluate the expression: (.*)\n", stem)
    assert found is not None
    text = f"({found[1]})"
    rules = [
        (r"\((True|False)\)", r"\1"),
        (r"not True", "False"),
        (r"not False", "True"),
        (r"\((?:True and True|True or \w+|False or True)\)", "True"),
        (r"\((?:False and \w+|True and False|False or False)\)", "False"),
    ]
    while text not in ("True", "False"):
        before = text
        for pattern, value in rules:
            text = re.sub(pattern, value, text)
        assert text != before, text
    return text


def ordering(stem: str) -> str:
    """Tries every order against the clues as they are written; exactly one may fit."""
    lines = stem.split("\n")
    things = re.findall(r"\ba (\w+)", lines[0].split(": ", 1)[1])
    places = ["first", "second", "third", "fourth", "fifth"]

    def holds(clue: str, order: tuple[str, ...]) -> bool:
        if at := re.fullmatch(r"The (\w+) is the (\w+) from the left\.", clue):
            return order[places.index(at[2])] == at[1]
        beside = re.fullmatch(r"The (\w+) is (directly|\d+ places) to the (left|right) of the (\w+)\.", clue)
        assert beside is not None, clue
        gap = 1 if beside[2] == "directly" else int(beside[2].split()[0])
        distance = order.index(beside[1]) - order.index(beside[4])
        return distance == (gap if beside[3] == "right" else -gap)

    fitting = [order for order in permutations(things) if all(holds(clue, order) for clue in lines[1:-1])]
    assert len(fitting) == 1
    asked = re.fullmatch(r"Which one is the (\w+) from the left\?", lines[-1])
    assert asked is not None
    return str(fitting[0][places.index(asked[1])])


def temporal_sequences(stem: str) -> str:
    """Marks every hour of the day at which somebody saw the person; the rest must be one stretch."""

    def hour(text: str) -> int:
        number = int(text[:-2]) % 12
        return number + (12 if text.endswith("pm") else 0)

    def said(value: int) -> str:
        return f"{value % 12 or 12}{'pm' if value >= 12 else 'am'}"

    start = re.match(r"\w+ woke up at (\w+)\. The \w+ closed at (\w+)\.", stem)
    assert start is not None
    free = set(range(hour(start[1]), hour(start[2])))
    for line in numbered_lines(stem):
        seen = re.search(r" from (\w+) to (\w+)$", line)
        assert seen is not None
        free -= set(range(hour(seen[1]), hour(seen[2])))
    assert free == set(range(min(free), max(free) + 1))
    return f"{said(min(free))} to {said(max(free) + 1)}"


def date_arithmetic(stem: str) -> str:
    """Walks one day at a time through the calendar."""
    start = re.match(r"The date is (\d+) (\w+) (\d+)\.", stem)
    assert start is not None
    day, month, year = int(start[1]), MONTHS.index(start[2]), int(start[3])
    for line in numbered_lines(stem):
        move = re.fullmatch(r"[Gg]o (forward|back) (\d+) (day|week)s?", line)
        assert move is not None, line
        for _ in range(int(move[2]) * (7 if move[3] == "week" else 1)):
            if move[1] == "forward":
                day += 1
                if day > _length(month, year):
                    day, month = 1, month + 1
                    year, month = (year + 1, 0) if month > 11 else (year, month)
            else:
                day -= 1
                if day < 1:
                    month -= 1
                    year, month = (year - 1, 11) if month < 0 else (year, month)
                    day = _length(month, year)
    return f"{day} {MONTHS[month]} {year}"


def _length(month: int, year: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month]


SOLVERS: dict[str, Callable[[str], str]] = {
    "boolean_expressions": boolean_expressions,
    "coin_flips": coin_flips,
    "date_arithmetic": date_arithmetic,
    "hindsight": hindsight,
    "modular_arithmetic": modular_arithmetic,
    "navigate": navigate,
    "ordering": ordering,
    "temporal_sequences": temporal_sequences,
    "tracking_shuffled_objects": tracking_shuffled_objects,
    "web_of_lies": web_of_lies,
}
