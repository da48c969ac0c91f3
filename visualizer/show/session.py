"""What plays, what listens and what paints: everything behind the window, without Qt.

The GUI thread calls commands, which return at once, and reads `status`. What sounds is the matter of the `jukebox`,
on one worker thread; what paints, of the `studio`, whose models load on a second one; pieces are heard whole and their
tags read on others. What they have to say becomes events, which the GUI thread fetches when `wake` tells it to.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualizer.errors import VisualizerError
from visualizer.painting.figures import Figures
from visualizer.painting.knobs import Knobs
from visualizer.painting.latest import Latest
from visualizer.priority import PAINTING
from visualizer.show.beat_commands import BeatCommands
from visualizer.show.events import Event, Failed, ModelLoaded, Said, Status
from visualizer.show.input_levels import InputLevels
from visualizer.show.jukebox import Jukebox
from visualizer.show.parts import Input, Parts
from visualizer.show.studio import Studio
from visualizer.show.surveyor import Surveyor
from visualizer.show.tag_reader import TagReader
from visualizer.show.worker import Worker

if TYPE_CHECKING:
    from visualizer.files.tags import Tags
    from visualizer.hearing.analyser import Features
    from visualizer.hearing.sources import Heard
    from visualizer.painting.engine import Engine, Painting

TEND_EVERY_S = 0.2
CLOSE_S = 2.0  # that closing waits for each busy thread


class Session:
    """Steers player, inputs, models and pipeline from commands that never wait.

    Args:
        parts: how to make them.
        wake: called on any thread when there are events to fetch.
        clock: seconds, steady.

    Attributes:
        beat: commands on the beat.
        looks: commands on the look.
    """

    def __init__(
        self, parts: Parts, wake: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._wake = wake
        self._events: deque[Event] = deque()
        self._closing = False
        self.make_player = parts.player  # one more, apart from the music's: who asks for it closes it
        self._studio = Studio(parts, lambda text: self._emit(Failed(text)))
        self.beat, self.looks = BeatCommands(self._studio.steer_beat), self._studio.looks
        self._jukebox = Jukebox(parts, self._emit, self._hear, self._piece_heard, clock)
        self._surveyor = Surveyor(self._emit, self._fail)
        self._tags = TagReader(self._emit, self._fail)
        self._levels = InputLevels(parts.meters, self._fail)
        self._worker = Worker(self._fail, "session", self._jukebox.tend, TEND_EVERY_S)
        # Of its own: pausing must not wait for a model. The threads of its networks stand back as it does.
        self._loader = Worker(self._fail, "models", back=PAINTING)

    @property
    def latest(self) -> Latest[Painting]:
        """Where the newest painting is."""
        return self._studio.latest

    @property
    def model(self) -> Any:
        """The model that paints, once loaded."""
        return self._studio.model

    # Commands, from the GUI thread.

    def wake_with(self, wake: Callable[[], None]) -> None:
        """Call another function from now on when there are events."""
        self._wake = wake

    def open(self, paths: Iterable[Path], at: int = 0, position_s: float = 0.0, play: bool = True) -> None:
        """Play files, playlists and the music in folders, in order, instead of what plays now.

        Args:
            at: index of the piece to begin with.
            position_s: where in it.
            play: or wait there.
        """
        wanted = list(paths)
        self._jukebox.opening = True
        self._worker.submit(lambda: self._jukebox.open(wanted, at, position_s, play), "open")

    def enqueue(self, paths: Iterable[Path]) -> None:
        """Play more after what is in the queue; begin with it when nothing plays."""
        wanted = list(paths)
        self._worker.submit(lambda: self._jukebox.enqueue(wanted))

    def queue(self) -> tuple[tuple[Path, ...], int]:
        """The pieces in order, and the index of the one that plays; never waits."""
        return self._jukebox.queue()

    def go(self, index: int) -> None:
        """Play the piece of an index of the queue."""
        self._worker.submit(lambda: self._jukebox.go(index), "open")

    def tags(self, path: Path) -> Tags | None:
        """What a file says about itself, as far as it was read; never waits."""
        return self._tags.known(path)

    def read_tags(self, paths: Iterable[Path]) -> None:
        """Find out what files say about themselves; TagsRead events follow."""
        self._tags.read(paths)

    def take_out(self, index: int) -> None:
        """Take a piece out of the queue, but not the one that plays."""
        self._worker.submit(lambda: self._jukebox.take_out(index))

    def move(self, index: int, to: int) -> None:
        """Move a piece to another place of the queue."""
        self._worker.submit(lambda: self._jukebox.move(index, to))

    def listen(self, name: str) -> None:
        """Listen to the input of a name, or the first whose name contains it; empty for the default one."""
        self._jukebox.opening = True
        self._worker.submit(lambda: self._jukebox.listen(name), "open")

    def resume(self) -> None:
        """Go back from an input to the music that waits, where it waits; nothing without any."""
        self._worker.submit(self._jukebox.resume, "open")

    def find_inputs(self) -> None:
        """Look for inputs; an InputsFound follows."""
        self._worker.submit(self._jukebox.find_inputs, "inputs")

    def meter_inputs(self, inputs: Iterable[Input]) -> None:
        """Measure how loud these inputs are from now on; none ends it."""
        self._levels.show(tuple(inputs))

    def input_levels(self) -> Mapping[str, float]:
        """dBFS, -90 to 0, by the inputs' keys, of those that are measured; never waits."""
        return self._levels.levels()

    def toggle(self) -> None:
        """Play or pause."""
        self._worker.submit(self._jukebox.toggle)

    def seek(self, seconds: float) -> None:
        """Go to a place in the piece."""
        if self._jukebox.aim(seconds):
            self._worker.submit(self._jukebox.seek, "seek")

    def seek_by(self, seconds: float) -> None:
        """Go forward, or back when negative."""
        self.seek(self.status().position_s + seconds)

    def step(self, pieces: int) -> None:
        """Go to the next piece, +1, or the previous one, -1."""
        self._worker.submit(lambda: self._jukebox.step(pieces))

    def set_volume(self, volume: float) -> None:
        """0 to 1; files only."""
        self._worker.submit(lambda: self._jukebox.set_volume(volume), "volume")

    def set_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music."""
        self._studio.set_period(index)

    def set_knobs(self, knobs: Knobs) -> None:
        """How the picture moves from now on."""
        self._studio.set_knobs(knobs)

    def order(self, order: Callable[[Engine], object]) -> None:
        """Have something done with the engine, such as Engine.next_look; nothing without a model."""
        self._studio.order(order)

    def set_offset(self, seconds: float) -> None:
        """Show pictures later than the sound (positive) or earlier (negative), up to half a second.

        A live input can only be shown later; of its pictures only a steady beat can come earlier.

        Raises:
            ValueError: beyond half a second.
        """
        self._studio.set_offset(seconds)

    def set_refresh(self, hz: float) -> None:
        """The rate at which the screen is meant to be drawn, Hz."""
        self._studio.set_refresh(hz)

    def load_model(self, name: str | None) -> None:
        """Paint with a model by name or folder; None for the default one."""
        self._loader.submit(lambda: self._load_model(name), "model")

    def run(self, job: Callable[[], None], key: str = "") -> None:
        """Run something slow in order with everything else; what it raises becomes a Failed."""
        self._worker.submit(job, key)

    def say(self, text: str) -> None:
        """Add a Said to the events; from any thread."""
        self._emit(Said(text))

    # What is going on, from the GUI thread; nothing of it waits.

    def status(self) -> Status:
        """What is going on; cheap."""
        return self._jukebox.status()

    def features(self) -> Features | None:
        """What the music does in the refresh that is drawn now: once a refresh, never waits. None without a model."""
        return self._studio.features()

    def heard_at(self, time: float) -> Heard | None:
        """What is, or was a moment ago, in the air; None without a model. Any thread; never waits."""
        return self._studio.heard_at(time)

    def figures(self) -> Figures:
        """What is measured of sound, paintings and refreshes; all 0 without a model."""
        return self._studio.figures()

    def events(self) -> list[Event]:
        """What happened since the last call, oldest first."""
        found = []
        while self._events:
            found.append(self._events.popleft())
        return found

    def close(self) -> bool:
        """End everything; False when a thread was too busy (opening a long file, loading) to end in time."""
        self._wake = lambda: None
        self._closing = True
        loaded = self._loader.close(timeout_s=CLOSE_S)
        others = [part.close(CLOSE_S) for part in (self._surveyor, self._tags, self._levels)]
        return self._worker.close(self._close_parts, CLOSE_S) and loaded and all(others)

    # On the worker threads.

    def _load_model(self, name: str | None) -> None:
        first, as_asked = self._studio.load(name, wanted=lambda: not self._closing)
        if self._closing:
            return
        if first:
            self._worker.submit(self._begin_hearing)
        self._emit(ModelLoaded((name or "") if as_asked else None))

    def _begin_hearing(self) -> None:
        """The first model is there: paint what plays already."""
        self._hear()
        path = self._jukebox.current
        if path is not None and not self._jukebox.live.listening:
            self._survey(path)

    def _hear(self) -> None:
        self._studio.hear(self._jukebox.source)

    def _piece_heard(self, path: Path) -> None:
        """Another piece is heard: find out all about it in the background."""
        self._tags.cover(path)
        self._survey(path)

    def _survey(self, path: Path) -> None:
        model = self._studio.model
        if model is not None:
            self._surveyor.survey(path, model)

    def _close_parts(self) -> None:
        self._jukebox.close()
        self._studio.close()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, VisualizerError):
            self._emit(Failed(str(error)))
        else:  # logged and shown by visualizer.crash; the thread goes on
            sys.excepthook(type(error), error, error.__traceback__)

    def _emit(self, event: Event) -> None:
        self._events.append(event)
        self._wake()
