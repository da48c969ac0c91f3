"""What the session is made of: the devices, models and threads behind the window, and how to make them. No Qt.

The real ones are imported when they are first made, on the session's worker thread, so that the
window is there before sound and models load. Tests hand in stand-ins for devices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from visualizer.errors import VisualizerError

if TYPE_CHECKING:
    from visualizer.hearing.analyser import Analyser, Features
    from visualizer.hearing.sources import Heard
    from visualizer.painting.engine import Engine, Model, Painting
    from visualizer.painting.figures import Figures
    from visualizer.painting.knobs import Knobs
    from visualizer.painting.latest import Latest
    from visualizer.painting.models import ModelShelf


class PieceTold(Protocol):
    """What a player tells of a piece that it has opened."""

    @property
    def number(self) -> int:
        """Pieces are counted as they are opened, from 1."""

    @property
    def name(self) -> str:
        """What it calls itself in its tags, else its file's name."""

    @property
    def artist(self) -> str:
        """As its tags say; empty when they do not."""


class PlayerPart(Protocol):
    """What the session needs of a player; visualizer.sound.audio.Player is the real one."""

    volume: float

    @property
    def name(self) -> str:
        """Name of the piece that is heard."""

    @property
    def piece(self) -> int:
        """Number of the piece that is heard."""

    @property
    def coming(self) -> int:
        """Pieces that will follow and are not decoded yet."""

    @property
    def duration_s(self) -> float:
        """Length of the open file; 0 when unknown."""

    @property
    def position_s(self) -> float:
        """Where it is."""

    @property
    def state(self) -> str:
        """empty, playing, paused or ended."""

    @property
    def notice(self) -> str:
        """Why there is no sound, in one sentence; else empty."""

    @property
    def warning(self) -> str:
        """What is wrong with the file, in one sentence; else empty."""

    def open(self, path: Path) -> PieceTold:
        """Open a file, paused at its start."""

    def follow(self, path: Path) -> PieceTold:
        """Have a file follow the last one without a hole."""

    def unfollow(self) -> None:
        """Let nothing follow the piece that is heard."""

    def play(self) -> None:
        """Play on."""

    def pause(self) -> None:
        """Hold."""

    def seek(self, seconds: float) -> None:
        """Go to a place."""

    def close(self) -> None:
        """End its threads and streams."""


class InputPart(Protocol):
    """What the session needs of an open input; visualizer.sound.audio.Microphone is the real one."""

    notice: str

    def lost(self) -> bool:
        """The device has died or was unplugged."""

    def close(self) -> None:
        """Stop listening."""


class MetersPart(Protocol):
    """What the session needs of meters; visualizer.sound.audio.InputMeters are the real ones."""

    def levels(self) -> Mapping[str, float]:
        """dBFS by the inputs' keys; only of those that are measured."""

    def close(self) -> None:
        """Let go of the inputs."""


class NoMeters:
    """Meters that measure nothing."""

    def __init__(self, inputs: Sequence[Any]) -> None:
        self._levels: dict[str, float] = {}

    def levels(self) -> Mapping[str, float]:
        """Of no input."""
        return self._levels

    def close(self) -> None:
        """Nothing is held."""


class PipelinePart(Protocol):
    """What the session needs of the painting thread; visualizer.painting.pipeline.Pipeline is the real one."""

    def start(self) -> None:
        """Start painting."""

    def stop(self) -> None:
        """Stop painting and wait for the thread."""

    def set_source(self, source: Any) -> None:
        """Listen to another source, or None."""

    def set_model(self, model: Model) -> None:
        """Paint with another model."""

    def set_period(self, index: int | None) -> None:
        """Hold a period, or follow the music."""

    def set_knobs(self, knobs: Knobs) -> None:
        """How the picture moves."""

    def order(self, order: Callable[[Engine], object]) -> None:
        """Have something done with the engine, on its thread."""

    def steer_beat(self, order: Callable[[Analyser, float], object]) -> None:
        """Have a person's word on the beat followed."""

    def set_offset(self, seconds: float) -> None:
        """Pictures later than the sound, or earlier."""

    def set_refresh(self, hz: float) -> None:
        """The rate of the screen."""

    def features(self) -> Features:
        """What the music does in the refresh that is drawn now."""

    def heard_at(self, time: float) -> Heard:
        """What is, or was a moment ago, in the air."""

    def figures(self) -> Figures:
        """What is measured."""


class Input(Protocol):
    """A sound input that can be listened to; visualizer.sound.audio.Device is the real one."""

    @property
    def name(self) -> str:
        """As the system calls it."""

    @property
    def key(self) -> str:
        """What to remember it by."""

    @property
    def kind(self) -> str:
        """ "microphone", "line" or "monitor" (what the computer plays)."""

    @property
    def rate(self) -> float:
        """Hz."""

    @property
    def default(self) -> bool:
        """What is used when none is named."""

    @property
    def target(self) -> str:
        """The sound server's name for it, which lists its inputs at little cost; empty elsewhere."""


@dataclass(frozen=True)
class Parts:
    """How the session makes its parts; all called on its worker threads.

    Attributes:
        player: a player without a file.
        listen: opens an input.
        inputs: lists the inputs; raises VisualizerError when sound does not work at all.
        model: loads a model by name or folder, None for the default.
        paint: a pipeline, not started, from a model, the place for its paintings, and where failures go.
        meters: opens meters of inputs.
    """

    player: Callable[[], PlayerPart]
    listen: Callable[[Any], InputPart]
    inputs: Callable[[], Sequence[Input]]
    model: Callable[[str | None], Model]
    paint: Callable[[Model, Latest[Painting], Callable[[str], None]], PipelinePart]
    meters: Callable[[Sequence[Any]], MetersPart] = NoMeters


def real_parts(*, seed: int = 0, no_sound: bool = False) -> Parts:
    """The parts of the app itself.

    Args:
        seed: of the paintings' noise.
        no_sound: play files silently, in time.
    """
    return Parts(
        player=lambda: _player(no_sound),
        listen=_listen,
        inputs=_inputs,
        model=_shelf(),
        paint=lambda model, latest, failed: _pipeline(model, latest, failed, seed),
        meters=_meters,
    )


def _player(no_sound: bool) -> PlayerPart:
    from visualizer.sound.audio import Player

    return Player(None if no_sound else "default")


def _listen(device: Any) -> InputPart:
    from visualizer.sound.audio import Microphone

    return Microphone(device)


def _inputs() -> Sequence[Input]:
    from visualizer.sound.audio import portaudio_problem, present_inputs

    problem = portaudio_problem()
    if problem:
        raise VisualizerError(problem)
    return present_inputs()


def _meters(inputs: Sequence[Any]) -> MetersPart:
    from visualizer.sound.audio import InputMeters

    return InputMeters(inputs)


def _shelf() -> Callable[[str | None], Model]:
    """Loads models, on one thread, and keeps those that were used last."""
    shelf: list[ModelShelf] = []  # none before the first model: what it needs loads slowly

    def model(name: str | None) -> Model:
        from visualizer.painting.models import ModelShelf, model_folder

        if not shelf:
            shelf.append(ModelShelf())
        return shelf[0].model(model_folder(name))

    return model


def _pipeline(model: Model, latest: Latest[Painting], failed: Callable[[str], None], seed: int) -> PipelinePart:
    from visualizer.painting.pipeline import Pipeline

    return Pipeline(model, latest, seed=seed, on_failed=failed)
