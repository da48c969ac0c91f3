"""`mvnet train encoder` and `mvnet train gan`: flags from the configurations, data, run, result.

Imports torch only when a training starts.
"""

from __future__ import annotations

import json
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from mvnet import cli_painter
from mvnet.configs import RECIPES, EncoderConfig, GanConfig, NotesConfig, RunConfig, add_flags, with_flags
from mvnet.errors import MvnetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightning_fabric import Fabric

    from mvnet.clips import ClipWindows
    from mvnet.encoder_data import EncoderData
    from mvnet.frontend import MelSpec
    from mvnet.records import Recording
    from mvnet.train_gan import GanData

DRY_STEPS = 3
DRY_FILES = 2  # of each period and split
SCALES = ("db", "power")


class _InSplit(Protocol):
    @property
    def period(self) -> int: ...
    @property
    def split(self) -> str: ...


Item = TypeVar("Item", bound=_InSplit)


def configure(parser: ArgumentParser) -> Callable[[Namespace], int]:
    """Add the trainings and their flags."""
    parts = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    encoder = parts.add_parser("encoder", help="the audio encoder: music to ten numbers")
    _add_common(encoder)
    encoder.add_argument(
        "--scale", choices=SCALES, default="db", help="of the spectrogram; power is the author's code's"
    )
    _add_more_music(encoder)
    encoder.add_argument("--init", type=Path, help="encoder.pt or its run folder, with whose weights to begin")
    encoder.add_argument("--like", type=Path, help="encoder.pt onto whose embeddings the finished ones are turned")
    encoder.add_argument(
        "--lessons-file", type=Path, action="append", default=[],
        help="what teachers hear in the clips, from `mvnet lessons`; may be repeated, the one known to --init first",
    )  # fmt: skip
    encoder.add_argument("--notes", type=Path, help="style: notes.pt of `mvnet train notes`, or its run folder")
    add_flags(encoder, EncoderConfig)
    add_flags(encoder, RunConfig)
    encoder.set_defaults(train=_run_encoder)
    notes = parts.add_parser("notes", help="the encoder's first half: which notes sound")
    _add_common(notes)
    _add_more_music(notes)
    notes.add_argument("--init", type=Path, help="notes.pt or its run folder, with whose weights to begin")
    notes.add_argument(
        "--notes-file", type=Path, action="append", required=True,
        help="what a teacher hears in the clips, from `mvnet lessons --notes`; may be repeated",
    )  # fmt: skip
    add_flags(notes, NotesConfig)
    add_flags(notes, RunConfig)
    notes.set_defaults(train=_run_notes, scale="db")
    gan = parts.add_parser("gan", help="the generator of paintings and its discriminator")
    _add_common(gan)
    gan.add_argument("--encoder", type=Path, required=True, help="encoder.pt, or the run folder that holds it")
    gan.add_argument(
        "--split-by", choices=("painting", "painter"), default="painting", help="what is on one side of the split only"
    )
    add_flags(gan, GanConfig)
    add_flags(gan, RunConfig)
    gan.set_defaults(train=_run_gan)
    cli_painter.configure(parts, _add_common, _folder, _report)
    return lambda args: args.train(args)


def _add_more_music(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--more-data", type=Path, action="append", default=[], help="another folder of music; may be repeated"
    )
    parser.add_argument(
        "--choose-on",
        type=Path,
        help="of these folders the one whose held-out pieces are measured; the others' are not read",
    )


def _add_common(parser: ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of the data set")
    parser.add_argument("--layout", default="auto", help="of the data set (default: auto; see `mvnet data --help`)")
    parser.add_argument("--run", dest="folder", type=Path, required=True, help="run folder: log, checkpoints, result")
    parser.add_argument("--cache", type=Path, default=None, help="folder of decoded data (default: cache in --run)")
    parser.add_argument("--val-share", type=float, default=0.15, help="held out, where the data names no split")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object, no progress bar")


def _run_encoder(args: Namespace) -> int:
    recipe = RECIPES[args.loss or "triplet"]
    config, run = with_flags(recipe, args), with_flags(RunConfig(), args)
    from mvnet.allocation import keep_freed_blocks
    from mvnet.checkpoints import load_encoder, load_notes
    from mvnet.engine import start_engine
    from mvnet.start import load_start
    from mvnet.train_encoder import train_encoder

    keep_freed_blocks()
    fabric = start_engine(run)
    start = load_start(args.init) if args.init else None
    like = load_encoder(args.like)[0] if args.like else None
    notes = load_notes(args.notes)[0] if args.notes else None
    with _folder(args, run) as path:
        data = _encoder_data(args, config, run, fabric)
        if run.dry_run:
            batch = max(1, len(data.split("train")) // (DRY_STEPS * fabric.world_size))
            config = replace(config, epochs=1, batch=batch, anchors_per_clip=1, warmup=0.0)
        ended, figures = train_encoder(
            config, data, path, run, fabric, start=start, notes=notes, like=like, quiet=args.json
        )
    return _report(args, path, ended, figures, fabric)


def _run_notes(args: Namespace) -> int:
    config, run = with_flags(NotesConfig(), args), with_flags(RunConfig(), args)
    from mvnet.allocation import keep_freed_blocks
    from mvnet.checkpoints import load_notes
    from mvnet.engine import start_engine
    from mvnet.frontend import MelSpec
    from mvnet.note_lessons import read_notes
    from mvnet.train_notes import NotesData, train_notes

    keep_freed_blocks()
    fabric = start_engine(run)
    start = load_notes(args.init)[0] if args.init else None
    spec = MelSpec()
    with _folder(args, run) as path:
        loaded = _windows(args, config.seed, spec, run, fabric)
        clips = [clip for part in loaded for clip in part.clips]
        notes, known = read_notes(args.notes_file, clips, spec)
        windows = np.concatenate([part.windows for part in loaded])[known]
        data = NotesData(spec, [clip for clip, kept in zip(clips, known, strict=True) if kept], windows, notes[known])
        if run.dry_run:
            batch = max(1, len(data.split("train")) // (DRY_STEPS * fabric.world_size))
            config = replace(config, epochs=1, batch=batch)
        ended, figures = train_notes(config, data, path, run, fabric, start=start, quiet=args.json)
    return _report(args, path, ended, figures, fabric)


def _run_gan(args: Namespace) -> int:
    config, run = with_flags(GanConfig(), args), with_flags(RunConfig(), args)
    from mvnet.engine import start_engine
    from mvnet.train_gan import train_gan

    fabric = start_engine(run)
    with _folder(args, run) as path:
        data = _gan_data(args, config, run, fabric)
        if run.dry_run:
            batch = max(1, len(data.pairs) // (DRY_STEPS * fabric.world_size))
            config = replace(config, epochs=1, batch=min(config.batch, batch))
            data = replace(data, pairs=data.pairs[: DRY_STEPS * config.batch * fabric.world_size])
        ended, figures = train_gan(config, data, path, run, fabric, quiet=args.json)
    return _report(args, path, ended, figures, fabric)


def _gan_data(args: Namespace, config: GanConfig, run: RunConfig, fabric: Fabric) -> GanData:
    """Embeddings of all clips, the training split's paintings and their pairs."""
    from mvnet.datasets import load_clip_windows, load_paintings, pair_clips, read_music, read_paintings
    from mvnet.gan import IMAGE_SIZE
    from mvnet.train_gan import GanData, embed_windows, encoder_for_gan, sheet_clips

    encoder, spec, digest = encoder_for_gan(args.encoder)
    recordings = read_music(args.data, args.layout, seed=config.seed, val_share=args.val_share)
    paintings = read_paintings(
        args.data, args.layout, seed=config.seed, val_share=args.val_share, split_by=args.split_by
    )
    if run.dry_run:
        recordings, paintings = few(recordings), few(paintings)
    cache = args.cache or args.folder / "cache"
    show = not args.json and fabric.local_rank == 0
    with fabric.rank_zero_first(local=True):
        clips = load_clip_windows(recordings, spec, cache, progress=show)
        pictures = load_paintings([p for p in paintings if p.split == "train"], IMAGE_SIZE, cache, progress=show)
    train = clips.indices("train")
    pairs = pair_clips(clips.periods[train], pictures.periods)
    pairs[:, 0] = train[pairs[:, 0]]
    held_out = np.isin(np.arange(len(clips)), clips.indices("val"))
    embeddings = embed_windows(encoder, clips.windows, fabric)
    sheets = sheet_clips(clips.periods, held_out)
    return GanData(spec, embeddings, clips.periods, pictures.images, pairs, sheets, digest)


def _encoder_data(args: Namespace, config: EncoderConfig, run: RunConfig, fabric: Fabric) -> EncoderData:
    """Windows, and samples where the sound itself is changed; process 0 of each host fills the cache first."""
    from mvnet.datasets import load_clip_samples, load_clip_windows
    from mvnet.encoder_data import EncoderData, join
    from mvnet.frontend import MelSpec
    from mvnet.lessons import read_lessons

    spec = MelSpec(scale=args.scale)
    sets = _music(args, config.seed, run)
    cache = args.cache or args.folder / "cache"
    show = not args.json and fabric.local_rank == 0
    parts = []
    with fabric.rank_zero_first(local=True):
        for recordings in sets:
            loaded = load_clip_windows(recordings, spec, cache, progress=show)
            samples = load_clip_samples(recordings, spec, cache, progress=show).samples if config.augment else None
            parts.append(EncoderData(spec, loaded.clips, loaded.windows, samples))
    data = join(parts)
    if not (args.lessons_file and config.lessons):
        return data
    lessons, measure = read_lessons(args.lessons_file, data.clips)
    return replace(data, lessons=lessons, measure=measure)


def _music(args: Namespace, seed: int, run: RunConfig) -> list[list[Recording]]:
    """The recordings of each folder of --data and --more-data."""
    from mvnet.datasets import read_music
    from mvnet.encoder_data import choose_on

    folders = [args.data, *args.more_data]
    sets = [read_music(folder, args.layout, seed=seed, val_share=args.val_share) for folder in folders]
    if args.choose_on is not None:
        if args.choose_on not in folders:
            raise MvnetError(f"--choose-on {args.choose_on} is none of the folders of --data and --more-data")
        sets = choose_on(sets, folders.index(args.choose_on))
    return [few(recordings) for recordings in sets] if run.dry_run else sets


def _windows(args: Namespace, seed: int, spec: MelSpec, run: RunConfig, fabric: Fabric) -> list[ClipWindows]:
    """The windows of each of these folders; process 0 of each host fills the cache first."""
    from mvnet.datasets import load_clip_windows

    cache = args.cache or args.folder / "cache"
    show = not args.json and fabric.local_rank == 0
    with fabric.rank_zero_first(local=True):
        return [load_clip_windows(part, spec, cache, progress=show) for part in _music(args, seed, run)]


def few(items: Sequence[Item]) -> list[Item]:
    """DRY_FILES items of each period and split, in order: enough to try everything once."""
    counts: dict[tuple[int, str], int] = {}
    chosen = []
    for item in items:
        key = item.period, item.split
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= DRY_FILES:
            chosen.append(item)
    return chosen


@contextmanager
def _folder(args: Namespace, run: RunConfig) -> Iterator[Path]:
    """The run folder, or for a dry run a temporary one."""
    if not run.dry_run:
        yield args.folder
        return
    with tempfile.TemporaryDirectory(prefix="mvnet-dry-") as folder:
        if args.cache is None:
            args.cache = Path(folder) / "cache"
        yield Path(folder)


def _report(args: Namespace, path: Path, ended: str, figures: dict[str, Any], fabric: Fabric) -> int:
    """Print what came of it; returns the exit code."""
    from mvnet.run import INTERRUPTED

    code = INTERRUPTED if ended == "interrupted" else 0
    if fabric.global_rank != 0:
        return code
    if args.json:
        print(json.dumps({"run": str(path), "ended": ended, "figures": figures}))
        return code
    if ended == "interrupted":
        print(f"Interrupted: everything is in {path}; the same command goes on from there.")
        return code
    for name, value in figures.items():
        if isinstance(value, float):
            print(f"{name:32} {value:.4f}")
    if ended == "time":
        print(f"Stopped after --minutes {args.minutes:g}; the same command goes on from there.")
    print("Dry run: nothing was kept." if args.dry_run else f"The result is in {path}.")
    return code
