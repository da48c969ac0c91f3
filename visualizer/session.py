"""What plays, what listens and what paints: everything behind the window, without Qt.

The GUI thread calls commands, which return at once, and reads `status`. One worker thread opens
files and devices, loads models and steers the player; what it has to say becomes events, which the
GUI thread fetches when `wake` tells it to.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from visualizer.engine import Model, Painting
from visualizer.errors import VisualizerError
from visualizer.latest import Latest
from visualizer.pieces import bundled_pieces
from visualizer.playlist import Playlist, music_files
from visualizer.worker import Worker


class State(Enum):
    """What the session is doing."""

    EMPTY = "empty"
    OPENING = "opening"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"


class PlayerPart(Protocol):
    """What the session needs of a player; visualizer.audio.Player is the real one."""

    volume: float

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
        """One sentence when something is not as it should be (no sound card), else empty."""

    def open(self, path: Path) -> None:
        """Open a file, paused at its start."""

    def play(self) -> None:
        """Play on."""

    def pause(self) -> None:
        """Hold."""

    def seek(self, seconds: float) -> None:
        """Go to a place."""

    def close(self) -> None:
        """End its threads and streams."""


class InputPart(Protocol):
    """What the session needs of an open input; visualizer.audio.Microphone is the real one."""

    @property
    def notice(self) -> str:
        """One sentence when something is not as it should be (unplugged), else empty."""

    def close(self) -> None:
        """Stop listening."""


class PipelinePart(Protocol):
    """What the session needs of the painting thread; visualizer.pipeline.Pipeline is the real one."""

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


class Input(Protocol):
    """A sound input that can be listened to; visualizer.audio.Device is the real one."""

    @property
    def name(self) -> str:
        """As the system calls it."""

    @property
    def kind(self) -> str:
        """ "microphone" or "monitor" (what the computer plays)."""

    @property
    def default(self) -> bool:
        """The system's own choice."""


@dataclass(frozen=True)
class Parts:
    """How the session makes its parts; all called on the worker thread.

    Attributes:
        player: a player without a file.
        listen: opens an input.
        inputs: lists the inputs; raises VisualizerError when sound does not work at all.
        model: loads a model by name or folder, None for the default.
        paint: a pipeline, not started, from a model, the place for its paintings, and where failures go.
    """

    player: Callable[[], PlayerPart]
    listen: Callable[[Any], InputPart]
    inputs: Callable[[], Sequence[Any]]
    model: Callable[[str | None], Model]
    paint: Callable[[Model, Latest[Painting], Callable[[str], None]], PipelinePart]


@dataclass(frozen=True)
class Status:
    """What the window shows of the session, read at any time.

    Attributes:
        state: what it is doing.
        live: it listens to an input, not to a file.
        title: of the piece, or the input's name.
        path: of the file.
        position_s, duration_s: of the file; 0 when unknown.
        first, last: there is no piece before, no piece after.
    """

    state: State = State.EMPTY
    live: bool = False
    title: str = ""
    path: Path | None = None
    position_s: float = 0.0
    duration_s: float = 0.0
    first: bool = True
    last: bool = True


@dataclass(frozen=True)
class Failed:
    """Something did not work; the text says what to do."""

    text: str


@dataclass(frozen=True)
class Said:
    """Something worth knowing happened."""

    text: str


@dataclass(frozen=True)
class Opened:
    """A file or an input is open."""

    title: str
    path: Path | None


@dataclass(frozen=True)
class InputsFound:
    """The inputs there are now."""

    inputs: tuple[Any, ...]


@dataclass(frozen=True)
class ModelLoaded:
    """Another model paints."""

    name: str


Event = Failed | Said | Opened | InputsFound | ModelLoaded


class Session:
    """Steers player, inputs, models and pipeline from commands that never wait.

    Args:
        parts: how to make them.
        wake: called on any thread when there are events to fetch.

    Attributes:
        latest: where the newest painting is.
        model: the model that paints, once loaded.
    """

    def __init__(self, parts: Parts, wake: Callable[[], None] = lambda: None) -> None:
        self.latest: Latest[Painting] = Latest()
        self.model: Any = None
        self._parts = parts
        self._wake = wake
        self._events: deque[Event] = deque()
        self._playlist = Playlist()
        self._player: PlayerPart | None = None
        self._input: InputPart | None = None
        self._pipeline: PipelinePart | None = None
        self._period: int | None = None
        self._volume = 1.0
        self._target: float | None = None  # where the seek that waits will go
        self._opening = False
        self._deaf = False  # an input is open but held
        self._title = ""
        self._noticed = ""
        self._inputs: tuple[Any, ...] = ()
        self._worker = Worker(self._fail, self._tend)

    # Commands, from the GUI thread.

    def wake_with(self, wake: Callable[[], None]) -> None:
        """Call another function from now on when there are events."""
        self._wake = wake

    def open(self, paths: Iterable[Path]) -> None:
        """Play files and the music in folders, in order, instead of what plays now."""
        wanted = list(paths)
        self._opening = True
        self._worker.submit(lambda: self._open_all(wanted), "open")

    def listen(self, name: str) -> None:
        """Listen to the input of a name, or the first whose name contains it; empty for the default one."""
        self._opening = True
        self._worker.submit(lambda: self._listen(name), "open")

    def toggle(self) -> None:
        """Play or pause."""
        self._worker.submit(self._toggle)

    def seek(self, seconds: float) -> None:
        """Go to a place in the piece."""
        if self._player is None or self._input is not None:
            return
        self._target = max(0.0, min(seconds, self._player.duration_s or seconds))
        self._worker.submit(self._seek, "seek")

    def seek_by(self, seconds: float) -> None:
        """Go forward, or back when negative."""
        self.seek(self.status().position_s + seconds)

    def step(self, pieces: int) -> None:
        """Go to the next piece, +1, or the previous one, -1."""
        self._worker.submit(lambda: self._step(pieces))

    def set_volume(self, volume: float) -> None:
        """0 to 1; files only."""
        self._volume = volume
        self._worker.submit(self._apply_volume, "volume")

    def set_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music."""
        self._period = index
        if self._pipeline is not None:
            self._pipeline.set_period(index)

    def load_model(self, name: str | None) -> None:
        """Paint with a model by name or folder; None for the default one."""
        self._worker.submit(lambda: self._load_model(name), "model")

    def find_inputs(self) -> None:
        """Look for inputs; an InputsFound follows."""
        self._worker.submit(self._find_inputs, "inputs")

    def run(self, job: Callable[[], None], key: str = "") -> None:
        """Run something slow in order with everything else; what it raises becomes a Failed."""
        self._worker.submit(job, key)

    def say(self, text: str) -> None:
        """Add a Said to the events; from any thread."""
        self._emit(Said(text))

    def status(self) -> Status:
        """What is going on; cheap, from the GUI thread."""
        player, live = self._player, self._input is not None
        if self._opening:
            return Status(State.OPENING, title=self._title)
        if live:
            return Status(State.PAUSED if self._deaf else State.PLAYING, live=True, title=self._title)
        state = State(player.state) if player is not None else State.EMPTY
        if player is None or state is State.EMPTY:
            return Status()
        target = self._target
        return Status(
            state,
            title=self._title,
            path=self._playlist.current,
            position_s=player.position_s if target is None else target,
            duration_s=player.duration_s,
            first=self._playlist.first,
            last=self._playlist.last,
        )

    def events(self) -> list[Event]:
        """What happened since the last call, oldest first."""
        found = []
        while self._events:
            found.append(self._events.popleft())
        return found

    def close(self) -> bool:
        """End everything; False when the worker was too busy to end in time."""
        self._wake = lambda: None
        return self._worker.close(self._close_parts)

    # Jobs, on the worker thread.

    def _open_all(self, wanted: Sequence[Path]) -> None:
        found = music_files(wanted)
        if not found:
            self._opening = False
            named = ", ".join(path.name for path in wanted) or "nothing"
            raise VisualizerError(f"There is no music in {named}: choose wav, flac, mp3, ogg, opus, m4a or aac files.")
        self._playlist = Playlist(found)
        self._play_current()

    def _play_current(self) -> None:
        """Play the playlist's piece; pieces that cannot be opened are named and passed over."""
        self._opening = True
        try:
            player = self._ready_player()
            while (path := self._playlist.current) is not None:
                self._title = _title(path)
                try:
                    player.open(path)
                except VisualizerError as error:
                    self._fail(error)
                    if not self._playlist.step(1):
                        break
                    continue
                self._close_input()
                self._target = None
                player.volume = self._volume
                player.play()
                self._hear(self._heard())
                self._emit(Opened(self._title, path))
                break
        finally:
            self._opening = False

    def _ready_player(self) -> PlayerPart:
        if self._player is None:
            self._player = self._parts.player()
        return self._player

    def _listen(self, name: str) -> None:
        try:
            self._inputs = tuple(self._parts.inputs())
            chosen = _choose(self._inputs, name)
            if self._player is not None:
                self._player.pause()
            self._close_input()
            self._input = self._parts.listen(chosen)
            self._title, self._deaf = chosen.name, False
        finally:
            self._opening = False
            self._hear(self._heard())
        self._emit(InputsFound(self._inputs))
        self._emit(Opened(self._title, None))

    def _toggle(self) -> None:
        if self._input is not None:
            self._deaf = not self._deaf
            self._hear(self._heard())
        elif self._player is not None:
            if self._player.state == State.PLAYING.value:
                self._player.pause()
            elif self._player.state == State.ENDED.value:
                self._play_current()
            else:
                self._player.play()

    def _seek(self) -> None:
        target, player = self._target, self._player
        if target is not None and player is not None:
            player.seek(target)
            if self._target == target:  # no newer one has come meanwhile
                self._target = None

    def _step(self, pieces: int) -> None:
        if self._input is None and self._playlist.step(pieces):
            self._play_current()

    def _apply_volume(self) -> None:
        if self._player is not None:
            self._player.volume = self._volume

    def _load_model(self, name: str | None) -> None:
        try:
            model = self._parts.model(name)
        except VisualizerError as error:
            if name is None or self._pipeline is not None:
                raise
            self._fail(error)
            model = self._parts.model(None)  # something that paints, rather than nothing
        self.model = model
        if self._pipeline is None:
            pipeline = self._parts.paint(model, self.latest, lambda text: self._emit(Failed(text)))
            pipeline.set_period(self._period)
            pipeline.start()
            self._pipeline = pipeline
            self._hear(self._heard())
        else:
            self._pipeline.set_model(model)
        self._emit(ModelLoaded(name or ""))

    def _heard(self) -> Any:
        if self._input is not None:
            return None if self._deaf else self._input
        return self._player

    def _hear(self, source: Any) -> None:
        if self._pipeline is not None:
            self._pipeline.set_source(source)

    def _find_inputs(self) -> None:
        self._inputs = tuple(self._parts.inputs())
        self._emit(InputsFound(self._inputs))

    def _close_input(self) -> None:
        if self._input is not None:
            self._hear(None)
            self._input.close()
            self._input = None

    def _tend(self) -> None:
        """Between jobs: pass on what the parts have to say, and go on to the next piece."""
        part = self._input or self._player
        notice = part.notice if part is not None else ""
        if notice and notice != self._noticed:
            self._emit(Said(notice))
        self._noticed = notice
        player = self._player
        if self._input is None and player is not None and player.state == State.ENDED.value:
            self._step(1)

    def _close_parts(self) -> None:
        self._close_input()
        if self._pipeline is not None:
            self._pipeline.stop()
        if self._player is not None:
            self._player.close()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, VisualizerError):
            self._emit(Failed(str(error)))
        else:  # logged and shown by visualizer.crash; the thread goes on
            sys.excepthook(type(error), error, error.__traceback__)

    def _emit(self, event: Event) -> None:
        self._events.append(event)
        self._wake()


def _choose(inputs: Sequence[Any], name: str) -> Any:
    """The input that a name means.

    Raises:
        VisualizerError: there is none.
    """
    if not inputs:
        raise VisualizerError("No sound input was found: connect a microphone or start the sound server.")
    if not name:
        return next((one for one in inputs if one.default), inputs[0])
    wanted = name.casefold()
    exact = [one for one in inputs if one.name.casefold() == wanted]
    found = exact or [one for one in inputs if wanted in one.name.casefold()]
    if not found:
        there = ", ".join(one.name for one in inputs)
        raise VisualizerError(f"There is no sound input {name!r}: choose one of {there}.")
    return found[0]


def _title(path: Path) -> str:
    """What to call a file: composer and piece for the bundled ones, else its name."""
    for piece in bundled_pieces():
        if piece.path == path:
            return f"{piece.composer}: {piece.title}"
    return path.stem
