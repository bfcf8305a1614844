"""A step taken apart in a real browser: arrows at the right places, equations that light up, and line by line by keys."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

import optimizers
from app_pages.picks import picked
from scenario import Choice, Scenario
from tests.player_page import PlayerPage, race_of
from tests.screen import PLAYER, axes, coloured_near, frames, full_layout, hide_trails, picture, pixel, redrawn, relayout, seek

if TYPE_CHECKING:
    from playwright.sync_api import Page

STEPPER = f"{PLAYER}.stepper"
PANELS = ("map", "step")
RATES = {"sgd": 0.01, "momentum": 0.005, "nesterov": 0.005, "rmsprop": 0.4, "adam": 0.5}
STEP = 3


def scenario(*names: str, **fields: Any) -> Scenario:
    chosen = tuple(Choice.of(name, **({"lr": RATES[name]} if name in RATES else {})) for name in names)
    return Scenario(landscape=Choice("himmelblau"), optimizers=chosen, points=((-0.5, -1.2), (2.0, 4.0)), steps=60, **fields)


def taken_apart(player_page: PlayerPage, shown: Scenario, at: float | None = STEP, **options: Any) -> Page:
    """A player with the steps of a race, at one of them."""
    page = player_page.play(shown, PANELS, **options)
    page.wait_for_function(f"{STEPPER}.step !== null")
    if at is not None:
        seek(page, at)
    return page


def arrows(page: Page) -> dict[str, dict[str, Any]]:
    """What is drawn of the step on the map, by kind and label, with both ends in pixels of the panel."""
    found: list[dict[str, Any]] = page.evaluate(f"{PLAYER}.panels.get('map').steps.drawn")
    return {f"{shape['kind']} {shape['label']}".strip(): shape for shape in found}


def expected_tips(name: str) -> list[tuple[float, float]]:
    """Where the arrows of a step end, tip to tail, worked out from the run's path by the method's own formula."""
    run = race_of(scenario(name)).runs[0]
    path, rate = run.positions[:, :, 0], RATES[name]
    here, slope = path[STEP], run.landscape.gradient(path[:-1].T).T
    if name == "sgd":
        tips = [here - rate * slope[STEP]]
    elif name == "rmsprop":
        mean = sum(0.1 * 0.9 ** (STEP - t) * slope[t] ** 2 for t in range(STEP + 1))
        tips = [here - rate * slope[STEP] / (np.sqrt(mean) + 1e-8)]
    elif name == "adam":
        m = sum(0.1 * 0.9 ** (STEP - t) * slope[t] for t in range(STEP))
        v = sum(0.001 * 0.999 ** (STEP - t) * slope[t] ** 2 for t in range(STEP + 1))
        scale = rate / (1 - 0.9 ** (STEP + 1)) / (np.sqrt(v / (1 - 0.999 ** (STEP + 1))) + 1e-8)
        tips = [here - scale * m, here - scale * (m + 0.1 * slope[STEP])]
    else:  # both keep a share of their last move
        tips = [here + 0.9 * (here - path[STEP - 1]), path[STEP + 1]]
    return [(float(x), float(y)) for x, y in tips]


@pytest.mark.parametrize("name", RATES)
def test_arrow_tips_lie_at_the_right_places(player_page: PlayerPage, name: str) -> None:
    page = taken_apart(player_page, scenario(name))
    for zoomed in (False, True)[: 1 + (name == "adam")]:
        if zoomed:
            relayout(page, {"xaxis.range": [-4.5, 3], "yaxis.range": [-5, 2.5]})
        seen = axes(page)
        parts = [shape for label, shape in arrows(page).items() if label.startswith("part")]
        tips = expected_tips(name)
        assert len(parts) == len(tips)
        begin = tuple(race_of(scenario(name)).runs[0].positions[STEP, :, 0])
        for part, tail, tip in zip(parts, [begin, *tips], tips, strict=False):
            for end, place in (("a", tail), ("b", tip)):
                px, py = pixel(page, *place)
                assert part[end] == pytest.approx([px - seen["left"], py - seen["top"]], abs=0.6)
        assert arrows(page)["move"]["b"] == pytest.approx(parts[-1]["b"]), "the move ends where its last part ends"


def test_arrows_are_really_drawn_and_the_gradient_of_nesterov_is_marked_where_it_is_taken(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("nesterov"))
    hide_trails(page)
    page.mouse.move(2, 2)
    frames(page)
    image = picture(page)
    seen = axes(page)
    for key, share in (("part from kept v", 0.5), ("part from the gradient at y", 0.5)):
        shape = arrows(page)[key]
        middle = [seen[edge] + shape["a"][i] + share * (shape["b"][i] - shape["a"][i]) for i, edge in enumerate(("left", "top"))]
        colour = tuple(int(shape["colour"][place : place + 2], 16) for place in (1, 3, 5))
        assert coloured_near(image, (middle[0], middle[1]), colour) < 12  # type: ignore[arg-type]
    look = arrows(page)["look y"]
    assert look["b"] == pytest.approx(arrows(page)["part from kept v"]["b"], abs=0.1), "the velocity alone leads there"


@pytest.mark.parametrize("names", [optimizers.names()[first : first + 6] for first in range(0, len(optimizers.names()), 6)], ids=".".join)
def test_every_optimizer_shows_its_parts_and_numbers(player_page: PlayerPage, names: tuple[str, ...]) -> None:
    shown = scenario(*names).replace(steps=20)
    page = taken_apart(player_page, shown, at=2)
    for place, run in enumerate(race_of(shown).runs):
        page.get_by_role("combobox", name="Optimizer").select_option(str(place))
        assert player_page.asked()[-1] == {"kind": "follow", "run": place, "trajectory": 0}
        player_page.take_apart(shown, place, 0)
        page.wait_for_function(f"{STEPPER}.step?.run === {place}")
        frames(page)
        assert [label for label in arrows(page) if label.startswith("part")]
        assert page.evaluate(f"{PLAYER}.panels.get('map').steps.drawn.at(-1).to") == pytest.approx(
            run.positions[3, :, 0].tolist(), rel=1e-4, abs=1e-5
        )
        assert page.locator(".equations li").count() == len(run.optimizer.statements)
        numbers = page.locator(".equations .number").all_text_contents()
        assert numbers
        assert all(number.strip() for number in numbers), "every symbol has its number"
        overhang = page.locator("[data-panel=step]").evaluate("(panel) => panel.scrollWidth - panel.clientWidth")
        assert overhang <= 1, "long equations break, and what cannot is scaled"


def test_equations_have_the_numbers_of_the_step(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("momentum"))
    run = race_of(scenario("momentum")).runs[0]
    for step in (0, 7, 59, 60):
        seek(page, step)
        t = min(step, 59)  # at the end the last step stays
        slope = run.landscape.gradient(run.positions[[t], :, 0].T)[:, 0]
        texts = page.locator(".equations li").first.locator("[data-plane='line:0'] mtext").all_text_contents()
        assert [float(text.replace("−", "-")) for text in texts] == pytest.approx(slope.tolist(), rel=0.01)
        assert page.locator(".which").inner_text() == f"from step {t} to {t + 1}"
        assert page.locator(".counter").inner_text() == f"step {step} of 60", "one step has one number"


def test_while_it_plays_all_that_is_told_is_of_one_step(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("adam").replace(steps=400), at=3)
    page.evaluate(
        f"""() => {{
        const player = {PLAYER}, panel = player.panels.get('step');
        const drawn = player.draw.bind(player);
        const boxes = player.panels.get('map').steps;
        window.seen = [];
        player.draw = () => {{
            drawn();
            const texts = [...panel.element.querySelectorAll('.equations .number')].map((number) => number.textContent);
            const told = [panel.title, panel.parts, player.transport.step].map((place) => place.textContent);
            window.seen.push({{ time: performance.now(), told: [...told, texts.join(' '), JSON.stringify(boxes.drawn)] }});
        }};
        player.clock.play(); }}"""
    )
    page.wait_for_function("new Set(window.seen.map(({ told }) => told[0])).size > 8")
    seek(page, 200)
    seen = page.evaluate("window.seen")[2:-8]
    for i, what in enumerate(("heading", "parts", "counter", "equations", "arrows")):
        assert len({each["told"][i] for each in seen}) == len({tuple(each["told"]) for each in seen}), f"the {what} change with the rest"
    changes = [b["time"] for a, b in pairwise(seen) if a["told"] != b["told"]]
    assert min(b - a for a, b in pairwise(changes)) > 80, "it stays long enough to be read"


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_numbers_can_be_read_and_have_room(player_page: PlayerPage, size: tuple[int, int]) -> None:
    player_page.resize(*size)
    page = taken_apart(player_page, scenario("adam"))
    parts = ".number, .number *, .numbers, .caption, .where, .which"
    sizes = "(found) => Math.min(...found.map((part) => parseFloat(getComputedStyle(part).fontSize)))"
    smallest = page.locator(f"[data-panel=step] :is({parts})").evaluate_all(sizes)
    assert smallest >= 13
    assert page.locator("[data-panel=step]").evaluate("(panel) => panel.scrollWidth <= panel.clientWidth + 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for panel in ("step", "states"):
        box = page.locator(f"[data-panel={panel}]").bounding_box()
        assert box
        assert box["width"] > 300
        assert box["height"] > 150
    if size[0] < 500:
        for width in (375, 360, 320):
            player_page.resize(width, size[1])
            bar = page.locator(".transport")
            assert bar.evaluate("(bar) => [bar.clientHeight < 50, bar.scrollWidth <= bar.clientWidth]") == [True, True], "one row"
    assert page.locator(".where .setting", has_text="epsilon 1e-8").get_attribute("title") == "Keeps the denominator from vanishing."


OVERHANG = "(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(document.querySelector('[data-panel=step]'))"


def test_all_lines_of_a_step_are_seen_where_it_is_presented_and_the_marked_one_stays_in_view(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("adam"))
    streamlits = page.add_style_tag(content="ol, li { font-size: 1rem }")
    page.keyboard.press("p")
    page.wait_for_function("document.querySelector('.descent').classList.contains('presenting')")
    redrawn(page)
    size = "(part) => parseFloat(getComputedStyle(part).fontSize)"
    symbol, number = (page.locator(f".equations li:first-child {part}").first.evaluate(size) for part in ("math", ".number"))
    assert symbol >= number >= 20, "from the last row"
    seen = "document.querySelector('[data-panel=step]').getBoundingClientRect().bottom"
    bottom = page.locator(".equations li").last.evaluate("(line) => line.getBoundingClientRect().bottom")
    assert bottom <= page.evaluate(seen) + 1
    pages = ("Parts", "Curves", "Equations")
    for name, part in zip((*pages[1:], pages[0]), (".parts", "[data-panel=states]", ".equations ol"), strict=True):
        page.keyboard.press("l")
        assert page.locator("[data-panel=step] header").get_by_role("button", name=f"{name} ›").is_visible(), "where the key leads"
        assert [page.locator(f"[data-panel=step] {one}").is_visible() for one in (".parts", "[data-panel=states]", ".equations ol")].count(
            True
        ) == 1
        assert page.locator(f"[data-panel=step] {part}").is_visible()
    chosen, wide = page.locator(".descent header select").evaluate(
        "(list) => [list.scrollWidth <= list.clientWidth, list.clientWidth > 60]"
    )
    assert chosen
    assert wide, "whose step it is can be read"
    numbers = ":scope > .formula > math > mrow > .term > .number"
    tops = f"(line) => [...line.querySelectorAll('{numbers}')].map((one) => one.getBoundingClientRect().top)"
    for line in (0, 1):
        heights = page.locator(".equations li").nth(line).evaluate(tops)
        assert len(heights) >= 3
        assert max(heights) - min(heights) < 4, "numbers stand on one line"
    page.keyboard.press(",")  # the last line
    player_page.resize(1280, 480)  # where not all find room
    redrawn(page)
    assert 0 < page.locator(".equations li:visible").count() < 6
    assert page.evaluate(OVERHANG) <= 1, "on pages, of which none scrolls"
    page.keyboard.press("l")
    expect(page.locator(".equations .now:visible")).to_have_count(0)
    page.keyboard.press(",")
    page.keyboard.press(".")
    expect(page.locator(".equations .now:visible")).to_have_count(1)  # walking turns to the marked line
    kept = f"{PLAYER}.panels.get('step').equations.set({STEPPER}.step, 'red'), {PLAYER}.draw()"
    page.evaluate(f"(() => {{ {kept} }})()")
    now = page.locator(".equations .now").evaluate("(line) => line.getBoundingClientRect().bottom")
    assert now <= page.evaluate(seen) + 1, "also where all lines are made anew, as while something is dragged"
    streamlits.evaluate("(style) => style.remove()")


# ---- what is pointed at


def lit(page: Page) -> Any:
    return page.evaluate(f"{STEPPER}.lit")


def test_a_symbol_lights_up_its_arrow_and_an_arrow_its_symbols(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("momentum"))
    kept = page.evaluate(f"{STEPPER}.step.parts[0].key")
    page.locator(".equations .term[data-key='before:v']").hover()
    frames(page)
    assert lit(page)["parts"] == [kept]
    assert page.locator(f".parts [data-part='{kept}']").evaluate("(chip) => chip.classList.contains('lit')")
    page.locator(".equations .term[data-key='line:1']").first.hover()
    assert len(lit(page)["parts"]) == 2, "the new velocity is made of both"
    page.mouse.move(5, 5)
    frames(page)
    assert lit(page) is None
    seen, shape = axes(page), arrows(page)["part from kept v"]
    page.mouse.move(*(seen[edge] + (shape["a"][i] + 2 * shape["b"][i]) / 3 for i, edge in enumerate(("left", "top"))))
    frames(page)
    assert lit(page)["parts"] == [shape["key"]]
    keys = page.locator(".equations .lit").evaluate_all("(terms) => terms.map((term) => term.dataset.key)")
    assert "before:v" in keys
    assert "line:0" not in keys


def test_a_box_lights_up_what_it_shows(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("adam"))
    page.wait_for_function(f"{PLAYER}.panels.get('map').steps.boxes[0]")
    box = page.evaluate(f"{PLAYER}.panels.get('map').steps.boxes[0]")
    seen = axes(page)
    page.mouse.move(seen["left"] + box["left"] + 20, seen["top"] + box["top"] + 20)
    frames(page)
    keys = page.locator(".equations .lit").evaluate_all("(terms) => terms.map((term) => term.dataset.key)")
    assert {"line:2", "before:v", "line:4"} <= set(keys)


# ---- line by line


def test_the_keyboard_walks_through_the_lines_of_a_step(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("nesterov"))
    assert page.evaluate(f"{STEPPER}.sub") is None
    captions = [line.caption for line in optimizers.get("nesterov").statements]
    for caption, drawn in zip(captions, ({"look y"}, {"part from the gradient at y"}, set(), {"move"}), strict=True):
        page.keyboard.press(".")
        frames(page)
        assert page.locator(".equations .now .caption").inner_text() == caption
        assert drawn <= set(arrows(page))
        assert ("move" in arrows(page)) == ("move" in drawn), "the move comes with the last line"
    page.keyboard.press(".")
    assert page.evaluate(f"[{PLAYER}.clock.position, {STEPPER}.sub]") == [STEP + 1, 0]
    page.keyboard.press(",")
    assert page.evaluate(f"[{PLAYER}.clock.position, {STEPPER}.sub]") == [STEP, 3]
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"[{PLAYER}.clock.position, {STEPPER}.sub]") == [STEP + 1, None], "the whole step again"


def test_the_ends_of_the_race_are_ends_of_the_walk(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("sgd"), at=0)
    page.keyboard.press(".")
    page.keyboard.press(",")
    assert page.evaluate(f"[{PLAYER}.clock.position, {STEPPER}.sub]") == [0, 0]
    seek(page, 60)
    for _ in range(4):
        page.keyboard.press(".")
    assert page.evaluate(f"[{STEPPER}.t, {STEPPER}.sub]") == [59, 1]


def test_the_buttons_walk_too_and_are_there_only_then(player_page: PlayerPage) -> None:
    page = player_page.play(scenario("sgd"), ("map",))
    assert page.get_by_role("button", name="One line of the step on").count() == 0
    taken_apart(player_page, scenario("sgd"))
    page.get_by_role("button", name="One line of the step on").click()
    assert page.evaluate(f"{STEPPER}.sub") == 0
    page.locator(".equations li").nth(1).click()
    assert page.evaluate(f"{STEPPER}.sub") == 1


def test_a_close_up_shows_the_step_and_goes_with_it(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("sgd"))
    for step in (1, 2):
        seek(page, step)
        if step == 1:
            page.get_by_role("button", name="Close-up").click()
        page.wait_for_function(
            f"Math.abs({PLAYER}.panels.get('map').steps.drawn.at(-1).a[0] - {PLAYER}.panels.get('map').steps.drawn.at(-1).b[0]) > 20"
        )
    page.get_by_role("button", name="Close-up").click()
    page.wait_for_function(f"{full_layout('map')}.xaxis.range[0] < -5.9")


# ---- whose step


def followed(page: Page) -> list[int]:
    at: list[int] = page.evaluate(f"[{STEPPER}.step.run, {STEPPER}.step.trajectory]")
    return at


def test_the_followed_trajectory_is_chosen_by_row_head_and_selector(player_page: PlayerPage) -> None:
    shown = scenario("sgd", "momentum", "adam")
    page = taken_apart(player_page, shown, at=10)
    page.evaluate("document.querySelector('[data-panel=map]').kept = true")
    assert followed(page) == [0, 0]

    def asked_and_answered() -> list[int]:
        """Whose steps were asked for last, once they are shown."""
        request = player_page.asked()[-1]
        assert request["kind"] == "follow"
        player_page.take_apart(shown, request["run"], request["trajectory"])
        assert followed(page) == [request["run"], request["trajectory"]]
        return followed(page)

    page.locator(".board tbody tr", has_text="Adam").locator(".now").click()
    assert asked_and_answered() == [2, 0]
    page.mouse.click(*pixel(page, *race_of(shown).runs[1].positions[10, :, 1]))
    assert asked_and_answered() == [1, 1]
    page.get_by_role("combobox", name="Optimizer").select_option("0")
    assert asked_and_answered() == [0, 1]
    page.get_by_role("spinbutton", name="Start").fill("1")
    page.keyboard.press("Enter")
    assert asked_and_answered() == [0, 0]
    assert page.get_by_role("combobox", name="Optimizer").input_value() == "0"
    assert page.evaluate(f"{PLAYER}.clock.position") == 10
    assert {request["kind"] for request in player_page.asked()} == {"follow"}, "a click on a head is no other start"
    assert page.evaluate("document.querySelector('[data-panel=map]').kept"), "nothing was made anew"


def test_the_steps_are_those_of_the_changed_scenario(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("sgd", noise=0.5), at=5)
    page.mouse.click(*pixel(page, 4.0, -4.0))
    changed = picked(scenario("sgd", noise=0.5), player_page.asked()[-1])
    taken_apart(player_page, changed, at=0)
    assert page.evaluate(f"{PLAYER}.race.starts.length") == 1
    move = page.evaluate(f"{PLAYER}.panels.get('map').steps.drawn.at(-1)")
    assert move["from"] == pytest.approx([4.0, -4.0], abs=0.1)
    assert move["to"] == pytest.approx(page.evaluate(f"[{PLAYER}.race.runs[0].x[1], {PLAYER}.race.runs[0].y[1]]"), rel=1e-5)


# ---- elsewhere


SAID = """['.parts', '.equations', '.where'].map((part) => document.querySelector(`[data-panel=step] ${part}`).textContent)"""
DRAWN = f"{PLAYER}.panels.get('map').steps.drawn.map(({{ kind, label, from, to, colour }}) => ({{ kind, label, from, to, colour }}))"
TOPS = "['.parts', '.equations'].map((part) => document.querySelector(`[data-panel=step] ${part}`).getBoundingClientRect().top)"


def dragged(page: Page, at: tuple[float, float], rate: float) -> None:
    """The first start is dragged to a place, and the learning rate is turned meanwhile, without Python."""
    page.wait_for_function(f"({PLAYER}.live.wake(), {PLAYER}.live.ready)")
    page.evaluate(f"([at, rate]) => {{ {PLAYER}.live.move(0, at); {PLAYER}.live.turn({{ 'optimizers.0.lr': rate }}); }}", [at, rate])
    page.evaluate(f"{PLAYER}.live.show()")
    frames(page)


def test_steps_follow_what_is_dragged_and_nothing_changes_once_python_answers(player_page: PlayerPage) -> None:
    before = scenario("adam", noise=0.5)
    after = before.replace(points=((1.2, 0.9), before.points[1]), optimizers=(Choice.of("adam", lr=0.25),))
    page = taken_apart(player_page, before)
    first = page.evaluate(SAID)
    dragged(page, after.points[0], 0.25)
    assert page.evaluate(f"{STEPPER}.live !== null && document.querySelector('.stale') === null")
    said, drawn = page.evaluate(SAID), page.evaluate(DRAWN)
    assert all(own != old for own, old in zip(said, first, strict=True))
    page.evaluate(f"{PLAYER}.live.release()")
    player_page.send(after, PANELS)
    frames(page)
    assert page.evaluate(f"{STEPPER}.live === null && {STEPPER}.step.planes.has('t')")
    assert (page.evaluate(SAID), page.evaluate(DRAWN)) == (said, drawn)


def test_where_steps_are_not_taken_apart_in_the_browser_nothing_moves_and_it_is_said(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("adam"))
    page.wait_for_function(f"({PLAYER}.live.wake(), {PLAYER}.live.ready)")
    page.evaluate(f"{PLAYER}.live.block.pairs.forEach((pair) => delete pair.apart)")
    before = page.evaluate(TOPS)
    dragged(page, (1.2, 0.9), 0.25)
    note = page.locator("[data-panel=step] > .sorry")
    assert note.is_visible()
    assert page.evaluate(TOPS) == before
    box, panel = note.bounding_box(), page.locator("[data-panel=step]").bounding_box()
    assert box
    assert panel
    assert panel["x"] <= box["x"] <= box["x"] + box["width"] <= panel["x"] + panel["width"]


def test_a_trajectory_that_diverged_says_so(player_page: PlayerPage) -> None:
    shown = scenario("sgd").replace(optimizers=(Choice.of("sgd", lr=0.5),))
    page = taken_apart(player_page, shown, at=30)
    overflowed = f"its numbers overflowed at step {race_of(shown).runs[0].diverged_at[0]}"
    assert overflowed in page.locator("[data-panel=step] .sorry").inner_text()
    assert arrows(page) == {}


def test_the_state_curves_are_on_the_same_clock(player_page: PlayerPage) -> None:
    page = taken_apart(player_page, scenario("adam"), at=20)
    page.locator("[data-panel=states] .plot").scroll_into_view_if_needed()
    redrawn(page)  # equations that find their size move it
    plot = page.locator("[data-panel=states] .plot").bounding_box()
    assert plot
    axis = page.evaluate(
        "(({ xaxis: { _offset, _length }, yaxis }) => ({ _offset, _length, top: yaxis._offset + 10 }))"
        "(document.querySelector('[data-panel=states] .plot')._fullLayout)"
    )
    page.mouse.click(plot["x"] + axis["_offset"] + axis["_length"] / 2, plot["y"] + axis["top"])
    assert page.evaluate(f"{PLAYER}.clock.position") == pytest.approx(30, abs=0.5)
