"""What is asked of NVIDIA's library: a stand-in for it, as the machine that tests has no card."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from visualizer.painting.card_memory import open_card


class NVMLError(Exception):
    """As the library's."""


class FakeNvml:
    """Two cards of 8 and 24 GiB; breaks on demand."""

    NVMLError = NVMLError

    def __init__(self) -> None:
        self.broken = ""

    def nvmlInit(self) -> None:
        self._call("init")

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        self._call("handle")
        return index

    def nvmlDeviceGetHandleByUUID(self, name: str) -> int:
        self._call("handle")
        return {"GPU-one": 1}[name]

    def nvmlDeviceGetMemoryInfo(self, card: int) -> SimpleNamespace:
        self._call("memory")
        return SimpleNamespace(used=(1 + card) * 2**30, total=(8, 24)[card] * 2**30)

    def _call(self, name: str) -> None:
        if name == self.broken:
            raise NVMLError(name)


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> FakeNvml:
    fake = FakeNvml()
    monkeypatch.setitem(sys.modules, "pynvml", fake)  # type: ignore[arg-type]
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return fake


@pytest.mark.parametrize(("visible", "gib"), [("", (1, 8)), ("1,0", (2, 24)), ("GPU-one", (2, 24)), ("0", (1, 8))])
def test_the_card_that_cuda_uses_is_asked(
    nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch, visible: str, gib: tuple[int, int]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert open_card()() == (gib[0] * 2**30, gib[1] * 2**30)


@pytest.mark.parametrize("broken", ["init", "handle"])
def test_a_driver_that_does_not_answer_is_unknown(nvml: FakeNvml, broken: str) -> None:
    nvml.broken = broken
    assert open_card()() is None


def test_a_card_that_goes_is_unknown_from_then_on(nvml: FakeNvml) -> None:
    ask = open_card()
    assert ask() is not None
    nvml.broken = "memory"
    assert ask() is None


def test_without_the_library_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert open_card()() is None
