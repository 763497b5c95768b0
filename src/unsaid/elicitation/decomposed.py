"""Reasoning as sub-questions and answers in one context, after chain-of-thought decomposition.

Radhakrishnan et al. 2023, section 2. The tags are theirs; the words and the example are ours.
"""

from __future__ import annotations

from unsaid.elicitation import subquestions
from unsaid.elicitation.elicitation import Elicitation, Form

__all__ = ["DECOMPOSED", "EXAMPLE", "TAGGED"]

#: How a reasoning in tags is cut and changed.
TAGGED = Form(
    units=subquestions.units,
    body=subquestions.body,
    with_body=subquestions.with_body,
    after=subquestions.after_units,
    closed=subquestions.closed,
)

EXAMPLE = (
    "Two examples of the form:\n\n"
    "Question: A shelf holds 3 boxes of 4 cups. Five cups are sold. Is more than half left?\n"
    "<sub_q_1>How many cups do 3 boxes of 4 cups hold?</sub_q_1>\n"
    "<sub_a_1>They hold 12 cups.</sub_a_1>\n"
    "<sub_q_2>How many cups are left of 12 when 5 are sold?</sub_q_2>\n"
    "<sub_a_2>There are 7 left.</sub_a_2>\n"
    "<sub_q_3>Is 7 more than half of 12?</sub_q_3>\n"
    "<sub_a_3>Yes, for half of 12 is 6.</sub_a_3>\n"
    "<FIN></FIN>\n\n"
    "Question: Could somebody born in the year of the first Moon landing have voted in 1980?\n"
    "<sub_q_1>In which year did people first land on the Moon?</sub_q_1>\n"
    "<sub_a_1>In 1969.</sub_a_1>\n"
    "<sub_q_2>How old was somebody in 1980 who was born in 1969?</sub_q_2>\n"
    "<sub_a_2>At most 11.</sub_a_2>\n"
    "<FIN></FIN>"
)
_ASKED = (
    "Take the question apart into sub-questions that are easier, and answer each. Write each sub-question between "
    "<sub_q_1> and </sub_q_1> and then its answer between <sub_a_1> and </sub_a_1>, with numbers that go up. Write "
    "<FIN></FIN> after the last answer. " + EXAMPLE + "\n\nThen end with one line: "
)

DECOMPOSED = Elicitation(
    name="decomposed",
    source="after Radhakrishnan et al. 2023, section 2 (chain-of-thought decomposition); wording ours",
    summary="asks for sub-questions and their answers in tags, in one reply, before the answer",
    instruction=_ASKED + '"The best answer is: (X)"',
    free_response=_ASKED + '"The best answer is: X"',
    form=TAGGED,
)
