"""A tournament: ranks, shares and performance profiles, held against numbers worked by hand and single races."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import landscapes
import optimizers
from exports.lab_tables import tables_of
from exports.table import read_table
from figures import DARK, LIGHT, Theme
from figures.fair import critical_differences, data_profiles, profiles, ranking
from lab.costs import evaluations, step_cost
from lab.executors import Meter, local_executor, run_task
from lab.judged import Judged, more_seeds
from lab.places import SEARCH_TRIALS, LandscapePlace, resolution
from lab.search import Search, search_all
from lab.tournament import Standings, Tournament, performance_ratios
from optimizers import Optimizer
from optimizers.common import learning_rate
from parameters import short
from player.ranking_table import ranking_table
from scenario import Choice, Scenario
from simulation import measures
from simulation.attractors import lowest_loss
from tape import Cost

FLOOR = resolution(landscapes.get("rosenbrock"))
ENTRANTS = (Choice("sgd"), Choice("momentum"), Choice("adam"))
DECLARED = evaluations(optimizers.get("conjugate_gradient"))
TASK = Tournament(ENTRANTS, ("ravine", "rosenbrock", "two_wells"), steps=120, count=12, starts=6, seed=1, seeds=3)


@pytest.fixture(scope="module")
def standings() -> Standings:
    return run_task(TASK)


def race_in(standings: Standings, column: int) -> Scenario:
    found = standings.race(column)
    assert isinstance(found, Scenario)
    return found


def test_the_table_is_what_races_on_the_held_out_starts_give(standings: Standings) -> None:
    for column in range(3):
        race = race_in(standings, column).race()
        tuning = TASK.scenario(TASK.landscapes[column], held_out=False).start_points()
        assert not set(map(tuple, race.starts.T)) & set(map(tuple, tuning.T))
        for row, run in enumerate(race.runs):
            steps = measures.steps_to(run)
            assert standings.judged[column].reached[row, 0].tolist() == np.where(steps >= 0, steps, np.inf).tolist()


def test_an_optimizer_that_takes_part_under_two_names_shares_a_place_with_itself() -> None:
    """Adam, and AdamW without its decay: the same steps, though they are tuned with other trials."""
    task = Tournament((Choice("adam"), Choice.of("adamw", weight_decay=0.0), Choice("sgd")), ("ravine",), 60, 8, 8, seeds=8)
    found = run_task(task)
    (judged,) = found.judged
    assert judged.places[0] == judged.places[1]
    assert not judged.better[0, 1]
    assert not judged.better[1, 0]


def test_everyone_is_tuned_for_each_landscape_or_once_for_all(standings: Standings) -> None:
    assert all(len(set(settings)) > 1 for settings in standings.chosen)
    once = run_task(Tournament(ENTRANTS, TASK.landscapes, steps=120, count=12, starts=6, seed=1, tuned="once", seeds=3))
    assert all(len(set(settings)) == 1 for settings in once.chosen)
    assert [settings[0][0].name for settings in once.chosen] == ["sgd", "momentum", "adam"]
    assert [judged.steps.shape for judged in (*once.judged, *standings.judged)] == [(3, 3, 6)] * 6


@pytest.mark.parametrize("tuned", ["for each", "once"])
def test_the_budget_is_the_same_either_way_and_told_exactly(tuned: str) -> None:
    task = Tournament(ENTRANTS, ("ravine", "himmelblau"), steps=30, count=10, starts=4, tuned=tuned, seeds=2)
    assert task.work == 3 * 2 * (10 + 1) * 4 * 30 * 2
    meter = Meter(2 * task.work)
    task.compute(local_executor(meter), lambda partial: None)
    assert meter.fraction == pytest.approx(0.5, abs=1e-9)


def test_it_is_reproducible_and_tiles_change_nothing(standings: Standings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.tiles.LANES", 23)
    again = run_task(TASK)
    assert again.chosen == standings.chosen
    for one, other in zip(again.judged, standings.judged, strict=True):
        assert np.array_equal(one.steps, other.steps)
        assert np.array_equal(one.final, other.final)


def test_once_for_all_chooses_the_trial_with_the_best_mean_rank() -> None:
    """Worked out again from the same trials, run one by one on both landscapes."""
    names = ("ravine", "himmelblau")
    task = Tournament((Choice("sgd"),), names, steps=60, count=4, starts=5, tuned="once", seeds=1, objective="final loss")
    chosen = run_task(task).chosen[0][0][0]
    places = [LandscapePlace.of([task.scenario(name, held_out=False)]) for name in names]
    search = Search(Choice("sgd"), task.seed, places, task.objective)
    search_all(local_executor(Meter(1)), [[search]], [places], task.count)
    keys = []
    for name in names:
        medians = []
        for rate in search.settings["lr"].tolist():
            (run,) = task.scenario(name, held_out=False).replace(optimizers=(Choice.of("sgd", lr=rate),)).race().runs
            above = np.nan_to_num(run.losses[-1], nan=np.inf) - lowest_loss(run.landscape)
            medians.append(max(np.median(above), resolution(run.landscape)))
        keys.append([1 + sum(other < own for other in medians) + (medians.count(own) - 1) / 2 for own in medians])
    assert chosen == Choice.of("sgd", lr=float(search.settings["lr"][int(np.argmin(np.mean(keys, axis=0)))]))


def test_who_else_takes_part_changes_nobodys_settings(standings: Standings) -> None:
    backwards = run_task(replace(TASK, entrants=ENTRANTS[::-1], landscapes=TASK.landscapes[::-1]))
    assert [settings[::-1] for settings in backwards.chosen[::-1]] == list(standings.chosen)
    for one, other in zip(backwards.judged[::-1], standings.judged, strict=True):
        assert np.array_equal(one.steps[::-1], other.steps)


RANDOM_SEARCH = Optimizer(
    "Random search",
    family="Without gradients",
    parameters=[learning_rate(0.1, words="how far from the start it looks")],
    state={"z": "x", "r": "x"},
    step="""
        u = 43758.5453*sin(12.9898*r + 78.233*t)    # a number that nobody foresees
        r = u - floor(u)                            # from 0 to 1, of each coordinate its own
        y = z + 2*lr*(r - 0.5)                      # a point at random around the start
        x = choose(loss(x) - loss(y), y, x)         # the lowest so far
    """,
    source="Brooks 1958, doi:10.1287/opre.6.2.244",
    about="Looks at random and keeps the lowest point.",
)


def test_a_random_search_is_never_ranked_before_a_tuned_method_beyond_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has as many trials to tune how far it looks. One that goes on from its lowest point is another matter: it learns, and on
    Goldstein-Price it solves more than methods that follow slopes into the next valley."""
    monkeypatch.setitem(optimizers._CATALOGUE._entries, "random_search", RANDOM_SEARCH)
    names = ("ravine", "zakharov", "goldstein_price")
    found = run_task(Tournament((Choice("adam"), Choice("momentum"), Choice("random_search")), names, 100, 10, 6, seeds=9))
    for name, judged in zip(names, found.judged, strict=True):
        assert not judged.better[2].any(), name
        assert judged.scores.share[2] > 0 or name == "ravine", "it does come upon what is not small"
    assert [judged.better[:2, 2].tolist() for judged in found.judged[:2]] == [[True, True]] * 2, "the tuned are told apart from it"
    assert found.mean_ranks.argmax() == 2


# ---- numbers by hand

STEPS = np.array([[[4.0, 10.0], [np.inf, 0.0]], [[8.0, 5.0], [np.inf, 3.0]], [[8.0, np.inf], [np.inf, np.inf]]])


def by_hand(objective: str = "steps") -> Standings:
    """Three optimizers on two landscapes with two starts each and one seed: four problems, one of which nobody solves."""
    task = Tournament(ENTRANTS, ("ravine", "rosenbrock"), steps=20, starts=2, seeds=1, objective=objective)
    final = np.where(np.isfinite(STEPS), 1e-3, 1.0)
    final[2, 1] = np.inf
    judged = tuple(Judged(final[:, [column]], STEPS[:, [column]], STEPS[:, [column]], objective) for column in (0, 1))
    choices = tuple(((Choice(choice.name),),) * 2 for choice in ENTRANTS)
    return Standings(task, choices, (((), ()),) * 3, judged)


def test_performance_ratios_by_hand() -> None:
    ratios = performance_ratios(STEPS.reshape(3, 4))
    assert ratios.tolist() == [[1.0, 2.0, np.inf, 1.0], [2.0, 1.0, np.inf, 3.0], [2.0, np.inf, np.inf, np.inf]]


@pytest.mark.parametrize(
    ("entrant", "places", "shares"),
    [(0, [1.0, 2.0], [0.5, 0.75]), (1, [1.0, 2.0, 3.0], [0.25, 0.5, 0.75]), (2, [1.0, 2.0], [0.0, 0.25])],
)
def test_performance_profiles_by_hand(entrant: int, places: list[float], shares: list[float]) -> None:
    """rho(tau) is the share of the problems with a ratio of at most tau; what nobody solves counts against all."""
    found = by_hand().profile(entrant)
    assert found[0].tolist() == places
    assert found[1].tolist() == shares


def test_shares_and_ranks_by_hand() -> None:
    standings = by_hand()
    assert standings.solved.tolist() == [[1.0, 0.5], [1.0, 0.5], [0.5, 0.0]]
    assert standings.median_steps.tolist() == [[7.0, 0.0], [6.5, 3.0], [8.0, np.inf]]
    assert standings.ranks.tolist() == [[2.0, 1.0], [1.0, 2.0], [3.0, 3.0]]
    assert by_hand("final loss").ranks.tolist() == [[2.0, 1.0], [1.0, 2.0], [3.0, 3.0]]


def test_data_profiles_by_hand() -> None:
    """Steps of 7, 10 and 0 for SGD: half of that many problems within 4 steps; and in operations each landscape has its own."""
    standings = by_hand()
    costs, shares = standings.data_profile(0, "steps")
    assert costs.tolist() == [0.0, 4.0, 10.0]
    assert shares.tolist() == [0.25, 0.5, 0.75]
    each = [step_cost(landscapes.get(name), Choice("sgd")) for name in ("ravine", "rosenbrock")]
    ravine, rosenbrock = (cost.total for cost in each if isinstance(cost, Cost))
    assert standings.data_profile(0, "operations")[0].tolist() == sorted([4.0 * ravine, 10.0 * ravine, 0.0 * rosenbrock])
    searching = replace(standings, chosen=(((Choice("bfgs"),),) * 2, *standings.chosen[1:]))
    assert searching.data_profile(0, "losses")[0].size == 0, "how many its searches took was not counted"
    counted = tuple(replace(judged, also={SEARCH_TRIALS: 3 * judged.steps}) for judged in searching.judged)
    assert replace(searching, judged=counted).data_profile(0, "losses")[0].tolist() == [0.0, 4 * (1 + 3), 10 * (1 + 3)], "one before"
    assert [line.name for line in data_profiles(searching, "operations").data] == ["Momentum", "Adam"]
    assert not data_profiles(standings, "hessians").data, "nobody asks for any"


def test_nobody_is_first_where_nobody_arrives() -> None:
    never = np.full((3, 4, 2), np.inf)
    judged = Judged(np.arange(24.0).reshape(3, 4, 2), never, never, "steps")
    assert judged.ranks.tolist() == [2.0, 2.0, 2.0], "a lower loss is no place"
    assert judged.places.tolist() == [0, 0, 0]
    assert judged.in_words(("a", "b", "c")) == "Nobody arrived and stayed, so nobody is first."


def test_who_cannot_be_told_apart_shares_a_place_and_that_is_said() -> None:
    """With ten seeds: the first two win five each, and the third never."""
    steps = np.array([[3.0, 4.0] * 5, [4.0, 3.0] * 5, [50.0] * 10])[:, :, None].repeat(4, axis=2)
    judged = Judged(np.ones_like(steps), steps, steps, "steps")
    assert judged.places.tolist() == [1, 1, 3]
    assert judged.in_words(("Adam", "RMSProp", "SGD")) == "Adam and RMSProp cannot be told apart here and share the first place."
    few = Judged(judged.final[:, :3], steps[:, :3], steps[:, :3], "steps")
    assert few.places.tolist() == [1, 1, 1]
    assert few.in_words(("Adam", "RMSProp", "SGD")) == "With 3 seeds no two of 3 optimizers can be told apart: it takes 7."


def test_more_seeds_are_called_for_by_how_wide_intervals_are_and_not_by_who_is_ahead() -> None:
    solved = np.where(np.arange(24) < 12, 5.0, np.inf)
    alike = np.tile(solved, (2, 50, 1))
    sure = Judged(alike, alike, alike)
    assert more_seeds(50, [sure])[1] == 0
    unsure = sure.steps.copy()
    unsure[1, ::2] = np.inf
    within, following = more_seeds(50, [sure, Judged(unsure, unsure, unsure)])
    assert within > 0.05
    assert following == 100
    assert more_seeds(100, [Judged(unsure, unsure, unsure)])[1] == 0
    assert more_seeds(1, [Judged(unsure[:, :1], unsure[:, :1], unsure[:, :1])])[1] == 10, "five could tell nobody apart: it takes six"
    most = np.where(np.arange(24) < 23, 5.0, np.inf) * np.ones((1, 10, 1))
    most[0, 1:] = 5.0
    most[0, 0, 12:] = np.inf
    lopsided = Judged(most, most, most)
    ((low, high),), (share,) = lopsided.share_intervals, lopsided.scores.share
    assert share - low > high - share, "it is farther down than up"
    assert more_seeds(10, [lopsided])[0] == share - low


def test_the_table_of_places_is_what_the_page_tells(standings: Standings) -> None:
    offered = tables_of(standings)["Places"]
    settings, columns = read_table(offered.make().to_csv(date(2026, 11, 29)).encode())
    assert (settings["steps"], settings["seed"], settings["count"]) == (120, 1, 12)
    assert offered.rows == len(columns["optimizer"]) == 9
    for number in range(9):
        column, entrant = divmod(number, 3)
        assert columns["optimizer"][number] == standings.labels[entrant]
        assert columns["landscape"][number] == TASK.landscapes[column]
        told = [columns[name][number] for name in ("place", "rank", "solved", "steps", "final_loss")]
        table = (standings.places, standings.ranks, standings.solved, standings.median_steps, standings.median_final)
        assert told == [array[entrant, column] for array in table]
        assert json.loads(columns["settings"][number]) == dict(standings.chosen[entrant][column][0].settings)


def test_the_table_of_places_counts_what_searches_tried() -> None:
    found = run_task(Tournament((Choice("conjugate_gradient"), Choice("sgd")), ("rosenbrock",), 20, 3, 4, seeds=2))
    columns = tables_of(found)["Places"].make().columns
    judged = found.judged[0]
    taken = np.where(np.isfinite(judged.steps[0]), judged.steps[0], 20).sum()
    tried = judged.also[SEARCH_TRIALS][0].sum() / taken
    assert tried > 1.5
    assert columns["losses"][0] == pytest.approx(DECLARED.losses + (tried - 1) * DECLARED.trial_losses, rel=1e-5)
    assert columns["gradients"][0] == pytest.approx(DECLARED.gradients + (tried - 1) * DECLARED.trial_gradients, rel=1e-5)
    assert (columns["losses"][1], columns["gradients"][1]) == (0, 1)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"entrants": ()}, ValueError, "no optimizer takes part"),
        ({"landscapes": ()}, ValueError, "no landscape takes part"),
        ({"landscapes": ("ravine", "ravine")}, ValueError, "takes part twice"),
        ({"landscapes": ("ravine", "pure_saddle")}, ValueError, "without a lowest loss has no winner; leave out pure_saddle"),
        ({"landscapes": ("ravin",)}, KeyError, "ravin"),
        ({"count": 1}, ValueError, "trials, not 1"),
        ({"starts": 1}, ValueError, "starts, not 1"),
        ({"steps": 0}, ValueError, "steps"),
        ({"seed": -2}, ValueError, "the seed must be from 0 to 1073641823, not -2"),
        ({"count": 1000, "starts": 1000, "steps": 10_000}, ValueError, "30,000,000 trajectories and 300,300,000,000 steps"),
        ({"tuned": "never"}, ValueError, "no way of tuning 'never'"),
        ({"objective": "luck"}, ValueError, "no objective 'luck'"),
        ({"entrants": (Choice("adamm"),)}, KeyError, "adam"),
    ],
)
def test_what_cannot_be_held_is_refused_in_words(changed: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Tournament(**{"entrants": ENTRANTS, "landscapes": ("ravine",), **changed})  # type: ignore[arg-type]


def test_all_of_the_scenario_counts_on_every_landscape() -> None:
    """Noise, schedule, penalties and clipping, as the races on the held-out starts have them; and an own formula takes part."""
    like = Scenario(
        landscape=Choice("own"),
        formula="x**2 + 3*y**2",
        window=((-2, 2), (-2, 2)),
        noise=0.3,
        l2=0.5,
        clip_norm=2.0,
        schedule=Choice("cosine"),
    )
    task = Tournament((Choice("adam"),), ("own", "ravine"), 20, 3, 4, seeds=2, like=like.replace(seed=9, steps=7))
    assert task == Tournament((Choice("adam"),), ("own", "ravine"), 20, 3, 4, seeds=2, like=like), "what does not matter is left out"
    found = run_task(task)
    for column in (0, 1):
        race = race_in(found, column)
        assert (race.noise, race.l2, race.clip_norm, race.schedule) == (0.3, 0.5, 2.0, Choice("cosine"))
        losses = race.race().runs[0].losses[-1] - lowest_loss(race.build_landscape())
        assert found.judged[column].final[0, 0] == pytest.approx(losses)
    with pytest.raises(ValueError, match="an own formula takes part, and none is given"):
        replace(task, like=Scenario())


def test_who_ends_below_the_lowest_or_outside_the_window_has_not_arrived() -> None:
    """Hoelder's table falls for ever beyond its window, and Franke's function is as low outside as at its lowest minimum."""
    for name in ("hoelder_table", "franke"):
        task = Tournament((Choice("rmsprop"), Choice("adam")), (name,), 100, 10, 8, seeds=2)
        found = run_task(task)
        for row in range(2):
            for seed in range(2):
                run = task.scenario(name, True, 1000 * seed).replace(optimizers=(found.chosen[row][0][seed],)).race().runs[0]
                (x0, x1), (y0, y1) = run.landscape.window
                ended = run.positions[-1][:, np.isfinite(found.judged[0].steps[row, seed])]
                assert (abs(2 * ended[0] - x0 - x1) <= 1.02 * (x1 - x0)).all()
                assert (abs(2 * ended[1] - y0 - y1) <= 1.02 * (y1 - y0)).all()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_figures_show_the_standings(theme: Theme) -> None:
    standings = by_hand()
    (cells,) = ranking(standings, theme).data
    assert np.array_equal(cells.z, standings.places)
    assert cells.x == ("Ravine", "Rosenbrock")
    assert cells.text[0][0].startswith("<b>1</b><br>100%<br>")
    assert cells.text[0][0].endswith("<br>in 7")
    assert cells.text[2][1].endswith("<br>never")
    ravine, rosenbrock = ranking_table(standings).split('class="group"')[1:]
    assert "landscape=ravine" in ravine, "a landscape's name leads to its race"
    assert [rosenbrock.index(label) for label in np.array(standings.labels)[np.argsort(standings.places[:, 1], kind="stable")]] == sorted(
        map(rosenbrock.index, standings.labels)
    ), "the best is first"
    plain = by_hand("final loss")
    exact = replace(plain, judged=tuple(replace(each, final=np.full_like(each.final, FLOOR)) for each in plain.judged))
    (cells,) = ranking(exact, theme).data
    assert cells.text[0][1].endswith(f"<br>≤{short(FLOOR, 2)}"), "a limit is told from a measurement"
    assert f"median final loss above the lowest ≤ {short(FLOOR, 2)} (≤ " in cells.customdata[0][1]
    assert cells.text[0][0].endswith(f"<br>{short(FLOOR, 2)}"), "on the ravine more is told apart"
    means = [note.text for note in critical_differences(standings, theme).layout.annotations]
    assert sorted(means) == ["Adam 3.00", "Momentum 1.50", "SGD 1.50"]
    lines = profiles(standings, theme).data
    assert [line.name for line in lines] == ["SGD", "Momentum", "Adam"]
    assert all(line.line.shape == "hv" for line in lines)
    assert list(lines[1].x[:3]) == [1.0, 2.0, 3.0]
    assert list(lines[1].y[:3]) == [0.25, 0.5, 0.75]
