"""Notices: sentences that appear above the painting, wait to be read, and fade. Never modal. GUI thread.

On a full screen the painting stays clean: notices are held until the controls are shown.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEasingCurve, QPropertyAnimation, Qt, QTimer
from PyQt6.QtGui import QEnterEvent
from PyQt6.QtWidgets import (
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.gui.theme import DARK, SPACE, Theme, icon, sans
from visualizer.words import tr

MOST = 3  # at a time
READING_S = 3.5
PER_CHARACTER_S = 0.055  # a slow reader's speed
FADE_MS = 350
WIDTH = 420


class Notice(QFrame):
    """One sentence with an icon and a button that closes it.

    Args:
        text: the sentence.
        alarm: something failed; else it is only worth knowing.
        read: called when it was closed by hand; such a notice waits for that, however long it takes.
    """

    def __init__(
        self,
        text: str,
        alarm: bool,
        theme: Theme,
        read: Callable[[], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.text = text
        self.alarm = alarm
        self.read = read
        self.setObjectName("notice")
        self.setAccessibleName(text)
        self._build()
        self.set_theme(theme)
        self._effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(self._effect)
        self._fade = QPropertyAnimation(self._effect, b"opacity", self)
        self._fade.setDuration(FADE_MS)
        self._fade.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self._fade.finished.connect(self._faded)
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.timeout.connect(self.fade_out)

    def _build(self) -> None:
        self._sign, self._close = QLabel(), QToolButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 6, 10)
        row.setSpacing(SPACE)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        words = QLabel(self.text)
        words.setFont(sans(10))
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        column.addWidget(words)
        row.addLayout(column, 1)
        if self.read is not None:
            understood = QPushButton(tr("I understand"))
            understood.setFont(sans(10))
            understood.clicked.connect(self.close_by_hand)
            column.addWidget(understood, 0, Qt.AlignmentFlag.AlignLeft)
        self._close.setAutoRaise(True)
        self._close.setFixedSize(24, 24)
        self._close.setAccessibleName(tr("Close the notice"))
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self.close_by_hand)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        name, colour = ("alarm", theme.alarm) if self.alarm else ("notice", theme.accent)
        self._sign.setPixmap(icon(name, colour).pixmap(20, 20))
        self._close.setIcon(icon("close", theme.quiet))

    def close_by_hand(self) -> None:
        """Somebody has read it."""
        if self.read is not None:
            self.read()
        self.fade_out()

    def appear(self) -> None:
        """Fade in, or start anew when it is there already."""
        self.show()
        self._run_to(1.0)
        if self.read is None:
            self._reading.start(round(1000 * (READING_S + PER_CHARACTER_S * len(self.text))))

    def fade_out(self) -> None:
        """Fade and go."""
        self._reading.stop()
        self._run_to(0.0)

    def hideEvent(self, event: object) -> None:
        """Out of sight it cannot be read: its time begins when it appears again."""
        self._reading.stop()

    def enterEvent(self, event: QEnterEvent | None) -> None:
        """Under the pointer it stays."""
        self._reading.stop()

    def leaveEvent(self, event: object) -> None:
        """Left by the pointer it goes after a while."""
        if self.read is None:
            self._reading.start(round(1000 * READING_S))

    def _run_to(self, opacity: float) -> None:
        self._fade.stop()
        self._effect.setEnabled(True)
        self._fade.setStartValue(self._effect.opacity() if self._fade.endValue() is not None else 0.0)
        self._fade.setEndValue(opacity)
        self._fade.start()

    def _faded(self) -> None:
        self._effect.setEnabled(False)  # whole again: an effect costs a drawing more, and loses its place when moved
        if self._fade.endValue() == 0.0:
            parent = self.parentWidget()
            self.hide()
            if isinstance(parent, Notices):
                parent.drop(self)


class Notices(QWidget):
    """The column of notices; place it with `settle` after its parent was resized."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._held = False
        self._theme = DARK
        self._right = 0
        self._notices: list[Notice] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)
        self.hide()

    @property
    def texts(self) -> list[str]:
        """The sentences shown or held now, oldest first."""
        return [notice.text for notice in self._notices]

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        for notice in self._notices:
            notice.set_theme(theme)

    def add(self, text: str, alarm: bool = False, read: Callable[[], None] | None = None) -> None:
        """Show a sentence; the same one again only stays longer, and the oldest gives way to the fourth.

        Args:
            alarm: something failed.
            read: called when it was closed by hand; such a notice waits for that and never gives way.
        """
        notice = next((one for one in self._notices if one.text == text), None)
        if notice is None:
            notice = Notice(text, alarm, self._theme, read, self)
            notice.hide()
            self._notices.append(notice)
            self._column.addWidget(notice)
            while len(self._notices) > MOST:
                self.drop(next((one for one in self._notices if one.read is None), self._notices[0]))
        if not self._held:
            notice.appear()
        self.settle()

    def hold(self, held: bool) -> None:
        """Keep notices back, or show those that were kept; their time to be read starts then."""
        if held == self._held:
            return
        self._held = held
        for notice in list(self._notices):
            if held:
                notice.hide()
            else:
                notice.appear()
        self.settle()

    def drop(self, notice: Notice) -> None:
        """Remove a notice at once."""
        if notice in self._notices:
            self._notices.remove(notice)
            self._column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
        self.settle()

    def settle(self, right: int | None = None) -> None:
        """Take the place at the parent's top right.

        Args:
            right: where that is; None leaves it.
        """
        parent = self.parentWidget()
        if parent is None:
            return
        if right is not None:
            self._right = right
        right = min(self._right or parent.width(), parent.width())
        width = min(WIDTH, right - 4 * SPACE)
        height = sum(_height(notice, width) for notice in self._notices) + SPACE * max(0, len(self._notices) - 1)
        self.setGeometry(right - width - 2 * SPACE, 2 * SPACE, width, height)
        self.setVisible(bool(self._notices) and not self._held)
        self.raise_()


def _height(notice: Notice, width: int) -> int:
    layout = notice.layout()
    return layout.totalHeightForWidth(width) if layout is not None else 0
