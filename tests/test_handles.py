"""Numbers that are turned in the picture: what is sent of them, how they are read, and what a hand, keys and typing make of them."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app_pages.picks import followed, picked
from formulas import FormulaError, read_number
from parameters import Param
from player.numbers_payload import numbers_of, tried_marks
from scenario import Choice, Experiment, Scenario, address
from scenario.tuned_rates import with_tuned_rates
from tests.player_page import PlayerPage, race_of
from tests.screen import frames, pixel

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

RAVINE = Scenario(optimizers=(Choice.of("sgd", lr=0.03), Choice.of("momentum", lr=0.02), Choice("adam")), steps=120)
TEXTS = ["0.203", " -2,5 ", "2.5e-3", "1/3", "−4", ".5", "3.", "1,234", "50%", "", "fast", "1/0", "1e999", "1,2,3", "2,5/4"]
SCALES = [
    Param("lr", 0.01, 0.0, 1e6, log=True, slider=(1e-5, 10.0)),
    Param("momentum", 0.9, 0.0, 1.0, one_minus=True, slider=(0.0, 0.999)),
    Param("angle", 0.0, -90.0, 90.0, unit="°"),
    Param("steps", 120, 1, 100_000, log=True, slider=(10, 2000)),
]
IMPORT = "const scale = await import('/js/scale.js');"


def test_what_is_turned_is_what_is_declared() -> None:
    found = {each["address"]: each for each in numbers_of(race_of(RAVINE))}
    declared = address.numbers(RAVINE)
    searched = [at for at, number in declared.items() if at.startswith("optimizers") and number.param.search]
    assert list(found) == [*searched, "landscape.condition", "landscape.angle", "steps"]
    assert [found[at]["sign"] for at in searched] == ["lr", "lr", "ρ", "lr", "β₁", "β₂"]
    for at, each in found.items():
        param = declared[at].param
        assert (each["value"], each["low"], each["high"], tuple(each["ends"])) == (
            declared[at].value,
            param.low,
            param.high,
            param.slider_range,
        )
        assert (each["range"], each["whole"]) == (param.range_in_words, param.integer)
    stepwise = numbers_of(race_of(RAVINE.replace(schedule=Choice.of("step", every=20))))
    assert [(each["address"], each["owner"], each["value"]) for each in stepwise if each["address"].startswith("schedule")][:2] == [
        ("schedule.drop", "Step", 0.5),
        ("schedule.every", "Step", 20.0),
    ]


def test_marks_that_differ_read_differently(player_page: PlayerPage) -> None:
    page = player_page.play(RAVINE.replace(landscape=Choice("rosenbrock"), optimizers=(Choice.of("sgd", lr=0.001),)), ("map",), at=0)
    page.evaluate("""() => {
        const { handles } = document.querySelector('.descent').player;
        handles.track.show(handles.all.get('optimizers.0.lr'), null); }""")
    assert page.locator(".turning .known b").all_inner_texts() == ["0.001996", "0.001997"]
    limits = [{"value": value, "words": "", "kind": "limit"} for value in (0.01, 0.1)]
    page.evaluate(f"""() => {{
        const {{ handles }} = document.querySelector('.descent').player;
        const {{ number }} = handles.all.get('optimizers.0.lr');
        handles.track.drawMarks({{ ...number, marks: {json.dumps(limits)} }}); }}""")
    assert page.locator(".turning .rail .sort.limit").count() == 2
    assert page.locator(".turning .beyond").count() == 1, "between two limits one minimum still holds it"


def test_where_theory_does_not_know_the_best_rate_the_best_that_was_tried_is_marked(player_page: PlayerPage) -> None:
    page = player_page.play(RAVINE, ("map",), at=0)
    found = tried_marks(RAVINE)
    best = with_tuned_rates(RAVINE).optimizers[2].replace()
    assert {at: mark["value"] for at, mark in found.items()} == {"optimizers.2.lr": dict(best.settings)["lr"]}
    handle(page, "Adam, learning rate").focus()
    page.wait_for_function("document.querySelector('.descent').player.handles.all.get('optimizers.2.lr').number.marks.length")
    page.keyboard.press("ArrowRight")
    assert re.fullmatch(r"best of \d+ tried from this start, 120 steps", page.locator(".turning .known span").inner_text())


def test_numbers_are_set_as_the_sidebar_sets_them() -> None:
    values = {"optimizers.1.momentum": 0.5, "landscape.angle": 30, "steps": 60}
    changed = picked(RAVINE, {"kind": "set", "values": values})
    assert changed == address.with_values(RAVINE, values)
    assert Scenario.from_query(changed.to_query()) == changed
    for refused, why in (({"optimizers.0.lr": -1}, "lr = -1 is outside its range"), ({"optimizers.7.lr": 1}, "optimizers.7.lr")):
        with pytest.raises((KeyError, ValueError), match=why):
            picked(RAVINE, {"kind": "set", "values": refused})
    assert picked(Experiment(), {"kind": "set", "values": {"steps": 40}}).steps == 40


TWO_OF_ONE = (Choice.of("adam", lr=0.01), Choice.of("adam", lr=0.1), Choice("sgd"))


@pytest.mark.parametrize(
    ("then", "now", "at", "found"),
    [
        (RAVINE.optimizers, RAVINE.optimizers[1:], 1, 0),
        (RAVINE.optimizers, RAVINE.optimizers[1:], 0, None),
        (TWO_OF_ONE, TWO_OF_ONE[1:], 1, 0),
        (TWO_OF_ONE, TWO_OF_ONE[1:], 0, None),
        (TWO_OF_ONE, (*TWO_OF_ONE[1:], Choice.of("adam", lr=0.5)), 0, None),
        (TWO_OF_ONE, (TWO_OF_ONE[0], Choice.of("adam", lr=0.7), TWO_OF_ONE[2]), 1, 1),
        (TWO_OF_ONE, (Choice.of("adam", lr=0.7), TWO_OF_ONE[2]), 1, None),
        (RAVINE.optimizers, (Choice.of("momentum", lr=0.5), Choice("adam")), 1, 0),
        (RAVINE.optimizers, (Choice("lion"), *RAVINE.optimizers), 2, 3),
    ],
)
def test_a_number_is_set_of_the_optimizer_that_was_meant_or_of_none(
    then: tuple[Choice, ...], now: tuple[Choice, ...], at: int, found: int | None
) -> None:
    """Where the server was slow, and optimizers had been taken out meanwhile."""
    shown, present = RAVINE.replace(optimizers=then), RAVINE.replace(optimizers=now)
    pick = {"kind": "set", "of": shown.to_query(), "values": {f"optimizers.{at}.lr": 0.123}}
    if found is None:
        with pytest.raises(ValueError, match=r"is not in this scenario any more; its learning rate was not set"):
            picked(present, pick)
        return
    assert picked(present, pick) == address.with_value(present, f"optimizers.{found}.lr", 0.123)


def test_what_was_chosen_on_another_picture_is_refused_in_a_sentence() -> None:
    three = RAVINE.replace(points=((0.1, 0.1), (0.2, 0.2), (0.3, 0.3)))
    made = {"of": three.to_query(), "at": (0.0, 0.5)}
    two = three.replace(points=three.points[1:])
    assert picked(two, {**made, "kind": "move", "index": 2}).points == ((0.2, 0.2), (0.0, 0.5))
    with pytest.raises(ValueError, match="the start that was moved is not there any more"):
        picked(two, {**made, "kind": "move", "index": 0})
    elsewhere = Scenario(landscape=Choice("himmelblau"))
    for pick in ({**made, "kind": "start"}, {**made, "kind": "add"}, {"kind": "set", "of": made["of"], "values": {"landscape.angle": 3}}):
        with pytest.raises(ValueError, match=r"Himmelblau is shown by now, and what was chosen belongs to Ravine"):
            picked(elsewhere, pick)
    steeper = three.replace(landscape=Choice.of("ravine", condition=50.0))
    assert picked(steeper, {**made, "kind": "start"}).points == ((0.0, 0.5),)
    experiment = Experiment(points=((0.1, 0.2),))
    with pytest.raises(ValueError, match="belongs to what was shown before"):
        picked(experiment, {**made, "kind": "add"})
    with pytest.raises(ValueError, match="as it was; choose it anew"):
        picked(experiment.replace(seed=3), {"kind": "add", "of": experiment.to_query(), "at": (0, 0)})
    assert followed(RAVINE.replace(optimizers=RAVINE.optimizers[1:]), {"of": RAVINE.to_query(), "run": 2, "trajectory": 0}) == (1, 0)


def test_a_text_is_the_same_number_here_and_there(player_page: PlayerPage) -> None:
    script = f"""async (texts) => {{ {IMPORT}
        const read = (text) => {{ try {{ return scale.readNumber(text); }} catch (error) {{ return error.message; }} }};
        return texts.map(read); }}"""
    for text, found in zip(TEXTS, player_page.page.evaluate(script, TEXTS), strict=True):
        with suppress(FormulaError):
            assert found == (expected := read_number(text)), (text, expected)
            continue
        assert str(found).endswith("."), f"{text!r} is refused in a sentence"


@pytest.mark.parametrize("param", SCALES, ids=lambda param: param.name)
def test_the_track_is_spaced_as_declared_and_steps_along_it_are_round(player_page: PlayerPage, param: Param) -> None:
    spacing = "log" if param.log else "one_minus" if param.one_minus else "linear"
    number = {
        "low": param.low,
        "high": param.high,
        "ends": list(param.slider_range),
        "value": param.default,
        "spacing": spacing,
        "whole": param.integer,
    }
    script = f"""async (number) => {{ {IMPORT}
        const walk = [number.ends[0]];
        for (let i = 0; i < 400 && walk.at(-1) < number.ends[1]; i++) walk.push(scale.stepped(number, walk.at(-1), 0.01));
        const back = [number.ends[1]];
        for (let i = 0; i < 400 && back.at(-1) > number.ends[0]; i++) back.push(scale.stepped(number, back.at(-1), -0.01));
        return {{ walk, back, shares: walk.map((value) => scale.shareOf(number, value)) }}; }}"""
    found = player_page.page.evaluate(script, number)
    low, high = param.slider_range
    assert (found["walk"][0], found["walk"][-1], found["back"][-1]) == (low, high, low)
    assert all(after > before for before, after in zip(found["walk"], found["walk"][1:], strict=False)), "each step is one"
    assert 60 <= len(found["walk"]) <= 170
    assert max(np.diff(found["shares"])) < 0.05
    inner = [value for value in found["walk"][1:-1] if not param.one_minus]
    assert all(len(Decimal(repr(value)).normalize().as_tuple().digits) <= 4 for value in inner), "written briefly"
    if param.integer:
        assert all(float(value).is_integer() for value in found["walk"])


def handle(page: Page, name: str) -> Locator:
    """The handle with a name."""
    return page.locator(f'.handle[aria-label="{name}"]')


def turned(player_page: PlayerPage) -> list[tuple[dict[str, float], bool]]:
    """What Python was asked to set, and whether it was to stay."""
    return [(request["values"], request["last"]) for request in player_page.asked() if request["kind"] == "set"]


def settle(page: Page) -> None:
    """Let all that was asked for be answered."""
    page.evaluate("() => { const { requests } = document.querySelector('.descent').player; while (requests.open) requests.answered(); }")


def test_a_number_is_dragged_moved_by_keys_and_typed(player_page: PlayerPage) -> None:
    page = player_page.play(RAVINE, ("map", "loss"), at=5)
    rate, momentum = handle(page, "Momentum, learning rate"), handle(page, "Momentum, momentum")
    assert (rate.get_attribute("role"), rate.get_attribute("aria-valuetext"), momentum.inner_text()) == ("spinbutton", "0.02", "ρ0.9")

    box = rate.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 25, y + 3, steps=3)
    track = page.locator(".turning")
    shown = float(rate.get_attribute("aria-valuenow") or "")
    assert 0.05 < shown < 0.08, "a twelfth of six decades"
    assert float(track.locator(".head b").inner_text()) == shown
    assert "diverges beyond (2 + 2ρ)/λₘₐₓ" in track.inner_text()
    over = """(() => {
        const box = (part) => part.getBoundingClientRect();
        const track = box(document.querySelector('.turning'));
        const apart = (one) => one.left >= track.right || track.left >= one.right || one.top >= track.bottom || track.top >= one.bottom;
        return [...document.querySelectorAll('.board tr:has(.turned), .panel[data-panel=loss]')].filter((part) => !apart(box(part))).length;
    })()"""
    assert page.evaluate(over) == 0, "neither its row nor the curves are covered"
    page.keyboard.press("Escape")
    page.mouse.up()
    assert rate.get_attribute("aria-valuetext") == "0.02", "Escape brings the old one back"
    assert track.is_hidden()
    settle(page)
    assert turned(player_page)[-1] == ({"optimizers.1.lr": 0.02}, True)

    momentum.focus()
    page.keyboard.press("Shift+ArrowLeft")
    lower = float(momentum.get_attribute("aria-valuenow") or "")
    page.keyboard.press("ArrowRight")
    assert lower < float(momentum.get_attribute("aria-valuenow") or "") < 0.9
    before = page.evaluate("document.querySelector('.descent').player.clock.step")
    page.keyboard.press("7")
    assert page.evaluate("document.querySelector('.descent').player.clock.step") == 84 != before, "other keys are the player's"

    page.keyboard.press("Enter")
    field = track.locator("input")
    problems = {"1.5": "The momentum 1.5 is outside its range; choose a number from 0 to 1.", "much": "“much” is no number; type one"}
    for text, why in problems.items():
        field.fill(text)
        page.keyboard.press("Enter")
        assert track.get_by_role("alert").inner_text().startswith(why)
        assert field.get_attribute("aria-invalid") == "true"
    field.fill("3/4")
    page.keyboard.press("Enter")
    assert (momentum.get_attribute("aria-valuetext"), track.is_hidden()) == ("0.75", True)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Momentum, momentum"


def test_a_schedules_number_is_turned_as_python_computes_it(player_page: PlayerPage) -> None:
    falling = RAVINE.replace(schedule=Choice.of("exponential", rate=0.99))
    page = player_page.play(falling, ("map",), at=0)
    rate = handle(page, "Exponential, rate")
    rate.focus()
    page.wait_for_function("document.querySelector('.descent').player.live.ready")
    page.keyboard.press("Shift+ArrowLeft")
    value = float(rate.get_attribute("aria-valuenow") or "")
    assert value < 0.99
    page.wait_for_function("document.querySelector('.descent').player.race.histories")
    found = page.evaluate("document.querySelector('.descent').player.race.histories.map(({ result }) => [...result.loss])")
    for run, losses in zip(race_of(address.with_value(falling, "schedule.rate", value)).runs, found, strict=True):
        assert np.array_equal(run.losses.ravel(), np.array(losses, dtype=float), equal_nan=True)


def test_a_handle_stays_while_its_race_is_another_and_follows_what_holds(player_page: PlayerPage) -> None:
    page = player_page.play(RAVINE, ("map",), at=0)
    rate = handle(page, "SGD, learning rate")
    rate.focus()
    page.keyboard.down("ArrowRight")
    held = rate.inner_text()
    player_page.send(RAVINE.replace(steps=121), ("map",))
    frames(page)
    assert (rate.inner_text(), page.evaluate("document.activeElement.getAttribute('aria-label')")) == (held, "SGD, learning rate")
    page.keyboard.up("ArrowRight")
    player_page.send(RAVINE.replace(steps=120), ("map",))
    kept = """document.querySelector('.handle[aria-label="SGD, learning rate"]')?.textContent === 'lr0.03'"""
    page.wait_for_function(kept)  # Python has refused the new one
    settle(page)
    asked = len(turned(player_page))
    rate.focus()
    page.keyboard.down("ArrowRight")
    player_page.send(RAVINE.replace(optimizers=RAVINE.optimizers[1:]), ("map",))
    page.keyboard.up("ArrowRight")
    frames(page)
    assert handle(page, "Momentum, learning rate").inner_text() == "lr0.02", "what is turned of who is gone is nobody's"
    assert [values for values, last in turned(player_page)[asked:] if last] == []
    player_page.send(RAVINE, ("map",), prediction={"open": True, "mark": None, "hint": "Where does it end?"})
    assert page.locator(".handle").count() == 0, "what is to be predicted is not turned"


def test_the_ends_of_the_ravines_axes_set_its_angle_and_its_condition(player_page: PlayerPage) -> None:
    tilted = RAVINE.replace(landscape=Choice.of("ravine", condition=9.0, angle=30.0))
    page = player_page.play(tilted, ("map",), at=0)
    ends = page.evaluate("""() => {
        const panel = document.querySelector('.descent').player.panels.get('map');
        const ends = [...document.querySelectorAll('.ellipse .end')];
        return ends.map((end) => panel.subplots()[0].view.unproject(Number(end.getAttribute('cx')), Number(end.getAttribute('cy')))); }""")
    losses = tilted.build_landscape().value(np.array(ends).T)
    assert losses == pytest.approx(losses[0]), "they lie on one level line"
    shows = "document.querySelector('.descent').classList.contains('on-ground')"
    handle(page, "Ravine, condition").focus()
    assert page.evaluate(shows), "who turns by keys sees what turns"
    handle(page, "SGD, learning rate").focus()
    page.wait_for_function(f"!{shows}")

    def drag(number: int, x: float, y: float) -> dict[str, float]:
        grip = page.locator(".ellipse .grip").nth(number).bounding_box()
        assert grip
        page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
        page.mouse.down()
        page.mouse.move(*pixel(page, x, y), steps=2)
        page.mouse.up()
        settle(page)
        return turned(player_page)[-1][0]

    assert min(page.locator(".ellipse .grip").first.bounding_box()["width"], 32) == 32  # type: ignore[index]
    assert drag(2, -1.0, 1.0) == {"landscape.angle": -45.0}, "an axis has no front"
    page.wait_for_function("document.querySelector('.ground')?.textContent.endsWith('θ30°')")  # Python has not taken it
    length = np.hypot(*ends[2])
    found = drag(0, 0.4 * np.cos(2 * np.pi / 3), 0.4 * np.sin(2 * np.pi / 3))
    assert found == {"landscape.condition": pytest.approx((length / 0.4) ** 2, rel=0.05)}
    player_page.send(RAVINE.replace(landscape=Choice("rosenbrock")), ("map",))
    page.wait_for_function("document.querySelector('.ellipse')?.hasAttribute('hidden')")


def test_the_newest_of_each_number_is_asked_for(player_page: PlayerPage) -> None:
    script = """async () => {
        const { Requests } = await import('/js/requests.js');
        const sent = [];
        const requests = new Requests((request) => sent.push(request.values), () => false, () => 0);
        const set = (values) => requests.make({ kind: 'set', values, last: false });
        for (const values of [{ a: 1 }, { a: 2 }, { b: 1 }, { a: 3 }, { b: 2 }]) set(values);
        for (let i = 0; i < 4; i++) requests.answered();
        return JSON.stringify(sent);
    }"""
    assert json.loads(player_page.page.evaluate(script)) == [{"a": 1}, {"a": 3}, {"b": 2}]


def test_sliders_of_the_sidebar_are_followed_by_their_addresses(player_page: PlayerPage) -> None:
    page = player_page.play(RAVINE, ("map",), at=0)
    page.evaluate("""() => {
        const slider = Object.assign(document.createElement('div'), { className: 'st-key-number-optimizers-1-momentum' });
        slider.innerHTML = '<div class="stSlider"><input type="range" aria-valuetext="0.9"></div>';
        document.body.prepend(slider); }""")
    player = "document.querySelector('.descent').player"
    page.locator(".stSlider").hover()
    page.wait_for_function(f"{player}?.live.ready")
    page.mouse.down()
    page.evaluate("document.querySelector('.stSlider input').setAttribute('aria-valuetext', '0.8')")
    page.wait_for_function(f"{player}?.live.values['optimizers.1.momentum'] === 0.8")
    assert handle(page, "Momentum, momentum").inner_text() == "ρ0.8"
    assert turned(player_page) == [], "Python hears of it from the slider"
    page.evaluate("document.querySelector('.stSlider input').setAttribute('aria-valuetext', '0.9')")
    page.mouse.up()
    page.wait_for_function(f"!{player}?.live.on")
    assert handle(page, "Momentum, momentum").inner_text() == "ρ0.9"


def test_a_finger_turns_a_number_and_hits_it(player_page: PlayerPage) -> None:
    player_page.emulate(touch=True)
    player_page.resize(390, 844)
    page = player_page.play(RAVINE, ("map",), at=0)
    rate = handle(page, "SGD, learning rate")
    rate.scroll_into_view_if_needed()
    boxes = [one.bounding_box() for one in page.locator(".board .handle").all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 32
    box = rate.bounding_box()
    assert box
    x, y = box["x"] + 16, box["y"] + 16
    player_page.touch("touchStart", (x, y))
    for way in (12, 24, 36):
        player_page.touch("touchMove", (x + way, y))
    shown = page.locator(".turning").bounding_box()
    assert shown
    assert shown["x"] >= 0
    assert shown["x"] + shown["width"] <= 390
    assert shown["y"] + shown["height"] <= box["y"] or shown["y"] >= box["y"] + box["height"], "it does not cover what is turned"
    player_page.touch("touchEnd")
    assert float(rate.get_attribute("aria-valuenow") or "") > 0.08
    settle(page)
    assert turned(player_page)[-1][1], "and stays"


def test_a_finger_drags_an_end_of_the_ellipse(player_page: PlayerPage) -> None:
    """Rather than the page, which would take the finger away."""
    player_page.emulate(touch=True)
    player_page.resize(390, 844)
    page = player_page.play(RAVINE, ("map", "loss", "gradient"), at=0)
    grip = page.locator(".ellipse .grip").nth(2)
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    player_page.touch("touchStart", (x, y))
    for way in (8, 16, 24, 32, 40):
        player_page.touch("touchMove", (x, y - way))
        frames(page)
    player_page.touch("touchEnd")
    settle(page)
    values, last = turned(player_page)[-1]
    assert last
    assert 5 < values["landscape.angle"] < 90
    assert page.evaluate("scrollY") == 0
