"""The two libraries that turn a file into samples, behind one shape; runs on the decode thread.

libsndfile (soundfile) reads wav, flac, ogg and opus exactly and seeks by the sample. FFmpeg (PyAV) reads
the rest: m4a, aac, the sound of videos, and also mp3, where libsndfile's mpg123 writes to the terminal,
gives up at the first damaged byte and guesses the length of a file without a Xing header. FFmpeg also
takes over where libsndfile stops at damage, because it resumes behind it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

PREROLL_S = 0.1  # lossy codecs need some earlier packets before what they give is right again
# What libsndfile is given: anything else it would try as mp3, and mpg123 would write to the terminal.
SNDFILE_HEADS = (b"RIFF", b"RIFX", b"RF64", b"FORM", b"caff", b".snd", b"fLaC", b"OggS")
UNPLACED = -1  # after a seek, until the first decoded piece tells where it landed
UNKNOWN = 1 << 40  # libsndfile reports a length it does not know as a huge number of samples


class DecodeError(Exception):
    """The library cannot read on or cannot open the file; the text is the cause in a few words."""


class Decoder(Protocol):
    """A file being read: samples in order, from any place.

    Attributes:
        format: container and coding, for people.
        rate: Hz.
        channels: in WAV order (front left, front right, centre, ...).
        n_samples: length as declared, or 0 when unknown.
        cut: True when the file's own figures show that its end is missing.
        tags: "title" and "artist", where there.
    """

    format: str
    rate: int
    channels: int
    n_samples: int
    cut: bool
    tags: dict[str, str]

    def read(self, n: int) -> np.ndarray:
        """The next n samples or fewer, float32 [m, channels]; none at the end. Raises DecodeError."""
        ...

    def seek(self, sample: int) -> None:
        """Continue at a sample, counted from the start. Raises DecodeError."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def open_decoder(path: Path) -> Decoder:
    """The decoder that suits a file: libsndfile where it is exact, else FFmpeg. Raises DecodeError."""
    try:
        decoder = SndfileDecoder(path)
    except DecodeError:
        return FfmpegDecoder(path)
    # Vorbis and Opus order their channels differently: FFmpeg puts them into WAV order. And it may find
    # sound where libsndfile counts none.
    if decoder.n_samples and (decoder.channels <= 2 or not decoder.format.startswith("OGG")):
        return decoder
    decoder.close()
    return FfmpegDecoder(path)


class SndfileDecoder:
    """A Decoder by libsndfile."""

    def __init__(self, path: Path) -> None:
        import soundfile  # loads libsndfile: not before a file is opened

        self._error = soundfile.SoundFileError
        with path.open("rb") as file:
            if file.read(4) not in SNDFILE_HEADS:
                raise DecodeError("left to FFmpeg")
        try:
            # As bytes, because soundfile cannot encode a name that is not valid text (from another system).
            self._file = soundfile.SoundFile(path if sys.platform == "win32" else os.fsencode(path))
        except (self._error, TypeError) as error:  # TypeError: the suffix .raw, which needs more arguments
            raise DecodeError(str(error).rstrip(": ")) from None
        self.format = f"{self._file.format} {self._file.subtype}"
        self.rate = self._file.samplerate
        self.channels = self._file.channels
        self.n_samples = self._file.frames if self._file.frames < UNKNOWN else 0
        self.cut = _is_short(self._file.extra_info) or (self.format.startswith("OGG") and not _has_last_page(path))
        tags = {"title": self._file.title, "artist": self._file.artist}
        self.tags = {name: value for name, value in tags.items() if value}

    def read(self, n: int) -> np.ndarray:
        try:
            return self._file.read(n, dtype="float32", always_2d=True)
        except self._error as error:
            raise DecodeError(str(error)) from None

    def seek(self, sample: int) -> None:
        try:
            self._file.seek(min(sample, self.n_samples))
        except self._error as error:
            raise DecodeError(str(error)) from None

    def close(self) -> None:
        self._file.close()


def _is_short(log: str) -> bool:
    """Whether libsndfile's log of a wav or aiff file says that it holds less than its header declares."""
    for declared, found in re.findall(r"(?:data|SSND) : (\d+) \(should be (\d+)\)", log):
        if int(found) < int(declared) < 0x7FFF_0000:  # greater: written to a pipe, length left open
            return True
    return False


def _has_last_page(path: Path) -> bool:
    """Whether the last page of an Ogg file is marked as the end of its stream (RFC 3533, section 6)."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2 * 65_307))  # the largest page has 65,307 bytes
        tail = file.read()
    place = tail.rfind(b"OggS")
    return place >= 0 and len(tail) > place + 5 and bool(tail[place + 5] & 4)


class FfmpegDecoder:
    """A Decoder by FFmpeg's libraries; damaged packets are left out."""

    def __init__(self, path: Path) -> None:
        import av  # loads FFmpeg's libraries: not before a file needs them

        self._av = av
        self._path = path
        self._skip = 0  # samples to drop after a seek
        self._target = 0
        self._rest = np.empty((0, 1), np.float32)
        try:
            self._open()
        except (av.FFmpegError, ValueError) as error:
            raise DecodeError(_cause(error)) from None
        self.format = f"{self._container.format.name.split(',')[0].upper()} {self._stream.codec_context.name}"
        self.n_samples = self._length()
        self.cut = False
        metadata = {**self._container.metadata, **self._stream.metadata}
        tags = {name.lower(): value for name, value in metadata.items()}
        self.tags = {name: tags[name] for name in ("title", "artist") if tags.get(name)}

    def _open(self) -> None:
        """Open the file and decode its first packet: only that tells the true rate and channels (HE-AAC)."""
        # The path is marked as a file, and nothing but files may be opened, so that neither an odd name
        # nor a play list inside reaches the network.
        container = self._av.open(
            f"file:{self._path}", options={"protocol_whitelist": "file"}, metadata_errors="replace"
        )
        try:
            if not container.streams.audio:
                raise DecodeError("it has no sound track")
            stream = container.streams.audio[0]
            pieces = self._decoded(container, stream)
            first = next(pieces, None)
            if first is None:
                raise DecodeError("no sound could be decoded")
        except Exception:
            container.close()
            raise
        self._container, self._stream = container, stream
        self.rate = first.sample_rate
        self.channels = first.layout.nb_channels
        self._layout = first.layout.name
        self._start = first.pts or 0
        self._blocks = self._converted(_chain(first, pieces))

    def _decoded(self, container: Any, stream: Any) -> Iterator[Any]:
        """Decoded pieces in order, each as FFmpeg delivers it; damaged ones are left out."""
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except self._av.FFmpegError:  # the container itself breaks off
                return
            if packet is None:
                return
            try:
                yield from packet.decode()
            except self._av.FFmpegError:
                continue

    def _converted(self, pieces: Iterator[Any]) -> Iterator[np.ndarray]:
        """float32 [n, channels] at the file's rate, whatever the pieces are; a stream may change midway."""
        converter, shape = None, None
        for piece in pieces:
            if shape != (piece.format.name, piece.layout.name, piece.sample_rate):
                shape = (piece.format.name, piece.layout.name, piece.sample_rate)
                converter = self._av.AudioResampler(format="flt", layout=self._layout, rate=self.rate)
            if self._skip == UNPLACED:  # just after a seek: the first piece tells where we are
                at = round((piece.pts - self._start) * piece.time_base * self.rate) if piece.pts is not None else 0
                self._skip = max(0, self._target - at)
            assert converter is not None
            for part in converter.resample(piece):
                yield part.to_ndarray().reshape(-1, self.channels)

    def read(self, n: int) -> np.ndarray:
        parts = [self._rest] if len(self._rest) else []
        held = len(self._rest)
        while held < n:
            part = next(self._blocks, None)
            if part is None:
                break
            dropped = min(self._skip, len(part))
            self._skip -= dropped
            parts.append(part[dropped:])
            held += len(part) - dropped
        samples = np.concatenate(parts) if parts else np.empty((0, self.channels), np.float32)
        self._rest = samples[n:]
        return samples[:n]

    def seek(self, sample: int) -> None:
        self._rest = self._rest[:0]
        try:
            if sample < 2 * PREROLL_S * self.rate:  # only a fresh start primes the coding as at the first time
                present = self._container
                self._open()  # which fails when the file was removed: the present one then stays open
                present.close()
                self._skip = sample
                return
            place = self._start + int((sample / self.rate - PREROLL_S) / (self._stream.time_base or 1))
            self._container.seek(place, stream=self._stream, backward=True)
        except self._av.FFmpegError as error:
            raise DecodeError(_cause(error)) from None
        self._target = sample
        self._skip = UNPLACED
        self._blocks = self._converted(self._decoded(self._container, self._stream))

    def _length(self) -> int:
        """Samples in the file as declared; counted packet by packet where FFmpeg could only guess."""
        guessed = self._container.format.name == "aac" or (
            self._container.format.name == "mp3" and not _has_mp3_length(self._path)
        )
        if guessed:
            return self._counted()
        if self._stream.duration is not None and self._stream.time_base is not None:
            return round(self._stream.duration * self._stream.time_base * self.rate)
        return round((self._container.duration or 0) * self.rate / self._av.time_base)

    def _counted(self) -> int:
        with self._av.open(f"file:{self._path}", options={"protocol_whitelist": "file"}) as container:
            stream = container.streams.audio[0]
            total = sum(packet.duration or 0 for packet in container.demux(stream))
            return round(total * (stream.time_base or 0) * self.rate)

    def close(self) -> None:
        self._container.close()


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _cause(error: Exception) -> str:
    """FFmpeg's words for an error without its number and the path, which the caller adds."""
    return getattr(error, "strerror", None) or str(error)


def _has_mp3_length(path: Path) -> bool:
    """Whether an mp3 file carries a Xing, Info or VBRI header, which declares its length."""
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3" and len(head) == 10:  # its size: four bytes of seven bits
            file.seek(10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]))
        else:
            file.seek(0)
        first = file.read(4096)
    return any(tag in first for tag in (b"Xing", b"Info", b"VBRI"))
