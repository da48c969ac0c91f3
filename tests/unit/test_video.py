"""A video file: what is in it, where it lies before it is whole, and what is said when it cannot be written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.sound_files import tone
from visualizer.errors import VisualizerError
from visualizer.rendering.video import QUALITIES, SOUND_RATE, VideoFile, part_of

SIZE = (64, 64)
FPS = Fraction(25)


def open_video(path: Path, tags: dict[str, str] | None = None) -> VideoFile:
    return VideoFile(path, SIZE, FPS, QUALITIES["draft"], tags)


def grey(code: int) -> av.VideoFrame:
    picture = np.full((SIZE[1], SIZE[0], 3), code, np.uint8)
    return av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")


def fill(video: VideoFile, seconds: int = 2) -> None:
    for second in range(seconds):
        for number in range(int(FPS)):
            video.add_image(grey(40 + 100 * second + number))
        video.add_sound(tone(1, SOUND_RATE))


def test_what_was_added_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    video = open_video(path, {"title": "A tone", "artist": "A sine", "comment": "made here"})
    fill(video)
    assert video.finish() == path
    with av.open(str(path)) as file:
        assert file.metadata["title"] == "A tone"
        assert file.metadata["artist"] == "A sine"
        assert file.metadata["comment"] == "made here"
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", *SIZE)
        assert (stream.codec_context.colorspace, stream.codec_context.color_range) == (1, 1)
        images = list(file.decode(video=0))
        assert [image.time for image in images] == pytest.approx([number / 25 for number in range(50)], abs=1e-6)
        levels = [image.to_ndarray(format="rgb24").mean() for image in images]
        assert levels == sorted(levels)
    with av.open(str(path)) as file:
        assert (file.streams.audio[0].codec_context.name, file.streams.audio[0].rate) == ("aac", SOUND_RATE)
        pieces = list(file.decode(audio=0))
        assert pieces[0].time == 0
        assert sum(piece.samples for piece in pieces) == pytest.approx(2 * SOUND_RATE, abs=1024)


def test_an_older_video_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(b"older")
    video = open_video(path)
    fill(video, 1)
    assert path.read_bytes() == b"older"
    assert part_of(path).exists()
    assert video.finish(replace=False) == part_of(path)
    assert path.read_bytes() == b"older"
    video = open_video(path)
    fill(video, 1)
    video.discard()
    assert path.read_bytes() == b"older"
    assert not part_of(path).exists()


def test_one_cut_short_takes_a_free_place(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    video = open_video(path)
    fill(video, 1)
    assert video.finish(replace=False) == path
    assert not part_of(path).exists()


@pytest.mark.parametrize("kind", ["suffix", "no folder", "folder", "part is a folder"])
def test_places_that_cannot_be_written(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    if kind == "suffix":
        path = tmp_path / "v.avi"
    elif kind == "no folder":
        path = tmp_path / "none" / "v.mp4"
    elif kind == "folder":
        path.mkdir()
    else:
        part_of(path).mkdir()
    with pytest.raises(VisualizerError, match=path.name):
        open_video(path)


def test_odd_names_are_names(tmp_path: Path) -> None:
    path = tmp_path / "concat:a %d [é].mp4"
    video = open_video(path)
    fill(video, 1)
    assert video.finish() == path
    assert path.stat().st_size > 1000
