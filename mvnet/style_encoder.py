"""The encoder that ships: it reads the style from the notes that it hears, and from the sound's texture.

A mel window becomes notes (mvnet.note_network); small convolutions then look for intervals, for chords in any
key, and for the pulse; another branch looks at the spectrum itself. Each keeps only how much, how evenly and how
strongly a pattern occurs in the whole window, so neither key nor the moment at which the window was cut matters.
A gate that hears whether there is music at all leads silence and noise to one place of no period.
The network's shape is the paper's: [3, 128, 256] to ten numbers (section 3.1).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mvnet.encoder import EMBEDDING_SIZE
from mvnet.frontend import MelSpec
from mvnet.note_network import PITCHES, NoteNetwork, convolution

OCTAVE = 12  # semitones
NOTE_WIDTH = 16  # channels of what is made of notes and beginnings first
INTERVALS = 64
CHORDS = 48
PULSES = 32
TEXTURES = 64
FEATURES = 192
NOTE_STEPS = 3  # steps of the notes that are one for intervals and chords: 0.28 s
TEXTURE_BANDS, TEXTURE_COLUMNS = 2, 4  # of the spectrum that are one place of the texture
SURE = 20.0  # log odds that there is music, until that is fitted: the gate stands open
LEAST_VARIANCE = 1e-4  # keeps the root's slope finite where a pattern never changes


class ChordConvolution(nn.Module):
    """A convolution that sees all twelve pitch classes, wherever in the circle it stands."""

    def __init__(self, channels: int, width: int, steps: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, (OCTAVE, steps), padding=(0, steps // 2), bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        )

    def forward(self, chroma: Tensor) -> Tensor:
        """[N, channels, 12, T] to [N, width, 12, T]."""
        return self.layers(torch.cat((chroma, chroma[:, :, : OCTAVE - 1]), 2))


class StyleEncoder(nn.Module):
    """Mel window to style.

    Args:
        notes: trained; it stays as it is, also in training mode. None makes an untrained one, to load weights into.
        spec: of the windows.
        drop: share of the features that a training step leaves out.

    Attributes:
        presence: log odds that a window holds music, read from the features; fitted once, after the training
            (mvnet.presence).
        rest: the embedding of what holds none, [10].
    """

    wide_share = 1.0  # of the learning rate, for the layers that read the features: see mvnet.encoder.AudioEncoder

    def __init__(self, notes: NoteNetwork | None = None, spec: MelSpec | None = None, drop: float = 0.3) -> None:
        super().__init__()
        self.notes = notes or NoteNetwork(spec)
        self.notes.requires_grad_(False).eval()
        self.first = convolution(2, NOTE_WIDTH, (3, 3))
        self.intervals = nn.Sequential(
            convolution(NOTE_WIDTH, NOTE_WIDTH, (1, 3)),
            convolution(NOTE_WIDTH, 32, (2 * OCTAVE + 1, 1)),
            convolution(32, INTERVALS, (1, 1)),
        )
        self.fold = convolution(2 * NOTE_WIDTH, 24, (1, 1))
        self.chords = nn.Sequential(ChordConvolution(24, 64, 3), ChordConvolution(64, CHORDS, 1))
        octaves = PITCHES // OCTAVE
        self.pulse = nn.Sequential(convolution(4 * octaves, PULSES, (1, 9)), convolution(PULSES, PULSES, (1, 9)))
        self.texture = nn.Sequential(
            convolution(TEXTURE_BANDS * TEXTURE_COLUMNS, 16, (3, 3)),
            convolution(16, 32, (3, 3), stride=2),
            convolution(32, 48, (3, 3), stride=2),
            convolution(48, TEXTURES, (3, 3), stride=2),
        )
        count = 3 * (INTERVALS + CHORDS + PULSES + TEXTURES) + 4 * PITCHES
        self.mix = nn.Sequential(
            nn.BatchNorm1d(count),
            nn.Dropout(drop),
            nn.Linear(count, FEATURES, bias=False),
            nn.BatchNorm1d(FEATURES),
            nn.ReLU(inplace=True),
            nn.Dropout(drop),
        )
        self.linear = nn.Linear(FEATURES, EMBEDDING_SIZE)
        self.presence = nn.Linear(FEATURES, 1).requires_grad_(False)
        nn.init.zeros_(self.presence.weight)
        nn.init.constant_(self.presence.bias, SURE)
        self.rest: Tensor
        self.register_buffer("rest", torch.zeros(EMBEDDING_SIZE))
        self.centre()

    @torch.no_grad()
    def centre(self) -> None:
        """Take its mean from each filter that sees the spectrum first, so that loudness alone changes nothing."""
        weight = self.texture[0][0].weight  # type: ignore[index]
        weight -= weight.mean((1, 2, 3), keepdim=True)

    def train(self, mode: bool = True) -> StyleEncoder:
        """As nn.Module's, but the notes stay in eval mode."""
        super().train(mode)
        self.notes.eval()
        return self

    def learning(self) -> list[nn.Module]:
        """The parts that are trained before the features are read."""
        return [self.first, self.intervals, self.fold, self.chords, self.pulse, self.texture, self.mix]

    def features(self, mel: Tensor) -> Tensor:
        """[N, 3, 128, 256] to [N, FEATURES]."""
        columns = mel.transpose(1, 2).flatten(2)  # [N, 128, 768]
        with torch.no_grad():
            notes = self.notes(columns).sigmoid()
        return self.mix(torch.cat((*self._harmony(notes), _statistics(self._pulse(notes)), self._texture(columns)), 1))

    def _harmony(self, notes: Tensor) -> list[Tensor]:
        """Statistics of intervals and chords, and how much each pitch is heard; notes [N, 2, PITCHES, T]."""
        x = F.avg_pool2d(self.first(notes), (1, NOTE_STEPS))
        octaves = x.unflatten(2, (-1, OCTAVE))  # [N, NOTE_WIDTH, 6, 12, T / 3]
        chroma = self.fold(torch.cat((octaves.mean(2), octaves.amax(2)), 1))
        register = [notes.mean(3).flatten(1), notes.amax(3).flatten(1)]
        return [_statistics(self.intervals(x)), _statistics(self.chords(chroma)), *register]

    def _pulse(self, notes: Tensor) -> Tensor:
        """[N, PULSES, 1, T] of how much sounds and begins in each octave."""
        octaves = notes.unflatten(2, (-1, OCTAVE))  # [N, 2, 6, 12, T]
        return self.pulse(torch.cat((octaves.mean(3), octaves.amax(3)), 1).flatten(1, 2)[:, :, None])

    def _texture(self, columns: Tensor) -> Tensor:
        """Statistics of the spectrum's patterns, [N, 3 * TEXTURES]; columns [N, 128, 768]."""
        n, bands, frames = columns.shape
        cut = columns.reshape(n, bands // TEXTURE_BANDS, TEXTURE_BANDS, frames // TEXTURE_COLUMNS, TEXTURE_COLUMNS)
        return _statistics(self.texture(cut.permute(0, 2, 4, 1, 3).flatten(1, 2)))

    def forward(self, mel: Tensor) -> Tensor:
        """Embed windows.

        Args:
            mel: [N, 3, 128, 256], from mvnet.frontend.encoder_input.
        Returns:
            [N, 10].
        """
        return self.answer(self.features(mel))

    def answer(self, features: Tensor) -> Tensor:
        """Embeddings [N, 10] of features [N, FEATURES]: without music they lie at rest, whatever else was read."""
        music = torch.sigmoid(self.presence(features))
        return self.rest + music * (self.linear(features) - self.rest)


def _statistics(x: Tensor) -> Tensor:
    """Mean, spread and maximum of each channel over the window: [N, C, H, W] to [N, 3 C]."""
    places = x.flatten(2)
    mean = places.mean(2, keepdim=True)
    # Not the mean of squares less the mean's: what is left of that in float32 differs between engines.
    variance = (places - mean).square().mean(2).clamp_min(LEAST_VARIANCE)
    return torch.cat((mean[:, :, 0], variance.sqrt(), places.amax(2)), 1)
