"""The engine that runs a training: one process on a CPU or GPU, or several, by Lightning Fabric.

Chooses device and precision, and holds the few collective steps that the trainings need. Runs in the
training process (each of them, when there are several).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy
from torch import Tensor, nn

from mvnet.configs import RunConfig
from mvnet.errors import MvnetError


def start_engine(config: RunConfig) -> Fabric:
    """A launched Fabric; with several devices this starts the other processes with the same command line.

    Raises:
        MvnetError: CUDA, or so many GPUs, are not there.
    """
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    accelerator = choose_device(config.device, config.devices)
    if config.threads:
        torch.set_num_threads(config.threads)
    if accelerator == "cuda":
        torch.set_float32_matmul_precision("high")  # TF32
        torch.backends.cudnn.benchmark = True
    several = config.world_size > 1 or config.strategy == "ddp"
    # Buffers are batch-norm statistics: sending them at each forward would overwrite what the backward
    # of an earlier forward still needs (the discriminator runs twice a step). See average_buffers.
    strategy = DDPStrategy(broadcast_buffers=False) if several else "auto"
    fabric = Fabric(
        accelerator=accelerator,
        devices=config.devices,
        num_nodes=config.nodes,
        strategy=strategy,
        precision=choose_precision(config.precision, accelerator),
    )
    fabric.launch()
    return fabric


def choose_device(device: str, devices: int) -> str:
    """ "cpu" or "cuda" for the flag's value.

    Raises:
        MvnetError: CUDA was asked for and is not there, or has fewer GPUs than devices.
    """
    if device == "cpu" or (device == "auto" and not torch.cuda.is_available()):
        return "cpu"
    if not torch.cuda.is_available():
        raise MvnetError("--device cuda: torch finds no CUDA device here: use --device cpu, or install the driver")
    if devices > torch.cuda.device_count():
        count = torch.cuda.device_count()
        raise MvnetError(f"--devices is {devices}, but this host has {count} GPU(s): give {count} or fewer")
    return "cuda"


def choose_precision(precision: str, accelerator: str) -> Literal["32-true", "bf16-mixed"]:
    """Fabric's name of the precision; "auto" takes bf16 only where the hardware computes in it."""
    if precision == "auto":
        fast = torch.cuda.is_bf16_supported() if accelerator == "cuda" else cpu_has_bf16()
        precision = "bf16" if fast else "32"
    return "bf16-mixed" if precision == "bf16" else "32-true"


def cpu_has_bf16() -> bool:
    """Whether this CPU multiplies bf16 natively; where it does not, autocast to bf16 is many times slower."""
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, lambda: False)() for name in checks)


def seed_step(seed: int, step: int, rank: int) -> None:
    """Set torch's random numbers for one step.

    They depend on nothing but these three numbers, so a resumed run draws what an uninterrupted one
    would have drawn, with no generator state to keep.
    """
    torch.manual_seed(int(np.random.SeedSequence([seed, step, rank]).generate_state(1, np.uint64)[0] >> 1))


def shard(indices: np.ndarray, batch: int, step: int, rank: int, world_size: int) -> np.ndarray:
    """This process's rows of a step: the order is cut into steps of batch * world_size, dealt out in turn.

    The last step of an epoch wraps to the epoch's start, so that every process has a full batch.
    """
    total = batch * world_size
    rows = np.arange(step * total + rank, (step + 1) * total, world_size)
    return indices[rows % len(indices)]


def agree(fabric: Fabric, *wishes: bool) -> list[bool]:
    """For each wish, in every process: whether any process has it. One message for all of them."""
    if fabric.world_size == 1:
        return list(wishes)
    votes = _sum(fabric, torch.tensor(wishes, dtype=torch.float32, device=fabric.device))
    return [bool(vote > 0) for vote in votes.tolist()]


def _sum(fabric: Fabric, tensor: Tensor) -> Tensor:
    """Of all processes' tensors; the argument stays as it is."""
    return cast(Tensor, fabric.all_reduce(tensor.clone(), reduce_op="sum"))


def average_buffers(fabric: Fabric, module: nn.Module) -> None:
    """Make batch-norm statistics the mean of those of all processes."""
    if fabric.world_size == 1:
        return
    for buffer in module.buffers():
        if buffer.is_floating_point():
            buffer.copy_(_sum(fabric, buffer) / fabric.world_size)


def to_layout(module: nn.Module, fabric: Fabric) -> nn.Module:
    """The module on its device with channels last, the layout in which convolutions are fastest."""
    return module.to(device=fabric.device, memory_format=torch.channels_last)  # type: ignore[call-overload]


class Rows:
    """Rows of an array as tensors on the device; the whole array lies there when it is small enough.

    Attributes:
        count: how many rows there are.
    """

    DEVICE_BYTES = 8 << 30

    def __init__(self, array: np.ndarray, fabric: Fabric, prepare: Callable[[Tensor], Tensor] = Tensor.float) -> None:
        self.count = len(array)
        self._array = array
        self._device = fabric.device
        self._prepare = prepare
        self._held: Tensor | None = None
        if fabric.device.type == "cuda" and array.nbytes <= self.DEVICE_BYTES:
            self._held = torch.from_numpy(np.array(array)).to(fabric.device)

    def take(self, indices: np.ndarray) -> Tensor:
        """Rows [n, ...] by index, prepared (by default: as float32)."""
        if self._held is not None:
            return self._prepare(self._held[torch.from_numpy(indices).to(self._device)])
        return self._prepare(torch.from_numpy(self._array[indices]).to(self._device))
