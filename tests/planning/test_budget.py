"""A budget as it is written, and its accounting: never past the limit, whatever the order in which calls end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.errors import UsageError
from unsaid.pace import clock
from unsaid.planning.budget import Account, Budget, Spend, parse_budget, usd


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("$5", Budget(cost=5)),
        ("$0.50", Budget(cost=0.5)),
        ("5 USD", Budget(cost=5)),
        ("12 dollars", Budget(cost=12)),
        ("2M tokens", Budget(tokens=2_000_000)),
        ("1.1m tokens", Budget(tokens=1_100_000)),
        ("500k tokens", Budget(tokens=500_000)),
        ("20000 tokens", Budget(tokens=20_000)),
        ("30min", Budget(seconds=1800)),
        ("1h30min", Budget(seconds=5400)),
        ("1h 30m", Budget(seconds=5400)),
        ("90 s", Budget(seconds=90)),
        (" $5 , 2M Tokens,30 Minutes ", Budget(5, 2_000_000, 1800)),
    ],
)
def test_budgets_as_people_write_them(text: str, budget: Budget) -> None:
    assert parse_budget(text) == budget


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5", "cannot read '5'"),
        ("", "cannot read ''"),
        ("$5,", "cannot read ''"),
        ("$-5", r"cannot read '\$-5'"),
        ("$0", "not a positive amount"),
        ("0 tokens", "not a positive amount"),
        ("0.4 tokens", "less than one token"),
        ("$5, $6", "limits cost twice"),
        ("5 EUR", "cannot read '5 eur'"),
        ("$1,000", "comma separates"),
        ("30min tokens", "cannot read"),
        ("$" + "9" * 400, "not a positive amount"),
        ("nan tokens", "cannot read"),
    ],
)
def test_a_budget_that_cannot_be_read_says_how_to_write_it(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        parse_budget(text)
    assert '"$5", "2M tokens", "30min"' in str(raised.value)


@given(st.text(max_size=40))
def test_any_text_is_a_budget_or_wrong_usage(text: str) -> None:
    try:
        budget = parse_budget(text)
    except UsageError:
        return
    assert any(limit is not None and limit > 0 for limit in (budget.cost, budget.tokens, budget.seconds))


@given(
    cost=st.none() | st.decimals("0.01", 10**6, places=2),
    tokens=st.none() | st.integers(1, 10**12),
    minutes=st.none() | st.integers(1, 10**6),
)
def test_what_is_written_is_what_is_read(cost: object, tokens: int | None, minutes: int | None) -> None:
    parts = [
        f"${cost}" if cost is not None else "",
        f"{tokens} tokens" if tokens else "",
        f"{minutes}min" if minutes else "",
    ]
    text = ",".join(part for part in parts if part)
    if text:
        wanted = Budget(None if cost is None else float(str(cost)), tokens, minutes and minutes * 60.0)
        assert parse_budget(text) == wanted


CALLS = st.lists(
    st.tuples(st.integers(1, 300), st.floats(0, 1), st.floats(0, 2)), max_size=30
)  # at most so many tokens; which share it takes; how long


@given(limit=st.integers(1, 1000), cost=st.floats(0.01, 10), calls=CALLS, data=st.data())
def test_the_limit_is_kept_whatever_the_order_in_which_they_end(
    limit: int, cost: float, calls: list[tuple[int, float, float]], data: st.DataObject
) -> None:
    """Everyone asks in turn; those who have started end in any order; who waits asks again."""
    account, now = Account(Budget(cost, limit, None)), 0.0
    started: list[int] = []
    waiting = list(range(len(calls)))
    stopped = False

    def end() -> None:
        nonlocal now
        one = started.pop(data.draw(st.integers(0, len(started) - 1)))
        most, share, takes = calls[one]
        now += takes
        used = None if share > 0.9 else Spend(int(most * share), most * share / 100)
        account.settle(one, used, now)

    while waiting:
        most = Spend(calls[waiting[0]][0], calls[waiting[0]][0] / 100)
        admission = account.admit(waiting[0], most, now)
        assert not stopped or admission == "stop", "once one was stopped, all are"
        if admission == "wait":
            assert started, "nobody waits for nothing"
            end()
            continue
        if admission == "go":
            started.append(waiting[0])
        stopped = stopped or admission == "stop"
        waiting.pop(0)
        ends: bool = data.draw(st.booleans())
        if started and ends:
            end()
        assert account.spent.tokens + account.held.tokens <= limit
        assert account.spent.cost + account.held.cost <= cost + 1e-9
    while started:
        end()
    assert account.held == Spend()
    assert account.spent.tokens <= limit
    assert account.spent.cost <= cost + 1e-9


def test_what_would_fit_later_waits_and_what_would_never_fit_is_stopped() -> None:
    account = Account(Budget(tokens=100), Spend(20))
    assert account.admit("a", Spend(60), 0) == "go"
    assert account.admit("b", Spend(60), 0) == "wait"
    account.settle("a", Spend(10), 1)
    assert account.admit("b", Spend(60), 1) == "go"
    assert account.admit("c", Spend(90), 1) == "stop"
    assert account.stopped == "tokens"
    account.settle("b", None, 2)
    assert account.spent == Spend(90), "what is not known counts at its most"
    assert account.admit("d", Spend(1), 2) == "stop", "the run is at its end"
    fresh = Account(Budget(tokens=9))
    fresh.admit("a", Spend(1), 0)
    with pytest.raises(ValueError, match="started already"):
        fresh.admit("a", Spend(1), 0)


def test_nothing_is_started_that_would_end_after_the_time() -> None:
    account = Account(Budget(seconds=60))
    assert account.admit("a", Spend(), 0) == "go"
    account.settle("a", Spend(), 25)
    assert account.admit("b", Spend(), 35) == "go", "35 + 25 is 60"
    assert account.admit("c", Spend(), 35.1) == "stop"
    assert account.stopped == "time"


def test_amounts_are_said_with_the_digits_that_matter() -> None:
    assert [usd(x) for x in (0, 0.00001, 0.0042, 0.1, 1.3, 1234.5)] == [
        *("$0", "under $0.0001", "$0.0042", "$0.10", "$1.30", "$1,234.50"),
    ]
    assert [clock(x) for x in (0, 89, 90, 720, 7200, 12000)] == [
        "0 s",
        "89 s",
        "2 min",
        "12 min",
        "2 h",
        "3 h 20 min",
    ]
    assert str(Budget(5, 2_000_000, 1800)) == "$5.00, 2,000,000 tokens, 30 min"
