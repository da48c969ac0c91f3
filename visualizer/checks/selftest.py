"""Checks that what the app needs works on this machine, and says what to do where it does not."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from visualizer.errors import VisualizerError
from visualizer.paths import resources_dir


@dataclass(frozen=True)
class Check:
    """One thing that was tried.

    Attributes:
        name: what.
        ok: whether it works.
        text: what was found, or what is wrong and what to do.
        needed: the app cannot do its work without it.
    """

    name: str
    ok: bool
    text: str
    needed: bool


def run_selftest(model: str | None = None) -> list[Check]:
    """Try the model on the bundled music, the sound devices and OpenGL."""
    return [
        _try("model", lambda: _model(model), needed=True),
        _try("painting", lambda: _painting(model), needed=True),
        _try("sound output", lambda: _devices("output"), needed=False),
        _try("sound input", lambda: _devices("input"), needed=False),
        _try("screen", _screen, needed=False),
        _try("opengl", _opengl, needed=False),
    ]


def _try(name: str, work: Callable[[], str], needed: bool) -> Check:
    try:
        return Check(name, True, work(), needed)
    except Exception as error:  # a self-test reports whatever goes wrong
        kind = "" if isinstance(error, VisualizerError) else f"{type(error).__name__}: "
        return Check(name, False, f"{kind}{error}", needed)


def _model(model: str | None) -> str:
    from visualizer.painting.models import load_model, model_folder

    painter = load_model(model_folder(model))
    return f"{painter.card.name} runs on {painter.provider}. {painter.provider_reason}".rstrip()


def _painting(model: str | None) -> str:
    from visualizer.painting.paint import paint_sound

    sounds = sorted((resources_dir() / "music").glob("*.opus"))
    if not sounds:
        raise VisualizerError("The bundled music is missing: install the app again.")
    picture = paint_sound(sounds[0], model=model)
    if np.ptp(picture.image) == 0:
        raise VisualizerError("The painted picture is one flat colour: install the model again.")
    return f"{sounds[0].name} {picture.sentence()}"


def _devices(kind: str) -> str:
    from visualizer.sound.audio import input_devices, output_devices, portaudio_problem

    problem = portaudio_problem()
    if problem:
        raise VisualizerError(problem)
    found = output_devices() if kind == "output" else input_devices()
    if not found:
        lost = "files play silently, in time" if kind == "output" else "the app cannot listen"
        raise VisualizerError(f"No sound {kind} was found: {lost}; connect one or start the sound server.")
    return ", ".join(device.name + (" (default)" if device.default else "") for device in found)


def _screen() -> str:
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise VisualizerError("No display: start this within a desktop session to see the window.")
    return os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or sys.platform


def _opengl() -> str:
    from visualizer.picture.offscreen import offscreen_context

    context = offscreen_context()
    renderer = str(context.info["GL_RENDERER"])
    context.release()
    return renderer
