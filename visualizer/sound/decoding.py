"""The thread "decode": reads pieces ahead into the feed, one after the other, and jumps where it is asked to.

Commands come from any thread and return at once, but for those that open a file: they read its head.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from visualizer.files.decode import AudioFile
from visualizer.sound.feed import Feed
from visualizer.sound.reel import Piece, Reel
from visualizer.words import tr

PRIMED_S = 0.2  # decoded before playing starts or goes on after a seek
IDLE_S = 0.05
SAFE_S = 0.4  # from so much decoded ahead on, the rest is decoded at leisure: a refresh is drawn meanwhile
LEISURE_S = 0.01


@dataclass(frozen=True)
class Request:
    """What the decode thread is to do next: continue at a time, in another piece if there is one."""

    seconds: float
    piece: Piece | None = None


class Decoding:
    """Fills a feed from files.

    Args:
        feed: to be filled.
        in_air: tells the number of the sample that is heard now.
        tend: called on this thread every while.

    Attributes:
        reel: what is heard where; other threads read `marks` and `at`.
        problem: why the piece breaks off, in one sentence; else empty.
    """

    def __init__(self, feed: Feed, in_air: Callable[[], int], tend: Callable[[], object]) -> None:
        self.reel = Reel(feed)
        self.problem = ""
        self._feed = feed
        self._in_air = in_air
        self._tend = tend
        self._numbers = itertools.count(1)
        self._request: Request | None = None
        self._taken: Request | None = None  # the request that the thread is at work on
        self._coming: deque[Piece] = deque()
        self._cut = False  # nothing that was decoded already may follow the piece that is heard
        self._closing = False
        self._lock = threading.Lock()  # between commands and the thread; the sound card's callback has none
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decode", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._closing = True
        self._wake.set()
        self._thread.join()

    def close(self) -> None:
        """Let go of the files; after stop."""
        self.reel.close()
        waiting = [self._request.piece] if self._request is not None and self._request.piece is not None else []
        for piece in (*waiting, *self._coming):
            piece.file.close()

    # ---- any thread

    def open(self, path: str | os.PathLike[str]) -> Piece:
        """Take another file in place of all others; reads its head.

        Raises:
            VisualizerError: it cannot be played; nothing has changed.
        """
        piece = Piece(next(self._numbers), AudioFile(path))
        self.unfollow()
        self._ask(Request(0.0, piece))
        return piece

    def follow(self, path: str | os.PathLike[str]) -> Piece:
        """Have a file follow the last one; reads its head.

        Raises:
            VisualizerError: it cannot be played; nothing has changed.
        """
        piece = Piece(next(self._numbers), AudioFile(path))
        with self._lock:
            self._coming.append(piece)
        self._wake.set()
        return piece

    def unfollow(self) -> None:
        """Let nothing follow the piece that is heard."""
        with self._lock:
            while self._coming:
                self._coming.popleft().file.close()
            self._cut = True
        self._wake.set()

    def seek(self, seconds: float) -> None:
        """Go on at a time of the piece that is heard; nothing without one."""
        if not self.empty:
            self._ask(Request(max(0.0, seconds)))

    @property
    def empty(self) -> bool:
        """There has been no piece yet."""
        return not self.reel.marks and self._request is None

    @property
    def coming(self) -> int:
        """Pieces that will follow and whose decoding has not begun."""
        return len(self._coming)

    @property
    def asked_s(self) -> float | None:
        """Where in the piece to go on, while that is still to be done."""
        request = self._request
        return None if request is None else request.seconds

    @property
    def heard_piece(self) -> Piece | None:
        """The piece that is heard, or that was asked for; None before the first."""
        request = self._request
        if request is not None and request.piece is not None:
            return request.piece
        mark = self.reel.at(self._in_air())
        return mark.piece if mark is not None else None

    def _ask(self, request: Request) -> None:
        """Hand a request to the decode thread; one not taken yet is replaced, but its piece is kept."""
        with self._lock:
            waiting = self._request
            if waiting is not None and waiting.piece is not None:
                if request.piece is None:
                    request = replace(request, piece=waiting.piece)
                elif waiting is not self._taken:
                    waiting.piece.file.close()
            self._request = request
            self._feed.held = True
        self._wake.set()

    # ---- the thread

    def _run(self) -> None:
        while not self._closing:
            self._wake.clear()
            self._tend()
            worked = False
            try:
                self._obey()
                worked = self.reel.fill(self._following)
                self.reel.forget(self._in_air())
            except Exception as error:  # a fault in reading one file must not end playing for good
                self._give_up(error)
            self._let_go()
            if not worked:
                self._wake.wait(IDLE_S)
            elif self._feed.waiting > SAFE_S * self._feed.rate:
                self._wake.wait(LEISURE_S)

    def _obey(self) -> None:
        """Do what was asked for: cut what follows, take another piece, another place."""
        with self._lock:
            request = self._taken = self._request
            cut, self._cut = self._cut, False
        piece = request.piece if request is not None else None
        if cut and piece is None:
            self.reel.cut(self._in_air())
        if request is None:
            return
        if piece is None:
            piece = self._turned_back()
        self.problem = self.reel.start(piece, request.seconds)
        with self._lock:
            if self._request is request:
                self._request = None
            self._taken = None

    def _turned_back(self) -> Piece:
        """The piece that is heard; those decoded after it will follow it again."""
        piece, later = self.reel.turn_back(self._in_air())
        with self._lock:
            if not self._cut:
                self._coming.extendleft(reversed(later))
                return piece
        for other in later:
            other.file.close()
        return piece

    def _following(self) -> Piece | None:
        """The piece to decode next; None while what follows is being changed."""
        with self._lock:
            if not self._coming or self._cut or self._request is not None:
                return None
            self._feed.end = None  # before the piece is taken: playing never looks ended in between
            return self._coming.popleft()

    def _give_up(self, error: Exception) -> None:
        """Let the piece end where it is, with a warning; the next one can play."""
        marks = self.reel.marks
        name = marks[-1].piece.file.info.path.name if marks else tr("The file")
        cause = f"{type(error).__name__}: {error}"
        self.problem = tr("{name} cannot be played on ({cause}): choose another file.", name=name, cause=cause)
        with self._lock:
            if self._taken is not None:
                self._feed.discard()
                if self._request is self._taken:
                    self._request = None
            self._taken = None
        self.reel.end_here()

    def _let_go(self) -> None:
        """Let the sound go on as soon as enough is decoded after a request."""
        feed = self._feed
        if feed.held and self.reel.marks and (feed.end is not None or feed.waiting >= PRIMED_S * feed.rate):
            with self._lock:
                if self._request is None:
                    feed.held = False
