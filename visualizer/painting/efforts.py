"""What the paintings of each model take, and the pace that was found for it: another model begins where it was left.

The pipeline thread asks; others may read the figures of the effort that is made now.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from visualizer.painting.governor import Governor, GovernorConfig
from visualizer.painting.rates import Durations

USUAL_STRAIN = 1.5  # a painting beside sound and screen takes so much longer than one alone
MOST_STRAIN = 4.0
# By the processor, which draws as well: cross-faded, more look no smoother, and the refresh would be late for them.
BY_PROCESSOR = GovernorConfig(most_per_s=30.0)


@dataclass(frozen=True)
class Effort:
    """One model's.

    Attributes:
        paintings: how long they took and how often they came.
        governor: chooses the pace.
    """

    paintings: Durations = field(default_factory=Durations)
    governor: Governor = field(default_factory=Governor)


class Efforts:
    """All models' that are still there.

    A model may say as `paint_s` how long a painting took when it was loaded, as `generator` what it paints with
    (models with the same one share an effort), and as `provider` what runs it.
    """

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Any, Effort] = WeakKeyDictionary()

    def __len__(self) -> int:
        """How many are known."""
        return len(self._known)

    def of(self, model: Any, refresh_hz: float, before: Any = None) -> Effort:
        """The effort of a model; one that is new begins at the pace that it can probably keep.

        Args:
            refresh_hz: of the screen.
            before: the model that painted last, whose strain the new one will have too.
        """
        key = _generator(model)
        effort = self._known.get(key)
        if effort is None:
            on_card = getattr(model, "provider", "") == "CUDA"
            effort = self._known[key] = Effort(governor=Governor(None if on_card else BY_PROCESSOR))
            alone_s = getattr(model, "paint_s", None)
            if alone_s is not None:
                effort.governor.expect(alone_s * self._strain(before), refresh_hz)
        return effort

    def _strain(self, model: Any) -> float:
        """How much longer a painting takes beside everything else than alone, by what a model showed."""
        alone_s = getattr(model, "paint_s", None)
        effort = None if model is None else self._known.get(_generator(model))
        if not alone_s or effort is None or not effort.paintings.typical:
            return USUAL_STRAIN
        return min(max(1.0, effort.paintings.typical / alone_s), MOST_STRAIN)


def _generator(model: Any) -> Any:
    return getattr(model, "generator", model)
