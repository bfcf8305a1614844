"""Machine code gives what the NumPy engine gives, bit for bit, and is called with arrays that it was made for only."""

from __future__ import annotations

import ctypes
import importlib
import os
import threading
import time
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

import landscapes
import machine
import optimizers
import simulation
import tape
from benchmarks.bits import COUNT as COUNT_BY_CHANCE
from benchmarks.bits import differing, pairs_by_chance
from formulas.libm import kept_code, native
from landscapes import Landscape
from landscapes.computed import ComputedLandscape
from machine import buffers
from machine.compiler import Compiled, History
from optimizers import Optimizer, schedules
from simulation import choice, machine_run, starts

pytestmark = pytest.mark.skipif(not machine.available(), reason="llvmlite is not installed")

ROSENBROCK, RASTRIGIN = landscapes.get("rosenbrock"), landscapes.get("rastrigin")
COUNT, STEPS = 21, 30
STARTS = np.random.default_rng(1).uniform(-2, 2, (2, COUNT))
RISING = np.linspace(0.1, 0.9, COUNT)
PLANE = ComputedLandscape("Plane", Mock(), identity=0, window=((-1, 1), (-1, 1)), start=(0, 0))
TOLD = ("positions", "losses", "diverged_at", "frozen_at", "reached")


def same(landscape: Landscape, optimizer: Optimizer, **more: Any) -> simulation.Run:
    """What machine code runs, which is what NumPy does."""
    settings = {"starts": STARTS, "steps": STEPS, **more}
    by_numpy, by_machine = (simulation.run(landscape, optimizer, engine=engine, **settings) for engine in ("numpy", "machine"))
    for name in TOLD:
        one, other = getattr(by_numpy, name), getattr(by_machine, name)
        assert (one is None and other is None) or np.array_equal(one, other, equal_nan=True), name
    return by_machine


@pytest.mark.parametrize("name", ["adam", "adopt", "lars", "nelder_mead", "saddle_free_newton", "bfgs", "conjugate_gradient", "cma_es"])
def test_methods_of_every_kind(name: str) -> None:
    same(ROSENBROCK, optimizers.get(name))


def test_everything_that_a_run_may_keep() -> None:
    adam = optimizers.get("adam")
    same(RASTRIGIN, adam)
    same(RASTRIGIN, adam, keep="last")
    same(RASTRIGIN, adam, keep=[3, 17, STEPS])
    run = same(RASTRIGIN, adam, goal=np.full(COUNT, 3.0), keep="last")
    assert run.reached is not None
    assert {-1} < set(run.reached.tolist())
    same(RASTRIGIN, adam, steps=0)


def test_whatever_a_run_can_be_given() -> None:
    each = optimizers.get("schedule_free_adamw", lr=RISING, beta2=RISING, weight_decay=0.1)
    same(ROSENBROCK, each, schedule=schedules.get("cosine"))
    same(Landscape("Odd root", formula="(x - 0.1)**(5/3) + x**(1/3) + y**2", window=((-1, 1), (-1, 1))), each)
    changing = optimizers.get("sgd", lr=1e-4 * RISING, change_at=np.arange(COUNT), change_by=RISING).clipped(clip_norm=RISING)
    same(landscapes.get("rosenbrock", b=100 * RISING).penalized(l1=RISING), changing, noise=RISING, seed=2**64 - 5)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", [0, 1])
def test_pairs_of_formulas_methods_and_settings_by_chance(seed: int) -> None:
    """A few of those that `python -m benchmarks bits --random 2000` runs."""
    for index, (formula, landscape, optimizer, more) in enumerate(islice(pairs_by_chance(seed), 4)):
        points = starts.uniform(landscape.window, COUNT_BY_CHANCE, seed=index)
        assert not differing(landscape, optimizer, points, **more), (optimizer.name, formula, more)


def test_neither_chunks_nor_workers_nor_the_width_change_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    adam = optimizers.get("adam")
    whole = same(ROSENBROCK, adam, noise=0.1)
    for chunk, workers in ((4, 1), (9, 2)):
        parts = simulation.run(ROSENBROCK, adam, STARTS, STEPS, noise=0.1, engine="machine", chunk=chunk, workers=workers)
        assert np.array_equal(whole.positions, parts.positions)
    monkeypatch.setattr(machine, "widest", lambda: 2)
    assert np.array_equal(whole.losses, same(ROSENBROCK, adam, noise=0.1).losses)


def test_the_width_of_vectors_can_be_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    widest = machine.widest.__wrapped__
    monkeypatch.setenv("DESCENT_VECTOR_BITS", "128")
    assert widest() == 2
    monkeypatch.setenv("DESCENT_VECTOR_BITS", "96")
    with pytest.raises(ValueError, match="DESCENT_VECTOR_BITS is '96'; it has to be one of 128, 256, 512"):
        widest()


def test_who_leaves_float_range_is_marked_at_the_same_step(monkeypatch: pytest.MonkeyPatch) -> None:
    hot = optimizers.get("sgd", lr=np.geomspace(1e-4, 10, COUNT))
    for keep in ("path", "last", [2, 5, STEPS]):
        run = same(ROSENBROCK, hot, keep=keep)
        assert (run.diverged_at >= 0).any()
        assert (run.diverged_at < 0).any()
    same(ROSENBROCK, hot, keep="last", goal=1.0)
    monkeypatch.setattr(machine_run, "PULSE", 7 * COUNT)  # in several calls, whose steps are counted on
    assert max(same(ROSENBROCK, optimizers.get("momentum", lr=3e-3 * RISING), keep="last").diverged_at) > 7
    reached = same(ROSENBROCK, optimizers.get("sgd", lr=1e-4), keep="last", goal=ROSENBROCK.value(STARTS) * RISING).reached
    assert reached is not None
    assert max(reached) > 7
    partly = Landscape("Half a plane", formula="log(x + 1) + y**2", window=((-1, 2), (-1, 1)))
    assert (same(partly, optimizers.get("momentum"), keep="last").diverged_at >= 0).any()


def test_who_freezes_is_told() -> None:
    steep = Landscape("Steep", formula="1e160*x + y**2", window=((-1, 1), (-1, 1)))
    for keep in ("path", "last"):
        assert (same(steep, optimizers.get("adagrad"), keep=keep).frozen_at >= 0).all()


def test_a_formula_is_repaired_where_it_has_no_value() -> None:
    starts = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.5]])
    cone = Landscape("Cone", formula="sqrt(x**2 + y**2)", window=((-1, 1), (-1, 1)))
    for keep, name in (("path", "sgd"), ("last", "sgd"), ("last", "bfgs")):
        run = same(cone, optimizers.get(name), starts=starts, keep=keep)
        assert np.isfinite(run.positions).all()


def test_a_run_reports_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_run, "PULSE", 5 * COUNT)
    told: list[float] = []
    monkeypatch.setattr("simulation.progress.time.monotonic", iter(np.arange(0.0, 1e6)).__next__)
    same(ROSENBROCK, optimizers.get("sgd", lr=1e-4), progress=told.append)
    assert told[-1] == 1.0
    assert len(set(told)) > 3
    with pytest.raises(simulation.Cancelled):
        simulation.run(ROSENBROCK, optimizers.get("sgd"), STARTS, STEPS, engine="machine", progress=lambda done: done < 0.5)


def test_what_is_run_again_without_kernels_stops_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.progress.time.monotonic", iter(np.arange(0.0, 1e6)).__next__)
    cone = Landscape("Cone", formula="sqrt(x**2 + y**2)", window=((-1, 1), (-1, 1)))
    told: list[float] = []

    def progress(done: float) -> bool:
        told.append(done)
        return len(told) < 3

    with pytest.raises(simulation.Cancelled):
        simulation.run(cone, optimizers.get("sgd"), np.zeros((2, 9000)), 200, engine="machine", progress=progress)
    assert told == [1.0] * 3  # the kernel is done at once, and each step is computed again


def test_what_machine_code_cannot_run_is_refused_with_the_reason() -> None:
    refused = r"engine='machine' cannot run BFGS on Plane: Plane has no formula; choose 'numpy', or 'auto'"
    with pytest.raises(ValueError, match=refused):
        simulation.run(PLANE, optimizers.get("bfgs"), STARTS, 3, engine="machine")
    with pytest.raises(ValueError, match=r"engine is 'gpu'; choose 'auto', 'numpy', 'machine'"):
        simulation.run(ROSENBROCK, optimizers.get("sgd"), STARTS, 3, engine="gpu")


@pytest.mark.parametrize("function", ["erf", "log1p", "atan2", "cbrt", "expm1"])
def test_a_function_has_numpys_bits_or_is_refused(function: str) -> None:
    """Where it is another routine that NumPy's arrays are computed by, as it was with erf, a run would differ in the last bit."""
    second = ", 1" if function == "atan2" else ""
    landscape = Landscape(function, formula=f"{function}(x**2 + 1{second}) + y**2", window=((-1, 1), (-1, 1)))
    sgd = optimizers.get("sgd")
    if choice.why_not(landscape, sgd):
        with pytest.raises(ValueError, match=f"{function} is computed by NumPy only"):
            simulation.run(landscape, sgd, STARTS, 3, engine="machine")
    else:
        same(landscape, sgd, keep="path", noise=0.1)


def test_where_llvmlite_is_missing_the_numpy_engine_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "llvm", lambda: None)
    simulation.run(ROSENBROCK, optimizers.get("sgd", lr=1e-4), STARTS, 3)
    with pytest.raises(ValueError, match="llvmlite, which makes machine code, is not installed"):
        simulation.run(ROSENBROCK, optimizers.get("sgd"), STARTS, 3, engine="machine")


def test_where_llvm_cannot_be_loaded_the_numpy_engine_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib, "import_module", Mock(side_effect=OSError("libllvmlite.so: cannot open shared object file")))
    monkeypatch.setattr(native, "llvm", native.llvm.__wrapped__)
    monkeypatch.setattr(native, "widest", native.widest.__wrapped__)
    monkeypatch.delenv("DESCENT_ENGINE", raising=False)
    tape.tape_of(ROSENBROCK, optimizers.get("sgd"))
    for steps in (3, 10**6):  # too short for machine code to pay, and long enough
        assert simulation.engine_for(ROSENBROCK, optimizers.get("sgd"), steps, 1000, "last") == "numpy"


def test_a_run_while_the_interpreter_ends_compiles_nothing_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESCENT_ENGINE", raising=False)
    monkeypatch.setattr(choice, "COMPILING", 0.0)
    monkeypatch.setattr(choice, "compiler", Mock(side_effect=RuntimeError("cannot schedule new futures after interpreter shutdown")))
    new = Landscape("Not seen before either", formula="(x - 3)**2 + 7*y**2", window=((-1, 1), (-1, 1)))
    assert simulation.run(new, optimizers.get("sgd"), STARTS, 3).engine == "numpy"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_child_that_is_forked_while_a_thread_compiles_can_compile() -> None:
    begun, forked = threading.Event(), threading.Event()

    def compiling() -> None:
        with native._LOCK:
            begun.set()
            forked.wait(0.1)

    thread = threading.Thread(target=compiling)
    thread.start()
    begun.wait()
    child = os.fork()
    if child == 0:
        buffers.POOL.empty(100_000)
        os._exit(0 if native._LOCK.acquire(timeout=10) and buffers.POOL._sweeper.is_alive() else 1)  # type: ignore[union-attr]
    forked.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_auto_takes_machine_code_once_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESCENT_ENGINE", raising=False)
    short: dict[str, Any] = {"starts": STARTS, "steps": STEPS, "engine": "auto"}
    new = Landscape("Not seen before", formula="(x - 2)**2 + 7*y**2", window=((-1, 1), (-1, 1)))
    sgd = optimizers.get("sgd", lr=1e-3)
    assert simulation.run(new, sgd, **short).engine == "numpy"
    monkeypatch.setattr(choice, "COMPILING", 0.0)
    assert simulation.engine_for(new, sgd, STEPS, COUNT) == "numpy"
    by_numpy = simulation.run(new, sgd, **short)  # after which it is compiled beside other things
    choice.compiler().submit(int).result()
    assert simulation.engine_for(new, sgd, STEPS, COUNT) == "machine"
    by_machine = simulation.run(new, sgd, **short)
    assert (by_numpy.engine, by_machine.engine) == ("numpy", "machine")
    assert np.array_equal(by_numpy.losses, by_machine.losses)
    assert simulation.engine_for(new, sgd, 10**6, 10**6, "last", goal=True) == "machine"
    assert simulation.engine_for(new, optimizers.get("bfgs"), 10**6, 10**6) == "machine"
    assert simulation.engine_for(PLANE, sgd, 10**6, 10**6) == "numpy"


def test_the_environment_chooses_for_a_whole_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked in ("numpy", "machine"):
        monkeypatch.setenv("DESCENT_ENGINE", asked)
        assert simulation.run(ROSENBROCK, optimizers.get("sgd"), STARTS, 3).engine == asked
    assert simulation.engine_for(PLANE, optimizers.get("sgd"), 3, COUNT) == "numpy"
    monkeypatch.setenv("DESCENT_ENGINE", "gpu")
    with pytest.raises(ValueError, match="DESCENT_ENGINE is 'gpu'; it has to be one of auto, numpy, machine"):
        simulation.run(ROSENBROCK, optimizers.get("sgd"), STARTS, 3)


def test_code_on_disk_that_cannot_be_used_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_code, "directory", lambda: tmp_path)
    monkeypatch.setattr(kept_code, "MOST", 3)
    text = "define i64 @run(i64 %n) {{ %m = add i64 %n, {}\n ret i64 %m }}"

    def called(number: int) -> int:
        _engine, address = native.load(text.format(number), "run")
        return int(ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(address)(1))

    assert called(1) == 2
    (file,) = tmp_path.iterdir()
    good = file.read_bytes()
    assert called(8) == 9
    (other,) = (one.read_bytes() for one in tmp_path.iterdir() if one != file)
    for spoilt in (b"", good[:-1], good[:-1] + b"x", b"something else", other):
        file.write_bytes(spoilt)
        assert called(1) == 2
        assert file.read_bytes() == good
    with monkeypatch.context() as read_only:
        read_only.setattr(os, "utime", Mock(side_effect=PermissionError))
        read_only.setattr(kept_code, "keep", Mock(side_effect=AssertionError))
        assert called(1) == 2
    assert [called(number) for number in range(2, 8)] == list(range(3, 9))
    assert len(list(tmp_path.iterdir())) <= 3


def kernel_and_arguments() -> tuple[Compiled, dict[str, Any]]:
    made = tape.tape_of(ROSENBROCK, optimizers.get("adam"))
    kernel = machine.compiled(made, machine.Kind(True, False, True, True, machine.widest()))
    given = tape.shared(made, ROSENBROCK, optimizers.get("adam"), STEPS)
    history = History(np.arange(STEPS, dtype=np.int32), np.empty((STEPS, 2, COUNT)), np.empty((STEPS, COUNT)))
    return kernel, {
        "memory": kernel.memory(COUNT),
        "count": COUNT,
        "constants": given.constants,
        "table": given.table,
        "history": history,
    }


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "too little memory": ({"count": 5000}, "memory must be contiguous"),
    "memory beside a cache line": ({"memory": None}, "does not begin with a cache line"),
    "too few constants": ({"constants": np.zeros(1)}, "constants must be contiguous float64 of shape"),
    "single precision": (
        {"table": np.zeros((STEPS, 2), np.float32)},
        "table must be contiguous float64 of shape .*, not contiguous float32",
    ),
    "noise that is not asked for": ({"seed": 1}, "a seed is not needed"),
    "no history": ({"history": None}, "writes a history, and is given none"),
    "no losses": ({"history": History(np.arange(STEPS, dtype=np.int32), np.empty((STEPS, 2, COUNT)), None)}, "computes losses"),
    "a row too far": (
        {"history": History(np.full(STEPS, STEPS, dtype=np.int32), np.empty((STEPS, 2, COUNT)), np.empty((STEPS, COUNT)))},
        r"rows must be from -1 to 29; these are from 30 to 30",
    ),
    "too narrow a history": (
        {"history": History(np.arange(STEPS, dtype=np.int32), np.empty((STEPS, 2, 5)), np.empty((STEPS, 5)))},
        "positions must be columns of a contiguous float64 array",
    ),
    "rows in another order": (
        {"history": History(np.arange(STEPS, dtype=np.int32), np.empty((2, STEPS, COUNT)).swapaxes(0, 1), np.empty((STEPS, COUNT)))},
        "positions must be columns of a contiguous float64 array",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_arrays_that_a_kernel_was_not_made_for_are_refused_before_the_call(what: str) -> None:
    kernel, arguments = kernel_and_arguments()
    kernel(**arguments)
    wrong, message = WRONG[what]
    if what == "memory beside a cache line":
        memory = arguments["memory"]
        wrong = {"memory": np.zeros(memory.size + 1)[1:].reshape(memory.shape)}  # NumPy's arrays begin at multiples of 16 bytes
    with pytest.raises(ValueError, match=message):
        kernel(**(arguments | wrong))


def test_memory_is_used_again_and_given_back() -> None:
    pool = buffers.Pool(most=3_000_000, idle=600.0)
    first = pool.empty(2, 50_000)
    place, view = first.ctypes.data, first[1, 10:]
    assert place % 64 == 0
    del first
    assert pool.kept == 0  # since the view is still there
    view[0] = 1.0
    del view
    assert pool.kept >= 800_000
    again = pool.empty(100_000)
    assert (again.ctypes.data, pool.kept) == (place, 0)
    others = [pool.empty(200_000) for _ in range(3)]
    del again, others
    assert pool.kept <= 3_000_000
    kept = simulation.run(ROSENBROCK, optimizers.get("sgd", lr=1e-4), np.ones((2, 5000)), 3, engine="machine")
    positions = kept.positions.copy()
    simulation.run(ROSENBROCK, optimizers.get("sgd", lr=1e-4), np.zeros((2, 5000)), 3, engine="machine")
    assert np.array_equal(kept.positions, positions)
    pool = buffers.Pool(idle=0.001)
    pool.empty(100_000)
    while pool.kept:
        time.sleep(0.001)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_is_stopped_soon_calls_no_kernel_again(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One call takes so few operations that it ends within a tenth of a second; what is asked between two of them is heeded at once."""
    calls: list[int] = []
    run_kernel = Compiled.__call__

    def counted(kernel: Compiled, memory: Any, count: int, constants: Any, table: Any, *others: Any) -> None:
        assert count * len(table) * sum(kernel.tape.operations().values()) <= 2**27
        calls.append(count * len(table))
        run_kernel(kernel, memory, count, constants, table, *others)

    before: list[int] = []

    def stop(done: float) -> bool:
        before.append(len(calls))
        return False

    monkeypatch.setattr(Compiled, "__call__", counted)
    settings: dict[str, Any] = {"steps": 300_000, "keep": "last", "workers": workers, "chunk": 4096}
    with pytest.raises(simulation.Cancelled):
        simulation.run(ROSENBROCK, optimizers.get("adam"), np.zeros((2, 8192)), progress=stop, engine="machine", **settings)
    assert len(before) == 1, "who has said stop is not asked again"
    assert workers > 1 or len(calls) == before[0]
    assert sum(calls) < 8192 * settings["steps"] / 2


def test_a_dear_step_is_taken_fewer_times_at_once() -> None:
    cheap, dear = (tape.tape_of(landscapes.get(name), optimizers.get("adam")) for name in ("rosenbrock", "langermann"))
    assert machine_run.pulse_of(dear) < machine_run.pulse_of(cheap) / 5


@pytest.mark.parametrize("name", ["min", "max"])
def test_a_zero_that_is_an_extreme_is_positive(name: str) -> None:
    """Which one of two zeros an instruction gives depends on the processor, and the quotient by it is one infinity or the other."""
    surface = landscapes.from_formula(f"{name}(x, y)", ((-2, 2), (-2, 2)))
    zeros = np.array([[0.0, -0.0, 0.0, -0.0] * 3, [-0.0, 0.0, 0.0, -0.0] * 3])
    for engine in ("numpy", "machine"):
        losses = simulation.run(surface, optimizers.get("sgd"), zeros, 1, engine=engine).losses[0]
        assert not losses.any(), engine
        assert not np.signbit(losses).any(), engine
