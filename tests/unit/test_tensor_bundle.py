"""TensorFlow's checkpoint files, written here by hand from the formats' descriptions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mvnet.errors import MvnetError
from mvnet.tensor_bundle import read_bundle
from tests.teachers import write_bundle

TENSORS = {
    "dense/kernel": np.arange(600, dtype=np.float32).reshape(20, 30),
    "dense/bias": np.array([1.5, -2], np.float32),
    "step": np.array(7, np.int64),
}


def test_every_tensor_comes_back(tmp_path: Path) -> None:
    write_bundle(f"{tmp_path}/", TENSORS)
    found = read_bundle(f"{tmp_path}/")
    assert found.keys() == TENSORS.keys()
    for name, array in TENSORS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_other_kinds_of_checkpoints_are_refused(tmp_path: Path) -> None:
    prefix = str(tmp_path / "model")
    with pytest.raises(MvnetError, match="cannot be read"):
        read_bundle(prefix)
    write_bundle(prefix, TENSORS, shard=1)
    with pytest.raises(MvnetError, match="another shard"):
        read_bundle(prefix)
    write_bundle(prefix, TENSORS, compression=1)
    with pytest.raises(MvnetError, match="compressed"):
        read_bundle(prefix)
    Path(prefix + ".index").write_bytes(b"x" * 100)
    with pytest.raises(MvnetError, match="no sorted table"):
        read_bundle(prefix)


def test_a_file_cut_off_is_refused(tmp_path: Path) -> None:
    prefix = str(tmp_path / "model")
    write_bundle(prefix, TENSORS)
    data = Path(prefix + ".data-00000-of-00001")
    data.write_bytes(data.read_bytes()[:-100])
    with pytest.raises(MvnetError, match="is not a checkpoint"):
        read_bundle(prefix)
