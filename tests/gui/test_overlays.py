"""Period plot, notices, transport, theme: each on its own."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from visualizer.files.decode import clock_text
from visualizer.gui.notices import MOST, Notices
from visualizer.gui.overlay import overlay_rows
from visualizer.gui.panels import help_panel
from visualizer.gui.period_plot import PeriodPlot
from visualizer.gui.theme import DARK, LIGHT, TEXT_PAIRS, Theme, app_icon, contrast, icon, theme_for
from visualizer.gui.transport_line import Line
from visualizer.painting.figures import Figures
from visualizer.paths import resources_dir


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize(("text", "ground"), [*TEXT_PAIRS, ("on_accent", "accent")])
def test_every_text_is_readable(theme: Theme, text: str, ground: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_desktop_chooses_light_or_dark() -> None:
    assert theme_for(Qt.ColorScheme.Light) is LIGHT
    assert theme_for(Qt.ColorScheme.Dark) is theme_for(Qt.ColorScheme.Unknown) is DARK


def test_every_icon_draws(qapp: QGuiApplication) -> None:
    drawings = [path.stem for path in (resources_dir() / "icons").glob("*.svg")]
    assert len(drawings) > 15
    for name in drawings:
        image = icon(name, "#ffffff").pixmap(24, 24).toImage()
        assert any(image.pixelColor(x, y).alpha() > 100 for x in range(24) for y in range(24)), name
    assert not app_icon().isNull()


def test_the_plot_glides_to_new_values_and_rests(qtbot: QtBot) -> None:
    now = [0.0]
    plot = PeriodPlot(lambda: now[0])
    qtbot.addWidget(plot)
    plot.show()
    plot.set_probabilities([0.1, 0.6, 0.1, 0.1, 0.1])
    now[0] += 0.25
    plot._step()
    assert plot.shown[1] == pytest.approx(0.6 * (1 - math.exp(-1)))
    assert plot.likeliest == "baroque"
    now[0] += 10
    plot._step()
    assert plot.shown == [0.1, 0.6, 0.1, 0.1, 0.1]
    assert not plot._timer.isActive()
    assert not plot.grab().isNull()


def test_the_plot_survives_what_is_no_probability(qtbot: QtBot) -> None:
    plot = PeriodPlot(lambda: 0.0)
    qtbot.addWidget(plot)
    plot.show()
    plot.set_probabilities([math.nan, math.inf, -1, 2, 0.5])
    assert plot._target == [0, 0, 0, 1, 0.5]
    plot.set_held(0)
    assert not plot.grab().isNull()
    plot.hide()
    plot._step()


def test_the_plot_is_drawn_anew_only_when_it_looks_different(qtbot: QtBot) -> None:
    plot = PeriodPlot(lambda: 0.0)
    qtbot.addWidget(plot)
    plot.show()
    plot.shown = [0.1, 0.6, 0.1, 0.1, 0.1]
    first = plot.grab().toImage()
    drawn = plot._drawn
    plot.shown = [0.1, 0.6001, 0.1, 0.1, 0.1]
    assert plot.grab().toImage() == first
    assert plot._drawn is drawn
    plot.shown = [0.1, 0.62, 0.1, 0.1, 0.1]
    assert plot.grab().toImage() != first
    plot.set_held(2)
    held = plot.grab().toImage()
    plot.set_theme(LIGHT)
    assert plot.grab().toImage() != held != first


def test_hidden_the_plot_does_not_move(qtbot: QtBot) -> None:
    plot = PeriodPlot(lambda: 0.0)
    qtbot.addWidget(plot)
    plot.set_probabilities([0, 0, 0, 0, 1])
    assert not plot._timer.isActive()
    plot.show()
    assert plot.shown[4] == 1


@pytest.fixture
def notices(qtbot: QtBot) -> Iterator[Notices]:
    window = QWidget()
    window.resize(600, 400)
    qtbot.addWidget(window)
    window.show()
    yield Notices(window)  # Python keeps the window until the test is over
    window.close()


def test_the_same_sentence_is_shown_once_and_the_oldest_gives_way(notices: Notices) -> None:
    for text in ("a", "a", "b", "c", "d"):
        notices.add(text)
    assert notices.texts == ["b", "c", "d"]
    assert len(notices.texts) == MOST


def test_a_notice_closes_and_the_column_goes(notices: Notices, qtbot: QtBot) -> None:
    notices.add("Only this.", alarm=True)
    assert notices.isVisible()
    assert notices.width() <= 600
    notices._notices[0].fade_out()
    qtbot.waitUntil(lambda: notices.texts == [])
    assert not notices.isVisible()


def test_a_notice_goes_by_itself_when_it_was_read(notices: Notices, qtbot: QtBot) -> None:
    notices.add("Short.")
    notices._notices[0]._reading.start(1)
    qtbot.waitUntil(lambda: notices.texts == [])


def test_held_notices_wait(notices: Notices) -> None:
    notices.hold(True)
    notices.add("Later.")
    assert not notices.isVisible()
    assert notices.texts == ["Later."]
    notices.hold(False)
    assert notices.isVisible()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (245, "4:05"), (3729, "1:02:09"), (-3, "0:00")]
)
def test_time_is_written_as_people_do(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


def test_a_line_follows_clicks_and_drags(qtbot: QtBot) -> None:
    line = Line("Position", 1000)
    line.resize(214, 24)
    qtbot.addWidget(line)
    line.show()
    places: list[int] = []
    line.moved_to.connect(places.append)
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(7, 12))
    qtbot.mouseMove(line, QPoint(107, 12))
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(107, 12))
    assert places[0] == 0
    assert line.value_at(107) == 500
    assert line.value_at(-50) == 0
    assert line.value_at(5000) == 1000
    line.level = True
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(200, 12))
    assert places[-1] <= 500


def test_the_figures_say_why_the_model_runs_where_it_does() -> None:
    rows = dict(overlay_rows(Figures(provider="CPU"), "QPainter", "no NVIDIA driver was found"))
    assert rows["model runs on"] == "CPU (no NVIDIA driver was found)"
    assert dict(overlay_rows(Figures(), "QPainter", ""))["model runs on"] == "no model yet"


@pytest.mark.parametrize(
    ("provider", "memory", "said"),
    [
        ("CPU", None, "not used by the model"),
        ("CUDA", None, "unknown: install nvidia-ml-py"),
        ("CUDA", (3 * 2**29, 8 * 2**30), "1.5 of 8.0 GiB"),
    ],
)
def test_the_figures_say_how_full_the_graphics_card_is(
    provider: str, memory: tuple[int, int] | None, said: str
) -> None:
    assert dict(overlay_rows(Figures(provider=provider), "QPainter", "", memory))["graphics memory"] == said


@pytest.mark.parametrize("wide", [300, 700, 1000, 1300])
def test_help_takes_as_many_columns_as_fit(qtbot: QtBot, wide: int) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(wide, 700)
    rows = {menu: [("Ctrl+X", "a few words")] * count for menu, count in (("A", 9), ("B", 4), ("C", 4), ("D", 2))}
    panel = help_panel(rows, parent)
    page = panel.sheet.widget()
    assert page is not None
    block_wide = max(block.sizeHint().width() for block in page.findChildren(QWidget, "keys"))
    assert page.sizeHint().width() <= max(wide, block_wide + 100)
    if wide == 1300:
        panel.sheet.setFixedSize(panel.sheet.sizeHint())
        panel.show()
        parent.show()
        tops = {block.mapTo(page, QPoint()).x() for block in page.findChildren(QWidget, "keys")}
        assert len(tops) == 3
