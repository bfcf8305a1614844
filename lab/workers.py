"""Worker processes in which heavy work runs, so that it never holds the interpreter that answers people.

They are started when the first work comes, as plain programs (`lab.worker`), which import neither the server's script nor its libraries;
and they end after some work, or when there is none, which gives back all memory that they held.

Why neither `concurrent.futures` nor loky: a future that runs cannot be stopped, nor tell how far it is; one lost worker breaks the pool,
with the work of all sessions; and what `multiprocessing` spawns begins by running the server's main module, which Streamlit has made the
app's script. What each would need around it to be without these faults is as long as this.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from lab.executors import Meter, Publish, Task
from lab.worker import STOP, read, write
from simulation import Cancelled

R = TypeVar("R")
_WORKER = f"{__name__.rpartition('.')[0]}.worker"
_ROOT = Path(__file__).resolve().parents[_WORKER.count(".")]
"""The folder in which Python finds that module: the lab may be a part of the package `descent`."""
_POLL = 0.05
"""Seconds between two looks whether the work is still wanted."""
_GRACE, _BEGINNING = 5.0, 30.0
"""Seconds within which a worker that was told to stop has to end its work, and to begin if it has not yet; then it is ended."""
_TASKS = 50
"""A worker ends after so many tasks."""
_IDLE = 300.0
"""And after so many seconds without one."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Linear algebra has one thread in a worker: there are as many workers as processors."""


class WorkerLost(RuntimeError):
    """A worker process has ended before its work was done."""


class Worker:
    """One process, which computes one task at a time.

    Args:
        memory: the bytes that it may hold, where the system can see to it; 0 for no limit.
    """

    def __init__(self, memory: int = 0) -> None:
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", _WORKER, str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1"), "PYTHONPATH": os.pathsep.join(paths)},
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
        self._answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.tasks, self.busy, self._begun = 0, False, False
        self.rested = time.monotonic()
        threading.Thread(target=self._listen, name="lab-answers", daemon=True).start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def _listen(self) -> None:
        with cast(BinaryIO, self._process.stdout) as answers, suppress(EOFError, OSError, ValueError):
            while True:
                self._answers.put(pickle.loads(read(answers)))
        self._answers.put(("lost", None))

    def run(self, task: Task[R], threads: int, meter: Meter, publish: Publish[R], wanted: Callable[[], object]) -> R:
        """What comes of a task.

        Args:
            task: what to compute. It is sent to the process, and so is what comes of it.
            threads: that it may use there.
            meter: counts what is done, and stops it.
            publish: is called with results that are not complete yet.
            wanted: is called now and then; it may stop the meter, or raise, which ends the work.

        Raises:
            simulation.Cancelled: the meter was stopped. The process may not have heard of it yet: `busy` says so, and `give_up` waits.
            WorkerLost: the process has ended.
            Exception: what the task itself raises.
        """
        self.tasks, self.busy, self._begun = self.tasks + 1, True, False
        self._send(pickle.dumps((task, threads), protocol=pickle.HIGHEST_PROTOCOL))
        try:
            while True:
                wanted()
                meter.check()
                with suppress(queue.Empty):
                    kind, content = self._answers.get(timeout=_POLL)
                    self._begun = True
                    if kind == "done so far":
                        meter.reach(content)
                    elif kind == "partial":
                        publish(content)
                    else:
                        return cast(R, self._end(kind, content, meter))
        except WorkerLost:
            raise
        except BaseException:
            if self.busy:
                with suppress(WorkerLost):
                    self._send(STOP)
            raise
        finally:
            self.rested = time.monotonic()

    def _send(self, message: bytes) -> None:
        try:
            write(cast(BinaryIO, self._process.stdin), message)
        except OSError:
            self.close()
            raise _lost() from None

    def _end(self, kind: str, content: Any, meter: Meter) -> Any:
        self.busy = False
        if kind == "result":
            meter.reach(1.0)
            return content
        if kind == "failed":
            raise content
        if kind == "lost":
            self.close()
            raise _lost()
        raise Cancelled("the computation was stopped")

    def give_up(self) -> None:
        """Let the process end what it was told to stop, or end the process."""
        deadline = time.monotonic() + (_GRACE if self._begun else _BEGINNING)
        while self.busy and (left := deadline - time.monotonic()) > 0:
            with suppress(queue.Empty):
                kind, _ = self._answers.get(timeout=left)
                self.busy = kind in ("done so far", "partial")
                if not self._begun:
                    self._begun, deadline = True, time.monotonic() + _GRACE
        if self.busy:
            self.close()

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process."""
        self.busy = False
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            cast(BinaryIO, self._process.stdin).close()


def _lost() -> WorkerLost:
    return WorkerLost(
        "the process that computed this has ended before it was done, perhaps because memory ran out; try again, with fewer starts, steps "
        "or cells if it happens again"
    )


class Workers:
    """The worker processes of a server: as many as there is work at a time.

    Args:
        memory: the bytes that each may hold, where the system can see to it; 0 for no limit.
        threads: that all tasks share.
    """

    def __init__(self, memory: int = 0, threads: int | None = None) -> None:
        self._memory, self._threads = memory, threads or os.cpu_count() or 1
        self._idle: list[Worker] = []
        self._busy: list[Worker] = []
        self._ending: list[Worker] = []
        self._lock = threading.Condition()

    def run(self, task: Task[R], meter: Meter, publish: Publish[R], wanted: Callable[[], object] = lambda: None) -> R:
        """What comes of a task, from a worker that rests or from a new one. Arguments and errors as for `Worker.run`."""
        worker = self._taken(meter, wanted)
        try:
            return worker.run(task, max(1, self._threads // len(self._busy)), meter, publish, wanted)
        finally:
            if worker.busy:  # nobody waits for what it is still about
                with self._lock:
                    self._ending.append(worker)
                threading.Thread(target=self._end, args=(worker,), name="lab-ending", daemon=True).start()
            else:
                self._back(worker)

    def _end(self, worker: Worker) -> None:
        worker.give_up()
        with self._lock:
            self._ending.remove(worker)
            self._back(worker)
            self._lock.notify_all()

    def _taken(self, meter: Meter, wanted: Callable[[], object]) -> Worker:
        with self._lock:
            while self._ending and not self._idle:  # sooner than a new process has begun
                self._lock.wait(_POLL)
                wanted()
                meter.check()
            worker = None
            while self._idle and worker is None:
                rested = self._idle.pop()
                worker = rested if rested.alive else None
            self._busy.append(worker := worker or Worker(self._memory))
        return worker

    def _back(self, worker: Worker) -> None:
        with self._lock:
            self._busy.remove(worker)
            if worker.tasks >= _TASKS or not worker.alive:
                worker.close()
                return
            self._idle.append(worker)
        later = threading.Timer(_IDLE + 1, self._send_home)
        later.daemon = True
        later.start()

    def _send_home(self) -> None:
        """End those that have rested for long."""
        with self._lock:
            tired = [worker for worker in self._idle if time.monotonic() - worker.rested > _IDLE]
            self._idle = [worker for worker in self._idle if worker not in tired]
        for worker in tired:
            worker.close()

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes, those that work first."""
        with self._lock:
            return [worker.pid for worker in (*self._busy, *self._idle)]

    def close(self) -> None:
        """End those that rest, and those whose work was stopped."""
        with self._lock:
            resting, self._idle = self._idle, []
            unwanted = [*resting, *self._ending]
        for worker in unwanted:
            worker.close()
