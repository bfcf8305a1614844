"""Tasks run in the background. Sessions that ask for the same task share one job, which stops when none of them needs it any more."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from lab.executors import Executor, Meter, Task, local_executor
from simulation import Cancelled

R = TypeVar("R")

_log = logging.getLogger(__name__)
AT_ONCE = 2
"""Jobs that run at the same time; the others wait."""
WATCH_TIMEOUT = 90.0
"""Seconds after which a session that has not asked for its job again counts as gone. Browsers let a hidden page ask once a minute."""
BYTES = 256 * 1024**2
"""Memory that the kept results may take together."""


class Job(Generic[R]):
    """A task that waits, runs, or has ended.

    Attributes:
        task: what is computed.
        number: how many jobs were asked for before it.
        partial: the newest result, complete once the job is done; None before there is one.
        state: "waiting", "running", "done", "stopped" or "failed".
        error: what went wrong, if it failed.
    """

    def __init__(self, task: Task[R], number: int) -> None:
        self.task, self.number = task, number
        self.meter = Meter(task.work)
        self.partial: R | None = None
        self.state = "waiting"
        self.error: Exception | None = None
        self.ended = threading.Event()
        self._watchers: dict[Hashable, float] = {}

    @property
    def result(self) -> R | None:
        """The result, once the job is done; None before, and where it was stopped or failed."""
        return self.partial if self.state == "done" else None

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("waiting", "running")

    def seen_by(self, who: Hashable) -> None:
        """Note that a session has asked for the job just now."""
        self._watchers[who] = time.monotonic()

    def left_by(self, who: Hashable) -> None:
        """Note that a session does not need the job any more, and stop it if none does."""
        self._watchers.pop(who, None)
        self.stop_if_unwatched()

    def stop_if_unwatched(self) -> None:
        """Stop if all sessions that asked for it have left."""
        now = time.monotonic()
        if not any(now - seen < WATCH_TIMEOUT for seen in list(self._watchers.values())):
            self.meter.stop()

    def _publish(self, partial: R) -> None:
        self.stop_if_unwatched()
        self.meter.check()
        self.partial = partial


class Jobs:
    """The jobs of a process: at most one for a task, some of them at once, results kept.

    Args:
        executor: makes the executor of a job's tiles from its meter; by default they run in this process.
        at_once: how many run at the same time.
        keep: bytes that the kept results may take; a result tells its size by `nbytes`.
    """

    def __init__(self, executor: Callable[[Meter], Executor] = local_executor, at_once: int = AT_ONCE, keep: int = BYTES) -> None:
        self._executor, self._keep = executor, keep
        self._waiting: SimpleQueue[Job[Any]] = SimpleQueue()
        self._jobs: OrderedDict[Task[Any], Job[Any]] = OrderedDict()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        for index in range(at_once):  # threads that do not keep the app from ending, as those of a pool would
            threading.Thread(target=self._work, name=f"lab-{index}", daemon=True).start()

    def ask(self, task: Task[R], who: Hashable) -> Job[R]:
        """The job for a task: the one that waits, runs, is done or has failed already, otherwise a new one.

        Args:
            task: what to compute.
            who: the session that asks. It has to ask again within `WATCH_TIMEOUT`, or it counts as gone.
        """
        with self._lock:
            job: Job[R] | None = self._jobs.get(task)
            if job is None or job.state == "stopped" or (job.active and job.meter.stopped):
                job = self._jobs[task] = Job(task, next(self._numbers))
                job.seen_by(who)
                self._waiting.put(job)
            job.seen_by(who)
            self._jobs.move_to_end(task)
            return job

    def drop(self, task: Task[Any]) -> None:
        """Forget a job that failed, so that the task can be tried again."""
        with self._lock:
            if (job := self._jobs.get(task)) and job.state == "failed":
                del self._jobs[task]

    def find(self, task: Task[R]) -> Job[R] | None:
        """The job for a task, if there is one."""
        with self._lock:
            return self._jobs.get(task)

    def leave(self, task: Task[Any], who: Hashable) -> None:
        """Note that a session does not need a task's result any more."""
        with self._lock:
            job = self._jobs.get(task)
        if job:
            job.left_by(who)

    def ahead(self, job: Job[Any]) -> int:
        """How many jobs wait before this one."""
        with self._lock:
            return sum(other.state == "waiting" and other.number < job.number for other in self._jobs.values())

    def _work(self) -> None:
        while True:
            self._run(self._waiting.get())

    def _run(self, job: Job[Any]) -> None:
        try:
            job.stop_if_unwatched()
            job.meter.check()
            job.state = "running"
            job.meter.begin()
            job.partial = job.task.compute(self._watched(job), job._publish)
            job.state = "done"
        except Cancelled:
            job.partial, job.state = None, "stopped"
        except Exception as error:
            _log.exception("%s failed", type(job.task).__name__)
            error.__cause__ = error.__context__ = error.__traceback__ = None  # their frames would hold all that was computed
            job.partial, job.error, job.state = None, error, "failed"
        self._forget(job)
        job.ended.set()

    def _watched(self, job: Job[Any]) -> Executor:
        """The executor of the job's tiles, which checks after each of them whether any session still needs it."""
        execute = self._executor(job.meter)

        def watched(batches: Any) -> Any:
            for piece in execute(batches):
                job.stop_if_unwatched()
                yield piece

        return watched

    def _forget(self, ended: Job[Any]) -> None:
        """Drop the job if it was stopped, and the results that were asked for least recently where all of them take too much memory."""
        with self._lock:
            if ended.state == "stopped" and self._jobs.get(ended.task) is ended:
                del self._jobs[ended.task]
            sizes = {task: getattr(job.result, "nbytes", 0) for task, job in self._jobs.items() if job.state == "done"}
            total = sum(sizes.values())
            for task, size in list(sizes.items())[:-1]:
                if total <= self._keep:
                    return
                del self._jobs[task]
                total -= size
