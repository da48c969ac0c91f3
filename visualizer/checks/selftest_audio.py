"""Captures a tone while the machine is as busy as it will ever be, and counts what was lost.

`visualizer selftest audio`: the real model paints without a pause on every thread it may use, another thread keeps
Python itself busy as a window at work does, and the main thread reads the input as the pipeline does. Lost
samples are found three ways: by the sound card's own count, by the tone's phase, and by the clock.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import numpy as np

from visualizer.checks.private_sound import TONE_HZ, can_be_private, private_tone
from visualizer.checks.tone import ToneTracker, tone_frequency
from visualizer.errors import VisualizerError
from visualizer.sound.audio import Microphone, input_devices, refresh_devices

READ_S = 0.02  # between reads, as the painting thread's
SETTLE_S = 1.0  # heard before counting begins
SWITCH_S = 0.005  # that the busy thread holds the interpreter, at the most: Python's own limit


@dataclass(frozen=True)
class CaptureReport:
    """What a capture under load came to.

    Attributes:
        input: its name.
        seconds: counted.
        overflows: times the sound card said that it had lost something.
        lost: samples that came and went before they were read.
        tone: Hz of the tone that was followed; 0 when there was none, and then breaks and missing mean nothing.
        breaks: times the tone was cut.
        missing: samples cut out of it, at the least.
        short_s: what the clock says should have come, less what came, in seconds.
        longest_gap_s: longest wait for the next samples.
        late_p99_s: a hundredth of the samples came later than this after their time, by the earliest ones.
        revived: capture processes that died and were replaced.
        paintings_per_s: how busy the model was.
    """

    input: str
    seconds: float
    overflows: int
    lost: int
    tone: float
    breaks: int
    missing: int
    short_s: float
    longest_gap_s: float
    late_p99_s: float
    revived: int
    paintings_per_s: float

    @property
    def whole(self) -> bool:
        """Nothing was lost."""
        return self.overflows == self.lost == self.breaks == self.missing == self.revived == 0

    def sentence(self) -> str:
        """For people."""
        phase = f"{self.breaks} cuts, {self.missing} samples missing" if self.tone else "no steady tone to follow"
        return (
            f"{self.input}, {self.seconds:.0f} s at {self.paintings_per_s:.1f} paintings a second: {self.overflows} "
            f"overflows, {self.lost} samples unread, {phase}; longest wait {1000 * self.longest_gap_s:.0f} ms, "
            f"late by {1000 * self.late_p99_s:.0f} ms (p99)"
        )

    def facts(self) -> dict[str, object]:
        """For machines."""
        return asdict(self) | {"whole": self.whole}


def run_audio_selftest(
    minutes: float, name: str | None = None, model: str | None = None, *, apart: bool = True
) -> CaptureReport:
    """Capture under load; Ctrl-C ends it early, with a report.

    Args:
        minutes: to capture.
        name: of the input; None starts a sound server with a tone, or where that cannot be takes the default one.
        model: that keeps the machine busy; None for the default one.
        apart: capture in a process of its own, as the app does.
    Raises:
        VisualizerError: no input, or no model.
    """
    with contextlib.ExitStack() as held:
        private = name is None and can_be_private()
        if private:
            held.enter_context(_tone())
            refresh_devices()
        if not input_devices():
            raise VisualizerError("No sound input was found: connect one, or start the sound server.")
        microphone = held.enter_context(contextlib.closing(Microphone(name, apart=apart)))
        paintings = held.enter_context(_busy(model))
        return capture_report(microphone, 60 * minutes, TONE_HZ if private else None, paintings)


@contextlib.contextmanager
def _tone() -> Iterator[None]:
    try:
        with private_tone():
            yield
    except OSError as error:
        raise VisualizerError(f"{error}: name an input with --input.") from None


def capture_report(
    microphone: Microphone, seconds: float, tone: float | None, paintings: Callable[[], int]
) -> CaptureReport:
    """Capture for some seconds and report what was lost.

    Args:
        tone: Hz of the tone that is heard; None finds it, if there is one.
        paintings: number of paintings so far.
    Raises:
        VisualizerError: the input stops.
    """
    time.sleep(SETTLE_S)
    heard, cursor, _ = microphone.read(0)
    tone = tone or tone_frequency(heard, microphone.rate)
    tracker = ToneTracker(microphone.rate, tone or microphone.rate / 8)
    overflows, painted, first = microphone.overflows, paintings(), cursor
    started = fresh_at = now = time.monotonic()
    lost, longest, lags = 0, 0.0, []
    with contextlib.suppress(KeyboardInterrupt):  # enough: report what was counted so far
        while (now := time.monotonic()) - started < seconds:
            samples, cursor, gap = microphone.read(cursor)
            lost += gap
            if len(samples):
                longest, fresh_at = max(longest, now - fresh_at), now
            lags.append(microphone.arrived - microphone.heard / microphone.rate)
            if tone:
                tracker.push(samples)
            if microphone.lost():
                raise VisualizerError(f"The input {microphone.name!r} stopped: connect it again, and start anew.")
            time.sleep(READ_S)
    passed = now - started
    return CaptureReport(
        input=microphone.name,
        seconds=round(passed, 1),
        overflows=microphone.overflows - overflows,
        lost=lost,
        tone=float(tone or 0.0),
        breaks=tracker.breaks if tone else 0,
        missing=tracker.missing if tone else 0,
        short_s=round(passed - (cursor - first) / microphone.rate, 3),
        longest_gap_s=round(longest, 3),
        late_p99_s=round(float(np.percentile(lags, 99) - min(lags)), 4),
        revived=microphone.revived,
        paintings_per_s=round((paintings() - painted) / passed, 1),
    )


@contextlib.contextmanager
def _busy(name: str | None) -> Iterator[Callable[[], int]]:
    """Paint without a pause and keep the interpreter busy; gives the number of paintings so far."""
    from visualizer.painting.models import load_model, model_folder

    model = load_model(model_folder(name))
    noise = np.random.default_rng(0).standard_normal((1, model.noise_size)).astype(np.float32)
    embedding = model.prototypes[:1]
    stop, painted = threading.Event(), [0]

    def paint() -> None:
        while not stop.is_set():
            model.paint(noise, embedding)
            painted[0] += 1

    def spin() -> None:
        while not stop.is_set():
            until = time.monotonic() + SWITCH_S
            while time.monotonic() < until:
                pass
            time.sleep(SWITCH_S)

    threads = [threading.Thread(target=work, name=work.__name__, daemon=True) for work in (paint, spin)]
    for thread in threads:
        thread.start()
    try:
        yield lambda: painted[0]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
