"""Two displays: tests/gui/two_displays.py on an X server whose projector is pulled out and pushed back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.displays import available, two_displays

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not available(), reason="no Xvfb: two displays cannot be had")
def test_the_show_on_two_displays() -> None:
    hidden = ("XAUTHORITY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    with two_displays() as (environment, _):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:xvfb", "-q", "tests/gui/two_displays.py"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name not in hidden} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
