"""The landscape of networks from more points: when it is computed, and what the player is then handed."""

from __future__ import annotations

import itertools

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import refined
from figures import LIGHT
from landscapes import stationary_points
from networks.planes import Relief
from scenario import PLANE, Choice, Experiment, Scenario, fineness
from scenario.network_plane import query_of
from scenario.tuned_rates import with_tuned_rates
from simulation.progress import Cancelled, heeding
from tests.player_page import comparison_of
from tests.test_relief_player import SMALL


def test_a_plane_that_is_shown_is_refined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[Relief] = []
    monkeypatch.setattr(refined, "refine", lambda comparison, relief, theme, key: handed.append(relief))
    monkeypatch.setattr(refined, "theme", lambda: LIGHT)
    monkeypatch.setattr(refined, "with_bar", lambda run, doing, wanted: run(lambda fraction: None))
    monkeypatch.setattr(fineness, "FINE", (80,))
    comparison = SMALL.train()  # one of its own: others may have been looked at
    refined.refine_landscape(comparison, ("boundary", "loss"), "trainer")
    assert not handed
    refined.refine_landscape(comparison, ("surface",), "trainer")
    assert not handed  # its first look was stopped
    comparison.find_relief()
    for _ in range(2):
        refined.refine_landscape(comparison, ("surface",), "trainer")
    assert handed[0] is handed[1]
    assert handed[0].values.shape == (80, 80)
    assert handed[0].window == comparison.relief.window
    moving = comparison_of(SMALL.replace(plane=Choice("moving")))
    moving.find_relief()
    refined.refine_landscape(moving, ("landscape",), "trainer")  # the browser does that
    assert len(handed) == 2


def test_large_networks_are_looked_at_from_fewer_points_and_larger_ones_are_refused() -> None:
    def sides(*widths: int, n: int = 200) -> tuple[int, int | None]:
        experiment = Experiment(data=Choice.of("moons", n=n), widths=widths)
        network, data = experiment.build_network(), experiment.build_data()
        return fineness.coarse_side(network, data), fineness.fine_side(network, data)

    assert sides(4) == (64, 256)
    assert sides(32, 32, n=1000) == (64, 128)
    assert sides(64, 64, 64, n=2000) == (24, None)
    with pytest.raises(ValueError, match=r"weights on 10,000 examples would take about \d+ min.*fewer examples"):
        sides(128, 128, 128, 128, 128, 128, n=10_000)


def test_what_was_stopped_is_not_computed_until_one_goes_on() -> None:
    def page() -> None:
        import streamlit as st

        from app_pages.races import _halt, with_bar
        from app_pages.session import Halted

        if st.button("Stop it"):
            _halt("Looking", "this")
        try:
            st.text(with_bar(lambda report: "computed", "Looking", "this"))
        except Halted:
            st.text("nothing")
        st.text(with_bar(lambda report: "another", "Looking", "that"))

    tab = AppTest.from_function(page).run()
    assert [text.value for text in tab.text] == ["computed", "another"]
    tab.button[0].click().run()
    assert [text.value for text in tab.text] == ["nothing", "another"]
    assert "Looking was stopped." in [caption.value for caption in tab.caption]
    next(button for button in tab.button if button.label == "Go on").click().run()
    assert [text.value for text in tab.text] == ["computed", "another"]


def test_the_plane_of_a_race_and_its_rates_can_be_stopped_while_they_are_looked_for() -> None:
    def page() -> None:
        import streamlit as st

        from app_pages import ground
        from app_pages.session import session
        from scenario import PLANE, Choice, Scenario
        from scenario.network_plane import query_of
        from tests.test_relief_player import SMALL

        now, query = session(), query_of(SMALL.replace(seed=77, steps=20))
        if not now.page:
            now.page, now.to_tune = "race", query
            now.desk.setup = Scenario(landscape=Choice(PLANE), network=query, optimizers=(Choice("adam"),), steps=20)
            now.halted = {"Looking at the landscape": query, "Tuning the learning rates": query}
        st.text(f"{ground.ground_ready()}, {now.scenario.landscape.name}, {now.scenario.optimizers[0].settings}")

    tab = AppTest.from_function(page).run()

    def told() -> tuple[str, list[str], list[str]]:
        return tab.text[0].value, [caption.value for caption in tab.caption], [button.label for button in tab.button]

    def press(label: str) -> None:
        next(button for button in tab.button if button.label == label).click().run()

    assert told() == ("False, plane, ()", ["Looking at the landscape was stopped."], ["Go on", "Race on another landscape"])
    press("Race on another landscape")
    assert told() == ("True, ravine, ()", [], [])
    tab = AppTest.from_function(page).run()
    press("Go on")
    assert told() == ("True, plane, ()", ["Tuning the learning rates was stopped."], ["Go on"])  # and raced with the rates as they are
    press("Go on")
    assert told()[0].startswith("True, plane, ((")
    assert told()[1:] == ([], [])


def test_a_network_without_a_plane_can_be_opened_from_where_that_is_said() -> None:
    def page() -> None:
        import streamlit as st

        from app_pages import frame, ground
        from app_pages.session import session
        from scenario import PLANE, Choice, Scenario
        from scenario.network_plane import query_of
        from tests.test_relief_player import SMALL

        now = session()
        if not now.page:
            now.page = "race"
            still = query_of(SMALL.replace(initials=(Choice("zeros"),), steps=20))
            now.desk.setup = Scenario(landscape=Choice(PLANE), network=still, optimizers=(Choice("adam"),), steps=20)
            ground.ground_ready()
        frame._tell()
        st.text(now.setup.to_query())

    tab = AppTest.from_function(page).run()
    assert "landscape=plane" not in tab.text[0].value
    assert "cannot be raced on" in tab.info[0].value
    assert [button.label for button in tab.button] == ["Open the network", "Close"]
    tab.button[0].click().run()
    assert "initial=zeros" in tab.text[0].value


def test_a_search_on_a_plane_heeds_who_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.progress.time.monotonic", itertools.count().__next__)
    race = Scenario(landscape=Choice(PLANE), network=query_of(SMALL), optimizers=(Choice("adam"),), steps=50)
    told: list[float] = []

    def twice(fraction: float) -> bool:
        told.append(fraction)
        return len(told) < 3

    for search in (lambda: stationary_points(race.build_landscape()), lambda: with_tuned_rates(race)):
        told.clear()
        with pytest.raises(Cancelled), heeding(twice):
            search()
        assert len(told) == 3
        with heeding(told.append):
            search()
        assert len(told) > 5
