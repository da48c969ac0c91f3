"""The accent follows the painting: slowly, readable at every hue, and only where no style sheet is in the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from visualizer.gui.accent import between, dyed, hue_of, strongest_hue
from visualizer.gui.colours import Colours
from visualizer.gui.theme import DARK, LIGHT, Theme, contrast

RED, GREEN, BLUE, GREY = (200, 40, 30), (40, 150, 60), (40, 70, 200), (128, 128, 128)


def painted(*colours: tuple[tuple[int, int, int], float], side: int = 64) -> np.ndarray:
    """A painting of upright stripes of colours, each of a share of it."""
    image = np.zeros((side, side, 3), np.uint8)
    left = 0.0
    for colour, share in colours:
        image[:, round(left * side) : round((left + share) * side)] = colour
        left += share
    return image


def of(colour: tuple[int, int, int]) -> float:
    return hue_of("#" + "".join(f"{code:02x}" for code in colour))


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@given(degrees=st.floats(-720, 720))
def test_every_accent_is_readable(theme: Theme, degrees: float) -> None:
    accent = dyed(theme, math.radians(degrees)).accent
    assert contrast(accent, theme.ground) >= 4.5
    assert contrast(accent, theme.raised) >= 4.5
    assert contrast(accent, theme.on_accent) >= 4.5
    assert abs(float(between(hue_of(accent), math.radians(degrees)))) < math.radians(12)


@pytest.mark.parametrize("colour", [RED, GREEN, BLUE])
def test_the_hue_is_that_of_most_colour(colour: tuple[int, int, int]) -> None:
    other = BLUE if colour is RED else RED
    found = strongest_hue(painted((GREY, 0.5), (colour, 0.35), (other, 0.15)))
    assert found == pytest.approx(of(colour), abs=0.05)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (64, 64)])
def test_any_size_has_a_hue_and_grey_has_none(size: tuple[int, int]) -> None:
    assert strongest_hue(np.full((*size, 3), GREEN, np.uint8)) == pytest.approx(of(GREEN), abs=0.01)
    assert strongest_hue(np.full((*size, 3), GREY, np.uint8)) is None


@dataclass
class Part:
    """Remembers the colours that it was given."""

    themes: list[Theme] = field(default_factory=list)

    def set_theme(self, theme: Theme) -> None:
        self.themes.append(theme)


@dataclass
class Wardrobe:
    """Colours on a clock that is turned by hand."""

    window: QWidget
    now: float = 0.0
    steady: Part = field(default_factory=Part)
    dyed: Part = field(default_factory=Part)

    def __post_init__(self) -> None:
        self.colours = Colours(self.window, [self.steady], [self.dyed], lambda: self.now)
        self.colours.apply("dark")

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.2)):
            self.now += 0.2
            self.colours.step()

    @property
    def hue(self) -> float:
        return hue_of(self.dyed.themes[-1].accent)


@pytest.fixture
def wardrobe(qtbot: QtBot) -> Wardrobe:
    window = QWidget()
    qtbot.addWidget(window)
    return Wardrobe(window)


def test_the_accent_glides_to_the_painting_and_rests(wardrobe: Wardrobe) -> None:
    assert wardrobe.dyed.themes == [DARK]
    wardrobe.colours.see(painted((BLUE, 1.0)))
    wardrobe.run(0.2)
    assert abs(float(between(hue_of(DARK.accent), wardrobe.hue))) < math.radians(15)  # no jump
    wardrobe.run(60)
    assert abs(float(between(of(BLUE), wardrobe.hue))) < math.radians(12)
    assert not wardrobe.colours._timer.isActive()
    assert {theme.ground for theme in wardrobe.dyed.themes} == {DARK.ground}
    assert wardrobe.steady.themes == [DARK]  # what has its colours from the style sheet keeps them


def test_paintings_are_looked_at_once_a_second(wardrobe: Wardrobe) -> None:
    wardrobe.colours.see(painted((BLUE, 1.0)))
    wardrobe.now += 0.5
    wardrobe.colours.see(painted((RED, 1.0)))
    wardrobe.run(60)
    assert abs(float(between(of(BLUE), wardrobe.hue))) < math.radians(12)
    wardrobe.colours.see(painted((RED, 1.0)))
    wardrobe.run(60)
    assert abs(float(between(of(RED), wardrobe.hue))) < math.radians(12)


def test_a_grey_painting_changes_nothing_and_another_theme_keeps_the_hue(wardrobe: Wardrobe) -> None:
    wardrobe.colours.see(painted((GREY, 1.0)))
    assert not wardrobe.colours._timer.isActive()
    wardrobe.now += 2
    wardrobe.colours.see(painted((BLUE, 1.0)))
    wardrobe.run(60)
    wardrobe.colours.apply("light")
    assert wardrobe.dyed.themes[-1].ground == LIGHT.ground
    assert abs(float(between(of(BLUE), wardrobe.hue))) < math.radians(12)
    assert wardrobe.steady.themes[-1] == LIGHT
