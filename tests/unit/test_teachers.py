"""The encoder's teachers, on made-up networks whose answers can be worked out."""

from __future__ import annotations

import json
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile
import torch

from mvnet.__main__ import main
from mvnet.cli_lessons import NOTES, TAGS
from mvnet.errors import MvnetError
from mvnet.tagger import EPSILON, PATCH, SPEC, Tagger, log_columns
from mvnet.transcriber import ADVANCE, BACKGROUND, EDGE, INPUT, LAST, PEAK, STEP, Transcriber
from tests.networks import sound
from tests.teachers import tagger_tensors, write_bundle, write_teachers, write_transcriber


def test_columns_are_librosas() -> None:
    samples = sound(1.0, rate=16_000)
    power = librosa.feature.melspectrogram(y=samples, sr=16_000, n_fft=512, hop_length=256, n_mels=96)
    np.testing.assert_allclose(log_columns(samples).numpy(), np.log10(1 + 10_000 * power.T), atol=2e-5)


def test_without_kernels_a_tagger_hears_its_own_constants(tmp_path: Path) -> None:
    tensors = tagger_tensors()
    for name in tensors:
        if name.endswith("/kernel"):
            tensors[name][:] = 0

    def answer(number: int) -> np.ndarray:
        norm = f"batch_normalization_{number + 1}"
        mean, variance, scale, shift = (
            tensors[f"{norm}/{part}"] for part in ("moving_mean", "moving_variance", "gamma", "beta")
        )
        bias = tensors[f"conv2d_{number}/bias" if number else "conv2d/bias"]
        return (np.maximum(bias, 0) - mean) / np.sqrt(variance + EPSILON) * scale + shift

    write_bundle(f"{tmp_path}/", tensors)
    features = Tagger(tmp_path).pooled(torch.rand(1, PATCH, SPEC.n_mels))[0].numpy()
    middle = np.cumsum([answer(number) for number in (5, 6, 7)], axis=0)
    expected = np.concatenate([*(answer(number) for number in range(5)), *middle])
    np.testing.assert_allclose(features[:753], expected, atol=1e-5)  # largest over time
    np.testing.assert_allclose(features[753:], expected, atol=1e-5)  # mean over time


def test_a_taggers_filters_reach_as_far_as_theirs_did(tmp_path: Path) -> None:
    tensors = tagger_tensors()
    tensors["conv2d_2/kernel"][:] = 0
    tensors["conv2d_2/kernel"][63] = 1  # of 128: 63 columns before, 64 after
    tensors["conv2d_2/bias"][:] = 0
    write_bundle(f"{tmp_path}/", tensors)
    tagger = Tagger(tmp_path)
    columns = torch.rand(1, 1, PATCH, SPEC.n_mels)
    heard = tagger._front(torch.nn.functional.pad(columns, (0, 0, 63, 64)), 2)
    loudest = tagger._normalise(columns.expand(-1, 51, -1, -1), 3).amax(3)
    torch.testing.assert_close(heard, loudest, atol=1e-5, rtol=0)


def test_an_incomplete_tagger_is_refused(tmp_path: Path) -> None:
    write_bundle(f"{tmp_path}/", {"conv2d/bias": np.ones(3, np.float32)})
    with pytest.raises(MvnetError, match="conv2d_7/kernel"):
        Tagger(tmp_path)


def test_a_transcriber_joins_its_inputs_without_gap_or_overlap(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "notes.onnx"
    write_transcriber(file)
    samples = np.linspace(0.1, 0.5, 197_376).astype(np.float32)
    notes, onsets = Transcriber(file, 1).notes(samples)
    starts = [*range(0, len(samples) - INPUT, ADVANCE), len(samples) - INPUT]
    steps = ADVANCE // STEP
    assert notes.shape == onsets.shape == ((len(starts) - 1) * steps + LAST, 88)
    loud = samples * (PEAK / 0.5)
    for number, start in enumerate(starts[:-1]):
        wanted = loud[start + EDGE * 88 : start + (EDGE + steps) * 88].reshape(steps, 88) - BACKGROUND
        np.testing.assert_allclose(notes[number * steps : (number + 1) * steps], np.maximum(wanted, 0), atol=1e-6)
    np.testing.assert_allclose(onsets, np.maximum((notes + BACKGROUND) / 2 - BACKGROUND, 0)[: len(onsets)], atol=0.08)
    assert onsets.max() < notes.max()


def test_another_network_is_no_transcriber(tmp_path: Path) -> None:
    write_transcriber(tmp_path / "a" / "notes.onnx", pitches=60)
    with pytest.raises(MvnetError, match=r"nmp\.onnx"):
        Transcriber(tmp_path / "a" / "notes.onnx")
    (tmp_path / "notes.onnx").write_text("broken")
    with pytest.raises(MvnetError, match="cannot be loaded"):
        Transcriber(tmp_path / "notes.onnx")


def test_lessons_of_a_small_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for split, period in (("train", "baroque"), ("train", "modern"), ("val", "modern")):
        folder = tmp_path / "data" / split / period
        folder.mkdir(parents=True)
        soundfile.write(folder / "a1.wav", sound(9.2, len(period)), 22_050)
    write_teachers(tmp_path / "teachers")
    output = tmp_path / "lessons.npz"
    arguments = ["--data", tmp_path / "data", "--teachers", tmp_path / "teachers", "--cache", tmp_path / "cache"]
    assert main(["lessons", *map(str, arguments), "--output", str(output), "--threads", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(output), "clips": 2, "harmony": 210, "tags": 1506}
    with np.load(output) as content:
        assert content["names"].tolist() == ["train/baroque/a1.wav", "train/modern/a1.wav"]
        assert np.isfinite(content["harmony"]).all()
        assert np.isfinite(content["tags"]).all()


def test_missing_teachers_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--data", str(tmp_path), "--teachers", str(tmp_path), "--cache", str(tmp_path)]
    assert main(["lessons", *arguments, "--output", str(tmp_path / "lessons.npz")]) == 2
    assert str(TAGS) in capsys.readouterr().err.replace("\\", "/")
    assert NOTES.name == "nmp.onnx"
