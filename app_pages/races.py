"""Races and comparisons of networks that were run lately, shared by all sessions, so that a class that opens one link computes it once."""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages.elsewhere import elsewhere, where_for
from app_pages.room import room
from app_pages.seconds import in_words
from app_pages.session import Halted, session
from lab.sharpness import sharpness_of
from limits import NETWORK_WEIGHTS, RACE_MEGABYTES, RACE_POINTS, TRAINING_SECONDS
from player.relief_payload import SHOW_RELIEF
from scenario import Comparison, Experiment, Race, Scenario
from scenario.fineness import coarse_side, seconds_for
from scenario.setup import Setup
from simulation.progress import Progress, Remaining

_LARGE, _BYTES_A_POINT = 1_000_000, 60
"""Points of a race for which there has to be room, and the memory that each takes until the race is run, drawn and sent."""
_ROOM = 90.0
"""Seconds that a page waits for that."""
_PRODUCTS = 2e9
"""Products of weights, examples and steps in a second, on a machine that has other things to do."""
_PATIENCE = 0.4
"""Seconds before a progress bar appears."""
_TRAINING = "Training the networks"
R = TypeVar("R", Race, Comparison)
T = TypeVar("T")
_kept: OrderedDict[Setup, tuple[Race | Comparison, int, float]] = OrderedDict()
"""Each with the bytes that it takes, roughly, and the seconds that it took."""
_QUICK = 2.0
"""Networks whose training takes fewer seconds are kept only while somebody is there, as races are."""
_BESIDES = 60_000
"""Bytes that a race takes beside its numbers."""
_DRAWN = 1.6
"""So many times as much as its numbers it takes with what is sent of it, and told."""
_told: WeakKeyDictionary[Comparison, dict[Hashable, Any]] = WeakKeyDictionary()
"""What was computed of comparisons, for as long as they are kept."""
_running: dict[Hashable, threading.Lock] = {}
_lock = threading.Lock()
_bars = itertools.count()
"""Numbers of bars without a button: the same thing may be done twice for one page, and no two of its parts may have one key."""


def race_of(scenario: Scenario) -> Race:
    """The scenario's race, with a progress bar while it runs if that takes long.

    Raises:
        ValueError: it is too large to be shown.
    """
    points = refuse_too_large(scenario)
    if points > _LARGE:
        with_bar(lambda report: room().take(points * _BYTES_A_POINT / 1e6, lambda: report(0.0), _ROOM), "Waiting for other large races")
    else:
        _no_bar()
    return _known_or_made(scenario, scenario.race, "Running the race")


def comparison_of(experiment: Experiment, stoppable: bool = False) -> Comparison:
    """The experiment's networks, with a progress bar while they are trained if that takes long.

    Raises:
        ValueError: they are too large to be trained or shown here.
    """

    def run(report: Progress) -> Comparison:
        refuse_too_long(experiment)
        return where_for(_seconds(experiment))(experiment.train, report)

    return _known_or_made(experiment, run, _TRAINING, experiment if stoppable else None)


def measured(comparison: Comparison, panels: tuple[str, ...], stoppable: bool = False) -> tuple[str, ...]:
    """Compute what some panels show beyond what a training gives, with a progress bar if that takes long.

    Args:
        comparison: the trained networks.
        panels: which are shown.
        stoppable: whether the user can stop it.

    Returns:
        Those that can be shown: all but what the user has stopped.
    """
    stopped: set[str] = set()
    wanted = comparison.experiment if stoppable else None
    if set(panels) & SHOW_RELIEF:
        try:
            with _unless_halted(), alone((comparison, "relief")):  # which the panel says
                side = coarse_side(comparison.network, comparison.data)
                where = where_for(seconds_for(side, comparison.network, comparison.data))
                if comparison.known_relief is None:
                    with_bar(lambda report: comparison.find_relief(report, where), "Looking at the landscape", wanted)
                else:
                    _no_bar()
        except Halted:
            stopped |= SHOW_RELIEF
    if "sharpness" in panels:
        try:
            with alone((comparison, "sharpness")):
                with_bar(lambda report: sharpness_of(comparison, report, elsewhere), "Measuring the sharpness", wanted)
        except Halted:
            stopped.add("sharpness")
    return tuple(name for name in panels if name not in stopped)


@contextmanager
def _unless_halted() -> Iterator[None]:
    """Go on after any other ValueError."""
    try:
        yield
    except Halted:
        raise
    except ValueError:
        pass


def refuse_too_long(experiment: Experiment) -> None:
    """Raise ValueError where networks are too large to be shown, or to be trained while somebody waits; the message says what to do."""
    networks, size = len(experiment.labels()), experiment.build_network().size
    if networks * size > (most := NETWORK_WEIGHTS.value):
        asked = f"{networks} networks of {size:,} weights" if networks > 1 else f"a network of {size:,} weights"
        raise ValueError(f"{asked} cannot be shown, at most {most:,} weights can; choose narrower layers, or fewer of them")
    seconds = _seconds(experiment)
    if seconds > (longest := TRAINING_SECONDS.value):
        raise ValueError(
            f"this training would take about {seconds / 60:.0f} min, and at most {longest / 60:.0f} min can be waited for; "
            "choose fewer steps, smaller batches, fewer examples or smaller networks"
        )


def _seconds(experiment: Experiment) -> float:
    """How long its training takes, roughly."""
    ways = experiment.build_variants()
    examples = sum(int(way.number("batch")) or len(experiment.build_data().x) for way in ways) / len(ways)
    return len(experiment.labels()) * experiment.build_network().size * examples * experiment.steps / _PRODUCTS


def refuse_too_large(scenario: Scenario) -> int:
    """Raise ValueError where a race is too large to be shown; the message says what to do. Otherwise the number of its points."""
    starts, entrants = int(scenario.start_points().shape[1]), len(scenario.optimizers)
    points = starts * entrants * (scenario.steps + 1)
    if points > (most := RACE_POINTS.value):
        asked = f"{entrants} optimizers from {starts:,} starts over {scenario.steps:,} steps make {points:,} points"
        raise ValueError(f"{asked}, and at most {most:,} can be shown; choose fewer starts or steps")
    return points


def once(comparison: Comparison, compute: Callable[..., T], *more: Hashable, doing: str) -> T:
    """What a function of a module says of a comparison, computed once for all sessions, in a worker process, with a progress bar.

    Args:
        comparison: its first argument.
        compute: the function.
        more: its other arguments.
        doing: what the bar says.
    """
    key = (compute, *more)
    kept = _told.setdefault(comparison, {})
    with alone((comparison, key)):
        if key not in kept:
            kept[key] = with_bar(lambda report: elsewhere(partial(_silently, compute, comparison, *more), report), doing)
        else:
            _no_bar()
    found: T = kept[key]
    return found


def _silently(compute: Callable[..., T], *arguments: Any) -> T:
    """What a function gives that does not tell how far it is; the last argument would take that."""
    return compute(*arguments[:-1])


def _known_or_made(setup: Setup, run: Callable[[Progress], R], doing: str, wanted: Hashable = None) -> R:
    with alone(setup):
        with _lock:
            if known := _kept.get(setup):
                _kept.move_to_end(setup)
        if known:
            _no_bar()
            return known[0]  # type: ignore[return-value]  # what a setup of this kind gives
        began = time.monotonic()
        made = with_bar(run, doing, wanted)
        with _lock:
            _kept[setup] = made, _size(made), time.monotonic() - began
            while len(_kept) > 1 and sum(size for _, size, _ in _kept.values()) > RACE_MEGABYTES.value * 1024**2:
                _kept.popitem(last=False)
    return made


def forget_quick_ones() -> None:
    """Nobody is there who may ask for what is kept: races, and what else is computed again at once, are not kept any longer."""
    with _lock:
        for setup in [setup for setup, (made, _, seconds) in _kept.items() if isinstance(made, Race) or seconds < _QUICK]:
            del _kept[setup]


@contextmanager
def alone(key: Hashable) -> Iterator[None]:
    """One session at a time is inside for a key: it computes what the others, who wait, will then find."""
    with _lock:
        own = _running.setdefault(key, threading.Lock())
    try:
        with own:
            yield
    finally:
        with _lock:
            _running.pop(key, None)


def with_bar(run: Callable[[Progress], T], doing: str, wanted: Hashable = None) -> T:
    """What comes of running something, with a bar that tells how long it takes yet, if that is long.

    Args:
        run: what to run.
        doing: what is being done, in a few words.
        wanted: what tells it from others that are done with the same words; where it is given, a button stops it, and one goes on with it.

    Raises:
        Halted: the user has stopped it.
    """
    began, remaining, halted = time.monotonic(), Remaining(), session().halted
    slot, bar = st.empty(), None
    if wanted is not None and halted.get(doing) == wanted:
        with _line(slot, f"status {doing}"):
            st.caption(f"{doing} was stopped.")
            st.button("Go on", icon=":material/play_arrow:", key=f"go on {doing}", on_click=_go_on, args=(doing,))
        raise Halted(f"{doing} was stopped")

    def report(fraction: float) -> None:
        nonlocal bar
        left = remaining.after(fraction)
        if time.monotonic() - began < _PATIENCE:
            return
        if bar is None:
            with _line(slot, f"status {doing}" if wanted is not None else f"status {doing} {next(_bars)}"):
                bar = st.empty()
                if wanted is not None:  # Streamlit ends this run for the click, at the next report
                    st.button("Stop", icon=":material/stop:", key=f"stop {doing}", on_click=_halt, args=(doing, wanted))
        bar.progress(fraction, doing if left is None else f"{doing}: about {in_words(left)} left")

    try:
        return run(report)
    finally:
        slot.empty()


def _no_bar() -> None:
    """The place of a bar that is not needed: without it all that follows would move up, and stand there twice until the page is drawn."""
    st.empty()


def _halt(doing: str, wanted: Hashable) -> None:
    session().halted[doing] = wanted


def _go_on(doing: str) -> None:
    session().halted.pop(doing, None)


def is_halted(experiment: Experiment) -> bool:
    """Whether the user has stopped its training."""
    return session().halted.get(_TRAINING) == experiment


def _line(slot: DeltaGenerator, key: str) -> DeltaGenerator:
    """A line with a place for words and one for a button, as the jobs of the lab have it."""
    return slot.container(key=key, horizontal=True, vertical_alignment="center", gap="small")


def _size(made: Race | Comparison) -> int:
    if isinstance(made, Comparison):
        numbers = sum(run.weights.nbytes for run in made.runs)
    else:
        numbers = sum(run.positions.nbytes + run.losses.nbytes for run in made.runs)
    return int(_DRAWN * numbers) + _BESIDES
