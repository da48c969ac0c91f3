"""An X server without hardware whose displays a test plugs in and pulls out.

Xvfb shows one large picture; monitors, as RandR 1.5 names them, are parts of it, and programs see each as a display
of its own. The few requests are sent as the X11 protocol has them: no tool is installed everywhere that could.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator

QUERY_EXTENSION, INTERN_ATOM, GET_INPUT_FOCUS = 98, 16, 43
QUERY_VERSION, GET_RESOURCES, SET_MONITOR, DELETE_MONITOR = 0, 25, 43, 44  # of RandR
SIZE = (2304, 768)
START_S = 20.0


def available() -> bool:
    """Whether there is an Xvfb here."""
    return sys.platform.startswith("linux") and shutil.which("Xvfb") is not None


class Displays:
    """A connection to an X server, for its monitors.

    Args:
        number: of the X server, as in DISPLAY.
    """

    def __init__(self, number: int) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(START_S)
        self._socket.connect(f"/tmp/.X11-unix/X{number}")
        self._socket.sendall(struct.pack("<cxHHHHxx", b"l", 11, 0, 0, 0))
        self._root = self._begin()
        present, self._randr = self._ask(QUERY_EXTENSION, 0, struct.pack("<Hxx", 5) + b"RANDR\0\0\0")[8:10]
        assert present
        self._ask(self._randr, QUERY_VERSION, struct.pack("<II", 1, 5))

    def plug_in(self, name: str, x: int, width: int, height: int, *, primary: bool = False) -> None:
        """Add a display that shows a part of the picture, from (x, 0) on; the primary one has the only cable."""
        cables = self._outputs() if primary else b""
        facts = struct.pack(
            "<IBBHhhHHII", self._atom(name), primary, 0, len(cables) // 4, x, 0, width, height, 300, 200
        )
        self._send(self._randr, SET_MONITOR, struct.pack("<I", self._root) + facts + cables)
        self._ask(GET_INPUT_FOCUS, 0)

    def pull_out(self, name: str) -> None:
        """Take a display away."""
        self._send(self._randr, DELETE_MONITOR, struct.pack("<II", self._root, self._atom(name)))
        self._ask(GET_INPUT_FOCUS, 0)

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def _begin(self) -> int:
        """Read the server's greeting; returns the root window."""
        head = self._read(8)
        body = self._read(4 * struct.unpack("<H", head[6:8])[0])
        assert head[0] == 1, body
        vendor, formats = struct.unpack("<H", body[16:18])[0], body[21]
        return struct.unpack_from("<I", body, 32 + (vendor + 3) // 4 * 4 + 8 * formats)[0]

    def _outputs(self) -> bytes:
        """The numbers of the server's own outputs, four bytes each."""
        reply = self._ask(self._randr, GET_RESOURCES, struct.pack("<I", self._root))
        crtcs, outputs = struct.unpack("<HH", reply[16:20])
        return reply[32 + 4 * crtcs :][: 4 * outputs]

    def _atom(self, name: str) -> int:
        text = name.encode("ascii")
        reply = self._ask(INTERN_ATOM, 0, struct.pack("<Hxx", len(text)) + text.ljust((len(text) + 3) // 4 * 4, b"\0"))
        return struct.unpack("<I", reply[8:12])[0]

    def _send(self, major: int, minor: int, body: bytes = b"") -> None:
        self._socket.sendall(struct.pack("<BBH", major, minor, 1 + len(body) // 4) + body)

    def _ask(self, major: int, minor: int, body: bytes = b"") -> bytes:
        """Send a request that has a reply; events that come before it are passed over."""
        self._send(major, minor, body)
        while True:
            reply = self._read(32)
            assert reply[0] != 0, f"the X server refused: error {reply[1]}, request {reply[10]}.{reply[8]}"
            if reply[0] == 1:
                return reply + self._read(4 * struct.unpack("<I", reply[4:8])[0])

    def _read(self, n: int) -> bytes:
        found = b""
        while len(found) < n:
            piece = self._socket.recv(n - len(found))
            assert piece, "the X server is gone"
            found += piece
        return found


@contextlib.contextmanager
def two_displays() -> Iterator[tuple[dict[str, str], Displays]]:
    """An X server with a desk of 1280 x 720 and a projector of 1024 x 768 beside it.

    Yields:
        The environment that leads programs there, and the displays.
    """
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = int(answer.readline())
        with contextlib.closing(Displays(number)) as displays:
            displays.plug_in("Desk", 0, 1280, 720, primary=True)
            displays.plug_in("Projector", 1280, 1024, 768)
            yield {"DISPLAY": f":{number}"}, displays
    finally:
        server.terminate()
        server.wait(timeout=10)
