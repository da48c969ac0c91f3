"""Untrained networks that behave like trained ones where export can go wrong: real statistics, open gates."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import torch

from mvnet.checkpoints import FORMAT, write_atomic
from mvnet.encoder import AudioEncoder, PeriodHead
from mvnet.frontend import MelSpec, window_input
from mvnet.gan import Generator, init_xavier
from mvnet.note_network import NoteNetwork
from mvnet.style_encoder import StyleEncoder


def sound(seconds: float, seed: int = 0, rate: int = 22_050) -> np.ndarray:
    """Chords that change every half second over faint noise, float32 mono."""
    random = np.random.default_rng(seed)
    time = np.arange(int(0.5 * rate)) / rate
    chords = []
    for _ in range(int(np.ceil(seconds / 0.5))):
        pitches = 110 * 2 ** (random.integers(0, 36, size=4) / 12)
        chords.append(sum(np.sin(2 * np.pi * pitch * time) for pitch in pitches) * np.exp(-2 * time))
    music = 0.15 * np.concatenate(chords)[: int(seconds * rate)]
    return (music + 0.001 * random.standard_normal(len(music))).astype(np.float32)


def windows(count: int, spec: MelSpec | None = None) -> np.ndarray:
    """Encoder inputs of different sounds, float32 [count, 3, 128, 256]."""
    spec = spec or MelSpec()
    return np.stack([window_input(sound(9, seed, spec.sample_rate), spec) for seed in range(count)])


@cache
def random_encoder(seed: int = 0) -> tuple[AudioEncoder, PeriodHead]:
    """An encoder whose batch norms have seen sound and have unequal gains, and a head; shared, so not to be changed."""
    torch.manual_seed(seed)
    encoder, head = AudioEncoder(), PeriodHead()
    encoder.apply(init_xavier)
    for module in encoder.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.weight, 1.0, 0.2)
            torch.nn.init.normal_(module.bias, 0.0, 0.2)
            module.momentum = None  # the plain mean of what it sees
    with torch.no_grad():
        encoder(torch.from_numpy(windows(4)))
    return encoder.eval(), head.eval()


@cache
def random_style_encoder(seed: int = 0) -> tuple[StyleEncoder, PeriodHead]:
    """The same of the encoder that reads notes."""
    torch.manual_seed(seed)
    notes = NoteNetwork()
    encoder, head = StyleEncoder(notes), PeriodHead()
    for module in encoder.modules():
        if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.weight, 1.0, 0.2)
            torch.nn.init.normal_(module.bias, 0.0, 0.2)
            module.momentum = None
    mel = torch.from_numpy(windows(4))
    with torch.no_grad():
        notes.train()(mel.transpose(1, 2).flatten(2))
        encoder.train()(mel)
        torch.nn.init.normal_(encoder.presence.weight, 0.0, 0.1)  # half open
        encoder.presence.bias.zero_()
        torch.nn.init.normal_(encoder.rest)
    return encoder.eval(), head.eval()


@cache
def random_generator(seed: int = 0) -> Generator:
    """A generator whose attentions are switched on; shared, so not to be changed."""
    torch.manual_seed(seed)
    generator = Generator()
    generator.apply(init_xavier)
    with torch.no_grad():
        for attention, gamma in ((generator.attention3, 0.4), (generator.attention4, -0.6)):
            attention.gamma.fill_(gamma)
    return generator.eval()


def write_checkpoints(folder: Path, encoder: AudioEncoder, head: PeriodHead, generator: Generator) -> tuple[Path, Path]:
    """Checkpoint files of the networks, as the trainings write them: (encoder's, generator's)."""
    shared = {
        "format": FORMAT,
        "spec": MelSpec().as_dict(),
        "figures": {"accuracy": 0.5},
        "config": {"epochs": 1, "data": str(folder.resolve() / "paintings")},
        "commit": "0" * 40,
    }
    prototypes = torch.eye(5, 10).tolist()
    content = {"kind": "encoder", "weights": encoder.state_dict(), "head": head.state_dict(), "prototypes": prototypes}
    write_atomic(folder / "encoder.pt", shared | content)
    write_atomic(folder / "generator.pt", shared | {"kind": "gan", "weights": generator.state_dict()})
    return folder / "encoder.pt", folder / "generator.pt"


def write_sound(path: Path, seconds: float, seed: int = 0) -> Path:
    """A sound file of chords at 22,050 Hz."""
    soundfile.write(path, sound(seconds, seed), 22_050)
    return path
