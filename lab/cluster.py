"""The same tiles on a Dask cluster, where one is configured. Nothing imports Dask otherwise."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from lab.tiles import Batch, Result, cut
from lab.work import Execute, Meter, Piece, here

if TYPE_CHECKING:
    from distributed import Client

ADDRESS = "DESCENT_SCHEDULER"
"""The environment variable with the scheduler's address, "tcp://10.0.0.5:8786" say."""
WAIT = 10.0
"""Seconds in which the scheduler has to answer."""
LONELY = 30.0
"""Seconds without any worker after which the work is given up."""
AHEAD = 3
"""Tiles that are sent out for each of the cluster's threads before the first of them is back."""
_LOOK = 0.2
"""Seconds between two looks at whether the work is still wanted."""
_lock = threading.Lock()
_clients: dict[str, Client] = {}


def executor() -> Callable[[Meter], Execute]:
    """What runs tiles, by the configuration: the cluster whose address is in the environment, otherwise this process.

    A cluster is connected to when the first tile is to run; what goes wrong then is an error of that work.
    """
    address = os.environ.get(ADDRESS, "").strip()
    return (lambda meter: elsewhere(meter, address)) if address else here


def elsewhere(meter: Meter, address: str) -> Execute:
    """Runs tiles on a cluster.

    A tile whose worker is lost is run again by another. Results are those of `here`, bit for bit, where the workers' processors and
    libraries are the same.

    Args:
        meter: is told what is done; when it is stopped, tiles under way are cancelled.
        address: of the scheduler.

    Raises:
        ConnectionError: no scheduler answers there, it was lost, or it has no workers.
        ModuleNotFoundError: Dask is not installed.
        RuntimeError: a tile was given up because too many workers were lost while they ran it.
        simulation.Cancelled: the meter was stopped.
    """

    def execute(batches: Sequence[Batch]) -> Iterator[Piece]:
        client = connect(address)
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker

        try:
            yield from _pieces(client, _Crew(client, address), meter, batches)
        except KilledWorker as error:
            told = f"a tile was given up: {error.allowed_failures + 1} times the worker that had it was lost; the workers' logs may say why"
            raise RuntimeError(told) from error
        except (CommClosedError, CancelledError) as error:
            raise _lost(address) from error

    return execute


def _pieces(client: Client, crew: _Crew, meter: Meter, batches: Sequence[Batch]) -> Iterator[Piece]:
    """Send tiles out, a few for each thread at a time, and yield what comes back. However this ends, nothing stays under way."""
    tiles = ((number, lanes, tile) for number, whole in enumerate(batches) for lanes, tile in cut(whole))
    under_way: dict[Any, tuple[int, slice, int]] = {}
    try:
        while True:
            ahead = AHEAD * max(1, crew.threads())
            while len(under_way) < ahead and (following := next(tiles, None)):
                number, lanes, tile = following
                under_way[client.submit(run_tile, tile, pure=False)] = (number, lanes, tile.work)
            if not under_way:
                return
            meter.check()
            for future in _finished(client, list(under_way)):
                try:
                    result: Result = future.result(timeout=WAIT)
                except TimeoutError:
                    continue  # the worker that had it is gone: it is being run again
                number, lanes, work = under_way.pop(future)
                meter.add(work)
                yield number, lanes, result
    finally:
        client.cancel(list(under_way), force=True)


def _finished(client: Client, futures: list[Any]) -> Collection[Any]:
    """Those that are finished, one way or another; none if none is after a moment."""
    from distributed import wait

    with client.as_current():
        try:
            done: Collection[Any] = wait(futures, timeout=_LOOK, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            return ()
    return done


class _Crew:
    """The workers of a cluster, who may come and go."""

    def __init__(self, client: Client, address: str) -> None:
        self._client, self._address = client, address
        self._seen = time.monotonic()

    def threads(self) -> int:
        """How many threads they have together.

        Raises:
            ConnectionError: for some time there was none, or the scheduler was lost.
        """
        if self._client.status != "running":
            raise _lost(self._address)
        now, threads = time.monotonic(), int(sum(self._client.nthreads().values()))
        if threads:
            self._seen = now
        elif now - self._seen > LONELY:
            told = f"the scheduler at {self._address} has had no workers for {LONELY:g} s; start some with: dask worker {self._address}"
            raise ConnectionError(told)
        return threads


def _lost(address: str) -> ConnectionError:
    return ConnectionError(f"the scheduler at {address} was lost; start it again and try again")


def run_tile(tile: Batch) -> Result:
    """Run a tile on one thread of a worker; once it is cancelled, that thread is free for others.

    Raises:
        ValueError: see `Batch.run`.
        simulation.Cancelled: nobody wants it any more.
    """
    from distributed import get_worker

    worker = get_worker()
    own = worker.state.tasks[worker.get_current_task()]
    return tile.run(lambda fraction: own.state != "cancelled", workers=1)


def connect(address: str) -> Client:
    """The connection to a scheduler, one for all of this process.

    Raises:
        ConnectionError: no scheduler answers there.
        ModuleNotFoundError: Dask is not installed.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        told = f"{ADDRESS} is {address}, but Dask is not installed; install it with requirements-cluster.txt, or unset {ADDRESS}"
        raise ModuleNotFoundError(told) from None
    with _lock:
        client = _clients.get(address)
        if client is None or client.status != "running":
            _close(address)
            try:
                client = _clients[address] = Client(address, timeout=WAIT, set_as_default=False)
            except (OSError, ValueError) as error:
                told = f"no scheduler answers at {address} within {WAIT:g} s; start one there, or change {ADDRESS}"
                raise ConnectionError(told) from error
        return client


def disconnect() -> None:
    """Close all connections. Their threads would go on looking for a scheduler that is gone."""
    with _lock:
        for address in list(_clients):
            _close(address)


def _close(address: str) -> None:
    client = _clients.pop(address, None)
    if client is not None:
        client.close(timeout=_LOOK)
