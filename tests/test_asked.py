"""What a script may get wrong about a task of the lab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lab.axes import Axis
from lab.basins import Basins
from lab.quantities import alone
from lab.sweeps import Sweep
from lab.tournament import Tournament
from lab.tuning import Tuning
from parameters import nearest
from scenario import Choice, Scenario

SCENARIO = Scenario(Choice("himmelblau"), (Choice("sgd"), Choice("adam")), steps=20)
WRONG: list[tuple[Callable[[Any], Any], Any, str]] = [
    (lambda given: Tuning(SCENARIO, count=given), 2.5, "count must be a whole number, not 2.5"),
    (lambda given: Tuning(SCENARIO, starts=given), 4.0, "starts must be a whole number, not 4.0"),
    (lambda given: Tuning(SCENARIO, seed=given), "1", "seed must be a whole number, not '1'"),
    (lambda given: Tuning(SCENARIO, seeds=given), True, "seeds must be a whole number, not True"),
    (lambda given: Tuning(given), "himmelblau", "a task of the lab takes a Scenario, not 'himmelblau'"),
    (lambda given: Tournament((Choice("sgd"),), given), "ravine", "landscapes takes a list of names, not 'ravine'"),
    (lambda given: Tournament((Choice("sgd"),), ("ravine",), count=given), 2.5, "count must be a whole number, not 2.5"),
    (lambda given: Basins(given), ["sgd"], r"a task of the lab takes a Scenario, not \['sgd'\]"),
    (lambda given: Basins(SCENARIO, size=given), 64.0, "size must be a whole number, not 64.0"),
    (lambda given: Axis("noise", 0, 1, given), 2.5, "count must be a whole number, not 2.5"),
    (lambda given: Sweep(alone(SCENARIO, 0), Axis("noise", 0, 1, 3), Axis("l2", 0, 1, 3), given), 1.5, "seeds must be a whole number"),
]


@pytest.mark.parametrize(("make", "given", "message"), WRONG)
def test_a_mistake_is_told_where_the_task_is_made(make: Callable[[Any], Any], given: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make(given)


def test_lists_and_numpys_whole_numbers_make_the_same_task() -> None:
    usual = Tournament(SCENARIO.optimizers, ("ravine", "beale"), 20, 4, 3)
    given = Tournament(["sgd", "adam"], ["ravine", "beale"], np.int64(20), np.int32(4), np.uint8(3))  # type: ignore[arg-type]
    assert given == usual
    assert hash(given) == hash(usual)
    assert type(given.starts) is int, "which JSON can tell"


def test_a_name_in_capitals_is_near_to_its_own() -> None:
    assert nearest("SGD", ["adam", "sgd"]) == " (did you mean 'sgd'?)"
    assert nearest("Goldstein-Price", ["goldstein_price", "beale"]) == " (did you mean 'goldstein_price'?)"
