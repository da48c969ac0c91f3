"""Recording as the window offers it: one key, a red mark with the time, a sentence at the end. GUI thread.

The recorder has threads of its own; the window only starts and stops it. The mark lies in the main window, never in
the output, and goes with the controls when the window itself is the full screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, QPointF, QStandardPaths, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from visualizer import __version__
from visualizer.files.decode import clock_text
from visualizer.gui.theme import SPACE, sans
from visualizer.show.recorded_picture import RecordedPicture
from visualizer.show.recorder import Recorded, Recorder, RecordingOptions
from visualizer.words import tr

if TYPE_CHECKING:
    from visualizer.gui.pictures import Pictures
    from visualizer.gui.stage import Stage
    from visualizer.show.session import Session

MARK_MS = 500
DOT = 10  # points across
RED = "#d8402b"
CLOSE_S = 10.0  # that closing waits for the file to be whole
FOLDER = "MVNet Visualizer"
ODD = '\\/:*?"<>|'  # what some system does not take in a name


class Dot(QWidget):
    """A red disc."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(DOT, DOT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(RED))
        painter.drawEllipse(QPointF(DOT / 2, DOT / 2), DOT / 2 - 0.5, DOT / 2 - 0.5)


class RecordingMark(QWidget):
    """The red dot and the time, over the middle of the painting's upper edge.

    Args:
        stage: where it lies.
        canvas: the painting's widget there.
        seconds: recorded so far; None when nothing is recorded.
    """

    def __init__(self, stage: Stage, canvas: QWidget, seconds: Callable[[], float | None]) -> None:
        super().__init__(stage)
        self._canvas, self._seconds = canvas, seconds
        self.setObjectName("recording")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setStyleSheet(
            "QWidget#recording { background: rgba(20, 18, 17, 215); border-radius: 13px; } QLabel { color: #efe9e1; }"
        )
        self.setAccessibleName(tr("Recording"))
        self.time = QLabel()
        self.time.setFont(sans(9.5))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 14, 4)
        row.setSpacing(SPACE)
        row.addWidget(Dot())
        row.addWidget(self.time)
        self._quiet = False  # the controls rest
        self._tick = QTimer(self)
        self._tick.setInterval(MARK_MS)
        self._tick.timeout.connect(self.refresh)
        canvas.installEventFilter(self)
        stage.controls_shown.connect(self._rest)
        self.hide()

    def refresh(self) -> None:
        """Show what is recorded now."""
        seconds = self._seconds()
        shown = seconds is not None
        if shown != self._tick.isActive():
            self._tick.start() if shown else self._tick.stop()
        self.time.setText(clock_text(seconds or 0.0))
        self.setVisible(shown and not self._quiet)
        if self.isVisible():
            self._settle()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow the painting."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._settle()
        return False

    def _rest(self, controls: bool) -> None:
        self._quiet = not controls
        self.refresh()

    def _settle(self) -> None:
        self.adjustSize()
        place = self._canvas.geometry()
        self.move(place.center().x() - self.width() // 2, place.top() + 2 * SPACE)
        self.raise_()


class Recordings(QObject):
    """Starts and stops recordings.

    Args:
        session: whose paintings and sound are recorded.
        pictures: how the picture is shown.
        stage: where the mark lies; canvas: the painting's widget there.
        say: shows a sentence; the second argument marks it as an alarm.
    """

    ended = pyqtSignal(object)  # a Recorded, from the thread that writes
    changed = pyqtSignal()

    def __init__(
        self,
        session: Session,
        pictures: Pictures,
        stage: Stage,
        canvas: QWidget,
        say: Callable[[str, bool], None],
    ) -> None:
        super().__init__()
        self._session, self._pictures, self._say = session, pictures, say
        self._options = RecordingOptions()
        self._recorder: Recorder | None = None
        self._stopping = False
        self.mark = RecordingMark(stage, canvas, lambda: self.seconds)
        self.ended.connect(self._end)

    @property
    def recording(self) -> bool:
        """What is shown now is recorded."""
        return self._recorder is not None and not self._stopping

    @property
    def seconds(self) -> float | None:
        """Recorded so far; None when nothing is recorded."""
        return self._recorder.seconds if self._recorder is not None else None

    def toggle(self) -> None:
        """Record, or end the recording."""
        if self._recorder is None:
            self._start()
        else:
            self._stopping = True
            self._recorder.stop()
        self.changed.emit()

    def close(self) -> bool:
        """The app ends: end the recording and wait until its file is whole; False when that takes too long."""
        recorder, self._recorder = self._recorder, None
        self.mark.refresh()
        if recorder is None:
            return True
        recorder.stop()
        return recorder.join(CLOSE_S)

    def _start(self) -> None:
        if self._session.model is None:
            self._say(tr("There is nothing to record yet: play some music first."), False)
            return
        title = self._session.status().title
        movies = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        place = Path(movies or Path.home()) / FOLDER / recording_name(title)
        self._stopping = False
        options = replace(self._options, tags=self._tags(title))
        self._recorder = Recorder(place, self._picture, self._session.heard_at, self.ended.emit, options)
        self._recorder.start()
        self.mark.refresh()

    def _tags(self, title: str) -> tuple[tuple[str, str], ...]:
        made = f"MVNet Visualizer {__version__}, model {self._session.model.card.name}"
        return tuple((name, text) for name, text in (("title", title), ("comment", made)) if text)

    def _picture(self) -> RecordedPicture:
        """On the thread that draws."""
        return drawn_again(self._session, self._pictures, self._options.size)

    def _end(self, recorded: Recorded) -> None:
        if self._recorder is None:  # closed meanwhile
            return
        self._recorder.join(CLOSE_S)
        self._recorder = None
        self.mark.refresh()
        self._say(recorded.sentence(), bool(recorded.problem))
        self.changed.emit()


def drawn_again(session: Session, pictures: Pictures, size: tuple[int, int]) -> RecordedPicture:
    """What is shown, to be drawn once more in another size. On the thread that draws."""
    from visualizer.picture.drawing import open_drawing

    return RecordedPicture(open_drawing(size, raster=pictures.raster), session.latest.reader(), pictures.showing)


def recording_name(title: str) -> str:
    """The name of a video's file: the time and what is heard."""
    words = "".join(" " if letter in ODD or ord(letter) < 32 else letter for letter in title)
    name = f"{time.strftime('%Y-%m-%d %H-%M-%S')} {' '.join(words.split())[:80]}".strip(" .")
    return f"{name}.mp4"
