"""`mvnet evaluate encoder`: how well a trained encoder hears the periods of music it has not been trained on.

Imports nothing heavy until it runs.
"""

from __future__ import annotations

import json
import os
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mvnet.errors import MvnetError
from mvnet.periods import PERIODS

if TYPE_CHECKING:
    from mvnet.datasets import ClipSamples, Recording
    from mvnet.listeners import Listener

SPLITS = ("auto", "val", "train", "all")
WALK_STEPS = 4  # slides of 0.25 s after the first window of a clip


def configure(parser: ArgumentParser) -> Callable[[Namespace], int]:
    """Add what can be evaluated and its flags."""
    parts = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    encoder = parts.add_parser("encoder", help="period accuracy and calmness of an encoder")
    model = encoder.add_mutually_exclusive_group(required=True)
    model.add_argument("--model", type=Path, help="model folder, heard through ONNX Runtime")
    model.add_argument("--checkpoint", type=Path, help="encoder.pt or its run folder, heard through torch")
    encoder.add_argument("--data", type=Path, required=True, help="folder with music, for example with a music.csv")
    encoder.add_argument("--layout", default="auto", help="of the data set (default: auto)")
    encoder.add_argument(
        "--split", choices=SPLITS, default="auto", help="auto: the set's held-out music where it names any, else all"
    )
    encoder.add_argument("--cache", type=Path, help="folder of decoded clips (default: a temporary one)")
    encoder.add_argument("--walks", type=int, default=100, help="clips over which the window slides (default: 100)")
    encoder.add_argument("--draws", type=int, default=1000, help="of the bootstrap (default: 1000)")
    encoder.add_argument("--threads", type=int, default=0, help="of the network; 0 = its library's choice")
    encoder.add_argument("--json", action="store_true", help="print one JSON object")
    encoder.set_defaults(evaluate=_run_encoder)
    return lambda args: args.evaluate(args)


def _run_encoder(args: Namespace) -> int:
    for name in ("walks", "draws"):
        if getattr(args, name) < 1:
            raise MvnetError(f"--{name} is {getattr(args, name)}: it must be at least 1")
    from mvnet.datasets import load_clip_samples, load_clip_windows
    from mvnet.evaluate import accuracy_figures, heard, in_batches, movement_figures

    listener = _listener(args)
    recordings, split = _recordings(args)
    with ExitStack() as stack:
        folder = args.cache
        if folder is None:
            # Windows cannot delete a file that is still mapped: leave that to the system.
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory("-mvnet", ignore_cleanup_errors=True)))
        show = not args.json
        clips = load_clip_windows(recordings, listener.spec, folder, progress=show)
        chances = np.concatenate([period for _, period in in_batches(listener.hear, clips.windows)])
        result = heard(chances, clips.periods, [clip.recording for clip in clips.clips])
        samples = load_clip_samples(recordings, listener.spec, folder, progress=show)
        walks = [listener.hear(windows)[0] for windows in walk_windows(samples, listener, args.walks)]
    figures = {
        "model": str(args.model or args.checkpoint),
        "data": str(args.data),
        "split": split,
        **accuracy_figures(result, draws=args.draws),
        **movement_figures(walks, listener.prototypes),
        "walks": len(walks),
        "skipped": len(clips.skipped),
    }
    if args.json:
        print(json.dumps(figures))
    else:
        _print_figures(figures)
    return 0


def _listener(args: Namespace) -> Listener:
    from mvnet.listeners import CheckpointListener, ExportedListener

    if args.model is not None:
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else ONNX Runtime writes an identifier into the home
        return ExportedListener(args.model, args.threads)
    if args.threads:
        import torch

        torch.set_num_threads(args.threads)
    return CheckpointListener(args.checkpoint)


def _recordings(args: Namespace) -> tuple[list[Recording], str]:
    """The recordings to hear, and the name of their split."""
    from mvnet.datasets import read_music

    recordings = read_music(args.data, args.layout, val_share=0.0)  # 0: no split but the set's own
    split = args.split
    if split == "auto":
        split = "val" if any(recording.split == "val" for recording in recordings) else "all"
    chosen = [recording for recording in recordings if split in ("all", recording.split)]
    if not chosen:
        raise MvnetError(f"{args.data} has no recording in its split {split!r}: give --split all")
    return chosen, split


def walk_windows(samples: ClipSamples, listener: Listener, walks: int) -> list[np.ndarray]:
    """Windows [WALK_STEPS + 1, 3, 128, 256] sliding over up to `walks` clips, evenly spread over the set.

    A clip goes on with the next one of its recording; at the end of a recording, with its own start.
    """
    from mvnet.datasets import FULL_SCALE
    from mvnet.evaluate import STEP_S, continued, slide_windows

    spec = listener.spec
    extra = WALK_STEPS * round(STEP_S * spec.sample_rate)
    found = []
    for row in np.unique(np.linspace(0, len(samples) - 1, min(walks, len(samples))).round().astype(int)):
        clip = samples.clips[row]
        following, offset = None, 0
        if row + 1 < len(samples) and samples.clips[row + 1].recording is clip.recording:
            following = samples.samples[row + 1]
            offset = round((samples.clips[row + 1].start_s - clip.start_s) * spec.sample_rate)
        sound = continued(samples.samples[row], following, offset, extra)
        found.append(slide_windows(sound.astype(np.float32) / FULL_SCALE, spec, WALK_STEPS))
    return found


def _print_figures(figures: dict[str, Any]) -> None:
    intervals = figures["intervals"]
    for name, value in figures.items():
        if isinstance(value, float):
            low, high = intervals.get(name, (None, None))
            print(f"{name:26} {value:.4f}" + (f"  [{low:.4f}, {high:.4f}]" if low is not None else ""))
        elif value is None or isinstance(value, int | str):
            print(f"{name:26} {'none' if value is None else value}")
    print("confusion (rows: is, columns: heard as)")
    _print_table(figures["confusion"])


def _print_table(confusion: Sequence[Sequence[int]]) -> None:
    print(" " * 12 + " ".join(f"{name:>11}" for name in PERIODS))
    for name, row in zip(PERIODS, confusion, strict=True):
        print(f"{name:>11} " + " ".join(f"{count:11}" for count in row))
