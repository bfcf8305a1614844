"""A process of its own for each contestant.

What one contestant leaves behind (freed memory that the next one need not fetch anew, threads, settings) then does not change how fast
another is. All of them run on the same core, one at a time.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from benchmarks.peers.problem import History, Prepared
from benchmarks.support.timing import measure


class Worker:
    """One contestant in its process. A context manager: the process ends with the block.

    Args:
        module: the module with the contestant in its `CONTESTANTS`.
        name: which of them.
    """

    def __init__(self, module: str, name: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, module, name), daemon=True)
        self._process.start()
        theirs.close()

    def prepare(self, problem: Any) -> None:
        """Set up what is not timed."""
        self._ask(_prepare, problem)

    def clocked(self, repeats: int) -> tuple[float, float]:
        """Wall-clock and CPU seconds for each of so many runs."""
        seconds: tuple[float, float] = self._ask(_measure, repeats)
        return seconds

    def history(self) -> History:
        """What a run gives."""
        history: History = self._ask(_history)
        return history

    def _ask(self, *request: Any) -> Any:
        self._pipe.send(request)
        answer = self._pipe.recv()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pipe.close()
        self._process.join(5)
        self._process.terminate()


class _State:
    """What the process keeps between two requests."""

    def __init__(self, make: Callable[[Any], Prepared]) -> None:
        self.make = make
        self.prepared: Prepared | None = None


def _prepare(state: _State, problem: Any) -> None:
    state.prepared = None
    state.prepared = state.make(problem)


def _measure(state: _State, repeats: int) -> tuple[float, float]:
    assert state.prepared
    return measure(state.prepared.run, repeats)


def _history(state: _State) -> History:
    assert state.prepared
    return state.prepared.history(state.prepared.run())


def _serve(pipe: Connection, module: str, name: str) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    state = _State(import_module(module).CONTESTANTS[name])
    while True:
        try:
            task, *arguments = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(task(state, *arguments))
        except Exception as error:
            pipe.send(error)
