"""Presenting in a real browser, with the keys that a presenter's remote sends, and a playlist made, saved and opened by keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from exports import View
from exports.playlist import Entry, Playlist, from_playlist_file, to_link_text, to_playlist_file
from scenario import Choice, Experiment, Scenario
from scenario.presets import PRESETS
from tests.screen import covered, ended

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Open = Callable[..., "Page"]
LARGE = Scenario(starts=Choice.of("grid", n=100_000), steps=100_000)
SMALL = ("map",)
"""Panels that are drawn quickly."""


def playlist_of(*names: str) -> Playlist:
    return Playlist(tuple(Entry(PRESETS[name].title, View(PRESETS[name].scenario, SMALL)) for name in names))


def opened_with(open_tab: Open, playlist: Playlist, **options: object) -> Page:
    return open_tab(f"show=map&playlist={to_link_text(playlist)}", **options)


def shows(page: Page, title: str, place: str, landscape: str) -> None:
    """Wait until this entry is presented, with its title, from its start."""
    expect(page.locator(".announced.seen")).to_have_text(f"{title}{place}")
    page.wait_for_function(f"document.querySelector('.descent').player.landscape.name === '{landscape}'")
    covered(page)


def is_titled(body: Locator, label: str, title: str) -> None:
    """Wait until a field of the list holds this title, and until the one that was there before it is gone: the page is made then."""
    body.locator(f'[aria-label="{label}"][value="{title}"]').wait_for()
    expect(body.locator('[aria-label^="Title of"]:not(:visible)')).to_have_count(0)
    ended(body.page)


def watch_presentation(page: Page) -> None:
    """Count how often the presentation is left from now on, if only for a frame."""
    page.evaluate(
        "() => { window.left = 0; const root = document.querySelector('.descent'); const look = () => {"
        "  if (!root.isConnected || !root.classList.contains('presenting')) window.left += 1; requestAnimationFrame(look); }; look(); }"
    )


def test_a_playlist_is_made_by_keyboard_presented_saved_and_opened_again(open_tab: Open, tmp_path: Path) -> None:
    page = open_tab("show=map")
    page.get_by_role("button", name="Playlist").focus()
    page.keyboard.press("Enter")
    body = page.locator(".st-key-playlist_body")
    for number, title in enumerate(["Escape from a saddle", "The curved valley"], 1):
        body.get_by_placeholder("Add one").focus()
        page.keyboard.type(title)
        page.keyboard.press("Enter")
        is_titled(body, f"Title of number {number}", title)
    body.get_by_label("What is shown now").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Where we begin")
    page.keyboard.press("Enter")
    body.get_by_role("button", name="Add", exact=True).focus()
    page.keyboard.press("Enter")
    is_titled(body, "Title of number 3", "Where we begin")
    for place in (2, 1):  # to the front
        body.locator(f"[class*='st-key-entry-up-{place}']").get_by_role("button", name="Earlier").first.focus()
        page.keyboard.press("Enter")
        is_titled(body, f"Title of number {place}", "Where we begin")

    with page.expect_download() as download:
        body.get_by_role("button", name="Save the playlist").click()
    assert download.value.suggested_filename == "descent-playlist.json"
    file = tmp_path / "mine.json"
    download.value.save_as(file)
    saved, notes = from_playlist_file(file.read_text(encoding="utf-8"))
    assert [entry.title for entry in saved.entries] == ["Where we begin", "Escape from a saddle", "The curved valley"]
    assert notes == ()

    body.get_by_role("button", name="Present", exact=True).focus()
    page.keyboard.press("Enter")
    shows(page, "Where we begin", "1 of 3", "Ravine")
    watch_presentation(page)
    page.keyboard.press("PageDown")
    shows(page, "Escape from a saddle", "2 of 3", "Saddle")
    page.keyboard.press("PageDown")
    shows(page, "The curved valley", "3 of 3", "Rosenbrock")
    page.keyboard.press("PageUp")
    shows(page, "Escape from a saddle", "2 of 3", "Saddle")
    assert page.evaluate("window.left") == 0
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('.descent').classList.contains('presenting') && !document.fullscreenElement")
    page.wait_for_function("location.search.includes('landscape=saddle') && location.search.includes('item=2')")

    again = open_tab("show=map")
    again.get_by_role("button", name="Playlist").click()
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps({**json.loads(to_playlist_file(playlist_of("bias"))), "version": 9}), encoding="utf-8")
    again.locator(".st-key-playlist_body input[type=file]").set_input_files(newer)
    refused = again.locator(".st-key-playlist_body [data-testid=stAlert]:visible")
    expect(refused).to_contain_text("version 9; this app reads up to version 1")
    again.locator(".st-key-playlist_body input[type=file]").set_input_files(file)
    is_titled(again.locator(".st-key-playlist_body"), "Title of number 3", "The curved valley")


def test_a_remote_starts_turns_and_stops_at_the_ends_and_a_reload_changes_nothing(open_tab: Open) -> None:
    page = opened_with(open_tab, playlist_of("saddle", "valley"), reduced_motion="no-preference")
    page.keyboard.press("F5")
    shows(page, "Escape from a saddle", "1 of 2", "Saddle")
    page.keyboard.press("F5")  # would load the page anew
    page.keyboard.press("PageUp")
    shows(page, "Escape from a saddle", "1 of 2, the first", "Saddle")
    page.keyboard.press("PageDown")
    shows(page, "The curved valley", "2 of 2", "Rosenbrock")
    page.wait_for_function("(({ clock }) => clock.playing && clock.position < clock.steps)(document.querySelector('.descent').player)")
    page.keyboard.press("PageDown")
    shows(page, "The curved valley", "2 of 2, the last", "Rosenbrock")
    page.wait_for_function("location.search.includes('item=2')")
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector(".descent[data-step]")
    page.keyboard.press("F5")
    shows(page, "The curved valley", "2 of 2", "Rosenbrock")


def test_an_entry_that_cannot_be_shown_is_turned_past_and_one_on_another_page_is_presented_there(open_tab: Open) -> None:
    first, last = playlist_of("saddle", "valley").entries
    networks = Entry("A network", View(Experiment(widths=(2,), steps=4), ("loss",)))
    page = opened_with(open_tab, Playlist((first, Entry("Everything", View(LARGE, SMALL)), networks, last)))
    page.keyboard.press("F5")
    shows(page, "Escape from a saddle", "1 of 4", "Saddle")
    page.keyboard.press("PageDown")
    expect(page.locator(".announced.seen")).to_contain_text("“Everything” cannot be shown")
    covered(page)
    page.keyboard.press("PageDown")
    expect(page.locator(".announced.seen")).to_have_text("A network3 of 4")
    assert "/network?" in page.url
    covered(page)
    assert page.evaluate("document.fullscreenElement !== null"), "the whole screen is not left in between"
    page.keyboard.press("PageDown")
    shows(page, "The curved valley", "4 of 4", "Rosenbrock")
    assert page.evaluate("document.fullscreenElement !== null")
