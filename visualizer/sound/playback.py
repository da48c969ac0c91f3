"""Files played with sound: a decode thread keeps a few blocks ahead of the sound card's callback.

Commands (play, pause, seek, volume) are attribute writes and a wake-up: they return at once, on any thread.
Opening a file or a sound card takes a moment and reads the disk: not on the GUI thread.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from visualizer.files.decode import AudioFile, to_mono
from visualizer.sound.devices import Device
from visualizer.sound.feed import Feed
from visualizer.sound.reel import Mark, Piece, Reel
from visualizer.sound.speaker import Speaker
from visualizer.sound.streams import Backend
from visualizer.words import tr

AHEAD_S = 1.5  # decoded before it is played: enough for a disk that hesitates
PRIMED_S = 0.2  # decoded before playing starts or goes on after a seek
HISTORY_S = 4.0  # of what was played, for a listener that was held up
IDLE_S = 0.05
SAFE_S = 0.5  # from so much decoded ahead on, the rest is decoded at leisure: a refresh is drawn meanwhile
LEISURE_S = 0.01


@dataclass(frozen=True)
class _Request:
    """What the decode thread is to do next: continue at a time, in another piece if there is one."""

    seconds: float
    piece: Piece | None = None


class Player:
    """Plays sound files, one after the other without a hole; a Foreseen source of what is played, before the volume.

    Without a sound card it plays silently in time, and `notice` says why; so it does when the card is
    lost. Paused, nothing is heard and the counter stands.

    Args:
        output: a Device, its number, its name or a part of it; "default"; None for no sound on purpose.
        backend: sounddevice, or a test's stand-in.
        clock: seconds, steady; the one that `audible` is asked by.

    Attributes:
        rate: Hz of the sound card, and of what read returns; never changes.
    """

    def __init__(
        self,
        output: Device | str | int | None = "default",
        *,
        backend: Backend | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._speaker = Speaker(output, backend, clock)
        self.rate = self._speaker.rate
        self._feed = Feed(self.rate, AHEAD_S, HISTORY_S)
        self._reel = Reel(self._feed)
        self._numbers = itertools.count(1)
        self._request: _Request | None = None
        self._taken: _Request | None = None  # the request that the decode thread is at work on
        self._coming: deque[Piece] = deque()
        self._cut = False  # nothing that was decoded already may follow the piece that is heard
        self._problem = ""
        self._closing = False
        self._lock = threading.Lock()  # between commands and the decode thread; the callback has none
        self._wake = threading.Event()
        self._speaker.start(self._render)
        self._thread = threading.Thread(target=self._decode, name="decode", daemon=True)
        self._thread.start()

    def _render(self, out: np.ndarray, audible_at: float, missed: bool) -> None:
        """The sound card's callback."""
        self._feed.render(out, audible_at)
        if missed:
            self._feed.underruns += 1

    # ---- commands, from any thread

    def open(self, path: str | os.PathLike[str]) -> Piece:
        """Take another file, paused at its start unless playing already; reads the head of the file.

        What was to follow is forgotten.

        Returns:
            The piece: its number, counted as they are opened, and its name.
        Raises:
            VisualizerError: it cannot be played; the present file stays.
        """
        piece = Piece(next(self._numbers), AudioFile(path))
        self.unfollow()
        self._ask(_Request(0.0, piece))
        return piece

    def follow(self, path: str | os.PathLike[str]) -> Piece:
        """Have a file follow the last one without a hole; reads the head of the file.

        Returns:
            The piece.
        Raises:
            VisualizerError: it cannot be played; nothing has changed.
        """
        piece = Piece(next(self._numbers), AudioFile(path))
        with self._lock:
            self._coming.append(piece)
        self._wake.set()
        return piece

    def unfollow(self) -> None:
        """Let nothing follow the piece that is heard."""
        with self._lock:
            while self._coming:
                self._coming.popleft().file.close()
            self._cut = True
        self._wake.set()

    def play(self) -> None:
        """Play on; from the start when the file has ended."""
        if self.state == "ended":
            self.seek(0.0)
        self._feed.running = True

    def pause(self) -> None:
        """Stop where we are, fading out."""
        self._feed.running = False

    def seek(self, seconds: float) -> None:
        """Continue at a time of the file, within its length."""
        if self._reel.marks or self._request is not None:
            self._ask(_Request(max(0.0, seconds)))

    @property
    def volume(self) -> float:
        """Share of the full amplitude, 0 to 1; changes are smoothed."""
        return self._feed.volume

    @volume.setter
    def volume(self, value: float) -> None:
        self._feed.volume = min(1.0, max(0.0, float(value)))

    def close(self) -> None:
        """Stop, end the threads, let go of files and device."""
        self._closing = True
        self._wake.set()
        self._thread.join()
        self._speaker.close()
        self._reel.close()
        waiting = [self._request.piece] if self._request is not None and self._request.piece is not None else []
        for piece in (*waiting, *self._coming):
            piece.file.close()

    def _ask(self, request: _Request) -> None:
        """Hand a request to the decode thread; one not taken yet is replaced, but its piece is kept."""
        with self._lock:
            waiting = self._request
            if waiting is not None and waiting.piece is not None:
                if request.piece is None:
                    request = replace(request, piece=waiting.piece)
                elif waiting is not self._taken:
                    waiting.piece.file.close()
            self._request = request
            self._feed.held = True
        self._wake.set()

    # ---- what is going on

    @property
    def sounding(self) -> bool:
        """False when there is no sound card."""
        return self._speaker.sounding

    @property
    def notice(self) -> str:
        """Why there is no sound, in one sentence; empty when there is, or on purpose."""
        return self._speaker.notice

    @property
    def name(self) -> str:
        """Name of the piece that is heard; empty before the first."""
        piece = self._heard_piece()
        return "" if piece is None else piece.name

    @property
    def piece(self) -> int:
        """Number of the piece that is heard; 0 before the first."""
        piece = self._heard_piece()
        return 0 if piece is None else piece.number

    @property
    def coming(self) -> int:
        """Pieces that will follow and whose decoding has not begun: with one or more there will be no hole."""
        return len(self._coming)

    @property
    def state(self) -> str:
        """ "empty" before the first file, then "playing", "paused" or "ended"."""
        if not self._reel.marks and self._request is None:
            return "empty"
        if self._ended:
            return "ended"
        return "playing" if self._feed.running else "paused"

    @property
    def duration_s(self) -> float:
        """Length of the piece that is heard as declared; 0.0 when unknown."""
        piece = self._heard_piece()
        return piece.file.duration_s if piece is not None else 0.0

    @property
    def position_s(self) -> float:
        """Second of the piece that is audible now: the device's latency is taken off."""
        request, sample = self._request, self._in_air
        if request is not None:
            return request.seconds
        mark = self._reel.at(sample)
        if mark is None:
            return 0.0
        seconds = mark.seconds + max(0, sample - mark.start) / self.rate
        after = next((other for other in self._reel.marks if other.start > mark.start), None)
        return min(seconds, after.seconds) if after is not None and after.piece == mark.piece else seconds

    @property
    def latency_s(self) -> float:
        """Seconds between the callback and the air, as the device reports them."""
        return self._speaker.latency_s

    @property
    def warning(self) -> str:
        """One sentence when the piece is damaged or breaks off, else empty; may appear while playing."""
        piece = self._heard_piece()
        return self._problem or (piece.file.warning if piece is not None else "")

    @property
    def underruns(self) -> int:
        """Blocks with a hole in them: decoding or the callback came too late."""
        return self._feed.underruns

    @property
    def heard(self) -> int:
        """Number after the newest sample given to the sound card; samples are numbered over all files and seeks."""
        return self._feed.cursor

    @property
    def left(self) -> int:
        """Number after the last sample that was given to the card before the newest seek or jump."""
        return self._feed.left

    @property
    def jump(self) -> int:
        """Number of the first sample after the newest seek or jump."""
        return self._feed.jump

    @property
    def known(self) -> int:
        """Number after the newest sample decoded, up to 1.5 s before it is heard."""
        return self._feed.ahead.written

    def audible(self, time: float) -> float:
        """Number of the sample in the air at a time of the clock, up to half a second ahead; stands in a pause."""
        return min(self._feed.clock.sample_at(time), float(self.known))

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        """What was given to the sound card since cursor; returns as read_ahead."""
        return self.read_ahead(cursor, self.heard)

    def read_ahead(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        """Sound from cursor up to a sample, played already or not; what a seek made stale is passed over.

        Returns:
            (mono float32 [n], new cursor, gap): gap samples at the beginning are too old to be had.
        """
        samples, end, gap = self._feed.read(cursor, stop)
        return to_mono(samples), end, gap

    def read_stereo(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        """As read_ahead, float32 [n, 2]: for a recording."""
        return self._feed.read(cursor, stop)

    @property
    def _ended(self) -> bool:
        return self._feed.ended and not self._coming

    @property
    def _in_air(self) -> int:
        """Number of the sample that is heard now, as the callback's blocks and the device's latency tell."""
        feed = self._feed
        late = feed.running and not self._ended
        return feed.cursor - (round(self.latency_s * self.rate) if late else 0)

    def _heard_piece(self) -> Piece | None:
        request = self._request
        if request is not None and request.piece is not None:
            return request.piece
        mark: Mark | None = self._reel.at(self._in_air)
        return mark.piece if mark is not None else None

    # ---- the decode thread

    def _decode(self) -> None:
        while not self._closing:
            self._wake.clear()
            self._speaker.tend()
            worked = False
            try:
                self._obey()
                worked = self._reel.fill(self._following)
                self._reel.forget(self._in_air)
            except Exception as error:  # a fault in reading one file must not end playing for good
                self._give_up(error)
            self._let_go()
            if not worked:
                self._wake.wait(IDLE_S)
            elif self._feed.waiting > SAFE_S * self.rate:
                self._wake.wait(LEISURE_S)

    def _obey(self) -> None:
        """Do what was asked for: cut what follows, take another piece, another place."""
        with self._lock:
            request = self._taken = self._request
            cut, self._cut = self._cut, False
        piece = request.piece if request is not None else None
        if cut and piece is None:
            self._reel.cut(self._in_air)
        if request is None:
            return
        if piece is None:
            piece = self._turned_back()
        self._problem = self._reel.start(piece, request.seconds)
        with self._lock:
            if self._request is request:
                self._request = None
            self._taken = None

    def _turned_back(self) -> Piece:
        """The piece that is heard; those decoded after it will follow it again."""
        piece, later = self._reel.turn_back(self._in_air)
        with self._lock:
            if not self._cut:
                self._coming.extendleft(reversed(later))
                return piece
        for other in later:
            other.file.close()
        return piece

    def _following(self) -> Piece | None:
        """The piece to decode next; None while what follows is being changed."""
        with self._lock:
            if not self._coming or self._cut or self._request is not None:
                return None
            self._feed.end = None  # before the piece is taken: playing never looks ended in between
            return self._coming.popleft()

    def _give_up(self, error: Exception) -> None:
        """Let the piece end where it is, with a warning; the next one can play."""
        marks = self._reel.marks
        name = marks[-1].piece.file.info.path.name if marks else tr("The file")
        cause = f"{type(error).__name__}: {error}"
        self._problem = tr("{name} cannot be played on ({cause}): choose another file.", name=name, cause=cause)
        with self._lock:
            if self._taken is not None:
                self._feed.discard()
                if self._request is self._taken:
                    self._request = None
            self._taken = None
        self._reel.end_here()

    def _let_go(self) -> None:
        """Let the sound go on as soon as enough is decoded after a request."""
        feed = self._feed
        if feed.held and self._reel.marks and (feed.end is not None or feed.waiting >= PRIMED_S * self.rate):
            with self._lock:
                if self._request is None:
                    feed.held = False
