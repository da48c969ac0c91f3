"""The cache: built once, rebuilt when anything it depends on changes, resumed, shared by processes."""

import os
import threading
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from mvnet import cache, resample
from mvnet.datasets import Recording, load_clip_windows
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec

SHAPE = (3,)
DTYPE = np.dtype(np.int16)


class Source:
    """Rows of a made-up file, counting how often it is converted; -1 gives none, None interrupts."""

    def __init__(self):
        self.converted = []

    def __call__(self, count):
        if count is None:
            raise KeyboardInterrupt
        self.converted.append(count)
        if count < 0:
            return cache.Rows(np.empty((0, *SHAPE), DTYPE), (), "is broken")
        data = np.arange(3 * count, dtype=DTYPE).reshape(count, 3) + 100 * len(self.converted)
        return cache.Rows(data, tuple(float(index) for index in range(count)))


def build(folder, convert, sources):
    return cache.cached_rows(folder, convert, sources, SHAPE, DTYPE, workers=1, progress=False)


def test_rows_are_built_once_and_then_mapped(tmp_path):
    convert = Source()
    first = build(tmp_path / "set", convert, [2, -1, 1])
    second = build(tmp_path / "set", convert, [2, -1, 1])
    assert convert.converted == [2, -1, 1]
    assert isinstance(second.data, np.memmap)
    assert not second.data.flags.writeable
    assert np.array_equal(first.data, second.data)
    assert second.files.tolist() == [0, 0, 2]
    assert second.starts.tolist() == [0.0, 1.0, 0.0]
    assert second.reasons == {1: "is broken"}


def test_a_set_without_rows_can_be_opened(tmp_path):
    rows = build(tmp_path / "set", Source(), [-1])
    assert rows.data.shape == (0, 3)


@pytest.mark.parametrize("damage", ["nothing", "half a row", "half a line", "rows lost"])
def test_an_interrupted_build_goes_on_where_it_stopped(tmp_path, damage):
    convert = Source()
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "set", convert, [2, 1, None, 4])
    assert not (tmp_path / "set").exists()
    rows, index = tmp_path / "set.partial" / "rows.bin", tmp_path / "set.partial" / "index.jsonl"
    if damage == "half a row":
        rows.write_bytes(rows.read_bytes() + b"xyz")
    elif damage == "half a line":
        index.write_bytes(index.read_bytes() + b'{"starts": [0.')
    elif damage == "rows lost":
        rows.write_bytes(rows.read_bytes()[:-1])
    finished = build(tmp_path / "set", convert, [2, 1, 3, 4])
    again = [1] if damage == "rows lost" else []
    assert convert.converted == [2, 1, *again, 3, 4]
    assert finished.files.tolist() == [0, 0, 1, 2, 2, 2, 3, 3, 3, 3]
    assert finished.data[:, 1].tolist() == [
        100 * number + 3 * row + 1
        for number, count in zip([1, 2 + len(again), 3 + len(again), 4 + len(again)], [2, 1, 3, 4], strict=True)
        for row in range(count)
    ]
    assert not (tmp_path / "set.partial").exists()


def test_of_two_builders_one_builds_and_the_other_waits(tmp_path, capsys):
    started, go_on = threading.Event(), threading.Event()
    converted = []

    def slow(count):
        started.set()
        assert go_on.wait(20)
        converted.append(count)
        return cache.Rows(np.full((count, 3), count, DTYPE), (0.0,) * count)

    results = []
    one = threading.Thread(target=lambda: results.append(build(tmp_path / "set", slow, [1, 2])))
    two = threading.Thread(target=lambda: results.append(build(tmp_path / "set", slow, [1, 2])))
    one.start()
    assert started.wait(20)
    two.start()
    go_on.set()
    one.join(20)
    two.join(20)
    assert converted == [1, 2]
    assert len(results) == 2
    assert np.array_equal(results[0].data, results[1].data)


def test_a_damaged_set_is_named(tmp_path):
    build(tmp_path / "set", Source(), [2])
    rows = tmp_path / "set" / "rows.bin"
    rows.write_bytes(rows.read_bytes()[:-1])
    with pytest.raises(MvnetError, match=r"is damaged \(11 bytes, not 12\): delete the folder"):
        build(tmp_path / "set", Source(), [2])


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MvnetError, match="cannot be used"):
        build(tmp_path / "file" / "set", Source(), [1])


def test_digest_follows_facts_files_and_code(tmp_path):
    file = tmp_path / "a"
    file.write_text("one")
    first = cache.digest({"a": 1}, [file], [resample])
    assert cache.digest({"a": 1}, [file], [resample]) == first
    assert cache.digest({"a": 2}, [file], [resample]) != first
    assert cache.digest({"a": 1}, [file], [resample, cache]) != first
    os.utime(file, ns=(1, 1))
    touched = cache.digest({"a": 1}, [file], [resample])
    assert touched != first
    file.unlink()
    assert cache.digest({"a": 1}, [file], [resample]) not in (first, touched)


def test_the_set_is_rebuilt_for_another_spec_or_file_only(tmp_path):
    sound = tmp_path / "a.wav"
    soundfile.write(sound, np.random.default_rng(0).normal(0, 0.1, 30_000), 22_050)
    spec = MelSpec(n_frames=48)
    recordings = [Recording(sound, 0, "a", "", "", "train")]

    def sets():
        return {path.name for path in (tmp_path / "cache").iterdir() if path.is_dir()}

    load_clip_windows(recordings, spec, tmp_path / "cache", progress=False)
    first = sets()
    # A label is not part of the set: the same spectrograms serve a corrected period.
    relabelled = load_clip_windows([replace(recordings[0], period=3)], spec, tmp_path / "cache", progress=False)
    assert sets() == first
    assert relabelled.periods.tolist() == [3, 3]
    load_clip_windows(recordings, replace(spec, floor_db=-60.0), tmp_path / "cache", progress=False)
    assert len(sets()) == 2
    os.utime(sound, ns=(1, 1))
    load_clip_windows(recordings, spec, tmp_path / "cache", progress=False)
    assert len(sets()) == 3
