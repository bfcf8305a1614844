"""Playlists: as values, as files and links, and the logic of the page's list."""

from __future__ import annotations

import json
import math
from urllib.parse import urlencode

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from streamlit.testing.v1 import AppTest

from exports import View, link_to, to_file
from exports.playlist import (
    LONGEST_IN_LINK,
    LONGEST_TITLE,
    MOST_ENTRIES,
    Entry,
    Playlist,
    from_link_text,
    from_playlist_file,
    parse_entries,
    title_of,
    to_link_text,
    to_playlist_file,
)
from scenario import PANELS, Choice, Scenario
from scenario.lessons import lessons
from scenario.presets import OPENING, PRESETS
from scenario.questions import ASKED
from tests.test_pages import click_twice, go_back, kept, key_of, open_page, read
from tests.test_scenario import scenarios

pytestmark = pytest.mark.xdist_group("pages")

TITLES = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=LONGEST_TITLE)
LOOKS = st.lists(st.sampled_from(list(PANELS)), min_size=1, unique=True).map(lambda names: tuple(name for name in PANELS if name in names))
ENTRIES = st.builds(Entry, TITLES, st.builds(View, scenarios(), LOOKS), st.sampled_from(["", *ASKED[Scenario]]))


def playlist_of(*names: str, at: int = 0) -> Playlist:
    return Playlist(tuple(Entry(PRESETS[name].title, View(PRESETS[name].scenario)) for name in names), at)


THREE = playlist_of("jitter", "saddle", "valley")
TITLES_OF_THREE = ["Jitter in a ravine", "Escape from a saddle", "The curved valley"]


def titles(playlist: Playlist) -> list[str]:
    return [entry.title for entry in playlist.entries]


# ---- as text


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(ENTRIES, min_size=1, max_size=4).map(tuple))
def test_a_file_and_a_link_restore_the_very_same_playlist(entries: tuple[Entry, ...]) -> None:
    playlist = Playlist(entries)
    assert from_playlist_file(to_playlist_file(playlist)) == (playlist, ())
    assert from_link_text(to_link_text(playlist)) == (playlist, ())


def test_a_question_that_cannot_be_asked_is_left_out_with_a_note() -> None:
    asking = THREE.asking(1, "end")
    assert [entry.asks for entry in asking.entries] == ["", "end", ""]
    with pytest.raises(ValueError, match="'who' is no question that can be asked of Ravine; there are first, end"):
        THREE.asking(0, "who")
    read_again, notes = from_playlist_file(to_playlist_file(asking).replace('"asks": "end"', '"asks": "who"'))
    assert [entry.asks for entry in read_again.entries] == ["", "", ""]
    assert notes[0].startswith("Escape from a saddle asks nothing now: 'who' is no question")


def test_the_text_of_a_link_needs_no_escaping_and_all_presets_fit() -> None:
    text = to_link_text(playlist_of(*PRESETS))
    assert urlencode({"playlist": text}) == f"playlist={text}"
    assert len(text) <= LONGEST_IN_LINK


REFUSED = [
    ("", "this is no playlist: "),
    ("[1, 2]", "it should be a JSON object"),
    ('{"version": 1, "landscape": {"name": "ravine"}}', "it should be a JSON object"),
    ('{"version": "1", "playlist": []}', "its \"version\" should be a whole number up to 1, not '1'"),
    ('{"version": 7, "playlist": []}', "version 7; this app reads up to version 1: update the app"),
    ('{"version": 1, "playlist": []}', "this playlist is empty"),
    ('{"version": 1, "playlist": [3, {"title": "a"}]}', "holds nothing that can be shown: number 1 of the playlist was left out"),
    ("[" * 100_000, "this is no playlist: "),
    (" " * 4_000_001, "no playlist needs more than 4,000,000; choose another file"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=lambda text: str(text)[:40])
def test_what_is_no_playlist_is_refused_in_words(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at below
        from_playlist_file(text)
    assert reason in str(caught.value)


@pytest.mark.parametrize("text", ["x", "?!", "AAAA", to_link_text(THREE)[:-20], to_link_text(THREE)[3:]])
def test_a_damaged_link_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="the playlist in this link is damaged; copy the whole link again"):
        from_link_text(text)


def test_what_can_be_mended_in_a_file_is_mended_and_said() -> None:
    content = json.loads(to_playlist_file(THREE))
    content["playlist"][0]["title"] = "x" * (LONGEST_TITLE + 1)
    content["playlist"][1]["scenario"]["steps"] = -5
    content["playlist"][2]["scenario"]["version"] = 99
    playlist, notes = from_playlist_file(json.dumps(content))
    assert titles(playlist) == TITLES_OF_THREE[:2]
    assert [note.partition(":")[0] for note in notes] == [
        "number 1 of the playlist is now called 'Jitter in a ravine'",
        "Escape from a saddle",
        "number 3 of the playlist was left out",
    ]


def test_links_and_files_add_what_they_hold() -> None:
    one = View(Scenario(landscape=Choice.of("two_wells", left=4.0), optimizers=(Choice("adam"),)), ("map", "gradient"))
    link = link_to(one, "http://elsewhere.example")
    assert parse_entries(f"{link}\n{link}") == ((Entry("Two wells: Adam", one),) * 2, ())
    assert parse_entries(to_file(one)) == ((Entry("Two wells: Adam", one),), ())
    assert parse_entries(to_playlist_file(THREE)) == (THREE.entries, ())
    assert parse_entries(f"http://a.example/?landscape=saddle&playlist={to_link_text(THREE)} {link}")[0] == (
        *THREE.entries,
        Entry("Two wells: Adam", one),
    )
    with pytest.raises(ValueError, match="this is no link to a scenario"):
        parse_entries(f"{link} hello")


def test_a_scenario_without_a_title_is_named_after_the_preset_or_what_is_in_it() -> None:
    assert title_of(View(PRESETS["bias"].scenario)) == PRESETS["bias"].title
    assert title_of(View(Scenario(optimizers=(Choice("adam"),)))) == "Ravine: Adam"
    many = tuple(Choice.of("sgd", lr=0.01 + 0.001 * number) for number in range(20))
    assert len(title_of(View(Scenario(optimizers=many)))) == LONGEST_TITLE


def test_half_a_character_in_a_title_is_mended_and_said() -> None:
    content = json.loads(to_playlist_file(THREE))
    content["playlist"][0]["title"] = "\ud800x"
    playlist, notes = from_playlist_file("\ufeff" + json.dumps(content))
    assert titles(playlist) == TITLES_OF_THREE
    assert notes == (
        "number 1 of the playlist is now called 'Jitter in a ravine': this title holds half a character, which cannot be shown; "
        "write it anew",
    )
    with pytest.raises(ValueError, match="half a character"):
        THREE.renamed(0, "\udfff")


# ---- in order


@pytest.mark.parametrize(
    ("place", "by", "order", "at"), [(0, 1, [1, 0, 2], 1), (1, -1, [1, 0, 2], 1), (2, -1, [0, 2, 1], 3), (0, -1, [0, 1, 2], 2)]
)
def test_what_is_shown_stays_shown_when_entries_move(place: int, by: int, order: list[int], at: int) -> None:
    moved = Playlist(THREE.entries, at=2).moved(place, by)
    assert titles(moved) == [TITLES_OF_THREE[number] for number in order]
    assert moved.at == at


@pytest.mark.parametrize(("place", "following"), [(0, "The curved valley"), (1, "The curved valley"), (2, None)])
def test_after_a_removal_the_next_is_still_the_one_that_came_after(place: int, following: str | None) -> None:
    left = Playlist(THREE.entries, at=2).removed(place)
    assert (titles(left)[left.at] if left.at < 2 else None) == following


def test_titles_and_lengths_have_limits() -> None:
    assert titles(THREE.renamed(1, "  The   saddle ")) == ["Jitter in a ravine", "The saddle", "The curved valley"]
    with pytest.raises(ValueError, match="a title needs at least one letter"):
        THREE.renamed(0, "  ")
    with pytest.raises(ValueError, match="this title has 121 letters, and at most 120"):
        THREE.renamed(0, "x" * 121)
    with pytest.raises(ValueError, match=f"this makes {MOST_ENTRIES + 2} entries, and a playlist has room for {MOST_ENTRIES}"):
        THREE.added([THREE.entries[0]] * (MOST_ENTRIES - 1))


# ---- the page's list


def open_list(opened: Playlist | None = None) -> AppTest:
    app = open_page(f"playlist={to_link_text(opened)}" if opened else "")
    app.session_state["playlist"] = True
    app.run()
    assert not app.exception
    return app


def playlist(app: AppTest) -> Playlist:
    return kept(app).playlist


def in_address(app: AppTest, name: str) -> str:
    return dict(kept(app).address)[name]


def in_link(app: AppTest) -> list[str]:
    return titles(from_link_text(in_address(app, "playlist"))[0])


def test_a_playlist_is_made_of_what_is_shown_presets_and_links() -> None:
    app = open_list()
    next(box for box in app.text_input if box.label == "What is shown now").set_value("The first picture").run()
    app.button(key="playlist add").click().run()
    app.selectbox(key=key_of(app, "playlist ready")).set_value("Escape from a saddle").run()
    app.text_input(key=key_of(app, "playlist links")).set_value(link_to(View(PRESETS["valley"].scenario), "http://a.example")).run()
    assert not app.exception
    assert titles(playlist(app)) == ["The first picture", "Escape from a saddle", "The curved valley"] == in_link(app)
    assert playlist(app).entries[0].view == View(OPENING.scenario)
    assert app.text_input(key=key_of(app, "playlist links")).value == ""


def test_every_lesson_can_be_added() -> None:
    app = open_list()
    for lesson in lessons().values():
        app.selectbox(key=key_of(app, "playlist ready")).set_value(f"Lesson {lesson.number}: {lesson.title}").run()
    assert not app.exception
    assert [entry.view for entry in playlist(app).entries] == [View(lesson.scenario, lesson.show) for lesson in lessons().values()]


def test_entries_are_renamed_moved_and_removed() -> None:
    app = open_list(THREE)
    app.text_input(key="entry title 0").set_value("Jitter").run()
    app.button(key=key_of(app, "entry down 0")).click().run()
    app.button(key=key_of(app, "entry remove 2")).click().run()
    assert titles(playlist(app)) == ["Escape from a saddle", "Jitter"] == in_link(app)


@pytest.mark.parametrize(("button", "left"), [("remove 0", [1, 2]), ("down 0", [1, 0, 2]), ("up 2", [0, 2, 1])])
def test_a_double_click_changes_the_list_once(button: str, left: list[int]) -> None:
    app = open_list(THREE)
    click_twice(app, f"entry {button}")
    assert titles(playlist(app)) == [TITLES_OF_THREE[number] for number in left]


def test_turning_shows_the_entry_and_its_number_is_in_the_link() -> None:
    app = open_list(THREE)
    app.button(key="entry show 1").click().run()
    assert kept(app).scenario == PRESETS["saddle"].scenario
    assert in_address(app, "item") == "2"
    assert kept(app).chapter.title == "Escape from a saddle"


def test_what_cannot_be_added_is_said_and_nothing_is_lost() -> None:
    app = open_list(THREE)
    app.text_input(key=key_of(app, "playlist links")).set_value("hello").run()
    assert "This is no link to a scenario" in read(app.error[0])
    assert app.text_input(key=key_of(app, "playlist links")).value == "hello"
    assert playlist(app) == THREE


def test_an_entry_too_large_to_show_is_said_to_be_so_and_the_picture_stays() -> None:
    large = Entry("Everything", View(Scenario(starts=Choice.of("grid", n=100_000), steps=100_000)))
    app = open_list(Playlist((large, *THREE.entries)))
    app.button(key="entry show 0").click().run()
    assert "“Everything” cannot be shown:" in read(app.error[0])
    assert kept(app).scenario == OPENING.scenario
    app.button(key="entry show 1").click().run()
    assert not app.error
    assert kept(app).scenario == PRESETS["jitter"].scenario


def test_a_damaged_link_keeps_the_page_and_says_so() -> None:
    app = open_page("landscape=saddle&playlist=damaged!")
    assert any("playlist in this link is damaged" in read(note) for note in app.info)
    assert kept(app).scenario.landscape == Choice("saddle")
    assert "playlist" not in dict(kept(app).address)


def test_a_playlist_too_long_for_a_link_stays_in_the_session_and_that_is_said() -> None:
    app = open_list(THREE)
    many = [Choice.of("sgd", lr=0.01 + number**2 / 7919) for number in range(300)]
    links = [link_to(View(Scenario(optimizers=(choice,))), "http://a.example") for choice in many[:150]]
    app.text_input(key=key_of(app, "playlist links")).set_value(" ".join(links)).run()
    assert len(playlist(app).entries) == 153
    assert "playlist" not in dict(kept(app).address)
    assert any("too long for a link" in caption.value for caption in app.caption)
    app.run()
    assert len(playlist(app).entries) == 153


def test_a_link_to_a_scenario_leaves_the_playlist() -> None:
    app = open_list(THREE)
    go_back(app, "landscape=saddle")
    assert kept(app).scenario.landscape == Choice("saddle")
    assert in_link(app) == TITLES_OF_THREE


def test_an_older_address_does_not_take_away_a_list_that_only_the_session_holds() -> None:
    app = open_list(THREE)
    address = in_address(app, "playlist")
    crowded = link_to(View(Scenario(points=tuple((math.sin(n), math.cos(3 * n)) for n in range(200)))), "http://localhost/")
    app.text_input(key=key_of(app, "playlist links")).set_value(crowded).run()
    assert len(playlist(app).entries) == 4
    assert "playlist" not in dict(kept(app).address), "it is too long for a link"
    go_back(app, f"playlist={address}")
    assert len(playlist(app).entries) == 4


def test_the_largest_playlist_opens_again() -> None:
    crowd = tuple((x + 1 / 3, y / 7) for x in range(20) for y in range(10))
    large = Playlist(tuple(Entry(f"Number {n}", View(Scenario(points=crowd, seed=n))) for n in range(MOST_ENTRIES)))
    assert from_playlist_file(to_playlist_file(large)) == (large, ())


def test_a_reset_after_an_entry_that_cannot_be_shown_leads_to_what_can() -> None:
    large = Entry("Everything", View(Scenario(starts=Choice.of("grid", n=100_000), steps=100_000)))
    app = open_list(Playlist((large,)))
    before = kept(app).chapter.scenario
    app.button(key="entry show 0").click().run()
    assert kept(app).chapter.scenario == before
