"""`mvnet export`: options to a model folder, the table of differences, the exit code."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from export.folder import ExportOptions, export
from export.parity import TOLERANCE, table
from export.replace import replace_encoder

MUSIC = Path(__file__).resolve().parent.parent / "resources" / "music"
LICENCE = "GPL-3.0-or-later"  # the project's own


def configure(parser: ArgumentParser) -> Callable[[Namespace], int]:
    """Add the options of `mvnet export`; returns the function that runs it."""
    add = parser.add_argument
    add("--encoder", type=Path, required=True, metavar="CKPT", help="checkpoint or run folder of the encoder")
    add(
        "--generator", type=Path, metavar="CKPT", help="checkpoint or run folder of the GAN (default: the folder's own)"
    )
    add("-o", "--output", type=Path, required=True, metavar="DIR", help="model folder to write")
    add("--name", default="", help="of the model (default: the folder's name)")
    add("--title", default="", help="for menus (default: the name)")
    add("--licence", default=LICENCE, help="of the weights (default %(default)s)")
    add("--share-encoder", type=Path, metavar="DIR", help="use the encoder file of this model folder; it must be equal")
    add(
        "--audio",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="sound files or folders to check on (default: bundled music)",
    )
    add("--seed", type=int, default=0, metavar="N", help="of the noise to check on (default 0)")
    return run


def run(args: Namespace) -> int:
    """Export, print what was compared, and say what was written; 1 when parity fails."""
    options = ExportOptions(
        encoder=args.encoder,
        generator=args.generator or args.output,
        folder=args.output,
        title=args.title or args.name or args.output.resolve().name,
        licence=args.licence,
        audio=tuple(args.audio or (MUSIC,)),
        name=args.name,
        share_encoder=args.share_encoder,
        seed=args.seed,
    )
    differences, sizes = export(options) if args.generator else replace_encoder(options)
    print(table(differences))
    if not all(item.holds for item in differences):
        print(f"{options.folder}: nothing written, a difference is above {TOLERANCE:g}")
        return 1
    files = ", ".join(f"{key} {size / 1e6:.2f} MB" for key, size in sizes.items())
    print(f"{options.folder}: {files}, {sum(sizes.values()) / 1e6:.2f} MB in all")
    return 0
