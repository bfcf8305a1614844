"""Scenarios worth showing, each with what there is to see in it."""

from __future__ import annotations

from dataclasses import dataclass

from scenario.choice import Choice
from scenario.scenario import Scenario


@dataclass(frozen=True)
class Preset:
    """A scenario with a title and the sentence to say while it plays."""

    title: str
    about: str
    scenario: Scenario


def _entrants(*chosen: Choice | str) -> tuple[Choice, ...]:
    return tuple(choice if isinstance(choice, Choice) else Choice(choice) for choice in chosen)


PRESETS = {
    "jitter": Preset(
        "Jitter in a ravine",
        "SGD jumps from wall to wall and hardly moves along the floor; momentum averages the jumps away.",
        Scenario(landscape=Choice.of("ravine", condition=50.0), optimizers=_entrants(Choice.of("sgd", lr=0.038), Choice.of("momentum", lr=0.008))),
    ),
}
