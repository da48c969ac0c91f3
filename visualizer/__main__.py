"""The `visualizer` command: the window, and the same engine without one. Each part loads only when it is called."""

from __future__ import annotations

import argparse
import io
import json
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from visualizer import __version__
from visualizer.errors import VisualizerError
from visualizer.rendering.render_command import add_render, parsed_size

COMMANDS = ("play", "paint", "render", "devices", "bench", "selftest")
MAX_MINUTES = 24 * 60
Run = Callable[[argparse.Namespace], int]


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; without a command the window opens."""
    parser = argparse.ArgumentParser(
        prog="visualizer",
        description="Listens to music and paints what it hears, in real time. Without a command the window opens.",
        epilog="A file name alone is played: visualizer SONG. Keys: press F1 in the window.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parts = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_play(parts.add_parser("play", help="open the window and play files, or listen to an input"))
    _add_paint(parts.add_parser("paint", help="turn a sound file into one picture, without a window"))
    _add_render(parts.add_parser("render", help="turn a sound file into a video, without a window"))
    _add_devices(parts.add_parser("devices", help="list sound inputs and outputs"))
    _add_bench(parts.add_parser("bench", help="measure every stage on this machine"))
    _add_selftest(parts.add_parser("selftest", help="check that models, sound and OpenGL work here"))
    return parser


def _add_play(part: argparse.ArgumentParser) -> None:
    part.description = "Open the window and play files, or listen to an input. Without either, choose in the window."
    part.add_argument("files", nargs="*", type=Path, metavar="FILE", help="music: wav, flac, mp3, ogg, opus, m4a, aac")
    part.add_argument(
        "--input", metavar="NAME", help="listen to an input (see `visualizer devices`); part of its name will do"
    )
    part.add_argument("--period", metavar="NAME", help="paint this period from now on; auto follows the music again")
    _add_model(part, seed=None)
    part.add_argument("--fullscreen", action="store_true", help="start on the full screen")
    part.add_argument(
        "--no-ui", action="store_true", help="the picture alone: no controls, notices or pointer; keys work"
    )
    part.add_argument("--output", action="store_true", help="show the picture in a window of its own as well")
    part.add_argument(
        "--display", default="", metavar="NAME", help="fill this display with it; a number from 1 will do"
    )
    part.add_argument("--size", metavar="WxH", help="of the window, as in 1280x720 (default: as it was last)")
    part.add_argument("--silent", action="store_true", help="play in time but without sound")
    part.add_argument("--raster", action="store_true", help="draw without OpenGL")
    part.add_argument("--reset", action="store_true", help="begin with fresh settings; the old ones are set aside")
    part.add_argument(
        "--safe-mode", action="store_true", help="fresh settings that are not kept, no OpenGL, nothing taken up"
    )
    part.add_argument("--language", default="", metavar="CODE", help="of the window, as in de (default: the system's)")
    part.add_argument("--dump", type=Path, metavar="DIR", help="write a picture of the window into DIR every second")
    part.add_argument("--seconds", type=float, metavar="S", help="quit after S seconds")
    part.add_argument("--report", type=Path, metavar="FILE", help="write start-up times and counts as JSON at the end")
    part.set_defaults(run=_play)


def _add_model(part: argparse.ArgumentParser, seed: int | None = 0) -> None:
    part.add_argument("--model", metavar="NAME", help="shipped model's name, or a model folder")
    usual = "another one each time" if seed is None else str(seed)
    part.add_argument("--seed", type=int, default=seed, metavar="N", help=f"chooses the pictures (default {usual})")


def _add_paint(part: argparse.ArgumentParser) -> None:
    part.description = "Turn a sound, music or a soundscape, into one picture: the whole file, or the window at a time."
    part.add_argument("sound", type=Path, metavar="SOUND")
    part.add_argument("-o", "--output", type=Path, required=True, metavar="PICTURE.png")
    part.add_argument("--at", type=float, metavar="S", help="paint the 8.9 s that end S seconds in, not the whole file")
    part.add_argument(
        "--size", type=int, default=1024, metavar="N", help="shorter side, pixels (default 1024); 0: as generated"
    )
    part.add_argument("--json", action="store_true", help="print period, probabilities and embedding as JSON")
    _add_model(part)
    part.set_defaults(run=_paint)


def _add_render(part: argparse.ArgumentParser) -> None:
    add_render(part)
    _add_model(part)


def _add_devices(part: argparse.ArgumentParser) -> None:
    part.description = "List sound inputs and outputs; * marks what is used when none is named."
    part.add_argument("--json", action="store_true", help="one JSON array")
    part.set_defaults(run=_devices)


def _add_bench(part: argparse.ArgumentParser) -> None:
    part.description = "Measure each stage from sound to screen and the start-up, on this machine."
    part.add_argument("--json", action="store_true", help="one JSON object")
    part.add_argument("--rounds", type=int, default=100, metavar="N", help="timed repetitions a stage (default 100)")
    part.add_argument("--only", metavar="PARTS", help="some of stages,ratios,startup,live,latency,render")
    part.add_argument("--no-window", action="store_true", help="leave out what needs the window: start-up and live")
    part.add_argument("--live-seconds", type=float, default=20.0, metavar="S", help="of the live window (default 20)")
    part.add_argument("--live-size", default="1280x720", metavar="WxH", help="of that window (default 1280x720)")
    part.add_argument("--render-seconds", type=float, default=12.0, metavar="S", help="of video (default 12)")
    _add_model(part)
    part.set_defaults(run=_bench)


def _add_selftest(part: argparse.ArgumentParser) -> None:
    part.description = (
        "Check that models load, sound devices answer and OpenGL works; says what to do where not. "
        "With `audio`: capture while the model paints without a pause, and count lost samples."
    )
    part.add_argument("what", nargs="?", choices=("audio",), help="check the capture of sound under load instead")
    part.add_argument("--minutes", type=float, default=1.0, metavar="N", help="audio: to capture for (default 1)")
    part.add_argument("--input", metavar="NAME", help="audio: capture this, not a tone of the test's own")
    part.add_argument("--shared", action="store_true", help="audio: capture within the app's process, to compare")
    part.add_argument("--json", action="store_true", help="one JSON object")
    _add_model(part)
    part.set_defaults(run=_selftest)


def _play(args: argparse.Namespace) -> int:
    missing = next((path for path in args.files if not os.path.exists(path)), None)
    if missing is not None:
        raise VisualizerError(f"{missing} does not exist: check the name, or drop the file on the window.")
    from visualizer.show.options import AppOptions

    options = AppOptions(
        files=tuple(args.files),
        input=args.input,
        model=_lasting_name(args.model),
        seed=secrets.randbelow(2**31) if args.seed is None else args.seed,
        fullscreen=args.fullscreen,
        no_ui=args.no_ui,
        size=None if args.size is None else parsed_size(args.size, "--size"),
        no_sound=args.silent,
        raster=args.raster,
        dump=args.dump,
        seconds=args.seconds,
        period=args.period,
        report=args.report,
        display=args.display,
        output=args.output,
        reset=args.reset,
        safe_mode=args.safe_mode,
        language=args.language,
    )
    from visualizer.gui.app import run_app

    return run_app(options)


def _lasting_name(model: str | None) -> str | None:
    """A model's name as it can be remembered: a folder's from wherever the next start is.

    Raises:
        VisualizerError: there is no such model.
    """
    if model is None:
        return None
    from visualizer.painting.model_card import find_models, model_folder

    return model if model in find_models() else str(model_folder(model).absolute())


def _paint(args: argparse.Namespace) -> int:
    from visualizer.painting.paint import paint_sound

    picture = paint_sound(args.sound, model=args.model, seed=args.seed, at_s=args.at)
    picture.save(args.output, args.size)
    if args.json:
        print(json.dumps({"picture": str(args.output)} | picture.facts()))
    else:
        print(f"{args.output}: {picture.sentence()}")
    return 0


def _devices(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from visualizer.sound.audio import input_devices, output_devices, portaudio_problem, system_sound_advice

    problem = portaudio_problem()
    if problem:
        raise VisualizerError(problem)
    inputs = input_devices()
    found = [*inputs, *output_devices()]
    if args.json:
        print(json.dumps([asdict(device) for device in found]))
    elif not found:
        print("No sound device was found: connect one, or start the sound server. Files still play, silently.")
    for device in () if args.json else found:
        mark = "*" if device.default else " "
        print(f"{mark} {device.kind:<10} {device.name}  ({device.channels} ch, {device.rate:g} Hz, {device.host_api})")
    if found and not args.json and (advice := system_sound_advice(inputs)):
        print(advice)
    return 0


def _bench(args: argparse.Namespace) -> int:
    from visualizer.checks.bench import PARTS, BenchOptions, print_table, run_bench

    options = BenchOptions(
        only=PARTS if args.only is None else tuple(args.only.split(",")),
        seed=args.seed,
        rounds=args.rounds,
        window=not args.no_window,
        live_seconds=args.live_seconds,
        live_size=parsed_size(args.live_size, "--live-size"),
        render_seconds=args.render_seconds,
    )
    figures = run_bench(args.model, options)
    if args.json:
        print(json.dumps(figures))
    else:
        print_table(figures)
    return 0


def _selftest(args: argparse.Namespace) -> int:
    if args.what == "audio":
        return _selftest_audio(args)
    from visualizer.checks.selftest import run_selftest

    checks = run_selftest(args.model)
    if args.json:
        print(json.dumps({check.name: {"ok": check.ok, "text": check.text} for check in checks}))
    else:
        for check in checks:
            print(f"{'ok  ' if check.ok else 'FAIL' if check.needed else 'none'} {check.name}: {check.text}")
    return 0 if all(check.ok or not check.needed for check in checks) else 1


def _selftest_audio(args: argparse.Namespace) -> int:
    from visualizer.checks.selftest_audio import run_audio_selftest

    if not 0 < args.minutes <= MAX_MINUTES:
        raise VisualizerError(f"--minutes {args.minutes:g} is not possible: use more than 0, at most {MAX_MINUTES}.")
    report = run_audio_selftest(args.minutes, args.input, args.model, apart=not args.shared)
    print(json.dumps(report.facts()) if args.json else report.sentence())
    return 0 if report.whole else 1


def _as_command(argv: list[str]) -> list[str]:
    """Put `play` in front when the first word is no command: `visualizer`, `visualizer SONG`."""
    if argv and (argv[0] in COMMANDS or argv[0] in ("-h", "--help", "--version")):
        return argv
    return ["play", *argv]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 a check failed, 2 bad input, 130 or 143 interrupted."""
    if getattr(sys, "frozen", False):  # a packaged app starts itself again as its capture process
        import multiprocessing

        multiprocessing.freeze_support()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal's coding lacks is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    args = build_parser().parse_args(_as_command(list(sys.argv[1:] if argv is None else argv)))
    try:
        return args.run(args)
    except VisualizerError as error:
        print(f"visualizer: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("visualizer: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone (| head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
