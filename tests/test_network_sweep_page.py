"""The page of sweeps of networks, without a browser: both maps have one colour scale, a cell is played and taken over, links are mended."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app_pages.jobs import jobs
from exports.lab_tables import tables_of
from figures import DARK, LIGHT, Theme
from figures.colourings import NETWORK_COLOURINGS
from figures.network_sweeps import network_sweep_maps
from lab.axes import Axis, axis_for
from lab.executors import run_task
from lab.network_sweeps import NetworkMaps, NetworkSweep
from scenario import Choice, Experiment
from tests.test_pages import kept, open_page, read

pytestmark = pytest.mark.xdist_group("pages")
QUICK = Experiment(
    data=Choice.of("moons", n=30),
    widths=(4,),
    steps=6,
    initials=(Choice("lecun"), Choice("xavier")),
    optimizers=(Choice("sgd"), Choice("adam")),
)
RATES, SCALES = Axis("optimizers.0.lr", 0.01, 100.0, 4, "log"), Axis("initials.0.scale", 1.0, 50.0, 3, "log")


@pytest.fixture(scope="module")
def maps() -> NetworkMaps:
    return run_task(NetworkSweep(QUICK.replace(initials=(Choice("lecun"),), optimizers=(Choice("sgd"),), steps=40), RATES, SCALES))


def named(figure: Any, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("measure", NETWORK_COLOURINGS)
def test_both_maps_have_one_colour_scale(maps: NetworkMaps, measure: str, theme: Theme) -> None:
    figures = network_sweep_maps(maps, theme, measure, (3, 2, 0))
    (plain,), (normalized,) = (named(figure, "cells") for figure in figures)
    assert (plain.zmin, plain.zmax, plain.colorbar.tickvals) == (normalized.zmin, normalized.zmax, normalized.colorbar.tickvals)
    for cells in (plain, normalized):
        known = cells.z[np.isfinite(cells.z)]
        assert ((known >= plain.zmin) & (known <= plain.zmax)).all()
    assert named(figures[0], "chosen")
    assert not named(figures[1], "chosen")


def test_a_sweep_is_saved_with_all_that_its_colours_tell(maps: NetworkMaps) -> None:
    table = tables_of(maps)["Cells"].make()
    plain, normalized = maps.maps
    assert list(table.columns["final_loss"]) == [*plain.final.ravel(), *normalized.final.ravel()]
    assert list(table.columns["steps"]) == [*plain.steps.ravel(), *normalized.steps.ravel()]
    last = {name: values[table.rows // 2 - 1] for name, values in table.columns.items()}
    assert (last["batch_normalization"], last["optimizers.0.lr"], last["initials.0.scale"]) == (False, 100.0, 50.0)
    assert table.settings["experiment"]["optimizers"][0]["settings"]["lr"] == plain.sweep.experiment.build_optimizers()[0].values["lr"]


def test_what_has_no_number_to_colour_says_why(maps: NetworkMaps) -> None:
    worse = maps.maps[0].final > 1.02 * maps.maps[0].guess
    assert worse.any()
    figure = network_sweep_maps(maps)[0]
    (cells,) = named(figure, "cells")
    assert np.isnan(cells.z[worse]).all()
    assert len(named(figure, "worse than guessing")) == 2  # the cells, and their line in the key
    curve = run_task(NetworkSweep(Experiment(data=Choice.of("sine", n=20), widths=(2,), steps=40), RATES, SCALES))
    assert curve.maps[0].best_by("accuracy") is None
    assert named(network_sweep_maps(curve, LIGHT, "accuracy")[0], "no classes")


def opened(query: str) -> AppTest:
    app = open_page(f"{QUICK.to_query()}&cells=8&{query}", "network_sweeps")
    assert not app.exception
    return app


def test_a_cell_is_played_and_taken_over() -> None:
    """Of the second optimizer and the second initialization, without batch normalization; the others stay as they are."""
    boxes = "optimizers.0.lr~0.01~1.0~log;initials.0.scale~0.5~2.0~log"
    app = opened(f"entrant=1&begun=1&boxes={boxes}&cell=0,7,0")
    job = jobs().find(kept(app).tasks["NetworkSweep"])
    assert job
    assert job.ended.wait(60)
    app.run()
    assert not app.info
    assert any("learning rate 0.01, scale 2, without batch normalization" in read(text) for text in app.markdown)
    next(button for button in app.button if button.label == "Use on the Network page").click().run()
    now = kept(app).experiment
    assert now.optimizers == (Choice("sgd"), Choice.of("adam", lr=0.01))
    assert now.initials == (Choice("lecun"), Choice.of("xavier", scale=2.0))
    assert not now.batch_norm


@pytest.mark.parametrize(
    ("name", "said", "shown"),
    [("entrant", "2", "0"), ("begun", "x", "0"), ("cell", "1,1,2", ""), ("boxes", "depth~0.5~3.0~whole;l2~0~1~linear", "")],
)
def test_what_a_link_says_that_cannot_be_is_told_and_mended(name: str, said: str, shown: str) -> None:
    app = opened(f"{name}={said}")
    assert app.info
    assert kept(app).settings["network_sweeps"][name] == shown
    assert not app.error


def test_a_batch_larger_than_the_examples_is_said() -> None:
    app = opened("boxes=batch~1~99~whole-log;optimizers.0.lr~0.01~1.0~log")
    assert "A batch of 99 has more than the" in read(app.error[0])


def test_without_hidden_layers_two_equal_maps_are_explained() -> None:
    plain = QUICK.replace(widths=(), initials=(Choice("xavier"),), optimizers=(Choice("sgd"),))
    app = open_page(f"{plain.to_query()}&cells=8", "network_sweeps")
    job = jobs().find(kept(app).tasks["NetworkSweep"])
    assert job
    assert job.ended.wait(60)
    app.run()
    assert any("both maps are the same" in read(caption) for caption in app.caption)


def test_what_changes_nothing_here_is_not_to_be_chosen() -> None:
    """Of three scales of one initialization, while the scale is swept; nor the switch for what the two maps differ by."""
    scales = (Choice.of("xavier", scale=0.1), Choice("xavier"), Choice.of("xavier", scale=10.0))
    same = QUICK.replace(initials=scales, optimizers=(Choice("sgd"), Choice.of("sgd", lr=3.0)), steps=2)
    app = open_page(f"{same.to_query()}&cells=8", "network_sweeps")
    assert [box.label for box in app.selectbox] == ["Across", "Up", "Cells", "Colour"]
    up = next(box for box in app.selectbox if box.label == "Up")
    up.select("depth").run()
    assert not app.exception
    assert [box.label for box in app.selectbox][:2] == ["Initialization", "Across"]
    assert app.selectbox[0].options == ["Xavier, scale 0.1", "Xavier, scale 1", "Xavier, scale 10"]


def test_a_link_names_the_usual_range_which_goes_on_following_what_is_swept() -> None:
    """A later version may have another one. As soon as something else is swept, from a link that named it, too, its own range is named."""
    app = opened("")
    of_sgd = "optimizers.0.lr~0.001~10.0~log;initials.0.scale~0.01~100.0~log"
    assert dict(kept(app).address)["boxes"] == of_sgd
    again = opened(f"boxes={of_sgd}")
    next(box for box in again.selectbox if box.label == "Optimizer").select(1).run()
    assert dict(kept(again).address)["boxes"] == of_sgd.replace("0.001~10.0", "0.0001~1.0")
    older = "optimizers.0.lr~0.01~10.0~log;initials.0.scale~0.01~100.0~log"
    assert dict(kept(opened(f"boxes={older}")).address)["boxes"] == older


def test_the_usual_rates_are_those_around_which_networks_learn() -> None:
    """Half of the map were rates with which a few hundred steps do nothing."""
    for chosen, limits in ((Choice("sgd"), (1e-3, 10.0)), (Choice("adam"), (1e-4, 1.0)), (Choice.of("adam", lr=1e-5), (1e-5, 1.0))):
        axis = axis_for(QUICK.replace(initials=(Choice("he"),), optimizers=(chosen,)), "optimizers.0.lr")
        assert (axis.low, axis.high) == pytest.approx(limits)
