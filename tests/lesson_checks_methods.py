"""The checks of lessons 4 to 9: saddles, momentum, and methods that scale each axis."""

from __future__ import annotations

import numpy as np

from parameters import Array
from simulation import Run
from tests.lesson_checks import Races, above, answer, changes_of_side, claim, end, first, first_within, lengths, share


def along(run: Run) -> Array:
    """The first trajectory's x, shape (steps + 1,)."""
    values: Array = run.positions[:, 0, 0]
    return values


def across(run: Run) -> Array:
    """The first trajectory's y, shape (steps + 1,)."""
    values: Array = run.positions[:, 1, 0]
    return values


def first_move(run: Run) -> Array:
    """The size of the first step along each axis, shape (2,)."""
    moved: Array = np.abs(run.positions[1, :, 0] - run.positions[0, :, 0])
    return moved


def last_time(values: Array, limit: float) -> int:
    """The last step at which a value is larger than the limit."""
    return int(np.flatnonzero(np.abs(values) > limit)[-1])


# ---- 4 saddles


@claim("saddles", "stall")
def hangs_about_the_saddle(races: Races) -> None:
    near = np.hypot(*races.run(0).positions[:, :, 0].T) < 0.2
    assert near.sum() > 30
    assert share(races.run(0), "global minimum") == 1


@claim("saddles", "ridge")
def never_off_the_ridge(races: Races) -> None:
    assert (across(races.run(1)) == 0).all()
    assert share(races.run(1), "stalled") == 1


@claim("saddles", "noise")
def noise_helps(races: Races) -> None:
    assert (races[2].starts == races[1].starts).all()
    assert share(races.run(2), "global minimum") == 1


@answer("saddles", 0)
def away_last(races: Races) -> str:
    left = [int((np.abs(across(run)) > 0.5).argmax()) for run in races[3].runs]
    assert min(left) > 0
    return races[3].labels[int(np.argmax(left))]


@claim("saddles", "last")
def sgd_last(races: Races) -> None:
    assert away_last(races) == "SGD"


@claim("saddles", "order")
def sgd_still_highest(races: Races) -> None:
    assert races[3].scenario.steps == 75
    assert np.argmax([above(run)[-1] for run in races[3].runs]) == 0


@claim("saddles", "late")
def sgd_lowest_at_last(races: Races) -> None:
    assert races[4].scenario == races[3].scenario.replace(steps=150)
    assert np.argmin([above(run)[-1] for run in races[4].runs]) == 0


# ---- 5 momentum


@claim("momentum", "faster")
def faster_with_momentum(races: Races) -> None:
    sgd, momentum = races[0].runs
    assert sgd.optimizer.values["lr"] == momentum.optimizer.values["lr"]
    assert 3 * first_within(momentum, 0.01) < first_within(sgd, 0.01) < np.inf


@claim("momentum", "ten")
def ten_times_as_long(races: Races) -> None:
    sgd, momentum = (lengths(run) for run in races[1].runs)
    assert (np.diff(momentum) > 0).all()
    assert abs(momentum[-1] / sgd[-1] - 10) < 0.05


@claim("momentum", "over")
def over_damped(races: Races) -> None:
    x = along(races.run(2, 0))
    assert changes_of_side(x) == 0
    assert abs(x[-1]) < 0.01


@claim("momentum", "under")
def under_damped(races: Races) -> None:
    assert changes_of_side(along(races.run(2, 2))) >= 4


@claim("momentum", "critical")
def nearly_critical(races: Races) -> None:
    assert first(races[2], 0.01) == "Momentum, momentum 0.6"


@claim("momentum", "limit")
def beyond_the_limit(races: Races) -> None:
    sgd, momentum = races[4].runs
    assert above(sgd)[-1] > above(sgd)[0]
    assert above(momentum)[-1] < 0.001


@answer("momentum", 0)
def how_much_momentum(races: Races) -> str:
    return first(races[3], 0.01)


# ---- 6 nesterov


@claim("nesterov", "overshoot")
def shoots_past_less(races: Races) -> None:
    momentum, nesterov = (along(run).max() for run in races[0].runs)
    assert 0 < nesterov < 0.75 * momentum


@claim("nesterov", "sooner")
def sooner_and_for_good(races: Races) -> None:
    momentum, nesterov = races[0].runs
    assert first_within(nesterov, 0.01) < first_within(momentum, 0.01)
    assert last_time(above(nesterov), 0.01) < last_time(above(momentum), 0.01) < momentum.steps


@claim("nesterov", "across")
def swings_die_out(races: Races) -> None:
    momentum, nesterov = (last_time(across(run), 0.05) for run in races[0].runs)
    assert nesterov < 0.2 * momentum


@claim("nesterov", "wall")
def up_the_wall(races: Races) -> None:
    momentum, nesterov = (run.losses[1:, 0].max() for run in races[1].runs)
    assert momentum > 4 * nesterov


@answer("nesterov", 0)
def between_the_limits(races: Races) -> str:
    arrived = [above(run)[-1] < 0.001 for run in races[2].runs]
    return {(True, True): "Both arrive", (True, False): "Only momentum arrives", (False, True): "Only Nesterov arrives"}[*arrived]


@claim("nesterov", "limit")
def nesterov_leaves(races: Races) -> None:
    momentum, nesterov = races[2].runs
    assert {float(run.optimizer.values["lr"]) for run in (momentum, nesterov)} == {0.15}
    assert above(nesterov)[-1] > above(nesterov)[0]
    assert above(momentum)[-1] < 0.001


# ---- 7 adagrad


@claim("adagrad", "towards")
def first_directions(races: Races) -> None:
    sgd, adagrad = (first_move(run) for run in races[0].runs)
    assert sgd[1] > 5 * sgd[0]
    assert np.allclose(adagrad, 0.5)


@claim("adagrad", "same")
def same_path(races: Races) -> None:
    assert dict(races[1].scenario.landscape.settings) == {"condition": 1000}
    assert np.allclose(races.run(1, 1).positions, races.run(0, 1).positions, rtol=0, atol=1e-9)


@answer("adagrad", 0)
def in_a_narrower_ravine(races: Races) -> str:
    wide, narrow = above(races.run(0, 1)), above(races.run(1, 1))
    if np.allclose(races.run(1, 1).positions, races.run(0, 1).positions, rtol=0, atol=1e-9):
        return "It takes the same path"
    return "It diverges" if narrow[-1] > narrow[0] else "It becomes much slower" if narrow[-1] > 10 * wide[-1] else "none of these"


@claim("adagrad", "stall")
def adagrad_stalls(races: Races) -> None:
    run = races.run(2)
    assert lengths(run)[99] < lengths(run)[9] / 5
    assert along(run)[100] / along(run)[0] > 1 / 3


@claim("adagrad", "turned")
def adagrad_turned(races: Races) -> None:
    assert above(races.run(3, 0))[-1] < 1.01 * above(races.run(0, 0))[-1], "SGD does not notice"
    assert above(races.run(3, 1))[-1] > 1000 * above(races.run(0, 1))[-1]


# ---- 8 rmsprop


@claim("rmsprop", "pace")
def keeps_its_pace(races: Races) -> None:
    adagrad, rmsprop = (lengths(run)[100] / lengths(run)[5] for run in races[0].runs)
    assert adagrad < 1 / 7
    assert rmsprop > 1 / 3


@claim("rmsprop", "wins")
def ends_lower(races: Races) -> None:
    adagrad, rmsprop = (above(run)[-1] for run in races[0].runs)
    assert adagrad > 1000 * rmsprop


@claim("rmsprop", "root")
def first_step_of_rmsprop(races: Races) -> None:
    run = races.run(0, 1)
    assert np.allclose(first_move(run), run.optimizer.values["lr"] / np.sqrt(0.1), rtol=1e-6)


@claim("rmsprop", "memory")
def longer_memory(races: Races) -> None:
    steps = [lengths(run)[0] for run in races[1].runs]
    assert [float(run.optimizer.values["decay"]) for run in races[1].runs] == [0.9, 0.99, 0.999]
    assert steps == sorted(steps)
    assert np.allclose(first_move(races.run(1, 2)), 32 * 0.03, rtol=0.02)


def jitters(run: Run) -> bool:
    """Whether the steps stay long up to the end."""
    return bool(np.median(lengths(run)[-50:]) > 0.5 * float(run.optimizer.values["lr"]))


@claim("rmsprop", "jitter")
def never_settles(races: Races) -> None:
    assert jitters(races.run(2))


@answer("rmsprop", 0)
def near_the_minimum(races: Races) -> str:
    run = races.run(2)
    if np.abs(end(run)).max() > 1:
        return "It runs away"
    return "It keeps jittering around it" if jitters(run) else "It comes to rest"


@claim("rmsprop", "decayed")
def rests_with_decay(races: Races) -> None:
    assert races[3].scenario.replace(schedule=races[2].scenario.schedule) == races[2].scenario
    assert lengths(races.run(3))[-1] < 1e-6
    assert above(races.run(3))[-1] < 1e-9


# ---- 9 adam


@claim("adam", "soonest")
def adam_first(races: Races) -> None:
    assert first(races[0], 0.01) == "Adam"


@claim("adam", "over")
def adam_comes_back(races: Races) -> None:
    x = along(races.run(0, 2))
    assert x.max() > 0.1
    assert abs(x[-1]) < 0.02


@claim("adam", "first")
def first_step_of_adam(races: Races) -> None:
    for run in (races.run(0, 2), races.run(1, 0)):
        assert np.allclose(first_move(run), run.optimizer.values["lr"], rtol=1e-6)


@claim("adam", "bias")
def first_step_without_correction(races: Races) -> None:
    corrected, raw = (lengths(run)[0] for run in races[1].runs)
    assert abs(raw / corrected - 3.16) < 0.01


@answer("adam", 0)
def without_correction(races: Races) -> str:
    corrected, raw = (lengths(run)[:3] for run in races[1].runs)
    return "Longer" if (raw > 1.1 * corrected).all() else "Shorter" if (raw < 0.9 * corrected).all() else "The same"


@claim("adam", "moments")
def without_the_first_moment(races: Races) -> None:
    both, second_only = races[2].runs
    assert float(second_only.optimizer.values["beta1"]) == 0
    assert first_within(both, 0.01) < first_within(second_only, 0.01) < np.inf


@claim("adam", "scale")
def scale_does_not_matter(races: Races) -> None:
    assert np.allclose(races.run(3).losses, 1000 * races.run(0, 2).losses, rtol=1e-3, atol=1e-6)
    assert np.allclose(races.run(3).positions, races.run(0, 2).positions, rtol=0, atol=1e-6)
