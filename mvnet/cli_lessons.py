"""`mvnet lessons`: what two networks from PyPI hear in the training clips, for the encoder to learn beside the periods.

Neither is part of the app, nor needed by it: they are unpacked into a folder of their own,
`pip install --no-deps --target DIR musicnn basic-pitch`. Imports nothing heavy until it runs.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

NOTES = Path("basic_pitch", "saved_models", "icassp_2022", "nmp.onnx")
TAGS = Path("musicnn", "MTT_musicnn")


def configure(parser: ArgumentParser) -> Callable[[Namespace], int]:
    """Add the flags of `mvnet lessons`; returns what runs it."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the data set")
    parser.add_argument("--layout", default="auto", help="of the data set (default: auto; see `mvnet data --help`)")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with the packages musicnn and basic_pitch")
    parser.add_argument("--output", type=Path, required=True, help="file to write, .npz")
    parser.add_argument(
        "--notes", type=Path, help="another file to write, .npz: the notes themselves, for `mvnet train notes`"
    )
    parser.add_argument("--cache", type=Path, required=True, help="folder of decoded data")
    parser.add_argument("--held-out", action="store_true", help="hear the held-out clips too, to measure with")
    parser.add_argument("--val-share", type=float, default=0.15, help="held out, where the data names no split")
    parser.add_argument("--seed", type=int, default=0, help="of the split, where the set has none (default: 0)")
    parser.add_argument("--threads", type=int, default=0, help="of the networks; 0 = their libraries' choice")
    parser.add_argument("--json", action="store_true", help="print one JSON object, no progress bar")
    return run


def run(args: Namespace) -> int:
    """Let the teachers hear every training clip (with --held-out all); about half a second each on one core."""
    import numpy as np
    import torch
    from tqdm import tqdm

    from mvnet.clips import FULL_SCALE, load_clip_samples
    from mvnet.frontend import MelSpec
    from mvnet.harmony import harmony_statistics
    from mvnet.layouts import read_music
    from mvnet.lessons import write_lessons
    from mvnet.note_lessons import note_steps, write_notes
    from mvnet.tagger import Tagger
    from mvnet.transcriber import Transcriber

    if args.threads:
        torch.set_num_threads(args.threads)
    tagger, transcriber = Tagger(args.teachers / TAGS), Transcriber(args.teachers / NOTES, args.threads)
    recordings = read_music(args.data, args.layout, seed=args.seed, val_share=args.val_share)
    spec = MelSpec()
    loaded = load_clip_samples(recordings, spec, args.cache, progress=not args.json)
    rows = np.arange(len(loaded)) if args.held_out else loaded.indices("train")
    harmony, tags, steps = [], [], []
    for row in tqdm(rows, disable=args.json, unit="clip"):
        sound = loaded.samples[row].astype(np.float32) / FULL_SCALE
        notes, onsets = transcriber.notes(sound)
        harmony.append(harmony_statistics(notes, onsets))
        if args.notes:
            steps.append(note_steps(notes, onsets, spec))
        tags.append(tagger.features(sound, spec.sample_rate))
    clips = [loaded.clips[row] for row in rows]
    write_lessons(args.output, clips, {"harmony": np.stack(harmony), "tags": np.stack(tags)})
    if args.notes:
        write_notes(args.notes, clips, np.stack(steps))
    result = {"file": str(args.output), "clips": len(clips), "harmony": len(harmony[0]), "tags": len(tags[0])}
    print(json.dumps(result) if args.json else f"{len(clips)} clips heard, kept in {args.output}.")
    return 0
