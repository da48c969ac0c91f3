"""Pieces spliced one after the other into the feed, without a hole; runs on the player's decode thread.

The pieces run on in the feed's numbering. A mark tells from which sample on which second of which piece is heard;
as decoding is ahead of the air, the newest mark is often of the piece that follows. Files stay open until they
have been heard to their end, so that a seek can go back into one that was decoded already.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

from mvnet.resample import Resampler
from visualizer.errors import VisualizerError
from visualizer.files.decode import AudioFile, to_stereo
from visualizer.sound.feed import Feed

BLOCK_S = 0.1  # one decoding step: a seek waits for at most one


class Piece(NamedTuple):
    """An open file and its number among all that were ever opened."""

    number: int
    file: AudioFile

    @property
    def name(self) -> str:
        """What it calls itself in its tags, else its file's name."""
        return self.file.info.title or self.file.info.path.name

    @property
    def artist(self) -> str:
        """As its tags say; empty when they do not."""
        return self.file.info.artist


class Mark(NamedTuple):
    """From a sample of the feed on, a piece is heard from one of its seconds on."""

    start: int
    seconds: float
    piece: Piece


class Reel:
    """Fills a feed from the pieces given to it. One thread; others may read `marks` and what `at` tells.

    Args:
        feed: to be filled.

    Attributes:
        marks: what is heard where, in the order of the samples; replaced whole, never empty after the first piece.
    """

    def __init__(self, feed: Feed) -> None:
        self.marks: tuple[Mark, ...] = ()
        self._feed = feed
        self._resampler: Resampler | None = None
        self._base = 0  # number of the resampler's first sample
        self._pushed = 0  # samples of the file's own rate given to it

    def at(self, sample: float) -> Mark | None:
        """What is heard at a sample; None before the first piece."""
        marks = self.marks
        return next((mark for mark in reversed(marks) if mark.start <= sample), marks[0] if marks else None)

    def start(self, piece: Piece, seconds: float) -> str:
        """Go on with a piece, from one of its seconds on, in place of all others, whose files are closed.

        Returns:
            Why it cannot be heard, in one sentence; else empty.
        """
        for other in self._pieces():
            if other.number != piece.number:
                other.file.close()
        begun = self._feed.discard()
        self.marks = (Mark(begun, seconds, piece),)
        problem = ""
        try:
            if piece.file.position or seconds:
                piece.file.seek(seconds)
        except VisualizerError as error:
            problem = str(error)
            self._feed.end = begun
        self.marks = (Mark(begun, piece.file.position / piece.file.rate, piece),)
        self._tune(piece.file, begun)
        return problem

    def turn_back(self, sample: float) -> tuple[Piece, list[Piece]]:
        """The piece heard at a sample, and those that were decoded after it, ready to be played from their start."""
        heard = self.at(sample)
        assert heard is not None  # nobody seeks before there is a piece
        later = [piece for piece in self._pieces() if piece.number > heard.piece.number]
        ready = []
        for piece in later:
            try:
                piece.file.seek(0.0)
                ready.append(piece)
            except VisualizerError:  # removed meanwhile: it is not played
                piece.file.close()
        self.marks = tuple(mark for mark in self.marks if mark.piece.number <= heard.piece.number)
        return heard.piece, ready

    def cut(self, sample: float) -> None:
        """Let nothing follow the piece heard at a sample: what was decoded of others is never played."""
        heard = self.at(sample)
        if heard is None:
            return
        later = next((mark for mark in self.marks if mark.piece.number > heard.piece.number), None)
        if later is None:
            return
        kept = tuple(mark for mark in self.marks if mark.piece.number <= heard.piece.number)
        for piece in self._pieces():
            if piece.number > heard.piece.number:
                piece.file.close()
        begun = self._feed.discard(after=later.start)
        self.marks = (*kept, Mark(begun, heard.piece.file.position / heard.piece.file.rate, heard.piece))
        self._resampler = None
        self._feed.end = begun

    def fill(self, following: Callable[[], Piece | None]) -> bool:
        """Decode one step unless enough is ahead.

        Args:
            following: gives the next piece, or None; asked at the end of a piece.
        Returns:
            Whether there was something to do.
        """
        feed = self._feed
        if not self.marks or feed.full:
            return False
        if feed.end is not None:
            piece = following()
            if piece is not None:
                self._splice(piece, fresh=True)
            return piece is not None
        file = self.marks[-1].piece.file
        n = max(1, round(BLOCK_S * file.rate))
        block = file.read(n)
        ended = len(block) < n
        piece = following() if ended else None
        last = ended and (piece is None or piece.file.rate != file.rate)
        assert self._resampler is not None  # a piece that has not ended has one
        feed.ahead.write(self._resampler.push(to_stereo(block), last=last))
        self._pushed += len(block)
        if piece is not None:
            self._splice(piece, fresh=last)
        elif ended:
            feed.end = feed.ahead.written
        return True

    def end_here(self) -> None:
        """The piece that is decoded cannot be read on: it ends where it is."""
        self._feed.end = self._feed.ahead.written

    def forget(self, sample: float) -> None:
        """Close the files of pieces that ended before a sample."""
        marks = self.marks
        gone = sum(1 for first, second in itertools.pairwise(marks) if second.start <= sample)
        if gone:
            before, self.marks = self._pieces(), marks[gone:]
            kept = {piece.number for piece in self._pieces()}
            for piece in before:
                if piece.number not in kept:
                    piece.file.close()

    def close(self) -> None:
        """Close all files."""
        for piece in self._pieces():
            piece.file.close()
        self._resampler = None  # nobody reads on; soxr complains of one that outlives the interpreter

    def _splice(self, piece: Piece, *, fresh: bool) -> None:
        """Let a piece follow what was decoded so far.

        Args:
            fresh: with a resampler of its own; else that of the piece before goes on, and a wave that goes on from
                one file to the other does so in what is heard.
        """
        feed = self._feed
        if fresh:
            start = feed.ahead.written
            self._tune(piece.file, start)
        else:
            assert self._resampler is not None
            start = self._base + round(self._pushed * self._resampler.to_rate / self._resampler.from_rate)
        self.marks = (*self.marks, Mark(start, piece.file.position / piece.file.rate, piece))
        feed.end = None

    def _tune(self, file: AudioFile, base: int) -> None:
        self._resampler = Resampler(file.rate, self._feed.rate, channels=2)
        self._base, self._pushed = base, 0

    def _pieces(self) -> list[Piece]:
        """The pieces of the marks, each once, in order."""
        return list({mark.piece.number: mark.piece for mark in self.marks}.values())
