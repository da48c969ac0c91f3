"""`mvnet listen`: what a model hears in music as it plays, in figures and as a picture of the periods over time.

Hears through ONNX Runtime, as the app does, without torch; the picture needs matplotlib.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from mvnet.errors import MvnetError


def configure(parser: ArgumentParser) -> Callable[[Namespace], int]:
    """Add the flags of `mvnet listen`; returns what runs it."""
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="music, heard one after another")
    parser.add_argument("--model", type=Path, required=True, help="model folder")
    parser.add_argument("--seconds", type=float, default=0.0, help="of each file; 0 = all of it (default)")
    parser.add_argument("--picture", type=Path, help="PNG of the periods over time to write")
    parser.add_argument("--threads", type=int, default=0, help="of the network; 0 = its library's choice")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return run


def run(args: Namespace) -> int:
    """Hear the files, print what was heard in each, draw it."""
    if args.seconds < 0:
        raise MvnetError(f"--seconds is {args.seconds:g}: it must be at least 0")
    from mvnet.course import listen
    from mvnet.listeners import ExportedListener

    listener = ExportedListener(args.model, args.threads)
    course = listen(listener, args.files, seconds=args.seconds)
    rows = course.figures(listener.spec.window_seconds)
    if args.picture is not None:
        from mvnet.plots import save_course

        save_course(args.picture, course)
    if args.json:
        print(json.dumps({"model": str(args.model), "seconds": float(course.times[-1]), "pieces": rows}))
        return 0
    for row in rows:
        others = ", ".join(f"{name} {chance:.2f}" for name, chance in row["probabilities"].items())
        print(f"{row['start_s']:7.1f} s  {row['piece'][:44]:44}  {row['heard_as']:12} {row['share']:4.0%}   ({others})")
    return 0
