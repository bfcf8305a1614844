"""The page's logic: widgets change the scenario, the scenario is in the link, and what cannot be is said in words."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

import landscapes
import optimizers
from app_pages import address, widgets
from app_pages.formula_box import reading
from app_pages.picks import picked, read_points
from app_pages.session import Session
from app_pages.settings import number_below
from exports.playlist import Entry, Playlist, to_link_text
from player.markdown import plain
from scenario import CUSTOM, Choice, Experiment, Scenario, View
from scenario.address import numbers
from scenario.lessons import lessons as course
from scenario.presets import OPENING, PRESETS
from scenario.text import query_of
from scenario.tuned_rates import changed_rates, with_tuned_rates
from scenario.view import is_known

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.xdist_group("pages")


def open_page(query: str = "", page: str = "race") -> AppTest:
    app = AppTest.from_string(f"from app_pages import {page}\n{page}.page()", default_timeout=60)
    for name, values in parse_qs(query, keep_blank_values=True).items():
        app.query_params[name] = values
    app.run()
    assert not app.exception
    return app


def kept(app: AppTest) -> Session:
    """What the app keeps for this tab."""
    session: Session = app.session_state["session"]
    return session


def read(element: Any) -> str:
    """What a browser shows of a message that was given as Markdown."""
    return unescaped(element.value).replace("\u2060", "")


def unescaped(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def key_of(app: AppTest, name: str) -> str:
    """The key of the widget with this name: another one whenever something else has changed what it shows."""
    number = kept(app).widgets[name].number
    return f"{name} {number}" if number else name


def go_back(app: AppTest, query: str) -> None:
    """Run the app as when the browser goes back to an address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(address, "went_back_or_forward", lambda: True)
        app.query_params.clear()
        for name, values in parse_qs(query, keep_blank_values=True).items():
            app.query_params[name] = values
        app.run()


def sent(app: AppTest) -> WidgetStates:
    """What a browser sends of its widgets with any message: what each of them shows, and of buttons only the one that was clicked."""
    states = WidgetStates()
    states.widgets.extend(widget for widget in app._tree.get_widget_states().widgets if widget.WhichOneof("value") != "trigger_value")
    return states


def open_expanded(query: str = "") -> AppTest:
    """The page with every expander open."""
    app = open_page(query)
    chosen = kept(app).scenario.optimizers
    for key in ("schedule", "noise", "starts", "measures", *(f"{index} {choice.name}" for index, choice in enumerate(chosen))):
        app.session_state[f"expander {key}"] = True
    open_additions(app)
    assert not app.exception
    return app


def open_additions(app: AppTest) -> None:
    """Open the list of optimizers to add, which closes with every choice."""
    app.session_state["add"] = True
    app.run()


def shown(app: AppTest) -> Scenario:
    scenario = kept(app).scenario
    pairs = [(name, value) for name, value in kept(app).address if is_known(name)]
    assert Scenario.from_query(query_of(pairs)) == scenario  # the address always is a link to what is shown
    return scenario


def test_the_browser_hears_of_each_time_that_a_page_is_drawn_though_nothing_is_another() -> None:
    app = open_page()
    first = kept(app).draws
    app.run()
    assert kept(app).draws == first + 1


def test_the_first_screen_is_a_race() -> None:
    app = open_page()
    assert shown(app) == OPENING.scenario
    shown_by = [element.proto.component_name for element in app.get("bidi_component")]
    own = ["landscape", "player", "playlist", "classroom", "page", "address", "kept"]
    assert shown_by == [f"descent_{name}" for name in own]
    assert not app.error


def test_landscapes_of_every_kind_can_be_opened_by_a_link() -> None:
    """`tests/test_figures.py` draws all of them."""
    app = open_page()
    for name in landscapes.names()[::5]:
        go_back(app, Scenario(landscape=Choice(name)).to_query())
        assert not app.exception, name
        assert shown(app).landscape.name == name
        assert not app.error, name


def test_the_seed_of_scattered_starts_and_of_the_noise_is_one_number_with_two_sliders() -> None:
    app = open_expanded("landscape=saddle&starts=cloud~n:5&noise=0.3")
    assert [slider.value for slider in app.slider if slider.label == "Seed"] == [0, 0]
    for name, seed in (("seed", 7), ("seed of the noise", 9)):
        app.slider(key_of(app, name)).set_value(seed).run()
        assert not app.exception
        assert shown(app).seed == seed
        assert [slider.value for slider in app.slider if slider.label == "Seed"] == [seed, seed]


def test_every_optimizer_can_race() -> None:
    app, names = open_page(), optimizers.names()
    for first in range(0, len(names), 8):
        entrants = tuple(Choice(name) for name in names[first : first + 8])
        go_back(app, Scenario(optimizers=entrants).to_query())
        assert not app.exception, entrants
        assert shown(app).optimizers == entrants
        assert not app.error, entrants


def test_choosing_a_landscape_moves_the_start_and_suits_the_learning_rates() -> None:
    app = open_page(Scenario(points=((1.0, 1.0),)).to_query())
    before = shown(app)
    app.button_group(key="kind").set_value("local minima").run()
    scenario = shown(app)
    assert scenario.landscape == Choice("himmelblau")
    assert scenario.points == ()
    assert scenario.optimizers != Scenario().optimizers
    assert with_tuned_rates(scenario) == scenario, "its rates are those that serve best on this landscape"
    assert (scenario.race().runs[0].diverged_at == -1).all()
    (note,) = [read(note) for note in app.info if "learning rates" in read(note)]
    assert note == f"The learning rates were tuned to Himmelblau: {changed_rates(before, scenario)}."
    kept(app).change("points", lambda now: now.replace(points=((1.0, 2.0),)))
    app.run()
    assert note in [read(note) for note in app.info], "another start leaves the picture under it where it is"
    scenario = shown(app)
    app.button(key="undo tuning").click().run()
    assert shown(app) == scenario.replace(optimizers=before.optimizers), "one click brings the rates back, and the landscape stays"
    assert not app.info
    assert "undo tuning" not in {button.key for button in app.button}


def test_a_slider_changes_its_parameter_and_nothing_else() -> None:
    app = open_expanded()
    app.select_slider(key="landscape.condition").set_value(100.0).run()
    assert shown(app) == OPENING.scenario.replace(landscape=Choice.of("ravine", condition=100.0))
    app.select_slider(key="optimizers.4.lr").set_value(0.2).run()
    assert shown(app).optimizers[4] == Choice.of("adam", lr=0.2)
    app.slider(key="landscape.angle").set_value(30.0).run()
    assert shown(app).landscape == Choice.of("ravine", condition=100.0, angle=30.0)


def test_a_value_beyond_the_slider_is_kept_and_shown() -> None:
    app = open_expanded("optimizer=sgd~lr:12345&landscape=ravine~condition:5000")
    assert app.select_slider(key="optimizers.0.lr").value == 12345.0
    assert shown(app).landscape == Choice.of("ravine", condition=5000.0)


def test_every_number_can_be_typed_exactly() -> None:
    app = open_expanded()
    for at, typed, value in (
        ("optimizers.4.lr", "0.203", 0.203),
        ("optimizers.4.lr", "0,204", 0.204),
        ("optimizers.4.lr", "1/3", 1 / 3),
        ("optimizers.4.lr", " 2e-3 ", 0.002),
        ("landscape.angle", "−2,5", -2.5),
        ("landscape.angle", "30°", 30.0),
        ("steps", "137", 137),
    ):
        app.text_input(key=f"{at} typed").set_value(typed).run()
        assert not app.error, typed
        assert numbers(shown(app))[at].value == value
        assert app.text_input(key=f"{at} typed").value == typed, "the box, and the focus in it, stay as they are"
        sliders = {slider.key: slider.value for slider in (*app.slider, *app.select_slider)}
        assert sliders[key_of(app, at)] == value


def test_a_number_that_cannot_be_used_is_refused_in_words_and_stays_as_typed() -> None:
    app = open_expanded("landscape=own~k:1&formula=k*x**2%2By**2&window=-1,1,-1,1")
    before = shown(app)
    for name, typed, why in (
        ("landscape.k", "1,234", "1.234 or 1234"),
        ("landscape.k", "2 500", "write 2500"),
        ("landscape.k", "steep", "type one such as 0.203"),
        ("landscape.k", "", "There is no number"),
        ("landscape.k", "1/0", "divides by 0"),
        ("landscape.k", "1e7", "choose a number from"),
        ("steps", "12,5", "choose a whole number from 1"),
        ("noise", "5 %", "write 0.05"),
        ("window x to", "2,5,1", "is no number"),
    ):
        box, kept_as = f"{name} typed", {"steps": "200", "landscape.k": "1", "noise": "0", "window x to": "1"}[name]
        app.text_input(key=key_of(app, box)).set_value(typed).run()
        assert why in read(app.error[0]), typed
        assert app.text_input(key=key_of(app, box)).value == typed
        assert shown(app) == before
        app.text_input(key=key_of(app, box)).set_value(kept_as).run()
        assert not app.error, typed


def test_the_slider_of_a_formulas_parameter_stays_the_same_one_while_it_is_moved() -> None:
    """Another one would take the focus, and the next press of an arrow key, away."""
    app = open_page("landscape=own~k:2&formula=x**2%2Bk*y**2")
    app.slider(key="landscape.k").set_value(3.0).run()
    app.slider(key="landscape.k").set_value(4.0).run()
    assert dict(shown(app).landscape.settings) == {"k": 4.0}
    assert app.text_input(key=key_of(app, "landscape.k typed")).value == "4"


def test_optimizers_are_added_and_removed() -> None:
    app = open_expanded()
    app.button(key="add adagrad").click().run()
    assert [choice.name for choice in shown(app).optimizers][-1] == "adagrad"
    app.button(key=key_of(app, "remove 0")).click().run()
    assert "sgd" not in [choice.name for choice in shown(app).optimizers]
    open_additions(app)
    app.button(key="add adam").click().run()
    rates = [optimizer.values["lr"] for optimizer in shown(app).build_optimizers() if optimizer.key == "adam"]
    assert len(set(rates)) == 2


def test_a_method_is_found_by_its_name_among_all_and_every_one_has_a_button() -> None:
    app = open_expanded()
    found = app.selectbox(key="find a method")
    assert found.options == [optimizers.get(name).name for name in optimizers.names()]
    found.set_value("l_bfgs").run()
    assert shown(app).optimizers[-1].name == "l_bfgs"
    assert not [box for box in app.selectbox if str(box.key).startswith("find a method")], "the list closes with a choice"
    open_additions(app)
    assert app.selectbox(key=key_of(app, "find a method")).value is None, "ready for the next one"
    for name in optimizers.names():
        assert app.button(key=f"add {name}").label == optimizers.get(name).name


def test_a_rate_is_changed_in_mid_run_and_gradients_are_clipped() -> None:
    app = open_expanded("optimizer=adam~lr:0.1&optimizer=rprop&steps=120")
    assert not [toggle for toggle in app.toggle if str(toggle.key).startswith("change 1")], "Rprop's steps read no rate"
    app.toggle(key="change 0 adam").set_value(True).run()
    assert dict(shown(app).optimizers[0].settings)["change_at"] == 60
    assert "From step 60 on the learning rate is 0.01 in place of 0.1." in [caption.value for caption in app.caption]
    app.text_input(key=f"{key_of(app, 'optimizers.0.change_at typed')}").set_value("200").run()
    assert any("after the last step, 120" in caption.value for caption in app.caption)
    app.toggle(key=key_of(app, "change 0 adam")).set_value(False).run()
    assert "change_at" not in dict(shown(app).optimizers[0].settings)
    app.slider(key="clip_norm").set_value(2.0).run()
    assert shown(app).clip_norm == 2.0
    assert [optimizer.clipping for optimizer in shown(app).build_optimizers()] == [{"clip_norm": 2.0}] * 2


def click_twice(app: AppTest, name: str) -> None:
    """Click a button twice before the browser has drawn what the first click did."""
    app.button(key=key_of(app, name)).click()
    clicked = app._tree.get_widget_states()
    app._run(clicked)
    app._run(clicked)
    assert not app.exception


@pytest.mark.parametrize("query", ["optimizer=sgd&optimizer=adam&optimizer=lion", "optimizer=sgd&optimizer=sgd&optimizer=sgd"])
def test_a_double_click_removes_one_optimizer(query: str) -> None:
    app = open_expanded(query)
    click_twice(app, "remove 0")
    assert [choice.name for choice in shown(app).optimizers] == query.replace("optimizer=", "").split("&")[1:]


def test_a_button_does_nothing_to_other_things_than_those_it_was_drawn_with(monkeypatch: pytest.MonkeyPatch) -> None:
    session, things = Session(), ["a", "b"]
    monkeypatch.setattr(widgets, "session", lambda: session)
    clicked = widgets.acts_on("remove", lambda: tuple(things), lambda: things.pop(0))["on_click"]
    clicked()
    clicked()
    assert things == ["b"]


def test_the_last_optimizer_cannot_be_removed() -> None:
    app = open_expanded("optimizer=sgd")
    assert not [button for button in app.button if button.label == "Remove"]


def test_a_formula_of_ones_own() -> None:
    app = open_page()
    app.button_group(key="kind").set_value(landscapes.OWN_FORMULA).run()
    app.text_area(key=key_of(app, "own formula")).set_value("a*x**2 + (y - b)**2").run()
    scenario = shown(app)
    assert scenario.landscape == Choice.of(CUSTOM, a=1.0, b=1.0)
    assert scenario.formula == "a*x**2 + (y - b)**2"
    assert "(y - b)**2. Click the map" in read(app.caption[0]).replace("*Click", "Click"), "two sentences"
    app.slider(key=key_of(app, "landscape.a")).set_value(4.0).run()
    assert dict(shown(app).landscape.settings)["a"] == 4.0
    app.text_area(key=key_of(app, "own formula")).set_value("name*x**2 + self*y**2 + cls").run()
    app.slider(key=key_of(app, "landscape.self")).set_value(3.0).run()
    assert shown(app).landscape == Choice(CUSTOM, (("cls", 1.0), ("name", 1.0), ("self", 3.0)))


def test_what_is_understood_of_a_formula_stands_under_its_box() -> None:
    app = open_page("landscape=own~k:2&formula=x²%2Bk|y|&l2=1")

    def shown() -> str:
        (formula,) = (text.value.strip("$") for text in app.markdown if text.value.startswith("$f(x, y)"))
        return str(formula)

    assert shown().startswith(r"f(x, y) = x^{2} + k\, \left|y\right| + \lambda_2"), "what is raced on, with its penalty"
    app.text_area(key="own formula").set_value("xy + 2x").run()
    found = reading("xy + 2x", Scenario())
    assert shown().startswith(f"f(x, y) = {found.latex} + "), "what is raced on is what was read"


@pytest.mark.parametrize(
    ("text", "latex", "parameters", "problem"),
    [
        ("2x", r"2\, x", (), ""),
        ("xy + sin 2x", r"x\, y + \sin\left(2\, x\right)", (), ""),
        ("α x² + k*y", r"\alpha\, x^{2} + k\, y", ("alpha", "k"), ""),
        ("xy*x + z", r"\mathrm{xy}\, x + z", ("xy", "z"), ""),
        ("x**", "", (), "The formula ends at column 4 where a number, a name or a parenthesis should follow."),
        ("k + 1", "", (), "The formula has neither x nor y in it"),
        ("", "", (), "The formula is empty"),
    ],
)
def test_a_formula_is_read_before_it_is_applied(text: str, latex: str, parameters: tuple[str, ...], problem: str) -> None:
    own = Scenario(landscape=Choice.of(CUSTOM, xy=3.0), formula="xy*x") if parameters == ("xy", "z") else Scenario()
    found = reading(text, own)
    assert (found.latex, found.parameters) == (latex, parameters)
    assert found.problem.startswith(problem)


def test_a_bad_formula_is_explained_and_nothing_is_lost() -> None:
    app = open_page(Scenario(landscape=Choice(CUSTOM), formula="x**2 + 2*y**2", window=((-1, 1), (-1, 1))).to_query())
    before = shown(app)
    for text in ("x**", "x.real", "foo(x)", "", "9**9**9**9", "log(-1 - x**2)", "x" * 501):
        app.text_area(key=key_of(app, "own formula")).set_value(text).run()
        assert not app.exception, text
        assert len(app.error) == 1, text
        assert app.text_area(key=key_of(app, "own formula")).value == text
        assert shown(app) == before
        app.text_area(key=key_of(app, "own formula")).set_value("x**2 + y**4").run()
        assert not app.error, text
        assert shown(app).formula == "x**2 + y**4"
        go_back(app, before.to_query())
        assert shown(app) == before


def test_a_bad_window_is_explained() -> None:
    app = open_page(Scenario(landscape=Choice(CUSTOM), formula="x**2 + 2*y**2", window=((-1, 1), (-1, 1))).to_query())
    app.text_input(key="window x to typed").set_value("-3").run()
    assert "window" in read(app.error[0])
    app.text_input(key=key_of(app, "window x to typed")).set_value("3").run()
    assert not app.error
    assert shown(app).window == ((-1.0, 3.0), (-1.0, 1.0))


def test_starts_can_be_typed() -> None:
    app = open_expanded()
    app.text_input(key="points").set_value("1, 0.5; -2, 1").run()
    assert shown(app).points == ((1.0, 0.5), (-2.0, 1.0))
    app.text_input(key="points").set_value("1; 2").run()
    assert "no point" in read(app.error[0])
    assert shown(app).points == ((1.0, 0.5), (-2.0, 1.0))


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("-3, 1; 2, 0.5", ((-3.0, 1.0), (2.0, 0.5))),
        ("−3,5, 1; 2, 0,5", ((-3.5, 1.0), (2.0, 0.5))),
        ("1,2;1/2,pi", ((1.0, 2.0), (0.5, math.pi))),
        ("", ()),
    ],
)
def test_points_are_read_as_people_write_numbers(text: str, points: tuple[tuple[float, float], ...]) -> None:
    assert read_points(text) == points


def test_a_change_of_the_scenario_ends_the_problems_of_what_was_before() -> None:
    app = open_expanded()
    app.text_input(key="points").set_value("1, 2, 3").run()
    assert len(app.error) == 1
    app.select_slider(key="landscape.condition").set_value(50.0).run()
    assert len(app.error) == 1  # what was typed is not lost with a change of something else
    assert app.text_input(key="points").value == "1, 2, 3"
    app.button_group(key="pattern").set_value("ring").run()
    assert not app.error
    app.button_group(key=key_of(app, "pattern")).set_value("points").run()
    assert not app.error
    assert app.text_input(key=key_of(app, "points")).value == "-3.5, 1"


def test_a_formula_that_cannot_be_used_is_not_lost_with_a_change_of_something_else() -> None:
    app = open_expanded("landscape=own~k:2&formula=x**2%2Bk*y**2&optimizer=sgd")
    app.text_area(key="own formula").set_value("x**2 + foo(").run()
    assert len(app.error) == 1
    for slider, value in (("optimizers.0.lr", 0.01), ("landscape.k", 3.0)):
        widget = next(widget for widget in (*app.slider, *app.select_slider) if widget.key == slider)
        widget.set_value(value).run()
        assert not app.exception
        assert len(app.error) == 1
        assert app.text_area(key=key_of(app, "own formula")).value == "x**2 + foo("
    assert shown(app).optimizers[0] == Choice.of("sgd", lr=0.01)
    assert dict(shown(app).landscape.settings) == {"k": 3.0}


def test_a_problem_stays_where_the_scenario_does() -> None:
    session = Session()
    session.change("pick", lambda now: now.replace(points=((1e9, 0.0),)))
    session.change("edit playlist", lambda now: now)
    assert list(session.problems) == ["pick"]
    session.change("window", lambda now: now.replace(steps=0))
    assert list(session.problems) == ["pick", "window"]
    session.change("pattern", lambda now: now.replace(starts=Choice("ring")))
    assert not session.problems


SETTINGS: list[tuple[Callable[[AppTest], object], dict[str, Any]]] = [
    (lambda app: app.button_group(key="pattern").set_value("ring"), {"starts": Choice("ring")}),
    (lambda app: app.selectbox(key="schedule").set_value("cosine"), {"schedule": Choice("cosine")}),
    (lambda app: app.slider(key="noise").set_value(0.5), {"noise": 0.5}),
    (lambda app: app.slider(key="l2").set_value(1.0), {"l2": 1.0}),
    (lambda app: app.select_slider(key="steps").set_value(500), {"steps": 500}),
]


@pytest.mark.parametrize(("move", "expected"), SETTINGS)
def test_every_part_of_the_scenario_has_its_widget(move: Callable[[AppTest], object], expected: dict[str, Any]) -> None:
    app = open_expanded()
    move(app)
    app.run()
    assert not app.exception
    assert shown(app) == OPENING.scenario.replace(**expected)


def test_a_broken_link_opens_the_nearest_scenario_and_says_so() -> None:
    app = open_page("landscape=ravine~condition:1e9&optimizer=adamm&optimizer=sgd")
    assert shown(app) == Scenario(landscape=Choice.of("ravine", condition=1e4), optimizers=(Choice("sgd"),))
    told = " ".join(read(note) for note in app.info)
    assert "1e9" in told
    assert "adamm" in told


def test_what_a_link_says_is_shown_letter_for_letter() -> None:
    name = "![x](http://198.51.100.1/x.png) $x$ :smile: :red[y] <b> `a` **c** # d &amp;"
    app = open_page(urlencode({"landscape": name}))
    assert f"There is no landscape '{name}'; it was left out" == read(app.info[0])
    assert not re.search(r"(?<!\\)[][!(){}$:<>`~*_#&|]", app.info[0].value)


@pytest.mark.parametrize("text", ["http://a.example/b", "see HTTPS://a.example", "(www.a.example)", "a.b+c@d.example", "x**2*y http://a"])
def test_no_address_in_a_message_becomes_a_link(text: str) -> None:
    """Streamlit looks for addresses in what is left when the escapes are gone."""
    shown = unescaped(plain(text))
    assert shown.replace("\u2060", "") == text
    assert not re.search(r"https?://|www\.|[-.\w+]@", shown, re.IGNORECASE)


@pytest.mark.parametrize("query", ["follow={0}.{0}&show=map.step", "playlist={1}&item={0}", "lesson=descent&at=0&said={0}"])
def test_however_many_digits_a_link_has_the_page_opens(query: str) -> None:
    entries = (Entry("One", View(Scenario())),)
    app = open_page(query.format("9" * 5000, to_link_text(Playlist(entries))), "lessons" if "lesson" in query else "race")
    assert kept(app).playlist.at == 0


def test_a_number_in_a_link_is_one_below_a_count() -> None:
    assert [number_below(12, text) for text in ("0", "11", "12", "", "-1", "٣", "²", "9" * 5000)] == [0, 11, *[None] * 6]


@pytest.mark.parametrize(
    ("query", "lesson", "stop"),
    [
        ("lesson=saddles&at=99", "saddles", 0),
        ("at=2", "descent", 2),
        ("lesson=ravine&at=1", "ravine", 1),
        ("lesson=ravine&at=٣", "ravine", 0),
        ("lesson=initialization&at=3", "initialization", 3),
    ],
)
def test_a_link_to_a_stop_of_a_lesson_without_a_scenario_plays_it(query: str, lesson: str, stop: int) -> None:
    app = open_page(query, "lessons")
    assert kept(app).setup == course()[lesson].stops[stop].scenario
    assert kept(app).panels == course()[lesson].stops[stop].show
    assert kept(app).settings["lessons"]["at"] == str(stop)
    assert any("is no picture of this lesson" in note.value for note in app.info) == (f"at={stop}" not in query)


def test_a_link_to_a_stop_of_a_lesson_with_a_scenario_shows_that() -> None:
    app = open_page(f"{Scenario(steps=77).to_query()}&lesson=ravine&at=1", "lessons")
    assert shown(app) == Scenario(steps=77)


def test_lessons_turn_from_races_to_networks_and_back() -> None:
    app = open_page("lesson=two-weights", "lessons")
    opened = kept(app).scenario
    assert "Noise, clipping, penalty" in [part.label for part in app.sidebar.expander]
    app.button(key="next lesson").click().run()
    assert "Regularization, noise, seed" in [part.label for part in app.sidebar.expander], "what is set there is a race's no more"
    stop = course()["initialization"].scenario
    assert kept(app).setup == kept(app).experiment == stop
    assert kept(app).panels == course()["initialization"].show
    assert Experiment.from_query(query_of([pair for pair in kept(app).address if is_known(pair[0], Experiment)])) == stop
    app.button(key="previous lesson").click().run()
    assert kept(app).setup == opened


def test_an_error_shows_what_was_typed() -> None:
    app = open_page(Scenario(landscape=Choice(CUSTOM), formula="x**2 + 2*y**2").to_query())
    app.text_area(key=key_of(app, "own formula")).set_value("x**2 + 3*y**2 + foo(x**2)").run()
    assert re.search(r"(?<!\\)[*_]", app.error[0].value) is None


def test_a_race_too_large_to_show_is_refused_in_words() -> None:
    app = open_page(Scenario(starts=Choice.of("grid", n=100_000), steps=100_000).to_query())
    assert "at most" in read(app.error[0])
    assert "fewer" in read(app.error[0])


# ---- what is picked on a map


def test_a_click_starts_there_and_only_there() -> None:
    scenario = picked(Scenario(points=((1.0, 1.0), (2.0, 0.0))), {"kind": "start", "at": [-1.5, 0.25]})
    assert scenario == Scenario(points=((-1.5, 0.25),))


def test_a_click_with_shift_adds_a_start_to_those_there_are() -> None:
    scenario = picked(Scenario(), {"kind": "add", "at": [-1.5, 0.25]})
    assert scenario.points == (Scenario().build_landscape().start, (-1.5, 0.25))
    ring = picked(Scenario(starts=Choice.of("ring", n=5)), {"kind": "add", "at": [-1.5, 0.25]})
    assert ring.starts == Choice("points")
    assert len(ring.points) == 6


def test_too_many_starts_to_add_one_are_explained() -> None:
    with pytest.raises(ValueError, match=r"one more start cannot be added to 400; the most that can be set one by one are 200"):
        picked(Scenario(starts=Choice.of("grid", n=400)), {"kind": "add", "at": [0, 0]})


def test_a_start_is_moved() -> None:
    scenario = picked(Scenario(points=((1.0, 1.0), (2.0, 0.0))), {"kind": "move", "index": 1, "at": [0.5, -0.5]})
    assert scenario.points == ((1.0, 1.0), (0.5, -0.5))


def test_a_start_that_is_gone_is_not_moved() -> None:
    with pytest.raises(ValueError, match=r"there is no start number 3 to move; there are 1"):
        picked(Scenario(), {"kind": "move", "index": 2, "at": [0.5, -0.5]})


@pytest.mark.parametrize("pattern", ["ring", "cloud"])
def test_a_click_moves_the_middle_of_a_pattern(pattern: str) -> None:
    scenario = picked(Scenario(starts=Choice.of(pattern, n=7)), {"kind": "start", "at": [1.0, 0.5]})
    assert scenario.starts == Choice.of(pattern, n=7.0, x=1.0, y=0.5)


@pytest.mark.parametrize("pattern", ["grid", "anywhere"])
def test_a_click_takes_the_place_of_starts_all_over_the_window(pattern: str) -> None:
    assert picked(Scenario(starts=Choice.of(pattern, n=50)), {"kind": "start", "at": [1.0, 0.5]}) == Scenario(points=((1.0, 0.5),))


# ---- the panels


def test_the_panels_are_part_of_the_link() -> None:
    app = open_page("show=map.gradient")
    assert kept(app).panels == ("map", "gradient")
    app.session_state["views"] = True  # the list is open
    app.run()
    app.button_group(key="views Over the steps").set_value(["loss"]).run()
    assert kept(app).panels == ("map", "loss"), "the views of the other groups stay"
    app.button_group(key="views The landscape").set_value([]).run()
    assert kept(app).panels == ("loss",)
    assert app.query_params["show"] == "loss"


def test_a_note_on_what_was_done_goes_with_the_next_change_one_on_a_link_when_it_is_closed() -> None:
    app = open_page("landscape=ravine~condition:1e9")
    kept(app).tell("The rates were tuned.")
    app.run()
    assert "tuned" in read(app.info[0])
    app.select_slider(key="landscape.condition").set_value(50.0).run()
    assert "tuned" not in read(app.info[0])
    assert "1e9" in read(app.info[0])
    app.button(key="close notes").click().run()
    assert not app.info


def test_what_a_preset_shows_is_said_under_the_title_until_the_scenario_is_another() -> None:
    app = open_page(PRESETS["valley"].scenario.to_query())
    assert PRESETS["valley"].about in read(app.caption[0])
    before = len(app.sidebar.caption)
    kept(app).change("steps", lambda now: now.replace(steps=123))
    app.run()
    assert PRESETS["valley"].about not in read(app.caption[0])
    assert len(app.sidebar.caption) == before, "a slider that was let go has not moved away"


def test_only_what_is_chosen_is_lit_and_what_a_landscape_is_about_is_said_once() -> None:
    for name, lit in (("ravine", "ravine"), ("rosenbrock", None), ("himmelblau", "local minima")):
        app = open_page(Scenario(landscape=Choice(name)).to_query())
        assert app.button_group(key="kind").value == lit
        assert sum(landscapes.get(name).about in read(caption) for caption in app.caption) == 1
    app.button_group(key=key_of(app, "kind")).set_value("ravine").run()
    assert shown(app).landscape.name == "ravine"
    app = open_page(Scenario(landscape=Choice("rosenbrock")).to_query(), "sweeps")
    assert sum(landscapes.get("rosenbrock").about in read(caption) for caption in app.caption) == 1


def test_an_unknown_panel_is_named() -> None:
    app = open_page("show=map.hologram")
    assert kept(app).panels == ("map",)
    assert "hologram" in read(app.info[0])


# ---- the address


def test_an_address_is_taken_for_a_wish_only_where_the_browser_went_back_or_forward() -> None:
    app = open_expanded()
    app.select_slider(key="steps").set_value(500).run()
    app.query_params.clear()  # what a browser still sends that has not heard of the new address
    app.session_state["expander measures"] = False  # with a widget that changes nothing of what is shown
    app.run()
    assert shown(app).steps == 500
    go_back(app, "steps=100")
    assert shown(app).steps == 100
    app.run()
    assert shown(app).steps == 100


TWO_PAGES = """
import streamlit as st
from app_pages import lessons, race
(lessons if st.session_state.get("where") == "lessons" else race).page()
"""


def test_the_way_back_from_a_lesson_leads_to_the_race_before_it() -> None:
    app = AppTest.from_string(TWO_PAGES, default_timeout=60)
    app.query_params["landscape"] = "rosenbrock"
    app.run()
    app.session_state["where"] = "lessons"
    app.run()
    assert kept(app).scenario.landscape.name == "himmelblau"
    app.session_state["where"] = "race"
    go_back(app, "landscape=rosenbrock")
    assert shown(app).landscape.name == "rosenbrock"


MENU = """
import streamlit as st
from app_pages import course, lessons, race
where = st.session_state.get("where")
st.session_state["menu"] = sorted(course.pairs()) if where != "lessons" and "session" in st.session_state else st.session_state.get("menu")
(lessons if where == "lessons" else race).page()
"""


def test_the_menu_leads_to_the_very_address_that_the_lesson_has() -> None:
    """Otherwise it would be written anew on arrival, and the way back would lead to the address before that."""
    app = AppTest.from_string(MENU, default_timeout=60)
    app.query_params["landscape"] = "rosenbrock"
    app.run()
    app.run()
    app.session_state["where"] = "lessons"
    app.run()
    assert app.session_state["menu"] == sorted(kept(app).address)


# ---- where Streamlit keeps it


def touches_session_state(source: str) -> list[int]:
    """The lines of a module that read or write Streamlit's own session state."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr == "session_state")
        or (isinstance(node, ast.alias) and node.name == "session_state")
        or (isinstance(node, ast.Constant) and node.value == "session_state")
    ]


@pytest.mark.parametrize("path", [ROOT / "app.py", *sorted((ROOT / "app_pages").glob("*.py"))], ids=lambda path: path.name)
def test_only_the_session_touches_streamlits_own_state(path: Path) -> None:
    assert bool(touches_session_state(path.read_text(encoding="utf-8"))) == (path.name == "session.py")


@pytest.mark.parametrize(
    "source",
    ["import streamlit as st\nst.session_state['a'] = 1", "from streamlit import session_state as kept", "getattr(st, 'session_state')"],
)
def test_the_checker_sees_every_way_to_touch_it(source: str) -> None:
    assert touches_session_state(source)


# ---- what the browser knows of the widgets


def test_a_widget_is_another_one_exactly_where_the_browser_does_not_know_what_it_shows() -> None:
    session = Session()
    first = session.drawn("rate", 0.1)
    assert session.drawn("rate", 0.1) is first
    assert session.take_report("rate", first, 0.2)
    assert session.drawn("rate", 0.2) is first, "the browser has said so itself"
    assert session.drawn("rate", 0.1) is not first, "what it said was refused, or changed since"


def test_a_widget_for_several_options_stays_whatever_the_order_they_were_chosen_in() -> None:
    session = Session()
    first = session.drawn("views", ["map", "loss"])
    assert session.drawn("views", ["loss", "map"]) is first
    assert session.drawn("views", ["loss"]) is not first


def test_what_a_widget_showed_already_is_no_wish_and_anything_else_is() -> None:
    session = Session()
    before = session.drawn("surface", "ravine")
    session.drawn("surface", "saddle")  # something else has changed it, and the browser has not drawn that yet
    assert not session.take_report("surface", before, "ravine")
    assert session.take_report("surface", before, "plateau"), "a click made in that moment counts"


def test_a_wish_for_something_that_is_gone_is_none() -> None:
    session = Session()
    before = session.drawn("optimizers.0.lr", 0.1, "SGD's")
    session.drawn("optimizers.0.lr", 0.1, "Adam's")
    assert not session.take_report("optimizers.0.lr", before, 0.5)


@pytest.mark.parametrize(
    "query", ["", "landscape=rosenbrock&starts=ring~n:5&schedule=cosine&noise=0.2&optimizer=adam~lr:0.3&show=map.gradient"]
)
def test_what_a_browser_still_sends_of_its_widgets_changes_nothing(query: str) -> None:
    """A preset changes what nearly every widget shows; the browser's next message holds what they all showed before."""
    app = open_expanded(query)
    app.session_state["presets"] = True
    app.run()
    before = sent(app)
    assert len(before.widgets) > 15
    app.button(key="preset valley").click().run()
    assert shown(app) == PRESETS["valley"].scenario
    panels = kept(app).panels
    app._run(before)
    assert not app.exception
    assert shown(app) == PRESETS["valley"].scenario
    assert kept(app).panels == panels
    assert not app.error


def test_a_click_made_before_the_browser_has_drawn_a_change_counts() -> None:
    app = open_page()
    app.session_state["presets"] = True
    app.run()
    app.button_group(key="kind").set_value("saddle")
    clicked = sent(app)  # sent a moment after the preset was chosen
    app.button_group(key="kind").set_value("ravine")
    app.button(key="preset valley").click().run()
    app._run(clicked)
    assert shown(app).landscape.name == "saddle"


def test_a_refused_value_is_shown_as_it_was() -> None:
    app = open_page(Scenario(landscape=Choice(CUSTOM), formula="x**2 + 2*y**2", window=((-1, 1), (-1, 1))).to_query())
    app.text_input(key="window x to typed").set_value("-3").run()
    assert app.text_input(key=key_of(app, "window x to typed")).value == "1"
    app.run()
    assert "window" in read(app.error[0])


def test_a_page_asked_for_while_another_run_ends_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is just being ended may write its own page where `st.navigation` looks, after the click has written the one asked for."""
    app = AppTest.from_file("../app.py", default_timeout=60).run()
    menu = {link.proto.label: link.proto.page_script_hash for link in app.get("page_link")}
    resolve = PagesManager.set_pages_and_resolve
    late = [menu["Race"]]

    def resolved(manager: PagesManager, *args: Any, **options: Any) -> Any:
        if late:
            manager.set_current_page_script_hash(late[0])
            manager.set_script_intent(late.pop(), "")
        return resolve(manager, *args, **options)

    monkeypatch.setattr(PagesManager, "set_pages_and_resolve", resolved)
    app._page_hash = menu["Tournament"]
    app.run()
    assert not late
    assert not app.exception
    assert kept(app).page == "tournament"
    assert next(heading.value for heading in app.markdown) == "# Tournament"


def test_another_formula_or_window_keeps_the_starts() -> None:
    own = Scenario(landscape=Choice(CUSTOM), formula="x**2 + 2*y**2", window=((-1, 1), (-1, 1)), points=((0.3, 0.4), (-0.5, 0.2)))
    app = open_page(own.to_query())
    app.text_area(key="own formula").set_value("x**2 + 3*y**2").run()
    app.text_input(key="window x to typed").set_value("2").run()
    assert shown(app).points == own.points
    assert shown(app).window == ((-1.0, 2.0), (-1.0, 1.0))


def test_a_start_typed_beside_others_leaves_them_where_they_are() -> None:
    app = open_expanded(Scenario(points=((-1.23456789, 2.0),)).to_query())
    box = app.text_input(key="points")
    box.set_value(f"{box.value}; 0, 0.5").run()
    assert shown(app).points == ((-1.23456789, 2.0), (0.0, 0.5))


def test_what_a_box_is_called_holds_no_signs_of_markdown() -> None:
    """Screen readers read it out as it is."""
    labels = [box.label for box in open_expanded().text_input if box.label.endswith(", typed")]
    assert "Clip the gradient's length at, typed" in labels
    assert not [label for label in labels if "\\" in label]
