"""What one start of the window is asked to do: filled by the command line, read by `visualizer.gui.app`. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mvnet.periods import PERIODS
from visualizer.errors import VisualizerError

AUTO = "auto"  # no period of its own
SIDES = (320, 16_384)  # of a window
LONGEST_S = 1_000_000  # Qt's timers end at 24 days


@dataclass(frozen=True)
class AppOptions:
    """One start of the app.

    Attributes:
        files: music files and folders to play, in order.
        input: name of a sound input to listen to instead (a part of the name is enough).
        model: name of a shipped model, or the path of a model folder; None takes the last one used.
        seed: of the noise that the paintings start from; the same seed and sound give the same paintings.
        fullscreen: start in full screen.
        no_ui: the window shows the painting alone; what there is to say goes to stderr.
        size: width and height of the window in points; None takes the size it had last.
        no_sound: play files silently, in time.
        raster: draw without OpenGL.
        dump: folder that receives the paintings shown, as PNG files, and pictures of the window.
        seconds: close the window by itself after so many seconds.
        period: name of the period to hold from the start, or AUTO to follow the music; None goes on as last time.
        report: file that receives start-up times and counts as JSON at the end.
        display: name or number, from 1, of the display that the output window fills; empty for none.
        output: open the output window.
        reset: begin with fresh settings; the old ones are set aside.
        safe_mode: begin with fresh settings that are not kept, draw without OpenGL, take up nothing.
        language: code of the window's language, as in de; empty for the system's.
        config: folder of the settings and the log; None takes the system's usual place.
    """

    files: tuple[Path, ...] = ()
    input: str | None = None
    model: str | None = None
    seed: int = 0
    fullscreen: bool = False
    no_ui: bool = False
    size: tuple[int, int] | None = None
    no_sound: bool = False
    raster: bool = False
    dump: Path | None = None
    seconds: float | None = None
    period: str | None = None
    report: Path | None = None
    display: str = ""
    output: bool = False
    reset: bool = False
    safe_mode: bool = False
    language: str = ""
    config: Path | None = None

    def __post_init__(self) -> None:
        if self.files and self.input is not None:
            raise VisualizerError("Files and an input were both given: leave out one of them.")
        if self.seconds is not None and not 0 < self.seconds <= LONGEST_S:
            raise VisualizerError(f"The running time is {self.seconds:g} s: give a number from 0 to {LONGEST_S}.")
        if self.size is not None and not all(SIDES[0] <= side <= SIDES[1] for side in self.size):
            width, height = self.size
            raise VisualizerError(f"The window's size is {width}x{height}: use {SIDES[0]} to {SIDES[1]} points a side.")
        if self.seed < 0:
            raise VisualizerError(f"The seed is {self.seed}: give a whole number from 0 up.")
        if self.period is not None and self.period not in (AUTO, *PERIODS):
            raise VisualizerError(f"{self.period!r} is not a period: use {AUTO} or one of {', '.join(PERIODS)}.")
