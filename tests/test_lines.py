"""The loss on straight lines between the networks of a comparison, and the walls that stand on them."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from exports.lines import lines_to_csv
from figures import DARK
from figures.lines import line_figures
from figures.networks import network_styles
from lab.lines import straight_lines
from scenario import Choice, Experiment
from tests.test_pages import open_page, read

pytestmark = pytest.mark.xdist_group("pages")
RATES = (Choice.of("sgd", lr=0.5), Choice.of("momentum", lr=0.1), Choice.of("adam", lr=0.02))
DEEP = Experiment(data=Choice("moons"), widths=(16, 16), optimizers=RATES, steps=300)


def test_lines_lead_from_starts_to_ends_and_from_the_best_end_to_the_others() -> None:
    comparison = DEEP.train()
    found, net, data = straight_lines(comparison), comparison.network, comparison.data
    assert found.best == 2
    assert found.from_best[2] is None
    for path, line in zip(comparison.paths, found.from_start, strict=True):
        assert line
        assert line.falls
        assert line.losses[[0, 50, -1]] == pytest.approx(
            net.loss(np.stack([path[0], path[[0, -1]].mean(axis=0), path[-1]]), data.x, data.y)
        )
    wall = found.from_best[0]
    assert wall
    assert wall.barrier > 0.4
    falls, walls = found.sentences()
    assert falls == "From the start to its own end the loss falls all the way: SGD, Momentum, Adam."
    assert "to SGD: a wall of 0.45 above the higher end" in walls
    first, second = line_figures(found, network_styles(comparison), DARK)
    assert [trace.name for trace in first.data] == ["SGD", "Momentum", "Adam"]
    assert [trace.name for trace in second.data] == ["SGD", "Momentum"]
    assert np.asarray(second.data[0].y) == pytest.approx(wall.losses, rel=1e-6)
    rows = list(csv.DictReader(text for text in lines_to_csv(found, comparison).splitlines() if not text.startswith("#")))
    assert len(rows) == 5 * 101
    assert [float(row["loss"]) for row in rows if row["network"] == "SGD" and row["line"] == "end to end"] == wall.losses.tolist()


def test_what_has_no_line_is_left_out_and_what_takes_too_long_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    still = Experiment(
        data=Choice.of("circles", n=20), widths=(3,), initials=(Choice("xavier"),), optimizers=(Choice.of("sgd", lr=0.0),), steps=5
    )
    found = straight_lines(still.train())
    assert (found.from_start, found.from_best, found.sentences()) == ((None,), (None,), [])
    assert line_figures(found, network_styles(still.train())) == ()
    monkeypatch.setattr("lab.lines._MOST_WORK", 1e3)
    with pytest.raises(ValueError, match="choose fewer or smaller networks, or fewer examples"):
        straight_lines(still.replace(steps=6).train())


def test_the_page_draws_the_lines_and_says_what_they_show() -> None:
    small = DEEP.replace(widths=(3,), steps=20, optimizers=RATES[:2])
    app = open_page(small.to_query(), "network")
    app.session_state["expander lines"] = True
    app.run()
    assert not app.exception
    told = " ".join(straight_lines(small.train()).sentences())
    assert any(told in read(text) for text in app.markdown)
