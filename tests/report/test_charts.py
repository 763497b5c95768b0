"""Charts leave their words room on a phone."""

from __future__ import annotations

import re

import pytest

from unsaid.report.charts import Line, Mark, Point, scatter, strips


def chart(label: str) -> str:
    mark = Mark("dot", 0.5, 0.4, 0.6, "moved 50%")
    return str(
        strips("title", [Line(label, "n=60", "50% (40 to 60%)", (mark,)), Line("b", "", "too few", ())])
    )


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("metadata", 1),
        ("unauthorized-information", 2),
        ("metadata · some-lab/model-20250929 · few-shot-cot", 3),
    ],
)
def test_a_long_label_has_a_line_of_its_own(label: str, lines: int) -> None:
    made = chart(label)
    ys = [
        int(y)
        for y in re.findall(r'<text class="(?:label|figure)" x="\d+%" y="(\d+)"', made)[: max(lines, 2)]
    ]
    assert (ys[-1] - ys[0]) == 16 * (lines - 1)
    (strip,) = re.findall(r'<line class="bar dot" [^>]*y1="(\d+)"', made)
    assert int(strip) > ys[1]


def test_what_is_drawn_lies_within_the_chart() -> None:
    made = chart("unauthorized-information")
    height = int(re.findall(r'height="(\d+)"', made)[0])
    assert all(float(y) <= height for y in re.findall(r'\by[12]?="(\d+(?:\.\d+)?)"', made))


def test_a_label_without_end_is_cut_on_the_chart_and_whole_in_its_words() -> None:
    made = chart("long name " * 60)
    labels = re.findall(r'<text class="label" [^>]*>([^<]*)', made)
    assert len(labels) == 4
    assert max(map(len, labels)) <= 42
    assert labels[2].rstrip().endswith("…")
    assert "long name " * 60 in made


@pytest.mark.parametrize(
    ("at", "numbers"),
    [
        ([(0.1, 0.1), (0.5, 0.5)], ["1", "2"]),
        ([(0.1, 0.1), (0.1, 0.11), (0.5, 0.5)], ["1, 2", "3"]),
        ([(0.9, 0.0)] * 3 + [(0.1, 0.1)] + [(0.9, 0.01)], ["1–3, 5", "4"]),
    ],
)
def test_points_on_top_of_each_other_share_a_disc(at: list[tuple[float, float]], numbers: list[str]) -> None:
    def mark(value: float) -> Mark:
        return Mark("dot", value, None, None, f"{value:.0%}")

    made = scatter("title", [Point(mark(x), mark(y), f"cue {x}") for x, y in at], ("across", "up"))
    assert re.findall(r'class="inside"[^>]*>([^<]+)<', made) == numbers
    radii = [float(radius) for radius in re.findall(r'class="disc" r="([\d.]+)"', made)]
    assert all(radius >= 2.6 * len(words) for radius, words in zip(radii, numbers, strict=True))
