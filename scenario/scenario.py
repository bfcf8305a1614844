"""A scenario: everything that determines what a user sees, as one immutable value; and the race that comes of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

import landscapes
import optimizers
import simulation
from landscapes import PENALTIES, Landscape, Window
from optimizers import Optimizer, Schedule
from optimizers.options import CLIPPING
from parameters import Array, lookup, short, title_of
from scenario import text
from scenario.choice import Choice, single
from scenario.experiment import Experiment
from scenario.landscape import CUSTOM, build_landscape
from scenario.network_plane import PLANE, plane_title, query_of
from scenario.numbers import NUMBERS, STEPS
from scenario.panels import DEFAULT_PANELS, PANELS
from scenario.reader import FARTHEST
from scenario.setup import ITSELF, Part, Setup, labels_of
from scenario.starts import PATTERNS
from scenario.validation import nearest_valid
from simulation import Run
from simulation.progress import Progress
from simulation.verdicts import Verdicts, verdicts

_PENALTIES = {penalty.name for penalty in PENALTIES}


@dataclass(frozen=True)
class Scenario(Setup):
    """Landscape, optimizers, starts, steps, schedule, noise and penalty. The same scenario gives the same numbers everywhere.

    Args:
        landscape: from the catalogue, with its parameters; or `CUSTOM`, with the values of the formula's parameters; or
            `PLANE`.
        optimizers: who races, each with its hyper-parameters; one may appear several times with different ones.
        starts: one of `PATTERNS`, with its settings.
        points: the starts (x, y) for the pattern "points"; if there are none, the landscape's own start.
        steps: how many steps each takes.
        schedule: how the learning rate decays.
        noise, seed: standard deviation of the noise on the gradient, and what chooses it and scattered starts.
        l1, l2: strengths of the penalties added to the loss.
        clip_norm, clip_value: limits of the gradient's length and of its components, for every optimizer; 0 is off.
        formula, window: the user's own formula and what is shown of it, where the landscape is `CUSTOM`.
        network: where the landscape is `PLANE`, the query of the experiment whose networks' loss it is, on its plane.

    Raises:
        KeyError, TypeError, ValueError: something in it is unknown or not valid; the message says what, and what is.
    """

    noun: ClassVar = "scenario"
    event: ClassVar = "race"
    page: ClassVar = "Race"
    always: ClassVar = ("landscape", "optimizers")
    known_panels: ClassVar = PANELS

    landscape: Choice = Choice("ravine")
    optimizers: tuple[Choice, ...] = (Choice("sgd"), Choice("momentum"), Choice("nesterov"), Choice("rmsprop"), Choice("adam"))
    starts: Choice = Choice("points")
    points: tuple[tuple[float, float], ...] = ()
    steps: int = int(STEPS.default)
    schedule: Choice = Choice("constant")
    noise: float = 0.0
    seed: int = 0
    l1: float = 0.0
    l2: float = 0.0
    formula: str = ""
    window: Window | None = None
    clip_norm: float = 0.0
    clip_value: float = 0.0
    network: str = ""

    def __post_init__(self) -> None:
        self.read_choices()
        checked: dict[str, Any] = {name: number.check(single(getattr(self, name), name), "Scenario") for name, number in NUMBERS.items()}
        checked |= self._checked_landscape()
        if not self.optimizers:
            raise ValueError("no optimizer takes part; choose at least one")
        entrants = [(choice, optimizers.get(choice.name)) for choice in self.optimizers]
        checked["optimizers"] = tuple(choice.checked(declared.parameters, declared.name) for choice, declared in entrants)
        schedule = optimizers.schedules.get(self.schedule.name)
        checked["schedule"] = self.schedule.checked(schedule.parameters, schedule.name)
        checked |= self._checked_starts()
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def _checked_landscape(self) -> Mapping[str, Any]:
        if self.landscape.name == CUSTOM:
            return {"window": self.build_landscape().window, "landscape": Choice.of(CUSTOM, **dict(self.landscape.settings))}
        if self.landscape.name == PLANE:
            if self.l1 or self.l2:
                raise ValueError("penalties are of x and y, and these are no weights on a plane; leave l1 and l2 at 0")
            return {"landscape": Choice(PLANE), "network": query_of(Experiment.from_query(self.network))}
        if self.network:
            raise ValueError(f"a network goes with the landscape {PLANE!r}, not with {self.landscape.name!r}")
        if self.formula or self.window:
            raise ValueError(f"a formula and a window go with the landscape {CUSTOM!r}, not with {self.landscape.name!r}")
        declared = landscapes.get(self.landscape.name)
        return {"landscape": self.landscape.checked(declared.parameters, declared.name)}

    def _checked_starts(self) -> Mapping[str, Any]:
        pattern = lookup(PATTERNS, self.starts.name, "pattern of starts")
        if self.points and self.starts.name != "points":
            raise ValueError(f"points are for the starts 'points', not for {self.starts.name!r}")
        points = tuple((float(x), float(y)) for x, y in self.points)
        if points and not (np.abs(points) < FARTHEST).all():  # nor if one is no number
            raise ValueError(f"starts must lie between -{FARTHEST:g} and {FARTHEST:g}, not at {points}")
        # a centre is a setting without a default of its own: it is kept even where it is zero
        centre = {name: value for name, value in self.starts.settings if name in ("x", "y")}
        checked = self.starts.checked(pattern.parameters, pattern.title)
        return {"starts": checked.replace(**centre), "points": points}

    # ---- what it stands for

    def build_landscape(self) -> Landscape:
        """The landscape, with its parameters and penalties."""
        return build_landscape(self.landscape, self.formula, self.window, self.l1, self.l2, self.network)

    def build_optimizers(self) -> tuple[Optimizer, ...]:
        """The optimizers, with their hyper-parameters."""
        built = (optimizers.get(choice.name, **dict(choice.settings)) for choice in self.optimizers)
        limits = {limit.name: getattr(self, limit.name) for limit in CLIPPING}
        return tuple(optimizer.clipped(**limits) if any(limits.values()) else optimizer for optimizer in built)

    def build_schedule(self) -> Schedule:
        """The learning-rate schedule."""
        return optimizers.schedules.get(self.schedule.name, **dict(self.schedule.settings))

    def start_points(self) -> Array:
        """Where the trajectories of every optimizer start, shape (2, N)."""
        return PATTERNS[self.starts.name].points(self.build_landscape(), dict(self.starts.settings), self.seed, self.points)

    def labels(self) -> tuple[str, ...]:
        """A name for each optimizer; where one appears several times, with the settings or a number that tell them apart."""
        return labels_of(self.build_optimizers())

    def race(self, progress: Progress | None = None) -> Race:
        """Run every optimizer from all starts.

        Args:
            progress: called now and then with the fraction done; if it returns False, the race stops.

        Raises:
            ValueError: the history would not fit into memory.
            simulation.Cancelled: `progress` returned False.
        """
        landscape, chosen, points = self.build_landscape(), self.build_optimizers(), self.start_points()
        schedule = None if self.schedule == Choice("constant") else self.build_schedule()
        runs = []
        for index, optimizer in enumerate(chosen):

            def report(fraction: float, before: int = index) -> object:
                return progress((before + fraction) / len(chosen)) if progress else None

            run = simulation.run(landscape, optimizer, points, self.steps, schedule, self.noise, self.seed, progress=report)
            runs.append(run)
        return Race(self, tuple(runs), self.labels())

    # ---- its numbers, and what a text says of it

    @property
    def title(self) -> str:
        """The landscape's name."""
        return plane_title(self.network) if self.network else self.build_landscape().name

    @property
    def usual_panels(self) -> tuple[str, ...]:
        """A map, the surface and the loss."""
        return DEFAULT_PANELS

    @property
    def subject(self) -> str:
        """The landscape's name in the catalogue."""
        return self.landscape.name

    @property
    def ground(self) -> Hashable:
        """The landscape but for its parameters, which only bend it."""
        return self.landscape.name, self.formula, self.network

    def parts(self) -> tuple[str, ...]:
        """The parts that hold numbers, in their order."""
        return (*(f"optimizers.{index}" for index in range(len(self.optimizers))), "landscape", "starts", "schedule", ITSELF)

    def part(self, name: str) -> Part:
        """One of them."""
        if name == ITSELF:
            own = {name: number for name, number in NUMBERS.items() if not (self.network and name in _PENALTIES)}
            return Part("Scenario", tuple(own.values()), {number: getattr(self, number) for number in own})
        if name == "starts":
            pattern = PATTERNS[self.starts.name]
            return Part(pattern.title, pattern.parameters, pattern.values(self.build_landscape(), dict(self.starts.settings)))
        built = {"schedule": self.build_schedule, "landscape": self.build_landscape}.get(name)
        thing = built() if built else self.build_optimizers()[int(name.rpartition(".")[2])]
        return Part(thing.name, thing.parameters, thing.values)

    @classmethod
    def nearest(cls, found: text.Fields) -> tuple[Self, list[str]]:
        """The valid scenario nearest to what a text says, and a sentence for everything that had to be changed."""
        values, notes = nearest_valid(found, cls.usual())
        return cls(**values), notes


@dataclass(frozen=True, eq=False)
class Race:
    """A scenario with its runs, one for each optimizer in the scenario's order.

    Attributes:
        scenario: what was run.
        runs: the runs, all from the same starts.
        labels: a name for each; where an optimizer appears several times, with the settings that tell them apart.
    """

    scenario: Scenario
    runs: tuple[Run, ...]
    labels: tuple[str, ...]

    @property
    def landscape(self) -> Landscape:
        """What they raced on."""
        return self.runs[0].landscape

    @property
    def starts(self) -> Array:
        """Where all of them started, shape (2, N)."""
        return self.runs[0].starts

    @cached_property
    def verdicts(self) -> tuple[Verdicts, ...]:
        """How the trajectories of each run went. Ten thousand take a tenth of a second, so that all who tell it share it."""
        return tuple(verdicts(run) for run in self.runs)

    @property
    def rates(self) -> tuple[str, ...]:
        """The learning rate of each as it stands beside its label; "" where it has none, or its label tells it.

        A method may call something else so that belongs at the same place, such as the size of its first triangle: that is no rate.
        """
        given = [
            next((parameter for parameter in run.optimizer.parameters if parameter.title == title_of("lr") not in label), None)
            for run, label in zip(self.runs, self.labels, strict=True)
        ]
        return tuple(short(float(run.optimizer.values["lr"])) if rate else "" for run, rate in zip(self.runs, given, strict=True))


def check_race(given: Any) -> None:
    """Refuse what is mistaken for a race.

    Raises:
        TypeError: it is none; the message says how to come to one.
    """
    if not isinstance(given, Race):
        how = "call its race()" if isinstance(given, Scenario) else "Scenario(...).race() gives one"
        raise TypeError(f"a Race is asked for, not {_article(type(given).__name__)}; {how}")


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'AEIOUaeiou' else 'a'} {noun}"
