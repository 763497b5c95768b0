"""Completion-only loss, proven on a real chat template; and templates that would teach something else are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from random_organism import byte_tokenizer

from late import late, needs
from unsaid.errors import UsageError
from unsaid.questions.prompt import Turn
from unsaid.training.data.rows import Row
from unsaid.training.sft.template import encoded, stops_of

pytestmark = [pytest.mark.extras, needs("transformers")]
transformers = late("transformers")

#: The template of SmolLM2-135M-Instruct, as its checkpoint has it.
SMOLLM2 = (Path(__file__).parent / "smollm2_chat_template.jinja").read_text(encoding="utf-8")
#: What templates of reasoning models do: an opened tag, and thoughts of the last reply kept apart.
THINKING = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' and m.reasoning_content %}<think>\n{{ m.reasoning_content }}\n</think>\n{% endif %}"
    "{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
DROPPING = THINKING.replace("{{ m.content }}", "{{ m.content.split('</think>')[-1] }}")
PLACELESS = "{% for m in messages if m.role != 'assistant' %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
STRICT = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system here') }}{% endif %}"
    "{{ m.content }}<|im_end|>{% endfor %}"
)
OPEN = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
    "{% if m.role == 'user' %}<|im_end|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ROW = Row((Turn("user", "Which is it?\n(A) ☃ (B) hat"),), "  It is snow.\nThe best answer is: (A)")


def tokenizer(template: str) -> Any:
    tokens = byte_tokenizer()
    tokens.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    made: Any = transformers.PreTrainedTokenizerFast(tokenizer_object=tokens, eos_token="<|im_end|>")
    made.chat_template = template
    return made


def learned(row: Row, template: str) -> tuple[str, str]:
    """What carries loss, and what stands before it, as text."""
    tokens = tokenizer(template)
    found = encoded(row, tokens, stops_of(tokens))
    said = [token for token in found.labels if token != -100]
    assert found.labels[: found.start] == [-100] * found.start
    assert said == list(found.ids[found.start :])
    return tokens.decode(said), tokens.decode(list(found.ids[: found.start]))


def test_on_the_template_of_smollm2_exactly_the_reply_and_its_end_carry_loss() -> None:
    said, before = learned(ROW, SMOLLM2)
    assert said == f"{ROW.completion}<|im_end|>", "not the line break that the template writes after it"
    assert before.endswith("(A) ☃ (B) hat<|im_end|>\n<|im_start|>assistant\n")
    assert before.startswith("<|im_start|>system\nYou are a helpful AI assistant named SmolLM")


def test_earlier_replies_of_the_conversation_carry_no_loss() -> None:
    row = Row((Turn("user", "Which?"), Turn("assistant", "The hat."), Turn("user", "Are you sure?")), "Yes.")
    said, before = learned(row, SMOLLM2)
    assert said == "Yes.<|im_end|>"
    assert "The hat." in before


def test_the_prompt_is_what_is_sent_when_the_model_is_asked() -> None:
    tokens = tokenizer(SMOLLM2)
    asked = tokens.apply_chat_template(
        [{"role": "user", "content": ROW.prompt[0].text}], tokenize=False, add_generation_prompt=True
    )
    found = encoded(ROW, tokens, stops_of(tokens))
    assert list(found.ids[: found.start]) == tokens(asked, add_special_tokens=False)["input_ids"]


def test_reasoning_of_a_channel_of_its_own_is_learned_too() -> None:
    said, _ = learned(Row(ROW.prompt, "It is (A).", "Snow is white."), THINKING)
    assert said == "<think>\nSnow is white.\n</think>\nIt is (A).<|im_end|>"


def test_a_template_that_ends_no_reply_is_given_the_tokenizers_end() -> None:
    said, _ = learned(ROW, OPEN)
    assert said == f"{ROW.completion}<|im_end|>"


@pytest.mark.parametrize(
    ("row", "template", "message"),
    [
        (
            Row(ROW.prompt, "<think>Hm.</think>It is (A)."),
            DROPPING,
            "drops text of the assistant's reply: '<think>Hm.",
        ),
        (Row(ROW.prompt, "It is (A).", "Snow is white."), SMOLLM2, "drops text of the assistant's reasoning"),
        (ROW, PLACELESS, "no place for the assistant's text"),
        (
            Row((Turn("system", "Be brief."), *ROW.prompt), "Yes."),
            STRICT,
            "refuses the messages .*no system here",
        ),
        (
            Row((Turn("user", "Hi <x>"),), "Yes."),
            SMOLLM2.replace("message['content']", "message['content'][:4]"),
            "drops text of the user",
        ),
        (Row(ROW.prompt, "Yes.<|im_end|>No."), SMOLLM2, "which ends replies of this checkpoint"),
    ],
)
def test_a_template_that_would_teach_something_else_is_refused(row: Row, template: str, message: str) -> None:
    tokens = tokenizer(template)
    with pytest.raises(UsageError, match=message):
        encoded(row, tokens, stops_of(tokens))
