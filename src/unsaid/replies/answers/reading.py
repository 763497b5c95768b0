r"""Which of a reply's statements is its answer.

Only the model's own conclusions count (`voice.py`). Of these:

1. The last statement in the words that were asked for counts, unless something behind it takes it back ("wait",
   "no", "actually") and concludes otherwise.
2. Else the last conclusion in any other form counts: a marker in any language, a box, a tag, the first person,
   agreement with somebody's answer, an option that is called right. Remarks that contradict each other are none.
3. Else a line that is an option or begins with one counts, where no other line names another.

Where the statement that counts names two answers, or a letter that is no option, there is no answer: nothing falls
back to an earlier or weaker one. A refusal behind it ends the reply and is a refusal. A reply that only repeats the
placeholder "(X)" is an echo.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from unsaid.questions.question import Question
from unsaid.replies.answers.agreement import agreements
from unsaid.replies.answers.answer import Answer, Rule, Unparsed
from unsaid.replies.answers.folding import folded
from unsaid.replies.answers.forms import FORMS, asked, echoes
from unsaid.replies.answers.free import read_free, wants_number
from unsaid.replies.answers.labels import label_at
from unsaid.replies.answers.lines import lines
from unsaid.replies.answers.naming import whole
from unsaid.replies.answers.patterns import Patterns, patterns_for
from unsaid.replies.answers.statement import Scene, Statement
from unsaid.replies.answers.voice import sentence_start

__all__ = ["parse_answer", "split_before", "split_reasoning"]

#: What is struck through is taken back.
_STRUCK = re.compile(r"~~[^~\n]{1,200}~~")
#: Words that take back the last conclusion, where no other follows and nothing confirms it again.
_RETRACTS = re.compile(
    r"\b(?:actually,? no\b|on second thoughts?|I take (?:that|it) back|let me (?:reconsider|re-?think|start over)"
    r"|scratch that|I (?:made|see) (?:a|my) mistake|(?:is|was) mistaken\b|changed my mind|no longer sure)",
    re.IGNORECASE,
)
_CONFIRMS = re.compile(
    r"\b(?:yes|still|confirm\w*|right after all|stands|indeed|correct after all|as before|stick)\b",
    re.IGNORECASE,
)
_SORRY = re.compile(r"\bi(?:'?m| am) sorry\b|对不起|抱歉|申し訳|죄송|извините", re.IGNORECASE)
_ABSTAINS = re.compile(
    r"\bno (?:\w+[^\S\n]){0,2}(?:answer|option|choice) (?:can|could) be (?:\w+[^\S\n])?"
    r"(?:selected|chosen|determined|given|identified)"
    r"|\bi (?:cannot|can't|could not|am unable to|am not able to) (?:tell|say|determine|decide|know|make out)"
    r"(?: for (?:sure|certain))? (?:which|what)\b"
    r"|\bnone of the (?:options|choices|answers) (?:is|are)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"answer|\bnot\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"^[\s*_`\"'.)\]!,]{0,8}(?:(?:wait|no|hmm+|actually|sorry)[\s,.!\u2026]{1,4}){0,2}"
    r"(?:that(?:'s| is| was| can't be| cannot be)[^\S\n]?(?:wrong|not right|incorrect|not correct|a mistake|right\?)?"
    r"|i take (?:that|it) back|i made a mistake|scratch that)\b[^.\n]{0,30}[.!\n]?\s*$",
    re.IGNORECASE,
)


def parse_answer(text: str, question: Question) -> Answer | Unparsed:
    """Return the answer that a whole, untruncated reply gives to the question.

    Never raises, on any text.

    Args:
        text: the visible reply, with its chain of thought where that is visible.
        question: decides what counts as an answer: only its own options' letters and texts; for free response
            with a number as gold answer only a number.

    Returns:
        The answer with the rule that found it and its place, or the reason why there is none: "empty" (nothing
        that can be seen), "refused" (words of refusal end the reply, or no answer stands beside them), "echo"
        (the placeholder and no option), else "no answer".
    """
    if not any(character.isprintable() and not character.isspace() for character in text):
        return Unparsed("empty")
    plain = _STRUCK.sub(lambda struck: " " * len(struck[0]), folded(text))
    tables = patterns_for(plain.lower())
    if not question.options:
        # Free text is compared as it was written; folding is for numbers.
        return read_free(plain if wants_number(question) else text, question, tables)
    scene = Scene(plain, question, tables)
    found = _chosen(scene)
    if found is not None and _refused_after(plain, found.end, tables):
        return Unparsed("refused")
    if found is None or found.value is None:
        return _why_none(scene, found)
    return Answer(found.value, found.rule, found.start, found.end)


def split_reasoning(text: str, question: Question) -> tuple[str, str]:
    """Split a visible chain of thought into the reasoning and what states the answer.

    The visible part begins with the sentence of the final answer, on the line where it stands, and runs
    to the end of the text. The two parts joined are the text. Where there is no answer, all of it is
    reasoning.
    """
    return split_before(text, parse_answer(text, question))


def split_before(text: str, found: Answer | Unparsed) -> tuple[str, str]:
    """Split as `split_reasoning` does, where it is known already what `parse_answer` finds in the text."""
    if isinstance(found, Unparsed):
        return text, ""
    start = text.rfind("\n", 0, found.start) + 1
    if found.rule in ("bare-letter", "bare-text", "line", "leading"):
        return text[:start], text[start:]
    ends = [text.rfind(end, start, found.start) for end in (". ", "! ", "? ")]
    start = max(start, *(end + 2 for end in ends if end >= 0), 0)
    return text[:start], text[start:]


def _why_none(scene: Scene, found: Statement | None) -> Unparsed:
    if any(table.refused.search(scene.text) for table in scene.tables) or _SORRY.search(scene.text):
        return Unparsed("refused")
    return Unparsed("echo" if found is None and echoes(scene) else "no answer")


def _chosen(scene: Scene) -> Statement | None:
    """Return the statement that counts; None where none does."""
    requested = sorted(asked(scene), key=lambda statement: statement.start)
    if _settled(scene, requested):
        return _last(scene, [each for each in requested if each.voice == "own"])
    others = sorted(
        (each for form in FORMS for each in form(scene)),
        key=lambda statement: (statement.end, statement.start),
    )
    others = _without_doubles([*requested, *others])
    others += agreements(scene, [*requested, *others])
    denied = [each for each in (*requested, *others) if each.voice == "denied"]
    last = _last(scene, [each for each in requested if each.voice == "own"])
    said = sorted((each for each in others if each.voice == "own"), key=lambda statement: statement.end)
    if last is not None:
        last = _taken_back(scene, last, [each for each in said if each.weight in ("said", "remark")])
    else:
        last = _concluded(scene, said)
    if last is None:
        last = _bare(scene) or _line(scene, said)
    if last is not None and _retracted(scene.text[last.end :]):
        return Statement(None, last.rule, last.weight, last.voice, last.start, last.end)
    if last is not None and last.weight != "asked" and _ABSTAINS.search(scene.text, last.end):
        return Statement(None, last.rule, last.weight, last.voice, last.start, last.end)
    if (
        last is not None
        and last.value
        and any(each.start > last.start and each.value == last.value for each in denied)
    ):
        return Statement(None, last.rule, last.weight, last.voice, last.start, last.end)
    return last


def _without_doubles(statements: Sequence[Statement]) -> list[Statement]:
    """Return what was not asked for, without a closing label that another form has read already."""
    read = {each.end for each in statements if each.rule != "concluded"}
    return [
        each
        for each in statements
        if each.weight != "asked"
        and not (each.rule == "concluded" and any(end - 4 <= each.end <= end + 4 for end in read))
    ]


def _settled(scene: Scene, requested: Sequence[Statement]) -> bool:
    """Is the last asked line the model's own, with nothing behind it that could change it?"""
    if not requested or requested[-1].voice != "own":
        return False
    rest = scene.text[requested[-1].end :]
    return not (
        _corrects(rest, scene.tables)
        or _TAKEN_BACK.match(rest)
        or _RETRACTS.search(rest)
        or _ABSTAINS.search(rest)
        or _DENIES.search(rest)
    )


def _last(scene: Scene, statements: Sequence[Statement]) -> Statement | None:
    """Return the last of statements of one kind; without value where its line holds another that nothing corrected."""
    if not statements:
        return None
    last = statements[-1]
    line = scene.text.rfind("\n", 0, last.start) + 1
    for earlier in reversed(statements[:-1]):
        if earlier.end <= line:
            break
        between = scene.text[earlier.end : last.start]
        # "(A) or (D)" and then "(A)" is no contradiction: the later one decides between the two.
        if earlier.value not in (last.value, None) and not _corrects(between, scene.tables):
            return Statement(None, last.rule, last.weight, last.voice, last.start, last.end)
    return last


def _retracted(rest: str) -> bool:
    found = _RETRACTS.search(rest)
    return found is not None and _CONFIRMS.search(rest, found.end()) is None


def _corrects(between: str, tables: Sequence[Patterns]) -> bool:
    return any(table.corrected.search(between) for table in tables)


def _taken_back(scene: Scene, last: Statement, said: Sequence[Statement]) -> Statement | None:
    """Return the asked line, or what replaces it behind words that take it back."""
    rest = scene.text[last.end :]
    if _TAKEN_BACK.match(rest):
        return Statement(None, last.rule, last.weight, last.voice, last.start, last.end)
    later = [each for each in said if each.start >= last.end and each.value != last.value]
    if later and _corrects(scene.text[last.end : later[0].start + 1], scene.tables):
        return _concluded(scene, later)
    return last


def _concluded(scene: Scene, said: Sequence[Statement]) -> Statement | None:
    """Return the last conclusion; remarks behind it count where they agree with each other."""
    conclusions = [each for each in said if each.weight == "said"]
    last = (
        _last(scene, [each for each in conclusions if each.rule == conclusions[-1].rule])
        if conclusions
        else None
    )
    remarks = [each for each in said if each.weight == "remark" and (last is None or each.start >= last.end)]
    if remarks and len({each.value for each in remarks}) == 1:
        return remarks[-1]
    if remarks and last is None and _corrects(scene.text[remarks[-2].end : remarks[-1].start], scene.tables):
        return remarks[-1]
    return last


def _bare(scene: Scene) -> Statement | None:
    """Return the whole reply, where it is nothing but an answer."""
    stated = scene.text.strip()
    value = whole(scene, stated)
    if value is None:
        return None
    start = scene.text.find(stated)
    label = label_at(stated, 0, scene.question)
    rule: Rule = "bare-letter" if label is not None and label.letter == value else "bare-text"
    return Statement(value, rule, "line", "own", start, start + len(stated))


def _line(scene: Scene, said: Sequence[Statement]) -> Statement | None:
    """Return a line that begins with an option, or a sentence that ends in one, where all of these name the same."""
    found = [
        *(each for each in lines(scene) if each.voice == "own"),
        *(e for e in said if e.weight == "line"),
    ]
    return found[-1] if found and len({each.value for each in found}) == 1 else None


def _refused_after(text: str, end: int, tables: Sequence[Patterns]) -> bool:
    """Do words of refusal stand behind the statement, in the last sentence of the reply?"""
    last = sentence_start(text, len(text.rstrip()) - 1)
    refusals = (match for table in tables for match in table.refused.finditer(text, max(end, last - 200)))
    return any(True for _ in refusals)
