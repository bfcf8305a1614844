"""Tiles on a real cluster of two worker processes: the same numbers, bit for bit, also when a worker is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from distributed import LocalCluster, Worker

from lab import cluster
from lab.basins import Basins
from lab.executors import Meter, gather, run_task
from lab.jobs import Jobs
from lab.tiles import batch
from scenario import Choice, Scenario
from simulation import Cancelled
from simulation.starts import uniform

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
ROOT = Path(__file__).parent.parent
NOISY = Scenario(landscape=Choice("two_wells"), optimizers=(Choice("momentum"), Choice("adam")), steps=60, noise=0.5, seed=2)


def executing(dask_worker: Worker) -> int:
    """How many tiles a worker runs; run on each of them."""
    return int(dask_worker.state.executing_count)


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=60) as running:
        yield running


@pytest.fixture
def address(workers: LocalCluster) -> str:
    workers.scale(2)
    found = str(workers.scheduler_address)
    cluster.connect(found).wait_for_workers(2, timeout=30)
    return found


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    yield
    cluster.disconnect()


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.tiles.LANES", 1500)


def test_a_map_is_the_same_bit_for_bit(address: str) -> None:
    task, meter = Basins(NOISY, 128), Meter(Basins(NOISY, 128).work)
    there, expected = task.compute(cluster.dask_executor(meter, address), lambda partial: None), run_task(task)
    assert meter.fraction == pytest.approx(1.0)
    assert np.array_equal(there.attractor, expected.attractor)
    assert np.array_equal(there.arrival, expected.arrival)


def test_several_batches_at_once_are_put_together_right(address: str) -> None:
    starts = uniform(NOISY.build_landscape().window, 4000, seed=1)
    one, other = (NOISY.replace(optimizers=(choice,)) for choice in NOISY.optimizers)
    rates = np.geomspace(1e-3, 0.1, 4000)
    batches = [batch(one, starts, ("final", "reached"), {"optimizers.0.lr": rates}, goal=-1.0), batch(other, starts[:, :700], ("final",))]
    from lab.executors import local_executor

    for far, near in zip(gather(cluster.dask_executor(Meter(1), address), batches), gather(local_executor(Meter(1)), batches), strict=True):
        assert far.keys() == near.keys()
        for name in far:
            assert np.array_equal(far[name], near[name], equal_nan=True)


def test_a_killed_worker_costs_a_retry_and_no_tile(address: str) -> None:
    task = Basins(NOISY.replace(steps=400), 128)
    meter = Meter(task.work)
    execute = cluster.dask_executor(meter, address)
    killed: list[int] = []

    def kill_one_when_under_way(partial: object) -> None:
        if not killed and meter.fraction > 0.2:
            victim = next(iter(cluster.connect(address).run(os.getpid).values()))
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    there = task.compute(execute, kill_one_when_under_way)
    assert killed
    expected = run_task(task)
    assert np.array_equal(there.attractor, expected.attractor)
    assert np.array_equal(there.arrival, expected.arrival)
    assert meter.fraction == pytest.approx(1.0)


def test_a_tile_whose_workers_are_lost_too_often_is_given_up_in_words(
    address: str, workers: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = Basins(NOISY.replace(steps=2000), 128)

    def kill_one(partial: object) -> None:
        with suppress(OSError):  # the one killed before may still be counted as a worker
            os.kill(next(iter(cluster.connect(address).run(os.getpid).values())), signal.SIGKILL)

    monkeypatch.setattr(workers.scheduler, "allowed_failures", 0)
    with pytest.raises(RuntimeError, match="a tile was given up: 1 times the worker that had it was lost"):
        task.compute(cluster.dask_executor(Meter(task.work), address), kill_one)


def test_stopping_cancels_what_is_under_way(address: str) -> None:
    task = Basins(NOISY.replace(steps=2000), 256)
    meter = Meter(task.work)
    seen: list[float] = []

    def stop_soon(partial: object) -> None:
        seen.append(meter.fraction)
        meter.stop()

    with pytest.raises(Cancelled):
        task.compute(cluster.dask_executor(meter, address), stop_soon)
    assert len(seen) == 1
    assert 0 < seen[0] < 0.2
    assert "pending" not in {future.status for future in cluster.connect(address).futures.values()}


def test_tiles_that_take_minutes_are_stopped_on_their_workers(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.tiles.LANES", 50_000)
    long = batch(NOISY.replace(steps=100_000, optimizers=(Choice("adam"),)), np.zeros((2, 100_000)), ("final",))
    client, meter = cluster.connect(address), Meter(long.work)
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(gather, cluster.dask_executor(meter, address), [long])
        while not all(client.run(executing).values()):
            assert not work.done(), work.exception()
            time.sleep(0.05)
        meter.stop()
        assert isinstance(work.exception(timeout=20), Cancelled)
    for free in [client.submit(os.getpid, pure=False, workers=[worker], allow_other_workers=False) for worker in client.nthreads()]:
        free.result(timeout=20)


def test_what_goes_wrong_in_a_tile_is_passed_on(address: str) -> None:
    too_large = batch(NOISY.replace(optimizers=(Choice("adam"),)), np.zeros((2, 10)), ("final",), {"optimizers.0.beta1": np.full(10, 2.0)})
    with pytest.raises(ValueError, match="Adam: beta1"):
        gather(cluster.dask_executor(Meter(1), address), [too_large])


def test_a_page_uses_the_cluster_that_is_configured(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cluster.ADDRESS, address)
    task = Basins(NOISY, 64)
    job = Jobs(cluster.executor()).ask(task, "me")
    assert job.ended.wait(30)
    assert job.state == "done"
    assert job.result is not None
    assert np.array_equal(job.result.attractor, run_task(task).attractor)


def test_no_scheduler_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_TIMEOUT", 0.3)
    monkeypatch.setenv(cluster.ADDRESS, "tcp://127.0.0.1:9")
    job = Jobs(cluster.executor()).ask(Basins(NOISY, 64), "me")
    assert job.ended.wait(20)
    assert job.state == "failed"
    assert "no scheduler answers at tcp://127.0.0.1:9" in str(job.error)


def test_a_cluster_without_workers_and_one_that_is_gone_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Basins(NOISY, 64)
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=60) as empty:
        address = str(empty.scheduler_address)
        monkeypatch.setattr(cluster, "NO_WORKERS_TIMEOUT", 0.3)
        with pytest.raises(ConnectionError, match=r"no workers for 0\.3 s; start some with: dask worker tcp://127"):
            task.compute(cluster.dask_executor(Meter(1), address), lambda partial: None)
        monkeypatch.setattr(cluster, "NO_WORKERS_TIMEOUT", 60.0)
        job = Jobs(lambda meter: cluster.dask_executor(meter, address)).ask(task, "me")
        while not cluster.connect(address).futures:
            assert job.active, job.error
            time.sleep(0.02)
    assert job.ended.wait(20)
    assert job.state == "failed"
    assert "was lost; start it again" in str(job.error)


CODE = """
import sys
{before}
from lab import cluster
from lab.basins import Basins
from lab.jobs import Jobs
from scenario import Scenario
job = Jobs(cluster.executor()).ask(Basins(Scenario(steps=3), 64), "me")
assert job.ended.wait(60)
print(job.state, job.error, "dask" in sys.modules, "distributed" in sys.modules)
"""


def run(before: str, **environment: str) -> str:
    code, inherited = CODE.format(before=before), {name: value for name, value in os.environ.items() if name != cluster.ADDRESS}
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_nothing_imports_dask_unless_a_cluster_is_configured() -> None:
    assert run("").split() == ["done", "None", "False", "False"]


def test_a_configured_cluster_without_dask_is_said_in_words() -> None:
    told = run("sys.modules['distributed'] = None", DESCENT_SCHEDULER="tcp://127.0.0.1:9")
    assert told.startswith("failed")
    assert "requirements-cluster.txt" in told
