"""No music and no model makes a video flash more than is allowed: measured on the pictures themselves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.fakes import tiny_model_folder
from tests.flashing import KNOBS, RATE, SOUNDS, SWITCH_S, FlashingModel, paintings
from tests.sound_files import write_sound
from visualizer.files.decode import AudioFile
from visualizer.painting.engine import Engine
from visualizer.painting.models import PaintingModel, load_model
from visualizer.picture.drawing import Drawing, GLDrawing
from visualizer.picture.flashes import Flashes, FlashMeter
from visualizer.picture.offscreen import offscreen_context
from visualizer.rendering.moments import paint_moments
from visualizer.rendering.render import RenderOptions, _shots

SECONDS = 1.6
FPS = Fraction(30)
SIZE = (128, 72)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path_factory.mktemp("model")))


def rendered(song: Path, model: FlashingModel, limited: bool) -> tuple[Flashes, int]:
    """Flashes of a render's images, and how many of them were held back."""
    options = RenderOptions(size=SIZE, fps=FPS, knobs=KNOBS, raster=True, limited=limited)
    engine = Engine(model, seed=1, knobs=KNOBS, analyse=False)
    chosen = iter(range(10_000))

    def choose() -> bool:
        """Asked before each painting: switches the period, and never stops."""
        engine.set_period(int(next(chosen) / FPS / SWITCH_S) % 5)
        return False

    meter, count, held = FlashMeter(), 0, 0
    with AudioFile(song) as sound:
        for shot in _shots(paint_moments(sound, engine, rate=FPS, fps=FPS, stop=choose), options):
            for image in shot.images:
                meter.add(image.to_ndarray(format="rgb24"), float(count / FPS))
                count += 1
            held = shot.limited_images
    assert count == SECONDS * FPS
    return meter.flashes(), held


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "tiles"])
@pytest.mark.parametrize("name", list(SOUNDS))
def test_a_render_never_flashes(name: str, whole: bool, encoder: PaintingModel, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.wav", SOUNDS[name](SECONDS)[:, None], RATE)
    model = FlashingModel(encoder.card, encoder, whole)
    flashes, held = rendered(song, model, limited=True)
    assert flashes.allowed
    assert held > 0
    without, held = rendered(song, model, limited=False)
    assert max(without.general, without.red) > 2 * max(flashes.general, flashes.red, 3)
    assert held == 0


def drawn(drawing: Drawing, model: FlashingModel, sound: np.ndarray) -> Flashes:
    meter, rate = FlashMeter(), 30
    drawing.scene.knobs = KNOBS
    for number, painting in enumerate(paintings(model, sound, rate)):
        drawing.turn(painting.image)
        image = drawing.image(1.0, painting.features, number / rate)
        meter.add(image.to_ndarray(format="rgb24"), number / rate)
    drawing.release()
    return meter.flashes()


@pytest.mark.gl
def test_a_graphics_card_never_flashes(encoder: PaintingModel) -> None:
    model, sound = FlashingModel(encoder.card, encoder, True), SOUNDS["kicks"](1.6)
    assert drawn(GLDrawing(SIZE, offscreen_context()), model, sound).allowed
    free = GLDrawing(SIZE, offscreen_context())
    free.scene.limited = False
    assert not drawn(free, model, sound).allowed
