"""Files played with sound: a decode thread keeps a few blocks ahead of the sound card's callback.

Commands (play, pause, seek, volume) are attribute writes and a wake-up: they return at once, on any thread.
Opening a file or a sound card takes a moment and reads the disk: not on the GUI thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np

from visualizer.files.decode import to_mono
from visualizer.sound.decoding import Decoding
from visualizer.sound.devices import Device
from visualizer.sound.feed import Feed
from visualizer.sound.reel import Piece
from visualizer.sound.speaker import Speaker
from visualizer.sound.streams import Backend

AHEAD_S = 1.5  # decoded before it is played: enough for a disk that hesitates
HISTORY_S = 4.0  # of what was played, for a listener that was held up


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
        self._decoding = Decoding(self._feed, lambda: self._in_air, self._speaker.tend)
        self._speaker.start(self._render)
        self._decoding.start()

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
        return self._decoding.open(path)

    def follow(self, path: str | os.PathLike[str]) -> Piece:
        """Have a file follow the last one without a hole; reads the head of the file.

        Returns:
            The piece.
        Raises:
            VisualizerError: it cannot be played; nothing has changed.
        """
        return self._decoding.follow(path)

    def unfollow(self) -> None:
        """Let nothing follow the piece that is heard."""
        self._decoding.unfollow()

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
        self._decoding.seek(seconds)

    @property
    def volume(self) -> float:
        """Share of the full amplitude, 0 to 1; changes are smoothed."""
        return self._feed.volume

    @volume.setter
    def volume(self, value: float) -> None:
        self._feed.volume = min(1.0, max(0.0, float(value)))

    def close(self) -> None:
        """Stop, end the threads, let go of files and device."""
        self._decoding.stop()
        self._speaker.close()
        self._decoding.close()

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
        return self._decoding.coming

    @property
    def state(self) -> str:
        """ "empty" before the first file, then "playing", "paused" or "ended"."""
        if self._decoding.empty:
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
        asked_s, sample = self._decoding.asked_s, self._in_air
        if asked_s is not None:
            return asked_s
        mark = self._decoding.reel.at(sample)
        if mark is None:
            return 0.0
        seconds = mark.seconds + max(0, sample - mark.start) / self.rate
        after = next((other for other in self._decoding.reel.marks if other.start > mark.start), None)
        return min(seconds, after.seconds) if after is not None and after.piece == mark.piece else seconds

    @property
    def latency_s(self) -> float:
        """Seconds between the callback and the air, as the device reports them."""
        return self._speaker.latency_s

    @property
    def warning(self) -> str:
        """One sentence when the piece is damaged or breaks off, else empty; may appear while playing."""
        piece = self._heard_piece()
        return self._decoding.problem or (piece.file.warning if piece is not None else "")

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
        return self._feed.ended and not self._decoding.coming

    @property
    def _in_air(self) -> int:
        """Number of the sample that is heard now, as the callback's blocks and the device's latency tell."""
        feed = self._feed
        late = feed.running and not self._ended
        return feed.cursor - (round(self.latency_s * self.rate) if late else 0)

    def _heard_piece(self) -> Piece | None:
        return self._decoding.heard_piece
