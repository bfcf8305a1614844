"""Scenarios worth showing, each with what there is to see in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from scenario.choice import Choice
from scenario.panels import ordered
from scenario.scenario import Scenario
from scenario.setup import Setup

S = TypeVar("S", bound=Setup, covariant=True)


@dataclass(frozen=True)
class Preset(Generic[S]):
    """A scenario, or another setup, with a title, the sentence to say while it plays, and the panels that it is for, if it is for some."""

    title: str
    about: str
    scenario: S
    show: tuple[str, ...] = ()

    @property
    def panels(self) -> tuple[str, ...]:
        """The panels it is looked at in."""
        return ordered(self.show, self.scenario.known_panels) or self.scenario.usual_panels


def _scenario(landscape: str, settings: dict[str, float], entrants: list[tuple[str, dict[str, float]]], **fields: Any) -> Scenario:
    chosen = tuple(Choice.of(name, **values) for name, values in entrants)
    return Scenario(landscape=Choice.of(landscape, **settings), optimizers=chosen, **fields)


PRESETS = {
    "five": Preset(
        "Five optimizers in a ravine",
        "SGD jumps from wall to wall and crawls along; the others arrive sooner, each in its own way.",
        _scenario(
            "ravine",
            {"condition": 50.0},
            [
                ("sgd", {"lr": 0.0394}),
                ("momentum", {"lr": 0.01}),
                ("nesterov", {"lr": 0.01}),
                ("rmsprop", {"lr": 0.04, "decay": 0.99}),
                ("adam", {"lr": 0.15}),
            ],
            steps=120,
        ),
    ),
    "jitter": Preset(
        "Jitter in a ravine",
        "SGD jumps from wall to wall and crawls along the floor. Momentum averages the jumps away and gains speed along it.",
        _scenario("ravine", {"condition": 50.0}, [("sgd", {"lr": 0.0394}), ("momentum", {"lr": 0.008})], steps=120),
    ),
    "rates": Preset(
        "Learning rate: too small, just right, too big",
        "One ravine, three rates: the first hardly moves, the second arrives, the third climbs out: it is above 2 / curvature.",
        _scenario("ravine", {"condition": 10.0}, [("sgd", {"lr": 0.005}), ("sgd", {"lr": 0.15}), ("sgd", {"lr": 0.203})], steps=60),
    ),
    "saddle": Preset(
        "Escape from a saddle",
        "Near the saddle the gradient is tiny: SGD stalls longest, momentum gathers speed, RMSProp and Adam enlarge their steps.",
        _scenario("saddle", {}, [("sgd", {}), ("momentum", {}), ("rmsprop", {}), ("adam", {})], steps=120),
    ),
    "newton": Preset(
        "Newton runs into the saddle",
        "Newton's method looks for a point without slope and finds the saddle; with absolute curvatures the same step flees from it.",
        _scenario("saddle", {}, [("newton", {}), ("saddle_free_newton", {}), ("sgd", {})], steps=60),
    ),
    "basins": Preset(
        "Four minima, a cloud of starts",
        "Where one ends depends on where one starts, and on the optimizer: momentum carries some across a ridge.",
        _scenario(
            "himmelblau",
            {},
            [("sgd", {"lr": 0.01}), ("momentum", {"lr": 0.003}), ("adam", {"lr": 0.1})],
            starts=Choice.of("anywhere", n=100),
            steps=150,
        ),
    ),
    "wells": Preset(
        "A deep and a shallow well",
        "From a grid of starts more end in the deeper well with momentum than with SGD, which stays in the first one it meets.",
        _scenario(
            "two_wells",
            {},
            [("sgd", {"lr": 0.06}), ("momentum", {"lr": 0.04}), ("adam", {"lr": 0.4})],
            starts=Choice.of("grid", n=400),
            steps=150,
        ),
    ),
    "valley": Preset(
        "The curved valley",
        "Rosenbrock's valley is found quickly and followed slowly: SGD creeps, momentum and Adam get there.",
        _scenario("rosenbrock", {}, [("sgd", {"lr": 0.001}), ("momentum", {"lr": 0.001}), ("adam", {"lr": 0.1})], steps=500),
    ),
    "adagrad": Preset(
        "AdaGrad stalls",
        "AdaGrad divides by a sum that only grows, so its steps get ever shorter; RMSProp forgets old gradients and keeps its pace.",
        _scenario("ravine", {"condition": 20.0}, [("adagrad", {"lr": 0.15}), ("rmsprop", {"lr": 0.03})], steps=150),
    ),
    "axes": Preset(
        "Scaling each axis by itself",
        "SGD follows the slope, mostly across. AdaGrad and RMSProp divide each axis by its own past slopes and head for the minimum.",
        _scenario("ravine", {"condition": 20.0}, [("sgd", {"lr": 0.02}), ("adagrad", {"lr": 0.5}), ("rmsprop", {"lr": 0.05})], steps=100),
    ),
    "bias": Preset(
        "Adam without bias correction",
        "The running means start at zero. Without correction Adam's first steps are about three times too long.",
        _scenario("ravine", {"condition": 10.0}, [("adam", {}), ("adam", {"bias_correction": False})], steps=80),
    ),
    "look ahead": Preset(
        "Nesterov looks ahead",
        "Momentum overshoots and swings. Nesterov takes the gradient where its momentum is about to carry it, and brakes earlier.",
        _scenario("ravine", {"condition": 20.0}, [("momentum", {"lr": 0.03}), ("nesterov", {"lr": 0.03})], steps=120),
    ),
    "noise": Preset(
        "Noise: small batches of data",
        "With noisy gradients a larger learning rate arrives sooner, and then wanders about in a wider cloud.",
        _scenario(
            "ravine",
            {"condition": 5.0},
            [("sgd", {"lr": 0.15}), ("sgd", {"lr": 0.03})],
            noise=1.5,
            starts=Choice.of("cloud", n=60, spread=0.03),
            steps=250,
        ),
    ),
    "decay": Preset(
        "Decay calms the noise",
        "The same noise with a learning rate that falls to zero along a cosine: the cloud shrinks onto the minimum.",
        _scenario(
            "ravine",
            {"condition": 5.0},
            [("sgd", {"lr": 0.15}), ("momentum", {"lr": 0.015})],
            noise=1.5,
            starts=Choice.of("cloud", n=60, spread=0.03),
            schedule=Choice("cosine"),
            steps=250,
        ),
    ),
    "crowd": Preset(
        "Two thousand starts among many minima",
        "Nearly everyone ends in the nearest of Rastrigin's minima: local methods find local minima.",
        _scenario("rastrigin", {}, [("sgd", {"lr": 0.002}), ("adam", {"lr": 0.1})], starts=Choice.of("anywhere", n=2000), steps=120),
    ),
}
"""Every preset by name, in the order of the list."""
OPENING = PRESETS["five"]
"""What the app opens with, where its address says nothing."""
