"""`mvnet train painter`, `mvnet train brush` and `mvnet train places`: flags, data, run; hooked into mvnet.cli_train.

Imports torch only when a training starts.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mvnet.configs import RunConfig, add_flags, with_flags
from mvnet.painter_config import BrushConfig, PainterConfig, PlacesConfig
from mvnet.periods import PERIODS

if TYPE_CHECKING:
    from lightning_fabric import Fabric

    from mvnet.painter_data import PainterData
    from mvnet.records import Painting

SYNTHETIC = "synthetic"
DRY_BATCH = 10
DRY_IMAGES = 30

Run = Callable[[Namespace], int]
Report = Callable[..., int]
Folder = Callable[[Namespace, RunConfig], Any]


def configure(parts: Any, add_common: Callable[[ArgumentParser], None], folder: Folder, report: Report) -> None:
    """Add these trainings to the subparsers of `mvnet train`, with its common flags, run folder and report."""
    painter = parts.add_parser("painter", help="MVNet-256's generator of paintings, with its critics")
    add_common(painter)
    painter.add_argument(
        "--encoder", required=True, help="encoder.pt, its run folder, or `synthetic` to try without an encoder"
    )
    painter.add_argument("--start", type=Path, help="a painter or brush to begin a new run with, or its run folder")
    _add_split(painter)
    add_flags(painter, PainterConfig)
    add_flags(painter, RunConfig)
    painter.set_defaults(train=lambda args: _run_painter(args, folder, report))
    brush = parts.add_parser("brush", help="the painter's last part, on details of real paintings")
    add_common(brush)
    brush.add_argument("--painter", type=Path, help="a 64 x 64 painter to finish with the brush, or its run folder")
    brush.add_argument("--encoder", help="with --painter: the encoder whose embeddings it shall hear")
    brush.add_argument("--start", type=Path, help="a brush to begin a new run with, or its run folder")
    _add_split(brush)
    add_flags(brush, BrushConfig)
    add_flags(brush, RunConfig)
    brush.set_defaults(train=lambda args: _run_brush(args, folder, report))
    places = parts.add_parser("places", help="where in a finished painter's noise each period lies")
    add_common(places)
    places.add_argument("--painter", type=Path, required=True, help="a finished painter, or its run folder")
    places.add_argument("--encoder", required=True, help="the encoder whose embeddings it hears, or its run folder")
    _add_split(places)
    add_flags(places, PlacesConfig)
    add_flags(places, RunConfig)
    places.set_defaults(train=lambda args: _run_places(args, folder, report))


def _add_split(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--split-by", choices=("painting", "painter"), default="painter", help="what is on one side of the split only"
    )


def _run_painter(args: Namespace, folder: Folder, report: Report) -> int:
    config, run = _with_flags(PainterConfig(), args), with_flags(RunConfig(), args)
    from mvnet.engine import start_engine
    from mvnet.train_painter import train_painter

    fabric = start_engine(run)
    with folder(args, run) as path:
        if run.dry_run:
            config = replace(config, epochs=1, batch=DRY_BATCH, images_per_epoch=DRY_IMAGES)
        data = painter_data(args, config.resolution, config.seed, run, fabric)
        ended, figures = train_painter(config, data, path, run, fabric, start=args.start, quiet=args.json)
    return report(args, path, ended, figures, fabric)


def _run_brush(args: Namespace, folder: Folder, report: Report) -> int:
    config, run = _with_flags(BrushConfig(), args), with_flags(RunConfig(), args)
    from mvnet.engine import start_engine
    from mvnet.train_brush import train_brush

    fabric = start_engine(run)
    with folder(args, run) as path:
        if run.dry_run:
            config = replace(config, epochs=1, batch=DRY_BATCH, images_per_epoch=DRY_IMAGES)
        args.encoder = args.encoder or SYNTHETIC
        data = painter_data(args, config.resolution, config.seed, run, fabric)
        ended, figures = train_brush(
            config, data, path, run, fabric, painter=args.painter, start=args.start, quiet=args.json
        )
    return report(args, path, ended, figures, fabric)


def _run_places(args: Namespace, folder: Folder, report: Report) -> int:
    config, run = _with_flags(PlacesConfig(), args), with_flags(RunConfig(), args)
    from mvnet.engine import start_engine
    from mvnet.feature_networks import LiteFeatures, progress_bar
    from mvnet.painter_checkpoint import load_painter
    from mvnet.places import place
    from mvnet.run import commit
    from mvnet.train_painter import hearing_for

    fabric = start_engine(run)
    painter, rest = load_painter(args.painter)
    figures: dict[str, Any] = {}
    with folder(args, run) as path:
        if run.dry_run:
            config = replace(config, paintings=DRY_BATCH, noises=100)
        data = painter_data(args, painter.image_size, config.seed, run, fabric)
        if rest["encoder_digest"] != data.encoder_digest:
            painter.set_hearing(hearing_for(painter, data))
            rest["encoder_digest"] = data.encoder_digest
        if fabric.global_rank == 0:
            pictures = len(data.images) if run.dry_run else config.paintings * len(PERIODS) + config.noises
            with progress_bar(pictures, "looking", not args.json) as bar:
                figures = place(
                    painter, data, config, path, rest, LiteFeatures("0"), commit=commit(), progress=bar.update
                )
    return report(args, path, "finished", figures, fabric)


def _with_flags(config: Any, args: Namespace) -> Any:
    return with_flags(cast(Any, config), args)


def painter_data(args: Namespace, resolution: int, seed: int, run: RunConfig, fabric: Fabric) -> PainterData:
    """Training paintings that are worth it, at a resolution, and embeddings of the music."""
    from mvnet.cli_train import few
    from mvnet.datasets import load_paintings, read_paintings
    from mvnet.frontend import MelSpec
    from mvnet.painter_data import PainterData, paintings_worth_learning, synthetic_embeddings

    paintings: list[Painting] = read_paintings(
        args.data, args.layout, seed=seed, val_share=args.val_share, split_by=args.split_by
    )
    paintings = [painting for painting in paintings if painting.split == "train"]
    if run.dry_run:
        paintings = few(paintings)
    cache = args.cache or args.folder / "cache"
    with fabric.rank_zero_first(local=True):
        show = not args.json and fabric.local_rank == 0
        pictures = load_paintings(paintings, resolution, cache, progress=show)
    rows = paintings_worth_learning(pictures.images)
    # Kept in the file's own memory map when nothing is left out: a copy at 256 is more than a gigabyte.
    images = pictures.images if len(rows) == len(pictures) else np.ascontiguousarray(pictures.images[rows])
    periods = pictures.periods[rows]
    if args.encoder == SYNTHETIC:
        embeddings, clip_periods = synthetic_embeddings(seed)
        spread = np.zeros(embeddings.shape[1], np.float32)
        return PainterData(
            MelSpec(), images, periods, embeddings, clip_periods, spread, embeddings, clip_periods, SYNTHETIC
        )
    return _with_music(args, seed, run, fabric, images, periods)


def _with_music(
    args: Namespace, seed: int, run: RunConfig, fabric: Fabric, images: np.ndarray, periods: np.ndarray
) -> PainterData:
    """Paintings together with all training clips' embeddings, and the held-out ones' for sheets where there are any."""
    import torch

    from mvnet.checkpoints import load_encoder
    from mvnet.cli_train import few
    from mvnet.datasets import load_clip_windows, read_music
    from mvnet.encoder import period_probabilities
    from mvnet.painter_data import PainterData, heard_periods, piece_spread
    from mvnet.train_gan import embed_windows, encoder_for_gan

    encoder, spec, digest = encoder_for_gan(Path(args.encoder))
    recordings = read_music(args.data, args.layout, seed=seed, val_share=args.val_share)
    if run.dry_run:
        recordings = few(recordings)
    with fabric.rank_zero_first(local=True):
        show = not args.json and fabric.local_rank == 0
        clips = load_clip_windows(recordings, spec, args.cache or args.folder / "cache", progress=show)
    embeddings = embed_windows(encoder, clips.windows, fabric)
    with torch.no_grad():
        probabilities = period_probabilities(load_encoder(args.encoder)[1], torch.from_numpy(embeddings)).numpy()
    heard = heard_periods(probabilities, clips.periods)
    train, held_out = clips.indices("train"), clips.indices("val")
    sheet = held_out if len(np.unique(heard[held_out])) == len(np.unique(clips.periods)) else train
    return PainterData(
        spec=spec,
        images=images,
        periods=periods,
        embeddings=embeddings[train],
        clip_periods=heard[train],
        spread=piece_spread(embeddings[train], [clips.clips[row].recording.piece for row in train]),
        sheet_embeddings=embeddings[sheet],
        sheet_periods=heard[sheet],
        encoder_digest=digest,
    )
