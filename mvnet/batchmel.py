"""The front end's spectrogram for batches on any device: torch computes what `mvnet.frontend` defines.

Training uses it after augmenting waveforms. The filterbank, the window and the floor come from
`mvnet.frontend`; a test holds the two together. Written with torch alone: torchaudio's spectrogram
goes through a transposed complex array, which takes twice as long on a CPU.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from mvnet.frontend import CHANNELS, MelSpec, mel_filterbank


class BatchMel(nn.Module):
    """Encoder inputs of a batch of waveforms.

    In single precision a band near the floor carries the rounding of bands 120 dB above it: thousandths
    of a dB under loud pure tones. Double precision gives the front end's own float32 values.

    Args:
        spec: the MelSpec.
        dtype: torch.float32 or torch.float64, of the computation; the result is always float32.
    """

    window: Tensor
    bank: Tensor

    def __init__(self, spec: MelSpec | None = None, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.spec = spec or MelSpec()
        window = torch.hamming_window(self.spec.n_fft, periodic=True, dtype=dtype)
        self.register_buffer("window", window, persistent=False)
        # np.array copies: the front end's filterbank is read only.
        bank = torch.from_numpy(np.array(mel_filterbank(self.spec).T)).to(dtype)  # [n_fft / 2 + 1, n_mels]
        self.register_buffer("bank", bank, persistent=False)

    def columns(self, waveforms: Tensor) -> Tensor:
        """Mel columns in dB (or power), float32 [N, n_columns, n_mels], of waveforms [N, samples]."""
        # One by one a waveform's spectrum stays in a processor's cache; a GPU wants them all at once.
        step = 1 if waveforms.device.type == "cpu" else len(waveforms)
        # Autocast would halve the precision of the filterbank product.
        with torch.autocast(waveforms.device.type, enabled=False):
            return torch.cat([self._columns(part) for part in waveforms.split(max(1, step))])

    def _columns(self, waveforms: Tensor) -> Tensor:
        spec = self.spec
        columns = waveforms.to(self.window.dtype).unfold(1, spec.n_fft, spec.hop)  # [N, n_columns, n_fft]
        spectrum = torch.fft.rfft(columns * self.window)
        power = spectrum.real.square() + spectrum.imag.square()
        mel = power @ self.bank  # [N, n_columns, n_mels]
        if spec.scale == "db":
            mel = 10 * mel.clamp_min(10 ** (spec.floor_db / 10)).log10()
        return mel.float()

    def forward(self, waveforms: Tensor) -> Tensor:
        """Encoder inputs, as mvnet.frontend.encoder_input scales and cuts them.

        Args:
            waveforms: float [N, spec.window_samples], full scale +-1.
        Returns:
            float32 [N, 3, n_mels, n_frames / 3].
        Raises:
            ValueError: another number of samples.
        """
        spec = self.spec
        if waveforms.shape[-1] != spec.window_samples:
            raise ValueError(f"a window is {spec.window_samples} samples, not {waveforms.shape[-1]}")
        columns = self.columns(waveforms)
        if spec.scale == "db":
            columns = columns * (2 / -spec.floor_db) + 1
        width = spec.n_frames // CHANNELS
        return columns.reshape(-1, CHANNELS, width, spec.n_mels).transpose(-1, -2).contiguous()
