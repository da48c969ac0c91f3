"""What one run of the window measured of itself, for `--report` and the bench. GUI thread.

Start-up is left out: counting begins with the first painting.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from visualizer.gui.stalls import Stalls
from visualizer.lateness import percentile_ms, stalls_per_min
from visualizer.usage import most_memory_mb

if TYPE_CHECKING:
    from visualizer.gui.canvas import Canvas
    from visualizer.painting.engine import Painting
    from visualizer.show.session import Session


SETTLED_S = 2.5  # after the first painting: rates that are counted over the last seconds are known then


class RunFigures:
    """Counts from the first painting on.

    Args:
        canvas: whose refreshes and paintings are counted.
        session: whose losses are told.
    """

    def __init__(self, canvas: Canvas, session: Session) -> None:
        self._canvas = canvas
        self._session = session
        self._stalls = Stalls(parent=canvas.widget())  # the window stops its timers when it closes
        self._paintings = 0
        self._made_per_s: list[float] = []
        self._began: tuple[float, float] | None = None  # clock and processor time
        self._used: list[tuple[float, float]] = []  # the same at each painting since
        canvas.painted.connect(self._painted)

    def facts(self) -> dict[str, Any]:
        """Figures since the first painting, ready for JSON; None for what was not measured.

        "seconds"; "refresh_hz", "interval_p50_ms", "interval_p99_ms" of the last refreshes; "key_frames_hz" made by the
        generator, "key_frames_shown_hz" (of two within one refresh the newer wins); "key_frame_age_p50_ms",
        "key_frame_age_p99_ms" (of the painting shown, since it was begun); "gui_stall_p99_ms", "gui_stall_max_ms": how
        late the GUI thread came to a tick; "gui_stall_own_p99_ms", "gui_stall_own_max_ms": what of that no lack of a
        core explains, None where the system does not say; "gui_busy_max_ms": what it computed at most between two;
        "gui_stalls_per_min", "gui_stalls_own_per_min": how often either was more than 16 ms;
        "cpu_share": of one core; "rss_mb": the most memory; "holes" and "lost_samples"; "generator_ms", "tier",
        "divisor" in the end.
        """
        if self._began is None:
            return {}
        clock, processor = self._began
        seconds = time.perf_counter() - clock
        intervals, figures = self._canvas.interval_s, self._session.figures()
        return {
            "seconds": round(seconds, 2),
            "refresh_hz": round(len(intervals) / sum(intervals), 2) if intervals else None,
            "interval_p50_ms": percentile_ms(intervals, 0.5),
            "interval_p99_ms": percentile_ms(intervals, 0.99),
            "key_frames_hz": round(sum(self._made_per_s) / len(self._made_per_s), 2) if self._made_per_s else None,
            "key_frames_shown_hz": round((self._paintings - 1) / seconds, 2),
            "key_frame_age_p50_ms": percentile_ms(self._canvas.painting_age_s, 0.5),
            "key_frame_age_p99_ms": percentile_ms(self._canvas.painting_age_s, 0.99),
            "gui_stall_p99_ms": percentile_ms(self._stalls.late_s, 0.99),
            "gui_stall_max_ms": percentile_ms(self._stalls.late_s, 1.0),
            "gui_stall_own_p99_ms": percentile_ms(self._stalls.own_s, 0.99),
            "gui_stall_own_max_ms": percentile_ms(self._stalls.own_s, 1.0),
            "gui_busy_max_ms": percentile_ms(self._stalls.busy_s, 1.0),
            "gui_stalls_per_min": stalls_per_min(self._stalls.late_s, seconds),
            "gui_stalls_own_per_min": stalls_per_min(self._stalls.own_s, seconds),
            "cpu_share": round((time.process_time() - processor) / seconds, 3),
            "cpu_share_late": self._late_share(clock + seconds),
            "rss_mb": most_memory_mb(),
            "holes": figures.holes,
            "lost_samples": figures.lost_samples,
            "generator_ms": round(figures.painting_ms, 2),
            "tier": figures.tier,
            "divisor": figures.divisor,
        }

    def _late_share(self, now: float) -> float | None:
        """Processor time for each second of the later half; None without a painting in it."""
        if self._began is None:
            return None
        half = (self._began[0] + now) / 2
        since = next((mark for mark in self._used if mark[0] >= half), None)
        if since is None or since[0] >= now:
            return None
        return round((time.process_time() - since[1]) / (now - since[0]), 3)

    def _painted(self, painting: Painting) -> None:
        if self._began is None:
            self._began = time.perf_counter(), time.process_time()
            self._stalls.start()
            self._canvas.interval_s.clear()
            self._canvas.others_s.clear()
            self._canvas.painting_age_s.clear()
        elif time.perf_counter() - self._began[0] > SETTLED_S:
            self._made_per_s.append(self._session.figures().paintings_per_s)
        self._used.append((time.perf_counter(), time.process_time()))
        self._paintings += 1
