"""The ring between two processes: what is written in one is read in the other, and counting goes on."""

from __future__ import annotations

from multiprocessing.connection import Connection

import numpy as np

from visualizer.sound.capture_process import spawn_context
from visualizer.sound.shared_ring import RingMemory, SharedRing, ring_memory

BLOCK = 100


def write_numbers(memory: RingMemory, first: int, blocks: int, app: Connection) -> None:
    """Another process: blocks of the numbers from first on, at the pace the app asks for them."""
    ring = SharedRing(memory)
    for block in range(blocks):
        app.recv()
        numbers = np.arange(first + block * BLOCK, first + (block + 1) * BLOCK, dtype=np.float32)
        ring.write(np.stack((numbers, -numbers), axis=1))
        ring.overflows += 1
        ring.arrived = float(block)
        app.send(ring.written)


def test_another_process_writes_what_is_read_here() -> None:
    context = spawn_context()
    memory = ring_memory(context, 250, 2)
    ring = SharedRing(memory)
    ours, theirs = context.Pipe()
    process = context.Process(target=write_numbers, args=(memory, 0, 4, theirs))
    process.start()
    cursor, got = 0, []
    for _ in range(3):
        ours.send("go")
        assert ours.recv() == ring.written
        samples, gap = ring.read(cursor)
        assert gap == 0
        cursor += len(samples)
        got.append(samples)
    ours.send("go")
    ours.recv()
    process.join()
    np.testing.assert_array_equal(np.concatenate(got)[:, 0], np.arange(300))
    np.testing.assert_array_equal(np.concatenate(got)[:, 1], -np.arange(300))
    assert ring.read(0)[1] == 150
    assert (ring.overflows, ring.arrived, process.exitcode) == (4, 3.0, 0)
    process.close()
    ours.close()
    theirs.close()


def test_a_second_writer_goes_on_where_the_first_stopped() -> None:
    memory = ring_memory(spawn_context(), 50, 1)
    SharedRing(memory).write(np.arange(30, dtype=np.float32))
    again = SharedRing(memory)
    assert (again.written, again.oldest) == (30, 0)
    again.write(np.arange(30, 60, dtype=np.float32))
    samples, gap = SharedRing(memory).read(0)
    assert gap == 10
    assert samples[:, 0].tolist() == list(range(10, 60))
