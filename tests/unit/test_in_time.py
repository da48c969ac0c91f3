"""A file's strokes are drawn when they reach the air: player, listening thread's work and screen on one clock.

What reaches the air is read from the blocks that the sound card gets, so nothing here asks the player what it thinks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.fakes_audio import FakeSound
from tests.fakes_time import HandClock, clicks
from tests.sound_files import write_sound
from tests.waiting import until
from visualizer.hearing.listening import DISPLAY_S, HASTE_S, Listening
from visualizer.sound.playback import Player

RATE = 48_000
BLOCK = 480
DELAY_S = 0.12  # from a callback to the air
REFRESH_S = 1 / 60
STROKES = [0.25 + 0.5 * k for k in range(30)]


class Times:
    """PortAudio's times of a callback."""

    def __init__(self, delay_s: float) -> None:
        self.currentTime = 50.0
        self.outputBufferDacTime = 50.0 + delay_s


class Stage:
    """A player whose card, listening and screen are served in turn, a block of 10 ms at a time."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.sound = FakeSound()
        self.player = Player(backend=self.sound, clock=self.clock)
        self.listening = Listening(self.clock)
        self.listening.set_source(self.player)
        self.heard: list[float] = []  # when strokes reached the air
        self.drawn: list[float] = []  # when refreshes with new strokes were seen
        self.burst = 1  # blocks that the card asks for at a time
        self._count = 0
        self._quiet_s = 1.0
        self._refresh_at = self.clock.now

    def run(self, seconds: float) -> None:
        step_s = self.burst * BLOCK / RATE
        for _ in range(round(seconds / step_s)):
            for index in range(self.burst):
                self._call_back(DELAY_S + index * BLOCK / RATE)
            end = self.clock.now + step_s
            while self.clock.now < end - 1e-9:
                self.listen()
                self.clock.now += BLOCK / RATE
                while self._refresh_at < self.clock.now:
                    self._refresh(self._refresh_at)
                    self._refresh_at += REFRESH_S

    def listen(self) -> None:
        while self.listening.look(self.clock.now) <= HASTE_S:
            pass

    def _call_back(self, delay_s: float) -> None:
        feed = self.player._feed
        until(lambda: feed.held or feed.waiting >= BLOCK or feed.end is not None)
        out = np.empty((BLOCK, 2), np.float32)
        self.sound.streams[-1].settings["callback"](out, BLOCK, Times(delay_s), None)
        loud = np.flatnonzero(np.abs(out[:, 0]) > 0.05)
        if len(loud) and self._quiet_s > 0.1:
            self.heard.append(self.clock.now + delay_s + loud[0] / RATE)
        self._quiet_s = 0.0 if len(loud) else self._quiet_s + BLOCK / RATE

    def _refresh(self, now: float) -> None:
        count = int(self.listening.features(now).counts.sum())
        if count > self._count and (not self.drawn or now - self.drawn[-1] > 0.1):
            self.drawn.append(now + DISPLAY_S)
        self._count = count

    def check(self, strokes: int) -> None:
        """As many strokes were drawn as heard, each within a refresh of its time."""
        assert len(self.heard) == strokes
        assert len(self.drawn) == strokes, f"heard at {self.heard}, drawn at {self.drawn}"
        assert np.abs(np.array(self.drawn) - np.array(self.heard)).max() <= REFRESH_S + 0.001
        self.heard.clear()
        self.drawn.clear()


@pytest.fixture
def stage(song: Path) -> Iterator[Stage]:
    stage = Stage()
    stage.player.open(song)
    stage.player.play()
    until(lambda: not stage.player._feed.held)
    yield stage
    stage.player.close()


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sound = clicks(RATE, 15.0, STROKES)
    return write_sound(tmp_path_factory.mktemp("songs") / "strokes.wav", np.stack((sound, sound), axis=1), RATE)


def seek(stage: Stage, seconds: float) -> None:
    stage.player.seek(seconds)
    until(lambda: stage.player._decoding._request is None and not stage.player._feed.held)


def test_strokes_are_drawn_as_they_are_heard(stage: Stage) -> None:
    stage.run(4.2)
    stage.check(8)


def test_through_a_pause(stage: Stage) -> None:
    stage.run(2.1)
    stage.player.pause()
    stage.run(1.0)
    stage.player.play()
    stage.run(2.1)
    stage.check(8)


def test_through_seeks_forward_and_back(stage: Stage) -> None:
    stage.run(2.1)
    seek(stage, 10.0)
    stage.run(2.1)
    seek(stage, 0.0)
    stage.run(2.1)
    stage.check(12)


@pytest.mark.parametrize("blocks", range(184, 190))
def test_a_seek_amid_a_stroke_that_is_analysed_but_not_heard(stage: Stage, blocks: int) -> None:
    stage.run(blocks * BLOCK / RATE)
    until(lambda: stage.player._feed.full)
    stage.listen()  # on to the stroke at 2.75 s, into it or past it
    seek(stage, 10.0)
    stage.run(1.1)
    stage.check(len(stage.heard))


def test_a_seek_when_all_that_is_decoded_has_been_analysed(stage: Stage) -> None:
    stage.player._feed.limit = round(0.3 * RATE)  # less than the analysis looks ahead
    stage.run(2.1)
    until(lambda: stage.player._feed.full)
    stage.listen()
    assert stage.listening.ahead_s(stage.clock.now) > 0.3  # past the stroke at 2.25 s
    seek(stage, 10.0)
    stage.run(1.1)
    stage.check(6)


def test_into_the_next_file(stage: Stage, song: Path) -> None:
    stage.run(2.1)
    stage.player.open(song)
    until(lambda: stage.player._decoding._request is None and not stage.player._feed.held)
    stage.run(2.1)
    stage.check(8)


def test_when_the_card_calls_back_in_bursts(stage: Stage) -> None:
    stage.burst = 5
    stage.run(4.2)
    stage.check(8)
