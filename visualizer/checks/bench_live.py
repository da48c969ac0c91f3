"""Runs the real window for some seconds and reads what it measured: start-up, the screen's stages, the live path.

Each run is a process of its own with settings of its own; nothing of the user's is touched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from visualizer.checks.bystander import Bystander, waits_per_min
from visualizer.errors import VisualizerError
from visualizer.lateness import percentile_ms
from visualizer.paths import resources_dir

SCREEN_STAGES = ("upload", "paint")
STARTUP = ("window_s", "first_painting_s")
START_SECONDS = 8.0
STARTS = 3
TIMEOUT_S = 60  # beyond the seconds that were asked for
LIVE_FIGURES = (
    "refresh_hz",
    "interval_p99_ms",
    "key_frames_hz",
    "key_frames_shown_hz",
    "key_frame_age_p99_ms",
    "gui_stall_p99_ms",
    "gui_stall_max_ms",
    "gui_stall_own_p99_ms",
    "gui_stall_own_max_ms",
    "gui_busy_max_ms",
    "gui_stalls_per_min",
    "gui_stalls_own_per_min",
    "machine_stalls_per_min",
    "machine_stall_max_ms",
    "audio_overflows",
    "cpu_share",
    "idle_load",
    "rss_mb",
)
SILENCE_RATE = 48_000
LEAST_SILENCE_S = 20.0  # the later half is measured: then the calm has begun


def measure_startup(
    model: str | None, reasons: dict[str, str]
) -> tuple[dict[str, dict[str, float] | None], dict[str, float | None]]:
    """The stages "upload" and "paint" as the window did them, and its start-up: medians over some starts.

    Where the window cannot be opened all figures are None, and `reasons` gains the cause.
    """
    starts = []
    for _ in range(STARTS):
        try:
            starts.append(_run_window(model, START_SECONDS, silent=True))
        except VisualizerError as error:
            reasons["upload, paint, startup"] = str(error)
            return dict.fromkeys(SCREEN_STAGES), dict.fromkeys(STARTUP)
    stages = {name: starts[-1]["stages"][name] for name in SCREEN_STAGES}
    times = {name: [start[f"{name}_at"] - start["started_at"] for start in starts] for name in STARTUP}
    return stages, {name: round(float(np.median(values)), 3) for name, values in times.items()}


def measure_live(
    model: str | None, seconds: float, size: tuple[int, int], reasons: dict[str, str]
) -> dict[str, float | None]:
    """The live path, while a bundled piece plays aloud where there is a sound card.

    Returns:
        "refresh_hz", "interval_p99_ms": of the screen; "key_frames_hz": paintings made a second,
        "key_frames_shown_hz": of these, shown; "key_frame_age_p99_ms": how long ago the painting on screen was begun;
        "gui_stall_p99_ms", "gui_stall_max_ms": how late the GUI thread came to what was due, and
        "gui_stall_own_p99_ms", "gui_stall_own_max_ms": what of that no lack of a core explains; "gui_busy_max_ms":
        what it computed at a stretch; "gui_stalls_per_min", "gui_stalls_own_per_min": how often either was more than
        16 ms, and "machine_stalls_per_min", "machine_stall_max_ms" the same of a process beside it that does nothing;
        "audio_overflows": blocks that the sound card missed and samples that were lost; "cpu_share": of one core;
        "idle_load": in silence, of that in music; "rss_mb". None and a reason where unknown.
    """
    silent = not _has_output()
    try:
        with Bystander() as bystander:
            report = _run_window(model, seconds, silent=silent, size=size)
    except VisualizerError as error:
        reasons["live"] = str(error)
        return dict.fromkeys(LIVE_FIGURES)
    said = report["live"]
    if not said:
        reasons["live"] = f"nothing was painted within {seconds:g} s"
        return dict.fromkeys(LIVE_FIGURES)
    if silent:
        reasons["audio_overflows"] = "no sound output: the music played silently"
    said["idle_load"] = _idle_load(model, seconds, size, said["cpu_share_late"], reasons, silent=silent)
    waited_s = bystander.since(report["first_painting_s_at"])
    said["machine_stalls_per_min"] = waits_per_min(waited_s)
    said["machine_stall_max_ms"] = percentile_ms(waited_s, 1.0)
    said["audio_overflows"] = None if silent else said["holes"] + said["lost_samples"]
    return {name: said[name] for name in LIVE_FIGURES}


def _idle_load(
    model: str | None,
    seconds: float,
    size: tuple[int, int],
    music: float | None,
    reasons: dict[str, str],
    *,
    silent: bool,
) -> float | None:
    """Run the window with digital silence; processor time for each that music took."""
    seconds = max(seconds, LEAST_SILENCE_S)
    with tempfile.TemporaryDirectory() as folder:
        piece = Path(folder) / "silence.wav"
        soundfile.write(piece, np.zeros(round((seconds + TIMEOUT_S) * SILENCE_RATE), np.int16), SILENCE_RATE)
        try:
            calm = _run_window(model, seconds, silent=silent, size=size, pieces=[piece])["live"]["cpu_share_late"]
        except (VisualizerError, KeyError) as error:
            reasons["idle_load"] = str(error)
            return None
    if not music or calm is None:
        reasons["idle_load"] = f"too little was painted within {seconds:g} s"
        return None
    return round(float(calm) / music, 2)


def _has_output() -> bool:
    from visualizer.sound.audio import output_devices, portaudio_problem

    return not portaudio_problem() and bool(output_devices())


def _run_window(
    model: str | None,
    seconds: float,
    *,
    silent: bool,
    size: tuple[int, int] | None = None,
    pieces: Sequence[Path] = (),
) -> dict[str, Any]:
    """The report of one run, with "started_at".

    Args:
        pieces: that are played; the bundled ones where none are given.
    Raises:
        VisualizerError: the window did not open or did not close.
    """
    environment = dict(os.environ)
    if sys.platform.startswith("linux") and not ("DISPLAY" in environment or "WAYLAND_DISPLAY" in environment):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        environment["MVNET_CONFIG"] = folder
        command = [sys.executable, "-m", "visualizer", "play", "--seconds", str(seconds), "--report", str(report)]
        command += ["--silent"] if silent else []
        command += ["--size", f"{size[0]}x{size[1]}"] if size else []
        command += ["--model", model] if model else []
        command += [str(piece) for piece in pieces or sorted((resources_dir() / "music").glob("*.opus"))]
        started_at = time.time()
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=seconds + TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise VisualizerError(f"the window did not close within {seconds + TIMEOUT_S:g} s") from None
        try:
            said: dict[str, Any] = json.loads(report.read_text("utf-8"))
            if said["first_painting_s_at"] is None:
                raise ValueError("nothing was painted")
            return said | {"started_at": started_at}
        except (OSError, ValueError, KeyError) as error:
            last = (done.stderr.strip().splitlines() or [str(error)])[-1]
            raise VisualizerError(f"the window did not start ({last})") from error
