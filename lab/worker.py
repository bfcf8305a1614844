"""What a worker process does, started as `python -m lab.worker`: it computes tasks that it reads, one after the other.

Tasks come through the standard input and answers go to the standard output, pickled, each after its length in eight bytes. Both ends are
this program's own, and nothing else is read here. Neither Streamlit nor Plotly is imported, nor is the script that the server runs.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

from lab.executors import Meter, local_executor
from simulation import Cancelled

STOP = b""
"""What a worker reads in place of a task when the present one is to end."""
LENGTH = struct.Struct("!Q")
_TELL_EVERY, _PUBLISH_EVERY = 0.1, 0.5
"""Seconds between two words on how far a task is, and between two results that are not complete."""
_NICER = 10
"""The interpreter of the server, which answers people, goes before."""


def write(stream: BinaryIO, content: bytes) -> None:
    """Send a message to the other end."""
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def read(stream: BinaryIO) -> bytes:
    """The next message from the other end.

    Raises:
        EOFError: there is no other end any more.
    """
    head = stream.read(LENGTH.size)
    content = stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
    if len(head) < LENGTH.size or len(content) < LENGTH.unpack(head)[0]:
        raise EOFError
    return content


def packed(kind: str, content: object) -> bytes:
    """An answer as it is sent; an error that cannot be read again there is sent as what it says."""
    try:
        message = pickle.dumps((kind, content), protocol=pickle.HIGHEST_PROTOCOL)
        if kind == "failed":
            pickle.loads(message)
    except Exception as error:
        return pickle.dumps(("failed", RuntimeError(str(content) if kind == "failed" else f"the result cannot be sent: {error}")))
    return message


class Told(Meter):
    """A meter that tells the other end what it counts, and sends what was published, both not too often."""

    def __init__(self, total: int, send: Callable[[str, object], None]) -> None:
        super().__init__(total)
        self._send = send
        self._told = self._published = time.monotonic()
        self._partial: object = None

    def add(self, work: float) -> None:
        """Count more work as done. Errors as for `Meter.add`."""
        super().add(work)
        now = time.monotonic()
        if now - self._told > _TELL_EVERY:
            self._told = now
            self._send("done so far", self.fraction)
        if self._partial is not None:
            self.publish(self._partial)

    def publish(self, partial: object) -> None:
        """Send a result that is not complete yet, now or at a later word on how far the task is."""
        self.check()
        self._partial = partial
        if time.monotonic() - self._published > _PUBLISH_EVERY:
            self._send("partial", partial)
            self._published, self._partial = time.monotonic(), None


def answer(message: bytes, begin: Callable[[int], Told]) -> tuple[str, object]:
    """What comes of a task that was sent: ("result", it), ("stopped", None) or ("failed", the error)."""
    try:
        task, threads = pickle.loads(message)
        meter = begin(task.work)
        meter.check()
        return "result", task.compute(local_executor(meter, threads), meter.publish)
    except Cancelled:
        return "stopped", None
    except MemoryError:
        return "failed", MemoryError(
            "this needs more memory than one computation may take on this server; choose fewer starts, steps or cells, "
            "smaller networks or a smaller picture"
        )
    except Exception as error:
        error.__cause__ = error.__context__ = error.__traceback__ = None
        return "failed", error


class _Desk:
    """What a worker has before it: the tasks that came, and the meter of the one that it computes."""

    def __init__(self, told: BinaryIO, out: BinaryIO) -> None:
        self._told, self._out = told, out
        self._came: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._meter: Meter | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                message = read(self._told)
            except EOFError:
                os._exit(0)  # the server has ended: nobody wants what is computed here
            if message != STOP:
                self._stop.clear()
                self._came.put(message)
                continue
            self._stop.set()
            if meter := self._meter:
                meter.stop()

    def _begin(self, work: int) -> Told:
        self._meter = meter = Told(work, self._send)
        if self._stop.is_set():
            meter.stop()
        self._send("done so far", 0.0)  # it has begun
        return meter

    def _send(self, kind: str, content: object) -> None:
        write(self._out, packed(kind, content))

    def next(self) -> None:
        """Wait for a task, compute it, and send what comes of it."""
        kind, content = answer(self._came.get(), self._begin)
        self._meter = None
        self._send(kind, content)


def main(memory: int) -> None:
    """Compute tasks until the other end is gone.

    Args:
        memory: the bytes that this process may hold, where the system can see to it; 0 for no limit.
    """
    told, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints is not to stand between two answers
    _modest(memory)
    desk = _Desk(told, out)
    while True:
        desk.next()


def _modest(memory: int) -> None:
    """Let the server go before, take no more memory than allowed, and leave the keyboard's interrupt to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICER)
    if memory:
        with contextlib.suppress(ImportError, OSError, ValueError):
            import resource

            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


if __name__ == "__main__":
    main(int(sys.argv[1]))
