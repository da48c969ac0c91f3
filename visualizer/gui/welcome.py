"""The empty wall before any music: the bundled pieces to click, and how to bring one's own. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from visualizer.files.pieces import Piece
from visualizer.gui.theme import DARK, SPACE, sans, serif
from visualizer.gui.transport import Title
from visualizer.words import period_name, tr

LEAST_WIDE = 300  # of a piece's label: period and composer are whole then, the title gives way
STYLE = f"""
QWidget {{ color: {DARK.text}; background: transparent; }}
QLabel#quiet {{ color: {DARK.quiet}; }}
QPushButton {{ border: 1px solid {DARK.line}; border-radius: 6px; padding: 9px 14px; background: {DARK.ground}; }}
QPushButton:hover {{ background: {DARK.raised}; }}
QPushButton:focus {{ border-color: {DARK.accent}; }}
QPushButton#main {{ background: {DARK.accent}; color: {DARK.on_accent}; border-color: {DARK.accent}; }}
QPushButton#main:focus {{ border-color: {DARK.text}; }}
QPushButton#piece {{ border: 1px solid transparent; border-bottom-color: {DARK.line}; border-radius: 0;
  padding: 9px 8px; text-align: left; background: transparent; }}
QPushButton#piece:hover {{ background: {DARK.raised}; }}
QPushButton#piece:focus {{ border-color: {DARK.accent}; }}
"""


class PieceButton(QPushButton):
    """One bundled piece: its period, composer and title, as on a label beside a painting."""

    def __init__(self, piece: Piece) -> None:
        super().__init__()
        self.piece = piece
        self.setObjectName("piece")
        self.setAccessibleName(
            tr(
                "Play {composer}, {title} ({period})",
                composer=piece.composer,
                title=piece.title,
                period=period_name(piece.period),
            )
        )
        self.setMinimumHeight(40)
        self.setMinimumWidth(LEAST_WIDE)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(SPACE * 2)
        period, composer, title = QLabel(period_name(piece.period)), QLabel(piece.composer), Title()
        title.set_whole(piece.title)
        period.setFont(serif(10.5, italic=True))
        period.setStyleSheet(f"color: {DARK.accent}")
        period.setFixedWidth(110)
        composer.setFont(sans(10))
        title.setObjectName("quiet")
        for label in (period, composer, title):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addWidget(period)
        row.addWidget(composer)
        row.addWidget(title, 1)


class Welcome(QScrollArea):
    """The welcome page; in a small window, or where everything is large, it is scrolled.

    Args:
        pieces: the bundled ones.
        open_files, listen: actions behind the two buttons.
    """

    chosen = pyqtSignal(object)  # a Piece

    def __init__(self, pieces: Sequence[Piece], open_files: QAction, listen: QAction) -> None:
        super().__init__()
        self.setStyleSheet(STYLE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pieces = [PieceButton(piece) for piece in pieces]
        wall = QWidget()
        wall.setMouseTracking(True)  # the pointer brings the controls back wherever it moves
        page = QGridLayout(wall)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        self._add_words(column)
        self._add_buttons(column, open_files, listen)
        self._add_pieces(column)
        holder = QFrame()
        holder.setLayout(column)
        holder.setMaximumWidth(620)
        page.addWidget(holder, 0, 1, Qt.AlignmentFlag.AlignVCenter)
        page.setColumnStretch(0, 1)
        page.setColumnStretch(1, 8)
        page.setColumnStretch(2, 1)
        self.setWidget(wall)

    def _add_words(self, column: QVBoxLayout) -> None:
        title = QLabel(tr("What shall be painted?"))
        title.setFont(serif(24))
        words = QLabel(
            tr("Drop music or a folder anywhere on this wall, or begin with a piece of one of five periods.")
        )
        words.setFont(sans(10.5))
        words.setObjectName("quiet")
        words.setWordWrap(True)
        title.setWordWrap(True)
        column.addWidget(title)
        column.addWidget(words)
        column.addSpacing(SPACE * 2)

    def _add_buttons(self, column: QVBoxLayout, open_files: QAction, listen: QAction) -> None:
        row = QHBoxLayout()
        for name, text, action in (
            ("main", tr("Open music files…"), open_files),
            ("other", tr("Listen to the microphone"), listen),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setFont(sans(10.5))
            button.clicked.connect(action.trigger)
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(SPACE * 2)

    def _add_pieces(self, column: QVBoxLayout) -> None:
        for button in self.pieces:
            button.clicked.connect(lambda checked=False, piece=button.piece: self.chosen.emit(piece))
            column.addWidget(button)
