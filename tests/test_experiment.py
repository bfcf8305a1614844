"""An experiment as a value, as a link and as JSON; what its networks are; and what its presets say."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import networks
import optimizers
from figures.networks import network_styles
from networks import activations, datasets, initializers, planes
from scenario import Choice, Comparison, Experiment, Scenario, View
from scenario.address import get, numbers, with_value
from scenario.endings import Ending, ending_of, guessing_loss
from scenario.lessons import lessons
from scenario.measures import MEASURES
from scenario.network_parts import DEPTH, MOST_RUNS, NUMBERS, OWN, initial, optimizer, optimizer_names, source_parameters
from scenario.network_presets import NETWORK_PRESETS
from scenario.text import fields_of_query
from scenario.trained import MOST_STEPS, kept_steps
from scenario.variants import VARYING, variant_names
from scenario.view import is_whole, of_pairs, opened, pairs_of, to_file
from tests.test_scenario import a_choice, a_value

TABLE = "x, y, label\n-1, -1, no\n1, 1, no\n-1, 1, yes\n1, -1, yes\n0.5, -0.5, yes\n"
SMALL = Experiment(
    widths=(6, 4),
    steps=12,
    optimizers=(Choice.of("sgd", lr=0.1), Choice.of("adam", lr=0.02)),
    initials=(Choice("he"), Choice.of("xavier", scale=2.0)),
)

DATA = st.sampled_from(datasets.names()).flatmap(lambda name: a_choice(name, source_parameters(name)))
ACTIVATIONS = st.sampled_from(activations.names()).flatmap(lambda name: a_choice(name, activations.get(name).parameters))
INITIALS = st.sampled_from(initializers.names()).flatmap(lambda name: a_choice(name, initial(name).parameters))
OPTIMIZERS = st.sampled_from(optimizer_names()).flatmap(lambda name: a_choice(name, optimizer(name).parameters))
SCHEDULES = st.sampled_from(optimizers.schedules.names()).flatmap(lambda name: a_choice(name, optimizers.schedules.get(name).parameters))
ALL_HAVE = tuple(number for number in VARYING if number.name not in ("frozen", "weight_decay"))
VARIANTS = st.sampled_from(variant_names()).flatmap(lambda name: a_choice(name, ALL_HAVE))
PLANES = st.sampled_from(planes.names()).flatmap(lambda name: a_choice(name, planes.get(name).parameters))
COORDINATE = st.floats(-1e6, 1e6)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    data: dict[str, Any] = {"data": draw(DATA)}
    if draw(st.booleans()):
        data = {"data": Choice.of(OWN, test_share=draw(st.floats(0.0, 0.5))), "table": TABLE}
    own: dict[str, Any] = {name: draw(a_value(number)) for name, number in NUMBERS.items()}
    widths = tuple(draw(st.lists(st.integers(1, 512), max_size=6)))
    own["frozen"] = min(own["frozen"], len(widths))
    variants = draw(st.lists(VARIANTS, max_size=3))
    return Experiment(
        **data,
        widths=widths,
        activation=draw(ACTIVATIONS),
        initials=tuple(draw(st.lists(INITIALS, min_size=1, max_size=1 if variants else 3))),
        optimizers=tuple(draw(st.lists(OPTIMIZERS, min_size=1, max_size=2 if variants else 4))),
        schedule=draw(SCHEDULES),
        variants=tuple(variants),
        plane=draw(PLANES),
        points=tuple(draw(st.lists(st.tuples(COORDINATE, COORDINATE), max_size=1 if variants else 0))),
        **own,
    )


# ---- a value


@settings(max_examples=40, deadline=None, derandomize=True)
@given(experiments())
def test_a_link_and_json_restore_the_very_same_experiment(experiment: Experiment) -> None:
    assert Experiment.from_query(experiment.to_query()) == experiment
    assert Experiment.from_json(experiment.to_json()) == experiment
    view = View(experiment, ("boundary", "depth"))
    assert opened(to_file(view)) == view
    assert of_pairs(pairs_of(view), Experiment) == view


def test_a_text_tells_an_experiment_from_a_scenario() -> None:
    assert opened(Experiment().to_query()).setup == Experiment()
    assert opened(Scenario().to_query()).setup == Scenario()
    assert opened(f"http://localhost/network?{SMALL.to_query()}").setup == SMALL
    with pytest.raises(ValueError, match="page Network"):
        opened(Experiment().to_json()).of_kind(Scenario)


def test_the_link_is_short_and_readable() -> None:
    assert SMALL.to_query() == (
        "data=moons&widths=6,4&initial=he&initial=xavier~scale:2&optimizer=sgd~lr:0.1&optimizer=adam~lr:0.02&steps=12"
    )
    assert Experiment(widths=()).to_query() == "data=moons&widths=&initial=xavier&optimizer=sgd"
    variants = (Choice("scratch"), Choice.of("scratch", batch=4, l2=0.1), Choice.of("six_arms", frozen=1))
    query = Experiment(variants=variants, points=((0.5, -1.0),)).to_query()
    assert query == "data=moons&initial=xavier&optimizer=sgd&variant=scratch&variant=batch:4~l2:0.1&variant=six_arms~frozen:1&point=0.5,-1"


def test_a_link_holds_own_data_up_to_a_length() -> None:
    rows = np.random.default_rng(0).normal(size=(400, 2))
    long = Experiment(data=Choice(OWN), table="\n".join(f"{x}, {y}, {int(x * y > 0)}" for x, y in rows.tolist()))
    assert is_whole(View(Experiment(data=Choice(OWN), table=TABLE), ("loss",)))
    assert not is_whole(View(long, ("loss",)))
    assert dict(pairs_of(View(long, ("loss",)))).keys() == {"data", "initial", "optimizer", "show", "version"}
    assert Experiment.from_json(long.to_json()) == long


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"data": Choice("moon")}, "moons"),
        ({"data": Choice.of("moons", n=20_000)}, "n = 20000"),
        ({"data": Choice(OWN)}, "no rows"),
        ({"data": Choice(OWN), "table": "1, 2, a\n3, b"}, r"row 2 \(3, b\) has 2 columns"),
        ({"table": TABLE}, "table goes with"),
        ({"widths": (16, 0)}, "Hidden layer 2: width = 0"),
        ({"widths": (16, 2.5)}, "width = 2.5"),
        ({"widths": (4,) * 21}, "depth = 21"),
        ({"activation": Choice("tanhh")}, "tanh"),
        ({"initials": ()}, "no initialization"),
        ({"initials": (Choice.of("he", scale=-1.0),)}, "scale = -1"),
        ({"initials": (Choice.of("he", std=1.0),)}, "std"),
        ({"optimizers": ()}, "no optimizer"),
        ({"optimizers": (Choice("sgd"),) * 5, "initials": (Choice("he"),) * 3}, "5 optimizers from 3 initializations are 15 networks"),
        ({"batch": -1}, "batch = -1"),
        ({"steps": 0}, "steps = 0"),
        ({"dropout": 1.0}, "dropout = 1"),
        ({"l1": np.zeros(2)}, "l1"),
        ({"noise": -1.0}, "noise = -1"),
        ({"widths": (4, 4), "frozen": 3}, "3 layers are frozen, and the network has 3: nothing would learn; freeze at most 2"),
        ({"widths": (), "variants": (Choice.of("scratch", frozen=1),)}, "1 layer is frozen, and the network has one"),
        ({"variants": (Choice.of("scratch", width=4),)}, "variants train one network .* cannot differ in 'width'; they can in batch, l1"),
        ({"variants": (Choice.of("scratch", batch=-1),)}, "batch = -1"),
        ({"variants": (Choice("six_arm"),)}, "six_arms"),
        (
            {"variants": (Choice("scratch"),) * 7, "initials": (Choice("he"),) * 2},
            "1 optimizers from 2 init.* in 7 variants are 14 networks",
        ),
        ({"points": ((0.0, 0.0),) * 12}, "and 12 points are 13 networks, and at most 12"),
        ({"points": ((0.0,),)}, "two numbers"),
        ({"points": ((0.0, math.inf),)}, "too far away"),
        ({"plane": Choice("flat")}, "pca"),
    ],
)
def test_what_cannot_be_is_refused_by_name(changes: dict[str, Any], word: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError), match=word):
        Experiment().replace(**changes)


@pytest.mark.parametrize(
    ("query", "expected", "word"),
    [
        ("data=moon", {}, "moon"),
        ("data=moons~noise:9", {"data": Choice.of("moons", noise=2.0)}, "noise = 9"),
        ("data=own&table=1", {}, "own data could not be used: row 1"),
        ("data=moons&table=eJw", {}, "table goes with"),
        ("widths=16,many,900", {"widths": (16, 512)}, "'many'"),
        ("widths=64~64", {}, "'64~64'"),
        (f"widths={','.join(['4'] * 30)}", {"widths": (4,) * 20}, "30 hidden layers"),
        ("initial=he~scale:1e9", {"initials": (Choice.of("he", scale=1000.0),)}, "scale = 1e9"),
        ("&".join(["initial=he"] * 14), {"initials": (Choice("he"),) * MOST_RUNS}, "first 12 of 14 initializations"),
        (
            "optimizer=sgd&optimizer=adam&" + "&".join(["initial=he"] * 7),
            {"optimizers": (Choice("sgd"), Choice("adam")), "initials": (Choice("he"),) * 6},
            "first 6 of 7",
        ),
        ("batch_norm=0.6", {"batch_norm": True}, "batch normalization = 0.6"),
        ("frozen=9", {"frozen": 5}, "frozen = 9 was changed to 5; the last layer has to learn"),
        (
            "variant=frozen:3&widths=4",
            {"widths": (4,), "variants": (Choice.of("scratch", frozen=1),)},
            "variant 1: frozen = 3 was changed to 1",
        ),
        ("variant=batch:4~width:9", {"variants": (Choice.of("scratch", batch=4),)}, "cannot differ in 'width'"),
        ("variant=moon&variant=six_arms", {"variants": (Choice("six_arms"),)}, "no variant 'moon'"),
        ("&".join(["variant=batch:4"] * 13), {"variants": (Choice.of("scratch", batch=4),) * MOST_RUNS}, "first 12 of 13 variants"),
        ("&".join(["point=1,2"] * 13), {"points": ((1.0, 2.0),) * 11}, "first 11 of 13 points"),
        ("point=1&point=2,x&point=3,1e99&point=4,5", {"points": ((4.0, 5.0),)}, "a starting point needs 2 numbers"),
        ("plane=flat", {}, "no plane 'flat'"),
        ("landscape=ravine", {}, "not a part of an experiment"),
    ],
)
def test_a_broken_link_opens_the_nearest_experiment_and_says_what_was_changed(query: str, expected: dict[str, Any], word: str) -> None:
    experiment, notes = Experiment.nearest(fields_of_query(query))
    assert experiment == Experiment(**expected)
    assert any(word in note for note in notes)
    with pytest.raises(ValueError, match=word):
        Experiment.from_query(query)


def test_every_number_has_an_address_and_can_be_changed_there() -> None:
    experiment = SMALL.replace(activation=Choice("leaky_relu"), schedule=Choice("exponential"))
    found = numbers(experiment)
    assert {"optimizers.1.lr", "initials.0.scale", "data.noise", "activation.leak", "steps", "batch", "depth", "width"} <= set(found)
    for address, number in found.items():
        other = next(value for value in reversed(number.param.stops()) if value != number.value)
        changed = with_value(experiment, address, other)
        assert get(changed, address) == other != get(experiment, address), address
    assert with_value(SMALL, "depth", 4).widths == (6, 4, 4, 4)
    assert with_value(SMALL, "depth", 1).widths == (6,)
    assert with_value(Experiment(widths=()), "depth", 2).widths == (16, 16)
    with pytest.raises(ValueError, match="depth = 21 is outside its range; choose a whole number from 0 to 20 layers"):
        with_value(SMALL, "depth", DEPTH.high + 1)


def test_labels_tell_runs_apart_by_what_differs() -> None:
    assert Experiment().labels() == ("SGD",)
    assert SMALL.replace(optimizers=(Choice("sgd"),)).labels() == ("He", "Xavier")
    assert SMALL.replace(initials=(Choice("he"),)).labels() == ("SGD", "Adam")
    assert SMALL.labels() == ("SGD, He", "SGD, Xavier", "Adam, He", "Adam, Xavier")
    rates, scales = (Choice.of("sgd", lr=0.1), Choice.of("sgd", lr=1.0)), (Choice("he"), Choice.of("he", scale=4.0))
    assert SMALL.replace(optimizers=rates, initials=(Choice("he"),)).labels() == ("SGD, learning rate 0.1", "SGD, learning rate 1")
    assert SMALL.replace(optimizers=rates, initials=scales).labels()[:3] == ("lr 0.1, scale 1", "lr 0.1, scale 4", "lr 1, scale 1")
    assert SMALL.replace(initials=scales).labels() == ("SGD, scale 1", "SGD, scale 4", "Adam, scale 1", "Adam, scale 4")


# ---- what comes of it


@cache
def small() -> Comparison:
    return SMALL.train()


def test_every_optimizer_trains_from_every_initialization() -> None:
    comparison, data, network = small(), SMALL.build_data(), SMALL.build_network()
    assert [(run.optimizer.key, run.initial.name) for run in comparison.runs] == [(o, i) for o in ("sgd", "adam") for i in ("he", "xavier")]
    assert comparison.labels == SMALL.labels()
    for run, start in zip(comparison.runs, SMALL.build_initials() * 2, strict=True):
        assert run.steps.tolist() == list(range(13))
        assert (run.weights[0] == network.initial(start.initializer, 1, SMALL.seed, start.scale)[0]).all()
        assert (run.losses == network.loss(run.weights, data.x, data.y)).all()
        assert (run.test_accuracies == network.accuracy(run.weights, data.test_x, data.test_y)).all()
        gradient = network.gradient(run.weights, data.x, data.y)
        assert run.gradient_norms == pytest.approx(np.linalg.norm(gradient, axis=1), rel=1e-12)
        if run.optimizer.key == "sgd":
            assert run.weights[1:] == pytest.approx(run.weights[:-1] - 0.1 * gradient[:-1], abs=1e-12)
        assert run.update_ratios.shape == (13, 3)
        assert run.batch_losses.size == 0


def test_all_networks_see_the_same_batches_and_a_scale_changes_nothing_else() -> None:
    experiment = SMALL.replace(batch=8, optimizers=(Choice.of("sgd", lr=0.1),) * 2, initials=(Choice("xavier"),) * 2)
    runs = experiment.train().runs
    assert all((run.weights == runs[0].weights).all() for run in runs)
    assert np.isfinite(runs[0].batch_losses[:-1]).all()
    data, network = experiment.build_data(), experiment.build_network()
    batches = experiment.batches(8)
    assert batches.shape == (12, 8)
    slope = network.gradient(runs[0].weights[4], data.x[batches[4]], data.y[batches[4]])[0]
    assert runs[0].weights[5] == pytest.approx(runs[0].weights[4] - 0.1 * slope, abs=1e-12)
    small_scale, large_scale = (choice.replace(scale=scale) for choice, scale in ((Choice("xavier"), 0.5), (Choice("xavier"), 2.0)))
    begun = [run.weights[0] for run in experiment.replace(initials=(small_scale, large_scale)).train().runs]
    assert begun[1] == pytest.approx(4 * begun[0])


def test_fewer_and_fewer_of_the_later_steps_are_kept_of_a_long_training() -> None:
    assert kept_steps(50, 1000).tolist() == list(range(51))
    kept = kept_steps(20_000, 1000)
    assert (kept[0], kept[-1]) == (0, 20_000)
    assert len(kept) <= MOST_STEPS + 1
    assert (np.diff(kept)[1:] >= np.diff(kept)[:-1] - 1).all()
    assert len(kept_steps(20_000, 10_000_000)) < 20


def test_a_training_tells_how_far_it_is_and_what_does_not_fit_is_refused_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    SMALL.train(told.append)
    assert told[-1] == 1.0
    with pytest.raises(ValueError, match="batch of 4,000 has more than the 200 examples"):
        SMALL.replace(batch=4000).train()
    with pytest.raises(ValueError, match=r"Newton keeps a matrix .* choose a smaller network"):
        Experiment(widths=(32,), optimizers=(Choice("newton"),)).train()


# ---- variants, and points of the plane

LITTLE = Experiment(data=Choice.of("moons", n=40, test=20), widths=(4,), steps=40, optimizers=(Choice("sgd"), Choice("adam")))


def test_variants_are_told_apart_by_what_differs() -> None:
    def labels(*variants: dict[str, float] | Choice, **fields: Any) -> tuple[str, ...]:
        chosen = tuple(each if isinstance(each, Choice) else Choice.of("scratch", **each) for each in variants)
        return Experiment(variants=chosen, **fields).labels()

    assert labels({"batch": 4}, {"batch": 64}, {}) == ("batch 4", "batch 64", "all examples")
    assert labels({}, {"batch": 4}, batch=16) == ("batch 16", "batch 4")
    assert labels({}, {"l2": 0.01}, {"dropout": 0.5}, {"stop": 60}) == ("plain", "L2 0.01", "dropout 0.5", "stopped after 60")
    learned = Choice("six_arms"), Choice.of("six_arms", frozen=1), Choice.of("six_arms", frozen=2)
    assert labels({}, {"frozen": 2}, *learned, widths=(8, 8)) == (
        "from scratch",
        "frozen random",
        "fine-tuned",
        "fine-tuned from layer 2",
        "frozen",
    )
    assert labels(Choice("six_arms"), Choice("ten_digits")) == ("Six arms, fine-tuned", "Ten digits, fine-tuned")
    assert labels({}, {"frozen": 1}, {"frozen": 2}) == ("all layers learn", "1 layer frozen", "2 layers frozen")
    adamw = (Choice("adamw"),)
    assert labels({}, {"weight_decay": 1.0}, {"l2": 0.1}, optimizers=adamw) == ("plain", "weight decay 1", "L2 0.1")
    assert labels({"l2": 0.1}, {"l2": 0.1}) == ("plain", "plain (2)")
    assert labels({"noise": 0.1}, {}, optimizers=(Choice("sgd"), Choice("adam"))) == (
        "SGD, noise 0.1",
        "SGD, no noise",
        "Adam, noise 0.1",
        "Adam, no noise",
    )


@pytest.mark.parametrize("settings", [{"batch": 4}, {"l1": 0.1}, {"l2": 0.1}, {"noise": 0.2}, {"dropout": 0.4}, {"frozen": 1}, {"stop": 9}])
def test_a_variant_is_trained_as_if_all_were_so(settings: dict[str, Any]) -> None:
    comparison = LITTLE.replace(variants=(Choice("scratch"), Choice.of("scratch", **settings))).train()
    plain, alone = LITTLE.train(), LITTLE.replace(**settings).train()
    assert not any((run.weights[-1] == other.weights[-1]).all() for run, other in zip(plain.runs, alone.runs, strict=True))
    for run, other in zip(comparison.runs, (plain.runs[0], alone.runs[0], plain.runs[1], alone.runs[1]), strict=True):
        assert (run.weights == other.weights).all()
        assert (run.losses == other.losses).all()
        assert (run.ending, run.verdict_from) == (other.ending, other.verdict_from)


def test_a_variant_sets_the_weight_decay_of_those_who_have_one() -> None:
    decays = (Choice.of("adamw", weight_decay=0.0), Choice.of("adamw", weight_decay=1.0), Choice("adamw"))
    alone = LITTLE.replace(optimizers=decays).train().runs
    variants = (Choice.of("scratch", weight_decay=0.0), Choice.of("scratch", weight_decay=1.0), Choice("scratch"))
    for run, other in zip(LITTLE.replace(optimizers=(Choice("adamw"),), variants=variants).train().runs, alone, strict=True):
        assert (run.weights == other.weights).all()
        assert run.optimizer == other.optimizer
    with pytest.raises(ValueError, match="Rprop has no weight decay"):
        LITTLE.replace(optimizers=(Choice("rprop"),), variants=variants)


def test_frozen_layers_stay_and_after_an_early_stop_all_do() -> None:
    (run,) = LITTLE.replace(frozen=1, stop=9, batch=8, optimizers=(Choice("adam"),)).train().runs
    first = LITTLE.build_network().layers[0].whole
    assert (run.weights[:, first] == run.weights[0, first]).all()
    assert (run.weights[9:] == run.weights[9]).all()
    assert (run.weights[9] != run.weights[8]).any()
    assert np.isnan(run.batch_losses).tolist() == [False] * 9 + [True] * 32
    assert run.verdict == "stopped after step 9"
    long = Experiment(steps=2000, stop=777, widths=(2,))
    assert 777 in long.train().steps


def test_weights_learned_on_other_data_are_carried_over_but_for_the_last_layer() -> None:
    experiment = LITTLE.replace(
        optimizers=(Choice("sgd"),), variants=(Choice("scratch"), Choice("six_arms"), Choice.of("six_arms", frozen=1))
    )
    scratch, fine_tuned, frozen = experiment.train().runs
    first, last = (layer.whole for layer in experiment.build_network().layers)
    assert (scratch.weights[0, last] == fine_tuned.weights[0, last]).all()
    assert (scratch.weights[0, first] != fine_tuned.weights[0, first]).all()
    assert (fine_tuned.weights[0] == frozen.weights[0]).all()
    assert (frozen.weights[-1, first] == frozen.weights[0, first]).all()
    with pytest.raises(ValueError, match="examples of Ten digits have 64 inputs"):
        experiment.replace(variants=(Choice("ten_digits"),)).train()


def test_from_points_of_the_plane_all_train_and_the_plane_stays() -> None:
    told: list[float] = []
    points = ((0.5, -0.25), (-1.0, 1.0))
    without, comparison = LITTLE.train(), LITTLE.replace(points=points).train(told.append)
    assert comparison.labels == ("SGD", "Adam", "SGD, start 1", "Adam, start 1", "SGD, start 2", "Adam, start 2")
    assert [run.point for run in comparison.runs] == [0, 0, 1, 1, 2, 2]
    assert (comparison.plane.origin == without.plane.origin).all()
    assert (comparison.plane.directions == without.plane.directions).all()
    for run, other in zip(comparison.runs, without.runs, strict=False):
        assert (run.weights == other.weights).all()
    for run in comparison.runs[2:]:
        assert comparison.plane.project(run.weights[0]) == pytest.approx(points[run.point - 1], abs=1e-12)
    assert (comparison.runs[4].weights[0] == comparison.runs[5].weights[0]).all()
    assert [*sorted(told)[:-1], 1.0] == told
    looks = network_styles(comparison)
    assert looks[2:] == [*looks[:2], *looks[:2]], "the colour tells who trains"


def test_the_relief_is_the_loss_on_the_plane_with_all_runs() -> None:
    comparison = LITTLE.replace(points=((0.5, -0.25),)).train()
    relief, network, data = comparison.relief, comparison.network, comparison.data
    assert comparison.relief is relief
    assert relief.values.shape == (64, 64)
    (a0, _), (b0, _) = relief.window
    assert relief.values[0, 0] == pytest.approx(network.loss(relief.plane.points([[a0], [b0]]), data.x, data.y)[0])
    for run, true in zip(comparison.runs, relief.true_losses, strict=True):
        assert true == pytest.approx(run.losses)
    assert relief.coordinates[2][0] == pytest.approx((0.5, -0.25))
    with pytest.raises(ValueError, match="a single step makes no plane; choose more steps"):
        LITTLE.replace(steps=1, optimizers=(Choice("sgd"),)).train().relief  # noqa: B018


# ---- how it ends


def ending(
    losses: list[float],
    accuracies: list[float],
    tests: list[float] | None = None,
    diverged_at: int = -1,
    stop: int = 0,
    blocked: bool = False,
    test_accuracy: float = 0.8,
) -> tuple[Ending, int]:
    data, steps = networks.datasets.get("circles"), np.arange(len(losses)) * 10
    on_test = np.array(tests or losses), np.full(len(losses), test_accuracy)
    return ending_of(data, steps, np.array(losses), np.array(accuracies), *on_test, diverged_at, stop, blocked)


def test_how_a_training_ends_is_said_in_words() -> None:
    assert guessing_loss(networks.datasets.get("circles")) == pytest.approx(math.log(2))
    assert ending([0.7, 0.5, 0.2, 0.1], [0.5, 0.8, 0.96, 1.0]) == (Ending.LEARNED, 20)
    assert ending([0.7, 0.2, 0.5, 0.1], [0.5, 0.96, 0.8, 1.0]) == (Ending.LEARNED, 30)
    assert ending([0.7, 0.6, 0.5, 0.4], [0.5, 0.6, 0.7, 0.8]) == (Ending.LEARNING, 30)
    assert ending([0.7, 0.4, 0.4, 0.4], [0.5, 0.8, 0.8, 0.8]) == (Ending.STALLED, 30)
    assert ending([0.69, 0.69, 0.69, 0.69], [0.5] * 4) == (Ending.GUESSING, 30)
    assert ending([0.7, 0.5, 0.2, 0.01], [0.5, 0.8, 0.96, 1.0], [0.7, 0.6, 0.9, 1.5]) == (Ending.BY_HEART, 10)
    assert ending([0.7, 5.0, 90.0, 1e9], [0.5] * 4) == (Ending.DIVERGING, 30)
    stays = [0.7, 0.6, 0.6, 0.6], [0.5, 0.6, 0.6, 0.6]
    assert ending(*stays, stop=10) == (Ending.STOPPED, 10)
    assert ending([0.7, 0.1, 0.1, 0.1], [0.5, 0.96, 0.96, 0.96], stop=20) == (Ending.LEARNED, 10)
    assert ending(*stays, stop=30) == (Ending.STALLED, 30), "it stopped at its end"
    assert ending(*stays, blocked=True) == (Ending.BLOCKED, 0)
    assert ending([0.7, 5.0, math.nan, math.nan], [0.5] * 4, diverged_at=13) == (Ending.OVERFLOWED, 13)
    assert Ending.LEARNED.since(1047) == "learned at step 1,047"
    assert Ending.BY_HEART.since(10) == "overfits from step 10"
    assert Ending.STALLED.since(30) == "stalled"
    assert Ending.STOPPED.since(60) == "stopped after step 60"


def test_who_is_right_on_the_test_is_not_said_to_overfit() -> None:
    surer = [0.7, 0.5, 0.2, 0.01], [0.5, 0.8, 0.96, 1.0], [0.2, 0.3, 0.4, 0.5]
    assert ending(*surer) == (Ending.BY_HEART, 0)
    assert ending(*surer, test_accuracy=1.0) == (Ending.LEARNED, 20)


def test_one_example_and_batch_normalization_are_said_to_let_nothing_pass() -> None:
    lone = SMALL.replace(batch=1, batch_norm=True, optimizers=(Choice("sgd"),), initials=(Choice("he"),))
    (run,) = lone.train().runs
    assert run.verdict == "stalled: one example normalizes to 0"
    first = lone.build_network().layers[0].weight
    assert (run.weights[:, first] == run.weights[0, first]).all(), "no slope reaches what stands before a sum that is always 0"


def test_measures_are_what_they_say() -> None:
    comparison = small()
    told = {measure.title: measure.of(comparison, comparison.runs[0]) for measure in MEASURES}
    run = comparison.runs[0]
    assert told["Loss at the end"] == run.losses[-1]
    assert told["Accuracy on the test"] == run.test_accuracies[-1]
    assert told["Step of the lowest"] == run.steps[run.test_losses.argmin()]
    assert told["Weights moved"] == pytest.approx(np.linalg.norm(run.weights[-1] - run.weights[0]))


# ---- presets: each sentence against the numbers


@cache
def shown(name: str) -> Comparison:
    return NETWORK_PRESETS[name].scenario.train()


def endings(name: str) -> list[Ending]:
    return [run.ending for run in shown(name).runs]


def spreads(name: str, run: int, step: int = 0) -> list[float]:
    comparison = shown(name)
    return [float(layer.std()) for layer in comparison.network.activations(comparison.runs[run].weights[step], comparison.data.x)]


def dead(name: str, run: int) -> float:
    comparison = shown(name)
    units = [layer[0].max(axis=0) <= 0 for layer in comparison.network.activations(comparison.runs[run].weights[-1], comparison.data.x)]
    return float(np.concatenate(units).mean())


def check_scales() -> None:
    assert endings("scales")[:2] == [Ending.GUESSING, Ending.LEARNED]
    small_weights, right, large = (spreads("scales", run) for run in range(3))
    assert small_weights[-1] < 1e-4
    assert 0.1 < right[-1] < 0.5
    assert min(large[1:]) > 0.9, "saturated: nearly all activations are near -1 or 1"
    assert shown("scales").runs[2].test_accuracies[-1] < 0.93 < 0.98 < shown("scales").runs[1].test_accuracies[-1]
    first, second, third = (run.weights[0] for run in shown("scales").runs)
    assert np.allclose(first * 10, second)
    assert np.allclose(second * 10, third)


def check_normalized() -> None:
    assert NETWORK_PRESETS["normalized"].scenario.replace(batch_norm=False) == NETWORK_PRESETS["scales"].scenario
    assert set(endings("normalized")) == {Ending.LEARNED}


def check_zeros() -> None:
    zeros, equal, other = shown("zeros").runs
    assert np.abs(zeros.losses - math.log(2)).max() < 1e-12
    assert endings("zeros") == [Ending.GUESSING, Ending.STALLED, Ending.LEARNED]
    weights, _ = shown("zeros").network.unpack(equal.weights[-1])[0]
    assert np.abs(np.diff(weights[0], axis=0)).max() < 1e-9, "the units of the first layer are equal"
    assert other.accuracies[-1] == 1.0


def check_optimizers() -> None:
    runs = {run.optimizer.key: run for run in shown("optimizers").runs}
    learned = {name: run.verdict_from for name, run in runs.items() if run.ending == Ending.LEARNED}
    assert sorted(learned, key=learned.__getitem__) == ["adam", "rmsprop", "momentum"]
    assert runs["sgd"].ending == Ending.LEARNING
    assert np.abs(np.diff(runs["sgd"].losses)).max() < 0.05, "no step so long that rounding decides where it leads"


def check_dying() -> None:
    assert endings("dying")[:2] == [Ending.LEARNED, Ending.LEARNED]
    assert endings("dying")[2] in (Ending.STALLED, Ending.GUESSING)
    assert dead("dying", 2) > 0.5 > 0.2 > dead("dying", 1) >= dead("dying", 0)


def check_deep() -> None:
    assert endings("deep") == [Ending.GUESSING, Ending.LEARNED, Ending.OVERFLOWED]
    assert shown("deep").runs[2].diverged_at <= 10
    lecun, he, _ = (spreads("deep", run) for run in range(3))
    assert lecun[-1] < lecun[0] / 30
    assert he[-1] == pytest.approx(lecun[-1] * 2**6), "twelve times the square root of 2"


def check_sigmoids() -> None:
    assert endings("sigmoids") == [Ending.GUESSING, Ending.LEARNED]
    comparison = shown("sigmoids")
    assert comparison.experiment.build_network().activation.steepest == pytest.approx(0.25)
    first = comparison.network.layers[0].weight
    slopes = [comparison.network.gradient(run.weights[0], comparison.data.x, comparison.data.y)[0, first] for run in comparison.runs]
    assert np.linalg.norm(slopes[0]) < np.linalg.norm(slopes[1]) / 20


def check_xor() -> None:
    assert endings("xor") == [Ending.GUESSING]
    assert NETWORK_PRESETS["xor"].scenario.replace(widths=(4,)).train().runs[0].ending == Ending.LEARNED


def check_regularizers() -> None:
    plain, *others = shown("regularizers").runs
    assert shown("regularizers").network.size == 1185
    assert plain.accuracies[-1] == 1.0
    assert plain.test_losses[-1] == pytest.approx(1.79, abs=0.02)
    assert all(run.test_losses[-1] < 0.5 for run in others)
    assert [run.label for run in others] == ["L2 0.01", "L1 0.01", "weight decay 1", "dropout 0.5", "stopped after 60"]


def check_strengths() -> None:
    runs = shown("strengths").runs
    assert (np.diff([run.losses[-1] for run in runs]) > 0).all()
    assert (np.diff([np.linalg.norm(run.weights[-1]) for run in runs]) < 0).all()
    assert int(np.argmin([run.test_losses[-1] for run in runs])) == 2


def check_transfer() -> None:
    scratch, frozen, random, tuned = (run.test_accuracies[-1] for run in shown("transfer").runs)
    assert frozen == max(scratch, frozen, random, tuned)
    assert random < frozen - 0.1


def check_batches() -> None:
    fast, slow = shown("batches").runs
    jumps = [float(np.abs(np.diff(run.losses[-60:])).mean()) for run in (fast, slow)]
    assert jumps[0] > 3 * jumps[1]
    assert fast.losses[-1] < slow.losses[-1]


def check_curve() -> None:
    sgd, adam = shown("curve").runs
    assert adam.ending == sgd.ending == Ending.LEARNED
    assert adam.verdict_from < 100 < 300 < sgd.verdict_from


def check_digits() -> None:
    assert all(run.test_accuracies[-1] > 0.9 for run in shown("digits").runs)


def check_edge() -> None:
    """Its sentence is held by the claims of the lesson that plays it."""
    assert NETWORK_PRESETS["edge"].scenario == lessons()["edge-of-stability"].stops[2].scenario


CHECKS = {name.removeprefix("check_"): check for name, check in list(globals().items()) if name.startswith("check_")}


@pytest.mark.parametrize("name", NETWORK_PRESETS)
def test_what_a_preset_says_is_so(name: str) -> None:
    CHECKS[name]()


def test_every_preset_has_a_title_and_a_sentence_of_its_own_and_survives_its_link() -> None:
    presets = list(NETWORK_PRESETS.values())
    assert len({preset.title for preset in presets}) == len({preset.about for preset in presets}) == len(presets)
    for preset in presets:
        assert preset.about.endswith(".")
        assert len(preset.about) <= 140, "one line on a screen of 1280 pixels"
        assert Experiment.from_query(preset.scenario.to_query()) == preset.scenario
