"""Listing inputs anew: from the sound server, by restarting PortAudio, or in a process of its own."""

from __future__ import annotations

import multiprocessing

import pytest

from visualizer.sound import device_scan
from visualizer.sound.device_scan import present_inputs, scan_inputs
from visualizer.sound.devices import Device

PLAIN = Device("Desk", 0, "Core Audio", 1, 48_000.0, "microphone", True)
SERVED = Device("Desk", 0, "PulseAudio", 1, 48_000.0, "microphone", True, "desk")
NEW = Device("Stage", 1, "Core Audio", 2, 48_000.0, "microphone", False)


class System:
    """PortAudio's list, stale until PortAudio is restarted."""

    def __init__(self, stale: list[Device], fresh: list[Device], playing: bool) -> None:
        self.listed, self.fresh, self.playing = stale, fresh, playing
        self.refreshed = self.scanned = 0
        self.scan_works = True

    def refresh(self) -> bool:
        self.refreshed += 1
        if not self.playing:
            self.listed = self.fresh
        return not self.playing

    def scan(self) -> list[Device] | None:
        self.scanned += 1
        return self.fresh if self.scan_works else None

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(device_scan, "input_devices", lambda: self.listed)
        monkeypatch.setattr(device_scan, "refresh_devices", self.refresh)
        monkeypatch.setattr(device_scan, "scan_inputs", self.scan)


def test_the_sound_server_is_always_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System([SERVED], [SERVED], playing=True)
    system.install(monkeypatch)
    assert present_inputs() == [SERVED]
    assert (system.refreshed, system.scanned) == (0, 0)


def test_portaudio_is_restarted_when_nothing_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System([PLAIN], [PLAIN, NEW], playing=False)
    system.install(monkeypatch)
    assert present_inputs() == [PLAIN, NEW]
    assert (system.refreshed, system.scanned) == (1, 0)


def test_what_plays_is_not_stopped_for_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System([PLAIN], [PLAIN, NEW], playing=True)
    system.install(monkeypatch)
    assert present_inputs() == [PLAIN, NEW]
    assert system.scanned == 1
    system.scan_works = False
    assert present_inputs() == [PLAIN]


def test_a_real_process_lists_and_ends() -> None:
    found = scan_inputs()
    assert found is not None
    assert all(isinstance(device, Device) for device in found)
    assert not [child for child in multiprocessing.active_children() if child.name == "device scan"]
