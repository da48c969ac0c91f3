"""What can be heard, one row each with a live meter: opens at the transport, a second click listens. GUI thread.

It opens at once with what was known last; the session looks again, and measures, on threads of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PyQt6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from visualizer.gui.theme import DARK, SPACE, Theme, icon, sans, serif
from visualizer.show.parts import Input
from visualizer.words import later, tr

WIDTH, ROW_HIGH = 400, 46
EDGE = 12  # least room between it and the window's right edge
MOST_HIGH = 460
METER = QSize(92, 6)
LOOK_MS = 50
QUIETEST_DB = -60.0  # the left end of a meter
KINDS = {
    "monitor": (later("What this computer plays"), "monitor"),
    "microphone": (later("Microphone"), "microphone"),
    "line": (later("Line input"), "microphone"),
}


class Row(QAbstractButton):
    """One thing that can be heard.

    Args:
        name: as the system calls it.
        words: its kind, and whether it is the default one.
        sign: name of its icon.
        key: of the input; empty for music files.
    """

    def __init__(self, name: str, words: str, sign: str, key: str = "") -> None:
        super().__init__()
        self.key = key
        self.level: float | None = None  # 0 to 1; None while it is not measured
        self._words = words
        self._sign = sign
        self._theme = DARK
        self.setText(name)
        self.setToolTip(name)
        self.setAccessibleName(f"{name}, {words}" if words else name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(ROW_HIGH)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """A row."""
        return QSize(WIDTH - 2 * SPACE, ROW_HIGH)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def set_level(self, level_db: float | None) -> None:
        """Show how loud it is, dBFS; None: nobody knows."""
        level = None if level_db is None else round(min(1.0, max(0.0, 1 - level_db / QUIETEST_DB)), 2)
        if level != self.level:
            self.level = level
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Icon, name, kind, meter."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse() or self.hasFocus():
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        if self.hasFocus():
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(QRectF(0, 8, 3, self.height() - 16), 1.5, 1.5)
        ink = theme.accent if self.isChecked() else theme.text
        icon(self._sign, ink).paint(painter, 14, (self.height() - 20) // 2, 20, 20)
        right = self.width() - METER.width() - 28 if self.key else self.width() - 14
        self._write(painter, 48, right, ink)
        if self.key:
            self._draw_meter(painter, self.width() - METER.width() - 14)
        painter.end()

    def _write(self, painter: QPainter, left: int, right: int, ink: str) -> None:
        font = sans(10)
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(QColor(ink))
        name = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, right - left)
        middle = self.height() // 2
        at = middle - 2 if self._words else middle + 5
        painter.drawText(QPoint(left, at), name)
        if self._words:
            small = sans(8.5)
            painter.setFont(small)
            painter.setPen(QColor(self._theme.quiet))
            words = QFontMetrics(small).elidedText(self._words, Qt.TextElideMode.ElideRight, right - left)
            painter.drawText(QPoint(left, middle + 14), words)

    def _draw_meter(self, painter: QPainter, left: int) -> None:
        top = (self.height() - METER.height()) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.line))
        painter.drawRoundedRect(QRectF(left, top, METER.width(), METER.height()), 3, 3)
        if self.level:
            painter.setBrush(QColor(self._theme.accent))
            painter.drawRoundedRect(QRectF(left, top, METER.width() * self.level, METER.height()), 3, 3)


class InputChooser(QFrame):
    """The rows, in a popup.

    Args:
        levels: gives dBFS by the inputs' keys.
        measure: called with the inputs to measure; with none when nobody looks any more.
    """

    chosen = pyqtSignal(str)  # key of an input; empty for music files

    def __init__(
        self,
        levels: Callable[[], Mapping[str, float]],
        measure: Callable[[Sequence[Input]], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("chooser")
        self.setAccessibleName(tr("What is heard"))
        self.rows: list[Row] = []
        self._marked = ""  # key of the row that the keys are for
        self._levels = levels
        self._measure = measure
        self._theme = DARK
        self._shown: tuple[object, ...] | None = None
        heading = QLabel(tr("What shall be heard?"))
        heading.setFont(serif(13))
        self._note = QLabel()
        self._note.setFont(sans(9.5))
        self._note.setObjectName("quiet")
        self._note.setWordWrap(True)
        page = QWidget()
        page.setObjectName("sheet")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE, 14, SPACE, SPACE)
        heading.setContentsMargins(14, 0, 14, 4)
        self._note.setContentsMargins(14, 0, 14, 8)
        for part in (heading, self._scroll, self._note):
            whole.addWidget(part)
        self._bottom_left = QPoint()
        self._right: int | None = None  # of the room that the window gives, on the screen
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._show_levels)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        for row in self.rows:
            row.set_theme(theme)

    def show_inputs(self, inputs: Sequence[Input] | None, current: str, music: str) -> None:
        """Show what can be heard.

        Args:
            inputs: as last found; None when nobody has looked yet.
            current: name of the input that is heard; empty for files.
            music: title of the music that waits, or plays; empty for none.
        """
        shown = (tuple((one.key, one.name, one.default) for one in inputs or ()), inputs is None, current, music)
        if shown == self._shown:
            return
        same = self._shown is not None and shown[0] == self._shown[0]
        self._shown = shown
        focused = self._focused().key if self.rows else ""
        self._fill(inputs or (), current, music)
        note = _note(inputs)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._mark(next((row for row in self.rows if row.key == focused), self.rows[0]))
        if self.isVisible():
            if not same:
                self._measure(inputs or ())
            self._settle()

    def open_at(self, button: QWidget, inputs: Sequence[Input] | None) -> None:
        """Open above a button, and begin to measure."""
        self._bottom_left = button.mapToGlobal(QPoint(0, -6))
        window = button.window()
        self._right = window.mapToGlobal(QPoint(window.width() - EDGE, 0)).x() if window is not None else None
        self._settle()
        self.show()
        self._mark(next((row for row in self.rows if row.isChecked()), self.rows[0]))
        self._look.start()
        self._measure(inputs or ())

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nobody looks any more."""
        self._look.stop()
        self._measure(())
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and down go from row to row, Enter chooses, Escape closes."""
        if event is None:
            return
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            at = self.rows.index(self._focused()) + (1 if event.key() == Qt.Key.Key_Down else -1)
            row = self.rows[min(max(0, at), len(self.rows) - 1)]
            self._mark(row)
            self._scroll.ensureWidgetVisible(row)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._focused().click()
        else:
            super().keyPressEvent(event)

    def _mark(self, row: Row) -> None:
        self._marked = row.key
        row.setFocus()

    def _focused(self) -> Row:
        """The row that the keys are for: the one with the focus, but rows made a moment ago cannot have it yet."""
        focus = self.focusWidget()
        if isinstance(focus, Row) and focus in self.rows:
            return focus
        return next((row for row in self.rows if row.key == self._marked), self.rows[0])

    def _fill(self, inputs: Sequence[Input], current: str, music: str) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [Row(tr("Music files"), music or tr("Open some…"), "music")]
        for one in inputs:
            words, sign = KINDS.get(one.kind, (one.kind, "microphone"))
            words = tr(words)
            self.rows.append(Row(one.name, tr("{kind}, default", kind=words) if one.default else words, sign, one.key))
        names = ["", *(one.name for one in inputs)]
        for row, name in zip(self.rows, names, strict=True):
            row.setChecked(name == current)
            row.set_theme(self._theme)
            row.clicked.connect(lambda checked=False, key=row.key: self._choose(key))
            self._column.addWidget(row)

    def _choose(self, key: str) -> None:
        self.hide()
        self.chosen.emit(key)

    def _show_levels(self) -> None:
        levels = self._levels()
        for row in self.rows:
            if row.key:
                row.set_level(levels.get(row.key))

    def _settle(self) -> None:
        """Take as much room as the rows need, upwards from the button, and within window and screen."""
        rows = len(self.rows) * (ROW_HIGH + 2)
        self._scroll.setFixedHeight(min(rows, MOST_HIGH))
        self.setFixedWidth(WIDTH)
        self.adjustSize()
        place = QPoint(self._bottom_left.x(), self._bottom_left.y() - self.height())
        if self._right is not None:
            place.setX(min(place.x(), self._right - self.width()))
        screen = self.screen()
        if screen is not None:
            free = screen.availableGeometry()
            left = min(place.x(), free.right() - self.width())
            place = QPoint(max(free.left(), left), max(free.top(), place.y()))
        self.move(place)

    def event(self, event: QEvent | None) -> bool:
        """Its keys are its own, not the window's."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


def _note(inputs: Sequence[Input] | None) -> str:
    """What is to be said of a list of inputs: nothing where one of them hears what the computer plays."""
    if inputs is None:
        return tr("Looking for inputs…")
    from visualizer.sound.advice import system_sound_advice

    return " ".join(filter(None, ("" if inputs else tr("No sound inputs were found."), system_sound_advice(inputs))))
