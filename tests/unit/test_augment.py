"""Augmentation and batch spectrograms, against the front end and against what each change should do."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchaudio import functional

from mvnet import acoustics
from mvnet.augment import AugmentConfig, BatchMel, WaveformAugment, mask_windows, to_waveforms
from mvnet.frontend import MelSpec, mel_columns, window_input

RATE = 22_050
SAMPLES = 2 * RATE
OFF = {"mix": 0.0, "speed": 0.0, "equalise": 0.0, "room": 0.0, "noise": 0.0, "speaker": 0.0, "codec": 0.0}
STILL = OFF | {"gain_db": (0.0, 0.0)}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def noise(count, samples=SAMPLES, level=0.1):
    return (level * torch.randn(count, samples, generator=seeded(9))).clamp(-1, 1)


def tone(hz, samples=SAMPLES, level=0.5):
    return level * torch.sin(2 * math.pi * hz * torch.arange(samples) / RATE)[None]


def loudest_hz(waveform):
    spectrum = torch.fft.rfft(waveform * torch.hann_window(len(waveform))).abs()
    return float(spectrum.argmax()) * RATE / len(waveform)


def level_db(waveform):
    return float(10 * waveform.square().mean().log10())


def band_db(waveform, low, high):
    power = torch.fft.rfft(waveform).abs().square()
    hz = torch.fft.rfftfreq(len(waveform), 1 / RATE)
    return float(10 * power[(hz >= low) & (hz < high)].mean().log10())


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 0.02), (torch.float64, 1e-4)])
@pytest.mark.parametrize("sound", ["noise", "chord", "quiet", "silence"])
def test_batch_mel_is_the_front_end(dtype, tolerance, sound):
    samples = {
        "noise": noise(1),
        "chord": sum(tone(hz, level=0.25) for hz in (110, 277, 660, 1320)),
        "quiet": noise(1, level=1e-4),
        "silence": torch.zeros(1, SAMPLES),
    }[sound]
    spec = MelSpec()
    expected = mel_columns(samples[0].numpy(), spec)
    assert np.abs(BatchMel(spec, dtype).columns(samples)[0].numpy() - expected).max() <= tolerance


@pytest.mark.parametrize("scale", ["db", "power"])
def test_batch_mel_gives_the_encoders_input(scale):
    spec = MelSpec(scale=scale)
    waveforms = noise(2, spec.window_samples)
    windows = BatchMel(spec, torch.float64)(waveforms)
    assert windows.shape == (2, 3, 128, 256)
    assert windows.dtype == torch.float32
    expected = np.stack([window_input(waveform, spec) for waveform in waveforms.numpy()])
    assert np.allclose(windows.numpy(), expected, rtol=1e-5, atol=1e-5)
    with pytest.raises(ValueError, match="a window is 197376 samples, not 44100"):
        BatchMel(spec)(noise(1))


def test_batch_mel_keeps_its_precision_under_autocast():
    mel, waveforms = BatchMel(), noise(1, MelSpec().window_samples)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(mel(waveforms), BatchMel()(waveforms))
    assert mel(waveforms).dtype == torch.float32


@given(st.integers(1, 300_000))
def test_smooth_length_is_the_next_number_with_small_factors(length):
    smooth = acoustics.smooth_length(length)
    assert length <= smooth <= 1.2 * length + 1
    for factor in (2, 3, 5):
        while smooth % factor == 0:
            smooth //= factor
    assert smooth == 1


@pytest.mark.parametrize("high", [True, False])
def test_filters_are_torchaudios_biquads(high):
    waveforms, hz = noise(1), acoustics.frequencies(SAMPLES, RATE)
    column = torch.tensor([[1000.0]])
    ours = acoustics.apply_response(waveforms, acoustics.pass_response(hz, column, RATE, high=high))
    theirs = (functional.highpass_biquad if high else functional.lowpass_biquad)(waveforms, RATE, 1000.0)
    assert (ours - theirs).abs().max() < 1e-4
    ours = acoustics.apply_response(waveforms, acoustics.peak_response(hz, column, torch.tensor([[6.0]]), 0.7, RATE))
    assert (ours - functional.equalizer_biquad(waveforms, RATE, 1000.0, 6.0, 0.7)).abs().max() < 1e-4


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**40), st.integers(1, 5))
def test_any_seed_gives_finite_sound_within_full_scale_and_of_the_same_shape(seed, count):
    waveforms = noise(count, 30_000, level=0.5)
    before = waveforms.clone()
    changed = WaveformAugment()(waveforms, seeded(seed), torch.zeros(count, dtype=torch.int64))
    assert changed.shape == waveforms.shape
    assert changed.isfinite().all()
    assert changed.abs().max() <= 1 + 1e-6
    assert torch.equal(waveforms, before)


def test_the_generator_decides_everything():
    waveforms, periods = noise(6, 30_000), torch.tensor([0, 0, 1, 1, 2, 2])
    augment = WaveformAugment(AugmentConfig(mix=0.5))
    one = augment(waveforms, seeded(3), periods)
    torch.manual_seed(1234)
    assert torch.equal(one, augment(waveforms, seeded(3), periods))
    assert not torch.equal(one, augment(waveforms, seeded(4), periods))


def test_everything_off_changes_nothing():
    waveforms = noise(3)
    assert torch.equal(WaveformAugment(AugmentConfig(**STILL))(waveforms, seeded()), waveforms)


def test_silence_stays_silent():
    config = AugmentConfig(mix=1, speed=1, equalise=1, room=1, noise=1, speaker=1, codec=1)
    assert not WaveformAugment(config)(torch.zeros(2, SAMPLES), seeded(), torch.tensor([0, 0])).any()


def test_gain_keeps_to_its_range_and_below_full_scale():
    augment = WaveformAugment(AugmentConfig(**OFF))
    quiet = noise(64, 4000, level=0.01)
    gains = 20 * (augment(quiet, seeded()).abs().amax(1) / quiet.abs().amax(1)).log10()
    assert gains.min() >= -20.01
    assert gains.max() <= 20.01
    assert gains.max() - gains.min() > 30
    assert augment(noise(64, 4000, level=0.4), seeded()).abs().max() <= 1 + 1e-6


def test_clips_are_mixed_with_others_of_their_period_only():
    waveforms = torch.cat([tone(hz, level=0.1) for hz in (200, 400, 800, 1600)])
    config = AugmentConfig(**{**STILL, "mix": 1.0, "mix_db": (0.0, 0.0)})
    mixed = WaveformAugment(config)(waveforms, seeded(), torch.tensor([0, 1, 0, 4]))
    assert torch.allclose(mixed[0], waveforms[0] + waveforms[2], atol=1e-6)
    assert torch.allclose(mixed[2], waveforms[0] + waveforms[2], atol=1e-6)
    assert torch.equal(mixed[1], waveforms[1])
    assert torch.equal(mixed[3], waveforms[3])
    assert torch.equal(WaveformAugment(config)(waveforms, seeded()), waveforms)


def test_speed_moves_pitch_by_up_to_a_semitone_and_a_half():
    config = AugmentConfig(**{**STILL, "speed": 1.0})
    changed = WaveformAugment(config)(tone(1000).repeat(64, 1), seeded())
    semitones = {round(12 * math.log2(loudest_hz(waveform[:RATE]) / 1000), 1) for waveform in changed}
    assert min(semitones) == pytest.approx(-1.5, abs=0.1)
    assert max(semitones) == pytest.approx(1.5, abs=0.1)
    assert len(semitones) == 8
    assert all(level_db(waveform[-2000:]) > -12 for waveform in changed)  # no silence at the end


@pytest.mark.parametrize("colour", range(len(acoustics.NOISE_COLOURS)))
def test_noise_has_its_colour(colour):
    sound = acoustics.coloured_noise(torch.full((4,), colour), SAMPLES, RATE, seeded())
    assert sound.square().mean(1).tolist() == pytest.approx([1.0] * 4, rel=1e-4)
    fall = band_db(sound[0], 100, 200) - band_db(sound[0], 3200, 6400)  # five octaves
    if acoustics.NOISE_COLOURS[colour] == "hum":
        assert loudest_hz(sound[0]) % 10 == pytest.approx(0, abs=0.6) or loudest_hz(sound[0]) % 10 > 9.4
        assert fall > 60
    else:
        assert fall == pytest.approx({"white": 0, "pink": 15, "brown": 30}[acoustics.NOISE_COLOURS[colour]], abs=2)


def test_noise_is_as_loud_as_asked():
    config = AugmentConfig(**{**STILL, "noise": 1.0, "noise_snr_db": (10.0, 10.0)})
    music = tone(1000, level=0.1)
    added = WaveformAugment(config)(music, seeded()) - music
    assert level_db(music) - level_db(added) == pytest.approx(10, abs=0.1)


def test_a_room_rings_as_long_as_asked():
    rt60 = torch.tensor([[0.3], [1.2]])
    rooms = acoustics.room_responses(rt60, torch.zeros(2, 1), 2 * RATE, RATE, seeded())
    assert rooms.square().sum(1).tolist() == pytest.approx([1.0, 1.0], rel=1e-4)
    assert rooms[:, 0].square().tolist() == pytest.approx([0.5, 0.5], rel=1e-4)  # as much direct as reverberant
    for room, seconds in zip(rooms, rt60[:, 0].tolist(), strict=True):
        early, late = (level_db(room[round(at * RATE) : round(at * RATE) + 1000]) for at in (0.05, 0.05 + seconds / 2))
        assert early - late == pytest.approx(30, abs=2)


def test_a_small_loudspeaker_passes_the_middle_only():
    config = AugmentConfig(**{**STILL, "speaker": 1.0, "speaker_low_hz": (150, 150), "speaker_high_hz": (6000, 6000)})
    waveform = WaveformAugment(config)(noise(1), seeded())[0]
    assert band_db(waveform, 20, 40) < band_db(waveform, 800, 1600) - 15
    assert band_db(waveform, 10_000, 11_000) < band_db(waveform, 800, 1600) - 10
    loud = WaveformAugment(config)(tone(1000, level=1.0), seeded())[0]
    assert band_db(loud, 2990, 3010) > band_db(tone(1000, level=1.0)[0], 2990, 3010) + 20  # overtones of distortion


def test_a_codec_ends_the_treble():
    config = AugmentConfig(**{**STILL, "codec": 1.0, "codec_hz": (5000.0, 5000.0)})
    waveforms = noise(1)
    waveform = WaveformAugment(config)(waveforms, seeded())[0]
    assert band_db(waveform, 5600, 11_000) < band_db(waveforms[0], 5600, 11_000) - 50
    assert band_db(waveform, 100, 4900) == pytest.approx(band_db(waveforms[0], 100, 4900), abs=0.1)


def test_an_equaliser_stays_within_its_gains():
    config = AugmentConfig(**{**STILL, "equalise": 1.0, "equalise_db": (6.0, 6.0)})
    waveform, plain = WaveformAugment(config)(noise(1), seeded())[0], noise(1)[0]
    gains = [band_db(waveform, low, 1.3 * low) - band_db(plain, low, 1.3 * low) for low in (30, 300, 1000, 3000, 8000)]
    assert min(gains) > 0
    assert 5 < max(gains) < 19


def test_masks_blank_bands_and_stretches_of_time():
    windows = torch.zeros(50, 3, 128, 256)
    config = AugmentConfig(masks=2, mask_mels=16, mask_frames=64)
    masked = mask_windows(windows, seeded(), config)
    assert not windows.any()
    assert set(masked.unique().tolist()) == {-1.0, 0.0}
    bands = (masked == -1).all(dim=3).all(dim=1).sum(dim=1)  # [50]
    times = (masked == -1).all(dim=2).sum(dim=(1, 2))
    assert 0 < bands.max() <= 2 * 16
    assert 0 < times.max() <= 2 * 64
    assert torch.equal(masked, mask_windows(windows, seeded(), config))
    assert torch.equal(mask_windows(windows, seeded(), AugmentConfig(masks=0)), windows)


def test_cached_samples_become_waveforms():
    samples = np.array([[0, 32_767, -32_767]], np.int16)
    samples.setflags(write=False)
    assert to_waveforms(samples).tolist() == [[0.0, 1.0, -1.0]]
    assert to_waveforms(torch.from_numpy(samples.copy())).dtype == torch.float32


@pytest.mark.parametrize(
    "wrong",
    [{"noise": 1.5}, {"mix": -0.1}, {"gain_db": (3.0, -3.0)}, {"room_s": (0.0, 1.0)}, {"masks": -1}],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError, match=f"AugmentConfig.{next(iter(wrong))}"):
        AugmentConfig(**wrong)


@pytest.mark.gpu
def test_a_gpu_gives_the_same_spectrogram_and_repeats_itself():
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    waveforms = noise(4, MelSpec().window_samples)
    mel = BatchMel().cuda()
    assert (mel(waveforms.cuda()).cpu() - BatchMel()(waveforms)).abs().max() < 1e-3
    augment, periods = WaveformAugment(AugmentConfig(mix=1, speed=1, room=1, noise=1)), torch.zeros(4, dtype=int)
    one, two = (augment(waveforms.cuda(), seeded(5), periods) for _ in range(2))
    assert torch.equal(one, two)
