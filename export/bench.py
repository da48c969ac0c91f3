"""Times one painting, or one window heard, by torch, by a plain ONNX graph and by the shipped one, in one process.

Run by `visualizer bench` as a process of its own, so that the app itself never imports torch:
`python -m export.bench --model DIR` prints one JSON object. The shipped graph must be the paper's
generator; its weights are timed as they ship, the other two with random weights, which cost the same.
`--what encoder` times the encoder, which every model has in the paper's shape.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from export.to_onnx import plain_encoder, plain_generator
from mvnet.encoder import EMBEDDING_SIZE, PeriodHead, period_probabilities
from mvnet.encoders import PAPER, build_encoder
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.gan import Generator

WARM_UP = 3  # first runs allocate


def time_generators(model: Path, *, rounds: int, threads: int = 2, seed: int = 0) -> dict[str, float]:
    """Median milliseconds of one 64 x 64 painting: "torch_ms", "plain_onnx_ms", "shipped_ms", and two ratios.

    Args:
        model: model folder.
        rounds: timed repetitions of each.
        threads: of each engine; none keeps its threads spinning, as in the app.
        seed: of the noise, the embedding and the random weights.
    Raises:
        MvnetError: the folder holds no model, or one of another kind.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    generator = Generator().eval()
    random = np.random.default_rng(seed)
    noise = random.standard_normal((1, generator.noise_size), np.float32)
    embedding = random.standard_normal((1, EMBEDDING_SIZE), np.float32)
    network = _shipped(model, generator)
    feed = {"noise": noise, "embedding": embedding}
    plain = _session(plain_generator(generator, MelSpec()).SerializeToString(), threads)
    shipped = _session(str(network), threads)
    inputs = torch.from_numpy(noise), torch.from_numpy(embedding)
    with torch.inference_mode():
        medians = _race(
            {
                "torch_ms": lambda: generator(*inputs),
                "plain_onnx_ms": lambda: plain.run(None, feed),
                "shipped_ms": lambda: shipped.run(None, feed),
            },
            rounds,
        )
    return medians | {
        "generator_vs_torch": medians["torch_ms"] / medians["shipped_ms"],
        "generator_vs_plain_onnx": medians["plain_onnx_ms"] / medians["shipped_ms"],
    }


def time_encoders(model: Path, *, rounds: int, threads: int = 2, seed: int = 0) -> dict[str, float]:
    """Median milliseconds of hearing one window: the same three and two ratios, and the file's megabytes.

    Args and errors as time_generators; the ratios are "encoder_vs_torch" and "encoder_vs_plain_onnx".
    """
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    card, file = _files(model)
    encoder, head, spec = build_encoder(_network(card)).eval(), PeriodHead().eval(), MelSpec()
    window = np.random.default_rng(seed).uniform(-1, 1, (1, *spec.input_shape)).astype(np.float32)
    plain = _session(plain_encoder(encoder, head, spec).SerializeToString(), threads)
    shipped = _session(str(file), threads)
    sound = torch.from_numpy(window)
    with torch.inference_mode():
        medians = _race(
            {
                "torch_ms": lambda: period_probabilities(head, encoder(sound)),
                "plain_onnx_ms": lambda: plain.run(None, {"mel": window}),
                "shipped_ms": lambda: shipped.run(None, {"mel": window}),
            },
            rounds,
        )
    return medians | {
        "encoder_vs_torch": medians["torch_ms"] / medians["shipped_ms"],
        "encoder_vs_plain_onnx": medians["plain_onnx_ms"] / medians["shipped_ms"],
        "encoder_mb": file.stat().st_size / 1e6,
    }


def _files(model: Path) -> tuple[dict[str, Any], Path]:
    """The model's card and its encoder file."""
    try:
        card = json.loads((model / "model.json").read_text(encoding="utf-8"))
        encoder = model / card["encoder"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MvnetError(f"{model} holds no readable model ({error}): name a model folder with --model") from error
    if not encoder.is_file():
        raise MvnetError(f"{encoder} is missing: export the model again")
    return card, encoder


def _network(card: dict[str, Any]) -> str:
    """The name of the encoder's network; cards of before there were two do not tell it."""
    try:
        return str(card["training"]["encoder"]["config"].get("network", PAPER))
    except (KeyError, TypeError, AttributeError):
        return PAPER


def _shipped(model: Path, generator: Generator) -> Path:
    """The model's generator file."""
    card, _ = _files(model)
    try:
        sizes = card["noise_size"], card["image_size"]
        path = model / card["generator"]
    except (KeyError, TypeError) as error:
        raise MvnetError(f"{model} holds no readable model ({error}): name a model folder with --model") from error
    if sizes != (generator.noise_size, [generator.image_size] * 2):
        raise MvnetError(
            f"{model} paints {sizes[1]} from {sizes[0]} numbers of noise, which is not the paper's generator: "
            "name a model that `mvnet export` wrote with --model"
        )
    return path


def _race(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median milliseconds of each, taking turns, so that a busy machine is busy for all."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for index in range(rounds + WARM_UP):
        for name, paint in contestants.items():
            started = time.perf_counter()
            paint()
            if index >= WARM_UP:
                seconds[name].append(time.perf_counter() - started)
    return {name: 1e3 * float(np.median(values)) for name, values in seconds.items()}


def _session(network: str | bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


CONTESTS = {"generator": time_generators, "encoder": time_encoders}


def main() -> int:
    """Print the figures as JSON; 2 when the model cannot be compared."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, metavar="DIR")
    parser.add_argument("--what", choices=tuple(CONTESTS), default="generator")
    parser.add_argument("--rounds", type=int, default=50, metavar="N")
    parser.add_argument("--threads", type=int, default=2, metavar="N")
    parser.add_argument("--json", action="store_true", help="accepted for clearness; the output is JSON")
    args = parser.parse_args()
    try:
        print(json.dumps(CONTESTS[args.what](args.model, rounds=args.rounds, threads=args.threads)))
    except MvnetError as error:
        print(f"export.bench: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
