"""YAML whose values know their lines."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped,unused-ignore]
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from examples import examples
from unsaid.errors import DataError, QuestionError
from unsaid.questions.yaml_lines import Located, read_yaml

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


def plain(node: Located) -> object:
    if isinstance(node.value, dict):
        return {name: plain(inner) for name, inner in node.value.items()}
    if isinstance(node.value, list):
        return [plain(inner) for inner in node.value]
    return node.value


@examples(30, HealthCheck.function_scoped_fixture)
@given(value=values)
def test_what_is_written_is_read(value: object, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(yaml.safe_dump(value), encoding="utf-8")
    assert plain(read_yaml(tmp_path / "x.yaml")) == value


def test_each_value_knows_its_line(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("# a comment\na: 1\nb:\n  - x\n  - {c: y}\n")
    found = read_yaml(tmp_path / "x.yaml").mapping()
    assert (found["a"].line, found["b"].items()[0].line, found["b"].items()[1].mapping()["c"].line) == (
        2,
        4,
        5,
    )
    with pytest.raises(QuestionError, match=r"x\.yaml, line 2: expected a text that is not blank, found 1"):
        found["a"].text()


def test_an_anchor_is_read_once_however_often_it_is_repeated(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (tmp_path / "x.yaml").write_text("\n".join(lines))
    found = read_yaml(tmp_path / "x.yaml").mapping()
    assert found["a11"].items()[0] is found["a11"].items()[9]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: the name 'a' stands here twice"),
        ("a: &x [*x]\n", "contains itself"),
        ("a: !!python/object/apply:os.system [ls]\n", "line 1: expected plain data, found the tag"),
        ("a: !mine b\n", "line 1: expected plain data, found the tag"),
        ("? [a]\n: b\n", "line 1: expected a name before the colon"),
        ("a: [1\n", "not valid YAML"),
        ("a: 1\n---\nb: 2\n", "not valid YAML: but found another document"),
        ("", "expected a YAML document"),
        ('a: "\\ud800"\n', "lone surrogate|not valid YAML"),
        ("a: 2024-13-45\n", "not readable"),
        ("[" * 5000, "nested deeper than 100 levels"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(DataError, match=said) as told:
        read_yaml(tmp_path / "x.yaml", DataError)
    assert "x.yaml" in str(told.value)


def test_a_date_is_text(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: 2024-01-02\n")
    assert read_yaml(tmp_path / "x.yaml").mapping()["a"].value == "2024-01-02"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_yaml(tmp_path / "x.yaml", DataError)
