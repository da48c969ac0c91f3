"""The render on its virtual clock: when it paints, what it has heard by then, and what it refuses."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvnet.frontend import MelSpec, window_input
from mvnet.resample import resample
from tests.fakes import tiny_model_folder
from tests.sound_files import tone, write_sound
from visualizer.errors import VisualizerError
from visualizer.files.decode import AudioFile
from visualizer.painting.knobs import Knobs
from visualizer.painting.models import PaintingModel, load_model
from visualizer.rendering.moments import Moment
from visualizer.rendering.render import RenderOptions, _moments, _shots, paintings_per_s, render_song
from visualizer.rendering.video import SOUND_RATE


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path_factory.mktemp("model")))


class Listener:
    """A model that keeps what it was given to hear."""

    def __init__(self, model: PaintingModel) -> None:
        self.card = model.card
        self.windows: list[np.ndarray] = []
        self._model = model

    def encode(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.windows.append(windows[0])
        return self._model.encode(windows)

    def paint(self, noise: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        return self._model.paint(noise, embedding)


def moments_of(song: Path, model: PaintingModel, options: RenderOptions, rate: Fraction) -> list[Moment]:
    with AudioFile(song) as sound:
        return list(_moments(sound, model, options, rate))


@settings(max_examples=12, deadline=None)
@given(
    n_samples=st.integers(1, 40_000),
    rate=st.sampled_from([8_000, 22_050, 44_100, 48_000]),
    fps=st.sampled_from([Fraction(30), Fraction(24), Fraction(30_000, 1001), Fraction(7)]),
    share=st.sampled_from([1, 2, 3]),
)
def test_picture_and_sound_are_as_long_as_the_song(
    n_samples: int, rate: int, fps: Fraction, share: int, model: PaintingModel, tmp_path_factory: pytest.TempPathFactory
) -> None:
    song = write_sound(tmp_path_factory.mktemp("song") / "s.wav", tone(n_samples / rate, rate)[:n_samples], rate)
    options = RenderOptions(size=(64, 64), fps=fps, raster=True)
    moments = moments_of(song, model, options, fps / share)
    shots = list(_shots(iter(moments), options))
    images = sum(len(shot.images) for shot in shots)
    sound = sum(len(shot.moment.sound) for shot in shots)
    assert sound == pytest.approx(n_samples * SOUND_RATE / rate, abs=1)
    assert images == -(-Fraction(n_samples, rate) * fps // 1)  # each image that begins before the sound ends
    assert [moment.at for moment in moments] == [number * share / fps for number in range(len(moments))]
    assert moments[-1].length == Fraction(n_samples, rate)


def test_each_painting_has_heard_the_sound_up_to_its_time(model: PaintingModel, tmp_path: Path) -> None:
    sound = tone(2.0, 44_100, 300.0) * np.linspace(0, 1, 88_200, dtype=np.float32)[:, None]
    song = write_sound(tmp_path / "s.wav", sound, 44_100, "FLOAT")
    listener = Listener(model)
    moments_of(song, listener, RenderOptions(), Fraction(4))  # type: ignore[arg-type]  # a Model, as _moments asks
    assert len(listener.windows) == 7  # four a second, from half a second of sound on, and one at the end
    for number, window in enumerate(listener.windows, start=3):
        heard = sound[: round(number * 44_100 / 4), 0]
        levels = window_input(resample(heard, 44_100, 22_050), MelSpec())[-1].max(axis=0)  # rise with the sound
        assert levels[-5] <= window[-1, :, -1].max() <= levels[-1]  # the resampler holds up to 42 ms back


def test_a_part_has_the_style_of_what_came_before(model: PaintingModel, tmp_path: Path) -> None:
    sound = np.concatenate([tone(10, 44_100, 60.0), tone(3, 44_100, 9000.0)])
    song = write_sound(tmp_path / "s.wav", sound, 44_100)
    part = moments_of(song, model, RenderOptions(start_s=9.9, end_s=10.0), Fraction(10))
    assert part[0].period.argmax() == 0
    assert part[0].period.max() > 0.5
    assert sum(len(moment.sound) for moment in part) == pytest.approx(0.1 * SOUND_RATE, abs=1)
    alone = moments_of(song, model, RenderOptions(end_s=0.1), Fraction(10))
    assert alone[0].period.max() < 0.3  # nothing heard yet


@pytest.mark.parametrize("share", [1, 2])
def test_each_click_is_seen_within_an_image(share: int, model: PaintingModel, tmp_path: Path) -> None:
    rate, fps, rng = 44_100, 30, np.random.default_rng(0)
    clicks_s = np.arange(1, 9) * 0.5 + rng.uniform(0, 1 / fps, 8)
    click = 0.7 * rng.uniform(-1, 1, rate // 33) * np.exp(-np.arange(rate // 33) / (0.006 * rate))
    sound = np.zeros((5 * rate, 2), np.float32)
    for start_s in clicks_s:
        first = round(start_s * rate)
        sound[first : first + len(click)] = click[:, None]
    options = RenderOptions(size=(320, 180), fps=Fraction(fps), raster=True)
    song = write_sound(tmp_path / "s.wav", sound, rate)
    shots = _shots(iter(moments_of(song, model, options, Fraction(fps, share))), options)
    luma = np.stack([image.to_ndarray(format="gray").astype(np.int16) for shot in shots for image in shot.images])
    change = np.concatenate(([0.0], np.abs(np.diff(luma, axis=0)).mean(axis=(1, 2))))
    for start_s in clicks_s:
        near = int(start_s * fps) + np.arange(-5, 6)
        largest = int(near[change[near].argmax()])
        assert abs(largest / fps - start_s) <= 1 / fps
        assert change[largest] > 2 * np.median(change)


def test_the_wild_move_more_than_the_calm(model: PaintingModel, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    song = write_sound(tmp_path / "s.wav", rng.uniform(-0.8, 0.8, (3 * 22_050, 1)).astype(np.float32), 22_050)
    moved = []
    for wildness in (0.0, 1.0):
        options = RenderOptions(knobs=Knobs(wildness=wildness))
        images = [moment.image for moment in moments_of(song, model, options, Fraction(10))]
        moved.append(np.abs(np.diff(np.stack(images).astype(int), axis=0)).mean())
    assert moved[1] > 1.5 * moved[0]


def test_a_chosen_period_is_painted(model: PaintingModel, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.wav", tone(1, 44_100, 60.0), 44_100)
    free, held, again = (
        moments_of(song, model, RenderOptions(period=period), Fraction(10)) for period in (None, "modern", "modern")
    )
    assert not np.array_equal(free[-1].image, held[-1].image)
    assert all(np.array_equal(one.image, other.image) for one, other in zip(held, again, strict=True))


@pytest.mark.parametrize(
    ("fps", "asked", "provider", "rate"),
    [
        (30, None, "CPU", 15),
        (60, None, "CPU", 15),
        (25, None, "CPU", Fraction(25, 2)),
        (12, None, "CPU", 12),
        (60, None, "CUDA", 60),
        (30, None, "CUDA", 30),
        (30, 24.0, "CPU", 24),
        (30, 100.0, "CPU", 30),
    ],
)
def test_paintings_a_second(fps: int, asked: float | None, provider: str, rate: Fraction) -> None:
    assert paintings_per_s(RenderOptions(fps=Fraction(fps), paintings_per_s=asked), provider) == rate


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"size": (1281, 720)}, "1281x720"),
        ({"size": (32, 32)}, "32x32"),
        ({"size": (16_384, 720)}, "16384x720"),
        ({"fps": Fraction(0)}, "images a second"),
        ({"fps": Fraction(1000)}, "1000"),
        ({"seed": -1}, "seed"),
        ({"period": "gothic"}, "gothic"),
        ({"start_s": -1.0}, "start"),
        ({"start_s": float("nan")}, "start"),
        ({"start_s": 3.0, "end_s": 3.0}, "end"),
        ({"end_s": float("inf")}, "end"),
        ({"paintings_per_s": 0.0}, "paintings"),
        ({"paintings_per_s": float("nan")}, "paintings"),
        ({"quality": "superb"}, "superb"),
        ({"fit": "stretch"}, "fill, fit, mirror"),
    ],
)
def test_unusable_options_are_one_sentence(values: dict[str, object], word: str) -> None:
    with pytest.raises(VisualizerError, match=word):
        RenderOptions(**values)  # type: ignore[arg-type]


def test_the_song_itself_is_never_written_over(model: PaintingModel, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.m4a", tone(1, 44_100), 44_100).rename(tmp_path / "s.mp4")
    whole = song.read_bytes()
    for video in (song, tmp_path / "." / "s.mp4"):
        with pytest.raises(VisualizerError, match="over the song"):
            render_song(song, video, model=model)
    song = song.rename(tmp_path / "v.part.mp4")
    with pytest.raises(VisualizerError, match="over the song"):
        render_song(song, tmp_path / "v.mp4", model=model)
    assert song.read_bytes() == whole


def test_a_start_behind_the_end_is_refused(model: PaintingModel, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.wav", tone(1, 44_100), 44_100)
    with pytest.raises(VisualizerError, match=r"1\.0 s long"):
        render_song(song, tmp_path / "v.mp4", RenderOptions(start_s=1.0), model=model)
    assert list(tmp_path.iterdir()) == [song]


def test_a_stop_ends_picture_and_sound_together(model: PaintingModel, tmp_path: Path) -> None:
    song = write_sound(tmp_path / "s.wav", tone(3, 8_000), 8_000)
    asked = iter([False, False, False, True])
    with AudioFile(song) as sound:
        moments = list(_moments(sound, model, RenderOptions(), Fraction(10), lambda: next(asked)))
    assert [moment.cut for moment in moments] == [False, False, False, False, True]
    assert moments[-1].length == Fraction(4, 10)
    assert sum(len(moment.sound) for moment in moments) == pytest.approx(0.4 * SOUND_RATE, abs=1)
