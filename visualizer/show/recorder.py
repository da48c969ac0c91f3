"""Records what is shown, with its sound, as a video: a thread that draws and one that writes. No Qt.

The recording runs a moment behind the show, on times and not on refreshes: what a screen, a hidden window or a busy
machine does is not in it. Its clock follows the sound card's, so that picture and sound stay together for hours. When
the machine cannot keep up, images are left out and counted; the sound is not.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from visualizer.errors import VisualizerError
from visualizer.hearing.sources import Heard
from visualizer.rendering.video import Coding, VideoFile
from visualizer.show.recorded_picture import RecordedPicture
from visualizer.show.recorded_sound import RecordedSound
from visualizer.words import tr

DELAY_S = 0.3  # behind the show: by then the next painting and the analysis of live sound are there
FOLLOW = 0.05  # share of the difference between sound and time that each image makes up for
LATE_S = 0.25  # an image that is due for longer is left out,
TOO_LATE_S = 2.0  # but every sixth is drawn until it is due for so long: sound is kept for a few seconds only
MOST_HELD = 5
WAITING = 15  # images that may wait for the disk
MOST_WAITING = 900  # moments, of sound alone then: half a minute
RESERVE_BYTES = 50_000_000  # that the disk keeps free
CODING = Coding("ultrafast", 21)


@dataclass(frozen=True)
class RecordingOptions:
    """What the video is like.

    Attributes:
        size: width and height in pixels, even.
        fps: images a second.
        tags: as of visualizer.rendering.video.VideoFile.
    """

    size: tuple[int, int] = (1280, 720)
    fps: Fraction = Fraction(30)
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Recorded:
    """How a recording ended.

    Attributes:
        path: of the video; None when there is none.
        seconds: that it lasts.
        dropped: images that were left out.
        problem: why it ended by itself, in one sentence; else empty.
    """

    path: Path | None
    seconds: float
    dropped: int
    problem: str = ""

    def sentence(self) -> str:
        """The outcome in words."""
        if self.path is None:
            return self.problem or tr("The recording was too short: nothing was kept.")
        minutes, seconds = divmod(round(self.seconds), 60)
        parts = [self.problem, tr("Recorded {time}: {path}.", time=f"{minutes}:{seconds:02}", path=self.path)]
        if self.dropped:
            parts.append(tr("The machine was busy: {count} images were left out.", count=self.dropped))
        return " ".join(filter(None, parts))


@dataclass(frozen=True)
class _Moment:
    """One image, or None where the last one stays, and the sound that goes with it, float32 [n, 2]."""

    image: Any
    sound: np.ndarray
    lasts: bool = True  # as long as an image does; else it is sound alone that was still to come


class Recorder:
    """One recording.

    Args:
        path: of the video; its folder is made.
        open_picture: makes the picture on the thread that draws.
        heard: what is in the air at a time; None for nothing.
        on_end: called once, on the thread that writes, when the recording has ended.
        options: see RecordingOptions.
        clock: seconds, steady; the one that `heard` is asked by.
        wait: waits for some seconds, or less; None until the end is asked for.
        free_bytes: how much room a folder's disk has.

    Attributes:
        dropped: images left out so far.
    """

    def __init__(
        self,
        path: Path,
        open_picture: Callable[[], RecordedPicture],
        heard: Callable[[float], Heard | None],
        on_end: Callable[[Recorded], None],
        options: RecordingOptions | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self.dropped = 0
        self._path = path
        self._open_picture = open_picture
        self._heard = heard
        self._on_end = on_end
        self._options = options or RecordingOptions()
        self._clock = clock
        self._free_bytes = free_bytes
        self._moments: deque[_Moment | None] = deque()  # None is the end
        self._come = threading.Event()
        self._stop = threading.Event()
        self._stopped_at: float | None = None
        self._wait = wait or self._stop.wait
        self._problem = ""
        self._images = 0
        self._held = 0  # images left out since the last one that was drawn
        self._drawer = threading.Thread(target=self._draw, name="recorder", daemon=True)
        self._writer = threading.Thread(target=self._write, name="recording", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._writer.start()
        self._drawer.start()

    def stop(self) -> None:
        """End with what is shown now; on_end follows when the file is whole."""
        if self._stopped_at is None:
            self._stopped_at = self._clock()
        self._stop.set()

    def join(self, timeout_s: float) -> bool:
        """Wait until the file is whole; False when that takes longer."""
        self._drawer.join(timeout_s)
        self._writer.join(timeout_s)
        return not (self._drawer.is_alive() or self._writer.is_alive())

    @property
    def seconds(self) -> float:
        """Recorded so far."""
        return float(self._images / self._options.fps)

    @property
    def waiting(self) -> int:
        """Images and pieces of sound that are not written yet."""
        return len(self._moments)

    # ---- the thread that draws

    def _draw(self) -> None:
        try:
            picture = self._open_picture()
            try:
                self._follow(picture)
            finally:
                picture.release()
        except Exception as error:
            cause = f"{type(error).__name__}: {error}"
            self._fail(tr("The recording ended: its picture cannot be drawn ({cause}).", cause=cause))
        finally:
            self._put(None)

    def _follow(self, picture: RecordedPicture) -> None:
        """Draw the images of all times until the end is asked for; the last ones without the delay."""
        sound = RecordedSound(self._clock())
        heard = self._heard(sound.time)
        interval_s = float(1 / self._options.fps)
        while not self._problem:
            now = self._clock()
            picture.watch(now)
            next_s = sound.time + interval_s - FOLLOW * sound.balance_s
            due_s = next_s + DELAY_S
            if self._stopped_at is None and now < due_s:
                self._wait(min(due_s - now, interval_s))
                continue
            if self._stopped_at is not None and next_s > self._stopped_at:
                break
            image = self._drawn(picture, sound.time, heard, now - due_s)
            heard = self._heard(next_s)
            self._put(_Moment(image, sound.until(next_s, heard)))
            self._images += 1
        self._put(_Moment(None, sound.finish(), lasts=False))

    def _drawn(self, picture: RecordedPicture, time: float, heard: Heard | None, late_s: float) -> Any:
        """The image of a time; None when the machine cannot keep up, or nothing was ever painted."""
        late = late_s > (LATE_S if self._held < MOST_HELD else TOO_LATE_S)
        if late or self.waiting >= WAITING:
            self._held += 1
            self.dropped += 1
            return None
        self._held = 0
        return picture.image(time, heard.features if heard is not None else None) if picture.begun else None

    def _put(self, moment: _Moment | None) -> None:
        if moment is not None and self.waiting > MOST_WAITING:
            self._fail(tr("The recording ended: {folder} cannot be written fast enough.", folder=self._path.parent))
            return
        self._moments.append(moment)
        self._come.set()

    def _fail(self, problem: str) -> None:
        self._problem = self._problem or problem
        self.stop()

    # ---- the thread that writes

    def _write(self) -> None:
        try:
            file = self._open()
        except VisualizerError as error:
            self._fail(str(error))
            self._on_end(Recorded(None, 0.0, self.dropped, self._problem))
            return
        path: Path | None
        try:
            for moment in self._arriving():
                self._add(file, moment)
            path = file.finish() if file.images else None
        except VisualizerError as error:
            self._fail(str(error))
            path = file.salvage() if file.images else None
        if path is None:
            file.discard()
        self._on_end(Recorded(path, float(file.images / self._options.fps), self.dropped, self._problem))

    def _open(self) -> VideoFile:
        """The file, of a name that is free."""
        path, number = self._path, 2
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VisualizerError(
                tr(
                    "{folder} cannot be made ({cause}): nothing is recorded; check its permissions.",
                    folder=path.parent,
                    cause=error.strerror,
                )
            ) from None
        while path.exists():
            path, number = self._path.with_stem(f"{self._path.stem} {number}"), number + 1
        options = self._options
        return VideoFile(path, options.size, options.fps, CODING, dict(options.tags), growing=True)

    def _arriving(self) -> Iterator[_Moment]:
        """What is to be written, as it comes."""
        while True:
            if not self._moments:
                self._come.wait()
                self._come.clear()
                continue
            moment = self._moments.popleft()
            if moment is None:
                return
            yield moment

    def _add(self, file: VideoFile, moment: _Moment) -> None:
        if moment.image is not None:
            file.add_image(moment.image)
        elif moment.lasts:
            file.hold_image()
        file.add_sound(moment.sound)
        if file.images % self._options.fps == 0 and self._free_bytes(file.path.parent) < RESERVE_BYTES:
            folder = file.path.parent
            self._fail(tr("The recording ended: the disk of {folder} is nearly full; make room there.", folder=folder))
