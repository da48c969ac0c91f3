"""Desktops at 100 to 300 %: the picture is drawn in the display's own points and covers every one of them.

Qt reads the scale once, when it starts: each scale is a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CODE = """
import sys
import numpy as np
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication
from visualizer.gui.raster import RasterCanvas
from visualizer.painting.engine import Painting

scale, width, height, fit = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
app = QApplication([])
zeros, now = np.zeros(10, np.float32), [0.0]
bright = np.full((64, 64, 3), 230, np.uint8)
slot = [Painting(bright, np.full(5, 0.2, np.float32), zeros, zeros, 0.5, 0.0, 0.0)]
canvas = RasterCanvas(lambda: slot.pop() if slot else None, clock=lambda: now[0])
canvas.resize(width, height)
canvas.set_fit(fit)
canvas.look()
for now[0] in np.arange(0.0, 8.0, 0.25):  # the painting rises out of the wall
    canvas.draw_now()
image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
codes = np.frombuffer(image.constBits().asarray(image.sizeInBytes()), np.uint8)
codes = codes.reshape(image.height(), image.width(), 4)
print(image.devicePixelRatio(), image.width(), image.height(), codes[..., :3].max(-1).min())
"""
DARKEST = 120  # of a bright painting under linen, with the shade of its corners; the wall is at 40


@pytest.mark.parametrize("scale", [1.5, 2.0, 3.0])
@pytest.mark.parametrize(("width", "height", "fit"), [(630, 270, "fill"), (270, 480, "fill"), (630, 270, "mirror")])
def test_no_point_is_left_unpainted(scale: float, width: int, height: int, fit: str) -> None:
    words = [sys.executable, "-c", CODE, str(scale), str(width), str(height), fit]
    environment = os.environ | {"QT_SCALE_FACTOR": str(scale), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    ratio, wide, high, darkest = map(float, done.stdout.split())
    assert (ratio, wide, high) == (scale, round(width * scale), round(height * scale))
    assert darkest > DARKEST
