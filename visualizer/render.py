"""A song as a video: the engine on a clock of its own, as fast as the machine can.

Three threads work at once, each a few items ahead of the next: one hears and paints, one draws, and the caller's
encodes. Images and sound are counted from the same zero in exact fractions, so they cannot drift apart. Each image
lies between the two paintings next to it in time: unlike the window, a render knows the painting that comes.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from mvnet.periods import PERIODS
from mvnet.resample import Resampler
from visualizer import __version__
from visualizer.ahead import Ahead
from visualizer.decode import AudioFile, clock, to_mono, to_stereo
from visualizer.drawing import open_drawing
from visualizer.engine import Engine, Model
from visualizer.errors import VisualizerError
from visualizer.mapping import WILDNESS
from visualizer.models import PaintingModel, load_model, model_folder
from visualizer.video import QUALITIES, SOUND_RATE, VideoFile, part_of

PAINTINGS_PER_S = {"CPU": 15, "CUDA": 60}  # about; a processor paints half the images of a video and blends the rest
AHEAD = 4  # paintings and images that wait, finished
SIDES = (64, 8192)  # of a video in pixels; H.264 ends there
FPS = (1, 240)
PAINTINGS = (0.5, 240.0)


@dataclass(frozen=True)
class RenderOptions:
    """How a song becomes a video.

    Attributes:
        size: width and height in pixels, even.
        fps: images a second.
        seed: of the noise; the same seed and sound give the same video.
        period: name of the period to paint; None follows the music.
        wildness: how much the picture moves, 0 (calm) to 1 (wild).
        start_s, end_s: the part of the sound; None is its end.
        paintings_per_s: None chooses by what the model runs on; at most one an image.
        quality: a key of visualizer.video.QUALITIES.
        raster: draw without OpenGL in any case.
    """

    size: tuple[int, int] = (1280, 720)
    fps: Fraction = Fraction(30)
    seed: int = 0
    period: str | None = None
    wildness: float = WILDNESS
    start_s: float = 0.0
    end_s: float | None = None
    paintings_per_s: float | None = None
    quality: str = "good"
    raster: bool = False

    def __post_init__(self) -> None:
        width, height = self.size
        if any(side % 2 or not SIDES[0] <= side <= SIDES[1] for side in self.size):
            raise VisualizerError(
                f"The size is {width}x{height}: use even numbers of pixels from {SIDES[0]} to {SIDES[1]}."
            )
        if not FPS[0] <= self.fps <= FPS[1]:
            raise VisualizerError(f"{float(self.fps):g} images a second: use {FPS[0]} to {FPS[1]}.")
        if self.seed < 0:
            raise VisualizerError(f"The seed is {self.seed}: give a whole number from 0 up.")
        if self.period is not None and self.period not in PERIODS:
            raise VisualizerError(f"{self.period!r} is not a period: use auto or one of {', '.join(PERIODS)}.")
        if not 0 <= self.wildness <= 1:
            raise VisualizerError(f"The wildness is {self.wildness:g}: use 0 (calm) to 1 (wild).")
        if not 0 <= self.start_s < math.inf:
            raise VisualizerError(f"The start is {self.start_s:g} s: give 0 or more.")
        if self.end_s is not None and not self.start_s < self.end_s < math.inf:
            raise VisualizerError(f"The end, {self.end_s:g} s, is not after the start, {self.start_s:g} s: change one.")
        if self.paintings_per_s is not None and not PAINTINGS[0] <= self.paintings_per_s <= PAINTINGS[1]:
            raise VisualizerError(
                f"{self.paintings_per_s:g} paintings a second: use {PAINTINGS[0]:g} to {PAINTINGS[1]:g}."
            )
        if self.quality not in QUALITIES:
            raise VisualizerError(f"There is no quality {self.quality!r}: use one of {', '.join(QUALITIES)}.")


@dataclass(frozen=True)
class RenderReport:
    """What was rendered.

    Attributes:
        video: where it lies.
        seconds: of sound and picture.
        images: in the video.
        size: width and height.
        fps, paintings_per_s: images and paintings a second.
        period: what the sound was heard as, on average.
        model, provider, drawn_by: what painted, what ran it, and what drew.
        render_s: seconds that the rendering took, without loading the model.
        times_real_time: seconds of video in one second of rendering.
        whole: False when it was stopped before the end.
        warning: one sentence when the sound was damaged, else empty.
    """

    video: str
    seconds: float
    images: int
    size: tuple[int, int]
    fps: float
    paintings_per_s: float
    period: str
    model: str
    provider: str
    drawn_by: str
    render_s: float
    times_real_time: float
    whole: bool
    warning: str

    def facts(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return asdict(self)

    def sentence(self) -> str:
        """The outcome in words."""
        width, height = self.size
        text = (
            f"{clock(self.seconds)} of {width}x{height} at {self.fps:g} images a second, heard as {self.period}, "
            f"painted by {self.model} on {self.provider}, drawn by {self.drawn_by}; took {clock(self.render_s)}, "
            f"{self.times_real_time:.2f} x real time"
        )
        return f"{text}. {self.warning}" if self.warning else text


@dataclass(frozen=True)
class Moment:
    """One painting and the sound that leads up to it.

    Attributes:
        at: its time in the video, seconds.
        image: uint8 [H, W, 3].
        period: float32 [5].
        sound: float32 [n, 2] at SOUND_RATE, since the moment before.
        length: seconds of sound so far; less than `at` when the sound has ended.
        cut: the sound goes on, but a stop was asked for.
    """

    at: Fraction
    image: np.ndarray
    period: np.ndarray
    sound: np.ndarray
    length: Fraction
    cut: bool = False


@dataclass(frozen=True)
class Shot:
    """The images from one painting to the next, which may be none, and what that next moment brings.

    Attributes:
        images: av.VideoFrames, in order.
        moment: the later of the two.
        drawn_by: what drew, for people.
    """

    images: tuple[Any, ...]
    moment: Moment
    drawn_by: str


def render_song(
    song: Path | str,
    video: Path | str,
    options: RenderOptions | None = None,
    *,
    model: PaintingModel | Path | str | None = None,
    on_progress: Callable[[float, float], None] = lambda done_s, total_s: None,
    stop: Callable[[], bool] = lambda: False,
) -> RenderReport:
    """Render a song as a video with its sound.

    Args:
        song: a sound file of any format the app plays.
        video: the MP4 file to write; an older one is replaced only by a whole one.
        options: how.
        model: a loaded model, a shipped model's name or a folder; None for the default.
        on_progress: called on this thread with the seconds done and the seconds in all (0 when unknown).
        stop: asked on the painting thread before each painting; True ends picture and sound there.
    Raises:
        VisualizerError: the sound, the model or the place to write is unusable, or the disk is full.
        KeyboardInterrupt: a stop was asked for before anything was written.
    """
    options = options or RenderOptions()
    song, video = Path(song), Path(video)
    _check_apart(song, video)
    with AudioFile(song) as sound:
        total_s = _length_s(sound, options)
        painter = model if isinstance(model, PaintingModel) else load_model(model_folder(model))
        rate = paintings_per_s(options, painter.provider)
        if stop():
            raise KeyboardInterrupt
        started = time.perf_counter()
        file = VideoFile(video, options.size, options.fps, QUALITIES[options.quality], _tags(sound, painter, options))
        try:
            moments = _moments(sound, painter, options, rate, stop)
            periods, last = _write(file, moments, options, lambda done_s: on_progress(done_s, total_s))
            if last is None or not file.images:
                raise VisualizerError(f"{song} holds no sound at {options.start_s:g} s: use an earlier start.")
            place = file.finish(replace=not last.moment.cut)
        except BaseException:
            file.discard()
            raise
        took_s = time.perf_counter() - started
        seconds = file.samples / SOUND_RATE
        return RenderReport(
            video=str(place),
            seconds=round(seconds, 3),
            images=file.images,
            size=options.size,
            fps=float(options.fps),
            paintings_per_s=float(rate),
            period=PERIODS[int(periods.argmax())],
            model=painter.card.name,
            provider=painter.provider,
            drawn_by=last.drawn_by,
            render_s=round(took_s, 3),
            times_real_time=round(seconds / took_s, 3),
            whole=not last.moment.cut,
            warning=sound.warning,
        )


def paintings_per_s(options: RenderOptions, provider: str) -> Fraction:
    """Paintings a second: as asked, else a whole divisor of the images, so that all blends are alike in turn."""
    if options.paintings_per_s is not None:
        return min(options.fps, Fraction(options.paintings_per_s).limit_denominator(1000))
    return options.fps / max(1, round(options.fps / PAINTINGS_PER_S[provider]))


def _check_apart(song: Path, video: Path) -> None:
    """Refuse to write over the song itself, which may be an MP4 file too."""
    for place in (video, part_of(video)):
        if place.exists() and song.exists() and place.samefile(song):
            raise VisualizerError(f"{video} would be written over the song {song}: choose another name.")


def _length_s(sound: AudioFile, options: RenderOptions) -> float:
    """Seconds to render as far as the file says; 0.0 when it does not."""
    known = sound.duration_s
    if known and options.start_s >= known:
        raise VisualizerError(
            f"The start, {options.start_s:g} s, is outside {sound.info.path}, which is {known:.1f} s long: "
            "use a time within it."
        )
    ends = [end for end in (options.end_s, known) if end]
    return min(ends) - options.start_s if ends else 0.0


def _tags(sound: AudioFile, painter: PaintingModel, options: RenderOptions) -> dict[str, str]:
    tags = {"title": sound.info.title or sound.info.path.stem, "artist": sound.info.artist}
    made = f"MVNet Visualizer {__version__}, model {painter.card.name}, seed {options.seed}"
    return {name: text for name, text in tags.items() if text} | {"comment": made}


def _write(
    file: VideoFile, moments: Iterator[Moment], options: RenderOptions, on_progress: Callable[[float], None]
) -> tuple[np.ndarray, Shot | None]:
    """Encode everything; returns the sum of the periods [5] and the last shot."""
    periods, shot = np.zeros(len(PERIODS)), None
    with Ahead(_shots(moments, options), AHEAD, "drawing") as shots:
        for shot in shots:
            for image in shot.images:
                file.add_image(image)
            file.add_sound(shot.moment.sound)
            periods += shot.moment.period
            on_progress(file.samples / SOUND_RATE)
    return periods, shot


def _shots(moments: Iterator[Moment], options: RenderOptions) -> Iterator[Shot]:
    """Draw the images between each two paintings; runs on the drawing thread."""
    drawing = open_drawing(options.size, raster=options.raster)
    try:
        with Ahead(moments, AHEAD, "painting") as ahead:
            before = next(ahead)
            drawing.turn(before.image)
            count = 0
            for moment in ahead:
                drawing.turn(moment.image)
                images = []
                while (at := count / options.fps) < min(moment.at, moment.length):
                    images.append(drawing.image(float((at - before.at) / (moment.at - before.at))))
                    count += 1
                yield Shot(tuple(images), moment, drawing.name)
                before = moment
    finally:
        drawing.release()


def _moments(
    sound: AudioFile, model: Model, options: RenderOptions, rate: Fraction, stop: Callable[[], bool] = lambda: False
) -> Iterator[Moment]:
    """Hear and paint, one painting after the other, until one lies at or behind the end; on the painting thread."""
    engine = Engine(model, seed=options.seed, wildness=options.wildness)
    engine.set_period(None if options.period is None else PERIODS.index(options.period))
    _hear_before(sound, engine, model.card.spec.window_seconds, options.start_s)
    first = sound.position
    limit = None if options.end_s is None else round((options.end_s - options.start_s) * sound.rate)
    resampler = Resampler(sound.rate, SOUND_RATE, 2)
    for number in itertools.count():
        at = number / rate
        due = round(at * sound.rate) if limit is None else min(round(at * sound.rate), limit)
        wanted = due - (sound.position - first)
        block = sound.read(wanted)
        ended = len(block) < wanted or due == limit
        cut = not ended and number > 0 and stop()
        if len(block):
            engine.hear(to_mono(block), sound.rate)
        heard = resampler.push(to_stereo(block), last=ended or cut)
        painting = engine.paint(float(at))
        length = Fraction(sound.position - first, sound.rate)
        yield Moment(at, painting.image, painting.period, heard, length, cut)
        if ended or cut:
            return


def _hear_before(sound: AudioFile, engine: Engine, window_s: float, start_s: float) -> None:
    """Go to the start; what comes shortly before it is heard but not painted, so that the style is right at once."""
    if start_s <= 0:
        return
    sound.seek(max(0.0, start_s - window_s))
    left = round(start_s * sound.rate) - sound.position
    while left > 0 and len(block := sound.read(min(left, 16_384))):
        engine.hear(to_mono(block), sound.rate)
        left -= len(block)
