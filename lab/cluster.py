"""Running tiles on a Dask cluster, where one is configured. Nothing imports Dask otherwise."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from lab.executors import Executor, Meter, Piece, local_executor
from lab.tiles import Divisible, Result, cut

if TYPE_CHECKING:
    from distributed import Client

ADDRESS = "DESCENT_SCHEDULER"
"""The environment variable with the scheduler's address, "tcp://10.0.0.5:8786" say."""
CONNECT_TIMEOUT = 10.0
"""Seconds within which the scheduler has to answer."""
NO_WORKERS_TIMEOUT = 30.0
"""Seconds without any worker after which the work fails."""
TILES_AHEAD = 3
"""Tiles under way at a time for each of the cluster's threads, so that none waits for the next."""
_POLL, _CLOSING = 0.1, 0.2
"""Seconds between two checks whether the work was stopped, and within which a lost scheduler's client closes."""
_lock = threading.Lock()
_clients: dict[str, Client] = {}


def configured() -> str:
    """The address of the scheduler that is to be used; "" if there is none."""
    return os.environ.get(ADDRESS, "").strip()


def executor() -> Callable[[Meter], Executor]:
    """The executor that is configured: the cluster whose address is in the environment, otherwise this process.

    The connection is made when the first tile is to run, so that a scheduler that does not answer fails that work and nothing else.
    """
    address = configured()
    return (lambda meter: dask_executor(meter, address)) if address else local_executor


def dask_executor(meter: Meter, address: str) -> Executor:
    """Runs tiles on a cluster.

    A tile whose worker is lost is run again by another. Results are those of `local_executor`, bit for bit, where the workers have the same
    processors and libraries.

    Args:
        meter: counts the work that is done; when it is stopped, tiles under way are cancelled.
        address: of the scheduler.

    Raises:
        ConnectionError: no scheduler answers there, it was lost, or it has no workers.
        ModuleNotFoundError: Dask is not installed.
        RuntimeError: a tile was given up because too many workers were lost while they ran it.
        simulation.Cancelled: the meter was stopped.
    """

    def execute(batches: Sequence[Divisible]) -> Iterator[Piece]:
        client = connect(address)
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker

        try:
            yield from _pieces(client, _Workers(client, address), meter, batches)
        except KilledWorker as error:
            message = (
                f"a tile was given up: {error.allowed_failures + 1} times the worker that had it was lost; the workers' logs may say why"
            )
            raise RuntimeError(message) from error
        except (CommClosedError, CancelledError) as error:
            raise _lost(address) from error

    return execute


def _pieces(client: Client, workers: _Workers, meter: Meter, batches: Sequence[Divisible]) -> Iterator[Piece]:
    """Send tiles out, a few for each thread at a time, and yield what comes back. However this ends, no tile stays under way."""
    tiles = ((number, lanes, tile) for number, whole in enumerate(batches) for lanes, tile in cut(whole))
    under_way: dict[Any, tuple[int, slice, int]] = {}
    try:
        while True:
            ahead = TILES_AHEAD * max(1, workers.threads())
            while len(under_way) < ahead and (following := next(tiles, None)):
                number, lanes, tile = following
                under_way[client.submit(run_tile, tile, pure=False)] = (number, lanes, tile.work)
            if not under_way:
                return
            meter.check()
            for future in _finished(client, list(under_way)):
                try:
                    result: Result = future.result(timeout=CONNECT_TIMEOUT)
                except TimeoutError:
                    continue  # the worker that had it is gone: it is being run again
                number, lanes, work = under_way.pop(future)
                meter.add(work)
                yield number, lanes, result
    finally:
        client.cancel(list(under_way), force=True)


def _finished(client: Client, futures: list[Any]) -> Collection[Any]:
    """The futures that have ended, in whatever way; none if none has after a moment."""
    from distributed import wait

    with client.as_current():
        try:
            done: Collection[Any] = wait(futures, timeout=_POLL, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            return ()
    return done


class _Workers:
    """The workers of a cluster, which may come and go."""

    def __init__(self, client: Client, address: str) -> None:
        self._client, self._address = client, address
        self._seen = time.monotonic()

    def threads(self) -> int:
        """The number of threads of all workers.

        Raises:
            ConnectionError: there has been no worker for too long, or the scheduler was lost.
        """
        if self._client.status != "running":
            raise _lost(self._address)
        now, threads = time.monotonic(), int(sum(self._client.nthreads().values()))
        if threads:
            self._seen = now
        elif now - self._seen > NO_WORKERS_TIMEOUT:
            message = f"the scheduler at {self._address} has had no workers for {NO_WORKERS_TIMEOUT:g} s; start some with: "
            message += f"dask worker {self._address}"
            raise ConnectionError(message)
        return threads


def _lost(address: str) -> ConnectionError:
    return ConnectionError(f"the scheduler at {address} was lost; start it again and try again")


def run_tile(tile: Divisible) -> Result:
    """Run a tile on one thread of a worker; once it is cancelled, the thread is free again.

    Raises:
        ValueError: see `Batch.run`.
        simulation.Cancelled: it was cancelled.
    """
    from distributed import get_worker

    worker = get_worker()
    own = worker.state.tasks[worker.get_current_task()]
    return tile.run(lambda fraction: own.state != "cancelled", workers=1)


def connect(address: str) -> Client:
    """The connection to a scheduler, one for the whole process.

    Raises:
        ConnectionError: no scheduler answers there.
        ModuleNotFoundError: Dask is not installed.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        message = f"{ADDRESS} is {address}, but Dask is not installed; install it with requirements-cluster.txt, or unset {ADDRESS}"
        raise ModuleNotFoundError(message) from None
    with _lock:
        client = _clients.get(address)
        if client is None or client.status != "running":
            _close(address)
            try:
                client = _clients[address] = Client(address, timeout=CONNECT_TIMEOUT, set_as_default=False)
            except (OSError, ValueError) as error:
                message = f"no scheduler answers at {address} within {CONNECT_TIMEOUT:g} s; start one there, or change {ADDRESS}"
                raise ConnectionError(message) from error
        return client


def disconnect() -> None:
    """Close all connections, whose threads would otherwise keep looking for a scheduler that is gone."""
    with _lock:
        for address in list(_clients):
            _close(address)


def _close(address: str) -> None:
    client = _clients.pop(address, None)
    if client is not None:
        client.close(timeout=_CLOSING)
