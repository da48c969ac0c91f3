"""Measures each stage from sound to screen on this machine, and the start-up as a user sees it.

Comparisons with packages that the app itself never imports (librosa, torch) run as processes of
their own; a package that is not installed leaves null and a reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from mvnet.frontend import RollingMel
from visualizer.checks.bench_latency import measure_latency
from visualizer.checks.bench_live import LIVE_FIGURES, SCREEN_STAGES, STARTUP, measure_live, measure_startup
from visualizer.checks.bench_render import measure_render
from visualizer.errors import VisualizerError
from visualizer.painting.models import PaintingModel, find_models, load_model, model_folder
from visualizer.painting.motion import NoiseWalk
from visualizer.painting.style import DECIDE_EVERY_S

PARTS = ("stages", "ratios", "startup", "live", "latency", "render")
NO_WINDOW: dict[str, dict[str, Any]] = {
    "startup": {"stages": dict.fromkeys(SCREEN_STAGES), "startup": dict.fromkeys(STARTUP)},
    "live": {"live": dict.fromkeys(LIVE_FIGURES)},
}
WARM_UP = 5
LEAST_ROUNDS = 5
SHORTEST_S, LONGEST_S = 5.0, 3600.0
COMPARE_TIMEOUT_S = 600
PAPER, PAPER_SHAPE = "mvnet-64", (100, (64, 64))


@dataclass(frozen=True)
class BenchOptions:
    """What is measured.

    Attributes:
        only: parts, of PARTS.
        seed: of the sounds and paths that are timed.
        rounds: timed repetitions of a stage.
        window: whether a window may be opened.
        live_seconds: that the live path runs for.
        live_size: of its window, points.
        render_seconds: of video that are rendered.
    """

    only: tuple[str, ...] = PARTS
    seed: int = 0
    rounds: int = 100
    window: bool = True
    live_seconds: float = 20.0
    live_size: tuple[int, int] = (1280, 720)
    render_seconds: float = 12.0

    def __post_init__(self) -> None:
        for part in self.only:
            if part not in PARTS:
                raise VisualizerError(f"There is no part {part!r} of the bench: use some of {', '.join(PARTS)}.")
        if self.rounds < LEAST_ROUNDS:
            raise VisualizerError(f"--rounds {self.rounds} is too few for a p95: use {LEAST_ROUNDS} or more.")
        for name, seconds in (("live", self.live_seconds), ("render", self.render_seconds)):
            if not SHORTEST_S <= seconds <= LONGEST_S:
                raise VisualizerError(
                    f"--{name}-seconds {seconds:g} cannot be measured: use {SHORTEST_S:g} to {LONGEST_S:g}."
                )


def run_bench(model: str | None, options: BenchOptions | None = None) -> dict[str, Any]:
    """The figures that were asked for, as one object.

    Returns:
        "model", "provider", "cores"; then of each part, figures or null:
        "stages": mel (the columns of one window), encoder, generator, and with "startup" upload and paint, each with
        "median_ms" and "p95_ms"; "ratios": mel_vs_librosa, generator_vs_torch, generator_vs_plain_onnx, theirs over
        ours in one run ("ratios_model" names the model that the generator's were timed on); "startup": window_s and
        first_painting_s; "live": see bench_live.measure_live; "latency": see bench_latency.measure_latency; "render":
        see bench_render.measure_render. "reasons": why a figure is null.
    Raises:
        VisualizerError: the model cannot be loaded.
    """
    options = options or BenchOptions()
    painter = load_model(model_folder(model))
    painter.warm_up()
    reasons: dict[str, str] = {}
    figures: dict[str, Any] = {"model": painter.card.name, "provider": painter.provider, "cores": os.cpu_count()}
    for part in PARTS:
        if part in options.only:
            for name, found in _measured(part, painter, model, options, reasons).items():
                figures[name] = figures.get(name, {}) | found if isinstance(found, dict) else found
    return figures | {"reasons": reasons}


def _measured(
    part: str, painter: PaintingModel, model: str | None, options: BenchOptions, reasons: dict[str, str]
) -> dict[str, Any]:
    """One part's figures, by their names in the whole."""
    if part in NO_WINDOW and not options.window:
        reasons[part] = "left out by --no-window"
        return NO_WINDOW[part]
    if part == "stages":
        return {"stages": _model_stages(painter, options.seed, options.rounds)}
    if part == "ratios":
        return {"ratios_model": _compared(painter).name, "ratios": _ratios(painter, options.rounds, reasons)}
    if part == "startup":
        screen, startup = measure_startup(model, reasons)
        return {"stages": screen, "startup": startup}
    if part == "live":
        return {"live": measure_live(model, options.live_seconds, options.live_size, reasons)}
    if part == "latency":
        return {"latency": measure_latency(painter, seed=options.seed)}
    return {"render": measure_render(model, options.render_seconds, reasons)}


def print_table(figures: dict[str, Any]) -> None:
    """The figures for people."""
    print(f"{figures['model']} on {figures['provider']}, {figures['cores']} cores")
    for name, stage in figures.get("stages", {}).items():
        print(f"  {name:<24}", f"{stage['median_ms']:8.2f} ms   p95 {stage['p95_ms']:8.2f} ms" if stage else "       -")
    for group in PARTS[1:]:
        for name, value in figures.get(group, {}).items():
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
    block = (0.1 * rng.standard_normal(round(spec.sample_rate * DECIDE_EVERY_S))).astype(np.float32)
    window = rolling.window()[None]
    embedding = painter.encode(window)[0]
    walk = NoiseWalk(painter.card.noise_size, seed)
    return {
        "mel": _timed(lambda: (rolling.push(block), rolling.window()), rounds),
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
