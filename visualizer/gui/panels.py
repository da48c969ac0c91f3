"""Panels over the painting: the help made from the table of actions, and what this is. GUI thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QEvent, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer import __version__
from visualizer.gui.theme import GREY, SPACE, icon, sans, serif
from visualizer.words import tr

AROUND = 96  # of a sheet: its margins, its scroll bar and the room beside it
MOST_COLUMNS, COLUMN_GAP = 3, 32
SCROLLING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
EDGE = 12  # least room between a sheet and the window's edge


class Sheet(QScrollArea):
    """What a panel holds: as large as it needs, scrolled when the window is smaller."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setObjectName("sheet")
        self.column = QVBoxLayout(page)
        self.column.setContentsMargins(0, 0, SPACE, 0)
        self.column.setSpacing(SPACE)
        self.setWidget(page)

    def sizeHint(self) -> QSize:
        """All of it, and room for the scroll bar that a small window needs."""
        page, bar = self.widget(), self.verticalScrollBar()
        if page is None or bar is None:
            return QSize()
        size = page.sizeHint()
        high = max(size.height(), self.column.totalHeightForWidth(size.width()))
        return QSize(size.width() + bar.sizeHint().width(), high)

    def readable(self) -> None:
        """Hold text alone: then the keyboard scrolls it."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Text"))

    def event(self, event: QEvent | None) -> bool:
        """Keep the keys that scroll; the rest are the window's."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in SCROLLING
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
        ):
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go on with the keyboard, and bring what has the focus into sight."""
        moved = super().focusNextPrevChild(forward)
        found = self.focusWidget()
        if moved and found is not None:
            self.ensureWidgetVisible(found)
        return moved


class Panel(QFrame):
    """A titled sheet in the middle of its parent, closed by its button, by Escape or by a click on it.

    Args:
        title: its heading, and its name for screen readers.

    Attributes:
        column: where its content goes.
    """

    closed = pyqtSignal()  # by the user

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(28, 18, 20, 22)
        whole.setSpacing(SPACE)
        heading = QLabel(title)
        heading.setFont(serif(17))
        close = QToolButton()
        close.setIcon(icon("close", GREY))
        close.setFixedSize(30, 30)
        close.setAccessibleName(tr("Close"))
        close.setToolTip(tr("Close  (Esc)"))
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.clicked.connect(self.leave)
        row = QHBoxLayout()
        row.addWidget(heading, 1)
        row.addWidget(close)
        self.sheet = Sheet()
        self.column = self.sheet.column
        whole.addLayout(row)
        whole.addWidget(self.sheet, 1)
        self.hide()

    def settle(self, area: QRect, free: int) -> None:
        """Take the middle of an area, no larger than it.

        Args:
            free: what lies right of this is taken by notices; the sheet keeps clear of them where there is room.
        """
        size = self.sizeHint().boundedTo(area.size() - QSize(2 * EDGE, 2 * EDGE))
        left = area.x() + (area.width() - size.width()) // 2
        if EDGE + size.width() <= free - EDGE:
            left = min(left, free - EDGE - size.width())
        self.resize(size)
        self.move(left, area.y() + (area.height() - size.height()) // 2)
        self.raise_()

    def leave(self) -> None:
        """Close, and say so."""
        self.hide()
        self.closed.emit()

    def mousePressEvent(self, event: object) -> None:
        """Close."""
        self.leave()


def help_panel(rows: Mapping[str, Sequence[tuple[str, str]]], parent: QWidget) -> Panel:
    """The keys, a block for each menu in as many columns as there is room for, and where to begin."""
    panel = Panel(tr("Keys"), parent)
    blocks = [_block(tr(menu), found) for menu, found in rows.items()]
    row = QHBoxLayout()
    row.setSpacing(COLUMN_GAP)
    for blocks_below in _in_columns(blocks, parent.width() - AROUND):
        column = QVBoxLayout()
        column.setSpacing(2 * SPACE)
        for block in blocks_below:
            column.addWidget(block)
        column.addStretch(1)
        row.addLayout(column)
    panel.column.addLayout(row)
    panel.column.addWidget(
        _words(tr("Drop music anywhere. Double-click for full screen; there, move the pointer to see the controls."))
    )
    panel.sheet.readable()
    return panel


def about_panel(parent: QWidget, model: str) -> Panel:
    """What this is.

    Args:
        model: a sentence about the model that paints.
    """
    panel = Panel(f"MVNet Visualizer {__version__}", parent)
    for sentence in (
        tr("It listens to music and paints what it hears: renaissance, baroque, classical, romantic or modern."),
        model,
        tr("Free software under the GNU General Public License, version 3 or later, without any warranty."),
    ):
        words = _words(sentence)
        words.setMinimumWidth(min(440, parent.width() - AROUND))
        panel.column.addWidget(words)
    panel.sheet.readable()
    return panel


def flashing_panel(parent: QWidget, limited: bool) -> Panel:
    """What flashing light can do, what the limit does against it, and what it cannot."""
    panel = Panel(tr("About flashing light"), parent)
    now = (
        tr("It is on now.") if limited else tr("It is off now: turn it on again in the settings, or in the View menu.")
    )
    for sentence in (
        tr(
            "Flashing light and strong patterns can cause seizures in people with photosensitive epilepsy. Many of "
            "them do not know that they have it until the first time."
        ),
        tr(
            "The flash limit looks at every finished picture before it is shown. In any second it lets through no more "
            "than three flashes, and no more than three flashes of saturated red, as the guideline WCAG 2.2 (2.3.1) "
            "asks; what would be more becomes a slow fade."
        )
        + f" {now}",
        tr(
            "It holds for the windows of this program and for its videos. It cannot know the size and the brightness "
            "of your screen, the light in the room, stage lights, or what other programs do with the picture. It "
            "limits flashes, not patterns, and it is no medical advice."
        ),
        tr(
            "If somebody feels unwell: look away and cover one eye, press B for black, and stop. Reduced motion, in "
            "the settings, makes the picture calmer still."
        ),
    ):
        words = _words(sentence)
        words.setObjectName("")
        words.setMinimumWidth(min(460, parent.width() - AROUND))
        panel.column.addWidget(words)
    panel.sheet.readable()
    return panel


def _in_columns(blocks: Sequence[QWidget], wide: int) -> list[list[QWidget]]:
    """Blocks in as many columns, of MOST_COLUMNS, as fit side by side: each below those that are the shortest yet."""
    for count in range(MOST_COLUMNS, 0, -1):
        columns: list[list[QWidget]] = [[] for _ in range(count)]
        for block in blocks:
            min(columns, key=lambda column: sum(one.sizeHint().height() for one in column)).append(block)
        widths = [max((one.sizeHint().width() for one in column), default=0) for column in columns]
        if sum(widths) + COLUMN_GAP * (count - 1) <= wide:
            break
    return columns


def _block(title: str, rows: Sequence[tuple[str, str]]) -> QWidget:
    block = QWidget()
    block.setObjectName("keys")
    block.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    grid = QGridLayout(block)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setColumnMinimumWidth(0, 92)
    grid.setHorizontalSpacing(16)
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
