"""What the capture test concludes, from a stand-in microphone that loses what it is told to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from visualizer.__main__ import main
from visualizer.checks import selftest_audio
from visualizer.checks.private_sound import RATE, TONE_HZ
from visualizer.checks.selftest_audio import CaptureReport, capture_report

BLOCK = 960


class LossyMicrophone:
    """Hears a tone, one block a read; drops samples where told."""

    name, rate, revived = "Fake", float(RATE), 0
    interrupt_at = float("inf")

    def __init__(self, drop: dict[int, int], amplitude: float = 0.5) -> None:
        self.heard = 0
        self.overflows = 0
        self.now = 0.0
        self._drop = drop
        self._amplitude = amplitude
        self._at = 0

    @property
    def arrived(self) -> float:
        return self.now

    def lost(self) -> bool:
        if self.now > self.interrupt_at:
            raise KeyboardInterrupt
        return False

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        n = RATE if self.heard == 0 else BLOCK
        self._at += self._drop.pop(self.heard // BLOCK, 0)
        times = np.arange(self._at, self._at + n) / RATE
        self._at += n
        self.heard += n
        return (self._amplitude * np.sin(2 * np.pi * TONE_HZ * times)).astype(np.float32), cursor + n, 0


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Any:
    def reporting(microphone: LossyMicrophone, tone: float | None = TONE_HZ) -> CaptureReport:
        def sleep(seconds: float) -> None:
            microphone.now += BLOCK / RATE

        monkeypatch.setattr(selftest_audio.time, "sleep", sleep)
        monkeypatch.setattr(selftest_audio.time, "monotonic", lambda: microphone.now)
        return capture_report(microphone, 2.0, tone, lambda: round(10 * microphone.now))  # type: ignore[arg-type]

    return reporting


def test_a_whole_capture(report: Any) -> None:
    found = report(LossyMicrophone({}))
    assert found.whole
    assert (found.seconds, found.paintings_per_s, found.tone) == (2.0, 10.0, TONE_HZ)
    assert found.short_s == pytest.approx(0, abs=0.021)
    assert "0 overflows, 0 samples unread, 0 cuts, 0 samples missing" in found.sentence()
    assert found.facts()["whole"] is True


def test_an_interrupted_one_reports_what_it_counted(report: Any) -> None:
    microphone = LossyMicrophone({})
    microphone.interrupt_at = 1.0
    found = report(microphone)
    assert found.whole
    assert found.seconds == pytest.approx(1.0, abs=0.1)


def test_lost_samples_are_found(report: Any) -> None:
    found = report(LossyMicrophone({80: 7, 110: 20}))
    assert not found.whole
    assert (found.breaks, found.missing) == (2, 27)


def test_the_tone_of_a_named_input_is_found_by_itself(report: Any) -> None:
    assert report(LossyMicrophone({}), None).tone == pytest.approx(TONE_HZ, abs=0.05)
    silent = report(LossyMicrophone({}, amplitude=0.0), None)
    assert silent.whole
    assert "no steady tone to follow" in silent.sentence()


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "1e9"])
def test_impossible_times_are_refused(minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "audio", f"--minutes={minutes}"]) == 2
    assert "use more than 0, at most 1440" in capsys.readouterr().err
