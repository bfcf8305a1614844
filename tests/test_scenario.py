"""A scenario as a value, as a link and as JSON."""

from __future__ import annotations

import json
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import landscapes
import optimizers
from parameters import Param
from scenario import CUSTOM, NUMBERS, PATTERNS, Choice, Scenario
from scenario.text import fields_of_query
from scenario.tuned_rates import changed_rates, with_tuned_rates
from simulation.verdicts import Ending, verdicts


def a_value(parameter: Param) -> st.SearchStrategy[float]:
    """Any valid value of a parameter, most of them odd numbers that no slider would offer."""
    if parameter.switch or parameter.integer:
        return st.integers(int(parameter.low), int(parameter.high)).map(float)
    return st.floats(parameter.low, parameter.high, allow_nan=False)


def a_choice(name: str, parameters: tuple[Param, ...]) -> st.SearchStrategy[Choice]:
    settings_of = st.fixed_dictionaries({}, optional={parameter.name: a_value(parameter) for parameter in parameters})
    return settings_of.map(lambda chosen: Choice.of(name, **chosen))


LANDSCAPES = st.sampled_from(landscapes.names()).flatmap(lambda name: a_choice(name, landscapes.get(name).parameters))
OPTIMIZERS = st.sampled_from(optimizers.names()).flatmap(lambda name: a_choice(name, optimizers.get(name).parameters))
SCHEDULES = st.sampled_from(optimizers.schedules.names()).flatmap(lambda name: a_choice(name, optimizers.schedules.get(name).parameters))
STARTS = st.sampled_from(list(PATTERNS)).flatmap(lambda name: a_choice(name, PATTERNS[name].parameters))
POINTS = st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), max_size=4).map(tuple)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    starts = draw(STARTS)
    place: dict[str, Any] = {"landscape": draw(LANDSCAPES)}
    if draw(st.booleans()):
        place = {
            "landscape": Choice.of(CUSTOM, k=draw(st.floats(-5, 5))),
            "formula": "x**2 + k*y^2",
            "window": ((-1.5, 2.0), (0.25, 3.0)),
        }
    numbers: dict[str, Any] = {name: draw(a_value(number)) for name, number in NUMBERS.items()}
    return Scenario(
        **place,
        optimizers=tuple(draw(st.lists(OPTIMIZERS, min_size=1, max_size=4))),
        starts=starts,
        points=draw(POINTS) if starts.name == "points" else (),
        schedule=draw(SCHEDULES),
        **numbers,
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(scenarios())
def test_a_link_and_json_restore_the_very_same_scenario(scenario: Scenario) -> None:
    assert Scenario.from_query(scenario.to_query()) == scenario
    assert Scenario.from_query("?" + scenario.to_query()) == scenario
    assert Scenario.from_json(scenario.to_json()) == scenario == Scenario.from_json("\ufeff" + scenario.to_json())


def test_the_default_link_is_short_and_readable() -> None:
    scenario = Scenario(landscape=Choice.of("ravine", condition=50), optimizers=(Choice("sgd"), Choice.of("adam", lr=0.2)))
    assert scenario.to_query() == "landscape=ravine~condition:50&optimizer=sgd&optimizer=adam~lr:0.2"


def test_a_link_to_an_own_formula_stays_as_it_was() -> None:
    query = "landscape=own~k:2&optimizer=sgd&formula=x**2%2Bk*y**2&window=-1,1,-2,2"
    scenario = Scenario.from_query(query)
    assert scenario == Scenario(
        landscape=Choice.of(CUSTOM, k=2.0), formula="x**2+k*y**2", window=((-1, 1), (-2, 2)), optimizers=(Choice("sgd"),)
    )
    assert scenario.to_query() == query


def test_a_parameter_of_an_own_formula_that_a_link_leaves_out_is_one() -> None:
    scenario = Scenario.from_query("landscape=own~b:3&formula=k*x**2%2Bb*y**2")
    assert scenario.landscape == Choice.of(CUSTOM, b=3.0, k=1.0)


def test_settings_at_their_default_do_not_count() -> None:
    assert Scenario(landscape=Choice.of("ravine", condition=20.0)) == Scenario(landscape=Choice("ravine"))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"landscape": Choice("rosenbrok")}, "rosenbrock"),
        ({"landscape": Choice.of("rosenbrock", b=1e9)}, "b = 1e9"),
        ({"landscape": Choice.of("rosenbrock", q=1.0)}, "'q'"),
        ({"optimizers": ()}, "optimizer"),
        ({"optimizers": (Choice("adamm"),)}, "adamm"),
        ({"optimizers": (Choice.of("adam", lr=-1.0),)}, "lr = -1"),
        ({"schedule": Choice("cosinus")}, "cosinus"),
        ({"starts": Choice("circle")}, "circle"),
        ({"points": ((1.0, float("nan")),)}, "starts must lie between"),
        ({"points": ((1e9, 0.0),)}, "starts must lie between"),
        ({"points": ((1.0, 2.0),), "starts": Choice("ring")}, "points"),
        ({"steps": 0}, "steps"),
        ({"steps": 2.5}, "steps"),
        ({"noise": -1.0}, "noise"),
        ({"seed": -1}, "seed"),
        ({"l2": -0.1}, "l2"),
        ({"noise": np.zeros(3)}, "noise"),
        ({"formula": "x**2"}, "formula"),
        ({"landscape": Choice(CUSTOM), "formula": "x**2 +"}, "column"),
        ({"landscape": Choice(CUSTOM), "formula": "x**2", "window": ((1, 0), (0, 1))}, "window"),
    ],
)
def test_what_cannot_be_is_refused_by_name(changes: dict[str, object], word: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError), match=word):
        Scenario().replace(**changes)


@pytest.mark.parametrize(
    ("query", "expected", "word"),
    [
        ("landscape=rosenbrok", {}, "rosenbrok"),
        ("landscape=ravine~condition:1e9", {"landscape": Choice.of("ravine", condition=1e4)}, "1e9"),
        ("landscape=ravine~slope:3", {}, "slope"),
        ("landscape=ravine~condition:steep", {}, "steep"),
        ("optimizer=adam~lr:-1", {"optimizers": (Choice.of("adam", lr=0.0),)}, "Adam: learning rate = -1"),
        ("optimizer=sgd&optimizer=adamm", {"optimizers": (Choice("sgd"),)}, "no optimizer 'adamm'"),
        ("optimizer=sgd&optimizer=lbfgs", {"optimizers": (Choice("sgd"),)}, "did you mean 'l_bfgs'"),
        ("optimizer=rmsprop~centered:0.7", {"optimizers": (Choice.of("rmsprop", centered=1.0),)}, "centered"),
        ("steps=1e30", {"steps": 100_000}, "steps"),
        ("steps=12.4", {"steps": 12}, "12.4"),
        ("steps=many", {}, "many"),
        ("noise=-3", {"noise": 0.0}, "noise"),
        ("point=1", {}, "point"),
        ("point=1,nan", {}, "point"),
        ("point=1,2&point=a,b", {"points": ((1.0, 2.0),)}, "point"),
        ("landscape=own&formula=x**2%2B", {}, "formula"),
        ("landscape=own&formula=x**2&window=3,1,0,1", {"landscape": Choice(CUSTOM), "formula": "x**2"}, "window"),
        ("landscape=own&formula=x**2&window=1,1,1,1", {"landscape": Choice(CUSTOM), "formula": "x**2"}, "window"),
        ("landscape=own~k:1e308&formula=k*x**2", {"landscape": Choice.of(CUSTOM, k=1e6), "formula": "k*x**2"}, "k = 1e308"),
        ("landscape=own~k:wide&formula=k*x**2", {"landscape": Choice.of(CUSTOM, k=1.0), "formula": "k*x**2"}, "wide"),
        ("landscape=own~k:2~q:3&formula=k*x**2", {"landscape": Choice.of(CUSTOM, k=2.0), "formula": "k*x**2"}, "'q'"),
        ("colour=red", {}, "colour"),
        ("schedule=cosine~end:2", {"schedule": Choice.of("cosine", end=1.0)}, "end"),
    ],
)
def test_a_broken_link_opens_the_nearest_scenario_and_says_what_was_changed(query: str, expected: dict[str, object], word: str) -> None:
    scenario, notes = Scenario.nearest(fields_of_query(query))
    assert scenario == Scenario().replace(**expected)
    assert len(notes) == 1
    assert word in notes[0]
    with pytest.raises(ValueError, match=word):
        Scenario.from_query(query)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "landscape=",
                "own",
                "~",
                ":",
                "&",
                "optimizer=",
                "sgd",
                "lr",
                "1e999",
                "point=",
                ",",
                "formula=",
                "window=",
                "nan",
                "%",
                "\x00",
                "steps=",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_no_link_whatever_breaks_the_reader(query: str) -> None:
    scenario, _ = Scenario.nearest(fields_of_query(query))
    assert Scenario.from_query(scenario.to_query()) == scenario


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "3",
        '{"version": 2}',
        '{"version": "1"}',
        '{"version": 1, "optimizers": ["adam"]}',
        '{"version": 1, "landscape": {"name": 3}}',
        "{",
        '{"version": 1, "window": 3}',
        '{"version": 1, "points": 3}',
        '{"version": 1, "points": [3]}',
    ],
)
def test_a_broken_file_is_refused_in_words(content: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        Scenario.from_json(content)


def test_json_carries_its_version() -> None:
    assert json.loads(Scenario().to_json())["version"] == 1


def test_labels_tell_the_same_optimizer_apart_by_what_differs() -> None:
    scenario = Scenario(optimizers=(Choice.of("sgd", lr=0.1), Choice("adam"), Choice.of("sgd", lr=0.01)))
    assert scenario.labels() == ("SGD, learning rate 0.1", "Adam", "SGD, learning rate 0.01")


def test_equal_optimizers_are_told_apart_by_a_number() -> None:
    scenario = Scenario(optimizers=(Choice.of("sgd", lr=0.1), Choice.of("sgd", lr=0.1), Choice.of("sgd", lr=0.1 + 1e-12), Choice("adam")))
    assert len(set(scenario.labels())) == 4


@pytest.mark.parametrize("name", list(PATTERNS))
def test_every_pattern_lays_out_as_many_starts_as_it_says(name: str) -> None:
    many = any(parameter.name == "n" for parameter in PATTERNS[name].parameters)
    scenario = Scenario(starts=Choice.of(name, n=9) if many else Choice(name))
    points = scenario.start_points()
    assert points.shape == (2, 9 if many else 1)
    assert np.isfinite(points).all()
    np.testing.assert_array_equal(points, scenario.start_points())


def test_without_points_the_landscape_gives_the_start() -> None:
    np.testing.assert_array_equal(Scenario(landscape=Choice("beale")).start_points()[:, 0], landscapes.get("beale").start)


def test_a_centre_of_zero_is_kept() -> None:
    scenario = Scenario(starts=Choice.of("ring", n=8, x=0.0, y=0.0))
    np.testing.assert_allclose(scenario.start_points().mean(axis=1), 0.0, atol=1e-12)
    assert Scenario.from_query(scenario.to_query()) == scenario


def test_a_race_runs_every_optimizer_from_the_same_starts() -> None:
    scenario = Scenario(starts=Choice.of("cloud", n=5), steps=30, noise=0.1, schedule=Choice("cosine"))
    race = scenario.race()
    assert [run.optimizer.key for run in race.runs] == [choice.name for choice in scenario.optimizers]
    for run in race.runs:
        assert run.positions.shape == (31, 2, 5)
        np.testing.assert_array_equal(run.starts, scenario.start_points())
    np.testing.assert_array_equal(race.runs[2].positions, scenario.race().runs[2].positions)


def test_a_race_reports_its_progress_and_can_be_stopped() -> None:
    from simulation import Cancelled

    told: list[float] = []
    Scenario().race(told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(Cancelled):
        Scenario(starts=Choice.of("grid", n=10_000), steps=1000).race(lambda fraction: False)


@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "goldstein_price", "saddle", "pure_saddle"])
def test_suited_learning_rates_keep_every_optimizer_in_the_window(name: str) -> None:
    scenario = with_tuned_rates(
        Scenario(landscape=Choice(name), optimizers=tuple(Choice(key) for key in ("sgd", "momentum", "rmsprop", "adam")), steps=100)
    )
    (x0, x1), (y0, y1) = scenario.build_landscape().window
    for run in scenario.race().runs:
        losses = run.losses[:, 0]
        assert losses[-1] < losses[0]
        if not scenario.build_landscape().unbounded:
            x, y = run.positions[-1, :, 0]
            assert x0 <= x <= x1
            assert y0 <= y <= y1


@pytest.mark.parametrize(
    ("landscape", "method"),
    [
        ("peaks", "sgd"),
        ("styblinski_tang", "rmsprop"),
        ("branin", "adam"),
        ("matyas", "lion"),
        ("bohachevsky", "sgd"),
        ("rosenbrock", "adam"),
        ("schaffer_2", "lion"),
    ],
)
def test_a_tuned_rate_neither_scribbles_nor_crawls(landscape: str, method: str) -> None:
    """The first three went round and round, or leapt about, at the rate that brought the loss down soonest."""
    scenario = with_tuned_rates(Scenario(landscape=Choice(landscape), optimizers=(Choice(method),), steps=200))
    (run,) = scenario.race().runs
    (x0, x1), (y0, y1) = run.landscape.window
    shares = run.positions[:, :, 0] / (x1 - x0, y1 - y0)
    way = np.abs(np.diff(shares, axis=0)).max(axis=1)
    assert way.sum() < 1.7, "the whole way, in windows"
    assert way[-50:].sum() < 0.3 or np.ptp(shares[-50:], axis=0).max() < 0.02, "at the end it has settled"
    assert np.abs(shares - shares[0]).max() > 0.05, "and it has come somewhere"
    assert verdicts(run).ending[0] != Ending.CIRCLING


@pytest.mark.parametrize(
    ("landscape", "method", "loss"),
    [
        ("zakharov", "momentum", 1e-5),
        ("beale", "prodigy", 1e-5),
        ("zakharov", "adamax", 0.01),
        ("booth", "adamw", 0.05),
        ("beale", "adam", 1e-3),
    ],
)
def test_a_brief_step_out_of_the_window_is_better_than_to_crawl(landscape: str, method: str, loss: float) -> None:
    """Zakharov's walls throw momentum a little way out; at the rates that never leave the window these runs do not arrive, or late."""
    scenario = with_tuned_rates(Scenario(landscape=Choice(landscape), optimizers=(Choice(method),), steps=200))
    (run,) = scenario.race().runs
    told = verdicts(run)
    assert told.ending[0] == Ending.ARRIVED
    assert told.since[0] < 150
    assert run.losses[-1, 0] < loss


@pytest.mark.parametrize(("landscape", "seed"), [("beale", 5), ("rastrigin", 0)])
def test_a_rate_is_tuned_with_the_draws_that_the_run_will_make(landscape: str, seed: int) -> None:
    """With other draws CMA-ES settles at other rates: at those it left Beale's window, and was caught in Rastrigin's nearest minimum."""
    scenario = with_tuned_rates(Scenario(landscape=Choice(landscape), optimizers=(Choice("cma_es"),), steps=200, seed=seed))
    (run,) = scenario.race().runs
    assert run.losses[-1, 0] < 1e-9


def test_rates_of_one_method_keep_their_ratios_when_they_are_tuned() -> None:
    rates = (0.0025, 0.25, 0.275)
    experiment = tuple(Choice.of("sgd", lr=rate) for rate in rates)
    alone = with_tuned_rates(Scenario(landscape=Choice("peaks"), optimizers=(Choice("sgd"),)))
    best = float(alone.build_optimizers()[0].values["lr"])
    tuned = with_tuned_rates(Scenario(landscape=Choice("peaks"), optimizers=(*experiment[::-1], Choice("adam"))))
    found = [float(optimizer.values["lr"]) for optimizer in tuned.build_optimizers()]
    assert found[:3] == pytest.approx([best * 1.1, best, best / 100], rel=5e-3), "the middle one gets the best, whatever the order"
    assert with_tuned_rates(tuned) == tuned
    words = changed_rates(tuned.replace(optimizers=(*experiment[::-1], *tuned.optimizers[3:])), tuned)
    assert words == f"SGD 0.275 and 0.25 and 0.0025 → {found[0]:.4g} and {found[1]:.4g} and {found[2]:.4g}"


def test_the_best_rate_is_looked_for_once_whatever_rate_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Scenario(landscape=Choice("booth"), optimizers=(Choice("sgd"),), steps=17)
    found = with_tuned_rates(asked)
    monkeypatch.setattr("simulation.run", lambda *_, **__: pytest.fail("it was looked for again"))
    assert with_tuned_rates(found) == with_tuned_rates(asked) == found
    with pytest.raises(BaseException, match="again"):
        with_tuned_rates(asked.replace(steps=18))


def test_an_experiment_around_the_best_rate_is_left_alone() -> None:
    """0.1 is SGD's limit of stability on this ravine: too large a rate has to stay too large."""
    experiment = Scenario(optimizers=tuple(Choice.of("sgd", lr=rate) for rate in (0.005, 0.09, 0.105)))
    assert with_tuned_rates(experiment) == experiment


def test_rates_that_would_leave_their_range_are_left_alone() -> None:
    experiment = Scenario(
        landscape=Choice("schwefel"), optimizers=(Choice.of("sgd", lr=1e-6), Choice.of("sgd", lr=1e-4), Choice.of("sgd", lr=1e3))
    )
    assert with_tuned_rates(experiment) == experiment
    still = Scenario(optimizers=(Choice.of("sgd", lr=0.0), Choice.of("sgd", lr=0.0), Choice("newton")))
    assert with_tuned_rates(still).optimizers[:2] == still.optimizers[:2], "nothing times nothing is nothing"
