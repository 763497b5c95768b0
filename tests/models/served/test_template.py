"""Chat templates are rendered as Transformers renders them, and a given beginning stands at their end as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unsaid.errors import DataError, UsageError
from unsaid.models.served.template import ChatTemplate
from unsaid.questions.prompt import Turn

CHATML = (
    "{% for message in messages %}\n"
    "    {%- if message['role'] == 'tool' %}{{ raise_exception('no tools') }}{% endif %}\n"
    "<|im_start|>{{ message['role'] }}\n{{ message['content'] | trim }}<|im_end|>\n"
    "{% endfor %}\n"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ASKED = [Turn("system", "Be brief."), Turn("user", " Which? ")]


def written(folder: Path, template: str, **settings: object) -> Path:
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": template, **settings}))
    return folder


@pytest.mark.parametrize(
    "template", [CHATML, "{{ bos_token }}{% for m in messages %}[{{ m | tojson }}]{% endfor %}"]
)
def test_prompts_equal_those_of_transformers(tmp_path: Path, template: str) -> None:
    render = pytest.importorskip("transformers.utils.chat_template_utils").render_jinja_template
    found = ChatTemplate.load(written(tmp_path, template, bos_token="<s>", add_bos_token=False)).render(ASKED)
    messages = [{"role": turn.role, "content": turn.text} for turn in ASKED]
    expected, _ = render([messages], chat_template=template, add_generation_prompt=True, bos_token="<s>")
    assert found == expected[0]


def test_a_given_beginning_is_neither_stripped_nor_closed(tmp_path: Path) -> None:
    template = ChatTemplate.load(written(tmp_path, CHATML))
    begun = " I add.\n"
    assert template.render([*ASKED, Turn("assistant", begun)]) == template.render(ASKED) + begun


def test_thoughts_that_the_template_opens_are_not_opened_twice(tmp_path: Path) -> None:
    opening = ChatTemplate.load(written(tmp_path, CHATML.replace("assistant\n", "assistant\n<think>\n")))
    begun = "<think>\nI add.\n</think>\n\nThe best answer is: ("
    prompt = opening.render([*ASKED, Turn("assistant", begun)])
    assert prompt == opening.render(ASKED) + begun.removeprefix("<think>\n")
    plain = "<b>I add."
    assert opening.render([*ASKED, Turn("assistant", plain)]).endswith("<think>\n" + plain)


def test_the_token_that_begins_a_text_is_left_to_the_server_unless_it_does_not_write_it(
    tmp_path: Path,
) -> None:
    template = "{{ bos_token }}{{ messages[0]['content'] }}"
    left = ChatTemplate.load(written(tmp_path, template, bos_token={"content": "<s>"}))
    assert left.render([Turn("user", "Hi")]) == "Hi"
    own = ChatTemplate.load(written(tmp_path, template, bos_token={"content": "<s>"}, add_bos_token=False))
    assert own.render([Turn("user", "Hi")]) == "<s>Hi"


def test_a_file_of_its_own_goes_before_the_configuration(tmp_path: Path) -> None:
    written(tmp_path, "old")
    (tmp_path / "chat_template.jinja").write_text("new")
    for path in (tmp_path, tmp_path / "chat_template.jinja"):
        assert ChatTemplate.load(path).render(ASKED) == "new"


def test_what_is_no_template_says_so(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.jinja"):
        with pytest.raises(UsageError, match=r"no chat template; name a folder"):
            ChatTemplate.load(path)
    with pytest.raises(DataError, match=r"cannot be read"):
        ChatTemplate.load(written(tmp_path, "{% for %}"))
    refusing = ChatTemplate.load(written(tmp_path, "{{ raise_exception('roles must alternate') }}"))
    with pytest.raises(DataError, match=r"refuses the messages: roles must alternate"):
        refusing.render(ASKED)
    (tmp_path / "tokenizer_config.json").write_text("{")
    with pytest.raises(DataError, match=r"not a tokenizer's configuration"):
        ChatTemplate.load(tmp_path)


def test_a_template_reaches_nothing_of_the_machine(tmp_path: Path) -> None:
    hostile = ChatTemplate.load(written(tmp_path, "{{ messages.__class__.__mro__ }}"))
    with pytest.raises(DataError):
        hostile.render(ASKED)
