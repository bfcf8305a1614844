"""Races that were run lately, shared by all sessions, so that a class that opens one link computes it once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

import streamlit as st

from scenario import Race, Scenario

_BYTES = 512 * 1024**2
"""What the kept races may take together."""
_MOST_POINTS = 12_000_000
"""More points than this, over all optimizers, starts and steps, are too many to run and draw while somebody waits."""
_PATIENCE = 0.4
"""Seconds before a progress bar appears."""
_kept: OrderedDict[Scenario, Race] = OrderedDict()
_running: dict[Scenario, threading.Lock] = {}
_lock = threading.Lock()


def race_of(scenario: Scenario) -> Race:
    """The scenario's race, with a progress bar while it runs if that takes long.

    Raises:
        ValueError: it is too large to be shown.
    """
    with _lock:
        own = _running.setdefault(scenario, threading.Lock())
    with own:  # one session computes it, the others wait
        with _lock:
            if race := _kept.get(scenario):
                _kept.move_to_end(scenario)
                return race
        try:
            race = _run(scenario)
        finally:
            with _lock:
                _running.pop(scenario, None)
        with _lock:
            _kept[scenario] = race
            while len(_kept) > 1 and sum(_size(kept) for kept in _kept.values()) > _BYTES:
                _kept.popitem(last=False)
    return race


def refuse_too_large(scenario: Scenario) -> None:
    """Raise ValueError where a race is too large to be shown; the message says what to do."""
    starts, entrants = scenario.start_points().shape[1], len(scenario.optimizers)
    points = starts * entrants * (scenario.steps + 1)
    if points > _MOST_POINTS:
        asked = f"{entrants} optimizers from {starts:,} starts over {scenario.steps:,} steps make {points:,} points"
        raise ValueError(f"{asked}, and at most {_MOST_POINTS:,} can be shown; choose fewer starts or steps")


def _run(scenario: Scenario) -> Race:
    refuse_too_large(scenario)
    began = time.monotonic()
    slot = st.empty()

    def report(fraction: float) -> None:
        spent = time.monotonic() - began
        if spent > _PATIENCE:
            left = spent / max(fraction, 0.01) * (1 - fraction)
            slot.progress(fraction, f"Running the race: about {left:.0f} s left")

    try:
        return scenario.race(report)
    finally:
        slot.empty()


def _size(race: Race) -> int:
    return sum(run.positions.nbytes + run.losses.nbytes for run in race.runs)
