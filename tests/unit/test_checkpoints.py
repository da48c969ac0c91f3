"""Finished networks' files: what is written is read back, anything else is one clear sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from mvnet.checkpoints import load_encoder, load_generator, read_checked, weights_digest, write_atomic
from mvnet.encoder import AudioEncoder, PeriodHead
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec


@pytest.fixture(scope="module")
def encoder() -> AudioEncoder:
    torch.manual_seed(0)
    return AudioEncoder()


def content(encoder: AudioEncoder, **changes: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "kind": "encoder",
        "spec": MelSpec().as_dict(),
        "weights": encoder.state_dict(),
        "head": PeriodHead().state_dict(),
        "prototypes": [[0.0] * 10] * 5,
        "figures": {"val_clip_accuracy": 0.5},
        "config": {"loss": "triplet"},
        "commit": "abc",
    } | changes


def test_encoder_comes_back_from_file_and_folder(tmp_path: Path, encoder: AudioEncoder) -> None:
    write_atomic(tmp_path / "run" / "encoder.pt", content(encoder))
    for path in (tmp_path / "run", tmp_path / "run" / "encoder.pt"):
        loaded, head, extras = load_encoder(path)
        assert weights_digest(loaded) == weights_digest(encoder)
        assert not loaded.training
        assert not head.training
        assert extras["figures"] == {"val_clip_accuracy": 0.5}
        assert MelSpec(**extras["spec"]) == MelSpec()
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["encoder.pt"]


def test_digest_follows_the_weights(encoder: AudioEncoder) -> None:
    other = AudioEncoder()
    other.load_state_dict(encoder.state_dict())
    before = weights_digest(other)
    with torch.no_grad():
        other.linear.bias[0] += 1e-6
    assert weights_digest(encoder) == before != weights_digest(other)


def test_wrong_files_are_named(tmp_path: Path, encoder: AudioEncoder) -> None:
    file = tmp_path / "encoder.pt"
    with pytest.raises(MvnetError, match=r"no checkpoint .*encoder\.pt"):
        load_encoder(tmp_path)
    file.write_bytes(b"not a checkpoint")
    with pytest.raises(MvnetError, match="not a readable checkpoint"):
        load_encoder(file)
    write_atomic(file, content(encoder))
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(MvnetError, match="not a readable checkpoint"):
        load_encoder(file)
    torch.save([1], file)
    with pytest.raises(MvnetError, match="holds a list"):
        read_checked(file)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"kind": "gan"}, "of kind 'gan', not 'encoder'"),
        ({"format": 9}, "format 9, this build reads 1"),
        ({"weights": {}}, "do not fit AudioEncoder"),
        ({"head": None}, "do not fit PeriodHead"),
    ],
)
def test_other_content_is_refused(tmp_path: Path, encoder: AudioEncoder, changes: dict[str, Any], text: str) -> None:
    write_atomic(tmp_path / "encoder.pt", content(encoder, **changes))
    with pytest.raises(MvnetError, match=text):
        load_encoder(tmp_path)


def test_an_encoder_is_no_generator(tmp_path: Path, encoder: AudioEncoder) -> None:
    write_atomic(tmp_path / "encoder.pt", content(encoder))
    with pytest.raises(MvnetError, match="not 'gan': give the other file"):
        load_generator(tmp_path / "encoder.pt")
