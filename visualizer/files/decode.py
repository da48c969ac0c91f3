"""A sound file as a stream of blocks; runs on the decode thread, or on any other thread without a window.

Nothing is ever loaded whole, so a recording of many hours costs no more memory than a short one. What
cannot be read becomes one sentence; what breaks off is played as far as it goes, with a warning.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from visualizer.errors import VisualizerError
from visualizer.files.decoders import DecodeError, Decoder, FfmpegDecoder, open_decoder
from visualizer.words import tr

BLOCK = 16_384  # samples a read: long enough that Python's share of the decoding is small
SLACK_S = 0.25  # a file may end this much before the length that it declares (codec delay, rounding)
FORMATS = "wav, flac, mp3, ogg, opus or m4a"


@dataclass(frozen=True)
class FileInfo:
    """What is known of a file before it is played.

    Attributes:
        path: where it lies.
        format: container and coding, for people ("WAV PCM_16").
        rate: Hz.
        channels: in the file.
        duration_s: seconds as declared; 0.0 when the file does not say.
        title, artist: from its tags; empty when not there.
    """

    path: Path
    format: str
    rate: int
    channels: int
    duration_s: float
    title: str
    artist: str


class AudioFile:
    """An open sound file, read in order from any place.

    Args:
        path: the file.
    Raises:
        VisualizerError: missing, a directory, not readable, empty, not sound, or without samples.

    Attributes:
        info: its FileInfo.
        position: samples from the start to the next one read.
        warning: one sentence when the file is damaged or cut, else empty; may appear while reading.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = _checked(Path(path))
        try:
            self._decoder: Decoder = open_decoder(self._path)
        except (DecodeError, OSError) as error:
            raise VisualizerError(
                tr(
                    "{path} cannot be read as sound ({error}): use a {formats} file.",
                    path=path,
                    error=error,
                    formats=FORMATS,
                )
            ) from None
        self.info = _describe(self._path, self._decoder)
        self.position = 0
        cut = self._decoder.cut
        self.warning = tr("{name} is cut off: its end is missing, the rest plays.", name=self._path.name) if cut else ""
        self._pending = np.empty((0, self.channels), np.float32)
        self._pending = self._read(1)  # a header alone does not prove that there is sound
        if not len(self._pending):
            self.close()
            raise VisualizerError(tr("{path} holds no samples: use a file with sound in it.", path=path))

    @property
    def rate(self) -> int:
        """Hz."""
        return self.info.rate

    @property
    def channels(self) -> int:
        """Channels in the file."""
        return self.info.channels

    @property
    def duration_s(self) -> float:
        """Seconds as declared; 0.0 when the file does not say."""
        return self.info.duration_s

    def read(self, n: int = BLOCK) -> np.ndarray:
        """The next n samples, float32 [n, channels], full scale +-1; fewer only at the end, then none."""
        samples = self._pending[:n]
        if len(samples) < n:
            more = self._read(n - len(samples))
            samples = np.concatenate((samples, more)) if len(samples) else more
        self._pending = self._pending[n:]
        self.position += len(samples)
        if len(samples) < n:
            self._check_end()
        return samples

    def blocks(self, n: int = BLOCK) -> Iterator[np.ndarray]:
        """The rest of the file in blocks of n samples, float32 [n, channels]; the last may be shorter."""
        while len(block := self.read(n)):
            yield block

    def seek(self, seconds: float) -> None:
        """Continue at a time; before the start is the start, behind the end is the end.

        Raises:
            VisualizerError: the file can no longer be read.
        """
        sample = max(0, round(seconds * self.rate))
        if self._decoder.n_samples:
            sample = min(sample, self._decoder.n_samples)
        self._pending = self._pending[:0]
        try:
            self._decoder.seek(sample)
        except DecodeError:
            try:
                self._resume(sample)
            except (DecodeError, OSError) as error:
                raise VisualizerError(
                    tr(
                        "{path} cannot be read any more ({error}): check that it is still there.",
                        path=self._path,
                        error=error,
                    )
                ) from None
        self.position = sample

    def close(self) -> None:
        """Let go of the file."""
        self._decoder.close()

    def __enter__(self) -> AudioFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, n: int) -> np.ndarray:
        try:
            samples = self._decoder.read(n)
        except DecodeError:
            samples = self._read_on(n)
        # A float file may hold anything; one NaN would stay in the resampler and the mel window for ever.
        return samples if np.isfinite(samples).all() else np.nan_to_num(samples, posinf=1.0, neginf=-1.0)

    def _read_on(self, n: int) -> np.ndarray:
        """What FFmpeg finds behind damage at which libsndfile stops; nothing when it does not either."""
        reached = self.position + len(self._pending)
        at = clock_text(reached / self.rate)
        self.warning = tr("{name} is damaged at {time}: the rest plays.", name=self._path.name, time=at)
        try:
            self._resume(reached)
            return self._decoder.read(n)
        except (DecodeError, OSError):
            return np.empty((0, self.channels), np.float32)

    def _resume(self, sample: int) -> None:
        decoder = FfmpegDecoder(self._path)
        if (decoder.rate, decoder.channels) != (self.rate, self.channels):
            decoder.close()
            raise DecodeError("its format changed")
        self._decoder.close()
        self._decoder = decoder
        decoder.seek(sample)

    def _check_end(self) -> None:
        declared = self._decoder.n_samples
        if declared - self.position > SLACK_S * self.rate:
            self.warning = tr(
                "{name} breaks off at {time} of {whole}: what could be read was played.",
                name=self._path.name,
                time=clock_text(self.position / self.rate),
                whole=clock_text(declared / self.rate),
            )


def _checked(path: Path) -> Path:
    """The path of a file that can be opened and is not empty, or the sentence that says what is wrong."""
    # os.path answers "no" where pathlib raises (a name too long, a folder that may not be entered).
    if os.path.isdir(path):
        raise VisualizerError(tr("{path} is a directory: give a sound file ({formats}).", path=path, formats=FORMATS))
    if os.path.exists(path) and not os.path.isfile(path):  # opening a named pipe would wait for ever
        raise VisualizerError(
            tr("{path} is a pipe or a device, not a file: give a sound file ({formats}).", path=path, formats=FORMATS)
        )
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        raise VisualizerError(tr("{path} does not exist: check the name.", path=path)) from None
    except OSError as error:
        raise VisualizerError(
            tr("{path} cannot be opened ({cause}): check its permissions.", path=path, cause=error.strerror)
        ) from None
    if empty:
        raise VisualizerError(tr("{path} is empty: it holds no sound, choose another file.", path=path))
    return path


def _describe(path: Path, decoder: Decoder) -> FileInfo:
    return FileInfo(
        path=path,
        format=decoder.format,
        rate=decoder.rate,
        channels=decoder.channels,
        duration_s=decoder.n_samples / decoder.rate,
        title=decoder.tags.get("title", ""),
        artist=decoder.tags.get("artist", ""),
    )


def clock_text(seconds: float) -> str:
    """A time as people write it: 1:05, or 2:01:05 from an hour on."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def to_mono(block: np.ndarray) -> np.ndarray:
    """The mean of the channels, float32 [n, channels] -> [n]: what the networks listen to."""
    return block[:, 0].copy() if block.shape[1] == 1 else block.mean(axis=1, dtype=np.float32)


def to_stereo(block: np.ndarray) -> np.ndarray:
    """Two channels for the speaker, float32 [n, channels] -> [n, 2].

    More than two channels, in WAV order (left, right, centre, bass, then pairs), are mixed so that
    nothing can clip and the mean of the two is the mean of all: the speaker plays what the networks hear.
    """
    channels = block.shape[1]
    if channels == 2:
        return block
    if channels == 1:
        return np.repeat(block, 2, axis=1)
    return block @ _stereo_weights(channels)


def _stereo_weights(channels: int) -> np.ndarray:
    """float32 [channels, 2]; each row sums to 2 / channels."""
    centre = {3: {2}, 5: {2}, 6: {2, 3}, 7: {2, 3, 4}, 8: {2, 3}}.get(
        channels, {channels - 1} if channels % 2 else set()
    )
    weights = np.zeros((channels, 2), np.float32)
    side = 0
    for channel in range(channels):
        if channel in centre:
            weights[channel] = 1 / channels
        else:
            weights[channel, side] = 2 / channels
            side = 1 - side
    return weights
