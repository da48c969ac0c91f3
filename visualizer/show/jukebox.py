"""The half of the session that sounds: the player with its queue, and the input that is listened to instead. No Qt.

Everything runs on the session's worker thread, but for `queue` and `status`, which any thread may read. The player is
always given the piece that follows, so that it plays on without a hole; the queue moves on when that is heard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from visualizer.errors import VisualizerError
from visualizer.files.playlist import Playlist, music_files
from visualizer.show.events import Event, Failed, Opened, QueueChanged, Said, State, Status
from visualizer.show.lineup import Given, Lineup
from visualizer.show.live_input import LiveInput
from visualizer.show.parts import Parts, PlayerPart
from visualizer.words import tr

PLAYED = "monitor"  # kind of an input that hears what the computer plays


class Jukebox:
    """Player, queue and live input.

    Args:
        parts: how to make them.
        emit: given what people should know.
        hear: called when another source is heard.
        piece_heard: called with the piece that is heard from now on.
        clock: seconds, steady.

    Attributes:
        opening: a file or an input is being opened, or will be in a moment.
        live: the input.
    """

    def __init__(
        self,
        parts: Parts,
        emit: Callable[[Event], None],
        hear: Callable[[], None],
        piece_heard: Callable[[Path], None],
        clock: Callable[[], float],
    ) -> None:
        self.opening = False
        self.live = LiveInput(parts, emit, hear, clock)
        self._parts = parts
        self._emit = emit
        self._hear = hear
        self._piece_heard = piece_heard
        self._lineup = Lineup(lambda text: emit(Failed(text)))
        self._player: PlayerPart | None = None
        self._volume = 1.0
        self._target: float | None = None  # where the seek that waits will go
        self._deaf = False  # an input is open but held
        self._noticed: set[str] = set()

    # ---- any thread

    def queue(self) -> tuple[tuple[Path, ...], int]:
        """The pieces in order, and the index of the one that plays."""
        playlist = self._lineup.playlist
        return playlist.paths, playlist.at

    @property
    def current(self) -> Path | None:
        """The piece that plays, or waits behind an input."""
        return self._lineup.playlist.current

    @property
    def source(self) -> Any:
        """What is heard; None for nothing."""
        if self.live.listening:
            return None if self._deaf else self.live.part
        return self._player

    def status(self) -> Status:
        """What is going on."""
        if self.opening:
            return Status(State.OPENING, title=self._lineup.title)
        if self.live.listening:
            return self._live_status(self.live)
        player = self._player
        state = State(player.state) if player is not None else State.EMPTY
        if player is None or state is State.EMPTY:
            return Status()
        heard, target = self._lineup.heard(player), self._target
        return Status(
            state,
            title=heard.title if heard is not None else "",
            path=heard.path if heard is not None else None,
            position_s=player.position_s if target is None else target,
            duration_s=player.duration_s,
            first=heard is None or heard.place == 0,
            last=heard is None or heard.place >= len(self._lineup.playlist.paths) - 1,
        )

    def aim(self, seconds: float) -> bool:
        """Show a place in the piece as reached before `seek` takes the player there; False when there is none."""
        if self._player is None or self.live.listening:
            return False
        self._target = max(0.0, min(seconds, self._player.duration_s or seconds))
        return True

    # ---- files

    def open(self, wanted: Sequence[Path], at: int = 0, position_s: float = 0.0, play: bool = True) -> None:
        """Play files, playlists and the music in folders instead of what plays now.

        Raises:
            VisualizerError: there is no music in them; what plays goes on.
        """
        try:
            found = _music_in(wanted)
        except VisualizerError:
            self.opening = False
            raise
        present, self._lineup.playlist = self._lineup.playlist, Playlist(found)
        self._lineup.playlist.go(at)
        if not self._play_current(position_s, play):
            self._lineup.playlist = present  # what plays goes on, and so do the pieces after it

    def enqueue(self, wanted: Sequence[Path]) -> None:
        """Play more after what is in the queue; begin with it when nothing plays.

        Raises:
            VisualizerError: there is no music in them.
        """
        self._lineup.playlist.with_more(_music_in(wanted))
        self._emit(QueueChanged())
        if not self.live.listening and (self._player is None or self._player.state == State.EMPTY.value):
            self._play_current()

    def go(self, index: int) -> None:
        """Play the piece of an index of the queue."""
        self._catch_up()
        if self._lineup.playlist.go(index):
            self._play_current()

    def step(self, pieces: int) -> None:
        """Go to another piece of the queue, so many on, or back."""
        self._catch_up()
        if not self.live.listening and self._lineup.playlist.step(pieces):
            self._play_current()

    def take_out(self, index: int) -> None:
        """Take a piece out of the queue, but not the one that plays."""
        self._catch_up()
        self._lineup.playlist.without(index)
        self._emit(QueueChanged())
        self._lineup.give_anew(self._player)

    def move(self, index: int, to: int) -> None:
        """Move a piece to another place of the queue."""
        self._catch_up()
        self._lineup.playlist.moved(index, to)
        self._emit(QueueChanged())
        self._lineup.give_anew(self._player)

    def toggle(self) -> None:
        """Play or pause."""
        if self.live.listening:
            self._deaf = not self._deaf
            self._hear()
        elif self._player is not None:
            if self._player.state == State.PLAYING.value:
                self._player.pause()
            elif self._player.state == State.ENDED.value:
                self._play_current()
            else:
                self._player.play()

    def seek(self) -> None:
        """Go where `aim` pointed last."""
        target, player = self._target, self._player
        if target is not None and player is not None:
            player.seek(target)
            if self._target == target:  # no newer one has come meanwhile
                self._target = None

    def set_volume(self, volume: float) -> None:
        """0 to 1; files only."""
        self._volume = volume
        if self._player is not None:
            self._player.volume = volume

    # ---- inputs

    def listen(self, name: str) -> None:
        """Listen to the input of a name, or the first whose name contains it; empty for the default one.

        Who chooses what the computer plays wants that, also when it plays elsewhere later. An input that is named by
        its key was there once: when it is not there now, the default one is heard until it comes.

        Raises:
            VisualizerError: there is none, or it cannot be opened.
        """
        try:
            device = self.live.choose(name)
            if self._player is not None:
                self._player.pause()
            self._deaf = False
            if device is None:
                self.live.wait_for(name)
            else:
                self.live.listen(device, by_name=bool(name) and not (device.default and device.kind == PLAYED))
        finally:
            self.opening = False
            self._hear()
        self._emit(Opened(self.live.title, None, self.live.chosen))

    def resume(self) -> None:
        """Go back from an input to the music that waits, where it waits; nothing without any."""
        player = self._player
        heard = self._lineup.heard(player) if player is not None else None
        if player is None or heard is None or not self.live.listening:
            return
        self.live.close()
        player.play()
        self._hear()
        self._say_heard(heard)

    def find_inputs(self) -> None:
        """Look for inputs; an InputsFound follows. Raises VisualizerError when sound does not work at all."""
        self.live.find()

    # ---- between jobs

    def tend(self) -> None:
        """Pass on what the player has to say, watch the input, follow the player to the next piece."""
        if self.live.listening:
            self.live.tend()
        elif self._player is not None:
            self._pass_on({self._player.notice, self._player.warning} - {""})
            self._catch_up()
            self._lineup.give_next(self._player)

    def close(self) -> None:
        """Let go of all devices."""
        self.live.close()
        if self._player is not None:
            self._player.close()

    def _play_current(self, position_s: float = 0.0, play: bool = True) -> bool:
        """Play the queue's piece; pieces that cannot be opened are named and passed over. False: none could be."""
        self.opening = True
        try:
            wanted = self._lineup.playlist.at
            piece = self._lineup.open_current(self._ready_player())
            if piece is not None:
                self._begin(piece, position_s if piece.place == wanted else 0.0, play)
            return piece is not None
        finally:
            self.opening = False

    def _begin(self, piece: Given, position_s: float, play: bool) -> None:
        """The player has opened a piece: play it, and it alone until others are given."""
        player = self._ready_player()
        self.live.close()
        self._target = None
        player.volume = self._volume
        if position_s > 0:
            player.seek(position_s)
        if play:
            player.play()
        else:
            player.pause()
        self._hear()
        self._say_heard(piece)

    def _catch_up(self) -> None:
        """The player may have gone on to a piece that followed: so does the queue."""
        piece = self._lineup.catch_up(self._player)
        if piece is not None:
            self._say_heard(piece)

    def _say_heard(self, piece: Given) -> None:
        self._emit(Opened(piece.title, piece.path))
        self._piece_heard(piece.path)

    def _live_status(self, live: LiveInput) -> Status:
        if live.part is None:
            waiting = tr("Waiting for {input}", input=live.waiting or tr("an input"))
            return Status(State.OPENING, live=True, title=waiting, input=live.waiting or waiting)
        title = live.title
        if live.waiting:
            title = tr("{title} (waiting for {input})", title=live.title, input=live.waiting)
        return Status(State.PAUSED if self._deaf else State.PLAYING, live=True, title=title, input=live.title)

    def _ready_player(self) -> PlayerPart:
        if self._player is None:
            self._player = self._parts.player()
        return self._player

    def _pass_on(self, sentences: set[str]) -> None:
        for sentence in sorted(sentences - self._noticed):
            self._emit(Said(sentence))
        self._noticed = sentences


def _music_in(paths: Sequence[Path]) -> list[Path]:
    """The pieces that files, playlists and folders hold.

    Raises:
        VisualizerError: there are none.
    """
    found = music_files(paths)
    if not found:
        named = ", ".join(path.name for path in paths) or tr("nothing")
        raise VisualizerError(
            tr("There is no music in {named}: choose wav, flac, mp3, ogg, opus, m4a or aac files.", named=named)
        )
    return found
