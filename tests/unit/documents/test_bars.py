"""Bar charts as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.documents.bars import NARROWEST, WIDEST, bar_lines, legend
from bot.documents.model import Bars, Document, Image
from bot.documents.plain import plain_document

labels = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=20)
charts = st.integers(1, 3).flatmap(
    lambda series: st.builds(
        Bars,
        st.tuples(*[labels] * series),
        st.lists(st.tuples(labels, st.tuples(*[st.integers(0, 10**6)] * series)), max_size=12).map(tuple),
    )
)
CHART = Bars(("This week", "the week before"), (("Agents", (40, 20)), ("Code", (10, 11))))


def test_bars_in_proportion_with_figures_behind_them() -> None:
    assert list(bar_lines(CHART)) == [f"Agents {'█' * 40} 40 (20)", f"Code   {'█' * 10} 10 (11)"]


@given(charts, st.integers(0, 200))
def test_lines_keep_to_the_width_where_there_is_room_for_bars(bars: Bars, width: int) -> None:
    lines = list(bar_lines(bars, width))
    assert len(lines) == len(bars.rows)
    labels = max((len(label) for label, _ in bars.rows), default=0)
    figures = max((len(line.rpartition("█")[2]) for line in bar_lines(bars, 0)), default=0)
    if width >= labels + figures + 2 + NARROWEST:
        assert max(map(len, lines), default=0) <= width
    assert all(line.count("█") <= WIDEST for line in lines)


@given(charts)
def test_every_label_and_figure_is_told(bars: Bars) -> None:
    for line, (label, counts) in zip(bar_lines(bars), bars.rows, strict=True):
        assert line.startswith(label)
        assert all(f"{count:,}" in line for count in counts)


def test_chart_in_plain_text_has_its_title_and_what_its_figures_are() -> None:
    shown = plain_document(Document(blocks=(Image("A chart.", data=b"png", title="Topics", bars=CHART),)))
    assert shown.startswith("Topics\nThis week (the week before)\nAgents █")
    assert legend(CHART) == "This week (the week before)"
