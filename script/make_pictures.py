"""Makes the README's pictures of the window: the real app on a private display and sound card.

    python script/make_pictures.py [--output docs/pictures] [--model NAME] [--size 1280x800] [PICTURE...]

Linux, with the packages that script/test installs. The bundled music plays; the window is drawn with QPainter, as on
a machine without a graphics card. Without a PICTURE all of them are made; each is a JPEG file below 150 kB.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PyQt6.QtGui import QPixmap
    from PyQt6.QtWidgets import QWidget

    from visualizer.gui.window import MainWindow

ROOT = Path(__file__).resolve().parent.parent
QUALITIES = range(90, 40, -5)
LARGEST = 150_000  # bytes
SETTLE_S, PLAY_S = 2.0, 10.0  # for a sheet to be drawn; of music, for the period to be certain
PAINTINGS, LONGEST_S = 4, 90.0  # to be shown before a picture is taken, and the longest wait for them
PIECE = 4  # the modern one
FAULT = "The microphone USB Audio was pulled out: listening goes on when it is back."


class Studio:
    """The window, and what is photographed of it."""

    def __init__(self, folder: Path, to: Path, model: str | None, size: tuple[int, int]) -> None:
        from visualizer.gui.app import _application
        from visualizer.gui.raster import RasterCanvas
        from visualizer.gui.settings import SettingsFile
        from visualizer.gui.window import MainWindow
        from visualizer.show.parts import real_parts
        from visualizer.show.session import Session

        self.app = _application()
        self.to = to
        self.window = MainWindow(Session(real_parts(seed=3)), RasterCanvas, SettingsFile(folder / "settings.ini"), 3)
        self.window.resize(*size)
        self.window.show()
        # With brush strokes, as most machines manage, however busy this one is.
        self.window.pictures.set_tier(0)
        setattr(self.window.pictures, "set_tier", lambda tier: None)  # noqa: B010
        self._model = model

    def wait(self, seconds: float) -> None:
        """Let the app run."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.005)

    def wait_for_paintings(self) -> None:
        """Wait until some more were shown, however busy the machine is."""
        shown, end = self.window.paintings, time.monotonic() + LONGEST_S
        while self.window.paintings < shown + PAINTINGS and time.monotonic() < end:
            self.wait(SETTLE_S / 4)

    def begin(self) -> None:
        """The first run."""
        from visualizer.gui.start import begin
        from visualizer.show.options import AppOptions

        begin(self.window.session, self.window, AppOptions(model=self._model))
        self.wait_for_paintings()

    def play(self) -> None:
        """Play the bundled music, with nothing over it."""
        from visualizer.files.pieces import bundled_pieces

        window = self.window
        window.preferences.change(warned=True)
        window.stage.steps.hide()
        for notice in list(window.stage.notices._notices):
            window.stage.notices.drop(notice)
        window.music.play_piece(bundled_pieces()[PIECE])
        self.wait(PLAY_S)
        self.wait_for_paintings()

    def take(self, name: str, of: QWidget | None = None) -> None:
        """Photograph the window, or another widget."""
        self.wait(SETTLE_S)
        path = self.to / f"{name}.jpg"
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder) / "whole.png"
            self._grabbed(of or self.window).save(str(whole))
            with Image.open(whole) as picture:
                for quality in QUALITIES:
                    picture.convert("RGB").save(path, quality=quality, optimize=True)
                    if path.stat().st_size < LARGEST:
                        break
        print(f"{path}: {path.stat().st_size / 1e3:.0f} kB", flush=True)

    def _grabbed(self, widget: QWidget) -> QPixmap:
        """A widget as it is seen, with what has popped up over it."""
        from PyQt6.QtGui import QPainter

        picture, popup = widget.grab(), self.app.activePopupWidget()
        if popup is not None:
            painter = QPainter(picture)
            painter.drawPixmap(widget.mapFromGlobal(popup.pos()), popup.grab())
            painter.end()
        return picture


def pictures(studio: Studio) -> dict[str, Callable[[MainWindow], object]]:
    """What to do before each picture, in order; the first two begin the music themselves."""

    def act(name: str) -> Callable[[MainWindow], object]:
        return lambda window: window.actions_by_name[name].trigger()

    return {
        "first-run": lambda window: studio.begin(),
        "playing": lambda window: studio.play(),
        "desk": act("desk"),
        "inputs": lambda window: window.transport.input.click(),
        "output": act("output"),
        "notice": lambda window: window.notice(FAULT, alarm=True),
        "keys": act("help"),
        "figures": act("overlay"),
        "settings": act("preferences"),
    }


def shoot_all(wanted: list[str], to: Path, model: str | None, size: tuple[int, int]) -> None:
    """All pictures, on the display and sound server of this process."""
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder), to, model, size)
        window = studio.window
        for name, prepare in pictures(studio).items():
            if wanted and name not in wanted and name not in ("first-run", "playing"):
                continue
            prepare(window)
            studio.wait(SETTLE_S)  # until the meters move, a notice has come
            output = window.screens.output
            if name == "output" and output is not None:
                output.resize(window.size())
                studio.wait_for_paintings()
            if not wanted or name in wanted:
                studio.take(name, output if name == "output" else None)
            _tidy(window, name)
        window.close()


def _tidy(window: MainWindow, name: str) -> None:
    """Put away what was shown for a picture."""
    if name in ("desk", "figures", "output"):
        window.actions_by_name["overlay" if name == "figures" else name].trigger()
    if name in ("keys", "settings"):
        window.actions_by_name["leave"].trigger()
    if name == "inputs":
        window.sounds.chooser.hide()
    if name == "notice":
        for notice in list(window.stage.notices._notices):
            window.stage.notices.drop(notice)


def main() -> None:
    """Start a display and a sound card, and this program again within them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="*", metavar="PICTURE")
    parser.add_argument("--model")
    parser.add_argument("--size", default="1280x800", metavar="WxH")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        width, height = map(int, args.size.split("x"))
        shoot_all(args.pictures, args.output.resolve(), args.model, (width, height))
        return
    display = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1920x1200x24 -nolisten tcp"]
    again = [sys.executable, "-m", "tests.pulse", "--", sys.executable, *sys.argv, "--inside"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    subprocess.run([*display, *again], check=True, env=environment, cwd=ROOT)


if __name__ == "__main__":
    main()
