"""The landscape of networks from more points: when it is computed, and what the player is then handed."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import refined
from figures import LIGHT
from networks.planes import Relief
from scenario import Choice, Experiment, fineness
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
