"""Whether two descriptions mean one piece of music: what keeps held-out music out of the training.

Collections name a piece in different ways, so this compares what is left of a name without its common words:
the composer's surname, catalogue numbers, and words that few titles share. In doubt two pieces are one: a piece
too many left out costs little, a held-out piece heard in training spoils the measurement. Pure functions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

# Words that many titles share, so that one of them in common says nothing.
COMMON = frozenset(
    """
    sonata sonate sonatas quartet quartett quintet trio concerto symphony symphonie suite prelude praeludium fugue
    fuga minuet menuet menuetto allegro andante adagio presto largo moderato allegretto rondo scherzo finale theme
    variation variations piece pieces piano string strings violin viola cello flute organ guitar keyboard major
    minor flat sharp opus book number nummer from with movement part section first second third fourth fifth
    complete missa mass motet kyrie gloria credo sanctus benedictus agnus madrigal madrigals chorale choral lieder
    song songs waltz mazurka etude nocturne polonaise album young work works bwv kv hob clavecin concert sonatina
    bagatelle lyric dance danse corpus music score scores data files classical exposition ragtime
    """.split()  # noqa: SIM905 - as a list it would fill a hundred lines
)
CATALOGUE = re.compile(r"\b(bwv|kv?|hwv|rv|d|s|wq|h|woo|k)[ ._]*(\d{1,4})\b")
OPUS = re.compile(r"\bop(?:us)?[ ._]*(\d{1,3})(?:[ ._,]*n(?:o|r|um)?[ ._]*(\d{1,2}))?")
SHORTEST_WORD = 5


@dataclass(frozen=True)
class PieceName:
    """All that is said of a piece.

    Attributes:
        composer: as written; the last word counts.
        names: title, movement, name of its file: whatever there is.
    """

    composer: str
    names: tuple[str, ...]

    @cached_property
    def surname(self) -> str:
        """In lower case without accents, "" where unknown."""
        words = re.findall(r"[a-z]+", _plain(self.composer.split(",")[0] if "," in self.composer else self.composer))
        return words[-1] if words else ""

    @cached_property
    def text(self) -> str:
        """The names in lower case, without accents."""
        return " ".join(re.sub(r"([a-z])(?=\d)|(\d)(?=[a-z])", r"\1\2 ", _plain(name)) for name in self.names)

    @cached_property
    def catalogue(self) -> frozenset[str]:
        """Numbers in a catalogue of works, "k 464"."""
        found = {f"{'k' if kind == 'kv' else kind} {int(number)}" for kind, number in CATALOGUE.findall(self.text)}
        return frozenset(found)

    @cached_property
    def opus(self) -> frozenset[tuple[int, int | None]]:
        """Opus and number within it, None where it is not said."""
        return frozenset((int(opus), int(number) if number else None) for opus, number in OPUS.findall(self.text))

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Every number of two digits or more."""
        return frozenset(int(number) for number in re.findall(r"\d+", self.text) if int(number) > 9)

    @cached_property
    def rows(self) -> frozenset[tuple[int, ...]]:
        """The numbers in each of the names that has two or more: book and place in it, "5-04e" and "madrigal.5.4"."""
        found = (tuple(int(number) for number in re.findall(r"\d+", name)) for name in self.names)
        return frozenset(numbers for numbers in found if len(numbers) > 1)

    @cached_property
    def words(self) -> frozenset[str]:
        """Words that few titles share."""
        return frozenset(re.findall(rf"[a-z]{{{SHORTEST_WORD},}}", self.text)) - COMMON - {self.surname}


def may_be_same(one: PieceName, other: PieceName) -> bool:
    """Whether two names may mean one work; never where both composers are known and differ."""
    if one.surname and other.surname and one.surname != other.surname:
        return False
    if one.catalogue and other.catalogue:
        return bool(one.catalogue & other.catalogue)
    if one.opus and other.opus:
        pairs = ((a, b) for a in one.opus for b in other.opus)
        return any(a[0] == b[0] and (None in (a[1], b[1]) or a[1] == b[1]) for a, b in pairs)
    return bool(one.numbers & other.numbers or one.rows & other.rows or one.words & other.words)


def any_same(one: PieceName, others: Iterable[PieceName]) -> bool:
    """Whether a piece may be one of these."""
    return any(may_be_same(one, other) for other in others)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
