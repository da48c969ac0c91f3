"""Panels over the painting: the help made from the table of actions, and what this is. GUI thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from visualizer import __version__
from visualizer.theme import DARK, SPACE, sans, serif

STYLE = f"""
QFrame#panel {{ background: rgba(27, 25, 24, 240); border: 1px solid {DARK.line}; border-radius: 10px; }}
QLabel {{ color: {DARK.text}; }}
QLabel#quiet {{ color: {DARK.quiet}; }}
QLabel#key {{ color: {DARK.accent}; }}
"""


class Panel(QFrame):
    """A titled sheet in the middle of its parent; a click closes it."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setStyleSheet(STYLE)
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(28, 22, 28, 22)
        self.column.setSpacing(SPACE)
        heading = QLabel(title)
        heading.setFont(serif(17))
        self.column.addWidget(heading)
        self.hide()

    def settle(self) -> None:
        """Take the middle of the parent, no larger than it."""
        parent = self.parentWidget()
        if parent is not None:
            size = self.sizeHint().boundedTo(parent.size())
            self.resize(size)
            self.move((parent.width() - size.width()) // 2, (parent.height() - size.height()) // 2)
            self.raise_()

    def mousePressEvent(self, event: object) -> None:
        """Close."""
        self.hide()


def help_panel(rows: Mapping[str, Sequence[tuple[str, str]]], parent: QWidget) -> Panel:
    """The keys, a block for each menu in two columns, and where to begin."""
    panel = Panel("Keys", parent)
    columns = QHBoxLayout()
    columns.setSpacing(40)
    left, right = QVBoxLayout(), QVBoxLayout()
    for index, (menu, found) in enumerate(rows.items()):
        column = left if index % 3 == 0 else right  # the longest and the shortest, and the two between
        column.addWidget(_block(menu, found))
        column.addSpacing(SPACE)
    for column in (left, right):
        column.addStretch(1)
        columns.addLayout(column)
    panel.column.addLayout(columns)
    panel.column.addWidget(
        _words("Drop music anywhere. Double-click for full screen; there, move the pointer to see the controls.")
    )
    return panel


def about_panel(parent: QWidget, model: str) -> Panel:
    """What this is.

    Args:
        model: a sentence about the model that paints.
    """
    panel = Panel(f"MVNet Visualizer {__version__}", parent)
    for sentence in (
        "It listens to music and paints what it hears: renaissance, baroque, classical, romantic or modern.",
        model,
        "Free software under the GNU General Public License, version 3 or later, without any warranty.",
    ):
        words = _words(sentence)
        words.setMinimumWidth(440)
        panel.column.addWidget(words)
    return panel


def _block(title: str, rows: Sequence[tuple[str, str]]) -> QWidget:
    block = QWidget()
    block.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    grid = QGridLayout(block)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setColumnMinimumWidth(0, 110)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(3)
    heading = QLabel(title)
    heading.setFont(serif(11.5, italic=True))
    grid.addWidget(heading, 0, 0, 1, 2)
    for index, (keys, text) in enumerate(rows, start=1):
        key, words = QLabel(keys), QLabel(text)
        key.setFont(sans(9.5))
        key.setObjectName("key")
        words.setFont(sans(9.5))
        grid.addWidget(key, index, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(words, index, 1, Qt.AlignmentFlag.AlignLeft)
    grid.setColumnStretch(1, 1)
    return block


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(sans(10))
    label.setObjectName("quiet")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
