"""`unsaid plan`: what is printed before a call is made, against what an audit then makes."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import polars as pl
import pytest
from inspect_ai.model import ChatMessage, GenerateConfig

from conftest import PROVIDERS, Serve, Unsaid
from loopback import Scripted
from unsaid.cli import COMMANDS
from unsaid.models.scripted import provider as scripted
from unsaid.records import schema

pytestmark = PROVIDERS


def counts(out: str) -> dict[str, list[int]]:
    """The printed table: arm -> calls, tokens sent, tokens received."""
    found = re.findall(r"^(\w[\w /.-]*?) +([\d,]+) +([\d,]+) +([\d,]+)$", out, re.MULTILINE)
    return {name: [int(number.replace(",", "")) for number in numbers] for name, *numbers in found}


def by_arm(run: Path) -> dict[str, list[int]]:
    """The same of what a run really did."""
    records = schema.read(run / "records.parquet")
    table = records.group_by("arm").agg(pl.len(), pl.col("input_tokens").sum(), pl.col("output_tokens").sum())
    return {arm: list(numbers) for arm, *numbers in table.iter_rows()}


def test_calls_and_an_organisms_tokens_are_those_of_the_audit(unsaid: Unsaid, tmp_path: Path) -> None:
    words = ("--limit", 3, "--cues", "metadata,consistency", "--epochs", 2)
    planned = unsaid("plan", *words)
    assert planned.status == 0, planned.err
    assert unsaid("audit", *words, "--out", tmp_path / "run").status == 0
    made, said = by_arm(tmp_path / "run"), counts(planned.out)
    assert {arm: said[arm][:2] for arm in made} == {arm: numbers[:2] for arm, numbers in made.items()}
    like = counts(unsaid("plan", *words, "--like", tmp_path / "run").out)
    for arm, (_, _, received) in made.items():
        assert like[arm][2] == pytest.approx(received, abs=1), "as long as they were"


def test_calls_are_those_that_a_scripted_model_answers(
    unsaid: Unsaid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counting(messages: list[ChatMessage], config: GenerateConfig) -> str:
        asked.append(messages[-1].text)
        return "I take the first option.\nThe best answer is: (A)"

    monkeypatch.setitem(scripted.POLICIES, "counting", counting)
    words = ("--model", "unsaid-scripted/counting", "--limit", 3, "--cues", "metadata", "--wordings", "all")
    planned = unsaid("plan", *words)
    assert not asked, "a plan asks nothing"
    assert unsaid("audit", *words, "--out", tmp_path).status == 0
    questions = [text for text in asked if "Options:\n" in text]
    calls, sent, _ = counts(planned.out)["all"]
    assert calls == len(questions)
    assert sent == sum(numbers[1] for numbers in by_arm(tmp_path).values())
    probes = re.search(r"at most (\d+) short calls", planned.out)
    assert probes
    assert len(asked) - len(questions) <= int(probes[1])


def test_a_plan_asks_no_model_and_no_judge_and_leaves_no_file(
    unsaid: Unsaid, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(messages: list[ChatMessage], config: GenerateConfig) -> str:
        raise AssertionError("asked")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(scripted.POLICIES, "guess", never)
    model, judge = serve(Scripted()), serve(Scripted())
    for name, reader in (("unsaid-scripted/guess", "lexical"), (model.model, judge.model)):
        ended = unsaid("plan", "--model", name, "--judge", reader, "--limit", 3)
        assert ended.status == 0, ended.err
        assert ended.out.rstrip().endswith("no call was made")
    assert not model.server.received
    assert not judge.server.received
    assert not list(tmp_path.iterdir())


def test_a_key_is_not_needed_to_plan(unsaid: Unsaid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    ended = unsaid("plan", "--model", "openai/gpt-4.1", "--judge", "openai/gpt-4.1-mini", "--limit", 30)
    assert ended.status == 0
    assert re.search(r"^cost: about \$\d+\.\d\d$", ended.out, re.MULTILINE)
    assert "as of 2026-06-21" in ended.out
    assert "judge openai/gpt-4.1-mini" in ended.out
    assert "characters / 4" in ended.out


def test_what_is_not_known_is_said(unsaid: Unsaid, tmp_path: Path) -> None:
    ended = unsaid("plan", "--model", "acme/large", "--limit", 5)
    assert "cost: not known" in ended.out
    assert "no price is known; --prices FILE" in ended.out
    price = '[[price]]\nmodel="acme/large"\ninput=1000\noutput=1000\ndate=2026-11-01\nsource="our contract"\n'
    (tmp_path / "ours.toml").write_text(price)
    ours = unsaid("plan", "--model", "acme/large", "--limit", 5, "--prices", tmp_path / "ours.toml")
    assert "our contract" in ours.out
    assert "cost: about $" in ours.out


def test_what_will_be_withheld_is_said_before_it_is_paid_for(unsaid: Unsaid) -> None:
    few = unsaid("plan", "--limit", 60, "--assume-eligible", 1, "--cues", "metadata")
    assert "withheld for every cue: about 12 moved pairs, 20 are needed" in few.out
    many = unsaid(
        "plan", "--limit", 600, "--assume-eligible", 1, "--cues", "metadata", "--assume-faithfulness", 0.5
    )
    assert "withheld" not in many.out
    assert "385 moved pairs, so 1,925 eligible questions (--limit 1925)" in many.out
    wider = unsaid("plan", "--limit", 60, "--cues", "metadata", "--half-width", 0.1)
    assert "for 10 points either way" in wider.out


def test_a_budget_is_held_against_the_plan(unsaid: Unsaid) -> None:
    ended = unsaid("plan", "--model", "openai/gpt-4.1", "--limit", 100, "--budget", "$0.10, 900M tokens, 1s")
    assert ended.out.count("not enough") == 2
    assert "900,000,000 tokens: enough" in ended.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--budget", "5"), 'say "$5"'),
        (("--assume-influence", "0"), "--assume-influence"),
        (("--half-width", "0.7"), "--half-width"),
        (("--cues", "metdata"), "did you mean metadata"),
        (("--model", "gpt-4o"), "provider/model"),
        (("--model", "unsaid/silnt"), "silent"),
        (("--connections", "0"), "--max-connections"),
        (("--judge", "lexicall"), "lexical"),
    ],
)
def test_wrong_usage_is_status_2(unsaid: Unsaid, words: tuple[str, ...], message: str) -> None:
    ended = unsaid("plan", "--limit", 2, *words)
    assert ended.status == 2
    assert message in ended.err.replace("\n", "")


def test_a_run_to_be_like_and_prices_that_are_not_there(unsaid: Unsaid, tmp_path: Path) -> None:
    for option in ("--like", "--prices"):
        ended = unsaid("plan", "--limit", 2, option, tmp_path / "nowhere")
        assert ended.status == 1
        assert "nowhere" in ended.err.replace("\n", "")


def test_every_option_of_audit_is_one_of_plan(unsaid: Unsaid) -> None:
    """So that `audit` in a command can be replaced by `plan`."""
    audit, plan = (set(inspect.signature(COMMANDS[name].load()).parameters) for name in ("audit", "plan"))
    assert audit - {"dry_run"} <= plan
    assert "at most" in unsaid("plan", "--limit", 2, "--until", 5).out


def test_hostile_names_are_shown_and_not_obeyed(unsaid: Unsaid) -> None:
    ended = unsaid("plan", "--model", "acme/\x1b[31mred\u202e", "--limit", 2)
    assert "\x1b" not in ended.out
    assert "\u202e" not in ended.out
