"""What the running app can say of itself: for the overlay with figures and for the benches. Values only, no thread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """Measured over the last second or two; what is not known is 0.

    Attributes:
        refresh_hz: refreshes of the screen a second.
        late_refreshes: share of them that came half a refresh late or more, 0 to 1.
        paintings_per_s: made by the generator.
        painting_ms: typical duration of one, with all that the pipeline thread does for it.
        painting_p95_ms: of the slow ones.
        encoder_ms: typical duration of deciding style.
        painting_age_ms: since the newest painting was begun.
        divisor: refreshes for one painting.
        tier: of the picture, 0 is full.
        lost_samples: that came and went unheard, since the start.
        holes: blocks that the sound card missed, since the source was opened.
        analysed_ahead_ms: how far the analysis is ahead of what is audible; negative when behind.
        shown_late_ms: by how much the picture of a refresh lags behind the sound in the air: 0 for files.
        lead_ms: how far ahead paintings are made for.
        offset_ms: of the picture against the sound, as set.
        beat_orders: taps, shifts and other words of a person on the beat that were followed.
        provider: what runs the model.
    """

    refresh_hz: float = 0.0
    late_refreshes: float = 0.0
    paintings_per_s: float = 0.0
    painting_ms: float = 0.0
    painting_p95_ms: float = 0.0
    encoder_ms: float = 0.0
    painting_age_ms: float = 0.0
    divisor: int = 1
    tier: int = 0
    lost_samples: int = 0
    holes: int = 0
    analysed_ahead_ms: float = 0.0
    shown_late_ms: float = 0.0
    lead_ms: float = 0.0
    offset_ms: float = 0.0
    beat_orders: int = 0
    provider: str = ""
