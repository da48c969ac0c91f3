#!/usr/bin/env python3
"""Makes the five pieces of resources/music, one a period, from public-domain scores.

The scores come from music21's corpus; this script plays them with a little musical sense (phrasing,
metre, a slower end), has FluidSynth sound them with the Fluid R3 sound font (MIT licence), brings
them to one loudness and writes Ogg Opus with tags, and the table music.csv. A developer's tool, run
by hand: neither the app nor the tests import it. It needs music21, NumPy and soundfile from PyPI,
and the Debian packages fluidsynth, fluid-soundfont-gm and ffmpeg.

    python script/make_sample_music.py [--only PERIOD] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import math
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import warnings
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

import music21
import numpy as np
import soundfile

SOUND_FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
RATE = 48_000  # Hz, Opus's own rate
LOUDNESS = -18.0  # LUFS, ITU-R BS.1770 as ffmpeg's ebur128 measures it
PEAK = -1.0  # dBTP, never exceeded
BITRATE = "80k"
TICKS = 960  # MIDI ticks a second: 480 a quarter at the default 120 quarters a minute
PERFORMER = "MVNet Visualizer project, FluidSynth"
# Closer together than a score means: the sound font doubles the loudness about every twelve steps.
VELOCITY = {"ppp": 50, "pp": 58, "p": 66, "mp": 72, "mf": 78, "f": 88, "fp": 82, "sf": 92, "fz": 92, "ff": 96}
COLUMNS = (
    *("file", "period", "split", "composer", "composer_death_year", "piece", "movement", "piece_id", "kind"),
    *("instrumentation", "soundfont", "performer", "start_s", "licence", "source", "source_commit", "source_path"),
)


@dataclass(frozen=True)
class Voice:
    """One instrument: which part of the score it plays and how.

    Attributes:
        part: index of the part in the score; None plays the harmony of all parts (a continuo).
        program: General MIDI program, 0 to 127.
        volume: MIDI channel volume, 0 to 127.
        pan: 0 (left) to 127 (right).
        gate: how much of its written length an unslurred note sounds.
        pedal: quarters between changes of the sustain pedal; 0 is none.
        sustained: whether the sound swells with the phrase (strings, voices, winds).
    """

    part: int | None
    program: int
    volume: int = 100
    pan: int = 64
    gate: float = 0.92
    pedal: float = 0.0
    sustained: bool = True


@dataclass(frozen=True)
class Piece:
    """One piece: the score, what of it is played, and how.

    Attributes:
        stop: quarters after `start` at which the playing ends; the notes sounding there are held.
        hold: quarters that the last notes are held beyond `stop`.
        tempo: quarters a minute.
        phrase: quarters in a phrase, over which tempo and loudness rise and fall.
        slowing: quarters before the end over which the tempo falls to two thirds.
        room: FluidSynth's reverb, (room size, level).
    """

    file: str
    period: str
    composer: str
    died: int
    title: str
    movement: str
    instrumentation: str
    licence: str
    source: str
    voices: tuple[Voice, ...]
    start_measure: int
    stop: float
    tempo: float
    phrase: float
    hold: float = 2.0
    slowing: float = 6.0
    beat: float = 1.0
    room: tuple[float, float] = (0.6, 0.5)


@dataclass(frozen=True)
class Note:
    """A sounding note; start and length in quarters."""

    start: float
    length: float
    pitch: int
    velocity: int
    slurred: bool = False
    staccato: bool = False


PIECES = (
    Piece(
        "1-renaissance-lusitano.opus",
        "renaissance",
        "Vicente Lusitano",
        1561,  # the last trace of him; when he died is not known
        "Allor che ignuda",
        "",
        "choir with viols",
        "CC0 1.0",
        "music21 corpus; encoded by Michael Scott Asato Cuthbert, 2022, CC0",
        (
            Voice(0, 52, 112, 44, 0.99),
            Voice(1, 52, 108, 64, 0.99),
            Voice(2, 52, 116, 84, 0.99),
            Voice(0, 48, 44, 40, 0.97),
            Voice(1, 48, 44, 64, 0.97),
            Voice(2, 48, 50, 88, 0.97),
        ),
        start_measure=1,
        stop=93.0,
        tempo=112.0,
        phrase=12.0,
        hold=3.0,
        room=(0.8, 0.8),
    ),
    Piece(
        "2-baroque-corelli.opus",
        "baroque",
        "Arcangelo Corelli",
        1713,
        "Sonata da chiesa Op. 3 No. 1",
        "1. Grave",
        "two violins, cello, harpsichord",
        "CC BY 4.0",
        "music21 corpus; encoded by Michael Scott Cuthbert, 2014, CC BY",
        (
            Voice(0, 40, 92, 40, 0.96),
            Voice(1, 40, 88, 88, 0.96),
            Voice(2, 42, 96, 64, 0.92),
            Voice(None, 6, 76, 64, 0.9, sustained=False),
        ),
        start_measure=1,
        stop=46.0,
        tempo=58.0,
        phrase=8.0,
        hold=2.0,
        room=(0.7, 0.6),
    ),
    Piece(
        "3-classical-mozart.opus",
        "classical",
        "Wolfgang Amadeus Mozart",
        1791,
        "String Quartet K. 458",
        "1. Allegro vivace assai",
        "string quartet",
        "CC0 1.0",
        "music21 corpus; no terms stated in the file",
        (
            Voice(0, 40, 100, 36, 0.86),
            Voice(1, 40, 92, 54, 0.86),
            Voice(2, 41, 96, 76, 0.86),
            Voice(3, 42, 104, 92, 0.86),
        ),
        start_measure=0,
        stop=160.5,
        tempo=168.0,
        phrase=12.0,
        hold=1.0,
        beat=1.5,
        room=(0.5, 0.5),
    ),
    Piece(
        "4-romantic-weber.opus",
        "romantic",
        "Carl Maria von Weber",
        1826,
        "Concertino for Clarinet Op. 26",
        "Andante (theme)",
        "clarinet and piano",
        "CC0 1.0",
        "music21 corpus; encoded by Oliver Seely, released to the public domain in 1998",
        (
            Voice(0, 71, 104, 58, 0.97),
            Voice(1, 0, 92, 70, 0.97, pedal=2.0, sustained=False),
            Voice(2, 0, 96, 60, 0.97, pedal=2.0, sustained=False),
        ),
        start_measure=38,
        stop=63.0,
        tempo=92.0,
        phrase=16.0,
        hold=2.0,
        room=(0.7, 0.6),
    ),
    Piece(
        "5-modern-schoenberg.opus",
        "modern",
        "Arnold Schoenberg",
        1951,
        "Sechs kleine Klavierstücke Op. 19",
        "2. Langsam",
        "piano",
        "CC0 1.0",
        "music21 corpus; no terms stated in the file",
        (
            Voice(0, 0, 110, 64, 1.0, sustained=False),
            Voice(1, 0, 110, 64, 1.0, sustained=False),
        ),
        start_measure=1,
        stop=36.0,
        tempo=42.0,
        phrase=12.0,
        hold=3.0,
        slowing=4.0,
        room=(0.85, 0.9),
    ),
)

SCORES = {
    "renaissance": "lusitano/allor_che_ignuda.mxl",
    "baroque": "corelli/opus3no1/1grave.xml",
    "classical": "mozart/k458/movement1.mxl",
    "romantic": "weber/concertino_clarinet.mxl",
    "modern": "schoenberg/opus19/movement2.mxl",
}


def read_part(part: music21.stream.Part, piece: Piece) -> list[Note]:
    """The notes of one part that are played, in time order; grace notes come just before their beat."""
    first = part.measure(piece.start_measure)
    begin = float(first.offset) if first is not None else 0.0
    whole = part.stripTies()  # a copy, with its own slurs
    flat = whole.flatten()
    slurs = whole.recurse().getElementsByClass("Slur")
    slurred = {id(note) for slur in slurs for note in slur.getSpannedElements()[:-1]}
    marks = [(float(d.offset), VELOCITY[d.value]) for d in flat.getElementsByClass("Dynamic") if d.value in VELOCITY]
    notes: list[Note] = []
    for element in flat.notes:
        start = float(element.offset) - begin
        length = float(element.quarterLength)
        if not 0 <= start < piece.stop:
            continue
        if element.duration.isGrace:
            start, length = start - 0.12, 0.12
        if start + length >= piece.stop:
            length = piece.stop + piece.hold - start
        at = bisect_right([mark for mark, _ in marks], start + begin)
        velocity = marks[at - 1][1] if at else VELOCITY["mf"]
        staccato = any(isinstance(a, music21.articulations.Staccato) for a in element.articulations)
        for pitch in element.pitches:
            notes.append(Note(max(start, 0.0), length, pitch.midi, velocity, id(element) in slurred, staccato))
    return sorted(notes, key=lambda note: (note.start, note.pitch))


def harmony(parts: list[list[Note]]) -> list[Note]:
    """A plain continuo: at each note of the bass (the last part), the sounding chord in the middle register."""
    chords: list[Note] = []
    for bass in parts[-1]:
        if bass.start % 1:  # passing notes carry no chord of their own
            continue
        classes = {n.pitch % 12 for part in parts for n in part if n.start <= bass.start < n.start + n.length}
        length = max(bass.length, 1.0)
        chords += [Note(bass.start, length, 53 + (pitch - 53) % 12, 66) for pitch in sorted(classes)]
        chords.append(Note(bass.start, length, bass.pitch, 72))
    return chords


class Clock:
    """Seconds of a score position: one tempo, breathing with the phrases, slower at the end."""

    def __init__(self, piece: Piece) -> None:
        step, end = 1 / 24, piece.stop + piece.hold + 1
        self._at = np.arange(0, end + step, step)
        breath = 1 - 0.05 * np.cos(2 * np.pi * self._at / piece.phrase)  # slower where phrases meet
        left = np.clip((piece.stop - self._at) / piece.slowing, 0, 1)
        speed = piece.tempo / 60 * breath * (2 / 3 + left / 3)  # quarters a second
        self._seconds = 0.15 + np.concatenate(([0.0], np.cumsum(step / speed)[:-1]))

    def __call__(self, quarters: float) -> float:
        return float(np.interp(quarters, self._at, self._seconds))


def velocity_of(note: Note, piece: Piece, chance: np.random.Generator) -> int:
    """The mark's velocity with the metre's accent, the phrase's arch and a player's unevenness."""
    accent = 6 if note.start % (4 * piece.beat) == 0 else 3 if note.start % piece.beat == 0 else 0
    arch = 5 * math.sin(math.pi * (note.start % piece.phrase) / piece.phrase)
    return int(np.clip(note.velocity + accent + arch + chance.normal(0, 2), 20, 120))


def channel_events(
    voice: Voice, notes: list[Note], piece: Piece, clock: Clock, channel: int, chance: np.random.Generator
) -> list[tuple[float, bytes]]:
    """MIDI messages of one voice with their time in seconds."""
    end = piece.stop + piece.hold
    settings = ((7, voice.volume), (10, voice.pan), (91, 80))
    events = [(0.0, bytes((0xC0 | channel, voice.program)))]
    events += [(0.0, bytes((0xB0 | channel, number, value))) for number, value in settings]
    if voice.sustained:
        for at in np.arange(0, end, 0.5):
            swell = 100 + 22 * math.sin(math.pi * (at % piece.phrase) / piece.phrase)
            events.append((clock(at), bytes((0xB0 | channel, 11, int(swell)))))
    if voice.pedal:
        for at in np.arange(0, piece.stop, voice.pedal):
            events.append((clock(at), bytes((0xB0 | channel, 64, 0))))
            events.append((clock(at) + 0.06, bytes((0xB0 | channel, 64, 127))))
        events.append((clock(end), bytes((0xB0 | channel, 64, 0))))
    for note in notes:
        gate = 0.5 if note.staccato else 1.0 if note.slurred else voice.gate
        start = clock(note.start) + abs(chance.normal(0, 0.006))
        stop = max(clock(note.start + note.length * gate), start + 0.05)
        velocity = velocity_of(note, piece, chance)
        events.append((start, bytes((0x90 | channel, note.pitch, velocity))))
        events.append((stop, bytes((0x80 | channel, note.pitch, 0))))
    return events


def midi_file(events: list[tuple[float, bytes]]) -> bytes:
    """A type 0 MIDI file. At one instant, what ends a note comes before what starts one."""
    track = bytearray()
    before = 0
    for seconds, message in sorted(events, key=lambda event: (round(event[0] * TICKS), event[1][0] >> 4 == 9)):
        now = round(seconds * TICKS)
        delta, before = now - before, now
        groups = [delta & 0x7F]
        while delta := delta >> 7:
            groups.append(0x80 | delta & 0x7F)
        track += bytes(reversed(groups)) + message
    track += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS // 2) + b"MTrk" + struct.pack(">I", len(track)) + track


def perform(piece: Piece) -> bytes:
    """The piece as a MIDI file; the same bytes each time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # music21 comments on odd bars of the encodings
        score = music21.corpus.parse(SCORES[piece.period]).toSoundingPitch()
    parts = [read_part(part, piece) for part in score.parts]
    clock, chance = Clock(piece), np.random.default_rng(1)
    events: list[tuple[float, bytes]] = []
    for number, voice in enumerate(piece.voices):
        notes = harmony(parts) if voice.part is None else parts[voice.part]
        events += channel_events(voice, notes, piece, clock, number, chance)
    return midi_file(events)


def sound(midi: bytes, piece: Piece, folder: Path) -> np.ndarray:
    """FluidSynth's rendering, float32 [n_samples, 2] at RATE, without leading and trailing silence."""
    score, wave = folder / "score.mid", folder / "raw.wav"
    score.write_bytes(midi)
    size, level = piece.room
    options = {"reverb.room-size": size, "reverb.level": level, "reverb.damp": 0.3, "chorus.active": 0, "gain": 0.4}
    command = ["fluidsynth", "-n", "-i", "-q", "-F", str(wave), "-r", str(RATE), "-T", "wav", "-O", "float"]
    for name, value in options.items():
        command += ["-o", f"synth.{name}={value}"]
    subprocess.run([*command, str(SOUND_FONT), str(score)], check=True, stdout=subprocess.DEVNULL)
    samples, _ = soundfile.read(wave, dtype="float32", always_2d=True)
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > np.abs(samples).max() * 10 ** (-55 / 20))
    return samples[max(loud[0] - RATE // 20, 0) : loud[-1] + RATE // 10]


def fade(samples: np.ndarray) -> np.ndarray:
    """Raised-cosine ends: 20 ms in, 1.5 s out."""
    faded = samples.copy()
    rise, fall = RATE // 50, RATE * 3 // 2
    faded[:rise] *= (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, rise, dtype=np.float32)))[:, None]
    faded[-fall:] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall, dtype=np.float32)))[:, None]
    return faded


def measure(path: Path) -> tuple[float, float]:
    """(integrated loudness in LUFS, true peak in dBTP) of a file."""
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    summary = report[report.rindex("Summary:") :]
    loudness = re.search(r"I:\s+(-?[\d.]+) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary)
    if loudness is None or peak is None:
        raise SystemExit(f"ffmpeg's loudness report of {path} has no figures: is its ebur128 filter built in?")
    return float(loudness[1]), float(peak[1])


def encode(samples: np.ndarray, piece: Piece, target: Path, folder: Path) -> None:
    """Write the Opus file at LOUDNESS, or as near as PEAK allows, with tags."""
    wave = folder / "level.wav"
    soundfile.write(wave, samples, RATE, subtype="FLOAT")
    loudness, peak = measure(wave)
    gain = min(LOUDNESS - loudness, PEAK - peak)
    soundfile.write(wave, samples * 10 ** (gain / 20), RATE, subtype="FLOAT")
    tags = {
        "title": f"{piece.title}: {piece.movement}" if piece.movement else piece.title,
        "composer": piece.composer,
        "artist": piece.composer,
        "performer": PERFORMER,
        "genre": piece.period,
        "license": piece.licence,
    }
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-i", str(wave)]
    command += ["-c:a", "libopus", "-b:a", BITRATE, "-map_metadata", "-1", "-fflags", "+bitexact"]
    for key, value in tags.items():
        command += ["-metadata", f"{key}={value}"]
    subprocess.run([*command, str(target)], check=True)
    loudness, peak = measure(target)
    seconds = len(samples) / RATE
    print(f"{target.name}: {seconds:.1f} s, {loudness:.1f} LUFS, peak {peak:.1f} dBTP, {target.stat().st_size} bytes")


def row(piece: Piece) -> dict[str, str]:
    """One line of music.csv."""
    identity = Path(piece.file).stem.split("-", 2)[2]
    return {
        "file": piece.file,
        "period": piece.period,
        "split": "demo",
        "composer": piece.composer,
        "composer_death_year": str(piece.died),
        "piece": piece.title,
        "movement": piece.movement,
        "piece_id": f"demo-{identity}",
        "kind": "rendered",
        "instrumentation": piece.instrumentation,
        "soundfont": "FluidR3_GM",
        "performer": PERFORMER,
        "start_s": "0.0",
        "licence": piece.licence,
        "source": piece.source,
        "source_commit": f"music21 {music21.__version__}",
        "source_path": f"music21/corpus/{SCORES[piece.period]}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", choices=SCORES, help="make this period's piece alone")
    default = Path(__file__).resolve().parent.parent / "resources" / "music"
    parser.add_argument("--output", type=Path, default=default, help="folder to write to (default: resources/music)")
    arguments = parser.parse_args()
    missing = [tool for tool in ("fluidsynth", "ffmpeg") if shutil.which(tool) is None]
    if missing or not SOUND_FONT.is_file():
        lacking = ", ".join(missing) or str(SOUND_FONT)
        sys.exit(f"{lacking} is missing: run `apt-get install fluidsynth fluid-soundfont-gm ffmpeg`")
    arguments.output.mkdir(parents=True, exist_ok=True)
    for piece in PIECES:
        if arguments.only in (None, piece.period):
            with tempfile.TemporaryDirectory() as folder:
                samples = fade(sound(perform(piece), piece, Path(folder)))
                encode(samples, piece, arguments.output / piece.file, Path(folder))
    with (arguments.output / "music.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(row(piece) for piece in PIECES)


if __name__ == "__main__":
    main()
