"""Makes sound with known notes and beats from real scores: material for `python -m bench.beats --folder`.

The scores come from music21's corpus; FluidSynth plays them, steadily or freely. Each becomes NAME.wav and NAME.csv
(columns time_s and kind: onset, beat or downbeat). A developer's tool, run by hand: it needs music21 and FluidSynth,
and what it makes is not committed.

    python -m bench.scores --font /usr/share/sounds/sf2/FluidR3_GM.sf2 --output /tmp/scores
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import tempfile
import warnings
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import music21
import numpy as np

from script.make_sample_music import midi_file

RATE = 44_100
SECONDS = 40.0  # played of each
LEAD_S = 0.5  # silence before the first note
PIANO, HARPSICHORD, ORGAN, GUITAR, VIOLIN, VIOLA, CELLO, STRINGS, CHOIR, HORN, BANJO, FLUTE = (
    *(0, 6, 19, 24, 40, 41, 42, 48, 52, 60, 105, 73),
)
QUARTET = (VIOLIN, VIOLIN, VIOLA, CELLO)


@dataclass(frozen=True)
class Work:
    """An excerpt and how it is played.

    Attributes:
        name: of the files.
        source: path in music21's corpus.
        programs: General MIDI programs of the parts, repeated as needed.
        tempo: quarters a minute.
        beat: quarters in a beat.
        free: 0 is a steady tempo; 0.3 lets it wander between about 1 / 1.6 and 1.6 times.
        number: which score of a collection.
        measure: first measure.
    """

    name: str
    source: str
    programs: tuple[int, ...]
    tempo: float
    beat: float = 1.0
    free: float = 0.0
    number: int | None = None
    measure: int = 0


WORKS = (
    Work("steady-joplin-piano", "joplin/maple_leaf_rag", (PIANO,), 100),
    Work("steady-mozart-k155-quartet", "mozart/k155/movement1", QUARTET, 132),
    Work("steady-mozart-k458-quartet", "mozart/k458/movement1", QUARTET, 168, beat=1.5),
    Work("steady-mozart-k156-quartet", "mozart/k156/movement1", QUARTET, 150, beat=1.0),
    Work("steady-haydn-74-menuet-quartet", "haydn/opus74no1/movement3", QUARTET, 150),
    Work("steady-haydn-1-presto-quartet", "haydn/opus1no1/movement1", QUARTET, 165, beat=1.5),
    Work("steady-haydn-74-finale-guitars", "haydn/opus74no1/movement4", (GUITAR,), 126),
    Work("steady-beethoven-18-quartet", "beethoven/opus18no1/movement1", QUARTET, 160),
    Work("steady-beethoven-18-piano", "beethoven/opus18no1/movement4", (PIANO,), 116),
    Work("steady-clara-schumann-piano", "schumann_clara/polonaise_op1n1", (PIANO,), 96),
    Work("steady-verdi-strings", "verdi/laDonnaEMobile", (FLUTE, STRINGS), 132, beat=1.5),
    Work("steady-reel-fiddle", "ryansMammoth/AbithaMugginsFavoriteReel", (VIOLIN,), 108, beat=1.0),
    Work("steady-reel-banjo", "ryansMammoth/AcaciaReel", (BANJO,), 112, beat=1.0),
    Work("steady-bach-chorale-organ", "bach/bwv66.6", (ORGAN,), 84),
    Work("steady-bach-chorale-harpsichord", "bach/bwv57.8", (HARPSICHORD,), 104),
    Work("steady-handel-strings", "handel/rinaldo/Lascia_chio_pianga", (FLUTE, STRINGS), 72),
    Work("steady-schubert-piano", "schubert/Lindenbaum", (HORN, PIANO, PIANO), 76),
    Work("steady-chopin-piano", "chopin/mazurka06-2", (PIANO,), 132),
    Work("free-chopin-piano", "chopin/mazurka06-2", (PIANO,), 110, free=0.3),
    Work("free-schubert-piano", "schubert/Lindenbaum", (PIANO,), 66, free=0.35),
    Work("free-schoenberg-piano", "schoenberg/opus19/movement6", (PIANO,), 46, free=0.35),
    Work("free-clara-schumann-piano", "schumann_clara/polonaise_op1n3", (PIANO,), 80, free=0.35),
    Work("free-josquin-choir", "josquin/milleRegrets", (CHOIR,), 60, free=0.2),
    Work("free-monteverdi-strings", "monteverdi/madrigal.3.1", (STRINGS,), 66, free=0.25),
    Work("free-palestrina-choir", "palestrina/Agnus_01", (CHOIR,), 72, free=0.2),
)


class Clock:
    """Seconds of a score position: one tempo, or one that wanders like a smoothed random walk."""

    def __init__(self, work: Work, quarters: float) -> None:
        step = 1 / 16
        self._at = np.arange(0, quarters + 8, step)
        chance = np.random.default_rng(1)
        knots = np.arange(0, self._at[-1] + 4, 3.0)
        wander = work.free * np.interp(self._at, knots, np.clip(chance.normal(0, 1, len(knots)), -1.6, 1.6))
        speed = work.tempo / 60 * np.exp(wander)
        self._seconds = LEAD_S + np.concatenate(([0.0], np.cumsum(step / speed)[:-1]))

    def __call__(self, quarters: float) -> float:
        return float(np.interp(quarters, self._at, self._seconds))


def read(work: Work) -> music21.stream.Score:
    """The score at sounding pitch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # music21 comments on odd bars of the encodings
        score = music21.corpus.parse(work.source, number=work.number)
        if isinstance(score, music21.stream.Opus):
            score = score.scores[0]
        return score.toSoundingPitch()


def perform(work: Work) -> tuple[bytes, list[tuple[float, str]]]:
    """The excerpt as a MIDI file, and its onsets, beats and downbeats in seconds."""
    score = read(work)
    clock = Clock(work, score.highestTime)
    chance = np.random.default_rng(2)
    part = score.parts[0]
    measured = part if part.hasMeasures() else part.makeMeasures()
    bars = [float(measure.offset) for measure in measured.getElementsByClass("Measure")]
    events: list[tuple[float, bytes]] = []
    marks: list[tuple[float, str]] = []
    for index, part in enumerate(score.parts):
        channel = index if index < 9 else index + 1  # MIDI's tenth channel is drums
        events.append((0.0, bytes((0xC0 | channel, work.programs[index % len(work.programs)]))))
        for element in part.stripTies().flatten().notes:
            at, start = float(element.offset), clock(float(element.offset)) + abs(chance.normal(0, 0.005))
            if start > SECONDS or element.duration.isGrace:
                continue
            stop = max(clock(at + 0.92 * float(element.quarterLength)), start + 0.05)
            accent = 8 if at in bars else 4 if at % work.beat == 0 else 0
            for pitch in element.pitches:
                velocity = int(np.clip(76 + accent + chance.normal(0, 3), 30, 120))
                events.append((start, bytes((0x90 | channel, pitch.midi, velocity))))
                events.append((stop, bytes((0x80 | channel, pitch.midi, 0))))
            marks.append((start, "onset"))
    end = max(time_s for time_s, _ in marks)
    for first, after in pairwise(bars[1:]):  # the first bar may be a part of one
        marks += [(clock(at), "beat") for at in np.arange(first, after - 1e-6, work.beat) if clock(at) <= end]
        marks += [(clock(first), "downbeat")] if clock(first) <= end else []
    return midi_file(events), sorted(marks)


def sound(midi: bytes, font: Path, target: Path) -> None:
    """Have FluidSynth write a wave file."""
    with tempfile.TemporaryDirectory() as folder:
        score = Path(folder) / "score.mid"
        score.write_bytes(midi)
        options = ["-o", "synth.gain=0.5", "-o", "synth.reverb.level=0.4", "-o", "synth.chorus.active=0"]
        command = ["fluidsynth", "-n", "-i", "-q", "-F", str(target), "-r", str(RATE), "-T", "wav", *options]
        subprocess.run([*command, str(font), str(score)], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Make every excerpt that is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--font", type=Path, required=True, help="sound font for FluidSynth")
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for work in WORKS:
        target = options.output / f"{work.name}.wav"
        if target.exists():
            continue
        midi, marks = perform(work)
        sound(midi, options.font, target)
        with target.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(("time_s", "kind"))
            table.writerows((f"{time_s:.4f}", kind) for time_s, kind in marks)
        print(f"{work.name}: {sum(kind == 'beat' for _, kind in marks)} beats")


if __name__ == "__main__":
    main()
