"""Critical points of networks: where the search ends the gradient vanishes; what index, law and refusals say. Lesson 22 holds the figures
of the reference sheet."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from app_pages.jobs import jobs
from exports.critical_points import critical_points_to_csv
from figures import DARK, LIGHT, Theme
from figures.critical_points import gradient_and_loss, index_and_loss
from lab import critical_points
from lab.critical_points import CriticalSearch, CriticalSurvey, SearchBatch, most_weights, semicircle_quantile
from lab.executors import Meter
from lab.tiles import cut
from networks.critical_points import PENALTY, CriticalPoints, find_critical_points
from scenario import Choice, Experiment
from simulation import Cancelled
from tests.test_pages import kept, open_page, read

pytestmark = pytest.mark.xdist_group("pages")

XOR = Experiment(data=Choice.of("xor", n=16, noise=0.2), widths=(2,))


def test_where_a_search_ends_the_gradient_vanishes() -> None:
    """Whatever is searched from beside it: to the last bit the same. At all zeros it stays: that is a saddle."""
    data, net = XOR.build_data(), XOR.build_network()
    starts = np.concatenate([np.zeros((1, net.size)), net.initial("xavier", runs=5, seed=3)])
    starts[4] = 1e200  # where the Hessian has no inverse: it is no start, and keeps no other from arriving
    found = find_critical_points(net, starts, data.x, data.y)
    arrived = found.gradient_norms < 1e-9
    assert arrived.sum() >= 3
    assert not arrived[4]
    assert found.weights[0] == pytest.approx(np.zeros(net.size), abs=1e-12)
    assert found.losses[0] == pytest.approx(np.log(2), abs=1e-12)
    assert found.index[0] > 0
    at = found.weights[arrived]
    assert np.abs(net.gradient(at, data.x, data.y) + PENALTY * at).max() < 1e-9
    expected = np.linalg.eigvalsh(net.hessian(at, data.x, data.y) + PENALTY * np.eye(net.size))
    assert found.eigenvalues[arrived] == pytest.approx(expected, abs=1e-9)
    alone = find_critical_points(net, starts[2:3], data.x, data.y)
    assert (alone.weights[0] == found.weights[2]).all()


def test_a_search_is_told_how_far_it_is_and_can_be_stopped() -> None:
    search = CriticalSearch.of(XOR)
    tile = SearchBatch(search.experiment, np.arange(1))
    told: list[float] = []
    result = tile.run(told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    assert result["eigenvalues"].shape == (1, 6, XOR.build_network().size)
    with pytest.raises(Cancelled):
        tile.run(lambda fraction: fraction < 0.02)
    assert sum(part.work for _, part in cut(SearchBatch(search.experiment, np.arange(60)))) == search.work == Meter(search.work)._total


def test_only_what_matters_makes_another_search() -> None:
    other = XOR.replace(optimizers=(Choice("adam"),), steps=7, l2=0.1, dropout=0.5, batch=4)
    assert CriticalSearch.of(other) == CriticalSearch.of(XOR) != CriticalSearch.of(XOR.replace(seed=1))


def test_large_networks_are_refused_with_what_can_be_searched() -> None:
    assert most_weights(64) > 100 > most_weights(200) > 65
    with pytest.raises(ValueError, match=r"at most \d+ weights with these 16 examples, and this one has 1,185; choose fewer or narrower"):
        CriticalSearch.of(XOR.replace(widths=(32, 32)))


def test_the_page_searches_and_tells_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the network is too large a smaller one is offered; that is searched, and the points are drawn, told and saved."""
    monkeypatch.setattr(critical_points, "NETWORKS", 2)
    app = open_page(f"{XOR.replace(widths=(32, 32)).to_query()}", "network")
    app.session_state["expander critical"] = True
    app.run()
    assert any("at most" in read(text) for text in app.error)
    next(button for button in app.button if button.label == "Look at 2-4-1 Tanh").click().run()
    task = CriticalSearch.of(kept(app).experiment)
    assert task.experiment.widths == (4,)
    job = jobs().find(task)
    assert job
    assert job.ended.wait(60)
    app.run()
    assert not app.exception
    survey = job.result
    assert survey
    counted = int(survey.critical().sum())
    assert any(f"**{counted} of 12** searches" in text.value for text in app.markdown)
    text = critical_points_to_csv(survey)
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert len(rows) == 12
    assert [float(row["loss"]) for row in rows] == survey.points.losses.tolist()
    assert [int(row["index"]) for row in rows] == survey.points.index.tolist()
    assert {"network", "step", "gradient_norm", "eigenvalue_17", "weight_17"} <= set(rows[0])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_points_whose_gradient_is_too_long_are_drawn_apart(theme: Theme) -> None:
    survey = survey_of([0, 2, 5, 9], [0.1, 0.3, 0.6, 0.2], [0.0, 1e-10, 1e-13, 1e-4], [1.0] * 4)
    for draw in (index_and_loss, gradient_and_loss):
        figure = draw(survey, theme)
        drawn = {trace.name: trace for trace in figure.data}
        assert list(drawn["gradient too long"].y) == pytest.approx([0.2])
        assert list(drawn["critical points"].y) == pytest.approx([0.1, 0.3, 0.6])
        assert drawn["critical points"].marker.color == theme.accent
        assert ("law of random matrices" in drawn) == (draw is index_and_loss)
    places = np.asarray(index_and_loss(survey, theme).data[1].x)
    assert np.rint(places).tolist() == [0, 2, 5]
    assert np.asarray(gradient_and_loss(survey, theme).data[1].x).min() > 0
    everything = index_and_loss(survey, theme, 1.0)
    assert [trace.name for trace in everything.data] == ["critical points", "law of random matrices"]


def survey_of(index: list[int], losses: list[float], norms: list[float], tilts: list[float]) -> CriticalSurvey:
    """A survey with such points in ten dimensions."""
    eigenvalues = np.array([[-1.0] * down + [1.0] * (10 - down) for down in index])
    points = CriticalPoints(np.zeros((len(index), 10)), np.array(losses), np.array(norms), eigenvalues, np.array(tilts))
    return CriticalSurvey(CriticalSearch.of(XOR), points, np.arange(len(index)), np.zeros(len(index), dtype=np.int64))


def test_points_count_by_the_length_of_their_gradient() -> None:
    survey = survey_of([0, 0, 2, 5, 9], [0.1, 0.1, 0.3, 0.6, 0.2], [1e-12, 1e-11, 1e-10, 1e-13, 1e-4], [1, 1, 1, 1, 1e-3])
    assert survey.critical().tolist() == [True, True, True, True, False]
    assert survey.held_up() == 1
    assert survey.held_up(1e-3) == 0
    assert survey.correlation() == pytest.approx(1.0)  # 0.1 + 0.1 index
    assert survey.correlation(1e-3) < 0.5
    assert [(group.index, group.points, group.losses) for group in survey.groups()] == [(0, 2, 1), (2, 1, 1), (5, 1, 1)]
    assert np.isnan(survey.correlation(1e-20))
    assert survey.groups(1e-20) == []


def test_the_law_of_random_matrices_has_two_numbers_fitted() -> None:
    """Half of the directions lead down where the semicircle is not shifted; heights that follow the law are its own."""
    assert semicircle_quantile([0, 0.5, 1]) == pytest.approx([-1, 0, 1], abs=1e-12)
    shares = np.arange(6) / 10
    survey = survey_of([*range(6)], (2 + 3 * semicircle_quantile(shares)).tolist(), [0.0] * 6, [1.0] * 6)
    index, heights = survey.law()
    assert heights == pytest.approx(2 + 3 * semicircle_quantile(index / 10), abs=1e-9)
    assert survey.law(-1.0)[0].size == 0
