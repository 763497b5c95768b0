"""What a reply answers: a pure function of the text and the question; absence is a value.

`reading.py` says which statement counts, `forms.py` in which forms answers are stated, `voice.py` whose they are,
`languages.py` holds the words. An answer is recorded with its rule and its place, so that strict and lenient
readings can be told apart afterwards:

    strict         the line that was asked for: "The best answer is: (B)"
    marker-letter  other words that announce an answer: "**Answer:** B", "Antwort: B", "the correct option is B"
    marker-text    the same with an option's text, or free text: "Answer: hat"
    boxed          LaTeX's box
    tagged         <answer>B</answer>
    chosen         the first person: "I choose B", "I agree: (B)"
    concluded      a conclusion that is no more than a label: "Therefore, (B)."
    agreed         agreement with somebody's answer on which the reply ends: "so the note is right"
    called-right   "Option B fits", "(B) is correct"
    line           a line that is a letter
    leading        a line that begins with an option, or a sentence that ends in one
    bare-letter    the whole reply is a letter: "B", "(B)", "(B) hat"
    bare-text      the whole reply is an option's text, or one line of free text

Whether a reply was cut off is decided by the caller: a truncated text is not handed to this room.
"""

from __future__ import annotations

from unsaid.replies.answers.answer import Answer, Reason, Rule, Unparsed
from unsaid.replies.answers.free import free_value, gold_value
from unsaid.replies.answers.numeric import as_number
from unsaid.replies.answers.reading import parse_answer, split_before, split_reasoning

__all__ = [
    "Answer",
    "Reason",
    "Rule",
    "Unparsed",
    "as_number",
    "free_value",
    "gold_value",
    "parse_answer",
    "split_before",
    "split_reasoning",
]
