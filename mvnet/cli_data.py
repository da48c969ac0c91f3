"""`mvnet data DIR`: what a data set holds, which of its files are broken, and the cache that training reads.

The tallies come first, so that a wrong folder shows at once; decoding follows with a progress bar.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mvnet.errors import MvnetError
from mvnet.periods import PERIODS

if TYPE_CHECKING:
    from mvnet.records import Painting, Recording, Skipped

Item = TypeVar("Item")
LAYOUTS = ("auto", "author", "manifest", "periods", "decades")
COLUMNS = ("recordings", "pieces", "clips", "paintings", "painters")
LAYOUT_HELP = """layouts:
  author     <split>/<period>/a<k>.mp3 and i<m>.jpg, as the paper's data set
  manifest   music.csv and paintings.csv with the columns file and period, year or decade; optional:
             split, piece_id or piece, composer, artist, kind, source, start_s
  periods    <period>/ with files, or with a folder for each piece or painter
  decades    folders named 1650 or 1650s at any depth, as WikiArt-IMSLP
The folder may hold music/ and paintings/ (or image/). The periods are renaissance, baroque, classical,
romantic and modern. Sets without splits are split at random, no piece on both sides."""


def configure(parser: ArgumentParser) -> Callable[[Namespace], int]:
    """Add the flags of `mvnet data`; returns what runs it."""
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.epilog = LAYOUT_HELP
    parser.add_argument("folder", metavar="DIR", type=Path, help="folder of the data set, or a CSV manifest")
    parser.add_argument("--layout", choices=LAYOUTS, default="auto", help="how it is laid out (default: auto)")
    parser.add_argument(
        "--cache", type=Path, help="decode everything into this folder; without it files are only listed"
    )
    parser.add_argument("--size", type=int, default=64, help="of the cached paintings, pixels (default: 64)")
    parser.add_argument("--samples", action="store_true", help="cache the clips' samples too, for --augment")
    parser.add_argument("--scale", choices=("db", "power"), default="db", help="of the cached spectrograms")
    parser.add_argument("--clips-per-piece", type=int, metavar="N", help="at most N clips of one piece")
    parser.add_argument("--split-by", choices=("painting", "painter"), default="painting", help="of the paintings")
    parser.add_argument("--seed", type=int, default=0, help="of the split, where the set has none (default: 0)")
    parser.add_argument("--val-share", type=float, default=0.15, help="held out, where the set has no split")
    parser.add_argument("--workers", type=int, metavar="N", help="decoding processes (default: one a core, at most 4)")
    parser.add_argument("--json", action="store_true", help="print one JSON object, no progress bar")
    return run


def run(args: Namespace) -> int:
    """List, decode and tally a data set; 0 when anything in it can be used."""
    from mvnet.layouts import read_music, read_paintings

    splitting = {"seed": args.seed, "val_share": args.val_share}
    recordings: list[Recording] = _or_nothing(lambda: read_music(args.folder, args.layout, **splitting))
    paintings: list[Painting] = _or_nothing(
        lambda: read_paintings(args.folder, args.layout, split_by=args.split_by, **splitting)
    )
    if not recordings and not paintings:
        raise MvnetError(f"{args.folder} holds no recordings and no paintings: see the layouts in `mvnet data --help`")
    result: dict[str, Any] = {"folder": str(args.folder), "table": _tally(recordings, paintings)}
    if args.cache:
        clip_recordings, paintings, skipped = _decode(args, recordings, paintings)
        result["table"] = _tally(recordings, paintings, clip_recordings)
        result["skipped"] = [{"file": str(item.path), "reason": item.reason} for item in skipped]
        result["cache"] = str(args.cache)
    print(json.dumps(result) if args.json else _table(result["table"]))
    return 0


def _or_nothing(read: Callable[[], list[Item]]) -> list[Item]:
    """What is read, or nothing where a set has only the other medium."""
    from mvnet.layouts import NothingFound

    try:
        return read()
    except NothingFound:
        return []


def _decode(
    args: Namespace, recordings: Sequence[Recording], paintings: Sequence[Painting]
) -> tuple[list[Recording], list[Painting], list[Skipped]]:
    """Fill the cache; returns the recording of each clip, the paintings that can be used, and the broken files."""
    from mvnet.clips import load_clip_samples, load_clip_windows
    from mvnet.frontend import MelSpec
    from mvnet.pictures import load_paintings

    spec = MelSpec(scale=args.scale)
    how = {"progress": not args.json, "workers": args.workers}
    used: list[Recording] = []
    skipped: list[Skipped] = []
    if recordings:
        clips = load_clip_windows(recordings, spec, args.cache, clips_per_piece=args.clips_per_piece, **how)
        used, skipped = [clip.recording for clip in clips.clips], list(clips.skipped)
        if args.samples:  # names the same broken files again, so quietly
            how_samples = how | {"progress": False}
            load_clip_samples(recordings, spec, args.cache, clips_per_piece=args.clips_per_piece, **how_samples)
    if paintings:
        pictures = load_paintings(paintings, args.size, args.cache, **how)
        paintings, skipped = pictures.paintings, skipped + pictures.skipped
    return used, list(paintings), skipped


def _tally(
    recordings: Sequence[Recording], paintings: Sequence[Painting], clips: Sequence[Recording] | None = None
) -> list[dict[str, Any]]:
    """One row for each period and split; clips is None before decoding."""
    rows = []
    for period, name in enumerate(PERIODS):
        for split in ("train", "val"):
            place = (period, split)
            music = [item for item in recordings if (item.period, item.split) == place]
            pictures = [item for item in paintings if (item.period, item.split) == place]
            rows.append(
                {
                    "period": name,
                    "split": split,
                    "recordings": len(music),
                    "pieces": len({item.piece for item in music}),
                    "clips": None if clips is None else sum((item.period, item.split) == place for item in clips),
                    "paintings": len(pictures),
                    "painters": len({item.painter for item in pictures if item.painter}),
                }
            )
    return rows


def _table(rows: Sequence[dict[str, Any]]) -> str:
    lines = ["".join(f"{title:>12}" for title in ("period", "split", *COLUMNS))]
    for row in rows:
        cells = ("-" if row[title] is None else row[title] for title in ("period", "split", *COLUMNS))
        lines.append("".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)
