"""Learns which of the periods that a rhythm repeats with is the beat: the weights of visualizer.hearing.metre.

`python -m bench.levels --font /usr/share/sounds/sf2/TimGM6mb.sf2 [--loops 700] [--write]` draws loops (bench.grooves),
hears each as the app does, and fits a small network so that the true tempo is the likeliest of the peaks; a fifth of
the loops is kept out and judged. Each loop that is learnt from is read a little slower and faster too, and even trains
of strokes are learnt besides. `--write` writes the weights into the app. bench.beats judges: its patterns and sounds
are never seen here.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import torch

from bench.grooves import FASTEST, RATE, SLOWEST, play
from visualizer.hearing import metre_weights
from visualizer.hearing.analyser import Analyser, AnalyserConfig
from visualizer.hearing.metre import DRUMS, read
from visualizer.hearing.repetition import Repetition
from visualizer.hearing.tempo import TempoConfig

SECONDS = 12.5  # of each loop
LOOKS_S = (4.0, 6.0, 8.0, 12.0)  # after so much sound the rhythm is read
TRAINS, TRAIN_S, STROKE_DB = 40, 8.0, 10.0  # tempi of even trains, how long they last, how strong a stroke is
HOP_S = AnalyserConfig.at(RATE).columns.hop_s
SPEEDS = (1.0, 0.85, 1.18)  # at which what was heard is read
SAME = 0.03  # octaves within which a tempo is the true one
KEPT_OUT = 5  # every so many loops, one judges
HIDDEN, DECAY, EPOCHS, PACE = 16, 3e-3, 300, 1.5e-2  # cells, pull of the weights to 0, rounds, learning rate


@dataclass(frozen=True)
class Example:
    """A rhythm's candidates.

    Attributes:
        features: float [p, FEATURES].
        right: bool [p], which have the true tempo.
        is_as_played: whether it was read at the speed at which it was played.
    """

    features: np.ndarray
    right: np.ndarray
    is_as_played: bool


def examples(seed: int, font: Path) -> list[Example]:
    """Draw a loop and read its rhythm at several times and speeds."""
    loop = play(seed, SECONDS, font)
    analyser, found, heard = Analyser(AnalyserConfig.at(RATE)), [], 0
    for look_s in LOOKS_S:
        analyser.push(loop.sound[heard : round(look_s * RATE)])
        heard = round(look_s * RATE)
        found += readings(analyser.strokes, loop.bpm)
    return found


def readings(strokes: np.ndarray, bpm: float, speeds: tuple[float, ...] = SPEEDS) -> list[Example]:
    """Read what was struck, float [n, DRUMS], at each speed; those at which the true tempo is no candidate are left."""
    config = TempoConfig()
    periods = Repetition(HOP_S, config.slowest, config.fastest, config.mean_ms / 1000)
    found = []
    for speed in speeds:
        if speed != 1 and not SLOWEST <= bpm * speed <= FASTEST:
            continue
        reading = read(periods, strokes if speed == 1 else at_speed(strokes, speed))
        tempi = np.array([periods.tempo(reading.repetition, at) for at in reading.peaks])
        right = np.abs(np.log2(tempi / (bpm * speed))) < SAME
        if right.any():
            found.append(Example(reading.features, right, speed == 1))
    return found


def at_speed(strokes: np.ndarray, speed: float) -> np.ndarray:
    """The last of the same strokes played so many times as fast, float [up to n, DRUMS]."""
    last = len(strokes) - 1
    at = last - speed * np.arange(min(len(strokes), int(len(strokes) / speed)))[::-1]
    return np.stack([np.interp(at, np.arange(last + 1), drum) for drum in strokes.T], axis=1)


def trains() -> list[Example]:
    """Even trains of strokes, of kick, snare or both, with hats and without: each stroke is a beat."""
    found = []
    for kick, snare, hat in product((0.0, STROKE_DB), repeat=DRUMS):
        for bpm in np.geomspace(SLOWEST, FASTEST, TRAINS) if kick + snare > 0 else ():
            struck = np.zeros((round(TRAIN_S / HOP_S), DRUMS))
            struck[np.arange(0, len(struck) - 1, 60 / bpm / HOP_S).round().astype(int)] = (kick, snare, hat)
            found += readings(struck, bpm, speeds=(1.0,))
    return found


def pack(found: list[Example]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features [n, p, FEATURES], logarithms of which are right and which are there at all [n, p], padded to one p."""
    most = max(len(one.right) for one in found)
    features = torch.zeros(len(found), most, found[0].features.shape[1])
    right, there = torch.full((2, len(found), most), -1e9)
    for index, one in enumerate(found):
        count = len(one.right)
        features[index, :count] = torch.from_numpy(one.features).float()
        there[index, :count] = 0.0
        right[index, :count] = torch.where(torch.from_numpy(one.right), 0.0, -1e9)
    return features, right, there


def learn(found: list[Example]) -> dict[str, np.ndarray]:
    """Fit the network to the examples; returns its weights by name, for features as they are."""
    features, right, there = pack(found)
    filled = features[there == 0]
    mean, spread = filled.mean(0), filled.std(0) + 1e-6
    torch.manual_seed(0)
    first, last = torch.nn.Linear(features.shape[2], HIDDEN), torch.nn.Linear(HIDDEN, 1, bias=False)
    optimiser = torch.optim.Adam([*first.parameters(), *last.parameters()], PACE)
    for _ in range(EPOCHS):
        likely = last(torch.tanh(first((features - mean) / spread)))[..., 0] + there
        loss = (torch.logsumexp(likely, 1) - torch.logsumexp(likely + right, 1)).mean()
        loss = loss + DECAY * ((first.weight**2).sum() + (last.weight**2).sum())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        weight = first.weight / spread
        bias = first.bias - weight @ mean
    return {"HIDDEN": weight.numpy(), "BIAS": bias.numpy(), "ACROSS": last.weight.detach().numpy()[0]}


def hits(found: list[Example], weights: dict[str, np.ndarray]) -> float:
    """Share of the examples in which the likeliest is right."""
    good = 0
    for one in found:
        likely = np.tanh(one.features @ weights["HIDDEN"].T + weights["BIAS"]) @ weights["ACROSS"]
        good += bool(one.right[int(np.argmax(likely))])
    return good / len(found)


def split(drawn: list[list[Example]]) -> tuple[list[Example], list[Example]]:
    """The examples to learn from, and of the loops that are kept out those at the speed at which they were played."""
    learnt = [one for index, loop in enumerate(drawn) if index % KEPT_OUT for one in loop]
    return learnt, [one for loop in drawn[::KEPT_OUT] for one in loop if one.is_as_played]


def module(weights: dict[str, np.ndarray]) -> str:
    """The text of visualizer.hearing.metre_weights."""
    text = ['"""Weights of visualizer.hearing.metre, as `python -m bench.levels --write` has learnt them."""\n']
    text.append("from __future__ import annotations\n\nimport numpy as np\n\n# fmt: off")
    for name, values in weights.items():
        rows = np.array2string(values, precision=3, separator=", ", max_line_width=118, suppress_small=True)
        text.append(f"{name} = np.array(\n{rows}\n)")
    return "\n".join([*text, "# fmt: on\n"])


def main() -> None:
    """Draw, learn, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--font", type=Path, required=True, help="sound font for FluidSynth")
    parser.add_argument("--loops", type=int, default=700, help="how many are drawn (default 700)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write the weights into the app")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with ProcessPoolExecutor(options.processes) as pool:
        drawn = list(pool.map(partial(examples, font=options.font), range(options.loops), chunksize=8))
    learnt, kept = split(drawn)
    weights = learn(learnt + trains())
    print(f"{len(drawn)} loops; true tempo in {hits(learnt, weights):.3f} of those learnt from", end=", ")
    print(f"{hits(kept, weights):.3f} of those kept out")
    if options.write:
        Path(metre_weights.__file__).write_text(module(weights), encoding="utf-8")


if __name__ == "__main__":
    main()
