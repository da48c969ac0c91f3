"""What a run measures of itself: from the first painting on."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from visualizer.gui.raster import RasterCanvas
from visualizer.gui.run_figures import RunFigures
from visualizer.painting.engine import Painting
from visualizer.painting.figures import Figures
from visualizer.painting.latest import Latest


def painting(made_at: float) -> Painting:
    image = np.full((16, 16, 3), 90, np.uint8)
    return Painting(
        image, np.full(5, 0.2, np.float32), np.zeros(10, np.float32), np.zeros(4, np.float32), 0, 0, made_at
    )


def test_figures_begin_with_the_first_painting(qtbot: QtBot) -> None:
    latest: Latest[Painting] = Latest()
    canvas = RasterCanvas(latest.take)
    qtbot.addWidget(canvas)
    run = RunFigures(canvas, SimpleNamespace(figures=lambda: Figures(holes=2, lost_samples=3)))  # type: ignore[arg-type]
    canvas.interval_s.append(9.0)
    assert run.facts() == {}
    latest.put(painting(0.0))
    canvas.look()
    canvas.interval_s.extend([0.02] * 98 + [0.05] * 2)
    canvas.painting_age_s.extend([0.1] * 100)
    latest.put(painting(0.0))
    canvas.look()
    facts = run.facts()
    assert facts["refresh_hz"] == pytest.approx(100 / 2.06, abs=0.01)
    assert facts["interval_p50_ms"] == 20.0
    assert facts["interval_p99_ms"] == 50.0
    assert facts["key_frame_age_p99_ms"] == 100.0
    assert facts["key_frames_shown_hz"] > 0
    assert facts["key_frames_hz"] is None  # not yet settled
    assert facts["gui_stall_max_ms"] is None  # no tick yet
    assert facts["cpu_share_late"] >= 0
    qtbot.waitUntil(lambda: run.facts()["gui_stall_max_ms"] is not None)
    assert run.facts()["gui_stall_p99_ms"] <= run.facts()["gui_stall_max_ms"]
    own = run.facts()["gui_stall_own_max_ms"]
    assert own is None or 0 <= run.facts()["gui_stall_own_p99_ms"] <= own <= run.facts()["gui_stall_max_ms"]
    rates = (facts["gui_stalls_per_min"], facts["gui_stalls_own_per_min"])
    assert rates == (None, None)  # no tick yet
    assert run.facts()["gui_stalls_per_min"] >= (run.facts()["gui_stalls_own_per_min"] or 0)
    assert (facts["holes"], facts["lost_samples"]) == (2, 3)
