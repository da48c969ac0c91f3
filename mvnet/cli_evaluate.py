"""`mvnet evaluate`: how well a trained encoder hears music, and how a generator paints, on what they have not seen.

Imports nothing heavy until it runs.
"""

from __future__ import annotations

import json
import os
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mvnet.errors import MvnetError

if TYPE_CHECKING:
    import numpy as np

    from mvnet.encoder_report import EncoderReport
    from mvnet.exported_painter import ExportedPainter
    from mvnet.listeners import Listener
    from mvnet.records import Recording

SPLITS = ("auto", "val", "train", "all")


def configure(parser: ArgumentParser) -> Callable[[Namespace], int]:
    """Add what can be evaluated and its flags."""
    parts = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    _configure_encoder(parts.add_parser("encoder", help="period accuracy, calmness and robustness of an encoder"))
    _configure_gan(parts.add_parser("gan", help="quality, variety and smoothness of a generator's paintings"))
    return lambda args: args.evaluate(args)


def _configure_encoder(parser: ArgumentParser) -> None:
    model = parser.add_mutually_exclusive_group(required=True)
    model.add_argument("--model", type=Path, help="model folder, heard through ONNX Runtime")
    model.add_argument("--checkpoint", type=Path, help="encoder.pt or its run folder, heard through torch")
    parser.add_argument("--data", type=Path, required=True, help="folder with music, for example with a music.csv")
    parser.add_argument("--layout", default="auto", help="of the data set (default: auto)")
    parser.add_argument(
        "--split", choices=SPLITS, default="auto", help="auto: the set's held-out music where it names any, else all"
    )
    parser.add_argument(
        "--source", action="append", default=[], metavar="NAME", help="ask about this collection only; may be repeated"
    )
    parser.add_argument("--cache", type=Path, help="folder of decoded clips (default: a temporary one)")
    parser.add_argument("--quick", action="store_true", help="the encoder's own answers only: no probes, no robustness")
    parser.add_argument("--walks", type=int, default=100, help="clips over which the window slides (default: 100)")
    parser.add_argument("--robustness-clips", type=int, default=150, help="under each disturbance (default: 150)")
    parser.add_argument("--draws", type=int, default=1000, help="of the bootstrap (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, help="of bootstrap, rooms and noise (default: 0)")
    parser.add_argument("--threads", type=int, default=0, help="of the network; 0 = its library's choice")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="write map, confusion and robustness as PNG here")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(evaluate=_run_encoder)


def _run_encoder(args: Namespace) -> int:
    from mvnet.encoder_report import EncoderTest, measure_encoder
    from mvnet.tables import print_encoder

    test = EncoderTest(args.walks, args.robustness_clips, args.draws, args.seed, args.quick)
    listener = _listener(args)
    asked, known, split = _recordings(args)
    with _cache_folder(args.cache) as folder:
        report = measure_encoder(listener, asked, known, test, folder, progress=not args.json)
    facts = {"model": str(args.model or args.checkpoint), "data": str(args.data), "split": split}
    figures = {**facts, "only_sources": args.source, "seed": args.seed, **report.figures}
    if args.pictures is not None:
        _draw(args.pictures, report)
    if args.json:
        print(json.dumps(figures))
    else:
        print_encoder(figures)
    return 0


def _configure_gan(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", type=Path, required=True, help="model folder; its files paint and hear through ONNX Runtime")
    add("--data", type=Path, required=True, help="folder with paintings, for example with a paintings.csv")
    add("--layout", default="auto", help="of the data set (default: auto)")
    add("--music", type=Path, help="folder whose held-out music is painted (default: that of --data where it has any)")
    add("--cache", type=Path, help="folder of decoded pictures and their features (default: nothing is kept)")
    add("--paintings", type=int, default=150, help="held-out ones of each period, and as many generated (default: 150)")
    add("--training", type=int, default=0, help="training paintings of each period to compare with; 0 = all (default)")
    add("--walks", type=int, default=6, help="walks of 60 steps, of each kind (default: 6)")
    add("--size", type=int, default=256, help="pixels on a side of the real paintings (default: 256)")
    add("--draws", type=int, default=20, help="half samples behind an interval (default: 20)")
    add("--seed", type=int, default=0, help="of every draw (default: 0)")
    add("--threads", type=int, default=0, help="of the networks; 0 = their libraries' choice")
    add("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(evaluate=_run_gan)


def _run_gan(args: Namespace) -> int:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else ONNX Runtime writes an identifier into the home
    from mvnet.datasets import read_paintings
    from mvnet.exported_painter import ExportedPainter
    from mvnet.gan_report import GanReport, GanTest
    from mvnet.tables import print_gan

    test = GanTest(args.paintings, args.training, args.walks, args.size, args.draws, args.seed)
    if args.threads:
        _limit_torch(args.threads)
    painter = ExportedPainter(args.model, args.threads)
    paintings = read_paintings(args.data, args.layout, seed=args.seed, split_by="painter")
    with _cache_folder(args.cache) as folder:
        embeddings, periods, origin = _embeddings(args, painter, folder)
        report = GanReport(
            painter, embeddings, periods, paintings, test,
            cache=args.cache, scratch=folder, threads=args.threads, progress=not args.json,
        )  # fmt: skip
        measured = report.measure()
    figures = {"model": str(args.model), "data": str(args.data), "seed": args.seed, "embeddings": origin, **measured}
    if args.json:
        print(json.dumps(figures))
    else:
        print_gan(figures)
    return 0


def _embeddings(args: Namespace, painter: ExportedPainter, folder: Path) -> tuple[np.ndarray, np.ndarray, str]:
    """What the generator paints to: embeddings [n, 10], their periods, and where they come from."""
    from mvnet.datasets import NothingFound, read_music
    from mvnet.exported_painter import music_embeddings, prototype_embeddings

    try:
        recordings = read_music(args.music or args.data, args.layout, seed=args.seed)
    except NothingFound:
        if args.music is not None:
            raise
        places, periods = prototype_embeddings(painter.prototypes, args.paintings, args.seed)
        return places, periods, "the prototypes, with half their spread"
    heldout = [recording for recording in recordings if recording.split == "val"]
    chosen = heldout or recordings
    places, periods = music_embeddings(args.model, chosen, folder, threads=args.threads, progress=not args.json)
    return places, periods, f"{len(places)} clips of {'held-out' if heldout else 'all'} music"


@contextmanager
def _cache_folder(given: Path | None) -> Iterator[Path]:
    """The folder named, or one that is deleted afterwards."""
    if given is not None:
        yield given
        return
    # Windows cannot delete a file that is still mapped: leave that to the system.
    with tempfile.TemporaryDirectory("-mvnet", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _listener(args: Namespace) -> Listener:
    from mvnet.listeners import CheckpointListener, ExportedListener

    if args.threads:
        _limit_torch(args.threads)
    if args.model is not None:
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else ONNX Runtime writes an identifier into the home
        return ExportedListener(args.model, args.threads)
    return CheckpointListener(args.checkpoint)


def _limit_torch(threads: int) -> None:
    try:
        import torch
    except ModuleNotFoundError:
        return  # an exported model's own answers do without
    torch.set_num_threads(threads)


def _recordings(args: Namespace) -> tuple[list[Recording], list[Recording], str]:
    """The recordings to hear, those of the training split where that is another, and the name of their split."""
    from mvnet.datasets import read_music

    recordings = read_music(args.data, args.layout, val_share=0.0)  # 0: no split but the set's own
    split = args.split
    if split == "auto":
        split = "val" if any(recording.split == "val" for recording in recordings) else "all"
    chosen = [recording for recording in recordings if split in ("all", recording.split)]
    if not chosen:
        raise MvnetError(f"{args.data} has no recording in its split {split!r}: give --split all")
    known = [recording for recording in recordings if split == "val" and recording.split == "train"]
    for source in args.source:
        if not any(recording.source == source for recording in chosen):
            names = ", ".join(sorted({recording.source or "(unknown)" for recording in chosen}))
            raise MvnetError(f"there is no music of {source!r} in the split {split!r}: it has {names}")
    if args.source:
        chosen = [recording for recording in chosen if recording.source in args.source]
        known = [recording for recording in known if recording.source not in args.source]
    return chosen, known, split


def _draw(folder: Path, report: EncoderReport) -> None:
    from mvnet import plots

    figures = report.figures
    plots.save_confusion(folder / "confusion.png", figures["confusion"], f"{figures['clips']} clips")
    if report.asked is not None:
        known = report.known
        plots.save_period_map(
            folder / "map.png",
            (report.asked.embeddings, report.asked.periods),
            (known.embeddings, known.periods) if known else None,
        )
    if "robustness" in figures:
        plots.save_robustness(folder / "robustness.png", figures["robustness"], figures["robustness_clip_accuracy"])
