"""Renders some seconds of a bundled piece, in a process of its own, and says how fast that was."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from visualizer.paths import resources_dir

RENDER_FIGURES = ("times_real_time", "rss_mb")
SIZE, FPS = "1280x720", "30"
TIMEOUT_S = 600


def measure_render(model: str | None, seconds: float, reasons: dict[str, str]) -> dict[str, float | None]:
    """How fast a song becomes a video of 1280 x 720 at 30 images a second.

    Returns:
        "times_real_time": seconds of video in one second, without loading the model; "rss_mb": the most memory.
        None and a reason where it failed.
    """
    pieces = sorted((resources_dir() / "music").glob("*.opus"))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "visualizer", "render", *map(str, pieces[-1:]), "--json"]
        command += ["-o", str(Path(folder) / "bench.mp4"), "--size", SIZE, "--fps", FPS, "--end", str(seconds)]
        command += ["--model", model] if model else []
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
            facts = json.loads(done.stdout)
            return {name: facts[name] for name in RENDER_FIGURES}
        except subprocess.CalledProcessError as error:
            reasons["render"] = (error.stderr.strip().splitlines() or [f"exit code {error.returncode}"])[-1]
        except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
            reasons["render"] = f"the render gave no figures ({type(error).__name__})"
    return dict.fromkeys(RENDER_FIGURES)
