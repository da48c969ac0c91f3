"""What plays, what listens and what paints: everything behind the window, without Qt.

The GUI thread calls commands, which return at once, and reads `status`. One worker thread opens
files and devices, loads models and steers the player; what it has to say becomes events, which the
GUI thread fetches when `wake` tells it to. Models load on a second thread.
"""

from __future__ import annotations

import sys
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualizer.errors import VisualizerError
from visualizer.events import Event, Failed, ModelLoaded, Opened, Said, State, Status, Surveyed
from visualizer.figures import Figures
from visualizer.knobs import Knobs
from visualizer.latest import Latest
from visualizer.live_input import LiveInput
from visualizer.offset import checked_offset
from visualizer.parts import Parts, PipelinePart, PlayerPart
from visualizer.pieces import bundled_pieces
from visualizer.playlist import Playlist, music_files
from visualizer.worker import Worker

if TYPE_CHECKING:
    from visualizer.analyser import Analyser, Features
    from visualizer.engine import Engine, Model, Painting
    from visualizer.sources import Heard
    from visualizer.survey import Survey

TEND_EVERY_S = 0.2
SURVEYS_KEPT = 50
CLOSE_S = 2.0  # that closing waits for each busy thread


class Session:
    """Steers player, inputs, models and pipeline from commands that never wait.

    Args:
        parts: how to make them.
        wake: called on any thread when there are events to fetch.
        clock: seconds, steady.

    Attributes:
        latest: where the newest painting is.
        model: the model that paints, once loaded.
    """

    def __init__(
        self, parts: Parts, wake: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.latest: Latest[Painting] = Latest()
        self.model: Any = None
        self._parts = parts
        self.make_player = parts.player  # one more, apart from the music's: who asks for it closes it
        self._wake = wake
        self._clock = clock
        self._events: deque[Event] = deque()
        self._playlist = Playlist()
        self._player: PlayerPart | None = None
        self._live = LiveInput(parts, self._emit, lambda: self._hear(self._heard()), clock)
        self._pipeline: PipelinePart | None = None
        self._period: int | None = None
        self._knobs = Knobs()
        self._offset_s = 0.0
        self._transition_s, self._on_bar = 2.0, True
        self._locked = False
        self._refresh_hz: float | None = None
        self._volume = 1.0
        self._target: float | None = None  # where the seek that waits will go
        self._opening = False
        self._deaf = False  # an input is open but held
        self._ended_before = False
        self._title = ""
        self._noticed: set[str] = set()
        self._closing = False
        self._worker = Worker(self._fail, "session", self._tend, TEND_EVERY_S)
        self._loader = Worker(self._fail, "models")  # of its own: pausing must not wait for a model
        self._surveyor = Worker(self._fail, "survey")  # of its own: it hears a whole piece at leisure
        self._surveys: OrderedDict[Path, Survey] = OrderedDict()

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
        self._opening = True
        self._worker.submit(lambda: self._open_all(wanted, at, position_s, play), "open")

    def enqueue(self, paths: Iterable[Path]) -> None:
        """Play more after what is in the queue; begin with it when nothing plays."""
        wanted = list(paths)
        self._worker.submit(lambda: self._enqueue(wanted))

    def queue(self) -> tuple[tuple[Path, ...], int]:
        """The pieces in order, and the index of the one that plays; never waits."""
        playlist = self._playlist
        return playlist.paths, playlist.at

    def go(self, index: int) -> None:
        """Play the piece of an index of the queue."""
        self._worker.submit(lambda: self._go(index), "open")

    def take_out(self, index: int) -> None:
        """Take a piece out of the queue, but not the one that plays."""
        self._worker.submit(lambda: self._playlist.without(index))

    def move(self, index: int, to: int) -> None:
        """Move a piece to another place of the queue."""
        self._worker.submit(lambda: self._playlist.moved(index, to))

    def listen(self, name: str) -> None:
        """Listen to the input of a name, or the first whose name contains it; empty for the default one."""
        self._opening = True
        self._worker.submit(lambda: self._listen(name), "open")

    def toggle(self) -> None:
        """Play or pause."""
        self._worker.submit(self._toggle)

    def seek(self, seconds: float) -> None:
        """Go to a place in the piece."""
        if self._player is None or self._live.listening:
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

    def set_knobs(self, knobs: Knobs) -> None:
        """How the picture moves from now on."""
        self._knobs = knobs
        if self._pipeline is not None:
            self._pipeline.set_knobs(knobs)

    def set_transition(self, seconds: float, on_bar: bool) -> None:
        """How long the way to another look takes, and whether a look that is chosen waits for the next bar."""
        self._transition_s, self._on_bar = seconds, on_bar
        self.order(lambda engine: engine.set_transition(seconds))

    def next_look(self) -> None:
        """Go to the next look."""
        on_bar = self._on_bar
        self.order(lambda engine: engine.next_look(on_bar=on_bar))

    def previous_look(self) -> None:
        """Go to the look with the number before."""
        on_bar = self._on_bar
        self.order(lambda engine: engine.previous_look(on_bar=on_bar))

    def random_look(self) -> None:
        """Go to a look drawn by chance."""
        on_bar = self._on_bar
        self.order(lambda engine: engine.random_look(on_bar=on_bar))

    def last_look(self) -> None:
        """Go back to the look that was shown before, where it was left; at once, for it is meant to undo."""
        self.order(lambda engine: engine.last_look())

    def lock_look(self, locked: bool) -> None:
        """Stay in this look; the rhythm goes on."""
        self._locked = locked
        self.order(lambda engine: engine.lock_look(locked))

    def tap(self) -> None:
        """A beat is now: from the second tap on, the tempo follows the hand."""
        self._steer_beat(lambda analyser, now_s: analyser.tap(now_s))

    def resync(self) -> None:
        """A beat is now, at the tempo there is."""
        self._steer_beat(lambda analyser, now_s: analyser.resync(now_s))

    def nudge(self, seconds: float) -> None:
        """Move all beats later, or earlier when negative."""
        self._steer_beat(lambda analyser, now_s: analyser.nudge(seconds))

    def double_tempo(self) -> None:
        """Count twice as many beats."""
        self._steer_beat(lambda analyser, now_s: analyser.double_tempo())

    def halve_tempo(self) -> None:
        """Count half as many beats."""
        self._steer_beat(lambda analyser, now_s: analyser.halve_tempo())

    def release_tempo(self) -> None:
        """Follow the tempo that is heard again."""
        self._steer_beat(lambda analyser, now_s: analyser.release_tempo())

    def _steer_beat(self, order: Callable[[Analyser, float], object]) -> None:
        if self._pipeline is not None:
            self._pipeline.steer_beat(order)

    def order(self, order: Callable[[Engine], object]) -> None:
        """Have something done with the engine, such as Engine.next_look; nothing without a model."""
        if self._pipeline is not None:
            self._pipeline.order(order)

    def set_offset(self, seconds: float) -> None:
        """Show pictures later than the sound (positive) or earlier (negative), up to half a second.

        A live input can only be shown later; of its pictures only a steady beat can come earlier.

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

    def features(self) -> Features | None:
        """What the music does in the refresh that is drawn now: once a refresh, never waits. None without a model."""
        return None if self._pipeline is None else self._pipeline.features()

    def heard_at(self, time: float) -> Heard | None:
        """What is, or was a moment ago, in the air; None without a model. Any thread; never waits."""
        return None if self._pipeline is None else self._pipeline.heard_at(time)

    def figures(self) -> Figures:
        """What is measured of sound, paintings and refreshes; all 0 without a model."""
        return Figures() if self._pipeline is None else self._pipeline.figures()

    def load_model(self, name: str | None) -> None:
        """Paint with a model by name or folder; None for the default one."""
        self._loader.submit(lambda: self._load_model(name), "model")

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
        player, live = self._player, self._live
        if self._opening:
            return Status(State.OPENING, title=self._title)
        if live.listening:
            if live.part is None:
                return Status(State.OPENING, live=True, title=f"Waiting for {live.waiting or 'an input'}")
            title = f"{live.title} (waiting for {live.waiting})" if live.waiting else live.title
            return Status(State.PAUSED if self._deaf else State.PLAYING, live=True, title=title)
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
        """End everything; False when a thread was too busy (opening a long file, loading) to end in time."""
        self._wake = lambda: None
        self._closing = True
        loaded = self._loader.close(timeout_s=CLOSE_S)
        surveyed = self._surveyor.close(timeout_s=CLOSE_S)
        return self._worker.close(self._close_parts, CLOSE_S) and loaded and surveyed

    # Jobs, on the worker threads; all but loading models on the one that owns player and input.

    def _open_all(self, wanted: Sequence[Path], at: int, position_s: float, play: bool) -> None:
        try:
            found = _music_in(wanted)
        except VisualizerError:
            self._opening = False
            raise
        present, self._playlist = self._playlist, Playlist(found)
        self._playlist.go(at)
        if not self._play_current(position_s, play):
            self._playlist = present  # what plays goes on, and so do the pieces after it

    def _enqueue(self, wanted: Sequence[Path]) -> None:
        self._playlist.with_more(_music_in(wanted))
        if not self._live.listening and (self._player is None or self._player.state == State.EMPTY.value):
            self._play_current()

    def _go(self, index: int) -> None:
        if self._playlist.go(index):
            self._play_current()

    def _play_current(self, position_s: float = 0.0, play: bool = True) -> bool:
        """Play the playlist's piece; pieces that cannot be opened are named and passed over. False: none could be."""
        self._opening = True
        try:
            player = self._ready_player()
            while (path := self._playlist.current) is not None:
                try:
                    player.open(path)
                except VisualizerError as error:
                    self._fail(error)
                    position_s = 0.0  # of the piece that is passed over
                    if not self._playlist.step(1):
                        break
                    continue
                self._title = _title(path, player.name)
                self._live.close()
                self._target, self._ended_before = None, False
                player.volume = self._volume
                if position_s > 0:
                    player.seek(position_s)
                if play:
                    player.play()
                else:
                    player.pause()
                self._hear(self._heard())
                self._emit(Opened(self._title, path))
                self._survey(path)
                return True
            return False
        finally:
            self._opening = False

    def _survey(self, path: Path) -> None:
        """Hear the whole piece in the background, unless it was heard lately."""
        known = self._surveys.get(path)
        if known is not None:
            self._emit(Surveyed(known))
            return
        model = self.model
        if model is not None:
            self._surveyor.submit(lambda: self._hear_whole(path, model), "survey")

    def _hear_whole(self, path: Path, model: Model) -> None:
        from visualizer.survey import survey_piece

        survey = None
        for survey in survey_piece(path, model, stop=lambda: self._closing or self._playlist.current != path):
            self._emit(Surveyed(survey))
        if survey is not None and survey.heard_s == survey.duration_s:
            self._surveys[path] = survey
            while len(self._surveys) > SURVEYS_KEPT:
                self._surveys.popitem(last=False)

    def _ready_player(self) -> PlayerPart:
        if self._player is None:
            self._player = self._parts.player()
        return self._player

    def _listen(self, name: str) -> None:
        try:
            device = self._live.choose(name)
            if self._player is not None:
                self._player.pause()
            self._deaf = False
            self._live.listen(device, by_name=bool(name))
        finally:
            self._opening = False
            self._hear(self._heard())
        self._emit(Opened(self._live.title, None))

    def _toggle(self) -> None:
        if self._live.listening:
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
        if not self._live.listening and self._playlist.step(pieces):
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
        if self._closing:
            return
        self.model = model
        if self._pipeline is None:
            pipeline = self._parts.paint(model, self.latest, lambda text: self._emit(Failed(text)))
            self._hand_over(pipeline)
            pipeline.start()
            self._pipeline = pipeline
            self._worker.submit(self._begin_hearing)
        else:
            self._pipeline.set_model(model)
        self._emit(ModelLoaded(name or ""))

    def _hand_over(self, pipeline: PipelinePart) -> None:
        """Tell a new pipeline what was set before it was there."""
        pipeline.set_period(self._period)
        pipeline.set_knobs(self._knobs)
        pipeline.set_offset(self._offset_s)
        seconds, locked = self._transition_s, self._locked
        pipeline.order(lambda engine: engine.set_transition(seconds))
        pipeline.order(lambda engine: engine.lock_look(locked))
        if self._refresh_hz is not None:
            pipeline.set_refresh(self._refresh_hz)

    def _begin_hearing(self) -> None:
        """The first model is there: paint what plays already."""
        self._hear(self._heard())
        if not self._live.listening and self._playlist.current is not None:
            self._survey(self._playlist.current)

    def _heard(self) -> Any:
        if self._live.listening:
            return None if self._deaf else self._live.part
        return self._player

    def _hear(self, source: Any) -> None:
        if self._pipeline is not None:
            self._pipeline.set_source(source)

    def _find_inputs(self) -> None:
        self._live.find()

    def _tend(self) -> None:
        """Between jobs: pass on what the player has to say, watch the input, go on to the next piece."""
        if self._live.listening:
            self._live.tend()
        elif self._player is not None:
            self._pass_on({self._player.notice, self._player.warning} - {""})
            ended = self._player.state == State.ENDED.value
            if ended and self._ended_before:  # twice: just after opening, the end of the last piece still shows
                self._step(1)
            self._ended_before = ended

    def _pass_on(self, sentences: set[str]) -> None:
        for sentence in sorted(sentences - self._noticed):
            self._emit(Said(sentence))
        self._noticed = sentences

    def _close_parts(self) -> None:
        self._live.close()
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


def _music_in(paths: Sequence[Path]) -> list[Path]:
    """The pieces that files, playlists and folders hold.

    Raises:
        VisualizerError: there are none.
    """
    found = music_files(paths)
    if not found:
        named = ", ".join(path.name for path in paths) or "nothing"
        raise VisualizerError(f"There is no music in {named}: choose wav, flac, mp3, ogg, opus, m4a or aac files.")
    return found


def _title(path: Path, name: str) -> str:
    """What to call a file: composer and piece for the bundled ones, else its tag's title or its name."""
    for piece in bundled_pieces():
        if piece.path == path.resolve():
            return f"{piece.composer}: {piece.title}"
    return path.stem if name == path.name else name
