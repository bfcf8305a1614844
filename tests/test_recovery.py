"""What a tab's session is to a server that does not know it: told as a text, and taken over from it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app_pages.jobs import jobs
from app_pages.kept import Chapter
from app_pages.recovery import as_text, take_over
from app_pages.session import Session
from exports.playlist import LONGEST_IN_LINK, Entry, Playlist, to_link_text
from player.component import hear
from scenario import Choice, Experiment, Scenario, View
from scenario.presets import OPENING
from tests.test_pages import kept

pytestmark = pytest.mark.xdist_group("pages")


def used() -> Session:
    """A session in which everything that no address holds is other than at the beginning."""
    session = Session()
    race, networks, landscape = (session.desks[name] for name in (Scenario.noun, Experiment.noun, "landscape"))
    race.setup, race.panels = Scenario(landscape=Choice.of("ravine", condition=44.0), optimizers=(Choice("adam"),)), ("map", "loss")
    race.chapter = Chapter(3, OPENING.title, OPENING.scenario)
    networks.setup = networks.setup.replace(
        data=Choice("own"), table="x,y,label\n" + "\n".join(f"{i / 7},{i * i / 3},{i % 2}" for i in range(900))
    )
    landscape.panels = landscape.panels[:1]
    session.kinds, session.settings = {"lessons": Experiment}, {"basins": {"size": "512"}, "lessons": {"said": "1.0"}}
    session.playlist = Playlist(
        tuple(Entry(f"{number}", View(race.setup.replace(seed=number**5 * 7919 % 999_983))) for number in range(190)), 77
    )
    session.formula, session.turned_to, session.plays, session.presentations = "x**2 + y", "3", 5, 2
    session.progress, session.unfinished = {"momentum": "1.0"}, {"Tournament"}
    return session


def test_a_session_is_taken_over_whole() -> None:
    before, after = used(), Session()
    assert len(to_link_text(before.playlist)) > LONGEST_IN_LINK
    take_over(after, as_text(before))
    assert as_text(after) == as_text(before)
    for part in ("desks", "kinds", "settings", "playlist", "formula", "turned_to", "plays", "presentations", "progress", "unfinished"):
        assert getattr(after, part) == getattr(before, part), part


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 5000,
        "7",
        json.dumps({"desks": 1, "chapters": {"scenario": [1, 2, 3]}, "kinds": {"race": "x"}, "settings": {"basins": {"size": 3}}}),
        json.dumps({"desks": {"scenario": "nothing", "other": "landscape=ravine"}, "playlist": ["!", 3, True], "counts": {"plays": "9"}}),
        json.dumps(
            {"texts": {"name": "x", "formula": 3}, "counts": {"presentations": None, "returns": 4}, "progress": [], "unfinished": 2}
        ),
    ],
)
def test_a_text_that_the_app_has_not_written_changes_nothing(text: str) -> None:
    session = Session()
    before = json.loads(as_text(session))
    take_over(session, text)
    after = json.loads(as_text(session))
    after["settings"].pop("basins", None)
    assert after == before
    assert session.returns == 0


def test_a_choice_that_comes_again_after_the_connection_broke_is_applied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    state, picked = {"map": SimpleNamespace(pick={})}, []
    monkeypatch.setattr(st, "session_state", state)
    for serial in (7, 7, 8, 7, 9):
        state["map"].pick = {"kind": "add", "at": [1.0, 2.0], "serial": serial}
        hear("map", lambda: picked.append(state["map"].pick["serial"]))
    assert picked == [7, 8, 9]


def test_what_was_being_computed_when_the_server_was_stopped_is_begun_again_by_a_click_only() -> None:
    query = Scenario(landscape=Choice("two_wells"), optimizers=(Choice("sgd"),), steps=7, seed=977).to_query()
    app = AppTest.from_string("from app_pages import basins\nbasins.page()", default_timeout=60)
    app.session_state["session"] = Session(unfinished={"Basins"})
    for name, values in parse_qs(query).items():
        app.query_params[name] = values
    app.run()
    [again] = [button for button in app.button if button.label == "Start again"]
    assert any("computed again" in caption.value for caption in app.caption)
    again.click().run()
    assert not app.exception
    assert jobs().find(kept(app).tasks["Basins"])
    assert "Start again" not in [button.label for button in app.button]
