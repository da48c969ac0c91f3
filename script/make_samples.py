"""Makes a model's sample sheet: a row a period (its mean embedding), the same noise down a column.

python script/make_samples.py [--model mvnet-256] [--columns 6] [-o resources/models/mvnet-256/samples.jpg]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from visualizer.painting.models import load_model, model_folder
from visualizer.painting.motion import NoiseWalk

QUALITY = 88


def main() -> None:
    """Paint the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    model = load_model(model_folder(args.model))
    noises = [NoiseWalk(model.noise_size, seed).at(0.0)[None] for seed in range(1, args.columns + 1)]
    rows = [np.concatenate([model.paint(noise, e[None])[0] for noise in noises], 1) for e in model.prototypes]
    output = args.output or model.card.folder / "samples.jpg"
    Image.fromarray(np.concatenate(rows, 0)).save(output, quality=QUALITY)
    print(output)


if __name__ == "__main__":
    main()
