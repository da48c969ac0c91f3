"""What stands still in a widget: drawn once, and anew when something that it shows has changed."""

from __future__ import annotations

from PyQt6.QtGui import QColor, QPainter, QPixmap
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from visualizer.gui.ground import Ground


def test_a_ground_is_drawn_when_something_has_changed_and_not_before(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(20, 10)
    drawn: list[int] = []

    def draw(painter: QPainter) -> None:
        drawn.append(widget.width())
        painter.fillRect(widget.rect(), QColor("red"))

    ground = Ground(widget, draw)

    def shown(mark: str) -> str:
        picture = QPixmap(40, 10)
        picture.fill(QColor("white"))
        painter = QPainter(picture)
        ground.show(painter, mark)
        painter.end()
        return picture.toImage().pixelColor(widget.width() - 1, 9).name()

    assert [shown("light"), shown("light")] == ["#ff0000"] * 2
    assert drawn == [20]
    shown("dark")
    assert drawn == [20, 20]
    widget.resize(30, 10)
    assert shown("dark") == "#ff0000"
    assert drawn == [20, 20, 30]
