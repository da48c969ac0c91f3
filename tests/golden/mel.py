"""The sound behind mel.npz, and the command that writes it anew after a deliberate change of the front end:

python -m tests.golden.mel
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mvnet.frontend import MelSpec, log_mel

PATH = Path(__file__).with_name("mel.npz")


def sound() -> np.ndarray:
    """Half a second with a chord, a rising tone, a click and silence, float32 [11025] at 22,050 Hz."""
    times = np.arange(11_025) / 22_050
    chord = sum(0.1 * np.sin(2 * np.pi * hz * times) for hz in (220.0, 277.18, 329.63, 5000.0))
    rising = 0.2 * np.sin(2 * np.pi * (500 + 4000 * times) * times)
    samples = np.where(times < 0.35, chord + rising, 0.0)
    samples[2000] += 0.5
    return samples.astype(np.float32)


def arrays() -> dict[str, np.ndarray]:
    """Both scales of the sound's mel columns, float32 [128, 40]."""
    return {"db": log_mel(sound()), "power": log_mel(sound(), MelSpec(scale="power"))}


if __name__ == "__main__":
    np.savez_compressed(PATH, db=arrays()["db"], power=arrays()["power"])
    print(f"{PATH}: {PATH.stat().st_size} bytes")
