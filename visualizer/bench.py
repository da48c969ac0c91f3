"""Measures each stage from sound to screen on this machine, and the start-up as a user sees it.

Comparisons with packages that the app itself never imports (librosa, torch) run as processes of
their own; a package that is not installed leaves null and a reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from mvnet.frontend import RollingMel
from visualizer.errors import VisualizerError
from visualizer.models import PaintingModel, find_models, load_model, model_folder
from visualizer.motion import NoiseWalk
from visualizer.paths import resources_dir

WARM_UP = 5
PAINTINGS_PER_S = 24.0  # typical: how often the newest columns are taken
SCREEN_STAGES = ("upload", "paint")
STARTUP = ("window_s", "first_painting_s")
WINDOW_SECONDS = 8.0
WINDOW_TIMEOUT_S = 60
STARTS = 3
COMPARE_TIMEOUT_S = 600
PAPER, PAPER_SHAPE = "mvnet-64", (100, (64, 64))


def run_bench(model: str | None, *, seed: int = 0, rounds: int = 100, window: bool = True) -> dict[str, Any]:
    """All figures as one object.

    Returns:
        "model", "provider", "cores"; "stages": mel, encoder, generator, upload, paint, each with
        "median_ms" and "p95_ms", or null; "ratios": mel_vs_librosa, generator_vs_torch,
        generator_vs_plain_onnx, theirs over ours in one run, or null; "ratios_model" names the model that
        the generator's ratios were timed on; "startup": window_s and
        first_painting_s, or null; "reasons": why a figure is null.
    Raises:
        VisualizerError: the model cannot be loaded.
    """
    folder = model_folder(model)
    painter = load_model(folder)
    painter.warm_up()
    reasons: dict[str, str] = {}
    stages = _model_stages(painter, seed, rounds)
    if window:
        screen, startup = _window(model, reasons)
    else:
        reasons["upload, paint, startup"] = "left out by --no-window"
        screen, startup = dict.fromkeys(SCREEN_STAGES), dict.fromkeys(STARTUP)
    return {
        "model": painter.card.name,
        "provider": painter.provider,
        "cores": os.cpu_count(),
        "stages": stages | screen,
        "ratios_model": _compared(painter).name,
        "ratios": _ratios(painter, rounds, reasons),
        "startup": startup,
        "reasons": reasons,
    }


def print_table(figures: dict[str, Any]) -> None:
    """The figures for people."""
    print(f"{figures['model']} on {figures['provider']}, {figures['cores']} cores")
    for name, stage in figures["stages"].items():
        print(f"  {name:<10}", f"{stage['median_ms']:8.2f} ms   p95 {stage['p95_ms']:8.2f} ms" if stage else "       -")
    for group in ("ratios", "startup"):
        for name, value in figures[group].items():
            print(f"  {name:<24}", f"{value:8.2f}" if value is not None else "       -")
    for name, reason in figures["reasons"].items():
        print(f"  no {name}: {reason}")


def _timed(work: Callable[[], object], rounds: int) -> dict[str, float]:
    """Median and 95th percentile in milliseconds, after a warm-up."""
    times = []
    for index in range(rounds + WARM_UP):
        started = time.perf_counter()
        work()
        if index >= WARM_UP:
            times.append(1e3 * (time.perf_counter() - started))
    return {"median_ms": round(float(np.median(times)), 3), "p95_ms": round(float(np.percentile(times, 95)), 3)}


def _model_stages(painter: PaintingModel, seed: int, rounds: int) -> dict[str, Any]:
    spec = painter.card.spec
    rng = np.random.default_rng(seed)
    rolling = RollingMel(spec)
    rolling.push((0.1 * rng.standard_normal(spec.window_samples)).astype(np.float32))
    block = (0.1 * rng.standard_normal(round(spec.sample_rate / PAINTINGS_PER_S))).astype(np.float32)
    window = rolling.window()[None]
    embedding = painter.encode(window)[0]
    walk = NoiseWalk(painter.card.noise_size, seed)
    return {
        "mel": _timed(lambda: rolling.push(block), rounds),
        "encoder": _timed(lambda: painter.encode(window), rounds),
        "generator": _timed(lambda: painter.paint(walk.advance(0.01)[None], embedding), rounds),
    }


def _ratios(painter: PaintingModel, rounds: int, reasons: dict[str, str]) -> dict[str, float | None]:
    mel = _compare("export.bench_mel", ["--rounds", str(rounds)], ("librosa",), "mel_vs_librosa", reasons)
    names = ("generator_vs_torch", "generator_vs_plain_onnx")
    arguments = ["--model", str(_compared(painter)), "--rounds", str(min(rounds, 50)), "--json"]
    generator = _compare("export.bench", arguments, ("torch", "onnx"), ", ".join(names), reasons)
    ratios = {"mel_vs_librosa": mel.get("mel_vs_librosa")} | {name: generator.get(name) for name in names}
    return {name: None if value is None else round(value, 2) for name, value in ratios.items()}


def _compared(painter: PaintingModel) -> Path:
    """The model that torch and a plain export are timed on: this one, if it is of the paper's shape, else PAPER."""
    of_the_paper = (painter.card.noise_size, tuple(painter.card.image_size)) == PAPER_SHAPE
    return painter.card.folder if of_the_paper else find_models().get(PAPER, painter.card.folder)


def _compare(
    module: str, arguments: list[str], packages: tuple[str, ...], name: str, reasons: dict[str, str]
) -> dict[str, float]:
    """Run a comparison in a process of its own; an empty dict and a reason when it cannot."""
    missing = [package for package in (*packages, "export") if find_spec(package) is None]
    if missing:
        reasons[name] = f"{', '.join(missing)} not installed: pip install 'mvnet-visualizer[dev]'"
        return {}
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            capture_output=True,
            text=True,
            timeout=COMPARE_TIMEOUT_S,
            check=True,
        )
        return json.loads(done.stdout)
    except subprocess.CalledProcessError as error:
        last = error.stderr.strip().splitlines()[-1:] or [f"exit code {error.returncode}"]
        reasons[name] = last[0]
    except (subprocess.TimeoutExpired, ValueError) as error:
        reasons[name] = f"{module} gave no figures ({type(error).__name__})"
    return {}


def _window(model: str | None, reasons: dict[str, str]) -> tuple[dict[str, Any], dict[str, float | None]]:
    """The stages "upload" and "paint" as the real window did them, and its start-up: medians over some starts."""
    music = sorted((resources_dir() / "music").glob("*.opus"))
    starts = []
    for _ in range(STARTS):
        try:
            starts.append(_one_start(model, music[:1]))
        except VisualizerError as error:
            reasons["upload, paint, startup"] = str(error)
            return dict.fromkeys(SCREEN_STAGES), dict.fromkeys(STARTUP)
    stages = {name: starts[-1]["stages"][name] for name in SCREEN_STAGES}
    return stages, {name: round(float(np.median([start[name] for start in starts])), 3) for name in STARTUP}


def _one_start(model: str | None, music: list[Path]) -> dict[str, Any]:
    environment = dict(os.environ)
    if sys.platform.startswith("linux") and not ("DISPLAY" in environment or "WAYLAND_DISPLAY" in environment):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "visualizer", "play", "--silent", "--seconds", str(WINDOW_SECONDS)]
        command += ["--report", str(report), *(["--model", model] if model else []), *map(str, music)]
        environment["MVNET_CONFIG"] = folder
        started = time.time()
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=WINDOW_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise VisualizerError(f"the window did not close within {WINDOW_TIMEOUT_S} s") from None
        try:
            said = json.loads(report.read_text("utf-8"))
            return {name: said[f"{name}_at"] - started for name in STARTUP} | {"stages": said["stages"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            last = (done.stderr.strip().splitlines() or [str(error)])[-1]
            raise VisualizerError(f"the window did not start ({last})") from error
