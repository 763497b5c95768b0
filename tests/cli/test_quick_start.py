"""A help text and a usage error answer at once: what they import is listed here."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any, cast

import pytest
import typer

from unsaid import defaults
from unsaid.asking.ranges import RANGES
from unsaid.cli import COMMANDS
from unsaid.cli.import_ import FORMATS
from unsaid.cli.typed import LOOKED_OVER
from unsaid.errors import UsageError
from unsaid.judges import JUDGES
from unsaid.judges.names import FILES
from unsaid.organisms.names import RECIPES as RECIPE_NAMES
from unsaid.organisms.recipes import RECIPES
from unsaid.protocols import DEFAULT, PROTOCOLS
from unsaid.protocols import NAMES as PROTOCOL_NAMES
from unsaid.questions.names import typed
from unsaid.questions.sources import catalogue
from unsaid.records.importers import IMPORTERS
from unsaid.runs.requested import audit_of
from unsaid.training.data.kinds import KINDS
from unsaid.training.data.kinds import NAMES as KIND_NAMES

#: What Typer and Rich bring, and ourselves. Neither numbers, data frames, statistics, models nor schemas.
LIGHT = {"annotated_doc", "rich", "shellingham", "typer", "typing_extensions", "unsaid"}
#: Typer checks options with pydantic, and so do we `run.json`.
WITH_SCHEMAS = LIGHT | {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}

#: What a wrong name is refused without, by the option that holds it.
UNNEEDED = {
    "--judge": "asyncio unsaid.cues unsaid.replies unsaid.questions",
    "--questions": "csv unsaid.questions.benchmarks unsaid.questions.procedural",
    "--cues": "asyncio unsaid.replies.answers unsaid.questions.procedural",
    "--organisms": "asyncio unsaid.calibration.conclude unsaid.organisms.cards",
    "--protocols": "unsaid.asking.ask unsaid.estimates.estimate unsaid.report.run",
    "--model": "asyncio unsaid.models.scripted",
}

_RUN = """
import atexit, sys
before = set(sys.modules)
atexit.register(lambda: print(*sorted(set(sys.modules) - before), file=sys.stderr))
sys.argv[0] = "unsaid"
from unsaid.cli import main
main()
"""

#: The help of one command after the other. What any of them imports is imported for good.
_HELP_OF_ALL = """
import sys
before = set(sys.modules)
from unsaid.cli import main
for name in sys.argv[1:]:
    sys.argv = ["unsaid", name, "--help"]
    try:
        main()
    except SystemExit as ended:
        print(name, ended.code, *sorted(set(sys.modules) - before), file=sys.stderr)
"""


def imported(*words: str) -> tuple[int, set[str], str]:
    """A command's exit status, which modules it imported, and what it said."""
    ended = subprocess.run([sys.executable, "-c", _RUN, *words], capture_output=True, text=True, check=False)
    said, _, last = ended.stderr.strip().rpartition("\n")
    return ended.returncode, set(last.split()), " ".join(said.split())


def foreign(modules: set[str]) -> set[str]:
    """The packages beyond Python's own."""
    packages = {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names)
    return {name for name in packages if not name.startswith("_")}


def test_help_imports_little() -> None:
    status, found, _ = imported("--help")
    assert status == 0
    assert "unsaid" in found
    assert foreign(found) <= LIGHT


def test_the_help_of_every_command_imports_little() -> None:
    command = [sys.executable, "-c", _HELP_OF_ALL, *COMMANDS]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    told = [line.split() for line in ended.stderr.splitlines()]
    assert [(name, status) for name, status, *_ in told] == [(name, "0") for name in COMMANDS]
    for name, _, *found in told:
        assert foreign(set(found)) <= WITH_SCHEMAS, f"{name}, or one before it"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("adit",), "No such command 'adit'"),
        (("audit", "--modle", "x"), "No such option: --modle"),
        (("audit", "--limit", "many"), "Invalid value for '--limit': 'many' is not a whole number"),
        (("report",), "Missing argument 'RUN'"),
        (("judge", "run"), "Missing option '--judge'"),
        (("report", "run", "other"), "Got unexpected extra argument (other)"),
        (("audit", "--model", "nosuch"), "'nosuch' is not a model"),
        (("audit", "--cues", "chen,sycophany"), "no cue named 'sycophany'; did you mean sycophancy"),
        (("plan", "--protocols", "biassing"), "no protocol named 'biassing'; did you mean biasing"),
        (("audit", "--elicitation", "cot+nosuch"), "no instruction named 'nosuch'"),
        (("audit", "--judge", "lexicall"), "no judge named 'lexicall'; did you mean lexical"),
        (("calibrate", "--organisms", "silent,candit"), "no organism named 'candit'; did you mean candid"),
        (("gate", "--judge", "panel:lexical+nosuch"), "no judge named 'nosuch'"),
        (("judge", "nowhere", "--judge", "nosuch"), "no judge named 'nosuch'"),
        (("audit", "--questions", "mmmlu"), "no question source named 'mmmlu'; did you mean mmlu"),
        (("plan", "--questions", "bundled:navigat"), "no task named 'navigat'; did you mean navigate"),
        (("audit", "--limit", "0"), "--limit is 0; at least one question is needed"),
        (("plan", "--epochs", "0"), "--epochs is 0; at least one is needed"),
        (("audit", "--temperature", "3"), "--temperature is 3; it is between 0 and 2"),
        (("audit", "--judge-sample", "nan"), "--judge-sample is nan; it is a share between 0 and 1"),
        (("audit", "--until", "-3"), "--until is -3; it is a half-width in points"),
        (("audit", "--only-unsolved", "0"), "--only-unsolved is 0; at least one reply is needed"),
        (("audit", "--connections", "0"), "--max-connections is 0; at least one is needed"),
        (("audit", "--max-retries", "-1"), "--max-retries is -1; it is 0 or more"),
        (("plan", "--timeout", "0"), "--timeout is 0; at least one second is needed"),
        (("audit", "--target", "nosuch"), "--target is 'nosuch'; it is wrong, right or random"),
        (("audit", "--max-tokens", "nosuch"), "--max-tokens is 'nosuch'; it is a whole number from 1 on"),
        (("audit", "--budget", "nosuch"), "--budget 'nosuch': cannot read 'nosuch'"),
        (("judge", "nowhere", "--judge", "lexical", "--judge-sample", "2"), "--judge-sample is 2"),
        (("reproduce", "nosuch"), "no study named 'nosuch'; there are: turpin"),
        (("import", "tabel", "x.csv"), "no importer named 'tabel'; did you mean table"),
        (("train", "nosuch"), "No such command 'nosuch'"),
        (("train", "sft"), "Missing option '--data'"),
        (
            ("train", "data", "structur", "--out", "x"),
            "no kind of data named 'structur'; did you mean structure",
        ),
        (("train", "data", "structure", "--out", "x", "--cues", "nosuch"), "no cue named 'nosuch'"),
        (("train", "compare", "--out", "x", "--limit", "0"), "--limit is 0"),
        (("train", "rl", "--out", "x", "--environment", "nosuch"), "no environment named 'nosuch'"),
        (("train", "rl", "--out", "x", "--environment", "hack/nosuch"), "no cue named 'nosuch'"),
        (("organism", "nosuch"), "No such command 'nosuch'"),
        (("organism", "train", "silnt", "--out", "x"), "no organism named 'silnt'; did you mean silent"),
    ],
)
def test_a_usage_error_imports_little(words: tuple[str, ...], said: str) -> None:
    status, found, text = imported(*words)
    assert status == 2
    assert said in text
    assert foreign(found) <= LIGHT
    for option, names in UNNEEDED.items():
        assert option not in words or not found & set(names.split())


def test_an_import_is_ready_without_the_library_that_asks_models() -> None:
    status, found, text = imported("import", "table", "nowhere.csv", "--map", "clean_answer=a")
    assert status != 0
    assert "nowhere.csv" in text
    assert "unsaid.protocols.early_answering" in found, "what is asked of the importer comes last"
    assert "inspect_ai" not in found


@pytest.mark.parametrize(
    "words",
    [
        ("train", "rl", "--model", "unsaid/silent", "--environment", "nosuch", "--out", "x"),
        ("organism", "train", "nosuch", "--out", "x"),
    ],
)
def test_a_training_that_cannot_be_is_refused_without_pytorch(words: tuple[str, ...]) -> None:
    status, found, said = imported(*words)
    assert status == 2
    assert "no environment named 'nosuch'" in said or "no organism named" in said or "needs the extra" in said
    assert not found & {"torch", "inspect_ai", "polars"}


def callback(words: str) -> Callable[..., None]:
    """Return the function behind a command, or behind one of a group's ("train rl")."""
    name, _, below = words.partition(" ")
    loaded = COMMANDS[name].load()
    if not below:
        return cast("Callable[..., None]", loaded)
    group = typer.main.get_command(loaded)
    found = cast("dict[str, Any]", vars(group)["commands"])[below].callback
    return cast("Callable[..., None]", found)


def test_what_is_looked_over_are_options_of_the_command() -> None:
    for words, names in LOOKED_OVER.items():
        assert set(names) <= set(inspect.signature(callback(words)).parameters), words


def test_what_is_known_by_name_before_it_is_built_is_what_is_built() -> None:
    assert tuple(RECIPES) == RECIPE_NAMES
    assert tuple(KINDS) == KIND_NAMES


def test_an_option_has_one_range_wherever_it_is_given() -> None:
    for name in RANGES:
        assert name in LOOKED_OVER["audit"]
        with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} is -1"):
            audit_of({name: -1})


@pytest.mark.parametrize("words", [("report",), ("compare",), ("label",), ("judge", "--judge", "lexical")])
def test_a_run_that_is_not_there_imports_little(words: tuple[str, ...]) -> None:
    status, found, _ = imported(*words, "nowhere")
    assert status == 1
    assert foreign(found) <= WITH_SCHEMAS


def test_the_table_of_commands_says_what_their_help_says() -> None:
    for name, entry in COMMANDS.items():
        loaded = entry.load()
        help_text = loaded.info.help if name in ("organism", "train") else inspect.getdoc(loaded) or ""
        assert help_text.split("\n\n")[0].replace("\n", " ") == entry.line, name


def test_the_formats_of_the_help_text_are_those_that_there_are() -> None:
    assert tuple(IMPORTERS) == FORMATS


def test_the_protocol_of_the_help_text_is_the_one_that_is_asked() -> None:
    assert defaults.PROTOCOLS == DEFAULT


def test_names_that_are_known_before_anything_is_imported_are_those_of_what_is_there() -> None:
    assert tuple(PROTOCOLS) == PROTOCOL_NAMES, "a protocol's name is that of its file"
    assert tuple(JUDGES) == tuple(FILES)
    assert all(judge.name == name for name, judge in JUDGES.items())
    known = [source.spec for source in catalogue() if source.kind != "file"]
    assert typed() == known, "a source's name is that of its file"
