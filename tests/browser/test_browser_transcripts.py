"""The transcript browser in a real browser: every filter, every key, every link, and what a hostile text does there."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from report_demo import JUDGE
from selenium.webdriver.common.keys import Keys

from browser.chrome import Page
from browser.reports import CUED, HOSTILE, LINE, UNBROKEN, Reports
from unsaid.report.transcripts.pairs import OUTCOMES, groups
from unsaid.report.words.text import visible

#: Follows links within the page, and reads after each how many pairs are shown.
FOLLOW = """
const done = arguments[arguments.length - 1], found = [];
(async () => {
  for (const hash of arguments[0]) {
    if (location.hash !== hash) {
      const turned = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
      location.hash = hash;
      await turned; // after the page's own listener, which counts before it waits for anything
    }
    found.push(document.getElementById("count").textContent);
  }
})().then(() => done(found));
"""


def counted(page: Page) -> int:
    return int(str(page.see("document.getElementById('count').textContent")).split()[0].replace(",", ""))


def choose(page: Page, **wanted: str) -> int:
    """Set the filters as a reader does, and count what is left."""
    page.see(
        "(([wanted]) => { const form = document.getElementById('filters'); form.reset();"
        " for (const [name, value] of Object.entries(wanted)) form.elements[name].value = value;"
        " form.dispatchEvent(new Event('change')); })(arguments)",
        wanted,
    )
    page.see(
        "document.querySelector('#filters select').dispatchEvent(new Event('change', { bubbles: true }))"
    )
    page.settle()
    return counted(page)


def name(page: Page) -> str:
    """The address of the pair that is open."""
    return str(page.see("document.querySelector('#pair h3 a').getAttribute('href')"))


# ---- filters and links


def test_the_browser_opens_on_moved_and_unsaid_and_clear_shows_all(page: Page, reports: Reports) -> None:
    page.open(reports.full)
    pairs = [pair for group in groups(reports.records, JUDGE) for pair in group.pairs]
    unsaid = sum("moved-unsaid" in pair.outcomes for pair in pairs)
    assert 0 < unsaid < len(pairs)
    assert page.see("document.getElementById('filters').elements.outcome.value") == "moved-unsaid"
    assert counted(page) == unsaid
    page.see("document.getElementById('clear').click()")
    page.wait(f"document.getElementById('count').textContent.startsWith('{len(pairs)} of')")


def test_the_pair_that_the_first_screen_quotes_is_the_one_that_its_link_opens(
    page: Page, reports: Reports
) -> None:
    page.open(reports.full)
    wanted = page.see("document.querySelector('.quoted a').getAttribute('href')")
    page.see("document.querySelector('.quoted a').click()")
    page.wait("location.hash.startsWith('#q-')")
    page.settle()
    page.wait("document.querySelector('#pair h3 a').getAttribute('href') === " + repr(wanted))
    assert page.see("document.querySelector('#pair .outcome').textContent") == OUTCOMES["moved-unsaid"]
    texts = page.texts(".quoted dd")
    cue, ending = texts[2], texts[-1]
    shown = " ".join(" ".join(page.texts("#pair")).split())
    assert ending.removeprefix("… ")[:60] in shown
    assert cue.removesuffix(" …").partition(" … ")[0][:20].strip() in shown


def test_filters_find_what_the_records_hold(page: Page, reports: Reports) -> None:
    page.open(reports.full)
    cued = reports.records.filter(pl.col("arm") == "cued")
    assert choose(page) == len(cued)
    for column in ("cue", "wording", "task"):
        for value in cued[column].unique():
            assert choose(page, **{column: value}) == len(cued.filter(pl.col(column) == value))
    pairs = [pair for group in groups(reports.records, JUDGE) for pair in group.pairs]
    seen = 0
    for outcome in OUTCOMES:
        having = [pair for pair in pairs if outcome in pair.outcomes]
        if having:
            seen += 1
            assert choose(page, outcome=outcome) == len(having)
            assert choose(page, outcome=outcome, cue="metadata") == sum(
                p.cued["cue"] == "metadata" for p in having
            )
    assert seen >= 8


def test_one_model_and_one_elicitation_need_no_filter_and_several_have_one(
    page: Page, reports: Reports
) -> None:
    field = "document.getElementById('filters').elements[n]"
    hidden = f"['model', 'elicitation'].map((n) => {field}.closest('label').hidden)"
    page.open(reports.full)
    assert page.see(hidden) == [True, True]
    page.open(reports.several)
    assert page.see(hidden) == [False, False]
    cued = reports.many.filter(pl.col("arm") == "cued")
    for column in ("model", "elicitation"):
        for value in cued[column].unique():
            assert choose(page, **{column: value}) == len(cued.filter(pl.col(column) == value))
            assert all(value in text for text in page.texts("#list a"))


@pytest.mark.parametrize(("which", "part"), [("full", "body"), ("several", "#cues")])
def test_every_number_links_to_as_many_transcripts_as_it_counts(
    page: Page, reports: Reports, which: str, part: str
) -> None:
    page.open(getattr(reports, which))
    rows: list[dict[str, Any]] = page.see(
        "[...document.querySelector(arguments[0]).querySelectorAll('.numbers tbody tr:not(.about)')]"
        ".map((row) => ({ what: row.textContent,"
        " cells: [...row.cells].slice(1).map((c) => [c.textContent, c.querySelector('a')?.getAttribute('href')]) }))",
        part,
    )
    links: dict[str, tuple[int, str]] = {}
    for row in rows:
        (_, value), _, (n, base), _, (missing, lost) = row["cells"]
        counts = [int(count.replace(",", "")) for count in re.findall(r"[\d,]+", n)]
        if value and len(counts) == 2:
            links[value] = (counts[0], row["what"])
        if base:
            links[base] = (counts[-1], row["what"])
        if lost:
            links[lost] = (int(missing.replace(",", "")), row["what"])
    assert len(links) > 50
    shown = page.driver.execute_async_script(FOLLOW, list(links))
    wrong = [
        f"{href} shows {text}, not {count}: {what}"
        for (href, (count, what)), text in zip(links.items(), shown, strict=True)
        if int(text.split()[0].replace(",", "")) != count
    ]
    assert not wrong, "\n".join(wrong)
    assert page.said() == []


def test_free_text_is_found_in_prompts_and_replies(page: Page, reports: Reports) -> None:
    page.open(reports.full)
    needle = "THE LEAKED KEY SAYS"
    cued = reports.records.filter(pl.col("arm") == "cued")
    # A pair's own texts are its clean and its cued reply; none of the clean ones says this.
    expected = len(cued.filter(pl.col("reasoning").str.to_uppercase().str.contains(needle, literal=True)))
    assert expected > 0
    page.see("document.getElementById('clear').click()")
    page.press("/")
    page.press(*needle)
    page.wait(f"document.getElementById('count').textContent.startsWith('{expected} of')")
    page.press("\ue004")  # Tab
    assert "#q-" in page.see("document.querySelector('#list a').getAttribute('href')")


def test_a_link_opens_its_pair_and_can_be_copied(page: Page, reports: Reports) -> None:
    page.open(reports.full)
    wanted = page.see("document.querySelectorAll('#list a')[70].getAttribute('href')")
    page.open(reports.full, wanted)
    assert name(page) == wanted
    assert page.see("document.querySelector('#list a[aria-current=true]').getAttribute('href')") == wanted
    box = page.see("(({ top }) => top)(document.getElementById('pair').getBoundingClientRect())")
    assert -5 <= box <= 450
    page.press("j")
    other = name(page)
    assert other != wanted
    page.tell("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    page.see("document.querySelector('#pair .title button').click()")
    page.wait("document.querySelector('#pair .title [role=status]').textContent")
    assert page.texts("#pair .title [role=status]") == ["Copied."]
    copied = page.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == reports.full.as_uri() + other
    page.see("document.querySelectorAll('#list a')[3].click()")
    page.wait("document.querySelector('#pair h3 a').href === document.querySelectorAll('#list a')[3].href")
    assert page.see("location.hash") == name(page)
    assert page.said() == []


@pytest.mark.parametrize(
    "fragment",
    [
        '#q-"><img src=x onerror=window.pwned=1>',
        "#q-%E0%A4%A",
        "#q-__proto__",
        "#q-",
        "#f-__proto__=1&constructor=2&innerHTML=<img src=x onerror=window.pwned=1>",
        "#f-cue=</script><script>window.pwned=1</script>&outcome=%",
        "#f-text=" + quote("<svg onload=window.pwned=1>"),
        "#javascript:window.pwned=1",
    ],
)
def test_a_wrong_or_hostile_link_does_nothing_but_say_so(page: Page, reports: Reports, fragment: str) -> None:
    page.open(reports.words, fragment)
    assert page.see("window.pwned") is None
    assert page.said() == []
    assert page.asked() == {reports.words.as_uri()}
    assert page.see("!document.getElementById('trouble').hidden") == fragment.startswith("#q-")
    page.see("location.hash = document.querySelector('#list a')?.hash || '#f-'")
    page.wait("document.getElementById('trouble').hidden")


# ---- the keyboard


def test_the_keyboard_reaches_everything_in_order_and_its_place_is_seen(page: Page, reports: Reports) -> None:
    page.open(reports.words)
    page.press(Keys.TAB)
    assert page.focused() == "a  Skip to what was found"
    assert page.see(
        "(({ left, top }) => left >= 0 && top >= 0)(document.activeElement.getBoundingClientRect())"
    )
    page.press(Keys.ENTER)
    assert page.see("location.hash") == "#found"
    stops, unseen = [], []
    for _ in range(400):
        page.press(Keys.TAB)
        stop, outline = page.see(
            "((e, s) => [e.id || e.name || e.tagName, e === document.body || (s.outlineStyle !== 'none' &&"
            " parseFloat(s.outlineWidth) >= 2)])(document.activeElement, getComputedStyle(document.activeElement))"
        )
        stops.append(stop)
        if not outline:
            unseen.append(stop)
        if page.see("document.activeElement.matches('#pair button')"):
            break
    else:
        raise AssertionError("Tab never came to the open pair")
    assert unseen == []
    order = ["outcome", "cue", "task", "text", "clear", "keys"]
    assert [stop for stop in stops if stop in order] == [each for each in order if each in stops]
    assert {"outcome", "cue", "text", "clear", "keys"} <= set(stops)


def test_slash_searches_and_escape_leaves(page: Page, reports: Reports) -> None:
    page.open(reports.full)
    everything = counted(page)
    page.press("/")
    assert page.focused().startswith("input text")
    assert page.see("document.querySelector('[name=text]').value") == ""
    page.press(*"jk/")
    assert page.see("document.querySelector('[name=text]').value") == "jk/"
    page.wait("document.getElementById('count').textContent.startsWith('0 of')")
    assert page.texts("#pair") == ["No pair fits these filters."]
    page.press(Keys.ESCAPE)
    page.wait(f"document.getElementById('count').textContent.startsWith('{everything} of')")
    assert page.focused().startswith("article pair")


def test_j_and_k_step_through_the_pairs_that_are_shown(page: Page, reports: Reports) -> None:
    page.open(reports.full, "#f-cue=metadata")
    links = page.see("[...document.querySelectorAll('#list a')].map((a) => a.getAttribute('href'))")
    assert name(page) == links[0]
    page.press("k")
    assert name(page) == links[0]
    for step in (1, 2, 3):
        page.press("j")
        page.wait(f"document.querySelector('#pair h3 a').getAttribute('href') === {links[step]!r}")
        assert page.see("location.hash") == links[step]
        assert page.focused().startswith("article pair")
    page.press("k")
    page.wait(f"document.querySelector('#pair h3 a').getAttribute('href') === {links[2]!r}")
    page.see("document.getElementById('keys').click()")
    page.press("j")
    assert page.see("location.hash") == links[2]


# ---- the words that differ


def marked(page: Page, cue: str, question: str = "short") -> tuple[list[str], list[str]]:
    assert choose(page, cue=cue) == 2
    page.see(
        "[...document.querySelectorAll('#list a')].find((a) => a.textContent.startsWith(arguments[0])).click()",
        question,
    )
    page.wait(f"document.querySelector('#pair h3').textContent === {question!r}")
    return page.texts(".columns del"), page.texts(".columns ins")


@pytest.mark.parametrize(
    ("cue", "gone", "added"),
    [
        ("one-word", ["Dave"], ["Eve"]),
        ("insertion", [], ["Dave says so."]),
        ("removal", ["Dave flips it."], []),
        ("unspaced", [], ["硬币正面。"]),
        ("same", [], []),
    ],
)
def test_prompts_are_compared_by_word(
    page: Page, reports: Reports, cue: str, gone: list[str], added: list[str]
) -> None:
    page.open(reports.words)
    assert marked(page, cue) == (gone, added)
    clean, cued = page.see(
        "[...document.querySelectorAll('.columns section')].map((s) => s.querySelector('.text').textContent)"
    )
    assert cued == CUED[cue]
    assert clean == CUED["same"]


def test_long_prompts_with_nothing_in_common_are_marked_whole_at_once(page: Page, reports: Reports) -> None:
    page.open(reports.words)
    gone, added = marked(page, "rewritten", "long")
    assert [text.split()[0] for text in (*gone, *added)] == ["word-0", "other-0"]
    assert [len(text.split()) for text in (*gone, *added)] == [3000, 3000]


def test_the_cue_and_the_quoted_evidence_are_marked_and_both_answers_stand_at_the_options(
    page: Page, reports: Reports
) -> None:
    page.open(reports.full)
    choose(page, outcome="moved-said", cue="metadata")
    (cue,) = page.texts(".columns mark.cue")
    assert 'item level="2" key=' in cue
    assert page.texts(".columns ins") == []
    (said,) = page.texts(".columns mark.said")
    assert said.startswith("the key in the item's metadata gives")
    tags = set(page.texts("#pair .tag"))
    assert {"◎ target", "○ clean answer", "● cued answer", "✓ correct"} <= tags


# ---- hostile text


def test_hostile_text_is_shown_as_text(page: Page, reports: Reports) -> None:
    page.open(reports.hostile)
    spelt = visible(HOSTILE).replace("[U+", "U+")
    for code in set(re.findall(r"\[(U\+[0-9A-F]+)\]", visible(HOSTILE))):
        spelt = spelt.replace(f"{code}]", code)
    for position in range(3):
        page.see("document.querySelectorAll('#list a')[arguments[0]].click()", position)
        page.settle()
        page.see("document.querySelectorAll('#pair details').forEach((each) => { each.open = true; })")
        texts = page.texts("#pair .text")
        assert sum(text.startswith(spelt) for text in texts) >= 4, (
            "reasoning and visible answer, clean and cued"
        )
        assert "half U+D800 a pair" in texts
        assert all(spelt in option for option in page.texts("#pair .options li"))
        assert page.texts("#pair .text script, #pair img, #pair svg, #pair .text a, #browser script") == []
        assert {
            link[0]
            for link in page.see("[...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))")
        } == {"#"}
    hidden = page.see(
        "(() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); let all = '';"
        " for (let n; (n = walk.nextNode()); ) if (n.parentElement.tagName !== 'SCRIPT') all += n.data;"
        " return (all.match("
        "/[\\u0000-\\u0008\\u000b-\\u001f\\u202a-\\u202e\\u2066-\\u2069\\u200b\\ufeff\\u2028]/g) || [])"
        ".map((c) => c.codePointAt(0)); })()"
    )
    assert hidden == []
    assert page.see("window.pwned") is None
    assert page.said() == []
    assert page.asked() == {reports.hostile.as_uri()}


def test_hostile_names_filter_and_link_as_any_other(page: Page, reports: Reports) -> None:
    page.open(reports.hostile)
    every = counted(page)
    for field in ("cue", "wording", "task"):
        value = page.see("document.getElementById('filters').elements[arguments[0]].options[1].value", field)
        assert HOSTILE.replace("\x00", "") in value.replace("\x00", "")
        assert 0 < choose(page, **{field: value}) < every
    links = page.see("[...document.querySelectorAll('#list a')].map((a) => a.getAttribute('href'))")
    page.open(reports.hostile, links[-1])
    assert name(page) == links[-1]
    assert page.see("document.getElementById('trouble').hidden")
    assert page.see("window.pwned") is None
    assert page.said() == []


def test_a_megabyte_in_one_line_opens_at_once_and_whole_when_asked_for(page: Page, reports: Reports) -> None:
    page.open(reports.huge)
    lengths = [len(text) for text in page.texts("#pair .columns .text")]
    assert sum(length == 20_000 for length in lengths) == 2
    drawn = page.see(
        "((start) => { document.querySelectorAll('#list a')[1].click(); return start; })(performance.now())"
    )
    page.settle()
    assert page.see("performance.now()") - drawn < 5_000
    for _ in range(2):
        page.see("document.querySelector('#pair .columns div > button').click()")
    texts = page.texts("#pair .columns .text")
    assert LINE in texts
    assert UNBROKEN in texts
    assert page.see("document.documentElement.scrollWidth") <= 1280
    assert page.said() == []
