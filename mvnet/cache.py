"""Arrays made from many files, kept on disk: decoded once, mapped into memory ever after.

A set is a folder `<name>-<digest>` with `rows.bin` (the rows of all files, one after another, in the
order of the files) and `index.jsonl` (one line a file). The digest covers everything that the rows
depend on, so a changed file, spec or line of code gives another folder. A set is built in
`<name>-<digest>.partial` under a file lock and renamed when it is whole: an interrupted build goes on
where it stopped, and of two processes that want one set, one builds and the other waits.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import math
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import current_process, get_context
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import numpy as np
from tqdm import tqdm

from mvnet.errors import MvnetError

Code = ModuleType | Callable[..., Any]
FEW_FILES = 8  # below this a worker process costs more than it saves


@dataclass(frozen=True)
class Rows:
    """What one file gives: rows [n, ...], the start of each in seconds, and why it gives none ("" when it does)."""

    data: np.ndarray
    starts: tuple[float, ...]
    reason: str = ""


@dataclass(frozen=True)
class RowSet:
    """A whole set: rows [n, ...] (memory-mapped, read only), the file and start of each, reasons by file."""

    data: np.ndarray
    files: np.ndarray  # int64 [n], index of the file each row came from
    starts: np.ndarray  # float64 [n], seconds
    reasons: dict[int, str]


def digest(facts: object, files: Iterable[Path], code: Iterable[Code]) -> str:
    """Sixteen hex digits that change with the facts, a file's path, size or time, or what the code does.

    Args:
        facts: anything JSON can write.
        files: in the order of the rows; missing files count as such.
        code: modules and functions that make the rows; comments, docstrings and layout do not matter.
    """
    text = json.dumps(facts, sort_keys=True)
    state = hashlib.sha256(text.encode())
    for path in files:
        try:
            stat = path.stat()
            line = f"{path.absolute().as_posix()} {stat.st_size} {stat.st_mtime_ns}\n"
        except OSError:
            line = f"{path.absolute().as_posix()} missing\n"
        state.update(line.encode())
    for part in code:
        tree = ast.parse(inspect.getsource(part))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
                del node.body[0]
        state.update(ast.dump(tree).encode())
    return state.hexdigest()[:16]


def cached_rows(
    folder: Path,
    convert: Callable[[Any], Rows],
    sources: Sequence[Any],
    shape: tuple[int, ...],
    dtype: np.dtype,
    *,
    workers: int | None = None,
    progress: bool = True,
) -> RowSet:
    """The set in `folder`, built from its sources if it is not there yet.

    Args:
        folder: where the set is kept, `<cache>/<name>-<digest>`.
        convert: turns one source into its rows, in a worker process: it and the sources must pickle.
        sources: one for each file.
        shape: shape of one row.
        dtype: of the rows.
        workers: processes that convert; None for one a core, four at most.
        progress: show a bar on stderr.
    Raises:
        MvnetError: the folder cannot be written, or a worker process died.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not folder.is_dir():
            with _lock(folder.with_name(folder.name + ".lock"), folder.name):
                if not folder.is_dir():  # another process may have built it while we waited
                    _build(folder, convert, sources, dtype, workers, progress)
        return _open(folder, shape, dtype)
    except OSError as error:
        raise MvnetError(
            f"the cache {folder} cannot be used ({error}): free some space or choose another folder"
        ) from error


def _open(folder: Path, shape: tuple[int, ...], dtype: np.dtype) -> RowSet:
    lines = [json.loads(line) for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    counts = [len(line["starts"]) for line in lines]
    total = sum(counts)
    wanted, found = total * math.prod(shape) * dtype.itemsize, (folder / "rows.bin").stat().st_size
    if found != wanted:  # a power cut can do that
        raise MvnetError(f"the cache {folder} is damaged ({found} bytes, not {wanted}): delete the folder")
    # An empty file cannot be mapped.
    data = np.memmap(folder / "rows.bin", dtype, "r", shape=(total, *shape)) if total else np.empty((0, *shape), dtype)
    return RowSet(
        data=data,
        files=np.repeat(np.arange(len(lines)), counts),
        starts=np.array([start for line in lines for start in line["starts"]], np.float64),
        reasons={index: line["reason"] for index, line in enumerate(lines) if line["reason"]},
    )


def _build(
    folder: Path,
    convert: Callable[[Any], Rows],
    sources: Sequence[Any],
    dtype: np.dtype,
    workers: int | None,
    progress: bool,
) -> None:
    partial = folder.with_name(folder.name + ".partial")
    partial.mkdir(exist_ok=True)
    with (partial / "rows.bin").open("ab") as rows, (partial / "index.jsonl").open("a+b") as index:
        done = _resume(rows, index)
        bar = tqdm(total=len(sources), initial=done, desc=folder.name, unit="file", disable=not progress)
        with bar, _mapper(convert, sources[done:], workers) as results:
            for result in results:
                rows.write(np.ascontiguousarray(result.data, dtype).tobytes())
                rows.flush()
                line = {"starts": result.starts, "end": rows.tell(), "reason": result.reason}
                index.write(json.dumps(line).encode() + b"\n")
                index.flush()
                bar.update()
    os.replace(partial, folder)


def _resume(rows: IO[bytes], index: IO[bytes]) -> int:
    """Cut an interrupted build back to its last whole file; returns how many files are done."""
    index.seek(0)
    done, kept, end = 0, 0, 0
    size = rows.seek(0, os.SEEK_END)
    for line in index:
        stop = json.loads(line)["end"] if line.endswith(b"\n") else size + 1
        if stop > size:
            break
        done, kept, end = done + 1, kept + len(line), stop
    index.truncate(kept)
    rows.truncate(end)
    rows.seek(end)
    return done


@contextmanager
def _mapper(convert: Callable[[Any], Rows], sources: Sequence[Any], workers: int | None) -> Iterator[Iterator[Rows]]:
    """Results in the order of the sources, from worker processes where they pay."""
    workers = min(os.cpu_count() or 1, 4) if workers is None else workers
    if workers < 2 or len(sources) < FEW_FILES or current_process().daemon:  # a daemon may not have children
        yield map(convert, sources)
        return
    # Spawned, not forked: a fork copies torch's threads in whatever state they are.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_ignore_interrupt)
    try:
        yield pool.map(convert, sources, chunksize=4)
    except BrokenProcessPool as error:
        raise MvnetError("a decoding process died, out of memory or by a broken file: try with one worker") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its workers


@contextmanager
def _lock(path: Path, name: str) -> Iterator[None]:
    """Hold an exclusive lock that the system drops when the process ends, however it ends."""
    with path.open("ab") as file:
        if not _try_lock(file, wait=False):
            print(f"waiting for another process that builds {name}", file=sys.stderr)
            while not _try_lock(file, wait=True):
                pass
        yield


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes], *, wait: bool) -> bool:
        """Take the lock; waiting gives up after ten seconds (a limit of the system's call)."""
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes], *, wait: bool) -> bool:
        """Take the lock, or say that another process has it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
