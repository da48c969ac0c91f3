"""The scene on a clock turned by hand: fades, standing still, black-out, and what the flash limit does to a look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import BANDS
from visualizer.picture.fade import FIRST_S
from visualizer.picture.hanging import hang
from visualizer.picture.presentation import REST
from visualizer.picture.scene import BLACK_S, Scene

HANGING = hang((1280, 720), (16, 16), 1.0)
KICK = replace(Features.silence(), is_open=True, loudness=1.0, onsets=np.ones(len(BANDS)))


def flat(code: int) -> np.ndarray:
    return np.full((16, 16, 3), code, np.uint8)


def scene_with(code: int) -> Scene:
    scene = Scene((27, 25, 24))
    scene.begin(flat(code), 0.0)
    for now in np.arange(0, 2, 0.1):
        scene.sight(None, float(now), HANGING)
    return scene


def test_a_fade_goes_by_time_or_as_told() -> None:
    scene = Scene((0, 0, 0))
    scene.begin(flat(90), 10.0)
    assert scene.changes(10.1)
    assert scene.sight(None, 10.0 + FIRST_S / 2, HANGING).progress == pytest.approx(0.5)
    assert scene.sight(None, 10.4, HANGING, progress=0.25).progress == 0.25
    assert scene.sight(None, 12.0, HANGING).progress == 1
    assert not scene.changes(12.0)


def test_without_features_the_look_is_held() -> None:
    scene = scene_with(90)
    scene.sight(KICK, 3.0, HANGING)
    moved = scene.sight(KICK, 3.1, HANGING).look
    assert moved != REST
    assert scene.sight(None, 9.0, HANGING).look == moved


def test_frozen_the_picture_stands_still_and_then_goes_on_from_there() -> None:
    scene = scene_with(60)
    scene.begin(flat(90), 2.0)
    scene.sight(KICK, 2.0, HANGING)
    scene.set_frozen(True, 2.3)
    assert scene.frozen
    held = scene.sight(KICK, 2.3, HANGING)
    assert 0 < held.progress < 1
    assert scene.sight(KICK, 50.0, HANGING) == held
    assert not scene.changes(50.0)
    scene.set_frozen(False, 60.0)
    assert scene.sight(KICK, 60.0, HANGING).progress == pytest.approx(held.progress)
    assert scene.sight(KICK, 60.1, HANGING).progress > held.progress


def test_black_takes_its_time_there_and_back() -> None:
    scene = scene_with(90)
    scene.set_black(True, 5.0)
    assert scene.sight(None, 5.0 + BLACK_S / 2, HANGING).light == pytest.approx(0.5)
    assert scene.changes(5.0 + BLACK_S / 2)
    assert scene.sight(None, 5.0 + BLACK_S, HANGING).light == pytest.approx(0)
    assert not scene.changes(6.0)
    scene.set_black(False, 8.0)
    assert scene.sight(None, 8.0 + BLACK_S / 3, HANGING).light == pytest.approx(1 / 3)
    assert scene.sight(None, 9.0, HANGING).light == 1


def flicker(scene: Scene) -> list[float]:
    """The shares when black and white paintings take turns at 15 Hz."""
    shares = []
    for image in range(60):
        now = 3 + image / 30
        if image % 2 == 0:
            scene.begin(flat(255 * (image // 2 % 2)), now, finished=True)
        shares.append(scene.sight(KICK, now, HANGING, progress=1.0).share)
    return shares


def test_flashes_are_held_back_and_the_look_with_them() -> None:
    scene = scene_with(0)
    shares = flicker(scene)
    assert min(shares) < 0.5
    assert scene.held_back > 5
    before = scene.sight(None, 5.0, HANGING).look
    scene.begin(flat(255 if shares[-1] < 1 else 0), 5.0, finished=True)
    held = scene.sight(KICK, 5.0 + 1 / 30, HANGING, progress=1.0)
    assert held.share < 1
    free = scene_with(0)
    free.limited = False
    assert set(flicker(free)) == {1.0}
    assert held.look.zoom <= max(before.zoom, free.sight(KICK, 5.1, HANGING).look.zoom)


def test_what_was_held_back_is_shown_in_the_end() -> None:
    scene = scene_with(0)
    flicker(scene)
    shares = [scene.sight(None, 5 + image / 30, HANGING, progress=1.0).share for image in range(60)]
    assert shares[-1] == 1
    assert not scene.changes(8.0)
