"""Presenting with the keys that a presenter's remote sends, in a page of the player's own modules.

That Python turns to the entry that is asked for, and that nothing of it leaves the presentation, is held by test_classroom_browser.py.
"""

from __future__ import annotations

from playwright.sync_api import Page, expect

from scenario import Choice, Experiment, Scenario
from tests.player_page import PlayerPage
from tests.screen import PLAYER, frames, position, seek

SADDLE = Scenario(landscape=Choice("saddle"), steps=40)


def presented(player_page: PlayerPage) -> Page:
    """A player that presents a playlist of two, before its first entry."""
    player_page.emulate(motion="no-preference")
    player_page.follow(count=2, at=0, title="", chapter="", started=0)
    page = player_page.play(SADDLE, ("map",))
    page.keyboard.press("p")
    page.wait_for_function("document.querySelector('.descent').classList.contains('presenting')")
    return page


def turns(player_page: PlayerPage) -> list[int]:
    """The entries that were turned to."""
    return [request["to"] for request in player_page.asked() if request["kind"] == "turn"]


def test_a_remote_works_whatever_was_chosen_in_the_bar(player_page: PlayerPage) -> None:
    page = presented(player_page)
    page.get_by_label("Speed").focus()
    page.keyboard.press("PageDown")
    assert turns(player_page) == [1]
    assert page.get_by_label("Speed").input_value() == "1"


def test_a_scenario_that_was_turned_to_plays_from_its_start_and_is_announced(player_page: PlayerPage) -> None:
    page = presented(player_page)
    seek(page, 40)
    assert not page.evaluate(f"{PLAYER}.clock.playing")
    player_page.follow(count=2, at=1, title="The saddle", chapter="one", started=0)
    assert page.locator(".announced.seen").count() == 0, "its race is not there yet"
    player_page.send(SADDLE, ("map",), chapter="one")
    expect(page.locator(".announced.seen")).to_have_text("The saddle1 of 2")
    page.wait_for_function("(({ clock }) => clock.playing && clock.position < clock.steps)(document.querySelector('.descent').player)")


def test_the_player_of_another_page_goes_on_presenting(player_page: PlayerPage) -> None:
    page = presented(player_page)
    page.wait_for_function("document.fullscreenElement !== null")
    player_page.take("play")
    assert page.locator(".curtain").is_visible(), "nobody sees how the page changes"
    player_page.train(Experiment(widths=(2,), steps=4), ("loss",))
    page.wait_for_function("document.querySelector('.descent').classList.contains('presenting')")
    assert not page.locator(".curtain").count()
    assert page.evaluate("document.fullscreenElement !== null")


def test_a_blank_screen_rests_the_race_until_the_key_comes_again(player_page: PlayerPage) -> None:
    page = presented(player_page)
    blank = page.locator(".descent .blank")
    for key in ("b", "."):  # remotes have the one or the other
        expect(blank).to_be_hidden()
        page.keyboard.press(key)
        expect(blank).to_be_visible()
        rested = position(page)
        frames(page, 5)
        assert position(page) == rested
        page.keyboard.press(key)
        expect(blank).to_be_hidden()
        page.wait_for_function(f"{PLAYER}.clock.position !== {rested}")
    page.keyboard.press(".")
    page.keyboard.press("PageDown")  # whoever turns wants to see
    assert turns(player_page) == [1]
    expect(blank).to_be_hidden()


def test_an_empty_playlist_says_where_to_make_one(player_page: PlayerPage) -> None:
    player_page.follow(count=0, at=0, title="", chapter="", started=0)
    page = player_page.play(SADDLE, ("map",))
    page.keyboard.press("p")
    page.keyboard.press("PageDown")
    expect(page.locator(".announced.seen")).to_contain_text("No playlist yet")
    assert turns(player_page) == []


def test_a_key_shows_all_views_and_one_large_map_also_with_a_step_taken_apart(player_page: PlayerPage) -> None:
    page = player_page.play(SADDLE, ("map", "step", "loss"), at=3)
    page.keyboard.press("p")
    shown = "[...document.querySelectorAll('.descent .grid > .panel:not([hidden])')].map((panel) => panel.dataset.panel).join()"
    for views in ("map,step", "map,step,loss", "map", "map,step"):
        page.wait_for_function(f"(views) => {shown} === views", arg=views)
        page.keyboard.press("v")


def test_letters_grow_with_the_screen(player_page: PlayerPage) -> None:
    page = player_page.play(SADDLE, ("map",))
    player_page.resize(1920, 1080)
    page.keyboard.press("p")
    page.wait_for_function("document.querySelector('.descent').classList.contains('presenting')")
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.descent .counter')).fontSize)")
    assert size >= 1080 / 40
