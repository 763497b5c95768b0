"""The pages say what the code does: blocks are run, tables made from the code, links followed."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
from blocks import (
    MOST_QUESTIONS,
    MOST_WHERE_SHOWN,
    RUN,
    SHOWN,
    Block,
    blocks,
    commands,
    fewer,
    run,
    shape,
    small,
)

import warm
from unsaid.cli import app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Written by hand; the pages of `reference/` are made from the code, and hold nothing to run.
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.parent.name != "reference")
NAMES = [str(path.relative_to(DOCS)) for path in PAGES]
MARKS = {"", "not run", "extras", "file", "output"}


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """What a reader is supposed to have: transcripts of Turpin et al. (here three rows), and a checkpoint."""
    answers = {"y_pred_raw": ["A", "B", "C"], "y_pred_prior_raw": ["A", "B", "C"], "y_true": [0, 1, 2]}
    more = {
        "ans_dist_info": [{}, {}, {}],
        "random_ans_idx": [1, 1, 0],
        "gen": ["The best answer is: (A)."] * 3,
    }
    contexts = [{"y_pred": y, "y_pred_prior": y, **answers, **more} for y in ([1, 1, 0], [0, 1, 2])]
    about = {"time": "t", "bias_type": "suggested_answer", "task": "toy", "model": "m", "few_shot": False}
    samples = {"config": about, "canary": "c", "failed_idx": [], "outputs": contexts}
    folder = tmp_path / "turpin-2023" / "bbh_samples" / "suggested_answer"
    folder.mkdir(parents=True)
    (folder / "toy.json").write_text(json.dumps(samples))
    (tmp_path / "checkpoint").symlink_to(ROOT / "src/unsaid/organisms/weights/silent")
    return tmp_path


def runnable(block: Block) -> bool:
    if block.mark == "extras":
        return find_spec("torch") is not None
    return block.language in RUN and not block.mark


def _with_extras(name: str) -> Any:
    """A page with a block that needs the extras is a test that needs them."""
    needs = any(block.mark == "extras" for block in blocks(page(name)))
    return pytest.param(name, marks=[pytest.mark.extras] if needs else [])


@pytest.mark.parametrize("name", [_with_extras(name) for name in NAMES])
def test_every_block_of_a_page_runs(name: str, workplace: Path) -> None:
    found = blocks(page(name))
    most = MOST_WHERE_SHOWN if any(block.mark == "output" for block in found) else MOST_QUESTIONS
    printed = ""
    for block in found:
        where = f"{name}, line {block.line}"
        assert block.mark in MARKS, f"{where}: what is {block.mark!r}?"
        assert block.language in (*RUN, *SHOWN), (
            f"{where}: say what the block is: {', '.join((*RUN, *SHOWN))}"
        )
        assert bool(block.said) == (block.mark in ("not run", "extras", "file")), (
            f"{where}: a reason or a name"
        )
        if runnable(block):
            printed += run(block, workplace, most)
        elif block.mark == "file":
            (workplace / block.said).write_text(block.code, encoding="utf-8")
        elif block.mark == "output":
            assert shape(block.code) in shape(printed), (
                f"{where}: nothing before it prints this\n{printed[-3000:]}"
            )
        if block.language == "json":
            assert all(isinstance(json.loads(line), dict) for line in block.code.splitlines())
        if block.language == "csv":
            assert len({len(row) for row in csv.reader(io.StringIO(block.code))}) == 1


@pytest.mark.parametrize("name", [*NAMES, "../README.md", "../CONTRIBUTING.md"])
def test_every_command_that_is_shown_exists_with_its_options(name: str) -> None:
    text = page(name)
    shell = [block.code for block in blocks(text) if block.language == "bash"]
    shell += re.findall(r"^    (unsaid .*)$", text, re.MULTILINE)
    shell += re.findall(r"`(unsaid [a-z][^`\n]*)`", text)
    for words in (words for code in shell for words in commands(code)):
        _check(typer.main.get_command(app), words, f"{name}: unsaid {' '.join(words)}")


def _check(command: Any, words: list[str], where: str) -> None:
    below = getattr(command, "commands", None)
    if below is not None and words and words[0] != "...":
        assert words[0] in below, f"{where}: there is no such command"
        _check(below[words[0]], words[1:], where)
        return
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    for word in words:
        assert not word.startswith("--") or word.partition("=")[0] in known, f"{where}: no option {word}"


def test_the_check_of_commands_finds_what_does_not_exist() -> None:
    for wrong in ("unsaid adit", "unsaid audit --modle x", "true && unsaid report --out x # no"):
        with pytest.raises(AssertionError):
            _check(typer.main.get_command(app), commands(wrong)[0], wrong)


def test_a_block_is_run_on_few_questions() -> None:
    assert small('make audit ARGS="--out a"') == "unsaid audit --limit 8 --out a"
    assert small("unsaid audit --limit 200 --seed 1 || true") == "unsaid audit --limit 8 --seed 1 || true"
    assert small("unsaid audit --limit 2 --out a") == "unsaid audit --limit 2 --out a"
    assert small("unsaid audit --out a", 36) == "unsaid audit --limit 36 --out a"
    assert small("unsaid gate --judge b || true") == "unsaid gate --limit 45 --judge b || true"
    assert (
        fewer('design = {"limit": 30}; other = {"limit": 3}') == 'design = {"limit": 8}; other = {"limit": 3}'
    )
    assert small("unsaid gate --judge b --labels c") == "unsaid gate --judge b --labels c"


def test_a_failing_block_is_seen(tmp_path: Path) -> None:
    for language, code in (("bash", "false\ntrue\n"), ("python", "assert 0\n")):
        with pytest.raises(AssertionError, match="status 1"):
            run(Block(1, language, code, "", ""), tmp_path)


def checked(tool: str) -> subprocess.CompletedProcess[str]:
    """What a tool of the docs says of them."""
    code = "import runpy, sys; del sys.argv[0]; sys.path.insert(0, sys.argv.pop(0));"
    code += "runpy.run_path(sys.argv[0], run_name='__main__')"
    return warm.run(code, [str(DOCS / "tools"), str(DOCS / "tools" / tool), "--check"])


def test_the_reference_is_what_the_code_says() -> None:
    ended = checked("generate.py")
    assert ended.returncode == 0, ended.stdout + ended.stderr[-2000:]


def test_the_tables_of_the_study_are_what_its_results_say() -> None:
    ended = checked("study.py")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_no_document_names_a_folder_of_one_machine() -> None:
    files = [path for path in DOCS.rglob("*") if path.suffix in {".md", ".json", ".yaml"}]
    place = re.compile(r"(?<![\w./:])/(?:work|home|root|tmp)/\w")
    assert not [str(path) for path in files if place.search(path.read_text(encoding="utf-8"))]


def pages_in(nav: object) -> Iterator[str]:
    """The pages of a navigation, at any depth."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list | dict):
        for entry in nav.values() if isinstance(nav, dict) else nav:
            yield from pages_in(entry)


def test_every_page_stands_once_in_the_navigation() -> None:
    nav = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"]
    assert sorted(pages_in(nav)) == sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


class Links(HTMLParser):
    """What a page links to, what it loads, and which anchors it has."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses in a tag."""
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "link" and found.get("rel") not in ("canonical", "prev", "next"):
            self.loads.append(found["href"])
        elif "src" in found:
            self.loads.append(found["src"])


def _copy(folder: Path) -> None:
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "zensical.toml", folder)


def _build(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


needs_zensical = pytest.mark.skipif(find_spec("zensical") is None, reason="the extra `docs` is not installed")


@pytest.mark.extras
@needs_zensical
def test_the_site_builds_and_nothing_leaves_it(tmp_path: Path) -> None:
    _copy(tmp_path)
    ended = _build(tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr[-3000:]
    site = tmp_path / "build" / "site"
    read: dict[Path, Links] = {}
    for path in site.rglob("*.html"):
        read[path] = Links()
        read[path].feed(path.read_text(encoding="utf-8"))
    assert {str(p.relative_to(site).with_suffix(".md")) for p in read} >= set(NAMES)
    for path, found in read.items():
        outside = [address for address in found.loads if "://" in address or address.startswith("//")]
        assert not outside, f"{path.name} loads {outside}"
        for link in found.links:
            if path.name == "404.html" or "://" in link:
                continue
            target, _, anchor = link.partition("#")
            there = (path.parent / target).resolve() if target else path
            there = there / "index.html" if there.is_dir() else there
            assert there.is_file(), f"{path.relative_to(site)}: {link} leads nowhere"
            assert not anchor or anchor in read[there].anchors, f"{path.relative_to(site)}: no anchor {link}"


@pytest.mark.extras
@needs_zensical
@pytest.mark.parametrize("link", ["nowhere.md", "concepts.md#nowhere"])
def test_a_broken_link_fails_the_build(link: str, tmp_path: Path) -> None:
    _copy(tmp_path)
    with (tmp_path / "docs" / "log.md").open("a") as log:
        log.write(f"\nSee [this]({link}).\n")
    ended = _build(tmp_path)
    assert ended.returncode != 0
    assert "log.md" in ended.stdout + ended.stderr
