"""Times the rolling front end against librosa recomputing the whole window, interleaved in one process.

Run by `visualizer bench` as a process of its own, so that the app itself never imports librosa:
`python -m export.bench_mel --rounds 50` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from mvnet.frontend import MelSpec, RollingMel

PAINTINGS_PER_S = 24.0  # how often the app takes the newest columns
WINDOW_EVERY = 6  # of these times it cuts a window for the encoder


def time_mel(rounds: int, seed: int = 0) -> dict[str, float]:
    """Mean time of one update: rolling as the app does it (new columns only), and librosa (all 768).

    Returns:
        "rolling_ms", "librosa_ms" and their ratio "mel_vs_librosa" (theirs over ours).
    """
    import librosa

    spec = MelSpec()
    rng = np.random.default_rng(seed)
    window = (0.1 * rng.standard_normal(spec.window_samples)).astype(np.float32)
    rolling = RollingMel(spec)
    rolling.push(window)
    block = window[: round(spec.sample_rate / PAINTINGS_PER_S)]
    ours, theirs = [], []
    for index in range(rounds + 3):
        started = time.perf_counter()
        rolling.push(block)
        if index % WINDOW_EVERY == 0:
            rolling.window()
        middle = time.perf_counter()
        power = librosa.feature.melspectrogram(
            y=window,
            sr=spec.sample_rate,
            n_fft=spec.n_fft,
            hop_length=spec.hop,
            window="hamming",
            center=False,
            n_mels=spec.n_mels,
        )
        librosa.power_to_db(power, ref=1.0, amin=1e-8, top_db=None)
        ended = time.perf_counter()
        if index >= 3:  # the first calls compile and fill caches
            ours.append(middle - started)
            theirs.append(ended - middle)
    rolling_s, librosa_s = float(np.mean(ours)), float(np.mean(theirs))
    return {"rolling_ms": 1e3 * rolling_s, "librosa_ms": 1e3 * librosa_s, "mel_vs_librosa": librosa_s / rolling_s}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, metavar="N")
    print(json.dumps(time_mel(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
