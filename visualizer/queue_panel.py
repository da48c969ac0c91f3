"""The queue: the pieces to come, to be played, moved and taken out. GUI thread; the session holds the pieces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from visualizer.panels import Panel
from visualizer.theme import sans
from visualizer.transport_line import OWN_KEYS

SIZE = QSize(460, 420)


class QueueList(QListWidget):
    """The pieces; the one that plays is marked."""

    taken_out = pyqtSignal(int)
    moved = pyqtSignal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("queue")
        self.setAccessibleName("Queue")
        self.setFont(sans(10))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        model = self.model()
        if model is not None:
            model.rowsMoved.connect(self._rows_moved)

    def sizeHint(self) -> QSize:
        """Room for a dozen pieces."""
        return SIZE

    def show_queue(self, paths: Sequence[Path], at: int) -> None:
        """Show the pieces, the one of index `at` marked; what is chosen stays chosen."""
        if self.count() != len(paths) or any(self._path(index) != str(path) for index, path in enumerate(paths)):
            chosen = self.currentRow()
            self.clear()
            for path in paths:
                item = QListWidgetItem(path.stem)
                item.setToolTip(str(path))
                item.setData(Qt.ItemDataRole.UserRole, str(path))
                self.addItem(item)
            self.setCurrentRow(min(chosen, len(paths) - 1) if chosen >= 0 else at)
        for index in range(self.count()):
            row = self.item(index)
            if row is not None:
                playing = index == at
                row.setText(("▶  " if playing else "    ") + Path(self._path(index)).stem)
                font = sans(10)
                font.setBold(playing)
                row.setFont(font)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Delete takes a piece out; Enter, handled by Qt, plays it."""
        if event is not None and event.key() == Qt.Key.Key_Delete and self.currentRow() >= 0:
            self.taken_out.emit(self.currentRow())
            return
        super().keyPressEvent(event)

    def event(self, event: object) -> bool:
        """Keep the keys that move in the list; the rest are the window's."""
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.ShortcutOverride and event.key() in OWN_KEYS:
            event.accept()
            return True
        return bool(super().event(event))  # type: ignore[arg-type]

    def _path(self, index: int) -> str:
        item = self.item(index)
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def _rows_moved(self, parent: QModelIndex, first: int, last: int, to_parent: QModelIndex, row: int) -> None:
        # Qt counts the place before the row is taken away.
        self.moved.emit(first, row - 1 if row > first else row)


def queue_panel(parent: QWidget, pieces: QueueList) -> Panel:
    """The queue on a sheet; a click beside the list closes it."""
    panel = Panel("Queue", parent)
    panel.column.addWidget(pieces)
    return panel
