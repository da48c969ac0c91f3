"""`mvnet render`: plays scores with sound fonts, for more and more varied music to train with.

The clips go into a folder with a music.csv like any data set's. The same seed, scores and sound fonts give the same
clips; an interrupted run goes on where it stopped. Imports nothing heavy until it runs.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import zlib
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mvnet.errors import MvnetError
from mvnet.periods import PERIODS

if TYPE_CHECKING:
    import numpy as np

    from mvnet.performance import Excerpt
    from mvnet.score_shelf import Shelved
    from mvnet.scores import Score

SHEET = 16  # excerpts that one run of the synthesiser plays
COLUMNS = (
    "file", "period", "split", "composer", "piece", "piece_id", "kind", "instrumentation", "soundfont", "start_s",
    "source", "source_path",
)  # fmt: skip
OVERLAP = 3  # clips of a score at most, for each CLIP_S of its length


def configure(parser: ArgumentParser) -> Callable[[Namespace], int]:
    """Add the flags of `mvnet render`; returns what runs it."""
    parser.add_argument("--output", type=Path, required=True, help="folder for the clips and their music.csv")
    parser.add_argument("--corpus", action="store_true", help="play the scores that music21 brings along")
    parser.add_argument(
        "--scores", type=Path, action="append", default=[], help="folder of scores, PERIOD/COMPOSER/FILE; repeatable"
    )
    parser.add_argument("--apart-from", type=Path, help="music.csv whose held-out pieces are not played")
    parser.add_argument("--clips", type=int, default=300, help="of each period (default: 300)")
    parser.add_argument("--works", type=int, default=60, help="of one composer at most (default: 60)")
    parser.add_argument(
        "--val-share", type=float, default=0.0, help="of the works, held out to choose with (default: 0)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of every draw (default: 0)")
    parser.add_argument("--sound-font", type=Path, action="append", default=[], help="to play with; repeatable")
    parser.add_argument("--json", action="store_true", help="print one JSON object, no progress bar")
    return run


@dataclass(frozen=True)
class Take:
    """One clip that is to be made."""

    score: Shelved
    number: int

    @property
    def slug(self) -> str:
        """Of the piece: composer's surname, work and file."""
        text = f"{self.score.work} {self.score.path.stem}".lower()
        return re.sub(r"[^a-z0-9]+", "-", text).strip("-")

    @property
    def file(self) -> str:
        """Below the output folder."""
        return f"{PERIODS[self.score.period]}/{self.slug}-{self.number:02}.flac"

    def seed(self, seed: int) -> list[int]:
        """Of its draws: as good as independent of every other take's, and of the period."""
        return [seed, zlib.crc32(self.slug.encode()), self.number]


def run(args: Namespace) -> int:
    """Plan, play, cut and list the clips."""
    from mvnet.synthesis import find_sound_fonts, find_synthesiser

    find_synthesiser()
    fonts = find_sound_fonts(args.sound_font)
    shelf = _shelf(args)
    made, skipped = _make(plan(shelf, args.clips, args.seed), fonts, args)
    _write_table(args.output / "music.csv", made)
    counts = {name: sum(row["period"] == name for row in made) for name in PERIODS}
    works = len({row["piece_id"] for row in made})
    result = {"folder": str(args.output), "clips": len(made), "works": works, **counts, "skipped": skipped}
    if args.json:
        print(json.dumps(result))
    else:
        listed = ", ".join(f"{name} {count}" for name, count in counts.items())
        print(f"{len(made)} clips of {works} works are in {args.output}: {listed}.")
    return 0


def _shelf(args: Namespace) -> list[Shelved]:
    """The scores to play, without held-out works, some of the others set apart."""
    from mvnet.score_shelf import corpus_scores, folder_scores, read_names, without

    shelf = [score for folder in args.scores for score in folder_scores(folder)]
    shelf += corpus_scores() if args.corpus else []
    if not shelf:
        raise MvnetError("there is nothing to play: give --scores DIR or --corpus")
    names = read_names(args.apart_from) if args.apart_from else {"train": [], "val": []}
    shelf = thin(without(shelf, names["val"]), args.works, args.seed)
    known = {score.work for score in shelf} - {score.work for score in without(shelf, names["train"])}
    return set_apart(shelf, known, args.val_share, args.seed)


def thin(shelf: Sequence[Shelved], most: int, seed: int) -> list[Shelved]:
    """Each composer with so many works at most, drawn by the seed."""
    import numpy as np

    works: dict[str, list[str]] = defaultdict(list)
    for score in shelf:
        if score.work not in works[score.composer]:
            works[score.composer].append(score.work)
    rng = np.random.default_rng(seed)
    kept = {
        (composer, found[index])
        for composer, found in sorted(works.items())
        for index in rng.permutation(len(found))[:most]
    }
    return [score for score in shelf if (score.composer, score.work) in kept]


def set_apart(shelf: Sequence[Shelved], known: set[str], share: float, seed: int) -> list[Shelved]:
    """A share of each period's works in the split "val"; works that other data hold already stay in "train"."""
    import numpy as np

    rng = np.random.default_rng([seed, 1])
    apart: set[str] = set()
    for period in range(len(PERIODS)):
        works = sorted({score.work for score in shelf if score.period == period})
        free = [work for work in works if work not in known]
        count = min(round(share * len(works)), len(free), len(works) - 1)
        apart |= {free[index] for index in rng.permutation(len(free))[: max(0, count)]}
    return [replace(score, split="val" if score.work in apart else "train") for score in shelf]


def plan(shelf: Sequence[Shelved], clips: int, seed: int) -> list[Take]:
    """Which clips to make: as many of each work of a period, the movements of a work in turn."""
    takes = []
    for period in range(len(PERIODS)):
        works: dict[str, list[Shelved]] = defaultdict(list)
        for score in shelf:
            if score.period == period:
                works[score.work].append(score)
        if not works:
            continue
        share, rest = divmod(clips, len(works))
        for place, scores in enumerate(works.values()):
            wanted = share + (place < rest)
            takes += [Take(scores[number % len(scores)], number // len(scores)) for number in range(wanted)]
    return takes


def _make(takes: Sequence[Take], fonts: Sequence[Path], args: Namespace) -> tuple[list[dict[str, str]], int]:
    """Play what is not there yet; returns the rows of all clips, and how many takes gave none."""
    import numpy as np
    from tqdm import tqdm

    rows, skipped = [], 0
    order = np.random.default_rng([args.seed, 2]).permutation(len(takes))
    sheets = [[takes[index] for index in order[first : first + SHEET]] for first in range(0, len(takes), SHEET)]
    with tqdm(total=len(takes), disable=args.json, unit="clip") as bar:
        for number, sheet in enumerate(sheets):
            rng = np.random.default_rng([args.seed, 3, number])
            font = fonts[int(rng.integers(len(fonts)))]
            played = [(take, excerpt) for take, excerpt in _played(sheet, args.seed) if excerpt is not None]
            skipped += len(sheet) - len(played)
            if not all((args.output / take.file).is_file() for take, _ in played):
                _record(played, font, rng, args.output)
            rows += [_row(take, excerpt, font) for take, excerpt in played]
            bar.update(len(sheet))
    return sorted(rows, key=lambda row: row["file"]), skipped


def _played(sheet: Sequence[Take], seed: int) -> Iterator[tuple[Take, Excerpt | None]]:
    """Each take with its excerpt; None where the score cannot be read, is too short or the excerpt is nearly empty."""
    import numpy as np

    from mvnet.performance import CLIP_S, DEFAULT_TEMPO, play

    for take in sheet:
        score = _score(take.score.path)
        if score is None:
            yield take, None
            continue
        room = max(1.0, score.length * 60 / (score.tempo or DEFAULT_TEMPO) / CLIP_S)
        yield take, play(score, np.random.default_rng(take.seed(seed))) if take.number < room * OVERLAP else None


@cache  # a second of reading for many a score, and several takes of each
def _score(path: Path) -> Score | None:
    """The score in a file; None, with a line on stderr, where it cannot be read."""
    from mvnet.scores import UnreadableScore, read_score

    try:
        return read_score(path)
    except UnreadableScore as error:
        print(f"skipped {error}", file=sys.stderr)
        return None


def _record(played: Sequence[tuple[Take, Excerpt]], font: Path, rng: np.random.Generator, folder: Path) -> None:
    """Write the clips of one sheet: played, put into rooms, at levels as recordings have."""
    import numpy as np
    import soundfile
    import torch

    from mvnet.augment import AugmentConfig, WaveformAugment
    from mvnet.synthesis import RATE, render

    if not played:
        return
    clips = torch.from_numpy(np.stack(render([excerpt for _, excerpt in played], font, rng)))
    chain = AugmentConfig(speed=0, room=0.35, equalise=0.6, noise=0.3, speaker=0.05, codec=0.15, gain_db=(-10.0, 3.0))
    loud = clips / clips.abs().amax(1, keepdim=True).clamp_min(1e-6) * 0.7
    sound = WaveformAugment(chain, RATE)(loud, torch.Generator().manual_seed(int(rng.integers(2**62))))
    for (take, _), samples in zip(played, sound.numpy(), strict=True):
        file = folder / take.file
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")  # an interrupted run leaves no half clip
        soundfile.write(part, samples, RATE, format="FLAC", subtype="PCM_16")
        part.replace(file)


def _row(take: Take, excerpt: Excerpt, font: Path) -> dict[str, str]:
    score = take.score
    return {
        "file": take.file,
        "period": PERIODS[score.period],
        "split": score.split,
        "composer": score.composer,
        "piece": f"{score.work} {score.path.stem}",
        "piece_id": re.sub(r"[^a-z0-9]+", "-", f"{score.source} {score.work}".lower()),
        "kind": "rendered",
        "instrumentation": excerpt.ensemble,
        "soundfont": font.stem,
        "start_s": f"{excerpt.start_s:.2f}",
        "source": score.source,
        "source_path": score.path.name,
    }


def _write_table(path: Path, rows: Sequence[dict[str, str]]) -> None:
    if not rows:
        raise MvnetError("no clip was made: none of the scores can be played")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
