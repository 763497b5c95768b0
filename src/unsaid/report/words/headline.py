"""The headline: what was found, in words a reader can repeat without misleading anybody.

A pure function of the estimates. They are grouped by model, elicitation and kind of target
(`subjects.subjects`), and each group gets its findings in one fixed order, so that no line speaks of two models.
Naming a cue is not all of faithfulness, and behavioural tests are one-sided: they can reveal unfaithfulness and never
certify faithfulness (Jacovi & Goldberg 2020). So the caveat is part of the headline, not a footnote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from unsaid.estimates.estimate import Estimate
from unsaid.report.section import NO_SECTIONS, Sections, flat
from unsaid.report.words.caveats import NO_PLACEBO, NO_REPLAY, NO_VERDICTS, NOT_ALL, ONE_SIDED, caveats
from unsaid.report.words.findings import Finding, influence, said, summaries, unconditional
from unsaid.report.words.leads import leads
from unsaid.report.words.subjects import Subject, subjects

__all__ = [
    "NOTHING",
    "NOT_ALL",
    "NO_PLACEBO",
    "NO_REPLAY",
    "NO_VERDICTS",
    "ONE_SIDED",
    "Finding",
    "Headline",
    "Told",
    "headline",
]

NOTHING = "These records support no estimate of how often a cue moved the answer."

#: What is said of a subject, in this order.
_SECTIONS: Sequence[Callable[[Subject], list[Finding]]] = (unconditional, influence, said, summaries)


@dataclass(frozen=True)
class Told:
    """What was found of one subject.

    Attributes:
        about: the subject in words; "" for what is about the whole run.
        findings: in their order.
    """

    about: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Headline:
    """What was found, and what must be said with it."""

    told: tuple[Told, ...]
    caveats: tuple[str, ...]

    @property
    def found(self) -> tuple[str, ...]:
        """Return every sentence in its order; with several subjects, each names its own."""
        several = sum(bool(told.about) for told in self.told) > 1
        return tuple(
            sentence
            for told in self.told
            for finding in told.findings
            for sentence in (
                finding.sentence,
                *(f"{told.about}: {more}" if several else more for more in finding.beside),
            )
        )


def headline(estimates: Sequence[Estimate], sections: Sections = NO_SECTIONS) -> Headline:
    """Return the headline of a run: for each subject influence and what was said, then what the sections tell.

    Args:
        estimates: of the run.
        sections: of the protocols that the estimates may be of.
    """
    who, each = subjects(estimates), flat(sections)
    main = [[finding for section in _SECTIONS for finding in section(subject)] for subject in who]
    if not any(main):
        main = [_findings(text for section in each for text in section.instead(subject)) for subject in who]
    told = [
        Told(subject.name, _once([*findings, *leads(subject, sections)]))
        for subject, findings in zip(who, main, strict=True)
    ]
    told.append(Told("", tuple(_findings(text for section in each for text in section.of_run(estimates)))))
    spoken = tuple(each for each in told if each.findings)
    return Headline(spoken or (Told("", (Finding(NOTHING),)),), tuple(caveats(estimates, sections)))


def _findings(sentences: Iterable[str]) -> list[Finding]:
    return [Finding(sentence) for sentence in dict.fromkeys(sentences)]


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each sentence once: what stands beside several findings of a subject stands beside the first of them."""
    seen: set[str] = set()
    made = []
    for finding in dict.fromkeys(findings):
        made.append(replace(finding, beside=tuple(line for line in finding.beside if line not in seen)))
        seen |= set(finding.beside)
    return tuple(made)
