"""Time for a picture of a plane through the weights of networks: Descent against plain NumPy, stacked and one network at a time."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

import numpy as np

import networks
from benchmarks.peers.problem import Array
from benchmarks.support.report import Report
from benchmarks.support.timing import QUICK, Effort, Timing, clocked, in_turn, ratio
from networks import Network, planes
from networks.running import one_thread

CASES = {
    "2-4-1 tanh": ((2, 4, 1), "tanh", "logistic"),
    "2-16-16-1 tanh": ((2, 16, 16, 1), "tanh", "logistic"),
    "2-32-32-2 relu": ((2, 32, 32, 2), "relu", "softmax"),
    "2-32-32-2 tanh": ((2, 32, 32, 2), "tanh", "softmax"),
    "2-32-32-32-2 relu": ((2, 32, 32, 32, 2), "relu", "softmax"),
}
OURS, STACKED, ONE = "Descent", "plain NumPy, 64 at a time", "plain NumPy, one at a time"
TARGETED, TARGET, EXAMPLES, POINTS = ("2-32-32-2 relu", "2-32-32-2 tanh"), 0.3, 1024, 64
"""Seconds that a picture of 64 x 64 points of these may take on 1,024 examples, by the clock."""
_AT_ONCE = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--networks", nargs="+", choices=CASES, default=list(CASES), metavar="NAME", help="which ones")
    parser.add_argument("--points", type=int, default=POINTS, metavar="N", help="of the grid along each side")
    parser.add_argument("--examples", type=int, default=EXAMPLES, metavar="N", help="that each point's loss is the mean of")


def run(options: argparse.Namespace) -> int:
    """Check that all contestants find the same losses, time them, print the tables."""
    report = Report("planes", ("threadpoolctl",), options.json)
    report.say(f"A grid of {options.points} x {options.points} points of a plane, losses of {options.examples:,} examples, float64.")
    effort = QUICK if options.quick else Effort(rounds=(5, 15), seconds=8.0, sample=0.02)
    targets = []
    for name in options.networks:
        contestants = contestants_of(name, options.points, options.examples)
        apart = {who: float(np.abs(work() - contestants[OURS]()).max()) for who, work in contestants.items()}
        if max(apart.values()) > 1e-9:
            report.say(f"{name}: losses differ by up to {max(apart.values()):.1e}. They do not do the same work, so nothing is compared.")
            report.close()
            return 1
        timings = in_turn({who: clocked(work) for who, work in contestants.items()}, effort)
        samples = [{"contestant": who, "seconds": timing.wall, "processor": timing.processor} for who, timing in timings.items()]
        report.table(name, list(_rows(timings)), samples)
        if name in TARGETED and (options.points, options.examples) == (POINTS, EXAMPLES):
            reached = median(timings[OURS].wall)
            targets.append({"network": name, "wanted": f"<= {TARGET} s", "reached": reached, "met": "yes" if reached <= TARGET else "no"})
    if targets:
        report.table("Target, by the clock", targets)
    report.close()
    return 0


def contestants_of(name: str, points: int, examples: int) -> dict[str, Callable[[], Array]]:
    """What is timed, by name; each returns the losses, shape (points, points)."""
    sizes, activation, loss = CASES[name]
    net = Network(sizes, activation, loss=loss)
    data = networks.datasets.get("moons", n=examples, test=10)
    plane = planes.through(*net.initial("he", 3))
    landscape = plane.landscape(net, data.x, data.y)
    sides = [np.linspace(low, high, points) for low, high in plane.window]
    at = plane.points(np.stack([side.reshape(-1) for side in np.meshgrid(*sides)]))

    def plain(size: int) -> Array:
        with one_thread():  # of linear algebra; with more of them small matrices take longer
            parts = [_plain_losses(net, at[first : first + size], data.x, data.y) for first in range(0, len(at), size)]
        return np.concatenate(parts).reshape(points, points)

    return {OURS: lambda: landscape.grid(points), STACKED: lambda: plain(_AT_ONCE), ONE: lambda: plain(1)}


def _plain_losses(net: Network, weights: Array, x: Array, y: Any) -> Array:
    """The mean losses of networks as one writes them in NumPy: activations (R, n, units), a new array for every result."""
    hidden: Array = np.broadcast_to(x, (len(weights), *x.shape))
    for index, (matrix, bias) in enumerate(net.unpack(weights)):
        hidden = hidden @ matrix.swapaxes(1, 2) + bias[:, None, :]
        if index < len(net.layers) - 1:
            hidden = np.maximum(hidden, 0) if net.activation.key == "relu" else np.tanh(hidden)
    if net.loss_name == "logistic":
        each = np.logaddexp(0, hidden[:, :, 0]) - y * hidden[:, :, 0]
    else:
        each = np.log(np.exp(hidden).sum(axis=2)) - hidden[:, np.arange(len(y)), y]
    return np.asarray(each.mean(axis=1))


def _rows(timings: Mapping[str, Timing]) -> Iterator[dict[str, Any]]:
    for who, timing in timings.items():
        times = ratio(timing, timings[OURS])
        yield {
            "contestant": who,
            "CPU s": timing.seconds,
            "s by the clock": median(timing.wall),
            "x Descent": times.middle,
            "least..most": times.spread,
            "cores": timing.cores,
        }
