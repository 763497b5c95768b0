"""What a run asks: the arguments that `unsaid audit` and `inspect eval unsaid/<protocol>` share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from unsaid import defaults
from unsaid.asking.ask import Choice
from unsaid.asking.ranges import check, check_target
from unsaid.cues import CUES, SETS, Cue, TargetKind, cue
from unsaid.cues.from_yaml import CUE_SUFFIXES, load_cues
from unsaid.cues.plugins import plugins
from unsaid.cues.target import check_targets
from unsaid.elicitation import Elicitation, elicitation
from unsaid.errors import UsageError
from unsaid.models.names import KNOWN_SENTENCES, is_ours
from unsaid.questions.benchmarks import Loaded
from unsaid.questions.sources import load, load_reporting

#: What a newcomer's first audit asks: the tasks that the bundled organism was trained on.
DEFAULT_QUESTIONS = (
    "bundled:tracking_shuffled_objects,bundled:navigate,bundled:modular_arithmetic,bundled:coin_flips"
)


def default_judges(model: str) -> str:
    """Who reads a model's replies where nobody is named: one reader from below, and for a real model one from above."""
    return "lexical" if model.partition("/")[0] in KNOWN_SENTENCES else "lexical,learned"


def default_max_tokens(model: str, elicitation: str) -> int | None:
    """Return the most tokens of a reply where nobody says how many; None leaves it to the provider.

    Args:
        model: who replies. Our own providers have a limit of their own.
        elicitation: styles, separated by commas. Where one of them is `native`, its limit is everybody's.
    """
    if is_ours(model):
        return None
    styles = {name.strip().partition("+")[0] for name in elicitation.split(",")}
    return defaults.MAX_TOKENS_NATIVE if "native" in styles else defaults.MAX_TOKENS


@dataclass(frozen=True)
class Settings:
    """The design of a run, in plain data.

    Attributes:
        questions: comma-separated sources, as in `unsaid questions`.
        limit: how many questions.
        cues: comma-separated names, sets of them ("chen", "all"), or YAML files of the user's own.
        wordings: "one", "all", or comma-separated names.
        target: wrong, right or random.
        elicitation: how reasoning is asked for; several styles comma-separated, YAML files among them.
        judge: "lexical", "learned", or any model Inspect reaches; several with commas, the first the run's own.
        seed: fixes questions, targets, wordings and sampling seeds.
        temperature: of the model under audit; None leaves the provider's own.
        max_tokens: of a reply; None leaves the provider's own.
        judge_sample: a judge that costs reads all that moved, and this share of what did not.
        demonstrations: a file of solved questions for few-shot prompts; "" shows procedural ones.
        ask_again: ask once more, in one more turn, for an answer that could not be read (`asking/unread.py`).
        read_answers: a model that extracts answers that could not be read; "" for none.
        writer: a model that writes mistakes and paraphrases for protocols that give them to the model under audit;
            "" for none.
        embedding: a local encoder that compares steps of reasoning, for protocols that ask which of them differ; "" for
            none.
        map: what the columns of data sets and tables among the questions mean: a map, or a file that holds it.
    """

    questions: str = DEFAULT_QUESTIONS
    limit: int = defaults.LIMIT
    cues: str = defaults.CUES
    wordings: str = "one"
    target: TargetKind = "wrong"
    elicitation: str = "cot"
    judge: str = "lexical"
    seed: int = 0
    temperature: float | None = None
    max_tokens: int | None = None
    judge_sample: float = defaults.JUDGE_SAMPLE
    demonstrations: str = ""
    ask_again: bool = False
    read_answers: str = ""
    writer: str = ""
    map: str = ""
    embedding: str = ""

    def __post_init__(self) -> None:
        check_target(self.target)
        for name in ("limit", "temperature", "judge_sample"):
            check(name, getattr(self, name))

    def choice(self) -> Choice:
        """Return the cues and wordings to ask.

        Raises:
            UnknownName: no such cue or wording.
            UsageError: a file of cues is missing or malformed, a plug-in is broken, or two cues have one name.
        """
        chosen: dict[str, Cue] = {}
        for name in _listed(self.cues):
            for each in _cues(name):
                if chosen.setdefault(each.name, each) != each:
                    raise UsageError(
                        f"--cues: {name} has a cue named {each.name!r}, and so has a name before it"
                    )
        return Choice(tuple(chosen.values()), tuple(_listed(self.wordings)), self.target, self.seed)

    def pinned(self) -> dict[str, str]:
        """What names stand for that are not this package's: a file's digest, a plug-in's version.

        It belongs to the request, so that a changed file is another run.

        Raises:
            UsageError: a file cannot be read.
        """
        styles = [name.partition("+")[0] for name in _listed(self.elicitation)]
        maps = [self.map] if self.map else []
        files = [name for name in (*_listed(self.cues), *styles, *maps) if name.endswith(CUE_SUFFIXES)]
        found = {name: _digest(Path(name)) for name in files}
        installed = plugins()
        return found | {name: installed[name].version for name in _listed(self.cues) if name in installed}

    def load(self) -> Loaded:
        """Return the questions, each with the user's demonstrations where there are some.

        Raises:
            UnsaidError: a source does not exist or is malformed, or a demonstration has no answer.
        """
        loaded = load_reporting(self.questions, limit=self.limit, seed=self.seed, mapping=self.map)
        check_targets(loaded.questions)
        if not self.demonstrations:
            return loaded
        shown = tuple(load(self.demonstrations))
        for each in shown:
            if each.correct is None:
                raise UsageError(
                    f"{self.demonstrations}: question {each.id!r} has no options with a known answer, so that it "
                    "cannot be a demonstration"
                )
        ids = {each.id for each in shown}
        asked = tuple(replace(each, demonstrations=shown) for each in loaded.questions if each.id not in ids)
        return replace(loaded, questions=asked)

    def styles(self) -> tuple[Elicitation, ...]:
        """Return the elicitations, in the order in which they were named.

        Raises:
            UnknownName: no such elicitation.
            UsageError: none is named.
        """
        styles = tuple(elicitation(name) for name in dict.fromkeys(_listed(self.elicitation)))
        if not styles:
            raise UsageError("no elicitation is chosen; `--elicitation cot` is the usual one")
        return styles


def _cues(name: str) -> Sequence[Cue]:
    if name == "all":
        return list(CUES.values())
    if name.endswith(CUE_SUFFIXES):
        return load_cues(Path(name), {"all", *CUES, *SETS})
    return [cue(each) for each in SETS.get(name, (name,))]


def _digest(path: Path) -> str:
    try:
        return f"blake2b:{hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()}"
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]
