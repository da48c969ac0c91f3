"""Disturbances change what they say and nothing else; robustness is heard by a listener whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from mvnet.clips import FULL_SCALE, ClipSamples
from mvnet.disturbances import DISTURBANCES, still_sounds
from mvnet.frontend import MelSpec
from mvnet.lossy import available, through_codec
from mvnet.records import Clip, Recording
from mvnet.robustness import RobustnessTest, still_answers
from mvnet.stretch import change_tempo

RATE = 22_050
BY_NAME = {item.name: item for item in DISTURBANCES}


def tone(hz: float, samples: int, level: float = 0.3) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(samples) / RATE)).astype(np.float32)


def loudest_hz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(spectrum.argmax() * RATE / len(sound))


def changed(name: str, sound: np.ndarray, seed: int = 0) -> np.ndarray:
    generator = torch.Generator().manual_seed(seed)
    return BY_NAME[name].change(torch.from_numpy(sound)[None], RATE, generator).numpy()[0]


@pytest.mark.parametrize("name", [item.name for item in DISTURBANCES if item.available])
def test_disturbances_keep_the_length_and_the_input(name: str) -> None:
    sound = tone(440, 3 * RATE)
    before = sound.copy()
    after = changed(name, sound)
    assert after.shape == sound.shape
    assert after.dtype == np.float32
    assert np.isfinite(after).all()
    assert not np.array_equal(after, sound)
    np.testing.assert_array_equal(sound, before)
    np.testing.assert_array_equal(after, changed(name, sound))


@pytest.mark.parametrize(
    ("name", "hz"),
    [
        ("semitone_up", 440 * 18 / 17),
        ("semitone_down", 440 * 17 / 18),
        ("5_percent_faster", 440 * 1.05),
        ("5_percent_slower", 440 * 0.95),
        ("noise_20_db", 440),
        ("room", 440),
    ],
)
def test_pitch_moves_only_where_it_should(name: str, hz: float) -> None:
    assert loudest_hz(changed(name, tone(440, 4 * RATE))) == pytest.approx(hz, abs=1.0)


def test_levels() -> None:
    sound = tone(440, RATE)
    np.testing.assert_allclose(changed("gain_-20_db", sound), sound / 10, rtol=1e-6)
    assert np.abs(changed("gain_+20_db_clipped", sound)).max() == 1.0
    noise = changed("noise_10_db", sound) - sound
    assert 20 * np.log10(sound.std() / noise.std()) == pytest.approx(10, abs=0.1)


def test_a_tempo_keeps_pitch_and_changes_length() -> None:
    faster = change_tempo(tone(440, 4 * RATE), RATE, 1.25)
    assert len(faster) == pytest.approx(4 * RATE / 1.25, rel=0.02)
    assert loudest_hz(faster) == pytest.approx(440, abs=1.5)
    with pytest.raises(ValueError, match="tempo is 3"):
        change_tempo(tone(440, RATE), RATE, 3)


@pytest.mark.parametrize(("codec", "bits"), [("libopus", 24_000), ("libmp3lame", 48_000)])
def test_codecs_lose_little_of_a_tone(codec: str, bits: int) -> None:
    if not available(codec):
        pytest.skip(f"this FFmpeg has no {codec}")
    sound = tone(1000, 2 * RATE)
    after = through_codec(sound, RATE, codec, bits)
    assert loudest_hz(after) == pytest.approx(1000, abs=1.0)
    assert after.std() == pytest.approx(sound.std(), rel=0.15)


class LevelListener:
    """Hears loud sound as modern and quiet sound as renaissance; its embedding is the mean level."""

    def __init__(self) -> None:
        self.spec = MelSpec()
        self.prototypes = np.zeros((5, 10))
        self.prototypes[:, 0] = np.linspace(-1, 1, 5)  # mean distance 1

    def hear(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        level = windows.mean((1, 2, 3))
        embeddings = np.zeros((len(windows), 10), np.float32)
        embeddings[:, 0] = level
        modern = 1 / (1 + np.exp(-50 * (level - 0.45)))
        chances = np.zeros((len(windows), 5))
        chances[:, 0], chances[:, 4] = 1 - modern, modern
        return embeddings, chances


@pytest.fixture(scope="module")
def samples() -> ClipSamples:
    """Loud noise that is modern, quiet noise that is renaissance."""
    size = MelSpec().window_samples
    rng = np.random.default_rng(0)
    rows = [rng.normal(0, level, size) for level in (0.1, 0.1, 0.0005, 0.0005)]
    clips = [
        Clip(Recording(Path(f"{row}.wav"), 4 if row < 2 else 0, f"piece {row}", "", "", "val"), 0.0) for row in range(4)
    ]
    return ClipSamples(clips, [], np.round(np.clip(rows, -1, 1) * FULL_SCALE).astype(np.int16))


def test_drops_are_those_of_the_listener(samples: ClipSamples) -> None:
    chosen = [BY_NAME[name] for name in ("gain_-20_db", "gain_+20_db", "semitone_up")]
    figures = RobustnessTest(LevelListener(), samples, most=4).measure(chosen, draws=50)
    assert figures["robustness_clips"] == 4
    assert figures["robustness_clip_accuracy"] == 1.0
    table = figures["robustness"]
    assert table["gain_-20_db"]["drop"] == 0.5  # the loud ones become quiet ones
    assert table["gain_-20_db"]["clip_accuracy"] == 0.5
    assert table["semitone_up"]["drop"] == 0.0
    assert figures["gain_drop"] == max(table["gain_-20_db"]["drop"], table["gain_+20_db"]["drop"])
    assert figures["small_speaker_and_room_drop"] is None  # not asked for
    # 20 dB of a scale that spans 80 dB by 2, over prototypes 1 apart, where nothing is at the floor
    assert table["gain_-20_db"]["shift"] == pytest.approx(0.5, abs=0.15)
    json.dumps(figures, allow_nan=False)


def test_answers_do_not_depend_on_what_else_is_measured(samples: ClipSamples) -> None:
    test = RobustnessTest(LevelListener(), samples, most=2, seed=3)
    alone = test.measure([BY_NAME["room"]], draws=5)["robustness"]["room"]
    among = test.measure([BY_NAME["noise_10_db"], BY_NAME["room"]], draws=5)["robustness"]["room"]
    assert alone == among


def test_sounds_without_music() -> None:
    sounds = still_sounds(MelSpec().window_samples, RATE)
    assert not sounds["silence"].any()
    for name, sound in sounds.items():
        if name.endswith("-20_db"):
            assert sound.std() == pytest.approx(0.1, rel=0.02)
    answers = still_answers(LevelListener())
    assert answers["silence"]["period"] == "renaissance"
    assert answers["silence"]["entropy"] == pytest.approx(0, abs=1e-3)
    assert answers["white_noise_-20_db"]["period"] == "modern"
    assert sum(answers["silence"]["probabilities"]) == pytest.approx(1, abs=1e-4)
