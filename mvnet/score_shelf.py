"""Which scores there are to play, of which period, and which of them must not be heard in a training.

Scores lie in folders named by period, or come from the corpus that music21 brings along. Runs in the process
of the command; opens no score.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mvnet.errors import MvnetError
from mvnet.periods import PERIODS
from mvnet.same_piece import PieceName, any_same
from mvnet.scores import SCORE_SUFFIXES

# Folder of music21's corpus, composer, period, and what of a file's name is the work (all of it
# where nothing is given). Left out: middle ages, folk song, exercises, and composers between two periods.
CORPUS: tuple[tuple[str, str, str, str], ...] = (
    ("palestrina", "Giovanni Pierluigi da Palestrina", "renaissance", r"_(\d+)"),
    ("josquin", "Josquin des Prez", "renaissance", ""),
    ("lusitano", "Vicente Lusitano", "renaissance", ""),
    ("monteverdi", "Claudio Monteverdi", "renaissance", ""),
    ("bach", "Johann Sebastian Bach", "baroque", r"bwv(\d+)"),
    ("corelli", "Arcangelo Corelli", "baroque", ""),
    ("handel", "George Frideric Handel", "baroque", ""),
    ("cpebach", "Carl Philipp Emanuel Bach", "classical", ""),
    ("haydn", "Joseph Haydn", "classical", ""),
    ("mozart", "Wolfgang Amadeus Mozart", "classical", ""),
    ("beethoven", "Ludwig van Beethoven", "classical", ""),
    ("weber", "Carl Maria von Weber", "romantic", ""),
    ("schubert", "Franz Schubert", "romantic", ""),
    ("schumann_robert", "Robert Schumann", "romantic", ""),
    ("schumann_clara", "Clara Schumann", "romantic", ""),
    ("chopin", "Frederic Chopin", "romantic", ""),
    ("verdi", "Giuseppe Verdi", "romantic", ""),
    ("joplin", "Scott Joplin", "modern", ""),
    ("schoenberg", "Arnold Schoenberg", "modern", ""),
    ("webern", "Anton Webern", "modern", ""),
)
SOURCE = "music21 corpus, rendered"


@dataclass(frozen=True)
class Shelved:
    """One score on the shelf.

    Attributes:
        path: its file.
        period: index into mvnet.periods.PERIODS.
        composer: "" when unknown.
        work: what movements of one work share.
        source: the collection.
        split: "train" or "val".
    """

    path: Path
    period: int
    composer: str
    work: str
    source: str
    split: str = "train"

    @property
    def name(self) -> PieceName:
        """For comparison with other collections."""
        return PieceName(self.composer, (self.work, f"{self.path.parent.name} {self.path.stem}"))


def corpus_scores() -> list[Shelved]:
    """The scores of music21's corpus whose period is clear.

    Raises:
        ModuleNotFoundError: music21 is not installed.
    """
    import music21

    root = Path(music21.__file__).parent / "corpus"
    return [
        Shelved(path, PERIODS.index(period), composer, _work(path, root / folder, pattern), SOURCE)
        for folder, composer, period, pattern in CORPUS
        for path in _files(root / folder)
    ]


def folder_scores(root: Path) -> list[Shelved]:
    """The scores of a folder, <period>/<composer>/.../<file>; the composer's folder may be missing.

    Raises:
        MvnetError: there are none.
    """
    found = []
    for number, period in enumerate(PERIODS):
        for path in _files(root / period):
            between = path.relative_to(root / period).parts[:-1]
            composer = between[0] if between else ""
            work = " ".join((*between[1:], path.stem)) if len(between) < 2 else " ".join(between[1:])
            found.append(Shelved(path, number, composer, f"{composer} {work}".strip(), root.name))
    if not found:
        raise MvnetError(
            f"{root} holds no scores: {', '.join(PERIODS)}, each a folder of MusicXML, MIDI, Humdrum or tables of notes"
        )
    return found


def _files(folder: Path) -> Iterator[Path]:
    """Scores in a folder, one format of each: music21 has some pieces in several."""
    seen = set()
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.suffix.lower() in SCORE_SUFFIXES and path.with_suffix("") not in seen and "_old" not in path.stem:
            seen.add(path.with_suffix(""))
            yield path


def _work(path: Path, folder: Path, pattern: str) -> str:
    """Composer's folder and work: movements that share a folder are one work, else the file's name tells."""
    between = path.relative_to(folder).parts[:-1]
    found = re.search(pattern, path.stem) if pattern else None
    return f"{folder.name} {' '.join(between) if between else found[1] if found else path.stem}"


def read_names(table: Path) -> dict[str, list[PieceName]]:
    """The pieces of a data set's manifest by split.

    Raises:
        MvnetError: it cannot be read.
    """
    names: dict[str, dict[PieceName, None]] = {"train": {}, "val": {}}
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                path = Path(row.get("source_path") or row.get("file") or "")
                said = (row.get("piece") or "", row.get("movement") or "", f"{path.parent.name} {path.stem}")
                name = PieceName(row.get("composer") or "", said)
                names.setdefault(row.get("split") or "train", {})[name] = None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MvnetError(f"{table} cannot be read as a CSV table in UTF-8: {error}") from error
    return {split: list(found) for split, found in names.items()}


def without(shelf: Iterable[Shelved], held_out: Sequence[PieceName]) -> list[Shelved]:
    """The scores that are surely none of these pieces, nor another movement of their works."""
    kept = list(shelf)
    shunned = {(score.composer, score.work) for score in kept if any_same(score.name, held_out)}
    return [score for score in kept if (score.composer, score.work) not in shunned]
