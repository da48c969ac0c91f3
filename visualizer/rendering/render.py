"""A song as a video: the engine on a clock of its own, as fast as the machine can.

Three threads work at once, each a few items ahead of the next: one hears and paints, one draws, and the caller's
encodes. Images and sound are counted from the same zero in exact fractions, so they cannot drift apart. Each image
lies between the two paintings next to it in time: unlike the window, a render knows the painting that comes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from mvnet.periods import PERIODS
from visualizer import __version__
from visualizer.errors import VisualizerError
from visualizer.files.decode import AudioFile, clock_text
from visualizer.painting.engine import Engine, Model
from visualizer.painting.knobs import Knobs
from visualizer.painting.models import PaintingModel, load_model, model_folder
from visualizer.picture.drawing import open_drawing
from visualizer.picture.hanging import FITS, Fit
from visualizer.rendering.ahead import Ahead
from visualizer.rendering.moments import Moment, paint_moments
from visualizer.rendering.video import QUALITIES, SOUND_RATE, VideoFile, part_of
from visualizer.usage import most_memory_mb

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
        knobs: how the picture moves.
        start_s, end_s: the part of the sound; None is its end.
        paintings_per_s: None chooses by what the model runs on; at most one an image.
        quality: a key of visualizer.rendering.video.QUALITIES.
        raster: draw without OpenGL in any case.
        fit: how the painting lies in the picture; see visualizer.picture.hanging.hang.
        limited: hold back flashes that can harm; see visualizer.picture.limiter.
    """

    size: tuple[int, int] = (1280, 720)
    fps: Fraction = Fraction(30)
    seed: int = 0
    period: str | None = None
    knobs: Knobs = field(default_factory=Knobs)
    start_s: float = 0.0
    end_s: float | None = None
    paintings_per_s: float | None = None
    quality: str = "good"
    raster: bool = False
    fit: Fit = "fill"
    limited: bool = True

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
        if not 0 <= self.start_s < math.inf:
            raise VisualizerError(f"The start is {self.start_s:g} s: give 0 or more.")
        if self.end_s is not None and not self.start_s < self.end_s < math.inf:
            raise VisualizerError(f"The end, {self.end_s:g} s, is not after the start, {self.start_s:g} s: change one.")
        if self.paintings_per_s is not None and not PAINTINGS[0] <= self.paintings_per_s <= PAINTINGS[1]:
            raise VisualizerError(
                f"{self.paintings_per_s:g} paintings a second: use {PAINTINGS[0]:g} to {PAINTINGS[1]:g}."
            )
        if self.fit not in FITS:
            raise VisualizerError(f"There is no fit {self.fit!r}: use one of {', '.join(FITS)}.")
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
        limited_images: how many were held back by the flash limiter.
        render_s: seconds that the rendering took, without loading the model.
        times_real_time: seconds of video in one second of rendering.
        rss_mb: the most memory that the process has had; None where the system does not say.
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
    limited_images: int
    render_s: float
    times_real_time: float
    rss_mb: float | None
    whole: bool
    warning: str

    def facts(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return asdict(self)

    def sentence(self) -> str:
        """The outcome in words."""
        width, height = self.size
        text = (
            f"{clock_text(self.seconds)} of {width}x{height} at {self.fps:g} images a second, heard as {self.period}, "
            f"painted by {self.model} on {self.provider}, drawn by {self.drawn_by}; took {clock_text(self.render_s)}, "
            f"{self.times_real_time:.2f} x real time"
        )
        return f"{text}. {self.warning}" if self.warning else text


@dataclass(frozen=True)
class Shot:
    """The images from one painting to the next, which may be none, and what that next moment brings.

    Attributes:
        images: av.VideoFrames, in order.
        moment: the later of the two.
        drawn_by: what drew, for people.
        limited_images: how many of all images so far were held back by the flash limiter.
    """

    images: tuple[Any, ...]
    moment: Moment
    drawn_by: str
    limited_images: int


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
            limited_images=last.limited_images,
            render_s=round(took_s, 3),
            times_real_time=round(seconds / took_s, 3),
            rss_mb=most_memory_mb(),
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


def _moments(
    sound: AudioFile, model: Model, options: RenderOptions, rate: Fraction, stop: Callable[[], bool] = lambda: False
) -> Iterator[Moment]:
    """Hear and paint; runs on the painting thread."""
    engine = Engine(model, seed=options.seed, knobs=options.knobs, analyse=False)
    engine.set_period(None if options.period is None else PERIODS.index(options.period))
    yield from paint_moments(
        sound,
        engine,
        rate=rate,
        fps=options.fps,
        start_s=options.start_s,
        end_s=options.end_s,
        window_s=model.card.spec.window_seconds,
        stop=stop,
    )


def _shots(moments: Iterator[Moment], options: RenderOptions) -> Iterator[Shot]:
    """Draw the images between each two paintings; runs on the drawing thread."""
    drawing = open_drawing(options.size, raster=options.raster, seed=options.seed, fit=options.fit)
    scene = drawing.scene
    scene.knobs, scene.limited = options.knobs, options.limited
    try:
        with Ahead(moments, AHEAD, "painting") as ahead:
            before = next(ahead)
            drawing.turn(before.image)
            count = 0
            for moment in ahead:
                drawing.turn(moment.image)
                images = []
                for features in moment.features:
                    at = count / options.fps
                    if at >= moment.length:
                        break
                    share = (at - before.at) / (moment.at - before.at)
                    images.append(drawing.image(float(share), features, float(at)))
                    count += 1
                yield Shot(tuple(images), moment, drawing.name, scene.held_back)
                before = moment
    finally:
        drawing.release()
