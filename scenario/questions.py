"""What can be asked about anything that is played, by a name that a playlist's entry carries."""

from __future__ import annotations

from collections.abc import Mapping

from scenario.experiment import Experiment
from scenario.scenario import Scenario
from scenario.setup import Setup

FIRST, END = "first", "end"
ASKED: Mapping[type[Setup], Mapping[str, str]] = {
    Scenario: {FIRST: "Who arrives first?", END: "Where does it end?"},
    Experiment: {FIRST: "Who learns first?"},
}
"""The questions by their names, for each kind of setup."""


def asked_of(setup: Setup) -> Mapping[str, str]:
    """The questions that can be asked of a setup, by their names."""
    return ASKED[type(setup)]
