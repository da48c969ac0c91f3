"""Makes the README's pictures of the window: the real app, playing and listening, on a private display and sound card.

    python script/make_pictures.py [--seconds 25] [--model NAME] [--output docs/pictures] [MUSIC...]

Linux, with the packages that script/test installs. Without MUSIC the bundled pieces are played; each gives
playing-NAME.jpg (from the file) and listening-NAME.jpg (the same sound through a microphone's path: a player
in another process, heard through the monitor of the null sink). first-run.jpg is the window before any music.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
QUALITY = 88
PLAY = """
import sys, time
from visualizer.audio import Player
player = Player()
player.open(sys.argv[1])
player.play()
time.sleep(600)
"""


def shoot(to: Path, arguments: list[str], seconds: float, model: str | None) -> None:
    """Run the window for some seconds and keep its last picture."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "visualizer", "play", *arguments, "--seconds", str(seconds)]
        command += ["--dump", folder, *(["--model", model] if model else [])]
        environment = os.environ | {"MVNET_CONFIG": str(Path(folder) / "config")}
        subprocess.run(command, check=True, env=environment, cwd=ROOT, timeout=seconds + 60)
        last = max(Path(folder).glob("window-*.png"))
        with Image.open(last) as picture:
            picture.convert("RGB").save(to, quality=QUALITY, optimize=True)
    print(f"{to}: {to.stat().st_size / 1e3:.0f} kB", flush=True)


def shoot_all(music: list[Path], output: Path, seconds: float, model: str | None) -> None:
    """All pictures, on the display and sound server of this process."""
    output.mkdir(parents=True, exist_ok=True)
    shoot(output / "first-run.jpg", [], 8, model)
    for song in music:
        shoot(output / f"playing-{song.stem}.jpg", [str(song)], seconds, model)
    for song in music:
        with subprocess.Popen([sys.executable, "-c", PLAY, str(song)], cwd=ROOT) as player:
            try:
                shoot(output / f"listening-{song.stem}.jpg", ["--input", "monitor"], seconds, model)
            finally:
                player.kill()


def main() -> None:
    """Start a display and a sound card, and this program again within them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("music", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=25.0)
    parser.add_argument("--model")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    music = [path.resolve() for path in args.music] or sorted((ROOT / "resources" / "music").glob("*.opus"))
    if args.inside:
        shoot_all(music, args.output.resolve(), args.seconds, args.model)
        return
    display = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1600x1000x24 -nolisten tcp"]
    again = [sys.executable, "-m", "tests.pulse", "--", sys.executable, *sys.argv, "--inside"]
    subprocess.run([*display, *again], check=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT)


if __name__ == "__main__":
    main()
