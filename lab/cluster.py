"""The same tiles on a Dask cluster, where one is configured. Nothing imports Dask otherwise."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lab.tiles import Batch, Result, cut
from lab.work import Execute, Meter, Piece, here

if TYPE_CHECKING:
    from distributed import Client

ADDRESS = "DESCENT_SCHEDULER"
"""The environment variable with the scheduler's address, "tcp://10.0.0.5:8786" say."""
WAIT = 10.0
"""Seconds in which the scheduler has to answer."""
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
        ConnectionError: no scheduler answers there, it has no workers, or it was lost.
        ModuleNotFoundError: Dask is not installed.
        RuntimeError: a tile was given up because too many workers were lost while they ran it.
    """

    def execute(batches: Sequence[Batch]) -> Iterator[Piece]:
        client = connect(address)
        from distributed import wait

        ahead = AHEAD * max(1, sum(client.nthreads().values()))
        tiles = ((number, lanes, tile) for number, whole in enumerate(batches) for lanes, tile in cut(whole))
        under_way: dict[Any, tuple[int, slice, int]] = {}
        try:
            while True:
                while len(under_way) < ahead and (following := next(tiles, None)):
                    number, lanes, tile = following
                    under_way[client.submit(run_tile, tile, pure=False)] = (number, lanes, tile.work)
                if not under_way:
                    return
                meter.check()
                try:
                    with client.as_current():
                        done = wait(list(under_way), timeout=_LOOK, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    continue
                for future in done:
                    number, lanes, work = under_way.pop(future)
                    result = _result(future, address)
                    meter.add(work)
                    yield number, lanes, result
        finally:
            client.cancel(list(under_way), force=True)

    return execute


def run_tile(tile: Batch) -> Result:
    """Run a tile on one thread of a worker."""
    return tile.run(workers=1)


def connect(address: str) -> Client:
    """The connection to a scheduler, one for all of this process.

    Raises:
        ConnectionError: no scheduler answers there, or it has no workers.
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
            try:
                client = _clients[address] = Client(address, timeout=WAIT, set_as_default=False)
            except (OSError, ValueError) as error:
                told = f"no scheduler answers at {address} within {WAIT:g} s; start one there, or change {ADDRESS}"
                raise ConnectionError(told) from error
    if not client.nthreads():
        raise ConnectionError(f"the scheduler at {address} has no workers; start some with: dask worker {address}")
    return client


def _result(future: Any, address: str) -> Result:
    """What a tile gave.

    Raises:
        ConnectionError, RuntimeError: see `elsewhere`; whatever else the tile itself raised is passed on.
    """
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    try:
        result: Result = future.result()
    except KilledWorker as error:
        raise RuntimeError(f"a tile was given up: {error.allowed_failures + 1} workers were lost while they ran it") from error
    except FutureCancelledError as error:
        raise ConnectionError(f"the scheduler at {address} was lost; start it again and try again") from error
    return result
