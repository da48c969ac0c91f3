"""The `mvnet` command: data, render, lessons, train, evaluate, export. Each part loads only when it is called."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from mvnet.errors import MvnetError

COMMANDS = {
    "data": ("mvnet.cli_data", "read a data set of music and paintings, check it and cache its spectrograms"),
    "render": ("mvnet.cli_render", "play scores with sound fonts: more music to train with"),
    "lessons": ("mvnet.cli_lessons", "let two music networks from PyPI hear the clips, as teachers of the encoder"),
    "train": ("mvnet.cli_train", "train the encoder or the GAN, with checkpoints and exact resume"),
    "evaluate": ("mvnet.cli_evaluate", "measure a trained model on music and paintings it has not seen"),
    "listen": ("mvnet.cli_listen", "what a model hears in music as it plays, over time"),
    "export": ("export.cli", "write a model folder for the app (ONNX), checked against torch"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 a check failed, 2 bad input, 130 interrupted."""
    argv = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="mvnet", description="Data, training and export of the MVNet networks.")
    parts = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, text) in COMMANDS.items():
        part = parts.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if argv and argv[0] == name:
            part.set_defaults(run=importlib.import_module(module).configure(part))
    try:
        args = parser.parse_args(argv)
        return args.run(args)
    except MvnetError as error:
        print(f"mvnet: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ("mvnet", "export"):
            raise
        print(f"mvnet: {error.name} is not installed: pip install 'mvnet-visualizer[train]'", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("mvnet: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone (| head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
