"""The analyser: the same for any blocks, on the beat, deaf to noise, unmoved by silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.analysis import f_measure, loop
from visualizer.hearing.analyser import Analyser, AnalyserConfig, Features
from visualizer.hearing.bands import BANDS, HAT, KICK, SNARE, ColumnSpec, Spectrum
from visualizer.hearing.chroma import ChromaConfig
from visualizer.hearing.levels import LevelConfig, RunningPercentile
from visualizer.hearing.onsets import OnsetConfig
from visualizer.hearing.surge import SurgeConfig
from visualizer.hearing.tempo import TempoConfig

RATE = 22_050
HOP = ColumnSpec.at(RATE).hop


def analyser() -> Analyser:
    return Analyser(AnalyserConfig.at(RATE))


def noise(db: float, seconds: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 10 ** (db / 20), round(seconds * RATE)).astype(np.float32)


def tone(hz: float, seconds: float, level: float = 0.3) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def heard(sound: np.ndarray) -> list[Features]:
    """The features after every hop."""
    analysed, trace = analyser(), []
    for start in range(0, len(sound) - HOP + 1, HOP):
        analysed.push(sound[start : start + HOP])
        trace.append(analysed.features())
    return trace


def same(one: Features, other: Features) -> bool:
    return all(np.array_equal(getattr(one, item.name), getattr(other, item.name)) for item in fields(Features))


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000, 96_000])
def test_columns_are_short_at_every_rate(rate: int) -> None:
    spec = ColumnSpec.at(rate)
    assert 0.009 < spec.hop_s <= 0.0101
    assert 0.02 <= spec.n_fft / rate < 0.041


def test_power_is_the_mean_square_and_falls_into_its_band() -> None:
    spectrum = Spectrum(ColumnSpec.at(RATE))
    for hz, name in [(80, "kick"), (250, "low"), (900, "mid"), (3000, "treble"), (7000, "hat")]:
        power, bands, fine = spectrum.column(tone(hz, 0.1, 1.0)[:512])
        assert power == pytest.approx(0.5, rel=0.03)
        assert fine.sum() == pytest.approx(power)
        assert bands[[band.name for band in BANDS].index(name)] > 0.8 * power


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=30), st.integers(0, 100))
def test_blocks_of_any_sizes_give_the_same_features(sizes: list[int], seed: int) -> None:
    sound, _ = loop(130, 2.0, rate=RATE, seed=seed)
    whole, pieces, at = analyser(), analyser(), 0
    whole.push(sound)
    for size in [*sizes, len(sound)]:
        pieces.push(sound[at : at + size])
        at += size
    assert same(whole.features(), pieces.features())


def test_the_same_music_at_another_rate_has_the_same_rhythm() -> None:
    slow, fast = analyser(), Analyser(AnalyserConfig.at(48_000))
    slow.push(loop(120, 10, rate=RATE)[0])
    fast.push(loop(120, 10, rate=48_000)[0])
    one, other = slow.features(), fast.features()
    assert np.abs(one.counts - other.counts)[: HAT + 1].max() <= 4  # of 20 to 40; the noise in the drums differs
    assert one.bpm == pytest.approx(other.bpm, abs=0.3)


def test_each_drum_strikes_its_own_band() -> None:
    t = np.arange(round(0.2 * RATE)) / RATE
    kick = 0.8 * np.sin(2 * np.pi * 60 * t) * np.exp(-t / 0.06) * np.minimum(1, t / 0.005) * (1 - t / 0.2)
    hat = np.random.default_rng(1).normal(0, 0.2, len(t)) * np.exp(-t / 0.03)
    spectrum = np.fft.rfft(hat)
    spectrum[np.fft.rfftfreq(len(t), 1 / RATE) < 5000] = 0
    hat = np.fft.irfft(spectrum, len(t)) * np.linspace(1, 0, len(t))  # without the echo that wraps around
    for sound, band, other in [(kick, KICK, HAT), (hat, HAT, KICK)]:
        silence = np.zeros(RATE // 2)
        features = heard(np.concatenate([silence, sound, silence]).astype(np.float32))
        assert features[-1].counts[band] == 1
        assert max(f.onsets[band] for f in features) > 0.5
        assert max(f.onsets[other] for f in features) < 0.15


def test_an_onset_shows_within_two_columns_and_fades() -> None:
    sound = np.concatenate([np.zeros(RATE, np.float32), noise(-12, 2)])
    features = heard(sound)
    first = next(index for index, f in enumerate(features) if f.onsets[SNARE] > 0)
    assert (first + 1) * HOP - RATE <= 2 * HOP
    assert features[first + 3].onsets[SNARE] > 0.5
    assert features[first + 100].onsets[SNARE] < 0.2  # steady noise hardly strikes
    # The softened envelope that moves the picture gets to the same height, but never in one column.
    pulses = np.array([f.pulses[SNARE] for f in features])
    assert np.diff(pulses).max() < 0.5
    assert pulses.max() > 0.5


def test_onsets_keep_their_distance() -> None:
    sound, _ = loop(180, 10, rate=RATE, strokes_per_beat=4)  # one every 83 ms
    counts = np.stack([f.counts for f in heard(sound)])
    for band in range(len(BANDS)):
        at = np.flatnonzero(np.diff(counts[:, band]))
        assert np.diff(at).min(initial=1000) * HOP / RATE >= 0.0895


def test_levels_do_not_depend_on_the_volume() -> None:
    sound, _ = loop(120, 20, rate=RATE)
    loud, quiet = heard(sound)[-1000:], heard(0.1 * sound)[-1000:]
    for band in (KICK, SNARE, HAT):
        one, other = (np.array([f.levels[band] for f in trace]) for trace in (loud, quiet))
        assert one.max() > 0.9
        np.testing.assert_allclose(one, other, atol=0.12)


def test_a_minute_of_hiss_is_not_music() -> None:
    analysed = analyser()
    analysed.push(loop(120, 10, rate=RATE)[0])
    analysed.push(np.zeros(RATE, np.float32))
    gain, before = analysed.gain_db.copy(), analysed.features()
    analysed.push(noise(-70, 60))
    after = analysed.features()
    np.testing.assert_array_equal(after.counts, before.counts)
    assert np.abs(analysed.gain_db - gain).max() < 1
    assert after.beats - before.beats <= 4  # the beat may go on through a rest, not longer
    assert after.beat_confidence < 0.3
    assert after.levels.max() < 1e-3


@pytest.mark.parametrize("hz", [50.0, 60.0])
def test_hum_of_the_mains_is_not_music(hz: float) -> None:
    analysed = analyser()
    analysed.push(loop(120, 5, rate=RATE)[0])
    analysed.push(np.zeros(RATE, np.float32))
    gain, before = analysed.gain_db.copy(), analysed.features()
    analysed.push(tone(hz, 20, 10 ** (-60 / 20) * np.sqrt(2)) + noise(-75, 20))
    after = analysed.features()
    np.testing.assert_array_equal(after.counts, before.counts)
    np.testing.assert_array_equal(analysed.gain_db, gain)
    assert not after.is_open
    assert after.beat_confidence == 0


@settings(max_examples=8, deadline=None)
@given(st.floats(-120, -66), st.integers(0, 100))
def test_noise_below_the_gate_neither_strikes_nor_moves_the_gain(db: float, seed: int) -> None:
    analysed = analyser()
    analysed.push(loop(120, 3, rate=RATE)[0])
    analysed.push(np.zeros(RATE, np.float32))
    gain, before = analysed.gain_db.copy(), analysed.features()
    analysed.push(noise(db, 3, seed))
    np.testing.assert_array_equal(analysed.features().counts, before.counts)
    np.testing.assert_array_equal(analysed.gain_db, gain)


def test_a_fade_out_strikes_nothing() -> None:
    chord = sum(tone(hz, 12, 0.15) for hz in (220.0, 277.2, 329.6))
    fade = np.where(np.arange(len(chord)) < 2 * RATE, 1.0, 10 ** (-(np.arange(len(chord)) - 2 * RATE) / RATE * 10 / 20))
    trace = heard((chord * fade).astype(np.float32))
    begun, done = trace[round(1.5 * RATE / HOP)], trace[-1]
    np.testing.assert_array_equal(done.counts, begun.counts)
    assert not done.is_open
    assert done.loudness == 0


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2 * HOP), st.floats(-30, 0), st.booleans())
def test_the_first_click_after_silence_is_reported_in_the_next_hop(offset: int, db: float, hiss: bool) -> None:
    analysed = analyser()
    analysed.push(noise(-70, 2) if hiss else np.zeros(2 * RATE, np.float32))
    before, at = analysed.features(), RATE + offset
    sound = np.zeros(2 * RATE, np.float32)
    click = noise(-3, 0.02) * np.exp(-np.arange(round(0.02 * RATE)) / RATE / 0.004)
    sound[at : at + len(click)] = 10 ** (db / 20) * click
    for start in range(0, len(sound) - HOP + 1, HOP):
        analysed.push(sound[start : start + HOP])
        if (analysed.features().counts > before.counts).any():
            assert at < start + HOP <= at + 2 * HOP  # the hop that holds the click, or the one after it
            return
    pytest.fail("the click was not heard")


def test_a_beat_by_hand_reaches_the_features() -> None:
    analysed = analyser()
    analysed.push(noise(-30, 4))
    for index in range(4):
        analysed.tap(2.0 + 0.5 * index)
    tapped = analysed.features()
    assert (tapped.bpm, tapped.is_held) == (pytest.approx(120), True)
    assert tapped.beat_confidence >= 0.6  # sure enough to be predicted
    analysed.double_tempo()
    assert analysed.features().bpm == pytest.approx(240)
    analysed.halve_tempo()
    analysed.resync(3.9)
    assert analysed.features().beat_phase == pytest.approx(0.2, abs=0.05)
    analysed.release_tempo()
    assert not analysed.features().is_held


def test_silence_moves_nothing() -> None:
    features = heard(np.zeros(5 * RATE, np.float32))
    assert not features[-1].is_open
    for name in ("levels", "onsets", "pulses", "counts", "clocks", "chroma"):
        assert not getattr(features[-1], name).any()
    assert (features[-1].beats, features[-1].bpm, features[-1].activity) == (0, 0.0, 0.0)


def test_clocks_run_faster_when_it_is_loud_and_never_back() -> None:
    sound = np.concatenate([noise(-10, 10), noise(-26, 5), np.zeros(5 * RATE, np.float32)])
    clocks = np.stack([f.clocks for f in heard(sound)])
    assert np.diff(clocks, axis=0).min() >= 0
    at = [round(s * RATE / HOP) - 2 for s in (5, 10, 15, 16, 20)]
    loud, soft, silent = (clocks[at[1]] - clocks[at[0]]), (clocks[at[2]] - clocks[at[1]]), clocks[at[4]] - clocks[at[3]]
    assert np.all(loud > 2 * soft)
    assert np.all(soft > 10 * silent)


@pytest.mark.parametrize(("hz", "pitch"), [(261.6, 0), (440.0, 9), (587.3, 2)])
def test_chroma_names_the_note(hz: float, pitch: int) -> None:
    chroma = heard(tone(hz, 3))[-1].chroma
    assert chroma.argmax() == pitch
    assert chroma[pitch] > 0.5
    assert chroma.sum() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("bpm", [60, 87.5, 120, 144, 180])
def test_tempo_within_eight_seconds_and_on_the_beat(bpm: float) -> None:
    sound, beats = loop(bpm, 13, rate=RATE)
    features = heard(sound)
    at_8 = features[round(8 * RATE / HOP) - 1]
    assert at_8.bpm == pytest.approx(bpm, abs=1)
    assert at_8.beat_confidence > 0.6
    counts = np.array([f.beats for f in features])
    found = (np.flatnonzero(np.diff(counts)) + 2) * HOP / RATE
    assert f_measure(found[found > 5], beats[beats > 5]) >= 0.9


def rubato(seconds: float, seed: int) -> np.ndarray:
    """Notes at irregular times, each with a soft attack."""
    rng, sound, at = np.random.default_rng(seed), np.zeros(round((seconds + 2) * RATE)), 0.2
    while at < seconds:
        note = tone(220 * 2 ** (rng.integers(0, 24) / 12), 1.0) * np.exp(-np.arange(RATE) / RATE / 0.3)
        note[:400] *= np.linspace(0, 1, 400)
        start = round(at * RATE)
        sound[start : start + RATE] += note
        at += rng.uniform(0.2, 1.2)
    return sound[: round(seconds * RATE)].astype(np.float32)


@pytest.mark.parametrize("seed", range(2))
def test_no_beat_is_made_up_for_rubato(seed: int) -> None:
    features = heard(rubato(18, seed))
    assert np.median([f.beat_confidence for f in features]) < 0.3
    assert features[-1].beats <= 6


@pytest.mark.parametrize("db", [-50, -30, -10])
def test_no_beat_is_made_up_for_noise(db: float) -> None:
    features = heard(noise(db, 15))
    assert max(f.beat_confidence for f in features) < 0.3
    assert features[-1].beats == 0


def test_digital_silence_is_heard_like_sound_far_too_soft_to_hear() -> None:
    beats = np.tile(np.concatenate([noise(-20, 0.1), np.zeros(round(0.4 * RATE), np.float32)]), 8)
    sound = np.concatenate([beats, np.zeros(2 * RATE, np.float32), beats])
    still, faint = (heard(part)[-1] for part in (sound, sound + noise(-140, len(sound) / RATE)[: len(sound)]))
    for item in fields(Features):
        if item.name == "chroma":  # its shares are of whatever there is, however soft
            continue
        one, other = (np.asarray(getattr(features, item.name), float) for features in (still, faint))
        assert one == pytest.approx(other, abs=0.02), item.name


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(width=32), min_size=1, max_size=200))
def test_any_numbers_give_finite_features(samples: list[float]) -> None:
    analysed = analyser()
    analysed.push(np.tile(np.array(samples, np.float32), 20))
    analysed.push(noise(-20, 0.2))
    for item in fields(Features):
        assert np.all(np.isfinite(np.asarray(getattr(analysed.features(), item.name), float)))
    assert 0 <= analysed.features().levels.min() <= analysed.features().levels.max() <= 1


@given(st.lists(st.floats(-89, 9), min_size=20, max_size=60))
@settings(max_examples=30, deadline=None)
def test_running_percentile_is_the_percentile(values: list[float]) -> None:
    running = RunningPercentile(np.array([values[0]]), low=-90, high=10, share=0.9, keep=1.0)
    for value in values:
        running.add(np.array([value]), np.array([True]))
    expected = np.quantile([values[0]] * 3 + values, 0.9, method="inverted_cdf")
    assert running.value[0] == pytest.approx(expected, abs=1.01)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (lambda: ColumnSpec(hop=600), "hop is 600"),
        (lambda: ColumnSpec(sample_rate=100), "100 Hz"),
        (lambda: LevelConfig(attack_ms=0), "attack_ms is 0"),
        (lambda: LevelConfig(percentile=2), "percentile is 2"),
        (lambda: LevelConfig(close_db=-10), "close_db"),
        (lambda: OnsetConfig(refractory_ms=-1), "refractory_ms is -1"),
        (lambda: OnsetConfig(margin_db=(1.0,)), "1 numbers"),
        (lambda: SurgeConfig(fill_ms=0), "fill_ms is 0"),
        (lambda: SurgeConfig(percentile=1), "percentile is 1"),
        (lambda: ChromaConfig(smooth_ms=0), "smooth_ms is 0"),
        (lambda: ChromaConfig(low_hz=3000), "3000"),
        (lambda: TempoConfig(slowest=300), "300"),
        (lambda: TempoConfig(needed_ms=9000), "needed_ms is 9000"),
        (lambda: TempoConfig(lock=0.1), "lock"),
        (lambda: TempoConfig(unsure=0.9), "unsure"),
    ],
)
def test_impossible_constants_are_refused(broken: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        broken()


def beating(bpm: float, phase: float, confidence: float) -> Features:
    return replace(Features.silence(), bpm=bpm, beat_phase=phase, beat_confidence=confidence, beats=7)


def test_a_sure_beat_is_predicted() -> None:
    ahead = beating(120, 0.75, 0.8).predicted(0.2)
    assert (ahead.beats, ahead.beat_phase) == (8, pytest.approx(0.15))
    assert beating(120, 0.1, 0.8).predicted(0.2).beats == 7


def test_an_unsure_beat_is_not_predicted() -> None:
    for features in (beating(120, 0.75, 0.5), beating(0, 0.75, 0.9)):
        assert features.predicted(0.2) is features
        assert features.beat_pulse == 0
    sure = beating(120, 0.75, 0.8)
    assert sure.predicted(0) is sure


@given(st.floats(40, 240), st.floats(0, 0.999), st.floats(0, 2), st.floats(0, 2))
def test_predictions_add_up(bpm: float, phase: float, one_s: float, other_s: float) -> None:
    features = beating(bpm, phase, 0.9)
    twice, once = features.predicted(one_s).predicted(other_s), features.predicted(one_s + other_s)
    assert twice.beats + twice.beat_phase == pytest.approx(once.beats + once.beat_phase)


def test_the_pulse_of_a_beat_falls_until_the_next() -> None:
    pulses = [beating(120, 0.0, 0.9).predicted(s).beat_pulse for s in (0, 0.18, 0.36, 0.5)]
    assert pulses == pytest.approx([1, np.exp(-1), np.exp(-2), 1])


def test_a_swell_without_a_stroke_is_a_surge() -> None:
    rise = np.clip(np.arange(2 * RATE) / RATE - 0.5, 0.05, 0.35) / 0.35  # over 300 ms
    chord = sum(tone(hz, 2, 0.2) for hz in (110.0, 330.0, 990.0, 2500.0, 6000.0))
    trace = heard((chord * rise).astype(np.float32))
    surges = np.array([f.surge for f in trace])
    at = [round(s * RATE / HOP) for s in (0.5, 0.85, 1.9)]
    assert surges[at[0]] < 0.1
    assert surges[at[0] : at[1]].max() > 0.5
    assert surges[at[2]] < 0.1  # steady sound, however loud, is no surge
    assert 0 <= surges.min() <= surges.max() <= 1


def test_a_melody_that_grows_no_louder_surges_at_its_notes_and_not_between() -> None:
    fade_s, sound = 0.03, np.zeros(round(3.6 * RATE))
    for index, hz in enumerate((262.0, 330.0, 294.0, 392.0, 349.0, 440.0)):
        ramp = np.clip(np.arange(round((0.5 + fade_s) * RATE)) / (fade_s * RATE), 0, 1)
        start = round((0.3 + 0.5 * index) * RATE)
        note = sum(tone(hz * n, 0.5 + fade_s, 0.3 / n)[: len(ramp)] for n in range(1, 9))
        sound[start : start + len(ramp)] += note * ramp * ramp[::-1]
    surges = np.array([f.surge for f in heard(sound.astype(np.float32))])

    def surge(start_s: float, stop_s: float) -> float:
        return float(surges[round(start_s * RATE / HOP) : round(stop_s * RATE / HOP)].max())

    assert surge(0.3, 0.4) == 1
    for begun in (1.8, 2.8):  # leaps up, once the first note is forgotten
        assert surge(begun - 0.05, begun) < 0.05
        assert surge(begun, begun + 0.1) > 0.2


@pytest.mark.parametrize("db", [-20, -45])
def test_steady_noise_is_hardly_a_surge(db: float) -> None:
    surges = np.array([f.surge for f in heard(noise(db, 4))])[round(1.5 * RATE / HOP) :]
    assert np.median(surges) < 0.3
    assert np.abs(np.diff(surges)).max() < 0.15


def test_noise_behind_the_gate_is_no_surge() -> None:
    assert max(f.surge for f in heard(noise(-70, 2))) == 0
