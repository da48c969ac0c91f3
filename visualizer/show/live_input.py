"""Keeps an input open: the one that was chosen, another while that one is away, and the chosen one again. No Qt.

Devices come and go while the show goes on. Everything here runs on the session's worker thread and on its clock;
the session polls `tend` several times a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from visualizer.errors import VisualizerError
from visualizer.show.events import Event, Failed, InputsFound, Said
from visualizer.show.parts import Input, InputPart, Parts
from visualizer.words import tr

LOOK_S = 1.0  # between looks at the list of inputs
LOOK_SHARE = 0.2  # of the time that looking may take while something is waited for,
WATCH_SHARE = 0.05  # and while all is well, where looking needs a process of its own; a stream that ends tells itself
AGAIN_S = 5.0  # an input that is lost twice within so long is not opened again at once,
PATIENCE_S, LONGEST_PATIENCE_S = 2.0, 60.0  # but after this, and twice as long each further time


@dataclass(frozen=True)
class Wanted:
    """What was chosen.

    Attributes:
        key: of the input; empty for whatever is the default one.
        name: for people.
    """

    key: str
    name: str


class LiveInput:
    """The input that is heard.

    Args:
        parts: to list and open inputs.
        emit: given what people should know.
        hear: called when `part` is another one.
        clock: seconds.

    Attributes:
        part: the open input; None when there is none.
        title: its name.
        waiting: name of the chosen input while that is away; else empty.
    """

    def __init__(
        self,
        parts: Parts,
        emit: Callable[[Event], None],
        hear: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        self.part: InputPart | None = None
        self.title = ""
        self.waiting = ""
        self._parts = parts
        self._emit = emit
        self._hear = hear
        self._clock = clock
        self._inputs: tuple[Input, ...] = ()
        self._wanted: Wanted | None = None
        self._device: Input | None = None
        self._look_at = 0.0
        self._lost_key, self._lost_at = "", 0.0
        self._patience = 0.0

    @property
    def listening(self) -> bool:
        """An input was chosen, whether it is there or not."""
        return self._wanted is not None

    @property
    def chosen(self) -> str:
        """What to remember: the key of the input that was chosen, there or not; empty for whatever is the default."""
        return self._wanted.key if self._wanted is not None else ""

    def choose(self, name: str) -> Input | None:
        """The input of a name or key, or the first whose name contains it; for an empty name the default one.

        Returns:
            The input; None for a key, which some input had once, that no input has now.
        Raises:
            VisualizerError: there is none.
        """
        inputs = self.find()
        try:
            return chosen(inputs, name)
        except VisualizerError:
            if name.endswith("]"):
                return None
            raise

    def listen(self, device: Input, *, by_name: bool) -> None:
        """Hear an input from now on.

        Args:
            device: to open.
            by_name: people want this one; else whatever is the default one.
        Raises:
            VisualizerError: it cannot be opened; then nothing is heard.
        """
        self.close()
        part = self._parts.listen(device)
        self._wanted = Wanted(device.key if by_name else "", device.name)
        self._lost_key, self._patience = "", 0.0
        self._hold(part, device)

    def wait_for(self, key: str) -> None:
        """Want an input that was there once and is not now: hear the default one until it comes."""
        self.close()
        name = key.rpartition(" [")[0] or key
        self._wanted, self.waiting, self._lost_key = Wanted(key, name), name, ""
        self._fall_back(self._inputs)
        self._emit(
            Failed(
                tr(
                    "The input “{name}” is not there: connect it, or choose another; {meanwhile}.",
                    name=name,
                    meanwhile=self._meanwhile(),
                )
            )
        )

    def find(self) -> Sequence[Input]:
        """The inputs there are now; an InputsFound follows. Raises VisualizerError when there is no sound at all."""
        self._look()
        self._emit(InputsFound(self._inputs))
        return self._inputs

    def tend(self) -> None:
        """Notice what became of the input and the others, and act on it."""
        if self._wanted is None:
            return
        if self.part is not None and self.part.lost():
            self._replace(self._present())
        elif self._clock() >= self._look_at:
            self._compare(self._present(), self._wanted)

    def close(self) -> None:
        """Hear nothing, want nothing."""
        self._drop()
        self._wanted, self.waiting, self.title = None, "", ""

    def _present(self) -> Sequence[Input]:
        before = self._inputs
        try:
            self._look()
        except VisualizerError:  # said when the input was chosen; it may work again any time
            self._inputs = ()
        if self._inputs != before:
            self._emit(InputsFound(self._inputs))
        return self._inputs

    def _look(self) -> None:
        began = self._clock()
        self._look_at = began + LOOK_S
        self._inputs = tuple(self._parts.inputs())
        now = self._clock()
        served = any(one.target for one in self._inputs)
        share = LOOK_SHARE if served or self.waiting or self.part is None else WATCH_SHARE
        self._look_at = now + max(LOOK_S, (now - began) / share)

    def _compare(self, inputs: Sequence[Input], wanted: Wanted) -> None:
        """Act on what has changed in the list of inputs."""
        if self.waiting and self._return(_with_key(inputs, wanted.key)):
            return
        if self._device is None:
            self._fall_back(inputs)
            return
        present = _with_key(inputs, self._device.key)
        if present is None:  # the sound server may have led the stream elsewhere without a word
            self._replace(inputs)
        elif not wanted.key and not present.default and (default := _default(inputs)) is not None:
            if self._try(default):
                said = tr("Now listening to “{name}”: it has become what this computer uses.", name=default.name)
                self._emit(Said(said))
        elif present.rate != self._device.rate:
            self._try(present)

    def _return(self, back: Input | None) -> bool:
        """Hear the chosen input again if it is there and has not just failed; whether it is heard."""
        if back is None:
            self._patience = 0.0  # whatever comes back is a fresh start
            return False
        if self._clock() - self._lost_at < self._patience or not self._try(back):
            return False
        self.waiting = ""
        self._emit(Said(tr("The input “{name}” is back.", name=back.name)))
        return True

    def _replace(self, inputs: Sequence[Input]) -> None:
        """The input that was heard is gone: open it again if it is still there, or another."""
        lost, now = self._device, self._clock()
        self._drop()
        if lost is None or self._wanted is None:
            return
        if self.waiting:  # it stood in for the one that is waited for
            self._fall_back(inputs)
            return
        present = _with_key(inputs, lost.key)
        again = lost.key == self._lost_key and now - self._lost_at < self._patience + AGAIN_S
        failing = present is not None and again  # there, and yet it does not work
        self._patience = min(max(PATIENCE_S, 2 * self._patience), LONGEST_PATIENCE_S) if failing else 0.0
        self._lost_key, self._lost_at = lost.key, now
        if present is not None and not failing and self._try(present):
            self._emit(Said(tr("The input “{name}” was interrupted; it goes on.", name=lost.name)))
            return
        if self._wanted.key:
            self.waiting = self._wanted.name
        self._fall_back(inputs)
        self._emit(
            Failed(
                tr(
                    "The input “{name}” stopped: connect it again, or choose another; {meanwhile}.",
                    name=lost.name,
                    meanwhile=self._meanwhile(),
                )
            )
        )

    def _meanwhile(self) -> str:
        """What is heard instead of the input that is not there, as a clause."""
        if self.part is None:
            return tr("silence until then")
        return tr("listening to “{name}” meanwhile", name=self.title)

    def _fall_back(self, inputs: Sequence[Input]) -> None:
        """Open the default input, unless that is the one that was lost a moment ago."""
        tired = self._lost_key if self._clock() - self._lost_at < max(self._patience, PATIENCE_S) else ""
        others = [one for one in inputs if one.key != tired]
        if (other := _default(others)) is not None:
            self._try(other)

    def _try(self, device: Input) -> bool:
        """Open an input in place of the present one; False when that is not possible, and nothing has changed."""
        try:
            part = self._parts.listen(device)
        except VisualizerError:
            return False
        before = self.part
        self._hold(part, device)
        if before is not None:
            before.close()
        return True

    def _hold(self, part: InputPart, device: Input) -> None:
        self.part, self.title, self._device = part, device.name, device
        self._hear()
        if part.notice:
            self._emit(Said(part.notice))

    def _drop(self) -> None:
        part, self.part, self._device, self.title = self.part, None, None, ""
        if part is not None:
            self._hear()
            part.close()


def chosen(inputs: Sequence[Input], name: str) -> Input:
    """The input that a name means; the default one for an empty name.

    Raises:
        VisualizerError: there is none.
    """
    if not inputs:
        raise VisualizerError(tr("No sound input was found: connect a microphone or start the sound server."))
    if not name:
        return _default(inputs) or inputs[0]
    wanted = name.casefold()
    exact = [one for one in inputs if wanted in (one.name.casefold(), one.key.casefold())]
    found = exact or [one for one in inputs if wanted in one.name.casefold()]
    if not found:
        there = ", ".join(one.name for one in inputs)
        raise VisualizerError(tr("There is no sound input “{name}”: choose one of {there}.", name=name, there=there))
    return found[0]


def _default(inputs: Sequence[Input]) -> Input | None:
    """The default input, or the first; None without any."""
    return next((one for one in inputs if one.default), next(iter(inputs), None))


def _with_key(inputs: Sequence[Input], key: str) -> Input | None:
    return next((one for one in inputs if one.key == key), None)
