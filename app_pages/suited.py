"""Changes of the scenario after which the learning rates are tuned to what it is then."""

from __future__ import annotations

from collections.abc import Callable

from app_pages.session import session
from scenario import CUSTOM, Scenario
from scenario.tuned_rates import changed_rates, with_tuned_rates


def change_and_tune(field: str, prepare: Callable[[Scenario], Scenario]) -> None:
    """Change the scenario, tune the learning rates to what it is then, and say which were changed, with a way back."""
    now, before = session(), session().scenario
    now.change(field, lambda scenario: with_tuned_rates(prepare(scenario)))
    if field in now.problems:
        return
    changes = changed_rates(before, now.scenario)
    name = now.scenario.build_landscape().name if now.scenario.landscape.name != CUSTOM else "this formula"
    if changes:
        now.tell(f"The learning rates were tuned to {name}: {changes}.", before.optimizers)
    elif field == "optimizers":
        now.tell(f"The learning rates suit {name} as they are.")
