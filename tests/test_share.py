"""The logic of the page's "Share" list, without a browser."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.testing.v1 import AppTest

from app_pages import making
from app_pages.address import home_of
from exports import View, link_to, opened, opened_file, to_file
from scenario import Choice, Scenario
from scenario.panels import DEFAULT_PANELS
from scenario.presets import OPENING
from tests.test_pages import go_back, kept, key_of, open_page, read, shown
from version import AUTHORS, PROGRAM

pytestmark = pytest.mark.xdist_group("pages")
PARTS = ("Link", "Picture", "Film", "Page", "Course", "Data", "Code", "Cite", "Open")


def open_share(part: str = "Link", query: str = "") -> AppTest:
    app = open_page(query)
    app.session_state["share"] = True
    app.session_state["share part"] = part
    app.run()
    assert not app.exception
    return app


def labels(app: AppTest, kind: str) -> list[str]:
    return [element.proto.label for element in app.get(kind)]


def test_a_list_that_is_closed_holds_nothing() -> None:
    app = open_page()
    assert not app.get("download_button")
    assert not app.get("code")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_without_a_fault(part: str) -> None:
    app = open_share(part)
    assert not app.error
    assert shown(app) == OPENING.scenario


def test_the_link_is_to_what_is_shown() -> None:
    scenario = Scenario(landscape=Choice.of("ravine", condition=30.0), steps=77)
    app = open_share("Link", scenario.to_query())
    (code,) = app.code
    assert f"?{code.value.partition('?')[2]}" == scenario.to_link()


@pytest.mark.parametrize("part", ["Picture", "Film"])
def test_nothing_heavy_is_made_before_it_is_asked_for(part: str) -> None:
    app = open_share(part)
    assert not app.get("download_button")
    assert not app.get("imgs")


def test_a_picture_is_made_when_asked_for_and_again_when_something_changes() -> None:
    app = open_share("Picture")
    draw = next(button for button in app.button if button.label == "Draw the picture")
    draw.click().run()
    assert not app.exception
    assert labels(app, "download_button")[0].startswith("Save the picture (")
    app.button_group(key="picture form").set_value("svg").run()
    assert not app.get("download_button"), "what was drawn is no SVG"


def test_what_is_done_in_the_list_while_a_film_is_made_gives_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for by_itself in (True, False):
        requests = ScriptRequests()
        monkeypatch.setattr(making, "get_script_run_ctx", lambda requests=requests: SimpleNamespace(script_requests=requests))
        assert not making._is_wanted_elsewhere()
        requests.request_rerun(RerunData(fragment_id="the list", is_auto_rerun=by_itself))
        assert requests.on_scriptrunner_yield() is None, "Streamlit itself does not interrupt a part of a page for that part"
        assert making._is_wanted_elsewhere() != by_itself


def test_a_pictures_own_size_is_typed_in_whole_pixels() -> None:
    app = open_share("Picture", "steps=3")
    app.selectbox(key="size 1280 × 720").set_value("Own size").run()
    for typed, why in (("640,5", "whole pixels, not 640,5"), ("1,280", "1.280 or 1280"), ("wide", "type one such as")):
        app.text_input(key="Width 1280 × 720").set_value(typed).run()
        assert [why in read(error) for error in app.error] == [True], typed
    app.text_input(key="Width 1280 × 720").set_value("640").run()
    assert not app.error
    assert "Draw the picture" in [button.label for button in app.button]


def test_a_long_table_is_made_with_a_bar_and_a_short_one_at_once() -> None:
    assert labels(open_share("Data"), "download_button") == ["Table (CSV)", "Arrays for NumPy (NPZ)"]
    long = open_share("Data", Scenario(starts=Choice.of("grid", n=400), steps=200).to_query())
    assert labels(long, "download_button") == ["Arrays for NumPy (NPZ)"]
    assert "Write the Table (CSV)" in [button.label for button in long.button]


@pytest.mark.parametrize("part", ["Page", "Data"])
def test_a_race_that_is_too_large_is_refused_in_words(part: str) -> None:
    app = open_share(part, Scenario(starts=Choice.of("anywhere", n=100_000), steps=10_000).to_query())
    assert any("can be shown; choose fewer starts or steps" in read(error) for error in app.error)


def test_code_says_when_torch_has_none_of_the_optimizers() -> None:
    app = open_share("Code", Scenario(optimizers=(Choice("newton"),)).to_query())
    assert not app.error, "it opens on what can be written"
    app.button_group(key="code, With this library").set_value("In PyTorch").run()
    assert [read(error) for error in app.error] == ["Newton is left out. torch.optim has no method that takes a Hessian."]


def test_a_pasted_link_or_file_restores_the_scenario_and_its_panels() -> None:
    view = View(Scenario(landscape=Choice.of("two_wells", left=4.0), optimizers=(Choice("adam"),)), ("map", "gradient"))
    for text in (link_to(view, "http://elsewhere.example"), to_file(view)):
        app = open_share("Open")
        app.text_input(key=key_of(app, "open text")).set_value(text).run()
        assert not app.exception
        assert kept(app).panels == view.panels
        assert shown(app) == view.scenario


def test_the_same_link_can_be_pasted_again() -> None:
    app = open_share("Open")
    for _ in range(2):
        app.text_input(key=key_of(app, "open text")).set_value(Scenario(steps=77).to_query()).run()
        assert shown(app) == Scenario(steps=77)
        assert app.text_input(key=key_of(app, "open text")).value == ""
        go_back(app, Scenario(steps=50).to_query())
        assert shown(app) == Scenario(steps=50)


def test_what_is_no_link_changes_nothing_and_is_refused_in_words() -> None:
    app = open_share("Open", Scenario(steps=50).to_query())
    app.text_input(key=key_of(app, "open text")).set_value("hello").run()
    assert [read(error) for error in app.error] == [
        "This is no link to a scenario: it should have ?landscape=... in it, as the address of this page has."
    ]
    assert (shown(app), kept(app).panels) == (Scenario(steps=50), DEFAULT_PANELS)
    app.text_input(key=key_of(app, "open text")).set_value('{"version": 9}').run()
    assert "version 9; this app reads up to version 1" in read(app.error[0])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"version": 1, "playlist": [{"title": "A", "scenario": {}}]}', "this is a playlist; open it under Playlist"),
        (b'{"version": 1, "name": "other"}', "this is no scenario file: nothing in it is a part of a scenario"),
        (b'{"version": 1}', "this is no scenario file: nothing in it is a part of a scenario"),
        (b"", "this file is empty"),
        (b"\xef\xbb\xbf \n", "this file is empty"),
        (b"\x89PNG\r\n\x1a\n", "this is no scenario file: it holds no text"),
        (b"\x00\x00", "this is no scenario file: "),
        (b"hello", "this is no scenario file: "),
        (b"x" * 1_000_001, "this has 1,000,001 letters"),
    ],
    ids=lambda part: str(part)[:30],
)
def test_a_file_that_is_no_scenario_is_refused_in_words_about_files(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}"):
        opened_file(content)


def test_a_file_with_a_byte_order_mark_opens() -> None:
    view = View(Scenario(steps=77), ("map",))
    assert opened_file(b"\xef\xbb\xbf" + to_file(view).encode()) == view
    assert opened("\ufeff" + to_file(view)) == view


def test_a_playlist_opened_as_a_scenario_changes_nothing() -> None:
    app = open_share("Open", Scenario(steps=50).to_query())
    app.text_input(key=key_of(app, "open text")).set_value('{"version": 1, "playlist": []}').run()
    assert [read(error) for error in app.error] == ["This is a playlist; open it under Playlist."]
    assert shown(app) == Scenario(steps=50)


def test_more_optimizers_than_the_page_has_room_for_are_left_out_and_that_is_said() -> None:
    many = Scenario(optimizers=(Choice("sgd"),) * 11 + (Choice("adam"), Choice("lion")))
    for text in (many.to_query(), to_file(View(many))):
        view = opened(text)
        assert view.scenario.optimizers == many.optimizers[:12]
        assert view.notes == ("only the first 12 of 13 optimizers can take part; the others were left out",)
        assert opened(link_to(view, "http://a.example")).notes == ()
    assert Scenario.from_query(many.to_query()) == Scenario.from_json(many.to_json()) == many


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("http://host", "http://host/"),
        ("http://host/", "http://host/"),
        ("http://host/race", "http://host/"),
        ("http://host/landscape", "http://host/"),
        ("http://host/network_sweeps/", "http://host/"),
        ("https://host/descent", "https://host/descent/"),
        ("https://host/descent/race", "https://host/descent/"),
        ("", ""),
    ],
)
def test_links_end_in_a_slash_also_behind_a_proxy_that_serves_a_path(url: str, home: str) -> None:
    assert home_of(url) == home


def test_the_numbers_of_a_film_and_a_picture_are_typed_exactly_and_refused_in_words() -> None:
    app = open_share("Film", "steps=30")
    box, slider = "film seconds typed", "film seconds"
    app.text_input(key=box).set_value("2,5").run()
    assert app.slider(key=key_of(app, slider)).value == 2.5
    app.text_input(key=key_of(app, box)).set_value("61").run()
    assert "from 1 to 60" in read(app.error[0])
    assert app.slider(key=key_of(app, slider)).value == 2.5
    app.slider(key=key_of(app, slider)).set_value(4.0).run()
    assert not app.error
    assert kept(app).chosen == {slider: 4.0}
    app.session_state["share part"] = "Picture"
    app.run()
    app.text_input(key="picture step 30 typed").set_value("12").run()
    assert app.slider(key=key_of(app, "picture step 30")).value == 12
    assert shown(app).steps == 30


def test_the_reference_names_the_version_and_the_link() -> None:
    app = open_share("Cite", Scenario(Choice("himmelblau"), steps=50).to_query())
    words, code = app.code
    assert code.value.startswith("@software{descent,")
    assert f"title   = {{{PROGRAM}: Himmelblau}}" in code.value
    assert "landscape=himmelblau" in code.value
    assert words.value.startswith(AUTHORS)
    assert "Himmelblau" in words.value
    (address,) = (line.partition("{")[2].rstrip("},") for line in code.value.splitlines() if line.strip().startswith("url"))
    assert words.value.endswith(f" {address}"), "what is copied is the link, letter for letter"
