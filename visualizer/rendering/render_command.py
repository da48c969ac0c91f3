"""`visualizer render` on the command line: flags to options, a progress line, and an end that leaves a playable file.

Imported with the parser, so everything that costs time is imported when the command runs.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualizer.errors import VisualizerError
from visualizer.painting.knobs import USUAL, Knobs

if TYPE_CHECKING:
    from fractions import Fraction

KNOBS = {
    "wildness": "how far it moves: 0 calm, 1 wild",
    "speed": "how fast it changes: 0 slow, 1 fast",
    "sensitivity": "how strongly the music acts: 0 not at all, 1 twice as much",
    "smoothing": "how it follows: 0 nervous, 1 lazy",
}
FLASHES = (
    "visualizer: flashes are not held back: the video can cause seizures in people with photosensitive epilepsy; "
    "warn whoever is to watch it"
)
SIGNALLED = 128  # exit codes of interrupted commands: this plus the signal's number


def add_render(part: argparse.ArgumentParser) -> None:
    """Fill the subcommand's parser, without --model and --seed."""
    part.description = (
        "Render a song as a video, without a window: the same paintings that the window would show, with the sound. "
        "Ctrl+C ends the video where it is."
    )
    part.add_argument("song", type=Path, metavar="SONG")
    part.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.mp4")
    part.add_argument("--size", default="1280x720", metavar="WxH", help="pixels, even (default 1280x720)")
    part.add_argument("--fps", default="30", metavar="N", help="images a second (default 30)")
    part.add_argument("--period", default="auto", metavar="NAME", help="auto follows the music (default), or a period")
    for name, meaning in KNOBS.items():
        part.add_argument(f"--{name}", type=float, default=USUAL, metavar="N", help=f"{meaning} (default {USUAL})")
    part.add_argument(
        "--fit",
        default="fill",
        metavar="NAME",
        help="the painting: fill cuts its edges (default), fit hangs it whole on a wall, mirror goes on beside it",
    )
    part.add_argument("--start", default="0", metavar="S", help="begin here, in seconds or as 1:05")
    part.add_argument("--end", metavar="S", help="end here, in seconds or as 2:10")
    part.add_argument("--quality", default="good", metavar="NAME", help="draft, good (default) or best")
    part.add_argument(
        "--paintings", type=float, metavar="N", help="paintings a second (default: about 15 on a processor, 60 on CUDA)"
    )
    part.add_argument("--raster", action="store_true", help="draw without OpenGL")
    part.add_argument(
        "--allow-flashes", action="store_true", help="do not hold back flashes, which can harm some viewers"
    )
    part.add_argument("--json", action="store_true", help="print the outcome as JSON")
    part.set_defaults(run=run_render)


def run_render(args: argparse.Namespace) -> int:
    """Render; returns 0, or 128 and the signal's number when a signal ended the video early.

    Raises:
        VisualizerError: see visualizer.rendering.render.render_song.
    """
    from visualizer.rendering.progress import ProgressLine
    from visualizer.rendering.render import RenderOptions, render_song
    from visualizer.rendering.stopping import StopSignals

    options = RenderOptions(
        size=parsed_size(args.size, "--size"),
        fps=_fps(args.fps),
        seed=args.seed,
        period=None if args.period == "auto" else args.period,
        knobs=_knobs(args),
        start_s=_seconds(args.start, "--start"),
        end_s=None if args.end is None else _seconds(args.end, "--end"),
        paintings_per_s=args.paintings,
        quality=args.quality,
        raster=args.raster,
        fit=args.fit,
        limited=not args.allow_flashes,
    )
    if not options.limited:
        print(FLASHES, file=sys.stderr)
    line = ProgressLine(sys.stderr)
    with StopSignals() as stop:
        try:
            report = render_song(args.song, args.output, options, model=args.model, on_progress=line.show, stop=stop)
        finally:
            line.clear()
    if not report.whole:
        print(f"visualizer: interrupted, {report.video} ends at {report.seconds:.1f} s and plays", file=sys.stderr)
    print(json.dumps(report.facts()) if args.json else f"{report.video}: {report.sentence()}")
    return 0 if report.whole or stop.received is None else SIGNALLED + stop.received


def _knobs(args: argparse.Namespace) -> Knobs:
    try:
        return Knobs(**{name: getattr(args, name) for name in KNOBS})
    except ValueError as error:
        raise VisualizerError(f"The {error}.") from None


def parsed_size(text: str, flag: str) -> tuple[int, int]:
    """Width and height from "1280x720"; VisualizerError when they are none."""
    try:
        width, height = (int(side) for side in text.lower().split("x"))
    except ValueError:
        raise VisualizerError(f"{flag} {text} is no size: give width and height, as in 1280x720.") from None
    return width, height


def _fps(text: str) -> Fraction:
    from fractions import Fraction

    return _number(
        text, Fraction, f"--fps {text} is no number: give images a second, as in 30 or 30000/1001."
    ).limit_denominator(10_000)


def _seconds(text: str, flag: str) -> float:
    """Seconds from "75", "1:15" or "0:01:15"."""
    sentence = f"{flag} {text} is no time: give seconds, as in 75, or 1:15."
    seconds = 0.0
    for part in text.split(":"):
        seconds = 60 * seconds + _number(part, float, sentence)
    return seconds


def _number(text: str, kind: Any, sentence: str) -> Any:
    try:
        return kind(text)
    except (ValueError, ZeroDivisionError):
        raise VisualizerError(sentence) from None
