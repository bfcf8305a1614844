"""How smooth the loss is along the steps of a training, with batch normalization and without it; its figures stand in test_training.py."""

from __future__ import annotations

import numpy as np
import pytest

from exports.maps import smoothness_to_csv
from figures import DARK, LIGHT, Theme
from figures.smoothness import smoothness_curves
from lab.smoothness import along_the_steps
from networks.smoothness import LENGTHS
from parameters import short
from scenario import Choice, Experiment
from tests.test_pages import open_page, read
from tests.test_penalties import table

pytestmark = pytest.mark.xdist_group("pages")

MOONS = Experiment(data=Choice.of("moons", n=40), widths=(8, 8), steps=30, optimizers=(Choice.of("sgd", lr=0.5),))


def test_what_is_seen_from_a_step_is_the_loss_along_its_gradient() -> None:
    """One step by hand; no step at or after the last is looked at."""
    comparison = MOONS.train()
    along = along_the_steps(comparison, 0, 4)
    assert along.steps[0] == 4
    assert along.steps[-1] < 30
    net, data, weights = comparison.network, comparison.data, comparison.runs[0].weights[4]
    slope = net.gradient(weights, data.x, data.y)
    there = weights - 0.5 * np.array(LENGTHS)[:, None] * slope
    losses, slopes = net.loss(there, data.x, data.y), net.gradient(there, data.x, data.y)
    assert along.found.lowest[0] == pytest.approx(losses.min(), rel=1e-12)
    assert along.found.highest[0] == pytest.approx(losses.max(), rel=1e-12)
    assert along.found.gradient_change[0] == pytest.approx(np.linalg.norm(slopes - slope, axis=1).max(), rel=1e-9)
    row = table(smoothness_to_csv({"not normalized": along}, comparison, 0))[0]
    assert (row["normalization"], row["step"], float(row["highest_loss"])) == ("not normalized", "4", along.found.highest[0])
    assert float(row["effective_smoothness"]) == along.found.effective_beta[0]


def test_a_network_that_overflows_is_looked_at_until_then() -> None:
    steep = MOONS.replace(data=Choice.of("sine", n=20), activation=Choice("relu"), initials=(Choice.of("he", scale=10.0),)).train()
    run = steep.runs[0]
    assert run.diverged_at > 0
    assert along_the_steps(steep, 0).steps.max() < run.diverged_at


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_three_plots_are_shaded_and_named(theme: Theme) -> None:
    seen = {name: along_the_steps(MOONS.replace(batch_norm=on).train(), 0) for name, on in (("without", False), ("with", True))}
    figures = smoothness_curves(seen, theme)
    assert len(figures) == 3
    for figure in figures:
        shaded = [trace for trace in figure.data if trace.fill == "tonexty"]
        assert [trace.name for trace in shaded] == ["without", "with"]
        assert [trace.line.color for trace in shaded] == [theme.text, theme.accent]
    for figure, heights in zip(figures, ("highest", "gradient_change", "effective_beta"), strict=True):
        assert np.array(figure.data[3].y) == pytest.approx(getattr(seen["with"].found, heights), rel=1e-6)


def test_the_page_says_what_normalization_makes_of_it_in_numbers() -> None:
    """Of the network that the link names, in the order without, with."""
    query = MOONS.replace(initials=(Choice("lecun"), Choice("xavier")), batch_norm=True).to_query()
    app = open_page(f"{query}&along=0", "network")
    app.session_state["expander smoothness"] = True
    app.run()
    assert not app.exception
    one = MOONS.replace(initials=(Choice("lecun"),))
    plain, normalized = (along_the_steps(one.replace(batch_norm=on).train(), 0).found for on in (False, True))
    ranges = " and ".join(short(float(np.mean(found.loss_range)), 2) for found in (plain, normalized))
    assert any(f"range of the loss {ranges}" in read(text) for text in app.caption)
