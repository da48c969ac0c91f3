"""Inputs that come and go, on virtual time: a notice, another input within 3 s, the chosen one again within 5 s."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.errors import VisualizerError
from visualizer.show.events import Event, Failed, InputsFound, Said
from visualizer.show.live_input import LiveInput
from visualizer.show.parts import Parts
from visualizer.sound.devices import Device

POLL_S = 0.2  # the session's
DESK = Device("Desk", 0, "PulseAudio", 1, 48_000.0, "microphone", False, "desk")
STAGE = Device("Stage", 0, "PulseAudio", 2, 48_000.0, "line", False, "stage")
HEARD = Device("Monitor", 0, "PulseAudio", 2, 48_000.0, "monitor", True, "out.monitor")


@dataclass
class FakeInput:
    device: Device
    notice: str = ""
    gone: bool = False
    closed: bool = False

    def lost(self) -> bool:
        return self.gone

    def close(self) -> None:
        assert not self.closed
        self.closed = True


@dataclass
class World:
    """Devices to plug and pull, on a clock of its own."""

    devices: list[Device] = field(default_factory=lambda: [HEARD, DESK, STAGE])
    broken: set[str] = field(default_factory=set)  # listed, but cannot be opened
    no_sound: bool = False
    now: float = 0.0
    look_s: float = 0.0  # that listing takes
    notice: str = ""  # of what is opened
    opened: list[FakeInput] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        refuse: dict[str, object] = {"player": None, "model": None, "paint": None}
        parts = Parts(inputs=self._list, listen=self._open, **refuse)  # type: ignore[arg-type]
        self.live = LiveInput(parts, self.events.append, self._hear, lambda: self.now)

    def _list(self) -> list[Device]:
        self.now += self.look_s
        if self.no_sound:
            raise VisualizerError("No PortAudio: install it.")
        return list(self.devices)

    def _open(self, device: Device) -> FakeInput:
        if device.name in self.broken:
            raise VisualizerError(f"{device.name} cannot be opened: choose another.")
        self.opened.append(FakeInput(device, self.notice))
        return self.opened[-1]

    def _hear(self) -> None:
        self.heard.append(self.live.title)

    def listen(self, name: str) -> None:
        device = self.live.choose(name)
        if device is None:
            self.live.wait_for(name)
        else:
            self.live.listen(device, by_name=bool(name))

    def pull(self, device: Device) -> None:
        """Unplug: the stream ends, and the list is shorter."""
        self.devices.remove(device)
        for part in self.opened:
            part.gone = part.gone or part.device.name == device.name

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += POLL_S
            self.live.tend()

    def until(self, title: str, limit_s: float) -> None:
        began = self.now
        while self.live.title != title:
            assert self.now - began < limit_s, f"{self.live.title!r} after {limit_s} s, not {title!r}"
            self.run(POLL_S)

    @property
    def open(self) -> list[str]:
        return [part.device.name for part in self.opened if not part.closed]

    def said(self) -> list[str]:
        found = [event.text for event in self.events if isinstance(event, Said | Failed)]
        self.events.clear()
        return found


@pytest.fixture
def world() -> World:
    return World()


def test_the_default_is_heard_unless_a_name_is_given(world: World) -> None:
    world.listen("")
    assert world.live.title == "Monitor"
    world.listen("stage [pulseaudio]")
    assert (world.live.title, world.open) == ("Stage", ["Stage"])
    with pytest.raises(VisualizerError, match="no sound input “harp”: choose one of Monitor, Desk, Stage"):
        world.listen("harp")
    assert world.open == ["Stage"]


def test_an_input_of_the_last_time_that_is_not_there_is_waited_for(world: World) -> None:
    world.devices.remove(DESK)
    world.listen(DESK.key)
    assert (world.live.title, world.live.waiting, world.live.chosen) == ("Monitor", "Desk", DESK.key)
    assert world.said() == [
        "The input “Desk” is not there: connect it, or choose another; listening to “Monitor” meanwhile."
    ]
    world.run(60)
    world.devices.append(DESK)
    world.until("Desk", 5.0)
    assert (world.live.waiting, world.open) == ("", ["Desk"])
    assert world.said() == ["The input “Desk” is back."]


def test_without_any_input_the_one_of_the_last_time_is_waited_for(world: World) -> None:
    world.devices = []
    world.listen(DESK.key)
    assert (world.live.part, world.live.waiting) == (None, "Desk")
    assert world.said() == ["The input “Desk” is not there: connect it, or choose another; silence until then."]
    world.devices = [DESK]
    world.until("Desk", 5.0)


def test_what_is_remembered_is_the_choice_not_what_is_heard(world: World) -> None:
    assert world.live.chosen == ""
    world.listen("Desk")
    assert world.live.chosen == DESK.key
    world.pull(DESK)
    world.until("Monitor", 3.0)
    assert world.live.chosen == DESK.key
    world.listen("")
    assert (world.live.title, world.live.chosen) == ("Monitor", "")


def test_what_an_input_has_to_say_is_said(world: World) -> None:
    world.notice = "Sound is captured beside the painting."
    world.listen("Desk")
    assert world.said() == ["Sound is captured beside the painting."]


def test_an_input_that_cannot_be_opened_leaves_silence(world: World) -> None:
    world.listen("Stage")
    world.broken.add("Desk")
    with pytest.raises(VisualizerError, match="Desk cannot be opened"):
        world.listen("Desk")
    assert (world.open, world.live.listening, world.heard[-1]) == ([], False, "")


def test_unplugged_and_plugged_in_again(world: World) -> None:
    world.listen("Desk")
    world.pull(DESK)
    world.until("Monitor", 3.0)
    assert world.live.waiting == "Desk"
    assert world.said() == [
        "The input “Desk” stopped: connect it again, or choose another; listening to “Monitor” meanwhile."
    ]
    world.run(60)
    assert world.said() == []
    world.devices.append(replace(DESK, index=17))  # numbers change; names stay
    world.until("Desk", 5.0)
    assert (world.live.waiting, world.open) == ("", ["Desk"])
    assert world.said() == ["The input “Desk” is back."]


def test_a_stream_that_the_server_led_elsewhere_is_noticed(world: World) -> None:
    world.listen("Desk")
    world.devices.remove(DESK)  # but the stream goes on, with another's sound
    world.until("Monitor", 3.0)
    assert "“Desk” stopped" in world.said()[0]


def test_without_any_other_input_there_is_silence_until_it_is_back(world: World) -> None:
    world.devices[:] = [DESK]
    world.listen("Desk")
    world.pull(DESK)
    world.run(3.0)
    assert (world.live.part, world.live.waiting, world.heard[-1]) == (None, "Desk", "")
    assert world.said()[0].endswith("silence until then.")
    world.devices.append(DESK)
    world.until("Desk", 5.0)


def test_another_input_that_appears_is_heard_meanwhile(world: World) -> None:
    world.devices[:] = [DESK]
    world.listen("Desk")
    world.pull(DESK)
    world.run(3.0)
    world.devices.append(STAGE)
    world.until("Stage", 3.0)
    assert world.live.waiting == "Desk"


def test_the_default_device_changes(world: World) -> None:
    world.listen("")
    headphones = replace(HEARD, name="Monitor of headphones", target="ear.monitor")
    world.devices[:] = [headphones, replace(HEARD, default=False), DESK]
    world.until("Monitor of headphones", 3.0)
    assert world.said()[-1].startswith("Now listening to “Monitor of headphones”")
    assert len(world.open) == 1


def test_a_named_input_stays_when_the_default_changes(world: World) -> None:
    world.listen("Desk")
    world.devices[:] = [replace(HEARD, default=False), replace(STAGE, default=True), DESK]
    world.run(10.0)
    assert world.live.title == "Desk"


def test_the_default_that_is_pulled_out_is_replaced_and_not_waited_for(world: World) -> None:
    world.listen("")
    world.pull(HEARD)
    world.until("Desk", 3.0)
    assert world.live.waiting == ""
    world.devices.append(HEARD)
    world.until("Monitor", 5.0)


def test_a_changed_rate_is_followed(world: World) -> None:
    world.listen("Desk")
    world.devices[1] = replace(DESK, rate=44_100.0)
    world.run(3.0)
    assert world.opened[-1].device.rate == 44_100.0
    assert world.open == ["Desk"]


def test_a_stream_that_ends_while_the_device_stays_is_opened_again(world: World) -> None:
    world.listen("Desk")
    world.opened[-1].gone = True
    world.run(POLL_S)
    assert (world.live.title, world.live.waiting, world.open) == ("Desk", "", ["Desk"])
    assert world.said() == ["The input “Desk” was interrupted; it goes on."]


def test_a_device_that_fails_again_and_again_is_tried_less_and_less(world: World) -> None:
    world.listen("Desk")
    tries = []
    for _ in range(600):
        if world.live.title == "Desk" and world.live.part is not None:
            world.opened[-1].gone = True
            tries.append(world.now)
        world.run(1.0)
    assert 5 <= len(tries) <= 25
    assert tries[-1] - tries[-2] > 20
    world.devices.remove(DESK)
    world.run(3.0)
    world.devices.append(DESK)  # pulled out and pushed in again: a fresh start
    world.until("Desk", 5.0)


def test_slow_looking_happens_rarely(world: World) -> None:
    world.devices[:] = [replace(device, target="") for device in world.devices]
    world.listen("Desk")
    world.look_s = 0.5
    looks: list[float] = []
    original = world._list
    world.live._parts = replace(world.live._parts, inputs=lambda: (looks.append(world.now), original())[1])
    world.run(60.0)
    assert 5 <= len(looks) <= 8
    world.pull(world.devices[1])
    looks.clear()
    world.run(60.0)  # it is waited for
    assert 15 <= len(looks) <= 25


def test_no_sound_system_at_all_for_a_while(world: World) -> None:
    world.listen("Desk")
    world.no_sound = True
    world.opened[-1].gone = True
    world.run(10.0)
    assert world.live.part is None
    world.no_sound = False
    world.until("Desk", 5.0)


def test_the_list_is_told_when_asked_and_when_it_changes(world: World) -> None:
    world.listen("Desk")
    assert world.events.count(InputsFound((HEARD, DESK, STAGE))) == 1
    world.events.clear()
    world.run(5.0)
    assert world.events == []
    world.devices.remove(STAGE)
    world.run(2.0)
    assert world.events == [InputsFound((HEARD, DESK))]


def test_a_hundred_cycles_leave_nothing_open(world: World) -> None:
    world.listen("Desk")
    for _ in range(100):
        world.pull(DESK)
        world.until("Monitor", 3.0)
        world.devices.append(DESK)
        world.until("Desk", 5.0)
        assert world.open == ["Desk"]
    world.live.close()
    assert (world.open, world.live.listening, world.live.title) == ([], False, "")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["pull", "push", "die", "break", "mend", "listen", "default"]),
            st.sampled_from([DESK, STAGE, HEARD]),
            st.floats(0, 8),
        ),
        max_size=25,
    )
)
def test_whatever_happens_one_input_at_most_is_open(steps: list[tuple[str, Device, float]]) -> None:
    world = World()
    for what, device, seconds in steps:
        if what == "pull" and device in world.devices:
            world.pull(device)
        elif what == "push" and device not in world.devices:
            world.devices.append(device)
        elif what == "die" and world.opened:
            world.opened[-1].gone = True
        elif what == "break":
            world.broken.add(device.name)
        elif what == "mend":
            world.broken.clear()
        elif what in ("listen", "default") and world.devices and not world.broken:
            world.listen(device.name if what == "listen" and device in world.devices else "")
        world.run(seconds)
        assert len(world.open) == (world.live.part is not None)
        assert world.heard[-1:] in ([], [world.live.title])
    world.live.close()
    assert world.open == []
