"""Runs a module as a program that trains in two processes, and reads what each of them wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 600  # two trainings on a crowded machine


def run_ranks(module: str, folder: Path) -> list[dict[str, Any]]:
    """The states that `python -m module folder` leaves as 0.pt and 1.pt."""
    result = subprocess.run(
        [sys.executable, "-m", module, str(folder)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(2)]
