"""A server lets in as many tabs as it can take."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import visitors as module
from app_pages.visitors import Visitors

pytestmark = pytest.mark.xdist_group("pages")


def test_there_is_room_for_so_many_and_again_where_one_has_gone() -> None:
    there = {"a", "b", "c", "d"}
    house = Visitors(2, there.__contains__)
    assert [house.let_in(who) for who in "abca"] == [True, True, False, True]
    there.remove("b")
    assert house.let_in("c")
    assert not house.let_in("d")
    there.add("b")
    assert house.let_in("b", again=True), "it has only lost its connection"
    there -= {"a", "c"}
    assert house.let_in("d")


def test_one_too_many_is_told_so_and_is_let_in_once_another_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"another"}
    house = Visitors(1, there.__contains__)
    house.let_in("another")
    monkeypatch.setattr(module, "visitors", lambda: house)
    app = AppTest.from_string("import streamlit as st\nfrom app_pages.visitors import is_let_in\nif is_let_in(): st.title('Race')").run()
    assert [each.value for each in app.header] == ["This server is full for the moment"]
    assert "opens by itself" in app.markdown[-1].value
    there.clear()
    assert [each.value for each in app.run().title] == ["Race"]
    assert not app.header
