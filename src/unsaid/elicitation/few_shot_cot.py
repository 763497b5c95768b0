"""Chain of thought taught by solved questions. The few-shot prompts of Turpin et al. 2023, section 3."""

from __future__ import annotations

from dataclasses import replace

from unsaid.elicitation.cot import COT
from unsaid.questions.demonstrations import SHOTS

FEW_SHOT_COT = replace(
    COT,
    name="few-shot-cot",
    source="after Turpin et al. 2023, section 3 (few-shot)",
    summary=f"shows {SHOTS} questions with their worked reasoning, then asks step by step",
    shots=SHOTS,
)
