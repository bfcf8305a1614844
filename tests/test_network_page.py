"""The page of networks: widgets change the experiment, the experiment is in the link, and what cannot be is said in words."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app_pages import own_data
from app_pages.network_controls import read_widths
from app_pages.picks import picked, picked_points
from app_pages.session import Session
from exports.network_data import training_to_csv
from exports.network_picture import TrainingPicture, training_film, training_picture
from exports.playlist import Entry, Playlist, from_link_text, from_playlist_file, title_of, to_link_text, to_playlist_file
from exports.size import Size
from scenario import Choice, Experiment, Scenario, View
from scenario.landscape_presets import LANDSCAPE_PRESETS, OPENING_LANDSCAPE
from scenario.network_panels import DEFAULT_NETWORK_PANELS, PANELS_WITHOUT_PLANE
from scenario.network_parts import OWN
from scenario.network_presets import NETWORK_PRESETS, OPENING_EXPERIMENT
from scenario.presets import OPENING
from scenario.text import query_of
from scenario.view import is_known, opened
from tests.test_pages import go_back, kept, key_of, open_page, read
from version import PROGRAM

pytestmark = pytest.mark.xdist_group("pages")
QUICK = Experiment(widths=(4,), steps=5, optimizers=(Choice.of("sgd", lr=0.1),))


def opened_page(query: str = QUICK.to_query(), *expanded: str) -> AppTest:
    """The page, with some of its expanders open."""
    app = open_page(query, "network")
    for key in expanded:
        app.session_state[f"expander {key}"] = True
    if expanded:
        app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> Experiment:
    """The experiment; the address always is a link to it."""
    experiment = kept(app).experiment
    pairs = [(name, value) for name, value in kept(app).address if is_known(name, Experiment)]
    assert Experiment.from_query(query_of(pairs)) == experiment
    return experiment


def test_the_first_screen_is_three_networks_that_differ_in_scale() -> None:
    app = opened_page("")
    assert shown(app) == OPENING_EXPERIMENT.scenario
    assert kept(app).panels == DEFAULT_NETWORK_PANELS
    assert "descent_trainer" in [element.proto.component_name for element in app.get("bidi_component")]
    assert read(app.markdown[0]) == f"# {OPENING_EXPERIMENT.title}"
    assert not app.error


def test_widgets_change_the_experiment_and_back_and_forward_undo_it() -> None:
    app = opened_page(QUICK.to_query(), "layers")
    app.slider(key_of(app, "depth")).set_value(3).run()
    assert shown(app).widths == (4, 4, 4)
    app.text_input(key_of(app, "width typed")).input("8").run()
    assert shown(app).widths == (8, 8, 8)
    app.text_input(key_of(app, "widths")).input("8, 4").run()
    assert shown(app).widths == (8, 4)
    go_back(app, QUICK.to_query())
    assert shown(app) == QUICK
    go_back(app, "")
    assert shown(app) == OPENING_EXPERIMENT.scenario
    assert kept(app).scenario == OPENING.scenario, "which is left alone"


def test_initializations_can_be_added_and_removed_and_optimizers_too() -> None:
    app = opened_page()
    app.session_state["add initialization"] = True
    app.run()
    app.button("add initial he").click().run()
    assert shown(app).initials == (Choice("xavier"), Choice("he"))
    app.session_state["add initialization"] = True
    app.run()
    app.button("add initial he").click().run()
    assert shown(app).initials[-1] == Choice.of("he", scale=10.0)
    app.session_state["expander initial 0 xavier"] = True
    app.run()
    app.button(key_of(app, "remove initial 0")).click().run()
    assert shown(app).initials == (Choice("he"), Choice.of("he", scale=10.0))
    app.session_state["add"] = True
    app.run()
    app.button("add adam").click().run()
    assert shown(app).optimizers == (Choice.of("sgd", lr=0.1), Choice("adam"))
    assert not app.error


def test_activation_data_and_presets_are_chosen() -> None:
    app = opened_page(QUICK.to_query(), "layers", "training", "regularization", "data", "measures")
    app.button_group(key=key_of(app, "activation")).set_value("relu").run()
    assert shown(app).activation == Choice("relu")
    app.toggle(key_of(app, "batch_norm")).set_value(True).run()
    assert shown(app).batch_norm
    app.button_group(key=key_of(app, "data")).set_value("blobs").run()
    assert shown(app).data == Choice("blobs")
    app.session_state["presets"] = True
    app.run()
    app.button("preset xor").click().run()
    assert shown(app) == NETWORK_PRESETS["xor"].scenario
    app.session_state["presets"] = True
    app.run()
    app.button("preset digits").click().run()
    assert kept(app).panels == PANELS_WITHOUT_PLANE, "64 inputs have no plane to draw a boundary on"
    app.session_state["presets"] = True
    app.run()
    app.button("preset xor").click().run()
    assert kept(app).panels == DEFAULT_NETWORK_PANELS
    assert read(app.caption[0]) == NETWORK_PRESETS["xor"].about
    for before, then in ((NETWORK_PRESETS["strengths"].panels, DEFAULT_NETWORK_PANELS), (("boundary", "gradient"),) * 2):
        kept(app).choose_panels(before)
        app.session_state["presets"] = True
        app.run()
        app.button("preset xor").click().run()
        assert kept(app).panels == then, "those of another preset go with it, those that the user has chosen stay"
    assert not app.error
    assert not app.exception


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("depth typed", "21", "depth = 21 is outside its range; choose a whole number from 0 to 20 layers"),
        ("width typed", "0", "choose a whole number from 1 to 512 units"),
        ("widths", "16, 900", "Hidden layer 2: width = 900 is outside its range"),
        ("widths", "16 and 8", "is no list of layers; write the units of each, separated by commas: 32, 16, 8"),
        ("batch typed", "1.5", "batch = 1.5 is outside its range; choose a whole number"),
        ("initials.0.scale typed", "-1", "scale = -1 is outside its range; choose a number from 0 to 1000"),
    ],
)
def test_what_cannot_be_is_said_at_its_widget_and_nothing_is_lost(name: str, typed: str, told: str) -> None:
    app = opened_page(QUICK.to_query(), "layers", "training", "initial 0 xavier")
    app.text_input(key_of(app, name)).input(typed).run()
    (problem,) = app.error
    assert told in read(problem)
    assert shown(app) == QUICK
    assert app.text_input(key_of(app, name)).value == typed


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"batch": 500}, "batch of 500 has more than the 200 examples; choose fewer, or 0 for all"),
        ({"widths": (512,) * 20}, "cannot be shown, at most 400,000 weights can; choose narrower layers"),
        ({"data": Choice.of("moons", n=10_000), "widths": (256, 256), "steps": 20_000}, "would take about"),
        ({"variants": (Choice("scratch"), Choice.of("scratch", batch=500))}, "batch of 500 has more than the 200 examples"),
        ({"variants": (Choice("scratch"), Choice("ten_digits"))}, "xamples of Ten digits have 64 inputs"),
        ({"variants": (Choice("scratch"),) * 12, "widths": (200, 200)}, "12 networks of 41,001 weights cannot be shown"),
        ({"optimizers": (Choice("newton"),), "widths": (32, 32)}, "Newton keeps a matrix of 1,185 x 1,185 numbers"),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_trained(changes: dict[str, Any], told: str) -> None:
    app = opened_page(QUICK.replace(**changes).to_query())
    assert told in read(app.error[0])
    assert not [element for element in app.get("bidi_component") if element.proto.component_name == "descent_trainer"]


def test_widths_are_read_as_people_write_them() -> None:
    assert read_widths("32, 16,8") == read_widths("32-16-8") == read_widths("32;16; 8") == (32, 16, 8)
    assert read_widths(" ") == ()


def test_own_data_are_typed_kept_and_told_of_where_they_cannot_be_used() -> None:
    app = opened_page()
    app.button_group(key=key_of(app, "data")).set_value(OWN).run()
    assert shown(app).table == own_data.example()
    assert not app.error
    good = "x, y, label\n0, 0, a\n1, 1, b\n0.5, 0, a\n1, 0.5, b\n"
    app.text_area(key_of(app, "table")).input(good).run()
    assert shown(app).table == good
    app.text_area(key_of(app, "table")).input(good + "7, b\n").run()
    assert "Row 6 (7, b) has 2 columns; each row must be: x, y, label" in read(app.error[0])
    assert shown(app).table == good
    assert app.text_area(key_of(app, "table")).value == good + "7, b\n"
    go_back(app, "data=own&initial=xavier&optimizer=sgd")  # as where they were too long for the address
    assert kept(app).experiment.table == good


BOTH = """
import streamlit as st
from app_pages import network, race
(race if st.query_params.get("page") == "race" else network).page()
"""


def test_race_and_network_keep_what_each_shows() -> None:
    app = AppTest.from_string(BOTH, default_timeout=60)
    for name, value in (("data", "moons"), ("steps", "5"), ("widths", "4")):
        app.query_params[name] = value
    app.run()
    app.text_input(key_of(app, "depth typed")).input("99").run()
    assert app.error
    app.query_params["page"] = "race"
    app.run()
    assert not app.exception
    assert not app.error  # what was wrong there is not said here
    assert kept(app).scenario == OPENING.scenario
    assert kept(app).experiment == Experiment(steps=5, widths=(4,))


@pytest.mark.parametrize("part", ["Picture", "Film", "Page", "Course", "Data", "Code", "Open"])
def test_a_training_can_be_taken_along(part: str) -> None:
    app = opened_page()
    app.session_state["share"] = True
    app.run()
    app.session_state["share part of networks"] = part
    app.run()
    assert not app.exception
    assert not app.error
    if part == "Code":
        assert "nn.Linear(2, 4), nn.Tanh()" in app.code[0].value


def test_the_table_of_a_training_reads_back_exactly() -> None:
    comparison = QUICK.train()
    lines = training_to_csv(comparison).splitlines()
    assert lines[0] == f"# {PROGRAM}: networks in training, Moons, 2-4-1 Tanh"
    rows = [line.split(",") for line in lines if not line.startswith("#")][1:]
    assert [float(row[2]) for row in rows] == comparison.runs[0].losses.tolist()
    assert [int(row[1]) for row in rows] == list(range(6))


def test_a_picture_and_a_film_show_what_the_networks_give() -> None:
    comparison = QUICK.replace(data=Choice.of("xor", n=40, test=10), optimizers=(Choice.of("adam", lr=0.3),), steps=30).train()
    picture = TrainingPicture(comparison, Size(320, 240))
    first, last = picture.pixels(0), picture.pixels(30)
    assert first.shape == (240, 320, 3)
    assert (first != last).any()
    (shown,) = picture.shown
    image = np.asarray(shown.moving[0].get_array())
    assert picture.inputs.plane is not None
    outputs = comparison.network.outputs(comparison.runs[0].weights[-1], picture.inputs.plane)[0, :, 0].reshape(image.shape[:2])
    blue, ochre = (image[np.unravel_index(pick(outputs), outputs.shape)].astype(int) for pick in (np.argmin, np.argmax))
    assert blue[2] > blue[0]
    assert ochre[0] > ochre[2]
    assert (image.astype(int) == 255).all(axis=2).sum() < image.size / 6, "hardly any place is left undecided"
    assert training_picture(comparison, "svg", Size(320, 240)).startswith(b"<?xml")
    film: Any = Image.open(io.BytesIO(training_film(comparison, "gif", Size(320, 240), seconds=2)))
    assert (film.size, film.n_frames) == ((320, 240), 31)
    film.seek(30)
    off = np.abs(np.asarray(film.convert("RGB")).astype(int) - last.astype(int)).max(axis=2)
    assert (off > 6).mean() < 0.04, "colours that are not there at the start are among those of the film, too"
    for wrong in (lambda: training_picture(comparison, "bmp", Size(320, 240)), lambda: picture.show(31)):
        with pytest.raises(ValueError, match=r"svg or pdf|steps 0 to 30"):
            wrong()


def test_what_another_page_shows_is_opened_there() -> None:
    now = Session(page="race")
    assert now.open(lambda: View(QUICK, ("depth",)))
    assert (now.leads_to, now.page, now.experiment, now.panels) == ("network", "network", QUICK, ("depth",))
    assert now.scenario == OPENING.scenario
    assert now.open(lambda: View(Scenario(steps=9)))
    assert (now.leads_to, now.page, now.scenario.steps) == ("race", "race", 9)
    assert not now.open(lambda: opened("nothing"))
    assert (now.page, now.problems["open"][:16]) == ("race", "This is no link ")


def test_variants_are_added_with_telling_numbers_changed_and_removed() -> None:
    app = opened_page()
    for name in ("batch", "batch", "frozen", "six_arms"):
        app.session_state["add variant"] = True
        app.run()
        app.button(f"vary {name}").click().run()
    first, *others = shown(app).variants
    assert first == Choice("scratch"), "the plain one that they are compared with"
    assert others == [Choice.of("scratch", batch=4), Choice.of("scratch", batch=16), Choice.of("scratch", frozen=1), Choice("six_arms")]
    app.session_state["expander variant 1"] = True
    app.run()
    app.text_input(key_of(app, "variants.1.batch typed")).input("400").run()
    assert any("batch of 400 has more than the 200 examples" in read(error) for error in app.error)
    app.text_input(key_of(app, "variants.1.batch typed")).input("8").run()
    assert dict(shown(app).variants[1].settings)["batch"] == 8
    app.selectbox(key_of(app, "variants.1.source")).set_value("six_arms").run()
    assert shown(app).variants[1] == Choice.of("six_arms", batch=8)
    for _ in range(3):
        app.button(key_of(app, "remove variant 1")).click().run()
    app.button(key_of(app, "remove variant 1")).click().run()
    assert shown(app).variants == (), "the plain one alone is none"
    assert not app.exception


def test_why_nothing_passes_stands_at_the_batch() -> None:
    app = opened_page(QUICK.replace(batch=1, batch_norm=True).to_query(), "training")
    assert any("nothing passes. Take at least 2." in caption.value for caption in app.caption)
    app.text_input(key_of(app, "batch typed")).input("2").run()
    assert not any("nothing passes" in caption.value for caption in app.caption)


def test_the_plane_is_chosen_and_points_of_it_are_typed_and_picked() -> None:
    app = open_page(f"{QUICK.to_query()}&show=landscape.loss", "landscape")
    app.session_state["expander plane"] = True
    app.run()
    app.text_input(key_of(app, "points")).input("1, 0.5; 2, 1").run()
    assert shown(app).points == ((1.0, 0.5), (2.0, 1.0))
    app.text_input(key_of(app, "points")).input("1").run()
    assert any("'1' is no point" in read(error) for error in app.error)
    assert shown(app).points == ((1.0, 0.5), (2.0, 1.0))
    app.selectbox(key_of(app, "plane")).set_value("random").run()
    assert (shown(app).plane, shown(app).points) == (Choice("random"), ()), "points of one plane are others on another"
    app.slider(key_of(app, "plane.seed")).set_value(3).run()
    assert shown(app).plane == Choice.of("random", seed=3)
    app.selectbox(key_of(app, "plane")).set_value("ends").run()
    assert not app.exception


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("start", ((3.0, 4.0),)), ("add", ((0.0, 1.0), (3.0, 4.0))), ("move", ((3.0, 4.0),))],
)
def test_a_click_on_the_landscape_starts_there(kind: str, expected: tuple[tuple[float, float], ...]) -> None:
    assert picked_points(((0.0, 1.0),), {"kind": kind, "at": [3, 4], "index": 0}) == expected
    assert picked(QUICK.replace(points=((0.0, 1.0),)), {"kind": kind, "at": [3, 4], "index": 0}) == QUICK.replace(points=expected)
    with pytest.raises(ValueError, match="no start number 3 to move; there are 1"):
        picked_points(((0.0, 1.0),), {"kind": "move", "at": [3, 4], "index": 2})


def test_the_page_of_real_landscapes_opens_with_one_and_has_a_desk_of_its_own() -> None:
    app = open_page("", "landscape")
    assert shown(app) == OPENING_LANDSCAPE.scenario
    assert kept(app).panels == OPENING_LANDSCAPE.panels
    assert read(app.markdown[0]) == f"# {OPENING_LANDSCAPE.title}"
    assert read(app.caption[0]).endswith("*Click with shift to add a start.*")
    app.session_state["presets"] = True
    app.run()
    app.button("preset local").click().run()
    assert shown(app) == LANDSCAPE_PRESETS["local"].scenario
    assert kept(app).desks["experiment"].setup == OPENING_EXPERIMENT.scenario, "the page of networks goes on with its own"
    go_back(app, QUICK.to_query())
    assert (shown(app), kept(app).panels) == (QUICK, QUICK.usual_panels), "which is what a link means that does not say"
    assert not app.error
    now = Session(page="race")
    assert now.open(lambda: View(QUICK, ("landscape", "loss")))
    assert now.leads_to == "landscape"


def test_a_playlist_holds_experiments_beside_scenarios() -> None:
    entries = [
        Entry(title_of(view), view)
        for view in (View(QUICK, QUICK.usual_panels), View(OPENING_EXPERIMENT.scenario, ("loss",)), View(OPENING.scenario))
    ]
    assert [entry.title for entry in entries] == ["Moons, 2-4-1 Tanh: SGD", OPENING_EXPERIMENT.title, OPENING.title]
    listed = Playlist(tuple(entries))
    assert from_playlist_file(to_playlist_file(listed)) == (listed, ())
    assert from_link_text(to_link_text(listed))[0].entries == listed.entries
    app = opened_page()
    kept(app).playlist = listed
    app.session_state["playlist"] = True
    app.run()
    app.button("entry show 1").click().run()
    assert shown(app) == OPENING_EXPERIMENT.scenario
    assert kept(app).panels == ("loss",)
    assert not app.error
    app.button("entry show 2").click().run()
    assert kept(app).scenario == OPENING.scenario
    assert not app.exception


def test_the_address_of_the_page_of_networks_holds_the_playlist() -> None:
    listed = Playlist((Entry("Quick", View(QUICK, ("loss",))), Entry("Opening", View(OPENING.scenario))))
    app = opened_page(query_of([("playlist", to_link_text(listed)), ("item", "1")]))
    assert kept(app).playlist == Playlist(listed.entries, 1)
    app.session_state["playlist"] = True
    app.run()
    app.button(key_of(app, "entry remove 1")).click().run()
    assert kept(app).playlist.entries == listed.entries[:1]
    assert dict(kept(app).address)["playlist"] == to_link_text(kept(app).playlist)
    for page in ("race", "landscape"):
        assert kept(app).settings[page]["playlist"] == to_link_text(kept(app).playlist), "links to other pages take it along"
    assert any("The address of this page holds the playlist" in caption.value for caption in app.caption)


def test_the_address_of_another_kind_of_page_leaves_what_is_shown() -> None:
    app = opened_page()
    go_back(app, "landscape=bowl&optimizer=sgd")
    assert shown(app) == QUICK
    assert not app.info
