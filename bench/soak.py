"""The real window for minutes while inputs, models and periods are switched: crashes, leaks, late refreshes, holes.

`python -m bench.soak [--minutes 5] [--json]` opens the window in a process of its own, on the display and the sound
server there are, with settings of its own, and switches one thing a second. Without a display run it under xvfb-run;
`python -m tests.pulse -- ...` lends a sound card to a machine without one.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QSurfaceFormat
from PyQt6.QtWidgets import QApplication

from bench.soak_figures import Seen, faults
from mvnet.periods import PERIODS
from visualizer.checks.bystander import Bystander, waits_per_min
from visualizer.gui.app import run_app
from visualizer.gui.canvas import wanted_format
from visualizer.gui.window import MainWindow
from visualizer.lateness import percentile_ms
from visualizer.painting.model_card import find_models
from visualizer.paths import resources_dir
from visualizer.show.events import State
from visualizer.show.options import AppOptions
from visualizer.usage import count_of, memory_mb

SIZE = (1280, 720)
STALLS = ("gui_stall_p99_ms", "gui_stall_max_ms", "gui_stall_own_p99_ms", "gui_stall_own_max_ms", "gui_busy_max_ms")
STALL_RATES = ("gui_stalls_per_min", "gui_stalls_own_per_min")
LIVE_FIGURES = ("seconds", *STALLS, *STALL_RATES, "cpu_share", "lost_samples")
SWITCH_MS = 1000
START_TICKS = 2  # switches that are left out after the first painting
LOOK_MS = 200
ENDING_S = 60.0


def kinds() -> Iterator[str]:
    """What is switched, second by second: a period, the source, a period, the model."""
    sources = itertools.cycle(("input", "queue", "next", "next"))
    while True:
        yield from ("period", next(sources), "period", "model")


class Soak(QObject):
    """Switches and looks, on the GUI thread, from the moment the window is there.

    Args:
        pieces: music files that take turns with the inputs.
    """

    def __init__(self, pieces: Sequence[Path]) -> None:
        super().__init__()
        self.seen = Seen()
        self._window: MainWindow | None = None
        self._pieces = pieces
        self._kinds = kinds()
        self._periods = itertools.cycle((*range(len(PERIODS)), None))
        self._models = itertools.cycle(find_models())
        self._kind = ""  # of the last switch; empty before the first
        self._ticks = 0  # with a painting
        self._began = time.monotonic()
        self._holes = 0
        self._timers = [self._timer(SWITCH_MS, self._switch), self._timer(LOOK_MS, self._look)]

    def _timer(self, every_ms: int, work: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.timeout.connect(work)
        timer.start(every_ms)
        return timer

    def _find_window(self) -> MainWindow | None:
        if self._window is None:
            windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)]
            self._window = windows[0] if windows else None
            if self._window is not None:
                self._window.canvas.trace_waits()
        return self._window if self._window is not None and self._window.isVisible() else None

    def _switch(self) -> None:
        window = self._find_window()
        if window is None or window.painting is None:
            return
        self._take_intervals(window)  # of the switch before
        self._ticks += 1
        if self._ticks <= START_TICKS:
            return
        self._kind = next(self._kinds)
        self.seen.switches[self._kind] += 1
        if self._kind == "period":
            window.looks.hold_period(next(self._periods))
        elif self._kind == "model":
            window.session.load_model(next(self._models))
        elif self._kind == "input":
            window.listen("")
        elif self._kind == "queue":
            window.open(self._pieces)
        else:
            window.session.step(1)

    def _take_intervals(self, window: MainWindow) -> None:
        canvas = window.canvas
        intervals, others = list(canvas.interval_s), list(canvas.others_s)
        canvas.interval_s.clear()
        canvas.others_s.clear()
        if self._kind:  # the start, while libraries load, is measured by the bench
            self.seen.add_intervals(self._kind, intervals, others, canvas.hz)

    def _look(self) -> None:
        window = self._find_window()
        if window is None:
            return
        seen, status, holes = self.seen, window.session.status(), window.session.figures().holes
        seen.add_holes(self._holes, holes)
        self._holes = holes
        seen.live[0] += status.state is State.PLAYING
        seen.live[1] += 1
        seen.inputs.update({status.title} if status.live else ())
        model = window.session.model
        seen.models.update({model.card.name} if model is not None else ())
        self._take_intervals(window)
        memory, threads, files = memory_mb(), count_of("task"), count_of("fd")
        if memory is not None and threads is not None and files is not None:
            seen.at_s.append(time.monotonic() - self._began)
            seen.memory.append(memory)
            seen.threads.append(threads)
            seen.files.append(files)


def run_window(folder: Path, minutes: float) -> None:
    """Run the window in this process; "seen.json" and "report.json" in the folder receive what was measured."""
    QSurfaceFormat.setDefaultFormat(wanted_format())
    application = QApplication(["soak"])  # before the window: the timers need it
    pieces = sorted((resources_dir() / "music").glob("*.opus"))
    soak = Soak(pieces)
    # Not after the run: a window that closes over a busy thread ends the process at once.
    application.aboutToQuit.connect(lambda: (folder / "seen.json").write_text(json.dumps(soak.seen.facts()), "utf-8"))
    options = AppOptions(
        files=tuple(pieces), seconds=60 * minutes, report=folder / "report.json", size=SIZE, config=folder
    )
    run_app(options)


def measure(minutes: float) -> dict[str, Any]:
    """Run the window in a process of its own.

    Returns:
        "exit_code": 0, or less when the system killed it; what was measured, if it came to its end; and how late the
        machine woke this process meanwhile, which only waits, from the first painting on.
    """
    # No file is this process's main module: the capture processes, which import that, would load the whole window.
    code = "import sys; from pathlib import Path; from bench.soak import run_window; "
    code += "run_window(Path(sys.argv[1]), float(sys.argv[2]))"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-c", code, name, str(minutes)]
        with Bystander() as bystander, subprocess.Popen(command) as window:
            end(window, 60 * minutes + ENDING_S)
        if (log := folder / "errors.log").exists():
            print(log.read_text("utf-8"), file=sys.stderr)
        seen, report = _read(folder / "seen.json"), _read(folder / "report.json")
        machine = of_machine(bystander.since(report.get("first_painting_s_at") or 0.0), seen.get("interval_p50_ms"))
        return {"exit_code": window.returncode} | seen | _live(report) | machine


def of_machine(late_s: Sequence[float], refresh_ms: float | None) -> dict[str, Any]:
    """How late a process was that only waits.

    Args:
        late_s: by how much it was, each time.
        refresh_ms: between two refreshes; None where there were none.
    Returns:
        "machine_late_refreshes": how often it was by a refresh or more, as often as a window would be late that has
        nothing to do; percentiles; "machine_stalls_per_min": how often it was by more than 16 ms.
    """
    refreshes = None if refresh_ms is None else sum(1e3 * late >= refresh_ms for late in late_s)
    return {
        "machine_late_refreshes": refreshes,
        "machine_late_p99_ms": percentile_ms(late_s, 0.99),
        "machine_late_max_ms": percentile_ms(late_s, 1.0),
        "machine_stalls_per_min": waits_per_min(late_s),
    }


def end(process: subprocess.Popen[bytes], timeout_s: float) -> None:
    """Wait for a process, and end it after a timeout."""
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _live(report: dict[str, Any]) -> dict[str, Any]:
    """What the window's own report says of the run."""
    live = {name: report.get("live", {}).get(name) for name in LIVE_FIGURES}
    return live | {"unexpected_errors": report.get("unexpected_errors")}


def main() -> int:
    """The command line; 1 when something is wrong, with a sentence for each of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=5.0, metavar="N", help="to run for (default 5)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    args = parser.parse_args()
    facts = measure(args.minutes)
    if args.json:
        print(json.dumps(facts))
    else:
        for name, value in facts.items():
            print(f"{name:<24} {value}")
    found = faults(facts)
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
