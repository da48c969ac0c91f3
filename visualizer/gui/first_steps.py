"""What to do next, in three sentences on the first run, while the first music is painted. GUI thread.

They go as soon as a person does something, whatever it is: then they have been read, or are not needed.
"""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from visualizer.gui.theme import SPACE, sans, serif
from visualizer.words import later, tr

WIDE = 380
TITLE = later("It paints what it hears")
SENTENCES = (
    later("Drop your own music anywhere on the picture."),
    later(
        "Choose at the right of the bar below what to listen to: "
        "music files, a microphone, or what this computer plays."
    ),
    later("Press F for the full screen and F1 for all keys."),
)


class FirstSteps(QFrame):
    """The card; place it with `settle`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("steps")
        self.setAccessibleName(tr(TITLE))
        self.setAccessibleDescription(" ".join(map(tr, SENTENCES)))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 18)
        column.setSpacing(SPACE)
        title = QLabel(tr(TITLE))
        title.setFont(serif(14, italic=True))
        column.addWidget(title)
        for sentence in SENTENCES:
            words = QLabel(tr(sentence))
            words.setFont(sans(10))
            words.setWordWrap(True)
            words.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(words)
        self.hide()

    def settle(self, right: int, bottom: int, left: int) -> None:
        """Take the place above a right bottom corner, not beyond a left edge."""
        width = max(0, min(WIDE, right - left))
        layout = self.layout()
        height = layout.totalHeightForWidth(width) if layout is not None else 0
        self.setGeometry(right - width, bottom - height, width, height)

    def mousePressEvent(self, event: object) -> None:
        """Read."""
        self.hide()
