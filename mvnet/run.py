"""A training's run folder and its main loop: configuration, log, checkpoints, exact resume, clean stop.

    config.json            what is learnt (EncoderConfig or GanConfig), the MelSpec, seed, commit, versions
    log.jsonl              one line every few steps: step, epoch, seconds, mean losses; and each epoch's figures
    state.pt               newest checkpoint: weights, optimisers, position (state.previous.pt: the one before)
    encoder.pt, generator.pt   the finished network, see mvnet.checkpoints
    metrics.json           its figures
    *.png                  loss curves and sample sheets

Every random number depends on the seed, the step and the process only (mvnet.engine.seed_step,
mvnet.sampling), so the position is one number and a resumed run equals an uninterrupted one bit for bit
on a CPU. Runs in the training process; only process 0 writes.
"""

from __future__ import annotations

import json
import math
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Protocol

import torch
from lightning_fabric import Fabric
from torch import Tensor
from tqdm import tqdm

from mvnet.checkpoints import read_checked, write_atomic
from mvnet.configs import EncoderConfig, GanConfig, NotesConfig, RunConfig, difference
from mvnet.engine import agree, seed_step
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec

FORMAT = 1
INTERRUPTED = 130  # exit code, as shells have it for SIGINT


def commit() -> str:
    """The git commit of the code that runs, with "+" when it has been changed; "unknown" outside a checkout."""
    git = ["git", "-C", str(Path(__file__).parent)]
    try:
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=True)
        state = subprocess.run(
            [*git, "status", "--porcelain", "--untracked-files=no", "--", "."],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return head.stdout.strip() + ("+" if state.stdout.strip() else "")


class RunFolder:
    """The files of one training.

    Attributes:
        path: the folder.
        kind: "encoder", "notes" or "gan".
        commit: of the code that runs now.
    """

    def __init__(
        self, path: Path, kind: str, config: EncoderConfig | NotesConfig | GanConfig, spec: MelSpec, *, resume: bool
    ) -> None:
        """Open or create it; call in process 0 before the others.

        Raises:
            MvnetError: it cannot be written, or holds a run of another kind, configuration or spec.
        """
        self.path = path
        self.kind = kind
        self.commit = commit()
        self._resume = resume
        self._config = config
        self._spec = spec
        self._check_old()

    def create(self) -> None:
        """Write config.json; process 0 only."""
        content = {
            "format": FORMAT,
            "kind": self.kind,
            "config": asdict(self._config),
            "spec": self._spec.as_dict(),
            "seed": self._config.seed,
            "commit": self.commit,
            "versions": {"python": platform.python_version(), "torch": torch.__version__},
        }
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not self._resume:
                for name in ("log.jsonl", "state.pt", "state.previous.pt"):
                    (self.path / name).unlink(missing_ok=True)
            self.write_json("config.json", content)
        except OSError as error:
            raise MvnetError(
                f"cannot write to the run folder {self.path} ({error.strerror}): choose another --run"
            ) from (error)

    def _check_old(self) -> None:
        file = self.path / "config.json"
        if not self._resume or not file.exists() or not self._states():
            return
        try:
            old = json.loads(file.read_text("utf-8"))
            kind, config, spec = old["kind"], old["config"], old["spec"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MvnetError(f"{file} is not readable ({error}): choose another --run or give --no-resume") from error
        change = difference(config, self._config) if kind == self.kind else f"kind {kind}, not {self.kind}"
        if change is None and spec != self._spec.as_dict():
            change = f"spec {spec}, not {self._spec.as_dict()}"
        if change:
            raise MvnetError(
                f"the run in {self.path} was begun with {change}: give the same options, another --run, "
                "or --no-resume to begin anew"
            )

    def _states(self) -> list[Path]:
        return [path for name in ("state.pt", "state.previous.pt") if (path := self.path / name).exists()]

    def load_state(self) -> dict[str, Any] | None:
        """The newest checkpoint that can be read, or None at a new start.

        Raises:
            MvnetError: there are checkpoints, but none can be read.
        """
        if not self._resume:
            return None
        failure: MvnetError | None = None
        for path in self._states():
            try:
                return read_checked(path)
            except MvnetError as error:
                failure = error
                print(f"mvnet: {error}", file=sys.stderr)
        if failure:
            raise MvnetError(f"no checkpoint in {self.path} can be read: give --no-resume to begin anew")
        return None

    def save_state(self, state: dict[str, Any]) -> None:
        """Write a checkpoint and keep the one before; at no moment are both missing or half written."""
        new, newest = self.path / "state.new.pt", self.path / "state.pt"
        write_atomic(new, state)
        if newest.exists():
            os.replace(newest, self.path / "state.previous.pt")
        os.replace(new, newest)

    def log(self, record: Mapping[str, Any]) -> None:
        """Append one line to log.jsonl."""
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(dict(record)) + "\n")

    def records(self) -> list[dict[str, Any]]:
        """All lines of log.jsonl that are whole."""
        file = self.path / "log.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        found = []
        for line in lines:
            try:
                found.append(json.loads(line))
            except ValueError:
                continue  # cut off when the power failed
        return found

    def forget_after(self, step: int) -> None:
        """Drop log lines of steps that will be taken again."""
        kept = [record for record in self.records() if record.get("step", 0) <= step]
        text = "".join(json.dumps(record) + "\n" for record in kept)
        part = self.path / "log.jsonl.part"
        part.write_text(text, "utf-8")
        os.replace(part, self.path / "log.jsonl")

    def write_json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a JSON file as a whole."""
        part = self.path / (name + ".part")
        part.write_text(json.dumps(dict(content), indent=1) + "\n", "utf-8")
        os.replace(part, self.path / name)


class Interruption:
    """SIGINT and SIGTERM as a wish: the loop ends after its step. A second signal acts as always.

    Attributes:
        asked: whether a signal came.
    """

    def __init__(self) -> None:
        self.asked = False
        self._old: dict[int, Any] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():  # Python allows handlers nowhere else
            for number in (signal.SIGINT, signal.SIGTERM):
                self._old[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._restore()

    def _restore(self) -> None:
        for number, old in self._old.items():
            signal.signal(number, old)
        self._old = {}


class Training(Protocol):
    """What run_training needs of a training."""

    seed: int
    steps_per_epoch: int
    epochs: int

    def step(self, number: int) -> dict[str, Tensor]:
        """Take optimisation step `number`; returns detached losses by name."""

    def state(self) -> dict[str, Any]:
        """Everything but the position; called in every process, after the last step's end."""

    def load(self, state: dict[str, Any]) -> None:
        """Take up a state."""

    def end_epoch(self, epoch: int) -> dict[str, Any]:
        """Called after each epoch (from 1) in every process; returns figures for the log."""


class _Means:
    """Running means of losses that stay on the device until they are asked for."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self.count = 0

    def add(self, losses: Mapping[str, Tensor]) -> None:
        for name, value in losses.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value.clone()
        self.count += 1

    def take(self) -> dict[str, float]:
        means = {name: value.item() / self.count for name, value in self._sums.items()}
        self._sums, self.count = {}, 0
        return means


class _Loop:
    """One call of run_training: what it keeps between steps."""

    def __init__(
        self, training: Training, folder: RunFolder, fabric: Fabric, config: RunConfig, clock: Callable[[], float]
    ) -> None:
        self.training, self.folder, self.fabric, self.config, self.clock = training, folder, fabric, config, clock
        self.writes = fabric.global_rank == 0
        self.begin = self.saved = clock()
        self.spent = 0.0
        self.means = _Means()
        self.total = training.epochs * training.steps_per_epoch

    def open(self) -> int:
        """Take up the folder's checkpoint; returns the first step to take."""
        state = self.folder.load_state()
        first = 0
        if state is not None:
            self.training.load(state["training"])
            first, self.spent = int(state["step"]), float(state["seconds"])
        if self.writes:
            self.folder.forget_after(first)
        return first

    def save(self, step: int) -> None:
        self.saved = self.clock()
        content = {
            "format": FORMAT,
            "step": step,
            "seconds": self.spent + self.saved - self.begin,
            "world_size": self.fabric.world_size,
            "training": self.training.state(),
        }
        if self.writes:
            self.folder.save_state(content)

    def log(self, step: int) -> dict[str, float]:
        """Write the means since the last line; returns them."""
        if self.means.count == 0:
            return {}
        losses = self.means.take()
        for name, value in losses.items():
            if not math.isfinite(value):
                raise MvnetError(f"the {name} is {value} near step {step}: lower the learning rate")
        if self.writes:
            epoch = (step - 1) // self.training.steps_per_epoch + 1
            seconds = round(self.spent + self.clock() - self.begin, 3)
            self.folder.log({"step": step, "epoch": epoch, "seconds": seconds, **losses})
        return losses

    def end_epoch(self, step: int) -> None:
        epoch = step // self.training.steps_per_epoch
        figures = self.training.end_epoch(epoch)
        if self.writes and figures:
            self.folder.log({"step": step, "epoch": epoch, "figures": figures})

    def after(self, step: int, interrupted: bool) -> str:
        """Log, checkpoint and stop when it is time: returns how the run ends here, "" when it goes on."""
        now = self.clock()
        late = self.config.minutes > 0 and now - self.begin >= self.config.minutes * 60
        due = now - self.saved >= self.config.checkpoint_minutes * 60
        if step == self.total:
            self.save(step)
            return "finished"
        interrupted, late, due = agree(self.fabric, interrupted, late, due)
        if interrupted or late or due:
            self.log(step)
            self.save(step)
        return "interrupted" if interrupted else "time" if late else ""


def run_training(
    training: Training,
    folder: RunFolder,
    fabric: Fabric,
    config: RunConfig,
    *,
    clock: Callable[[], float] = time.monotonic,
    quiet: bool = False,
) -> str:
    """Take every step from the folder's checkpoint to the end; returns how it ended.

    Returns:
        "finished"; "time" when config.minutes were over; "interrupted" after SIGINT or SIGTERM. In each
        case the step was finished and the checkpoint written.
    Raises:
        MvnetError: a loss is not a number any more, or the checkpoint does not fit.
    """
    loop = _Loop(training, folder, fabric, config, clock)
    first = loop.open()
    with (
        Interruption() as interruption,
        tqdm(total=loop.total, initial=first, disable=quiet or not loop.writes, unit="step", smoothing=0.05) as bar,
    ):
        for step in range(first, loop.total):
            seed_step(training.seed, step, fabric.global_rank)
            loop.means.add(training.step(step))
            bar.update()
            done = step + 1
            ends_epoch = done % training.steps_per_epoch == 0
            if ends_epoch or done % config.log_every == 0:
                bar.set_postfix({name: f"{value:.3f}" for name, value in loop.log(done).items()})
            if ends_epoch:
                loop.end_epoch(done)
            if ended := loop.after(done, interruption.asked):
                return ended
    return "finished"
