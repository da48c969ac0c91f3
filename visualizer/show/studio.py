"""The half of the session that paints: the model, the pipeline, and every wish it is told. No Qt.

Wishes come from the GUI thread and return at once; what was wished before there is a pipeline is handed over when
there is one. `load` runs on the worker thread that loads models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from visualizer.errors import VisualizerError
from visualizer.hearing.offset import checked_offset
from visualizer.painting.figures import Figures
from visualizer.painting.knobs import Knobs
from visualizer.painting.latest import Latest
from visualizer.show.beat_commands import SteerBeat
from visualizer.show.look_commands import LookCommands
from visualizer.show.parts import Parts, PipelinePart

if TYPE_CHECKING:
    from visualizer.hearing.analyser import Features
    from visualizer.hearing.sources import Heard
    from visualizer.painting.engine import Engine, Painting


class Studio:
    """Model and pipeline.

    Args:
        parts: how to make them.
        failed: given one sentence, from any thread, when painting or loading fails.

    Attributes:
        latest: where the newest painting is.
        model: the model that paints, once loaded.
        looks: commands on the look.
    """

    def __init__(self, parts: Parts, failed: Callable[[str], None]) -> None:
        self.latest: Latest[Painting] = Latest()
        self.model: Any = None
        self.looks = LookCommands(self.order)
        self._parts = parts
        self._failed = failed
        self._pipeline: PipelinePart | None = None
        self._period: int | None = None
        self._knobs = Knobs()
        self._offset_s = 0.0
        self._refresh_hz: float | None = None

    # ---- wishes

    def set_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music."""
        self._period = index
        if self._pipeline is not None:
            self._pipeline.set_period(index)

    def set_knobs(self, knobs: Knobs) -> None:
        """How the picture moves from now on."""
        self._knobs = knobs
        if self._pipeline is not None:
            self._pipeline.set_knobs(knobs)

    def order(self, order: Callable[[Engine], object]) -> None:
        """Have something done with the engine, such as Engine.next_look; nothing without a model."""
        if self._pipeline is not None:
            self._pipeline.order(order)

    def steer_beat(self, order: SteerBeat) -> None:
        """Have something done with the analyser at a time of its sound; nothing without a model."""
        if self._pipeline is not None:
            self._pipeline.steer_beat(order)

    def set_offset(self, seconds: float) -> None:
        """Show pictures later than the sound (positive) or earlier (negative).

        Raises:
            ValueError: beyond half a second.
        """
        self._offset_s = checked_offset(seconds)
        if self._pipeline is not None:
            self._pipeline.set_offset(seconds)

    def set_refresh(self, hz: float) -> None:
        """The rate at which the screen is meant to be drawn, Hz."""
        self._refresh_hz = hz
        if self._pipeline is not None:
            self._pipeline.set_refresh(hz)

    def hear(self, source: Any) -> None:
        """Paint what another source sounds like; None for silence."""
        if self._pipeline is not None:
            self._pipeline.set_source(source)

    # ---- what is going on

    def features(self) -> Features | None:
        """What the music does in the refresh that is drawn now: once a refresh, never waits. None without a model."""
        return None if self._pipeline is None else self._pipeline.features()

    def heard_at(self, time: float) -> Heard | None:
        """What is, or was a moment ago, in the air; None without a model. Any thread; never waits."""
        return None if self._pipeline is None else self._pipeline.heard_at(time)

    def figures(self) -> Figures:
        """What is measured of sound, paintings and refreshes; all 0 without a model."""
        return Figures() if self._pipeline is None else self._pipeline.figures()

    # ---- on the thread that loads models

    def load(self, name: str | None, wanted: Callable[[], bool]) -> tuple[bool, bool]:
        """Paint with a model by name or folder; None for the default one.

        Args:
            wanted: False when the app has been closed meanwhile; then nothing is started.
        Returns:
            Whether painting has begun now: this is the first model; and whether it is the one that was asked for.
        Raises:
            VisualizerError: it cannot be loaded; the present one paints on.
        """
        as_asked = True
        try:
            model = self._parts.model(name)
        except VisualizerError as error:
            if name is None or self._pipeline is not None:
                raise
            self._failed(str(error))
            model, as_asked = self._parts.model(None), False  # something that paints, rather than nothing
        if not wanted():
            return False, as_asked
        self.model = model
        if self._pipeline is not None:
            self._pipeline.set_model(model)
            return False, as_asked
        pipeline = self._parts.paint(model, self.latest, self._failed)
        self._hand_over(pipeline)
        pipeline.start()
        self._pipeline = pipeline
        return True, as_asked

    def close(self) -> None:
        """Stop painting."""
        if self._pipeline is not None:
            self._pipeline.stop()

    def _hand_over(self, pipeline: PipelinePart) -> None:
        """Tell a new pipeline what was set before it was there."""
        pipeline.set_period(self._period)
        pipeline.set_knobs(self._knobs)
        pipeline.set_offset(self._offset_s)
        self.looks.hand_over(pipeline.order)
        if self._refresh_hz is not None:
            pipeline.set_refresh(self._refresh_hz)
