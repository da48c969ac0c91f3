"""No music and no model makes the window flash more than is allowed: measured on what the canvas draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.fakes import tiny_model_folder
from tests.flashing import KNOBS, SOUNDS, FlashingModel, paintings
from visualizer.gui.raster import RasterCanvas
from visualizer.painting.engine import Painting
from visualizer.painting.latest import Latest
from visualizer.painting.models import PaintingModel, load_model
from visualizer.picture.flashes import Flashes, FlashMeter

SECONDS = 1.6
REFRESH_HZ = 30
SIZE = (256, 144)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path_factory.mktemp("model")))


def pixels(canvas: RasterCanvas) -> np.ndarray:
    """What the canvas draws at this moment, uint8 [H, W, 3]: one refresh."""
    canvas.draw_now()
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    bits = image.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asarray(image.sizeInBytes()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def shown(
    qtbot: QtBot,
    model: FlashingModel,
    sound: np.ndarray,
    limited: bool,
    act: Callable[[RasterCanvas, int], object] = lambda canvas, number: None,
) -> Flashes:
    """Flashes of a canvas that is refreshed on a clock turned by hand."""
    latest: Latest[Painting] = Latest()
    now = [0.0]
    canvas = RasterCanvas(latest.take, clock=lambda: now[0])
    qtbot.addWidget(canvas)
    canvas.resize(*SIZE)
    canvas.set_live(True)
    canvas.set_limited(limited)
    canvas.set_knobs(KNOBS)
    meter = FlashMeter()
    for number, painting in enumerate(paintings(model, sound, REFRESH_HZ)):
        now[0] = number / REFRESH_HZ
        latest.put(painting)
        act(canvas, number)
        canvas.look()
        meter.add(pixels(canvas), now[0])
    return meter.flashes()


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "tiles"])
@pytest.mark.parametrize("name", list(SOUNDS))
def test_the_window_never_flashes(name: str, whole: bool, encoder: PaintingModel, qtbot: QtBot) -> None:
    model, sound = FlashingModel(encoder.card, encoder, whole), SOUNDS[name](SECONDS)
    flashes = shown(qtbot, model, sound, limited=True)
    assert flashes.allowed
    assert not shown(qtbot, model, sound, limited=False).allowed


def test_keys_held_down_do_not_make_it_flash(encoder: PaintingModel, qtbot: QtBot) -> None:
    def black_and_back(canvas: RasterCanvas, number: int) -> None:
        canvas.set_black(number // 4 % 2 == 0)
        canvas.set_frozen(number // 7 % 2 == 0)
        canvas.set_fit(("fill", "fit", "mirror")[number // 3 % 3])

    model, sound = FlashingModel(encoder.card, encoder, True), SOUNDS["bursts"](SECONDS)
    assert shown(qtbot, model, sound, True, black_and_back).allowed
    assert not shown(qtbot, model, sound, False, black_and_back).allowed
