"""Which engine runs something: the numbers are the same to the last bit, so whatever is done sooner, the time to compile included.

A kernel that has been compiled is used. To compile one takes some hundredths of a second, which is waited for where a run on NumPy would
take longer; otherwise NumPy runs it, and once it has spent as much time on a pair in all, the kernel is compiled beside whatever goes on.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

import machine
import tape
from formulas.libm.forks import across_forks
from landscapes import Landscape
from optimizers import Optimizer, Schedule
from parameters import Array
from simulation.checks import check_keep, check_steps
from simulation.objective import Objective

ENGINES = ("auto", "numpy", "machine")
VARIABLE = "DESCENT_ENGINE"
"""What "auto" means in this process: "numpy" for that engine alone, "machine" for machine code wherever it can be made."""
COMPILING = 0.04
"""Seconds that it takes to compile a kernel."""
WORTHWHILE = 1.5 * COMPILING
"""Seconds of NumPy for which it is worth while to wait for a kernel first: machine code takes a fraction of them."""
_CALL, _OPERATION = 3e-7, 2.5e-10
"""Seconds that NumPy takes for a call, and for each number that it computes."""
_TRIALS, _TRIAL = 8, 20
"""Trials that a search for a step length takes: from 4 to 60, as the one of all trajectories that needs most; and the operations
of each beside the loss."""
_MOST = 1024
"""Pairs of whom it is known how long NumPy has taken."""


def why_never() -> str:
    """Why machine code runs nothing in this process, in words; "" where it runs what it can."""
    if os.environ.get(VARIABLE, "").strip() == "numpy":
        return f"{VARIABLE} asks for it here"
    return "" if machine.available() else "llvmlite, which makes machine code, is not installed here"


def why_not(objective: Objective, optimizer: Optimizer) -> str:
    """Why machine code cannot run a method on an objective, in words; "" where it can."""
    if not machine.available():
        return "llvmlite, which makes machine code, is not installed"
    reason = tape.why_none(objective, optimizer)
    if reason or not isinstance(objective, Landscape):
        return reason
    return machine.why_none(tape.tape_of(objective, optimizer))


@dataclass(frozen=True)
class Choice:
    """Which engine is to run something, and what is learned of it.

    Attributes:
        objective, optimizer, steps: what is run.
        count: how many trajectories.
        rows: how many points of each are kept.
        scheduled, noisy, goal: whether the run has a schedule, noise, a goal.
    """

    objective: Objective
    optimizer: Optimizer
    steps: int
    count: int
    rows: int
    scheduled: bool
    noisy: bool
    goal: bool

    def on_machine(self, engine: str) -> bool:
        """Whether to run on machine code.

        Raises:
            ValueError: there is no such engine, or machine code was asked for and cannot run this.
        """
        if engine not in ENGINES:
            raise ValueError(f"engine is {engine!r}; choose {', '.join(map(repr, ENGINES))}")
        if engine == "machine" and (reason := why_not(self.objective, self.optimizer)):
            raise ValueError(
                f"engine='machine' cannot run {self.optimizer.name} on {self.objective.name}: {reason}; choose 'numpy', or 'auto'"
            )
        return self.by_itself() if engine == "auto" else engine == "machine"

    def by_itself(self) -> bool:
        """What "auto" chooses now.

        Raises:
            ValueError: the environment asks for what is no engine.
        """
        asked = os.environ.get(VARIABLE, "").strip() or "auto"
        if asked not in ENGINES:
            raise ValueError(f"{VARIABLE} is {asked!r}; it has to be one of {', '.join(ENGINES)}")
        if asked == "numpy" or not self._seems_possible:
            return False
        if asked == "auto" and self.estimate < WORTHWHILE:
            known = tape.known_tape(self.key)
            return known is not None and machine.available() and machine.is_compiled(known, self.kind)
        return not why_not(self.objective, self.optimizer)

    @property
    def _seems_possible(self) -> bool:
        """Whether machine code can run it as far as is known without the import of LLVM, which takes a tenth of a second."""
        return machine.seems_available() and not tape.why_none(self.objective, self.optimizer)

    @property
    def kind(self) -> machine.Kind:
        """What a kernel has to do beside stepping."""
        return machine.Kind(*self._work, machine.widest())

    @property
    def _work(self) -> tuple[bool, bool, bool, bool]:
        """Whether it computes losses, has a goal, writes points down, and those of all steps."""
        path = self.rows == self.steps + 1
        losses = path or self.goal or not self.objective.always_finite
        return losses, self.goal, losses or self.rows > 1, path

    @property
    def key(self) -> Hashable:
        """What has a tape of its own."""
        assert isinstance(self.objective, Landscape)
        return tape.key_of(self.objective, self.optimizer, self.scheduled, self.noisy)

    @cached_property
    def estimate(self) -> float:
        """About how many seconds it takes on NumPy, rather too few than too many."""
        assert isinstance(self.objective, Landscape)
        points = 1 + self.optimizer.draws + _TRIALS * self.optimizer.searches
        operations = len(self.optimizer.program.program.late) + points * (_TRIAL + len(self.objective.compiled(("dx", "dy")).late))
        return self.steps * operations * (_CALL + self.count * _OPERATION)

    def learn(self, seconds: float) -> None:
        """That NumPy has taken so long; where that has happened too often, the kernel is compiled for the next time."""
        if os.environ.get(VARIABLE, "").strip() == "numpy" or not self._seems_possible:
            return
        place = self.key, self._work
        with _lock:
            spent = _spent.pop(place, 0.0) + seconds
            if spent < COMPILING:
                _spent[place] = spent
                while len(_spent) > _MOST:
                    _spent.popitem(last=False)
                return
        with suppress(RuntimeError):  # the interpreter is ending, so that there is no next time
            compiler().submit(self._compile)

    def _compile(self) -> None:
        assert isinstance(self.objective, Landscape)
        if not why_not(self.objective, self.optimizer):
            machine.compiled(tape.tape_of(self.objective, self.optimizer, self.scheduled, self.noisy), self.kind)


_spent: OrderedDict[Hashable, float] = OrderedDict()
"""Seconds that NumPy has taken for a tape and a kind of kernel, those heard of last at the end."""
_lock = across_forks(threading.Lock())


@cache
def compiler() -> ThreadPoolExecutor:
    """The thread that compiles beside whatever goes on."""
    return ThreadPoolExecutor(1, "compiler")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=compiler.cache_clear)  # a child has not its parent's threads


def engine_for(
    landscape: Objective,
    optimizer: Optimizer,
    steps: int,
    count: int,
    keep: str | Sequence[int] = "path",
    schedule: Schedule | None = None,
    noise: float | Array = 0.0,
    goal: bool = False,
) -> str:
    """What `simulation.run(..., engine="auto")` would choose now, "numpy" or "machine"; nothing is compiled for the answer.

    Args:
        landscape, optimizer, steps, keep, schedule, noise: as for `simulation.run`.
        count: how many trajectories.
        goal: whether there is a goal.
    """
    rows = check_keep(keep, check_steps(steps)).size
    choice = Choice(landscape, optimizer, steps, count, rows, schedule is not None, bool(np.any(noise)), goal)
    return "machine" if choice.by_itself() else "numpy"
