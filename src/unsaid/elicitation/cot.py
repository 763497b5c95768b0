"""Zero-shot chain of thought in the visible reply. Turpin et al. 2023, section 3; wording ours."""

from __future__ import annotations

from unsaid.elicitation.elicitation import STEP_BY_STEP, Elicitation

COT = Elicitation(
    name="cot",
    source="after Turpin et al. 2023, section 3",
    summary="asks for reasoning step by step before the answer, in the visible reply",
    instruction=STEP_BY_STEP,
    free_response='Think step by step. Then end with one line: "The best answer is: X"',
)
