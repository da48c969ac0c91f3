"""Tags and covers: read where they are, harmless where they are broken."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.sound_files import cut, tone, write_sound
from visualizer.files.tags import COVER_SIDE, LONGEST, Tags, read_cover, read_tags
from visualizer.show.events import Covered, Event, TagsRead
from visualizer.show.tag_reader import KEPT, TagReader

RATE = 44_100
RED = (200, 20, 30)


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 300)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, RED).save(file, kind)
    return file.getvalue()


def tagged(path: Path, cover: bytes = b"", **tags: str) -> Path:
    """An mp3 of a second with tags and, perhaps, a picture in it."""
    plain = write_sound(path.with_name("plain.mp3"), tone(1.0, RATE), RATE)
    with av.open(str(plain)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        art = None
        if cover:
            art = target.add_stream("mjpeg")
            art.width, art.height, art.pix_fmt = 600, 300, "yuvj420p"
            art.disposition = av.stream.Disposition.attached_pic
        for name, value in tags.items():
            target.metadata[name] = value
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
        if art is not None:
            packet = av.Packet(cover)
            packet.stream = art
            packet.pts = packet.dts = 0
            target.mux(packet)
    return path


def test_words_and_length(tmp_path: Path) -> None:
    path = tagged(tmp_path / "a.mp3", title="  Nun komm,\nder Heiden Heiland ", artist="Bach", album="Weimar")
    found = read_tags(path)
    assert (found.title, found.artist, found.album) == ("Nun komm, der Heiden Heiland", "Bach", "Weimar")
    assert found.duration_s == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "opus", "m4a"])
def test_without_tags_the_name_is_the_title(tmp_path: Path, ending: str) -> None:
    rate = 48_000
    found = read_tags(write_sound(tmp_path / f"prelude.{ending}", tone(0.5, rate), rate))
    assert (found.title, found.artist, found.album) == ("prelude", "", "")
    assert found.duration_s == pytest.approx(0.5, abs=0.1)


def test_a_composer_stands_in_for_the_artist(tmp_path: Path) -> None:
    assert read_tags(tagged(tmp_path / "a.mp3", composer="Clara Schumann")).artist == "Clara Schumann"


def test_long_words_are_cut(tmp_path: Path) -> None:
    assert len(read_tags(tagged(tmp_path / "a.mp3", title="x" * 5000)).title) == LONGEST


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), head=st.sampled_from([b"", b"ID3\x04", b"RIFF", b"fLaC", b"OggS"]))
def test_any_rubbish_has_its_name_and_no_cover(tmp_path: Path, content: bytes, head: bytes) -> None:
    path = tmp_path / "rubbish.mp3"
    path.write_bytes(head + content)
    assert read_tags(path).title == "rubbish"
    assert read_cover(path) is None


def test_a_file_that_is_gone_has_its_name(tmp_path: Path) -> None:
    assert read_tags(tmp_path / "gone.flac") == Tags("gone")
    assert read_cover(tmp_path / "nowhere" / "gone.flac") is None


def test_the_picture_inside_comes_before_the_one_beside(tmp_path: Path) -> None:
    Image.new("RGB", (50, 50), (0, 0, 255)).save(tmp_path / "Folder.JPG", "JPEG")
    inside = read_cover(tagged(tmp_path / "a.mp3", cover=picture()))
    assert inside is not None
    assert inside.shape == (COVER_SIDE // 2, COVER_SIDE, 3)
    np.testing.assert_allclose(inside[5, 5], RED, atol=6)
    beside = read_cover(tagged(tmp_path / "b.mp3"))
    assert beside is not None
    assert beside[5, 5, 2] > 200
    broken = read_cover(tagged(tmp_path / "c.mp3", cover=picture()[:200]))
    assert broken is not None
    assert broken.shape == (50, 50, 3)  # that beside: the one inside cannot be read


def test_cover_comes_before_folder_and_broken_ones_are_passed_over(tmp_path: Path) -> None:
    song = write_sound(tmp_path / "a.wav", tone(0.1, RATE), RATE)
    (tmp_path / "folder.png").write_bytes(picture("PNG"))
    (tmp_path / "cover.jpg").write_bytes(b"not a picture")
    found = read_cover(song)
    assert found is not None
    np.testing.assert_array_equal(found[0, 0], RED)


def test_a_cut_file_is_harmless(tmp_path: Path) -> None:
    path = cut(tagged(tmp_path / "a.mp3", cover=picture(), title="Half"), 0.2)
    read_tags(path)
    read_cover(path)


class Told:
    """A reader and what it told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.faults: list[Exception] = []
        self.arrived = threading.Semaphore(0)
        self.reader = TagReader(self._take, self.faults.append)

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self.arrived.release()

    def wait(self) -> None:
        assert self.arrived.acquire(timeout=10)


def test_the_reader_tells_and_remembers(tmp_path: Path) -> None:
    told = Told()
    path = tagged(tmp_path / "a.mp3", title="Gnossienne")
    assert told.reader.known(path) is None
    told.reader.read([path, tmp_path / "gone.mp3"])
    told.wait()
    assert told.reader.known(path).title == "Gnossienne"  # type: ignore[union-attr]
    path.unlink()
    told.reader.cover(path)
    told.wait()
    assert told.events == [TagsRead(), Covered(path, told.reader.known(path), None)]  # type: ignore[arg-type]
    assert told.reader.close(5)
    assert told.faults == []


def test_a_bounded_number_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visualizer.show.tag_reader.read_tags", lambda path: Tags(path.stem))
    told = Told()
    told.reader.read([tmp_path / f"{n}" for n in range(KEPT)])
    told.wait()
    told.reader.cover(tmp_path / "new")
    told.wait()
    assert told.reader.known(tmp_path / "new") is not None
    assert told.reader.known(tmp_path / "0") is None
    told.reader.close(5)
