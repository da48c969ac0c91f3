"""A click once a second, to set the timing by: it takes the way that music takes, so it is as late. No Qt.

The click is a short sound file and a player of its own; both are made and ended on the session's worker thread. The
GUI thread asks only where the sound is.
"""

from __future__ import annotations

import math
import shutil
import tempfile
import wave
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visualizer.show.parts import PlayerPart

BEAT_S = 1.0
LENGTH_S = 300
RATE = 16_000
CLICK_S, CLICK_HZ, LOUD = 0.03, 1600.0, 0.6
FULL = 32_767  # full scale of 16-bit samples

Run = Callable[[Callable[[], None], str], None]


class Click:
    """Clicks while it is started.

    Args:
        make_player: makes the player; called by what `run` runs.
        run: runs a job of a name off the GUI thread.
    """

    def __init__(self, make_player: Callable[[], PlayerPart], run: Run) -> None:
        self.started = False
        self._make_player, self._run = make_player, run
        self._player: PlayerPart | None = None
        self._folder: Path | None = None

    def start(self, volume: float) -> None:
        """Begin to click, at a volume of 0 to 1."""
        self.started = True
        self._run(lambda: self._open(volume), "click")

    def stop(self) -> None:
        """Be silent, and leave nothing behind."""
        self.started = False
        self._run(self._close, "click")

    @property
    def position_s(self) -> float | None:
        """Second of the track that is in the air now, a click at every whole BEAT_S; None in silence."""
        player = self._player
        return player.position_s if self.started and player is not None and player.state == "playing" else None

    def _open(self, volume: float) -> None:
        self._close()
        if not self.started:
            return
        self._folder = Path(tempfile.mkdtemp(prefix="mvnet-click-"))
        path = self._folder / "click.wav"
        write_clicks(path)
        player = self._make_player()
        player.volume = volume
        player.open(path)
        player.play()
        self._player = player

    def _close(self) -> None:
        player, self._player = self._player, None
        if player is not None:
            player.close()
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def write_clicks(path: Path, length_s: int = LENGTH_S) -> None:
    """Write a sound file with a click at the start of every second, mono, 16 bits."""
    count = round(CLICK_S * RATE)
    click = array(
        "h",
        (
            round(FULL * LOUD * math.exp(-6 * i / count) * math.sin(2 * math.pi * CLICK_HZ * i / RATE))
            for i in range(count)
        ),
    )
    second = click + array("h", bytes(2 * (round(BEAT_S * RATE) - count)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(length_s):
            file.writeframes(second.tobytes())
