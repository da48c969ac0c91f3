"""The window for a display of its own: the picture and nothing else. And displays by name. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QCloseEvent, QGuiApplication, QMouseEvent, QScreen
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from visualizer.gui.canvas import Canvas
from visualizer.gui.theme import app_icon
from visualizer.words import tr

WINDOWED = (960, 540)


class OutputWindow(QWidget):
    """The picture and nothing else: no pointer, no words, whatever happens.

    Args:
        canvas: what it shows.
        actions: whose keys work here too.
        title: for the desktop's list of windows, and for programs that capture one.
    """

    closed = pyqtSignal()
    double_clicked = pyqtSignal()

    def __init__(self, canvas: Canvas, actions: Sequence[QAction], title: str) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.setWindowIcon(app_icon())
        self.setAccessibleName(tr("Output"))
        self.setStyleSheet("background: black;")
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.canvas = canvas
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(canvas.widget())
        self.addActions(list(actions))
        self.resize(*WINDOWED)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Full screen, or back."""
        self.double_clicked.emit()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """The user or the desktop closes it."""
        super().closeEvent(event)
        self.closed.emit()


def screen_named(name: str) -> QScreen | None:
    """The connected display of a name."""
    return next((one for one in QGuiApplication.screens() if one.name() == name), None)


def display_text(screen: QScreen) -> str:
    """A display for people: its name, what it is, how large."""
    size = screen.size() * screen.devicePixelRatio()
    what = " ".join(part for part in (screen.manufacturer(), screen.model()) if part)
    return ", ".join(part for part in (screen.name(), what, f"{size.width()} × {size.height()}") if part)
