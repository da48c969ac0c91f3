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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QSurfaceFormat
from PyQt6.QtWidgets import QApplication

from mvnet.periods import PERIODS
from visualizer.gui.app import run_app
from visualizer.gui.canvas import wanted_format
from visualizer.gui.run_figures import percentile_ms
from visualizer.gui.window import MainWindow
from visualizer.painting.model_card import find_models
from visualizer.paths import resources_dir
from visualizer.show.events import State
from visualizer.show.options import AppOptions
from visualizer.usage import count_of, memory_mb

SIZE = (1280, 720)
LIVE_FIGURES = ("seconds", "gui_stall_p99_ms", "gui_stall_max_ms", "gui_busy_max_ms", "cpu_share", "lost_samples")
SWITCH_MS = 1000
LOOK_MS = 200
WARM_S = 30.0  # until every input and model was there once: what they keep is not a leak
LATE = 2.0  # refreshes: from so long on an interval is late
ENDING_S = 60.0


@dataclass
class Seen:
    """What was measured while the window ran.

    Attributes:
        at_s, memory: resident MB, at these times since the beginning.
        threads, files: how many, at the same times; empty where the system does not say.
        intervals_s: between refreshes while live.
        late: of these, LATE refreshes or longer.
        holes: blocks that the sound cards missed.
        live: looks at which the picture moved, and all looks.
        switches: how often each kind was switched.
        models, inputs: names that were really in use.
    """

    at_s: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    intervals_s: list[float] = field(default_factory=list)
    late: int = 0
    holes: int = 0
    live: list[int] = field(default_factory=lambda: [0, 0])
    switches: dict[str, int] = field(default_factory=lambda: {"period": 0, "input": 0, "model": 0})
    models: set[str] = field(default_factory=set)
    inputs: set[str] = field(default_factory=set)

    def add_holes(self, before: int, now: int) -> None:
        """Count holes from two readings; they are counted from 0 for each source."""
        self.holes += now - before if now >= before else now

    def facts(self) -> dict[str, Any]:
        """Ready for JSON; memory, threads and files are compared from WARM_S on."""
        warm = next((index for index, at in enumerate(self.at_s) if at >= WARM_S), 0)

        def ends(values: Sequence[float]) -> list[float] | None:
            return [values[warm], values[-1]] if len(values) > warm else None

        return {
            "switches": self.switches,
            "models": sorted(self.models),
            "inputs": sorted(self.inputs),
            "memory_mb": ends(self.memory),
            "memory_slope_mb_per_min": slope_per_minute(self.at_s[warm:], self.memory[warm:]),
            "threads": ends(self.threads),
            "files": ends(self.files),
            "refreshes": len(self.intervals_s),
            "late_refreshes": self.late,
            "interval_p99_ms": percentile_ms(self.intervals_s, 0.99),
            "interval_max_ms": percentile_ms(self.intervals_s, 1.0),
            "live_share": round(self.live[0] / self.live[1], 3) if self.live[1] else None,
            "holes": self.holes,
        }


def slope_per_minute(at_s: Sequence[float], values: Sequence[float]) -> float | None:
    """How fast values grow, by a straight line through them; None for fewer than three or without their times."""
    if len(values) < 3 or len(values) != len(at_s):
        return None
    return round(60 * float(np.polyfit(at_s, values, 1)[0]), 3)


def kinds() -> Iterator[str]:
    """What is switched, second by second."""
    return itertools.cycle(("period", "input", "period", "model"))


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
        self._heard = itertools.cycle(("input", "queue", "next", "next"))
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
        return self._window if self._window is not None and self._window.isVisible() else None

    def _switch(self) -> None:
        window = self._find_window()
        if window is None or window.painting is None:
            return
        kind = next(self._kinds)
        self.seen.switches[kind] += 1
        if kind == "period":
            window.looks.hold_period(next(self._periods))
        elif kind == "model":
            window.session.load_model(next(self._models))
        else:
            self._switch_input(window, next(self._heard))

    def _switch_input(self, window: MainWindow, way: str) -> None:
        if way == "input":
            window.listen("")
        elif way == "queue":
            window.open(self._pieces)
        else:
            window.session.step(1)

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
        intervals = list(window.canvas.interval_s)
        window.canvas.interval_s.clear()
        if window.painting is not None:  # the start, while libraries load, is measured by the bench
            seen.intervals_s += intervals
            seen.late += sum(interval >= LATE / window.canvas.hz for interval in intervals)
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
        "exit_code": 0, or less when the system killed it; and what was measured, if it came to its end.
    """
    # No file is this process's main module: the capture processes, which import that, would load the whole window.
    code = "import sys; from pathlib import Path; from bench.soak import run_window; "
    code += "run_window(Path(sys.argv[1]), float(sys.argv[2]))"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-c", code, name, str(minutes)]
        done = subprocess.run(command, timeout=60 * minutes + ENDING_S, check=False)
        if (log := folder / "errors.log").exists():
            print(log.read_text("utf-8"), file=sys.stderr)
        return {"exit_code": done.returncode} | _read(folder / "seen.json") | _live(_read(folder / "report.json"))


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _live(report: dict[str, Any]) -> dict[str, Any]:
    """What the window's own report says of the run."""
    live = {name: report.get("live", {}).get(name) for name in LIVE_FIGURES}
    return live | {"unexpected_errors": report.get("unexpected_errors")}


def main() -> int:
    """The command line; 1 when the window crashed or something unexpected happened."""
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
    return 0 if facts["exit_code"] == 0 and facts.get("unexpected_errors") == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
