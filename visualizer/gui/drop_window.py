"""A main window on which files and folders can be dropped. GUI thread."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PyQt6.QtWidgets import QMainWindow

from visualizer.gui.music_commands import dropped


class DropWindow(QMainWindow):
    """Says what is carried over it and what is dropped."""

    carried = pyqtSignal(bool)  # files are held over the window, or no longer
    dropped = pyqtSignal(list)  # paths

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take files and folders."""
        if event is not None and dropped(event.mimeData()):
            event.acceptProposedAction()
            self.carried.emit(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:
        """Carried away again."""
        self.carried.emit(False)

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Dropped."""
        self.carried.emit(False)
        paths = dropped(event.mimeData()) if event is not None else []
        if event is not None and paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)
