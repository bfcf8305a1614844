"""Learning rates that suit a scenario, found by trying."""

from __future__ import annotations

import numpy as np

import landscapes
import simulation
from landscapes import Landscape
from optimizers import Optimizer, Schedule
from parameters import Array
from scenario.choice import Choice
from scenario.scenario import Scenario
from simulation.attractors import lowest_loss
from simulation.measures import default_tolerance

_STARTS = 8
_STEPS = 300


def with_tuned_rates(scenario: Scenario) -> Scenario:
    """The same scenario with every learning rate at the round number that serves best from its starts.

    All rates of an optimizer's slider run at once, from up to eight of the starts for up to 300 steps, without noise.
    """
    landscape, schedule = scenario.build_landscape(), scenario.build_schedule()
    starts = scenario.start_points()
    starts = starts[:, np.linspace(0, starts.shape[1] - 1, min(_STARTS, starts.shape[1])).astype(int)]
    steps = min(scenario.steps, _STEPS)
    chosen = []
    for choice, optimizer in zip(scenario.optimizers, scenario.build_optimizers(), strict=True):
        rate = best_rate(landscape, optimizer, starts, steps, schedule)
        chosen.append(choice if rate is None else Choice.of(choice.name, **{**dict(choice.settings), "lr": rate}))
    return scenario.replace(optimizers=tuple(chosen))


def best_rate(landscape: Landscape, optimizer: Optimizer, starts: Array, steps: int, schedule: Schedule | None = None) -> float | None:
    """The learning rate, among the stops of its slider, that brings the loss down soonest without leaving the window.

    The measure is the logarithm of the loss above the lowest, down to what counts as reached, in the mean over all steps and in the median
    over the starts. A step outside the window counts as the worst in it.

    Returns:
        None where the optimizer has no learning rate.
    """
    rates = [stop for parameter in optimizer.parameters if parameter.name == "lr" for stop in parameter.stops()]
    if not rates:
        return None
    count = starts.shape[1]
    lanes = optimizer.with_parameters(lr=np.repeat(rates, count))
    run = simulation.run(landscape, lanes, np.tile(starts, len(rates)), steps, schedule)
    losses = run.losses.reshape(-1, len(rates), count)
    (x0, x1), (y0, y1) = landscape.window
    x, y = run.positions.swapaxes(0, 1)
    with np.errstate(invalid="ignore"):
        inside = ((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)).reshape(losses.shape)
    corners = landscape.value(landscapes.grid(landscape.window, 64))
    worst = corners[np.isfinite(corners)].max()
    lowest = lowest_loss(landscape)
    height = np.where(inside, losses, worst)
    if np.isfinite(lowest):
        height = np.log10(np.maximum(height - lowest, default_tolerance(landscape)))
    score = np.median(height.mean(axis=0), axis=1)
    return float(rates[int(np.argmin(score))])
