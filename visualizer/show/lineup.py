"""The queue, and which of its pieces the player was given already. No Qt.

The player is always given the piece that follows, so that it plays on without a hole; the queue moves on when that is
heard. Everything runs on the session's worker thread, but for `playlist` and `heard`, which any thread may read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from visualizer.errors import VisualizerError
from visualizer.files.pieces import bundled_pieces
from visualizer.files.playlist import Playlist
from visualizer.show.parts import PieceTold, PlayerPart

TRIED_AT_ONCE = 5  # pieces that cannot be opened, before other work gets its turn


class Given(NamedTuple):
    """A piece that the player was given: its number there, its place in the queue, and what it is called."""

    number: int
    place: int
    path: Path
    title: str


class Lineup:
    """Queue and player in step.

    Args:
        failed: given a sentence for each piece that cannot be opened.

    Attributes:
        playlist: the queue.
    """

    def __init__(self, failed: Callable[[str], None]) -> None:
        self.playlist = Playlist()
        self._failed = failed
        self._given: tuple[Given, ...] = ()  # the piece that is heard, and those that follow it in the player
        self._to_try = 0  # index of the piece to be given next

    @property
    def title(self) -> str:
        """Of the piece that was heard when the player was asked last; empty before the first."""
        return self._given[0].title if self._given else ""

    def heard(self, player: PlayerPart) -> Given | None:
        """The piece that the player is heard with."""
        given, number = self._given, player.piece
        return next((piece for piece in given if piece.number == number), given[0] if given else None)

    def open_current(self, player: PlayerPart) -> Given | None:
        """Have the player open the queue's piece, or the next one that can be; None: none of them can."""
        while (path := self.playlist.current) is not None:
            try:
                told = player.open(path)
            except VisualizerError as error:
                self._failed(str(error))
                if not self.playlist.step(1):
                    return None
                continue
            piece = Given(told.number, self.playlist.at, path, _title(path, told))
            self._given, self._to_try = (piece,), piece.place + 1
            return piece
        return None

    def catch_up(self, player: PlayerPart | None) -> Given | None:
        """Move the queue on to the piece that the player has gone on to; None when it has not."""
        heard = self.heard(player) if player is not None else None
        if heard is None or heard is self._given[0]:
            return None
        self._given = self._given[self._given.index(heard) :]
        self.playlist.go(heard.place)
        return heard

    def give_next(self, player: PlayerPart | None) -> None:
        """Have the next piece follow in the player unless one does."""
        if player is None or not self._given:
            return
        for _ in range(TRIED_AT_ONCE):
            if player.coming or self._to_try >= len(self.playlist.paths):
                return
            index, path = self._to_try, self.playlist.paths[self._to_try]
            self._to_try += 1
            try:
                told = player.follow(path)
            except VisualizerError as error:
                self._failed(str(error))
                continue
            self._given = (*self._given, Given(told.number, index, path, _title(path, told)))

    def give_anew(self, player: PlayerPart | None) -> None:
        """The queue was changed: what follows in the player may be another piece now."""
        if player is None or not self._given:
            return
        at, paths = self.playlist.at, self.playlist.paths
        tried = self._to_try - self._given[0].place
        first, *others = self._given
        places = [at + other.place - first.place for other in others]
        same = all(
            place < len(paths) and paths[place] == other.path for place, other in zip(places, others, strict=True)
        )
        if same:
            self._given = (first._replace(place=at), *map(_moved, others, places))
            self._to_try = min(at + tried, len(paths))
            return
        player.unfollow()
        self._given, self._to_try = (first._replace(place=at),), at + 1
        self.give_next(player)


def _moved(piece: Given, place: int) -> Given:
    return piece._replace(place=place)


def _title(path: Path, piece: PieceTold) -> str:
    """What to call a piece: "composer: title" for the bundled ones, else what its tags say, else its file's name."""
    for bundled in bundled_pieces():
        if bundled.path == path.resolve():
            return f"{bundled.composer}: {bundled.title}"
    title = path.stem if piece.name == path.name else " ".join(piece.name.split())
    return f"{piece.artist}: {title}" if piece.artist and title else title or path.stem
