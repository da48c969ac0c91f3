"""What happens to sound between a stage and a microphone: filters, rooms, noises, changes of speed.

Functions on batches of waveforms [N, samples], on any device; `mvnet.augment` draws their parameters.
Filters are applied through the Fourier transform: torchaudio's lfilter steps through the samples one
after another, which is slow on a CPU and far slower on a GPU.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torchaudio import functional

NOISE_COLOURS = ("white", "pink", "brown", "hum")
TAIL = 4096  # samples of silence behind a sound, into which a filter may ring without wrapping round
HUM_OVERTONES = 12


def smooth_length(length: int) -> int:
    """The smallest number from length on whose prime factors are 2, 3 and 5: Fourier transforms of it are fast."""
    best = 1 << max(0, length - 1).bit_length()
    five = 1
    while five < best:
        three = five
        while three < best:
            best = min(best, three << max(0, (-(-length // three) - 1).bit_length()))
            three *= 3
        five *= 5
    return best


def frequencies(samples: int, rate: int, device: torch.device | str = "cpu") -> Tensor:
    """Frequencies in Hz at which apply_response wants its response for sounds of so many samples."""
    return torch.fft.rfftfreq(smooth_length(samples + TAIL), 1 / rate, device=device)


def apply_response(waveforms: Tensor, response: Tensor) -> Tensor:
    """Filter each waveform [N, samples] with its own frequency response [N, F]; F as frequencies gives."""
    samples = waveforms.shape[-1]
    size = smooth_length(samples + TAIL)
    return torch.fft.irfft(torch.fft.rfft(waveforms, n=size) * response, n=size)[..., :samples]


def _biquad(b: tuple[Tensor, Tensor, Tensor], a: tuple[Tensor, Tensor, Tensor], hz: Tensor, rate: int) -> Tensor:
    """Response of (b0 + b1 z + b2 z^2) / (a0 + a1 z + a2 z^2), z = exp(-i omega); both sides are divided by z."""
    cosine, sine = torch.cos(2 * math.pi * hz / rate), torch.sin(2 * math.pi * hz / rate)
    above = torch.complex((b[0] + b[2]) * cosine + b[1], (b[0] - b[2]) * sine)
    return above / torch.complex((a[0] + a[2]) * cosine + a[1], (a[0] - a[2]) * sine)


def peak_response(hz: Tensor, centre_hz: Tensor, gain_db: Tensor, q: float, rate: int) -> Tensor:
    """Response of a peaking equaliser, complex [N, F].

    Args:
        hz: frequencies [F].
        centre_hz, gain_db: [N, 1].
        q: centre over bandwidth.
        rate: samples a second.
    Source: R. Bristow-Johnson, Audio EQ Cookbook, peakingEQ.
    """
    omega = 2 * math.pi * centre_hz / rate
    alpha, amplitude, middle = torch.sin(omega) / (2 * q), 10 ** (gain_db / 40), -2 * torch.cos(omega)
    b = (1 + alpha * amplitude, middle, 1 - alpha * amplitude)
    a = (1 + alpha / amplitude, middle, 1 - alpha / amplitude)
    return _biquad(b, a, hz, rate)


def pass_response(hz: Tensor, corner_hz: Tensor, rate: int, *, high: bool) -> Tensor:
    """Response of a second-order Butterworth low-pass (or high-pass) filter, complex [N, F].

    Args:
        hz: frequencies [F].
        corner_hz: where the filter takes 3 dB, [N, 1].
        rate: samples a second.
        high: let the high frequencies pass instead of the low ones.
    Source: R. Bristow-Johnson, Audio EQ Cookbook, LPF and HPF with Q = 1 / sqrt 2.
    """
    omega = 2 * math.pi * corner_hz / rate
    alpha, cosine = torch.sin(omega) / math.sqrt(2), torch.cos(omega)
    edge = (1 + cosine) / 2 if high else (1 - cosine) / 2
    b = (edge, -2 * edge if high else 2 * edge, edge)
    return _biquad(b, (1 + alpha, -2 * cosine, 1 - alpha), hz, rate)


def codec_response(hz: Tensor, cutoff_hz: Tensor, width_hz: float = 500.0) -> Tensor:
    """Gain of a lossy codec's steep low-pass, real [N, F]: a raised cosine from cutoff_hz [N, 1] over width_hz."""
    return 0.5 + 0.5 * torch.cos(math.pi * ((hz - cutoff_hz) / width_hz).clamp(0, 1))


def room_responses(rt60_s: Tensor, direct_db: Tensor, length: int, rate: int, generator: torch.Generator) -> Tensor:
    """Impulse responses of rooms: the direct sound and exponentially decaying noise, [N, length].

    Args:
        rt60_s: time in which the reverberation falls by 60 dB, [N, 1].
        direct_db: energy of the direct sound over that of the reverberation, [N, 1].
        length: samples.
        rate: samples a second.
        generator: of the noise, on the device of rt60_s.
    Source: J. A. Moorer, About this reverberation business, 1979.
    """
    time = torch.arange(length, device=rt60_s.device) / rate
    noise = torch.randn(len(rt60_s), length, generator=generator, device=rt60_s.device)
    tail = noise * torch.exp(-math.log(1000) * time / rt60_s)
    tail[:, 0] = 0
    tail = tail / tail.norm(dim=1, keepdim=True).clamp_min(1e-12) * 10 ** (-direct_db / 20)
    tail[:, 0] = 1
    return tail / tail.norm(dim=1, keepdim=True)  # a room makes nothing louder


def reverberate(waveforms: Tensor, responses: Tensor) -> Tensor:
    """Convolve each waveform [N, samples] with its room's impulse response [N, M]; keeps the length."""
    return functional.fftconvolve(waveforms, responses)[..., : waveforms.shape[-1]]


def coloured_noise(colours: Tensor, samples: int, rate: int, generator: torch.Generator) -> Tensor:
    """Background noise of about unit power, [N, samples].

    Args:
        colours: index into NOISE_COLOURS for each row, int64 [N], on the device where the noise is made.
        samples: length.
        rate: samples a second.
        generator: on the same device.
    """
    device = colours.device
    size = smooth_length(samples)
    white = torch.randn(len(colours), size, generator=generator, device=device)
    hz = torch.fft.rfftfreq(size, 1 / rate, device=device).clamp_min(20.0)  # no endless power at 0 Hz
    shapes = hz ** torch.tensor([[0.0], [-0.5], [-1.0], [0.0]], device=device)  # [colours, F]
    noise = torch.fft.irfft(torch.fft.rfft(white) * shapes[colours], n=size)[:, :samples]
    hums = colours == NOISE_COLOURS.index("hum")
    noise[hums] = _hum(int(hums.sum()), samples, rate, generator, device)
    return noise / noise.square().mean(dim=1, keepdim=True).sqrt().clamp_min(1e-12)


def _hum(count: int, samples: int, rate: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Mains hum, 50 or 60 Hz with overtones that fade, [count, samples]."""
    mains = 50.0 + 10.0 * torch.randint(0, 2, (count, 1), generator=generator, device=device)
    time = torch.arange(samples, device=device) / rate
    hum = torch.zeros(count, samples, device=device)
    for overtone in range(1, HUM_OVERTONES + 1):
        level, phase = torch.rand(2, count, 1, generator=generator, device=device)
        hum += level / overtone * torch.sin(2 * math.pi * (overtone * mains * time + phase))
    return hum


def change_speed(waveforms: Tensor, numerator: int, denominator: int, start: float) -> Tensor:
    """Play waveforms [N, samples] numerator/denominator times as fast: pitch and tempo change together.

    The length stays. A faster sound is continued backwards at its end, so that no silence tells the
    change; of a slower sound a part is kept.

    Args:
        numerator, denominator: small whole numbers, no more than a factor 1.9 apart.
        start: which part is kept of a slower sound: 0 its beginning, 1 its end.
    """
    samples = waveforms.shape[-1]
    changed = functional.resample(waveforms, numerator, denominator)
    missing = samples - changed.shape[-1]
    if missing > 0:
        return torch.nn.functional.pad(changed, (0, missing), mode="reflect")
    first = round(start * -missing)
    return changed[..., first : first + samples]
