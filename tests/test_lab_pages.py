"""The logic of the lab's pages, without a browser: what a link says is shown, or told where it cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import landscapes
import limits
from app_pages import basins, races
from app_pages.jobs import _stop, jobs
from app_pages.session import sentence
from app_pages.settings import defaults_on
from figures import LIGHT
from figures.basins import basin_picture
from lab.basins import BasinMaps, Basins
from lab.executors import Meter, local_executor, run_task
from lab.jobs import Job, Jobs
from lab.tuning import Tuning
from scenario import Choice, Race, Scenario
from scenario.network_presets import OPENING_FAIR
from tests.test_pages import kept, key_of, open_page, read

pytestmark = pytest.mark.xdist_group("pages")
WELLS = Scenario(landscape=Choice("two_wells"), optimizers=(Choice("sgd"), Choice("momentum")), steps=40)


def settings(app: AppTest, page: str) -> dict[str, str]:
    return defaults_on(page) | kept(app).settings.get(page, {})


@pytest.mark.parametrize(
    ("page", "name", "said", "shown"),
    [
        ("sweeps", "entrant", "²", "0"),
        ("sweeps", "entrant", "7", "0"),
        ("sweeps", "entrant", "9" * 5000, "0"),
        ("sweeps", "boxes", "foo;a;b", ""),
        ("sweeps", "boxes", "optimizers.0.lr~0.1~0.10000000000000001~linear;noise~0~1~linear", ""),
        ("sweeps", "seeds", "4", "5"),
        ("basins", "at", "a,b", ""),
        ("basins", "at", "nan,1", ""),
        ("basins", "size", "100", "256"),
        ("tournament", "on", "foo", ""),
        ("tournament", "on", "foo.rosenbrock", "rosenbrock"),
    ],
)
def test_what_a_link_says_that_cannot_be_is_told_and_mended(page: str, name: str, said: str, shown: str) -> None:
    noise = "&noise=0.1" if name == "seeds" else ""
    setup = "data=moons&data_sets=none" if said == "foo" else f"{WELLS.to_query()}{noise}"  # of networks, where no list shows it
    app = open_page(f"{setup}&{name}={said}", page)
    assert app.info
    assert settings(app, page)[name] == shown
    assert not app.error


def test_what_is_computed_once_only_leaves_all_else_where_it_is() -> None:
    app = open_page(WELLS.replace(seed=54321).to_query(), "basins")
    first = list(app.main.children)
    assert first == list(app.run().main.children), "else the same button stands there twice for a moment, and the old one is of no use"


def test_the_same_thing_may_take_long_twice_for_one_page() -> None:
    """On a slow server the panel of batch normalization ended in an error: two bars of one key."""

    def page() -> None:
        from app_pages import races

        races._PATIENCE, patience = -1.0, races._PATIENCE
        try:
            for _ in range(2):
                races.with_bar(lambda report: report(0.5), "Looking along the steps")
        finally:
            races._PATIENCE = patience

    assert not AppTest.from_function(page).run().exception


def test_a_stop_that_is_clicked_while_another_run_looks_for_the_job_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Jobs.ask

    def asked(jobs: Jobs, task: Basins, who: str) -> Job[BasinMaps]:
        job = ask(jobs, task, who)
        monkeypatch.setattr(job.ended, "wait", lambda _: _stop(task, "Basins"))
        return job

    monkeypatch.setattr(Jobs, "ask", asked)
    app = open_page(f"{WELLS.replace(steps=3000).to_query()}&size=1024", "basins")
    assert "Stopped." in [read(caption) for caption in app.caption]
    assert "Go on" in [button.label for button in app.button]


def test_more_landscapes_than_take_part_are_told() -> None:
    able = [name for name in landscapes.names() if not landscapes.get(name).unbounded]
    app = open_page(f"{WELLS.to_query()}&on={'.'.join(able)}&trials=20", "tournament")
    assert app.info
    assert settings(app, "tournament")["on"].split(".") == able[:12]


def test_what_a_page_does_not_show_of_its_link_is_checked_and_told() -> None:
    app = open_page(f"{WELLS.to_query()}&trials=20&starts=8&seeds=1&unit=slopes&budget=1e400&tuned_by=luck", "fair")
    told = " ".join(map(read, app.info))
    for words in (
        "(did you mean 'gradients'?); choose one of steps, gradients (Slopes), losses",
        "Budget = '1e400' was",
        "Tuned by = 'luck' was",
    ):
        assert words in told
    assert [settings(app, "fair")[name] for name in ("unit", "budget", "tuned_by")] == ["steps", "", "validation loss"]
    for page, hidden in (("race", "follow"), ("sweeps", "cell"), ("network", "along")):
        app = open_page(
            f"{'data=moons~n:20&widths=2&optimizer=sgd&steps=2' if page == 'network' else WELLS.to_query()}&{hidden}=%C2%B2", page
        )
        assert "= '²' does not exist here" in " ".join(map(read, app.info))
        assert settings(app, page)[hidden] in ("", "1.1")
    on_networks = "data=moons~n:20&widths=2&optimizer=sgd&steps=2&trainings=10&seeds=1&runs=1"
    for unit, why in (("", "was left out: a budget in steps"), ("&unit=gradients", "is no budget; it was left out")):
        app = open_page(f"{on_networks}&budget=1e99{unit}&begun=7", "fair")
        told = " ".join(map(read, app.info))
        assert f"Budget = '1e99' {why}" in told, "of races, which are not shown"
        assert "Initialization = '7' does not exist here" in told
        assert settings(app, "fair")["budget"] == ""


def test_a_budget_that_cannot_be_used_is_refused_beside_its_box() -> None:
    app = open_page(f"{WELLS.to_query()}&trials=20&starts=8&seeds=1&unit=gradients", "fair")
    box = next(each for each in app.text_input if each.label == "A run")
    assert not app.error
    box.set_value("0").run()
    assert [read(each) for each in app.error] == ["The budget: budget = 0 is outside its range; choose a whole number from 1 to 1e9."]
    assert settings(app, "fair")["budget"] == ""


def test_a_list_that_was_cleared_stays_empty_and_says_what_to_choose() -> None:
    app = open_page(f"{WELLS.to_query()}&on=none", "tournament")
    assert not app.exception
    assert not app.error
    assert app.multiselect[0].value == []
    assert any(read(info).startswith("No landscape takes part. Choose some") for info in app.info)
    assert settings(app, "tournament")["on"] == "none"


def test_a_sweep_too_large_keeps_the_way_in() -> None:
    box = "optimizers.0.lr~0.001~0.1~log;optimizers.0.momentum~0.1~0.9~linear"
    crowd = WELLS.replace(optimizers=(Choice("momentum"),), starts=Choice.of("grid", n=2000), steps=500)
    app = open_page(f"{crowd.to_query()}&cells=161&boxes={box}", "sweeps")
    assert "choose fewer cells" in read(app.error[0])
    assert settings(app, "sweeps")["boxes"] == box


def test_noise_on_an_axis_is_swept_with_several_seeds() -> None:
    box = "optimizer.lr~0.001~0.1~log;noise~0.0~2.0~linear"  # as a link held it before numbers had addresses
    app = open_page(f"{WELLS.to_query()}&cells=21&seeds=3&boxes={box}", "sweeps")
    assert "Seeds" in [box.label for box in app.selectbox]


def test_a_sweep_says_from_how_many_starts_and_takes_more_where_one_would_decide() -> None:
    single = {
        "ravine": "From a single start: from others the map may be another one.",
        "two_wells": "From 16 starts, anywhere in the window",
    }
    for name, words in single.items():
        alone = Scenario(landscape=Choice(name), optimizers=(Choice("sgd"),), steps=20).to_query()
        app = open_page(f"{alone}&cells=21", "sweeps")
        for _ in range(200):
            if not app.get("progress"):
                break
            app.run()
        assert any(words in read(caption) for caption in app.caption), name
        best = [read(text) for text in app.markdown if "Best for" in text.value]
        assert all("nearest to the scenario's: learning rate" in words for words in best), "a condition is no choice, so it is not the best"
        assert len(best) == 1, name


def test_seeds_rise_by_themselves_and_their_number_is_in_what_is_taken_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not further than the server lets them, and no further than somebody stops them."""
    task = Tuning(WELLS, count=20, starts=8, seeds=20)
    monkeypatch.setenv(limits.RAISED_STEPS.variable, str(task.work))
    app = open_page(f"{WELLS.to_query()}&trials=20&starts=8", "fair")
    for _ in range(400):
        if any("with 20 seeds" in read(caption) for caption in app.caption):
            break
        app.run()
    assert not app.exception
    assert "Take 50 seeds" in [button.label for button in app.button]
    assert kept(app).tasks["Tuning"] == task
    at_once = run_task(task)
    found = jobs().find(task)
    assert found is not None
    assert found.result is not None
    assert np.array_equal(found.result.judged.final, at_once.judged.final)
    app.session_state["share"] = True
    app.run()
    assert "seeds=20" in app.code[0].value
    assert any("It names the 20 seeds of what is shown." in read(caption) for caption in app.caption)
    later = open_page(app.code[0].value.partition("?")[2], "fair")
    assert kept(later).tasks["Tuning"] == task, "which gives the same numbers, as above"
    assert settings(app, "fair")["seeds"] == "auto"
    next(button for button in app.button if button.label == "Take 50 seeds").click().run()
    assert settings(app, "fair")["seeds"] == "50"


def test_a_fair_race_is_held_with_networks_where_the_switch_says_so() -> None:
    """It opens with what is no tie; back on surfaces all is as it was."""
    app = open_page(WELLS.to_query(), "fair")
    app.button_group(key=key_of(app, "kind of setup")).set_value("Networks").run()
    assert kept(app).experiment == OPENING_FAIR.scenario
    for _ in range(400):
        if not app.get("progress"):
            break
        app.run()
    assert not app.exception
    assert "**Adam is first, and can be told apart from all others.**" in [text.value for text in app.markdown]
    used = next(button for button in app.button if button.label == "Use on Network page")
    used.click().run()
    tuned = kept(app).experiment
    assert tuned.seed == 0
    assert {choice.name for choice in tuned.optimizers} == {"sgd", "momentum", "rmsprop", "adam"}
    assert tuned.optimizers != OPENING_FAIR.scenario.optimizers
    assert not app.get("progress"), "what was searched is no other question"
    app.button_group(key=key_of(app, "kind of setup")).set_value("Surfaces").run()
    assert kept(app).setup == WELLS


def test_the_picture_of_a_map_that_is_done_is_that_of_all_of_it() -> None:
    task = Basins(WELLS, 128)
    maps = task.compute(
        local_executor(Meter(task.work)), lambda partial: [basins._picture_so_far(partial, entrant, LIGHT) for entrant in (0, 1)]
    )
    assert [basins._final_picture(maps, entrant, LIGHT) for entrant in (0, 1)] == [
        basin_picture(maps, entrant, LIGHT) for entrant in (0, 1)
    ]
    assert len(basins._final) > 0
    kept = len(basins._final)
    del maps
    assert len(basins._final) == kept - 1, "pictures go with their map"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("no such thing"), "No such thing."),
        (MemoryError(), "MemoryError."),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device."),
    ],
)
def test_every_error_has_words(error: Exception, told: str) -> None:
    assert sentence(error) == told


def test_sessions_that_ask_for_one_race_at_once_compute_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    asked, begun = [], Event()
    scenario = WELLS.replace(seed=12345)

    def run(asked_for: Scenario, progress: object) -> Race:
        asked.append(asked_for)
        begun.wait(0.3)
        return race(asked_for)

    race = Scenario.race
    monkeypatch.setattr(Scenario, "race", run)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(races.race_of, [scenario] * 8))
    assert asked == [scenario]
    assert all(race is found[0] for race in found)


def test_a_page_of_the_lab_shares_its_own_link_and_its_raw_numbers() -> None:
    app = open_page(f"{WELLS.to_query()}&cells=21", "sweeps")
    app.session_state["share"] = True
    app.run()
    assert [code.value for code in app.code if "sweeps?" in code.value and code.value.endswith("cells=21")]
    app.session_state["share part of Sweep"] = "Data"
    job = jobs().find(kept(app).tasks["Sweep"])
    assert job is not None
    assert job.ended.wait(60)
    app.run()
    assert not app.exception
    assert [button.proto.label for button in app.get("download_button")][:2] == ["Save as CSV", "Save as Parquet"]
    assert any("441 rows" in caption.value for caption in app.caption)
