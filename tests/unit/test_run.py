"""Run folder and main loop: a small regression stands for the networks, the signals and files are real."""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from mvnet.configs import EncoderConfig, RunConfig
from mvnet.engine import start_engine
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.run import Interruption, RunFolder, run_training

CONFIG = EncoderConfig(epochs=3)


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return start_engine(RunConfig(device="cpu", precision="32"))


class Regression:
    """Ten weights drawn to random targets: every step depends on its random numbers."""

    def __init__(self) -> None:
        self.seed, self.steps_per_epoch, self.epochs = 3, 4, 3
        self.network = nn.Linear(10, 1)
        torch.nn.init.zeros_(self.network.weight)
        torch.nn.init.zeros_(self.network.bias)
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=0.1)
        self.taken: list[int] = []
        self.ended: list[int] = []

    def step(self, number: int) -> dict[str, Tensor]:
        self.taken.append(number)
        loss = (self.network(torch.randn(8, 10)) - torch.randn(8, 1)).square().mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return {"loss": loss.detach()}

    def state(self) -> dict[str, Any]:
        return {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])

    def end_epoch(self, epoch: int) -> dict[str, Any]:
        self.ended.append(epoch)
        return {"weight": self.network.weight.detach().abs().sum().item()}


def folder_at(path: Path, config: EncoderConfig = CONFIG, *, resume: bool = True) -> RunFolder:
    folder = RunFolder(path, "encoder", config, MelSpec(), resume=resume)
    folder.create()
    return folder


def run(path: Path, fabric: Fabric, clock: Callable[[], float] = lambda: 0.0, **options: Any) -> tuple[str, Regression]:
    training = Regression()
    settings = RunConfig(device="cpu", log_every=2, **options)
    return run_training(training, folder_at(path), fabric, settings, clock=clock, quiet=True), training


class SignallingClock:
    """A clock that stands still and sends this process a signal at its n-th reading."""

    def __init__(self, reading: int, number: int = signal.SIGINT) -> None:
        self.left = reading
        self.number = number

    def __call__(self) -> float:
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(self.number)
        return 0.0


@pytest.mark.parametrize("reading", [3, 7, 10, 13])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_and_resumed_equals_uninterrupted(
    tmp_path: Path, fabric: Fabric, reading: int, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    _, whole = run(tmp_path / "whole", fabric)
    ended, first = run(tmp_path / "parts", fabric, SignallingClock(reading, number))
    assert ended == "interrupted"
    assert signal.getsignal(number) is before
    ended, second = run(tmp_path / "parts", fabric)
    assert ended == "finished"
    assert first.taken + second.taken == list(range(12))
    assert torch.equal(whole.network.weight, second.network.weight)
    assert torch.equal(whole.network.bias, second.network.bias)


def test_time_limit_stops_and_resumes(tmp_path: Path, fabric: Fabric) -> None:
    readings = iter(range(0, 6000, 20))  # seconds: each reading 20 s later
    ended, first = run(tmp_path, fabric, lambda: float(next(readings)), minutes=2)
    assert ended == "time"
    assert 0 < len(first.taken) < 12
    ended, second = run(tmp_path, fabric)
    assert ended == "finished"
    assert second.taken[0] == len(first.taken)


def test_a_killed_run_goes_on_from_its_last_timed_checkpoint(tmp_path: Path, fabric: Fabric) -> None:
    class Killed(Regression):
        def step(self, number: int) -> dict[str, Tensor]:
            if number == 7:
                raise SystemExit
            return super().step(number)

    readings = iter(range(0, 6000, 20))
    settings = RunConfig(device="cpu", checkpoint_minutes=1, log_every=1)
    with pytest.raises(SystemExit):
        run_training(Killed(), folder_at(tmp_path), fabric, settings, clock=lambda: float(next(readings)), quiet=True)
    _, second = run(tmp_path, fabric)
    _, whole = run(tmp_path.with_name("whole"), fabric)
    assert 0 < second.taken[0] <= 7
    assert torch.equal(whole.network.weight, second.network.weight)
    steps = [record["step"] for record in folder_at(tmp_path).records() if "loss" in record]
    assert steps == sorted(set(steps))  # lines of steps that were taken twice are there once


def test_log_holds_mean_losses_and_each_epochs_figures(tmp_path: Path, fabric: Fabric) -> None:
    run(tmp_path, fabric)
    records = folder_at(tmp_path).records()
    assert [record["step"] for record in records if "loss" in record] == [2, 4, 6, 8, 10, 12]
    assert [record["epoch"] for record in records if "figures" in record] == [1, 2, 3]
    assert all(math.isfinite(record["loss"]) for record in records if "loss" in record)


def test_a_finished_run_takes_no_more_steps(tmp_path: Path, fabric: Fabric) -> None:
    run(tmp_path, fabric)
    ended, again = run(tmp_path, fabric)
    assert ended == "finished"
    assert again.taken == []


def test_loss_that_is_no_number_is_reported(tmp_path: Path, fabric: Fabric) -> None:
    class Diverging(Regression):
        def step(self, number: int) -> dict[str, Tensor]:
            return {"loss": torch.tensor(torch.nan)}

    with pytest.raises(MvnetError, match="loss is nan near step 2: lower the learning rate"):
        run_training(Diverging(), folder_at(tmp_path), fabric, RunConfig(log_every=2), clock=lambda: 0.0, quiet=True)


def test_damaged_newest_checkpoint_falls_back_to_the_previous(
    tmp_path: Path, fabric: Fabric, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_at(tmp_path)
    folder.save_state({"step": 1})
    folder.save_state({"step": 2})
    assert folder.load_state() == {"step": 2}
    whole = (tmp_path / "state.pt").read_bytes()
    (tmp_path / "state.pt").write_bytes(whole[: len(whole) // 2])
    assert folder.load_state() == {"step": 1}
    assert "state.pt" in capsys.readouterr().err
    (tmp_path / "state.previous.pt").write_bytes(b"nothing")
    with pytest.raises(MvnetError, match="--no-resume"):
        folder.load_state()


def test_a_crash_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    folder = folder_at(tmp_path)
    folder.save_state({"step": 1})
    (tmp_path / "state.pt").rename(tmp_path / "state.previous.pt")
    assert folder.load_state() == {"step": 1}


def test_folder_refuses_another_configuration_but_more_epochs(tmp_path: Path) -> None:
    folder_at(tmp_path).save_state({"step": 1})
    folder_at(tmp_path, EncoderConfig(epochs=9))
    with pytest.raises(MvnetError, match=r"begun with margin 3\.0, not 2\.0"):
        folder_at(tmp_path, EncoderConfig(epochs=3, margin=2.0))
    fresh = folder_at(tmp_path, EncoderConfig(epochs=3, margin=2.0), resume=False)
    assert fresh.load_state() is None
    assert not (tmp_path / "state.pt").exists()


def test_folder_refuses_another_spec_and_kind(tmp_path: Path) -> None:
    folder_at(tmp_path).save_state({"step": 1})
    with pytest.raises(MvnetError, match="begun with spec"):
        RunFolder(tmp_path, "encoder", CONFIG, MelSpec(scale="power"), resume=True)
    with pytest.raises(MvnetError, match="begun with kind encoder, not gan"):
        RunFolder(tmp_path, "gan", CONFIG, MelSpec(), resume=True)


def test_config_file_says_what_is_learnt(tmp_path: Path) -> None:
    folder_at(tmp_path)
    content = json.loads((tmp_path / "config.json").read_text("utf-8"))
    assert content["config"]["margin"] == 3.0
    assert content["spec"] == MelSpec().as_dict()
    assert content["seed"] == 0
    assert content["commit"]


def test_run_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MvnetError, match="choose another --run"):
        folder_at(tmp_path / "file" / "run")


def test_a_half_written_log_line_is_passed_over(tmp_path: Path) -> None:
    folder = folder_at(tmp_path)
    folder.log({"step": 1, "loss": 2.0})
    with (tmp_path / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": 2, "lo')
    assert folder.records() == [{"step": 1, "loss": 2.0}]


def test_second_signal_acts_as_always() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with it ignored
    try:
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGINT)
            assert interruption.asked
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
