"""What penalties make of a network's landscape: one plane and one colour scale, and the exact loss with its penalty on it."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from exports.maps import penalties_to_csv
from figures import DARK, LIGHT, Theme
from figures.penalties import penalty_grid, penalty_maps
from lab.penalties import USUAL, told_of_plane, under_penalties
from scenario import Choice, Experiment

SMALL = Experiment(data=Choice.of("moons", n=20), widths=(4,), optimizers=(Choice("adam"),), steps=30)
STRONG = SMALL.replace(variants=(Choice("scratch"), Choice.of("scratch", l1=0.1), Choice.of("scratch", l2=0.5)))


def table(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file, whose first lines explain it."""
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def test_each_map_is_the_loss_with_its_penalty_on_one_plane() -> None:
    comparison = STRONG.train()
    maps = under_penalties(comparison)
    assert [each.label for each in maps] == ["no penalty", "L2 0.5", "L1 0.1"]
    x, y, net = comparison.data.x, comparison.data.y, comparison.network
    for each, (l1, l2), run in zip(maps, [(0, 0), (0, 0.5), (0.1, 0)], [0, 2, 1], strict=True):
        assert each.plane is maps[0].plane
        corner = each.plane.points(np.array([[side[0] for side in each.plane.window]]).T)
        assert each.values[0, 0] == pytest.approx(net.loss(corner, x, y, l2, l1=l1)[0], rel=1e-12)
        assert np.allclose(each.path.T, each.plane.project(comparison.runs[run].weights))
        assert net.loss(each.plane.points(np.array([each.lowest]).T), x, y, l2, l1=l1)[0] == pytest.approx(each.values.min())
    rows = table(penalties_to_csv(maps, comparison))
    assert [float(row["loss"]) for row in rows] == np.concatenate([each.values.ravel() for each in maps]).tolist()
    last = np.array([[float(rows[-1]["first"])], [float(rows[-1]["second"])]])
    assert net.loss(maps[0].plane.points(last), x, y, 0.0, l1=0.1)[0] == pytest.approx(float(rows[-1]["loss"]), rel=1e-12)


def test_what_the_plane_hides_is_told_and_what_takes_too_long_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = STRONG.train()
    assert told_of_plane(comparison) == comparison.relief.sentences(comparison.labels)
    monkeypatch.setattr("lab.penalties._MOST_WORK", 1e3)
    with pytest.raises(ValueError, match="3 maps of a network of 17 weights on 20 examples would take longer than somebody waits"):
        under_penalties(comparison)


def test_networks_without_penalties_are_shown_under_the_usual_ones() -> None:
    maps = under_penalties(SMALL.train())
    assert [each.label for each in maps] == ["no penalty", *(f"L2 {strength}" for strength in USUAL[1:])]
    assert [len(each.path) > 0 for each in maps] == [True, False, False, False]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_maps_have_one_colour_scale(theme: Theme) -> None:
    maps = under_penalties(STRONG.train())
    figures = penalty_maps(maps, theme)
    heights = np.log10([each.values for each in maps])
    for figure in (*figures, penalty_grid(maps, theme)):
        assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (heights.min(), heights.max())
        assert {(trace.contours.start, trace.contours.end) for trace in figure.data if trace.type == "contour"} == {
            (heights.min(), heights.max())
        }
    assert [figure.layout.coloraxis.showscale for figure in figures] == [False, False, True]
    assert len(penalty_grid(maps).layout.annotations) == 3
    assert {figure.layout[axis].title.text for figure in figures for axis in ("xaxis", "yaxis")} == {"component 1", "component 2"}
    assert not any(trace.cliponaxis for figure in figures for trace in figure.data if trace.type == "scatter"), "a star is whole"
