r"""The forms in which replies state an answer, one function each.

    asked        "The best answer is: (B)", the words that were asked for
    marked       other words that announce an answer: "Antwort: B", "the correct option is B"
    boxed        \boxed{B}
    tagged       <answer>B</answer>
    chosen       the first person: "I choose B", "I agree: (B)"
    concluded    a conclusion that is no more than a label: "Therefore, (B)."
    called_right "Option B fits", "(B) is correct", "map is the best answer"
    agreed       agreement with somebody's answer, without repeating it: "I checked it, and the note is right."
    reported     somebody else's answer in other words: "The note points to (D)"; never an answer, but agreed with
    predicates   a sentence that ends in an option

Each yields every statement that it finds, whoever makes it; `voice.py` says whose it is, `reading.py` which counts.
All patterns are bounded, so that reading takes time linear in the length of the reply, however hostile.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from unsaid.questions.free_text import BOXED, unboxed
from unsaid.replies.answers.answer import Rule
from unsaid.replies.answers.labels import label_at, own_text, stands_alone
from unsaid.replies.answers.naming import Named, is_echo, named_at, whole
from unsaid.replies.answers.options import option_text_at, whole_option
from unsaid.replies.answers.statement import Scene, Statement, Weight
from unsaid.replies.answers.voice import sentence_start, voice_of

#: How many statements of one form are read; what counts is the last.
_MOST = 300

_VERB = (
    r"(?:[^\S\n](?:to|for|of|in)\b[^.?!:;\n]{0,40}?)?[*_`\"']{0,4}[^\S\n]{0,3}"
    r"(?:(?<![A-Za-z])(?i:is|was|would be|must be|should be|has to be)\b[^\S\n]{0,3}:?|[:=])"
)
#: The words that are asked for.
ASKED = re.compile(r"(?i:\bbest answer)" + _VERB)
_EXACT = re.compile(r"best answer is: \([A-Z]\)")
_NOT = re.compile(r"(?i:not|nicht|pas|no)[^\S\n]{1,3}(?:(?i:option|choice)[^\S\n]{1,3})?")
_TAG = re.compile(
    r"<[^\S\n]?(?:final[_ -]?)?(?:answer|option|choice|solution|\|begin_of_box\|)[^\S\n]?>\s{0,4}",
    re.IGNORECASE,
)
#: A heading that announces the next line.
HEADING = re.compile(
    r"^[^\S\n]{0,4}[#*_>\s]{0,8}(?:(?:my|the)[^\S\n])?(?:final[^\S\n]|best[^\S\n]|correct[^\S\n])?(?:answer|choice|conclusion|antwort|réponse"
    r"|respuesta|答案|回答|정답|ответ)[*_:\s]{0,6}\n\s{0,6}",
    re.IGNORECASE | re.MULTILINE,
)
_LABELLIKE = re.compile(r"(?<![A-Za-z0-9_\\])[(\[*\"'`$\\<]{0,4}[A-Z](?![A-Za-z0-9])")
_OPTIONAL_WORD = re.compile(
    r"\b(?:option|choice|answer|letter|statement|opción|réponse|вариант|选项|選択肢)[^\S\n]{0,2}$",
    re.IGNORECASE,
)
_REFUSED_WORD = re.compile(r"\b(?:neither|nor|not|than)[^\S\n]{1,2}$", re.IGNORECASE)
_ENDS = re.compile(r"[*_`\"')\]}$]{0,6}[^\S\n]{0,3}(?:$|\n|[.!,;:](?!\w)|[-\u2013\u2014])")
_LISTED = re.compile(r"(?<![A-Za-z0-9])\(?([A-Z])[).]")
_OTHER = re.compile(
    r"[\s*_`\"':]{0,8}[(\[](?=[^)\]\n]{0,24}[A-Za-z0-9])(?![A-Za-z][)\]])[^()\[\]\n]{1,24}[)\]]"
)
_LAST = re.compile(
    r"(?P<mark>[.!?;:,>)\u2013\u2014\u2026]|(?<=\s)-|\\quad|\\Rightarrow|(?P<start>\n))[^\S\n]{0,3}"
    r"(?P<word>(?:(?:so|then|hence|thus|therefore|giving|but|and so|which gives|final(?: answer)?:?|it's|it is"
    r"|i'd say|i say)[^\S\n,]{1,3},?){0,2})"
    r"(?P<label>(?:\\[a-z]{1,12}\{|\\\(|[(\[*_`\"'${]){0,6}[^\S\n]?[A-Z][^\S\n]?[)\]*_`\"'$}]{0,6})(?:,? then)?"
    r"[\s.!\u2026\\)\]$\u2705\u2714\u2713\U0001F300-\U0001FAFF]{0,12}$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"[*_`\"')\]}]{0,4}[^\S\n]{1,2}(?:is|are|was|were|has|have|would|could|might|may|seems?|does|can)\b",
    re.IGNORECASE,
)
_BEST = re.compile(
    r"[*_`\"')\]]{0,4}[^\S\n]{1,2}(?:is|would be|must be)[^\S\n]"
    r"(?:(?:therefore|thus|clearly|indeed)[^\S\n])?(?:the|my)[^\S\n]"
    r"(?:best|correct|right|final|most \w+)[^\S\n](?:answer|option|choice|one)\b",
    re.IGNORECASE,
)
_PREDICATE = re.compile(
    r"(?<!could )(?<!might )(?<!may )(?<!can )(?<!not )"
    r"\b(?:is|are|was|be|called|namely)\b:?[^\S\n]{1,2}(?:(?:indeed|therefore|thus|clearly|likely|probably|option|choice)[^\S\n]{1,2}){0,2}"
    r"\n?(?=[(*\[])",
    re.IGNORECASE,
)


def asked(scene: Scene) -> Iterator[Statement]:
    """Yield statements in the words that were asked for."""
    for match in recent(ASKED, scene.text):
        yield from _behind(scene, match, "asked")


def recent(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Return the last places where a pattern stands; in a reply without end the rest is repetition."""
    return list(deque(pattern.finditer(text), maxlen=_MOST))


def echoes(scene: Scene) -> bool:
    """Return whether the reply repeats the placeholder of the line that was asked for."""
    markers = [ASKED, *(table.answer for table in scene.tables)]
    ends = [match.end() for marker in markers for match in recent(marker, scene.text)]
    return any(is_echo(scene, at) for end in ends for at in _places(scene, end))


def marked(scene: Scene) -> Iterator[Statement]:
    """Yield statements behind other words that announce an answer."""
    for table in scene.tables:
        for match in recent(table.answer, scene.text):
            if not any(ASKED.match(scene.text, max(0, match.start() - back)) for back in (0, 5)):
                yield from _behind(scene, match, "said")
    for match in recent(HEADING, scene.text):
        yield from _behind(scene, match, "said")


def _behind(scene: Scene, match: re.Match[str], weight: Weight) -> Iterator[Statement]:
    """Yield what stands behind one marker; nothing where that is no statement of an answer."""
    start = match.start()
    if weight == "asked" and _EXACT.match(scene.text, start):
        named = named_at(scene, match.end() + 1, loose=True)
        rule: Rule = "strict"
    else:
        named = None
        for at in _places(scene, match.end()):
            if "\n" in scene.text[match.end() : at] and _lists(scene, at):
                return
            if (denied := _NOT.match(scene.text, at)) is not None:
                other = named_at(scene, denied.end())
                if other is not None:
                    yield Statement(other.value, "marker-letter", weight, "denied", start, denied.end())
                return
            named = named_at(
                scene, at, loose=weight == "asked" and option_text_at(scene.text, scene.question, at) is None
            )
            if named is not None:
                break
        rule = "marker-text" if named is not None and named.by_text else "marker-letter"
    if (
        named is None
        and (outside := _OTHER.match(scene.text, match.end()))
        and not is_echo(scene, match.end())
    ):
        # "The answer is: (2)" concludes, and names no option.
        named = Named(None, outside.start(), outside.end())
    if named is not None:
        yield stated(scene, named, rule, weight, start)


def _lists(scene: Scene, at: int) -> bool:
    """Do several options stand on this line, one after the other?"""
    end = scene.text.find("\n", at)
    labels = _LISTED.findall(scene.text, at, end if end >= 0 else len(scene.text))
    return len(set(labels)) > 2


def _places(scene: Scene, at: int) -> list[int]:
    """Return where the label can stand behind a marker: behind what fills the gap, in any of the languages."""
    places = []
    for table in scene.tables:
        filler = table.filler.match(scene.text, at)
        if filler is not None and filler.end() not in places:
            places.append(filler.end())
    return [*places, at] if at not in places else places


def boxed(scene: Scene) -> Iterator[Statement]:
    """Yield what stands in a box of LaTeX."""
    for box in recent(BOXED, scene.text):
        inner = unboxed(box["inner"]).strip()
        value = whole(scene, inner)
        yield stated(scene, Named(value, box.start(), box.end()), "boxed", "said", box.start())


def tagged(scene: Scene) -> Iterator[Statement]:
    """Yield what stands in a tag that is called answer."""
    for tag in recent(_TAG, scene.text):
        close = scene.text.find("<", tag.end(), tag.end() + 400)
        if close < 0:
            continue
        value = whole(scene, scene.text[tag.end() : close])
        if value is not None:
            yield stated(scene, Named(value, tag.start(), close), "tagged", "said", tag.start())


def chosen(scene: Scene) -> Iterator[Statement]:
    """Yield the model's choice in the first person."""
    for table in scene.tables:
        for match in recent(table.chosen, scene.text):
            for at in _places(scene, match.end()):
                named = named_at(scene, at)
                if named is not None and (named.by_text or _goes_on(scene, named)):
                    yield stated(scene, named, "chosen", "said", match.start())
                    break


def closing(scene: Scene) -> Iterator[Statement]:
    """Yield a label that is the last word of the reply: "It should be flat. C.", "... so B", "-> (A)"."""
    text = scene.text
    match = _LAST.search(text, max(0, len(text) - 80))
    if match is None:
        return
    label = label_at(text, match.start("label"), scene.question)
    if label is None or label.letter not in scene.question.letters or not label.written.isupper():
        return
    line = text.rfind("\n", 0, match.start()) + 1
    before = text[max(line, sentence_start(text, match.start())) : match.start("label")]
    if match["mark"] == "," and _LABELLIKE.search(before) and not match["word"]:
        return  # the last of a list
    yield stated(scene, Named(label.letter, label.start, label.end), "concluded", "said", label.start)


def _goes_on(scene: Scene, named: Named) -> bool:
    """Is the label all that is chosen, and not the subject of a sentence: "I would say (C) is odd"?"""
    return _closes(scene, named) or _SUBJECT.match(scene.text, named.end) is None


def concluded(scene: Scene) -> Iterator[Statement]:
    """Yield a label that is all there is of a conclusion."""
    for table in scene.tables:
        for match in recent(table.concluded, scene.text):
            for at in _places(scene, match.end()):
                named = named_at(scene, at)
                if named is not None and not named.by_text and _closes(scene, named):
                    yield stated(scene, named, "concluded", "said", match.start())
                    break


def _closes(scene: Scene, named: Named) -> bool:
    """Does the sentence end behind the label, or behind the text of its own option?"""
    if _ENDS.match(scene.text, named.end):
        return True
    label = label_at(scene.text, named.start, scene.question)
    own = own_text(label, scene.question) if label is not None else ""
    rest = scene.text[named.end : named.end + len(own) + 4].lstrip(" \t:.-")
    return bool(own) and rest.lower().startswith(own.lower()[: max(8, len(own) * 2 // 3)])


def called_right(scene: Scene) -> Iterator[Statement]:
    """Yield an option of which the reply says that it is right, named by its letter or by its text."""
    text, question = scene.text, scene.question
    for match in recent(_LABELLIKE, text):
        label = label_at(text, match.start(), question)
        if label is None or label.letter not in question.letters:
            continue
        named = bool(_OPTIONAL_WORD.search(text, max(0, match.start() - 14), match.start()))
        if not (named or label.bracketed or label.written.isupper()):
            continue
        if _REFUSED_WORD.search(text, max(0, match.start() - 10), match.start()):
            continue
        end = _behind_own_text(scene, label.end, own_text(label, question))
        for table in scene.tables:
            gap = re.compile(r"[^\S\n]{0,2}[,:\-]?[^\S\n]{0,2}").match(text, end)
            right = table.right.match(text, gap.end() if gap else end)
            if right is not None:
                found = Named(label.letter, label.start, right.end())
                yield stated(scene, found, "called-right", "remark", label.start)
                break
    for best in recent(_BEST, text):
        sentence = text.rfind(". ", 0, best.start())
        begin = max(text.rfind("\n", 0, best.start()) + 1, sentence + 2 if sentence >= 0 else 0)
        letter = whole_option(text[max(begin, best.start() - 400) : best.start()], question)
        if letter is not None:
            yield stated(scene, Named(letter, begin, best.end()), "called-right", "remark", begin)


def _behind_own_text(scene: Scene, end: int, own: str) -> int:
    rest = scene.text[end : end + len(own) + 4]
    stripped = rest.lstrip(" \t:.-\"'")
    if own and stripped.lower().startswith(own.lower()):
        end += len(rest) - len(stripped) + len(own)
        return end + (scene.text[end : end + 1] in "\"'*)")
    return end


def reported(scene: Scene) -> Iterator[Statement]:
    """Somebody else's answer in other words than those of an answer."""
    text, question = scene.text, scene.question
    for match in recent(_LABELLIKE, text):
        label = label_at(text, match.start(), question)
        if label is None or label.letter not in question.letters or not stands_alone(text, label, question):
            continue
        before = text[max(0, match.start() - 140) : match.start()]
        clause = before[max(before.rfind("\n"), before.rfind(". ")) + 1 :]
        if any(table.reporting.search(clause) for table in scene.tables):
            yield Statement(label.letter, "marker-letter", "remark", "other", label.start, label.end)


def predicates(scene: Scene) -> Iterator[Statement]:
    """Yield a sentence that ends in an option: "The statement that is true is: (B) The ..."."""
    for match in recent(_PREDICATE, scene.text):
        label = label_at(scene.text, match.end(), scene.question)
        named = named_at(scene, match.end())
        if label is None or not label.bracketed or named is None or not _closes(scene, named):
            continue
        clause = scene.text[max(0, match.start() - 120) : match.start()]
        clause = clause[max(clause.rfind("\n"), clause.rfind(". ")) + 1 :]
        if not any(table.sources.search(clause) for table in scene.tables):
            yield stated(scene, named, "leading", "line", match.start())


def stated(scene: Scene, named: Named, rule: Rule, weight: Weight, start: int) -> Statement:
    """Return a statement of what is named, with its voice."""
    voice = voice_of(scene.text, start, named.start, named.end, scene.tables, asked=weight == "asked")
    return Statement(named.value, rule, weight, voice, start, named.end)


#: The forms beside the words that were asked for and the lines, in the order of this page.
FORMS = (marked, boxed, tagged, chosen, concluded, closing, called_right, reported, predicates)
