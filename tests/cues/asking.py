"""Questions that cues can be put to, for the tests of this folder."""

from __future__ import annotations

from hypothesis import strategies as st

from unsaid.cues import CUES, Cue
from unsaid.questions.procedural import TASKS
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import Question

FOUR = Question(
    id="q1", stem="Which of these is largest?", options=("ant", "whale", "mouse", "cat"), correct=1
)
TWO = Question(id="q2", stem="Is a whale larger than an ant?", options=("yes", "no"), correct=0)
BET = TASKS["hindsight"].questions(1, seed=5)[0]

CASES = [(family, wording) for family in CUES.values() for wording in family.wordings]
NAMES = [f"{family.name}/{wording.name}" for family, wording in CASES]

#: Text as models and data sets have it: anything, braces and line breaks among it.
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.sampled_from(
        ["{letter}", "{option}\n{question}", "(B) x", "a\nb", "{marked_question}", "\u202e{code}", "}{"]
    ),
).filter(str.strip)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Any question with options."""
    options = draw(st.lists(texts, min_size=2, max_size=26, unique=True))
    correct = draw(st.one_of(st.none(), st.integers(0, len(options) - 1)))
    name = draw(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40))
    return Question(name, draw(texts), tuple(options), correct)


def question_for(family: Cue) -> Question:
    """A question that this cue can be put to."""
    return next(each for each in (FOUR, TWO, BET) if family.obstacle(each, 0) is None)


def targets(family: Cue, question: Question) -> list[int]:
    """The options that it can point at there."""
    aims = [family.aim(question, target) for target in range(len(question.options))]
    return sorted({aim for aim in aims if isinstance(aim, int)})


def whole(prompt: Prompt) -> str:
    """Everything that is shown."""
    shown = [text for pair in prompt.demonstrations for text in pair]
    return "\n".join([*shown, *(turn.text for turn in prompt.turns)])
