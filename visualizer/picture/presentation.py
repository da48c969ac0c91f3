"""How the music moves the picture between paintings: features in, a `Look` out, at every refresh of the screen.

A painting answers the music a few hundredths of a second late; zoom, brush and light can answer at the next
refresh. Each feature moves something of its own: the kick and every surge of sound lean the picture forward, the
snare tilts it, the hats glint on the brush, the low notes let the strokes sway, harmony warms the colours. Every push
returns to rest, and everything is defined in milliseconds, so that 30, 60 and 144 Hz show the same motion. Pure, on
injected time: the GUI thread asks for the screen, a render for its images.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import BANDS, HAT, KICK, SNARE
from visualizer.painting.knobs import Knobs
from visualizer.painting.motion import Follower

LARGEST_ZOOM = 1.03
LARGEST_TURN_DEG = 1.0
SATURATIONS = (0.85, 1.15)

KICK_ZOOM, SURGE_ZOOM, BEAT_ZOOM = 0.0105, 0.014, 0.003  # at usual knobs, in loud music
TILT_DEG = 0.5
COLOURING = 0.1  # how far harmony changes the saturation
ATTACK_MS = 12.0
KICK_RELEASE_MS, SNARE_RELEASE_MS, HAT_RELEASE_MS = 260.0, 220.0, 160.0
BREATH_MS = 350.0  # with which strokes follow the low notes
COLOUR_MS = 900.0  # with which colours follow the harmony
REST_PACE, LOUD_PACE = 0.12, 1.0  # seconds of the flow's clock in one second, in silence and in loud, lively music
PACE_MS = 400.0
USUAL_BPM = 110.0
LOW_BANDS = [index for index, band in enumerate(BANDS) if band.name in ("bass", "low")]
FIFTHS = np.exp(2j * np.pi * 7 * np.arange(12) / 12)  # the pitch classes around the circle of fifths, C first


@dataclass(frozen=True)
class Look:
    """How the picture is shown at one moment; the default is a picture at rest.

    Attributes:
        zoom: 1 to 1.03, about the middle of the screen.
        rotation_deg: -1 to 1, anticlockwise.
        flow: 0 to 1, how far the strokes sway.
        flow_s: the clock of the swaying and of the light, seconds; never goes back.
        relief: 0 to 1, how much the brush glints.
        saturation: 0.85 to 1.15, 1 leaves the colours as painted.
        warmth: -1 (cool) to 1 (warm).
        shade: 0 to 1, how much darker the corners are.
    """

    zoom: float = 1.0
    rotation_deg: float = 0.0
    flow: float = 0.0
    flow_s: float = 0.0
    relief: float = 0.0
    saturation: float = 1.0
    warmth: float = 0.0
    shade: float = 0.0

    def towards(self, other: Look, share: float) -> Look:
        """The look when a share 0 to 1 of the way to another is done."""
        if share >= 1:
            return other
        return Look(
            *(
                (1 - share) * getattr(self, item.name) + share * getattr(other, item.name)  # exact at both ends
                for item in fields(self)
            )
        )


REST = Look()


class Presentation:
    """Turns features into looks.

    Args:
        seed: chooses which harmonies are warm, and which way the picture tilts first.
    """

    def __init__(self, seed: int = 0) -> None:
        turn = np.random.default_rng(seed).random()
        self._home = np.exp(2j * np.pi * turn)  # the direction on the circle of fifths that is warm
        self._first_side = 1.0 if turn < 0.5 else -1.0
        self._last: float | None = None
        self._flow_s = 0.0
        self._kick, self._snare, self._hat = Follower(), Follower(), Follower()
        self._breath, self._pace = Follower(), Follower()
        self._warmth, self._purity = Follower(), Follower()

    def look(self, features: Features, now: float, knobs: Knobs, reduced: bool = False) -> Look:
        """The look at a time.

        Args:
            features: what should be seen of the music at that time.
            now: seconds of a steady clock; a time before the last one counts as the same.
            knobs: how strongly and how fast the music acts.
            reduced: no zoom, no tilt, no swaying and no glints: colours alone follow, slowly.
        """
        dt = 0.0 if self._last is None else max(0.0, now - self._last)
        self._last = now if self._last is None else max(self._last, now)
        loudness = _unit(features.loudness) if features.is_open else 0.0
        force = loudness * knobs.sensitivity_factor
        self._flow_s += dt * self._flow_pace(features, 0.0 if reduced else loudness, dt, knobs)
        warmth, saturation = self._colours(features, 0.0 if loudness == 0 else knobs.sensitivity_factor, dt, knobs)
        if reduced:
            self._pushes(features, 0.0, dt, knobs)
            return Look(flow_s=self._flow_s, saturation=saturation, warmth=warmth)
        zoom, tilt, glint, breath = self._pushes(features, force, dt, knobs)
        return Look(
            zoom=min(1 + zoom, LARGEST_ZOOM),
            rotation_deg=float(np.clip(tilt, -LARGEST_TURN_DEG, LARGEST_TURN_DEG)),
            flow=min(breath, 1.0),
            flow_s=self._flow_s,
            relief=min(glint, 1.0),
            saturation=saturation,
            warmth=warmth,
            shade=min(0.6 * breath, 1.0),
        )

    def _pushes(self, features: Features, force: float, dt: float, knobs: Knobs) -> tuple[float, float, float, float]:
        """Zoom, tilt in degrees, glint, and breath, each 0 or more but for the tilt."""
        slow = knobs.smoothing_factor
        wild = 2 * knobs.wildness
        attack = ATTACK_MS * slow
        strokes = [_unit(features.onsets[band]) * force for band in (KICK, SNARE, HAT)]
        side = self._first_side * (1 - 2 * (int(features.counts[SNARE]) % 2))  # this way and that in turn
        kick = self._kick.step(
            KICK_ZOOM * strokes[0] + force * (SURGE_ZOOM * _unit(features.surge) + BEAT_ZOOM * features.beat_pulse),
            dt,
            attack,
            KICK_RELEASE_MS * slow,
        )
        snare = self._snare.step(TILT_DEG * side * strokes[1], dt, attack, SNARE_RELEASE_MS * slow)
        hat = self._hat.step(0.5 * strokes[2] + 0.3 * strokes[1], dt, attack, HAT_RELEASE_MS * slow)
        low = max(_unit(features.levels[band]) for band in LOW_BANDS)
        breath = self._breath.step(min(force, 1.0) * (0.25 + 0.5 * low), dt, BREATH_MS * slow, BREATH_MS * slow)
        return wild * kick, wild * snare, hat, wild * breath

    def _flow_pace(self, features: Features, loudness: float, dt: float, knobs: Knobs) -> float:
        """Seconds of the flow's clock in one second: loud, lively music runs, slow music strolls."""
        tempo = float(np.clip(features.bpm / USUAL_BPM, 0.5, 1.5))
        confidence = min(features.beat_confidence, 1.0)
        pace = 1 + confidence * (tempo - 1) if features.bpm > 0 else 1.0
        lively = 0.3 + min(1.4 * _unit(features.activity), 0.7)
        energy = min(loudness**2 * pace * lively * knobs.sensitivity_factor, 2.0)
        settle = PACE_MS * knobs.smoothing_factor
        return knobs.speed_factor * (REST_PACE + LOUD_PACE * self._pace.step(energy, dt, settle, settle))

    def _colours(self, features: Features, force: float, dt: float, knobs: Knobs) -> tuple[float, float]:
        """Warmth and saturation: where the harmony lies on the circle of fifths, and how clear it is."""
        place = complex(np.asarray(features.chroma, float) @ FIFTHS)
        place = place if np.isfinite(place) else 0j
        settle = COLOUR_MS * knobs.smoothing_factor
        warm = self._warmth.step(force * 1.2 * (place * self._home.conjugate()).real, dt, settle, settle)
        pure = self._purity.step(force * min(abs(place), 1.0), dt, settle, settle)
        saturation = 1 + COLOURING * 2 * knobs.wildness * pure
        return float(np.clip(2 * knobs.wildness * warm, -1, 1)), float(np.clip(saturation, *SATURATIONS))


def _unit(value: float) -> float:
    """A feature within 0 to 1; one that is not a number is 0."""
    value = float(value)
    return min(max(value, 0.0), 1.0) if value == value else 0.0
