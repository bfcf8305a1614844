"""Tasks run in the background. Sessions that ask for the same task share one job, which stops when none of them needs it any more."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar, cast

import limits
from lab.executors import Continuable, Executor, Meter, Task, local_executor
from lab.line import Line, Place
from lab.workers import Workers
from simulation import Cancelled

R = TypeVar("R")

_log = logging.getLogger(__name__)
AT_ONCE = 2
"""Jobs that run at the same time where they share this process; the others wait."""
WATCH_TIMEOUT = 90.0
"""Seconds after which a session that has not asked for its job again counts as gone. Browsers let a hidden page ask once a minute."""
_PACE = 3e-8
"""Seconds for a step of one trajectory, before any job of the kind has ended."""
_PLACES_FOR = 0.5
"""Seconds for which what was found out about the line is told again: many may ask."""
_LOOK = 5.0
"""Seconds between two looks whether those who wait are still there."""


class Job(Generic[R]):
    """A task that waits, runs, or has ended.

    Attributes:
        task: what is found.
        doing: what is computed for that: the task, or the rest of it where its beginning is known.
        number: how many jobs were asked for before it.
        partial: the newest result, complete once the job is done; None before there is one.
        state: "waiting", "running", "done", "stopped" or "failed".
        error: what went wrong, if it failed.
    """

    def __init__(self, task: Task[R], number: int, doing: Task[R] | None = None) -> None:
        self.task, self.doing, self.number = task, doing or task, number
        self.meter = Meter(self.doing.work)
        self.began = 0.0
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

    @property
    def kind(self) -> str:
        """What kind of task it is."""
        return type(self.task).__name__

    @property
    def watchers(self) -> Sequence[Hashable]:
        """The sessions that want it."""
        now = time.monotonic()
        return [who for who, seen in list(self._watchers.items()) if now - seen < WATCH_TIMEOUT]

    def refused(self, reason: str) -> bool:
        """Whether there is a reason not to begin it, for which it then has failed."""
        if reason:
            self.state, self.error = "failed", ValueError(reason)
            self.ended.set()
        return bool(reason)

    def seen_by(self, who: Hashable) -> None:
        """Note that a session has asked for the job just now."""
        self._watchers[who] = time.monotonic()

    def left_by(self, who: Hashable) -> None:
        """Note that a session does not need the job any more, and stop it if none does."""
        self._watchers.pop(who, None)
        self.stop_if_unwatched()

    def stop_if_unwatched(self) -> None:
        """Stop if all sessions that asked for it have left."""
        if not self.watchers:
            self.meter.stop()

    def go_on(self) -> None:
        """Stop if all sessions that asked for it have left, or if it has taken too long.

        Raises:
            simulation.Cancelled: it was stopped.
            TimeoutError: it runs for longer than anything may.
        """
        self.stop_if_unwatched()
        self.meter.check()
        if time.monotonic() - self.began > 60 * limits.JOB_MINUTES.value:
            raise TimeoutError(
                f"this has run for {limits.JOB_MINUTES.value} minutes, which is as long as anything may take on this server; choose fewer "
                "starts, steps, cells or optimizers"
            )

    def _publish(self, partial: R) -> None:
        self.go_on()
        self.partial = partial


class Jobs:
    """The jobs of a process: at most one for a task, some of them at once, results kept. Sessions take turns (`lab.line`).

    Args:
        executor: makes the executor of a job's tiles from its meter; by default they run in this process.
        at_once: how many run at the same time.
        keep: bytes that the kept results may take; a result tells its size by `nbytes`.
        workers: the processes in which jobs run, in place of an executor.
    """

    def __init__(
        self,
        executor: Callable[[Meter], Executor] = local_executor,
        at_once: int = AT_ONCE,
        keep: int | None = None,
        workers: Workers | None = None,
    ) -> None:
        self._executor, self._workers = executor, workers
        self._keep = limits.RESULT_MEGABYTES.value * 1024**2 if keep is None else keep
        self._line = Line(at_once, limits.JOBS_PER_SESSION.value)
        self._jobs: OrderedDict[Task[Any], Job[Any]] = OrderedDict()
        self._numbers = itertools.count()
        self._pace: dict[str, float] = {}
        self._places: tuple[float, dict[Any, Place]] = (0.0, {})
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        for index in range(at_once):  # threads that do not keep the app from ending, as those of a pool would
            threading.Thread(target=self._work, name=f"lab-{index}", daemon=True).start()

    def ask(self, task: Task[R], who: Hashable) -> Job[R]:
        """The job for a task: the one that waits, runs, is done or has failed already, otherwise a new one.

        Args:
            task: what to compute.
            who: the session that asks. It has to ask again within `WATCH_TIMEOUT`, or it counts as gone.

        Returns:
            Where too many wait already, one that has failed for that reason, which nobody keeps.
        """
        with self._lock:
            job: Job[R] | None = self._jobs.get(task)
            if job is None or job.state == "stopped" or (job.active and job.meter.stopped):
                job = Job(task, next(self._numbers), self._rest(task))
                if job.refused(self._full(who)):
                    return job
                self._jobs[task] = job
                job.seen_by(who)
                self._line.waiting.append(job)
                self._turned()
            job.seen_by(who)
            self._jobs.move_to_end(task)
            return job

    def _rest(self, task: Task[R]) -> Task[R]:
        """What is left of a task to compute, from what others have found."""
        for beginning in getattr(task, "beginnings", ()):
            if (found := self._jobs.get(beginning)) and found.result is not None:
                rest: Task[R] = cast("Continuable[R]", task).rest(found.result)
                return rest
        return task

    def _full(self, who: Hashable) -> str:
        """Why no other job of a session can wait; "" if it can."""
        waiting = [job for job in self._line.waiting if not job.meter.stopped]
        own, most, all_most = sum(who in job.watchers for job in waiting), limits.WAITING_PER_SESSION.value, limits.WAITING.value
        if own >= most:
            return f"{own} computations of yours wait already, and at most {most} can; stop one of them, or wait until one has ended"
        if len(waiting) >= all_most:
            return f"{len(waiting)} computations wait on this server already, and at most {all_most} can; try again in a while"
        return ""

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._line.waiting)

    @property
    def running(self) -> list[Job[Any]]:
        """Those that are computed now."""
        with self._lock:
            return list(self._line.running)

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
            with self._lock:
                self._line.left(job, who)
                self._turned()

    def place(self, job: Job[Any]) -> Place:
        """Where a job that waits stands in the line; at its head where it does not wait any more."""
        with self._lock:
            found_at, places = self._places
            if time.monotonic() - found_at > _PLACES_FOR:
                places = self._line.places(self._seconds_left)
                self._places = time.monotonic(), places
            return places.get(job, Place(0, 0.0))

    def _seconds_left(self, job: Job[Any]) -> float:
        left = job.meter.seconds_left if job.state == "running" else None
        return job.doing.work * self._pace.get(job.kind, _PACE) if left is None else left

    def _turned(self) -> None:
        """Let those look who work: the line is another one."""
        self._places = (0.0, {})
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._lock:
                while (job := self._next()) is None:
                    self._changed.wait(_LOOK)
            self._run(job)

    def _next(self) -> Job[Any] | None:
        """The job that is next; those that nobody wants any more end here."""
        for job in list(self._line.waiting):
            job.stop_if_unwatched()
            if job.meter.stopped:
                self._line.waiting.remove(job)
                job.state = "stopped"
                self._forget(job)
                job.ended.set()
        following: Job[Any] | None = self._line.begin_next()
        if following:
            following.meter.begin()
            following.state, following.began = "running", time.monotonic()
        return following

    def _run(self, job: Job[Any]) -> None:
        try:
            job.partial = self._computed(job)
            job.state = "done"
        except Cancelled:
            job.partial, job.state = None, "stopped"
        except Exception as error:
            _log.exception("%s failed", job.kind)
            error.__cause__ = error.__context__ = error.__traceback__ = None  # their frames would hold all that was computed
            job.partial, job.error, job.state = None, error, "failed"
        work, job.doing = job.doing.work, job.task  # which does not hold what it began with
        with self._lock:
            del self._line.running[job]
            if job.state == "done":
                pace = (time.monotonic() - job.began) / max(work, 1)
                self._pace[job.kind] = (pace + self._pace.get(job.kind, pace)) / 2
            self._forget(job)
            self._turned()
        job.ended.set()

    def _computed(self, job: Job[R]) -> R:
        if self._workers:
            return self._workers.run(job.doing, job.meter, job._publish, job.go_on)
        return job.doing.compute(self._watched(job), job._publish)

    def _watched(self, job: Job[Any]) -> Executor:
        """The executor of the job's tiles, which checks after each of them whether any session still needs it."""
        execute = self._executor(job.meter)

        def watched(batches: Any) -> Any:
            for piece in execute(batches):
                job.go_on()
                yield piece

        return watched

    def _forget(self, ended: Job[Any]) -> None:
        """Drop the job if it was stopped, and the results that were asked for least recently where all of them take too much memory."""
        if ended.state == "stopped" and self._jobs.get(ended.task) is ended:
            del self._jobs[ended.task]
        sizes = {task: getattr(job.result, "nbytes", 0) for task, job in self._jobs.items() if job.state == "done"}
        total = sum(sizes.values())
        for task, size in list(sizes.items())[:-1]:
            if total <= self._keep:
                return
            del self._jobs[task]
            total -= size
