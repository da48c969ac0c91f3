"""The queue: the pieces to come, to be played, moved and taken out. GUI thread; the session holds the pieces.

It may be ten thousand long: rows are drawn as they come into sight, and only of those the tags are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QRect, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from visualizer.files.decode import clock_text
from visualizer.files.tags import Tags
from visualizer.gui.panels import Panel
from visualizer.gui.theme import DARK, Theme, sans
from visualizer.gui.transport_line import OWN_KEYS
from visualizer.words import tr

SIZE = QSize(540, 456)
ROW_HIGH = 44
SIGN, LENGTH = 26, 52  # points for the sign of the piece that plays, and for the length
ASK_AFTER_MS = 60  # rows that rush past are not asked for
ROW_KIND = "application/x-mvnet-queue-row"

KnownTags = Callable[[Path], Tags | None]


class QueueModel(QAbstractListModel):
    """The pieces in order, as rows that can be dragged."""

    moved = pyqtSignal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.paths: tuple[Path, ...] = ()
        self.at = 0

    def set_queue(self, paths: Sequence[Path], at: int) -> None:
        """Show other pieces, or mark another one."""
        if tuple(paths) == self.paths:
            before, self.at = self.at, at
            for row in {before, at}:
                self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.beginResetModel()
        self.paths, self.at = tuple(paths), at
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Pieces."""
        return 0 if parent.isValid() else len(self.paths)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name for screen readers and for search by letters; the path on hover."""
        if not index.isValid():
            return None
        path = self.paths[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return path.stem
        return str(path) if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Rows are dragged; they are dropped between rows."""
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        """Moved, not copied."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """A row of this queue, and nothing else."""
        return [ROW_KIND]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        """The row that is dragged."""
        mime = QMimeData()
        mime.setData(ROW_KIND, str(next(iter(indexes)).row()).encode())
        return mime

    def dropMimeData(
        self, data: QMimeData | None, action: Qt.DropAction, row: int, column: int, parent: QModelIndex
    ) -> bool:
        """Ask for the move; the rows follow when the session has done it."""
        if data is None or not data.hasFormat(ROW_KIND):
            return False
        first = int(bytes(data.data(ROW_KIND).data()))
        before = row if row >= 0 else len(self.paths)  # Qt counts the place before the row is taken away
        to = before - 1 if before > first else before
        if to != first:
            self.moved.emit(first, to)
        return False  # else Qt would remove the row itself


class QueueRow(QStyledItemDelegate):
    """Draws a piece: title, artist, length; the one that plays in the accent."""

    def __init__(self, known: KnownTags, asked: Callable[[Path], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = DARK
        self._known = known
        self._asked = asked

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Two lines."""
        return QSize(200, ROW_HIGH)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw one row."""
        model = index.model()
        if painter is None or not isinstance(model, QueueModel):
            return
        path, playing, theme = model.paths[index.row()], index.row() == model.at, self.theme
        tags = self._known(path)
        if tags is None:
            self._asked(path)
            tags = Tags(path.stem)
        area = option.rect.adjusted(4, 0, -10, 0)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.line))
        ink = theme.accent if playing else theme.text
        font = sans(10)
        font.setBold(playing)
        words = area.adjusted(SIGN, 0, -LENGTH, 0)
        high = area.height() // 2 if tags.artist else area.height()
        if playing:
            _write(painter, area.adjusted(6, 0, 0, 0), "▶", sans(8), ink)
        _write(
            painter, QRect(words.x(), words.y() + (3 if tags.artist else 0), words.width(), high), tags.title, font, ink
        )
        if tags.artist:
            line = QRect(words.x(), words.y() + high - 2, words.width(), high)
            _write(painter, line, tags.artist, sans(8.5), theme.quiet)
        if tags.duration_s:
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.setFont(sans(9))
            painter.setPen(QColor(theme.quiet))
            painter.drawText(area, right, clock_text(tags.duration_s))
        painter.restore()


class QueueList(QListView):
    """The pieces; the one that plays is marked.

    Args:
        known: what a file says about itself, as far as it was read.
        read: has the tags of some files read.
    """

    played = pyqtSignal(int)
    taken_out = pyqtSignal(int)
    moved = pyqtSignal(int, int)

    def __init__(self, known: KnownTags, read: Callable[[Sequence[Path]], None], theme: Theme = DARK) -> None:
        super().__init__()
        self.setObjectName("queue")
        self.setAccessibleName(tr("Queue"))
        self.setUniformItemSizes(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.pieces = QueueModel()
        self.setModel(self.pieces)
        self._rows = QueueRow(known, self._want, self)
        self._rows.theme = theme
        self.setItemDelegate(self._rows)
        self._read = read
        self._wanted: dict[Path, None] = {}
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(ASK_AFTER_MS)
        self._ask.timeout.connect(self._ask_for_tags)
        self.pieces.moved.connect(self.moved)
        self.activated.connect(lambda index: self.played.emit(index.row()))

    def sizeHint(self) -> QSize:
        """Room for ten pieces."""
        return SIZE

    def count(self) -> int:
        """Pieces."""
        return self.pieces.rowCount()

    def show_queue(self, paths: Sequence[Path], at: int) -> None:
        """Show the pieces, the one of index `at` marked; the row that is chosen stays chosen."""
        first = not self.pieces.paths
        chosen = self.currentIndex().row()
        self.pieces.set_queue(paths, at)
        row = min(chosen, len(paths) - 1) if chosen >= 0 else at
        if self.currentIndex().row() != row:
            self.setCurrentIndex(self.pieces.index(row))
        if first:
            self.scrollTo(self.pieces.index(at), QAbstractItemView.ScrollHint.PositionAtCenter)

    def refresh_tags(self) -> None:
        """More tags are known."""
        view = self.viewport()
        if view is not None:
            view.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Delete takes a piece out; Alt with up or down moves it; Enter, handled by Qt, plays it."""
        row = self.currentIndex().row()
        if event is None or row < 0:
            return
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if event.key() == Qt.Key.Key_Delete:
            self.taken_out.emit(row)
        elif step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if 0 <= row + step < self.count():
                self.moved.emit(row, row + step)
                self.setCurrentIndex(self.pieces.index(row + step))
        else:
            super().keyPressEvent(event)

    def event(self, event: object) -> bool:
        """Keep the keys that move in the list; the rest are the window's."""
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.ShortcutOverride and event.key() in OWN_KEYS:
            event.accept()
            return True
        return bool(super().event(event))  # type: ignore[arg-type]

    def _want(self, path: Path) -> None:
        self._wanted[path] = None
        if not self._ask.isActive():
            self._ask.start()

    def _ask_for_tags(self) -> None:
        wanted, self._wanted = tuple(self._wanted), {}
        self._read(wanted)


def queue_panel(parent: QWidget, pieces: QueueList) -> Panel:
    """The queue on a sheet; a click beside the list closes it."""
    panel = Panel(tr("Queue"), parent)
    panel.column.addWidget(pieces)
    return panel


def _write(painter: QPainter, area: QRect, text: str, font: Any, ink: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(ink))
    cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
