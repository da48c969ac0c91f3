"""Finds the recordings and paintings of a data set in the ways such sets are laid out on disk.

    author     <split>/<period>/a<k>.mp3 and i<m>.jpg: the paper's Musart data set
    manifest   music.csv and paintings.csv (or one CSV), with the period, year or decade of each file
    periods    <period>/ with files or folders of files
    decades    folders named 1650 or 1650s, at any depth: WikiArt-IMSLP (image/<decade>/, music/<decade>/)

A root may hold the folders music/ and paintings/ (or image/), or be one of them. Nothing is decoded
here, and a file's own trouble shows later, when `mvnet.clips` or `mvnet.pictures` opens it.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mvnet.decode import SOUND_SUFFIXES
from mvnet.errors import MvnetError
from mvnet.periods import PERIODS, period_index, period_of_year
from mvnet.pictures import PICTURE_SUFFIXES
from mvnet.records import KINDS, Painting, Recording
from mvnet.splits import assign_splits

LAYOUTS = ("author", "manifest", "periods", "decades")
SPLIT_NAMES = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "test": "val", "testing": "val", "eval": "val",
}  # fmt: skip
DECADE = re.compile(r"(1\d|20)\d\ds?", re.IGNORECASE)
FILE_COLUMNS = ("file", "path", "filename")
YEAR_COLUMNS = ("year", "decade", "date")
# WikiArt: "claude-monet_water-lilies-1906.jpg"
PAINTER_NAME = re.compile(r"(?P<painter>[a-zß-ÿ'.()-]+)_[^\W\d_]")
# WikiArt-IMSLP: "1867_String Quartet No.5, Op.138 (Raff, Joachim)_ I. Allegro.mp3"
IMSLP_NAME = re.compile(r"[^_]*\d{4}[^_]*_(?P<piece>.+?\((?P<composer>[^()]*)\))_")


class NothingFound(MvnetError):
    """A folder holds no recording, or no painting, in the layout asked for."""


@dataclass(frozen=True)
class _Item:
    """One file and what its place says about it; "" where nothing does."""

    path: Path
    period: int
    split: str = ""
    group: str = ""  # piece or painter
    author: str = ""  # composer
    source: str = ""
    kind: str = ""
    start_s: float = 0.0


@dataclass(frozen=True)
class _Medium:
    """What differs between music and paintings when looking for them."""

    noun: str
    suffixes: frozenset[str]
    folders: tuple[str, ...]
    group_columns: tuple[str, ...]
    author_columns: tuple[str, ...]


_MUSIC = _Medium(
    "recordings", SOUND_SUFFIXES, ("music", "audio"), ("piece_id", "piece", "title"), ("composer", "artist")
)
_PAINTINGS = _Medium(
    "paintings", PICTURE_SUFFIXES, ("paintings", "image", "images"), ("painter", "artist"), ("painter", "artist")
)


def read_music(root: Path | str, layout: str = "auto", *, seed: int = 0, val_share: float = 0.15) -> list[Recording]:
    """The recordings of a data set.

    Splits that the set brings are kept; otherwise pieces are drawn at random, period by period. All
    recordings of a piece are in one split.

    Args:
        root: the data set's folder, or a CSV manifest.
        layout: "auto", or one of LAYOUTS.
        seed: of the draw.
        val_share: share of the recordings that is held out.
    Raises:
        NothingFound: no recording there.
        MvnetError: no such folder, or a manifest that cannot be read.
    """
    items = _find(Path(root), layout, _MUSIC)
    pieces = [item.group or item.path.as_posix() for item in items]
    splits = assign_splits(
        [f"{item.period} {piece}" for item, piece in zip(items, pieces, strict=True)],
        [item.period for item in items], [item.split for item in items], seed=seed, val_share=val_share,
    )  # fmt: skip
    return [
        Recording(item.path, item.period, piece, item.source, item.kind, split, item.start_s, item.author)
        for item, piece, split in zip(items, pieces, splits, strict=True)
    ]


def read_paintings(
    root: Path | str, layout: str = "auto", *, seed: int = 0, val_share: float = 0.15, split_by: str = "painting"
) -> list[Painting]:
    """The paintings of a data set.

    Args:
        root: the data set's folder, or a CSV manifest.
        layout: "auto", or one of LAYOUTS.
        seed: of the draw, where the set brings no splits.
        val_share: share of the paintings that is held out.
        split_by: "painting", or "painter" so that no painter is on both sides; a painter whom the set
            itself has on both sides then goes to "train". Paintings by unknown painters stay apart.
    Raises:
        NothingFound: no painting there.
        MvnetError: no such folder, a manifest that cannot be read, or another split_by.
    """
    if split_by not in ("painting", "painter"):
        raise MvnetError(f"paintings cannot be split by {split_by!r}: use painting or painter")
    items = _find(Path(root), layout, _PAINTINGS)
    groups = [item.group if split_by == "painter" and item.group else item.path.as_posix() for item in items]
    splits = assign_splits(
        groups, [item.period for item in items], [item.split for item in items], seed=seed, val_share=val_share
    )
    return [Painting(item.path, item.period, item.group, split) for item, split in zip(items, splits, strict=True)]


def _find(root: Path, layout: str, medium: _Medium) -> list[_Item]:
    if layout != "auto" and layout not in LAYOUTS:
        raise MvnetError(f"layout {layout!r} is unknown: use auto, {', '.join(LAYOUTS)}")
    if not root.exists():
        raise MvnetError(f"{root} does not exist: give the folder of a data set")
    for name in LAYOUTS if layout == "auto" else (layout,):
        for folder in _places(root, medium):
            items = list(_READERS[name](folder, medium))
            if items:
                return items
    raise NothingFound(
        f"{root} holds no {medium.noun}" + (f" in the layout {layout!r}" if layout != "auto" else "")
        + ": folders named by period or decade, or a CSV manifest, are needed"
    )  # fmt: skip


def _places(root: Path, medium: _Medium) -> list[Path]:
    """Where to look: the medium's own folder first, then the root itself."""
    if root.is_file():
        return [root]
    return [root / name for name in medium.folders if (root / name).is_dir()] + [root]


def _files(folder: Path, medium: _Medium) -> Iterator[Path]:
    for path in sorted(folder.rglob("*"), key=_natural):
        if path.suffix.lower() in medium.suffixes and not path.name.startswith("."):
            yield path


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sorting key: a2 before a10, as the author numbers his files."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", path.as_posix())]


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _period_folders(folder: Path) -> list[tuple[int, Path]]:
    return [(period_index(path.name), path) for path in _folders(folder) if path.name.lower() in PERIODS]


def _author(root: Path, medium: _Medium) -> Iterator[_Item]:
    for part in _folders(root):
        split = SPLIT_NAMES.get(part.name.lower())
        for period, folder in _period_folders(part) if split else ():
            for path in _files(folder, medium):
                # The files are numbered and tell nothing else: each counts as a piece of its own.
                yield _Item(path, period, split or "", source=root.name)


def _periods(root: Path, medium: _Medium) -> Iterator[_Item]:
    for period, folder in _period_folders(root):
        for path in _files(folder, medium):
            yield _named(path, folder, period, medium)


def _decades(root: Path, medium: _Medium, depth: int = 4) -> Iterator[_Item]:
    for folder in _folders(root):
        if DECADE.fullmatch(folder.name):
            period = period_index(period_of_year(int(folder.name[:4])))
            for path in _files(folder, medium):
                yield _named(path, folder, period, medium)
        elif depth > 1:  # bounded: links may lead in circles
            yield from _decades(folder, medium, depth - 1)


def _named(path: Path, folder: Path, period: int, medium: _Medium) -> _Item:
    """What a file's name and the folders between it and its period's folder say."""
    between = path.relative_to(folder).parts[:-1]
    if medium is _PAINTINGS:
        match = PAINTER_NAME.match(path.name)
        return _Item(path, period, group=between[0] if between else match["painter"] if match else "")
    match = IMSLP_NAME.match(path.name)
    if match:
        return _Item(path, period, group=match["piece"].strip(), author=match["composer"].strip())
    return _Item(path, period, group="/".join(between))  # the movements of a piece share a folder


def _manifest(root: Path, medium: _Medium) -> Iterator[_Item]:
    named = {f"{name}.csv" for name in medium.folders}
    tables = [root] if root.is_file() else sorted(root.glob("*.csv"), key=lambda path: (path.name not in named, path))
    for table in tables:
        items = list(_rows(table, medium, required=root.is_file() or table.name in named))
        if items:
            yield from items
            return


def _rows(table: Path, medium: _Medium, required: bool) -> Iterator[_Item]:
    """Items of one CSV; a CSV without the columns is an error where it is required, else none of ours."""
    undated = 0
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = set(reader.fieldnames or ())
            if not (columns & set(FILE_COLUMNS) and columns & {"period", *YEAR_COLUMNS}):
                if required:
                    raise MvnetError(f"{table} needs a column file and one of period, decade or year")
                return
            for row in reader:
                name = _first(row, FILE_COLUMNS)
                if Path(name).suffix.lower() not in medium.suffixes:
                    continue
                period = _period_of_row(row, f"{table}, line {reader.line_num}")
                if period is None:
                    undated += 1
                else:
                    yield _item_of_row(table.parent / name, period, row, medium, f"{table}, line {reader.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MvnetError(f"{table} cannot be read as a CSV table in UTF-8: {error}") from error
    if undated:
        print(f"{table}: {undated} rows without a period or year left out", file=sys.stderr)


def _first(row: dict[str, str], columns: Sequence[str]) -> str:
    """The first of these columns that says something, or ""."""
    return next((value.strip() for name in columns if (value := row.get(name) or "").strip()), "")


def _period_of_row(row: dict[str, str], place: str) -> int | None:
    if name := _first(row, ("period",)):
        try:
            return period_index(name)
        except ValueError as error:
            raise MvnetError(f"{place}: {error}") from None
    year = re.search(r"\d{4}", _first(row, YEAR_COLUMNS))
    return period_index(period_of_year(int(year[0]))) if year else None


def _item_of_row(path: Path, period: int, row: dict[str, str], medium: _Medium, place: str) -> _Item:
    split, kind, start = (_first(row, (name,)) for name in ("split", "kind", "start_s"))
    if split and split.lower() not in SPLIT_NAMES:
        raise MvnetError(f"{place}: split {split!r} is unknown: use {', '.join(SPLIT_NAMES)} or leave it empty")
    if kind not in KINDS:
        raise MvnetError(f"{place}: kind {kind!r} is unknown: use recorded, rendered or leave it empty")
    try:
        start_s = float(start or 0)
    except ValueError:
        raise MvnetError(f"{place}: start_s {start!r} is not a number of seconds") from None
    return _Item(
        path,
        period,
        split=SPLIT_NAMES.get(split.lower(), ""),
        group=_first(row, medium.group_columns),
        author=_first(row, medium.author_columns),
        source=_first(row, ("source",)),
        kind=kind,
        start_s=start_s,
    )


_READERS: dict[str, Callable[[Path, _Medium], Iterator[_Item]]] = {
    "author": _author,
    "manifest": _manifest,
    "periods": _periods,
    "decades": _decades,
}
