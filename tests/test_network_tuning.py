"""Fair races and tournaments of networks: trials are plain trainings, and who judges was never tuned on."""

from __future__ import annotations

import json
import runpy
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lab.tuned
import networks
import optimizers
from exports.lab_tables import judged_of, tables_of
from lab import network_tiles
from lab.executors import Meter, local_executor, run_task
from lab.network_place import HELD_BACK, NetworkPlace
from lab.network_tournament import NetworkTournament, on_data
from lab.network_tuning import NetworkTuning
from lab.places import TAKEN
from lab.search import Search
from lab.statistics import friedman
from lab.tournament import Standings
from lab.tuning import RATES, Tuned
from networks.dataset import held_back
from scenario import Choice, Experiment
from scenario.network_parts import OWN, optimizer_names
from tests.test_lab_tables import reread

MOONS = Experiment(Choice.of("moons", n=40, test=30), widths=(8,), optimizers=(Choice("sgd"), Choice("adam")), steps=12, batch=10)
TASK = NetworkTuning(MOONS, count=5, runs=2, seed=3, seeds=2)
SIZES = {"moons": 20, "blobs": 30, "sine": 50}
DATA = tuple(MOONS.replace(data=Choice.of(name, n=n, test=20), widths=(4,), steps=8, batch=0) for name, n in SIZES.items())
TOURNAMENT = NetworkTournament((Choice("sgd"), Choice("momentum"), Choice("adam")), DATA, count=3, runs=1, seeds=7)


@pytest.fixture(scope="module")
def tuned() -> Tuned:
    return run_task(TASK)


@pytest.fixture(scope="module")
def standings() -> Standings:
    return run_task(TOURNAMENT)


def trained(
    data: networks.Dataset, choice: Choice, seed: int, number: int, dtype: type = np.float64, of: Experiment = MOONS, keep: str = "last"
) -> networks.Training:
    """A network of the experiment by the library alone."""
    net = of.build_network()
    weights = net.initial("xavier", 1, seed, numbers=[number])
    optimizer = optimizers.get(choice.name).for_networks().with_parameters(**dict(choice.settings))
    return networks.train(net, data, optimizer, weights, of.steps, batch=of.batch, seed=seed, numbers=[number], keep=keep, dtype=dtype)


@pytest.mark.parametrize("objective", ["validation loss", "training loss"])
def test_a_trial_is_a_plain_training_without_the_examples_to_test_on(objective: str) -> None:
    found = run_task(replace(TASK, objective=objective, seeds=1))
    data = networks.datasets.get("moons", n=40, test=30, seed=3)
    left = held_back(data, HELD_BACK, 3) if objective == "validation loss" else data
    for trials in found.trials:
        for trial in (0, 3, 4):
            choice = trials.choice.replace(**{name: float(values[trial]) for name, values in trials.settings.items()})
            runs = [trained(left, choice, 3, number, np.float32) for number in (1, 3)]
            losses = [(run.test_losses if left is not data else run.losses)[-1, 0] for run in runs]
            assert trials.scores.loss[trial] == pytest.approx(np.median(np.nan_to_num(losses, nan=np.inf)), rel=1e-6)
    adam = MOONS.replace(data=Choice.of("moons", n=40, test=7), optimizers=(Choice("adam"),))
    assert run_task(replace(TASK, experiment=adam, objective=objective, seeds=1)).chosen == found.chosen[1:], "whatever there is to test on"


def test_the_same_budget_buys_networks_their_own_numbers_of_steps() -> None:
    """SAM takes half as many steps for as many slopes, and BFGS, whose searches are counted, as many as the losses of its trials leave."""
    scarce = MOONS.replace(widths=(3,), optimizers=tuple(map(Choice, ("sgd", "sam", "bfgs"))), steps=8)
    slopes = NetworkTuning(scarce, count=2, runs=1, seed=3, seeds=1, unit="gradients")
    assert slopes.budget_in_words() == "80 slopes of examples a run: 8 steps of SGD, 4 steps of SAM, 8 steps of BFGS"
    assert slopes.work == (3 + RATES) * network_tiles.work_of(scarce.replace(steps=20)), "of each of the three"
    found = run_task(slopes)
    assert found.judged.also[TAKEN].ravel().tolist() == [8, 4, 8]
    for entrant, steps in ((0, 8), (1, 4)):
        run = trained(networks.datasets.get("moons", n=40, test=30, seed=3), found.chosen[entrant][0], 3, 0, of=scarce.replace(steps=steps))
        assert found.judged.final[entrant, 0, 0] == pytest.approx(run.test_losses[-1, 0], rel=1e-12)
    losses = NetworkTuning(scarce.replace(optimizers=(Choice("bfgs"),)), count=2, runs=2, seed=3, seeds=1, unit="losses", budget=150)
    judged, most = (tuned := run_task(losses)).judged, losses.budgets[0][1].steps_of(scarce, Choice("bfgs"))
    assert most == 7, "of twenty losses at least, one at each end of the trial, over ten examples each"
    for run_number in (0, 1):
        whole = scarce.replace(steps=most, seed=3, optimizers=tuned.chosen[0])
        alone = trained(whole.build_data(), tuned.chosen[0][0], 3, 2 * run_number, of=whole, keep="path")
        paid = int(np.count_nonzero(10 * (np.arange(most + 1) + alone.trials[:, 0]) <= 150)) - 1
        assert judged.also[TAKEN][0, 0, run_number] == paid
        assert judged.final[0, 0, run_number] == pytest.approx(alone.test_losses[paid, 0], rel=1e-12)
    with pytest.raises(ValueError, match="operations are not counted on Moons, because of a network a step's operations are products"):
        NetworkTuning(MOONS, unit="operations")


def test_what_is_held_back_is_neither_learned_from_nor_tested_on() -> None:
    data = networks.datasets.get("moons", n=40, test=30, seed=3)
    left = held_back(data, HELD_BACK, 3)
    assert (len(left.x), len(left.test_x)) == (32, 8)
    assert sorted(map(tuple, np.concatenate([left.x, left.test_x]))) == sorted(map(tuple, data.x))
    assert not np.array_equal(held_back(data, HELD_BACK, 4).x, left.x)


def test_the_test_loss_on_runs_held_out_judges(tuned: Tuned) -> None:
    """The first run of a seed is the network of the experiment with this seed, which the page of networks trains."""
    for seed, number in ((3, 0), (1003, 2)):
        row = (seed - 3) // 1000
        for entrant, chosen in enumerate(tuned.chosen):
            run = trained(networks.datasets.get("moons", n=40, test=30, seed=seed), chosen[row], seed, number)
            at = (entrant, row, number // 2)
            assert tuned.judged.final[at] == pytest.approx(run.test_losses[-1, 0], rel=1e-12)
            assert tuned.judged.also["accuracy"][at] == pytest.approx(run.test_accuracies[-1, 0])
            assert tuned.judged.also["training_loss"][at] == pytest.approx(run.losses[-1, 0], rel=1e-12)
    race = tuned.race
    assert isinstance(race, Experiment)
    for entrant, shown in enumerate(race.train().runs):
        assert tuned.judged.final[entrant, 0, 0] == pytest.approx(shown.test_losses[-1], rel=1e-12)


def test_everyone_gets_as_many_trainings_and_the_work_is_told_exactly(tuned: Tuned) -> None:
    meter = Meter(2 * TASK.work)
    again = TASK.compute(local_executor(meter), lambda partial: None)
    assert meter.fraction == pytest.approx(0.5, abs=1e-9)
    assert again.chosen == tuned.chosen
    assert [trials.scores.share.size for trials in again.trials] == [5, 5]
    assert TASK.work == (2 * (5 + 1) * 2 + 2 * RATES) * 2 * network_tiles.work_of(MOONS)


def test_tiles_and_company_change_nothing(tuned: Tuned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_tiles, "BYTES", 1)
    monkeypatch.setattr(lab.tuned, "RATES", 3)
    alone = run_task(replace(TASK, experiment=MOONS.replace(optimizers=(Choice("adam"),), seed=9, variants=(), points=())))
    assert alone.chosen[0] == tuned.chosen[1]
    assert np.array_equal(alone.judged.final[0], tuned.judged.final[1])
    assert np.array_equal(alone.trials[0].scores.loss, tuned.trials[1].scores.loss)


def test_an_optimizer_that_takes_part_under_two_names_shares_a_place_with_itself() -> None:
    """Adam, and AdamW without its decay; and plain descent without a rate to speak of is told apart from them."""
    twice = DATA[0].replace(optimizers=(Choice("adam"), Choice.of("adamw", weight_decay=0.0), Choice("sgd")), steps=20)
    judged = run_task(NetworkTuning(twice, count=5, runs=1, seeds=7)).judged
    assert judged.places[0] == judged.places[1]
    assert not judged.better[0, 1]
    assert not judged.better[1, 0]


def test_who_diverges_is_counted_and_loses() -> None:
    place = NetworkPlace(Experiment(Choice("sine"), widths=(8,), optimizers=(Choice("sgd"),), steps=30), (0,), 2, True, "training loss")
    (batch,) = place.batches(Choice("sgd"), {"lr": np.array([[0.05, 1e5]])}, 2)
    ended = place.ended([batch.run()], 2)
    assert np.isfinite(ended.final[0, 0]).all()
    assert np.isinf(ended.final[0, 1]).all()
    assert np.isinf(ended.steps[0, 1]).all()
    assert np.isnan(ended.also["accuracy"]).all(), "nothing is right or wrong in a regression"


def test_a_network_has_learned_from_when_its_test_loss_stays_low() -> None:
    """Looked at again at every step, by the library alone."""
    place = NetworkPlace(Experiment(Choice("blobs"), widths=(8,), steps=40), (5,), 1, True, "training loss")
    (batch,) = place.batches(Choice("adam"), {"lr": np.array([[0.03]])}, 1)
    ended = place.ended([batch.run()], 1)
    race = place.experiment.replace(seed=5, optimizers=(Choice.of("adam", lr=0.03),))
    run = race.train().runs[0]
    low = run.test_losses <= 0.25 * np.log(3)
    assert low[-1]
    first = len(low) - int(np.argmin(low[::-1]))
    looked = [step for step in network_tiles.looks(40, 1.15).tolist() if step >= first]
    assert ended.steps[0, 0, 0] == looked[0] <= 1.15 * first + 1


def test_every_method_that_trains_networks_can_be_raced() -> None:
    place = NetworkPlace(MOONS.replace(steps=2, widths=(3,)), (0,), 1, False, "training loss")
    for name in optimizer_names():
        search = Search(Choice(name), 0, [place], "final loss")
        (batch,) = place.batches(search.choice, {key: values[None] for key, values in search.draw(2).items()}, 2)
        assert place.ended([batch.run()], 2).final.shape == (1, 2, 1)


def test_verdicts_follow_from_the_raw_runs(tuned: Tuned, standings: Standings) -> None:
    settings, columns = reread(tables_of(tuned)["Held-out runs"].make())
    labels, judged = judged_of(columns, settings["objective"])
    assert labels == ["SGD", "Adam"]
    assert np.array_equal(judged.ranks, tuned.judged.ranks)
    assert judged.loss_intervals == tuned.judged.loss_intervals
    assert settings["experiment"]["optimizers"][0]["settings"]["weight_decay"] == 0
    assert columns["run"][:4] == [0, 2, 0, 2]
    assert json.loads(columns["settings"][2]) == dict(tuned.chosen[0][1].settings)
    settings, columns = reread(tables_of(standings)["Held-out runs"].make())
    assert settings["entrants"][2]["settings"]["lr"] == 0.03, "what suits networks"
    by_hand = np.array(columns["final_loss"], dtype=float).reshape(3, 3, -1)  # data sets, optimizers, runs
    medians = np.median(by_hand, axis=2)
    assert pytest.approx(medians) == standings.median_final.T
    assert standings.ranks.T.tolist() == [[1.0 + sum(other < own for other in row) for own in row] for row in medians.tolist()]
    steps = np.array(columns["steps"], dtype=float).reshape(3, 3, -1)
    costs = np.maximum(np.concatenate(list(steps), axis=1), 1)
    for entrant in range(3):
        ratios, shares = standings.profile(entrant)
        with np.errstate(invalid="ignore"):
            assert shares.tolist() == [
                np.mean(np.isfinite(costs[entrant]) & (costs[entrant] / costs.min(axis=0) <= ratio)) for ratio in ratios
            ]


def test_a_tournament_is_a_fair_race_on_each_of_its_data_sets(standings: Standings) -> None:
    assert TOURNAMENT.names == ("moons", "blobs", "sine")
    assert [TOURNAMENT.title(name) for name in TOURNAMENT.names] == ["Moons", "Blobs", "Sine"]
    single = run_task(NetworkTuning(DATA[1].replace(optimizers=TOURNAMENT.entrants), count=3, runs=1, seeds=3))
    assert [row[1][:3] for row in standings.chosen] == list(single.chosen)
    assert np.array_equal(standings.judged[1].final[:, :3], single.judged.final)
    assert on_data(DATA[0], ("moons", "sine")) == (DATA[0], DATA[0].replace(data=Choice("sine"))), "its own data as they are"
    costs, _ = standings.data_profile(0, "gradients")
    each = {float(len(experiment.build_data().x)) for experiment in DATA}
    assert all(any((cost / count).is_integer() for count in each) for cost in costs.tolist()), "a slope of every example in a step"
    assert standings.data_profile(0, "operations")[0].size == 0
    places = tables_of(standings)["Places"].make()
    assert places.columns["operations"] == [None] * 9, "not counted on networks"
    assert list(places.columns["solved"]) == standings.solved.T.ravel().tolist()
    once = run_task(replace(TOURNAMENT, tuned="once", seeds=1))
    assert all(len(set(row)) == 1 for row in once.chosen)


OWN_DATA = Experiment(Choice.of(OWN, test_share=0.0), table="0,0,a\n1,1,b\n0,1,a\n1,0,b\n2,2,a\n", optimizers=(Choice("sgd"),))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"count": 1}, "tuning needs 2 to 1000 trials, not 1"),
        ({"runs": 0}, "tuning needs 1 to 50 runs, not 0"),
        ({"objective": "test loss"}, "no objective 'test loss'; choose one of validation loss, training loss"),
        ({"seeds": 0}, "1 to 100 seeds can be taken, not 0"),
        ({"experiment": MOONS.replace(initials=(Choice("he"), Choice("xavier")))}, "from one initialization; this experiment has 2"),
        ({"experiment": MOONS.replace(batch=35)}, r"a batch of 35 has more than the 32 examples that tuning learns from \(8 are held back"),
        ({"experiment": OWN_DATA}, "no examples are kept for testing, and they are what judges; choose a test share above 0"),
        (
            {"experiment": MOONS.replace(widths=(8, 8), optimizers=(Choice("sgd"), Choice("bfgs")))},
            "BFGS keeps a matrix of 105 x 105 numbers",
        ),
        ({"experiment": MOONS.replace(steps=20_000, widths=(256,) * 6)}, "times as much as can be trained while somebody waits"),
    ],
)
def test_what_cannot_be_raced_is_refused_in_words(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NetworkTuning(**{"experiment": MOONS, **changed})


def test_what_is_no_experiment_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match="a task of the lab takes an Experiment, not 'moons'"):
        NetworkTuning("moons")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="an experiment takes part twice"):
        NetworkTournament((Choice("sgd"),), (MOONS, MOONS.replace(seed=4)))
    with pytest.raises(ValueError, match="no experiment takes part"):
        NetworkTournament((Choice("sgd"),), ())
    with pytest.raises(ValueError, match="CMA-ES is declared in two dimensions, and 2-8-8-1 Tanh has 105 weights"):
        NetworkTournament((Choice("cma_es"),), (MOONS.replace(widths=(8, 8)),))


def test_the_example_recomputes_the_verdicts_of_networks(
    standings: Standings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "networks.parquet"
    saved.write_bytes(tables_of(standings)["Held-out runs"].make().to_parquet(date(2026, 11, 29)))
    monkeypatch.setattr(sys, "argv", ["verdicts.py", str(saved)])
    runpy.run_path(str(Path(__file__).parent.parent / "examples" / "verdicts.py"))
    told = capsys.readouterr().out
    for name, judged in zip(standings.task.names, standings.judged, strict=True):
        assert f"{name}: {judged.in_words(standings.labels)}" in told
        for entrant, label in enumerate(standings.labels):
            low, high = judged.loss_intervals[entrant]
            assert f"test loss {judged.scores.loss[entrant]:.3g} ({low:.3g} to {high:.3g})" in told, (name, label)
    assert str(dict(zip(standings.labels, standings.mean_ranks.round(2).tolist(), strict=True))) in told
    assert f"Friedman's p = {friedman(standings.ranks):.3g}" in told
