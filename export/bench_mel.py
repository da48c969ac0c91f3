"""Times the mel columns of a second of the app against librosa recomputing whole windows, interleaved in one process.

Run by `visualizer bench` as a process of its own, so that the app itself never imports librosa:
`python -m export.bench_mel --rounds 50` prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from mvnet.frontend import MelSpec, RollingMel, encoder_input

WINDOWS_PER_S = 4  # how often the app cuts a window for the encoder; only then are columns computed
PICTURES_PER_S = 24  # how often a program without a rolling window recomputes one: for each picture


def time_mel(rounds: int, seed: int = 0) -> dict[str, float]:
    """Mean processor time of one new window, as the app makes it and as librosa does.

    The app computes the columns that are new since the last window, in one batch, and cuts the encoder's input;
    librosa computes all 768, and the same input is cut from them.

    Returns:
        "rolling_ms", "librosa_ms": one window; "mel_vs_librosa": a second of the app (4 windows) against a second
        of a program that recomputes the window for each of 24 pictures; "mel_vs_librosa_window": the same for one
        window each. Theirs over ours.
    """
    import librosa

    spec = MelSpec()
    sound = (0.1 * np.random.default_rng(seed).standard_normal(spec.window_samples)).astype(np.float32)
    rolling = RollingMel(spec)
    rolling.push(sound)
    block = sound[: round(spec.sample_rate / WINDOWS_PER_S)]
    ours, theirs = [], []
    for index in range(rounds + 3):
        started = time.process_time()
        rolling.push(block)
        rolling.window()
        middle = time.process_time()
        power = librosa.feature.melspectrogram(
            y=sound,
            sr=spec.sample_rate,
            n_fft=spec.n_fft,
            hop_length=spec.hop,
            window="hamming",
            center=False,
            n_mels=spec.n_mels,
        )
        encoder_input(librosa.power_to_db(power, ref=1.0, amin=1e-8, top_db=None).T, spec)
        ended = time.process_time()
        if index >= 3:  # the first calls compile and fill caches
            ours.append(middle - started)
            theirs.append(ended - middle)
    rolling_s, librosa_s = float(np.mean(ours)), float(np.mean(theirs))
    return {
        "rolling_ms": 1e3 * rolling_s,
        "librosa_ms": 1e3 * librosa_s,
        "mel_vs_librosa": PICTURES_PER_S * librosa_s / (WINDOWS_PER_S * rolling_s),
        "mel_vs_librosa_window": librosa_s / rolling_s,
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, metavar="N")
    print(json.dumps(time_mel(parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
