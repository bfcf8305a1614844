"""The app's server in a process of its own, and what it costs: processor time and memory, with those of its worker processes."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

import psutil

_PATIENCE = 120.0
"""Seconds that a server may take to start."""


class Server:
    """A running server.

    Args:
        url: where it answers.
        process: its main process.
    """

    def __init__(self, url: str, process: psutil.Process) -> None:
        self.url, self.process = url, process

    def seconds(self) -> float:
        """Processor seconds that the server itself has used: what stands in the way of everybody else who is served."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def megabytes(self) -> float:
        """Resident memory of the server and of its worker processes."""
        total = 0.0
        for process in (self.process, *self.process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # it has just ended
                total += process.memory_info().rss / 1e6
        return total


@contextmanager
def served(app: Path) -> Iterator[Server]:
    """A server of an app as a newcomer starts it, until the block ends.

    Args:
        app: the script, `app.py` of any checkout.

    Raises:
        RuntimeError: it does not start; the message is what it has printed.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app.name, "--server.address", "127.0.0.1"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    with TemporaryFile() as log:
        running = subprocess.Popen(command, cwd=app.parent, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            if not _answers(f"{url}/_stcore/health", running):
                log.seek(0)
                raise RuntimeError(f"the server did not start: {log.read().decode(errors='replace')}")
            yield Server(url, psutil.Process(running.pid))
        finally:
            running.terminate()
            running.wait(timeout=60)


def _answers(url: str, running: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and running.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False
