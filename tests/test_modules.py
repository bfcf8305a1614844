"""The player's pure modules, imported by the browser and called as they are: no player, no panel, no picture."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import segno

import landscapes
from exports.page_link import page_link
from figures import DARK, LIGHT
from figures.heads import fan_out
from formulas.libm import NAMES, sequence
from formulas.libm.in_javascript import javascript
from formulas.libm.in_numpy import routine
from parameters import short
from player.modules import HERE
from player.payload import landscape_bytes, run_bytes
from player.step import step_bytes
from scenario import PANELS, Choice, Scenario
from scenario.network_panels import NETWORK_PANELS
from simulation.dissect import dissect
from tests.player_page import PlayerPage, race_of

if TYPE_CHECKING:
    from collections.abc import Sequence

RACE = Scenario(landscape=Choice("himmelblau"), optimizers=(Choice.of("sgd", lr=0.01), Choice("adam")), points=((-0.5, -1.2), (2.0, 4.0)))


DARK_SCALE = [list(stop) for stop in DARK.map_colours]


def called(player_page: PlayerPage, module: str, expression: str, *arguments: Any) -> Any:
    """What an expression in the names of a module and `a`, the arguments, gives; bytes arrive as Uint8Array."""
    sent = [{"bytes": list(one)} if isinstance(one, bytes) else one for one in arguments]
    return player_page.page.evaluate(
        f"""async (sent) => {{
            const a = sent.map((one) => (one?.bytes ? Uint8Array.from(one.bytes) : one));
            const m = await import('/js/{module}.js');
            return {expression};
        }}""",
        sent,
    )


# ---- program.js


def test_the_browser_computes_a_landscape_with_the_bits_of_python(player_page: PlayerPage) -> None:
    """What is told where the pointer is. Beside a kink the browser takes means where Python finds limits."""
    wanted = ("value", "dx", "dy", "dxx", "dxy", "dyy")
    formula = "mod(x, y) + erfc(x*y) + x**y + abs(x)**(1/3) + atan2(y, x) + where(x > y, log10(x), cbrt(y))"
    own = landscapes.from_formula(formula, ((0.2, 2.1), (0.2, 2.2)))
    programs, points, expected = [], [], []
    for landscape in [*map(landscapes.get, landscapes.names()), own]:
        (x0, x1), (y0, y1) = landscape.window
        at = np.random.default_rng(1).uniform((x0, y0), (x1, y1), (12, 2))
        programs.append(landscape.program_as_data())
        points.append(at.tolist())
        with np.errstate(all="ignore"):
            expected.append(landscape.evaluate(wanted, at.T).T)
    seen = called(
        player_page,
        "program",
        """a[0].map((program, i) => a[1][i].map(([x, y]) => {
            const found = m.compile(program)(x, y);
            return a[2].map((name) => String(found[name]).replace("Infinity", "inf"));
        }))""",
        programs,
        points,
        wanted,
    )
    right = np.array(expected)
    assert np.isfinite(right).mean() > 0.95
    assert np.array_equal(np.where(np.isfinite(right), np.array(seen, dtype=np.float64), right), right, equal_nan=True)


# ---- libm.js


def test_the_browser_has_the_functions_that_python_has(player_page: PlayerPage) -> None:
    assert (HERE / "js" / "libm.js").read_text() == javascript(), "python -m formulas.libm.in_javascript > player/js/libm.js"
    chance = np.random.default_rng(2)
    far = chance.standard_normal(300) * 10.0 ** chance.integers(-8, 9, 300)
    at = np.concatenate([far, [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 5e-324, 1.7e308]])
    beside = np.roll(at, 7)
    found = called(
        player_page,
        "libm",
        """(() => {
            const [at, beside] = [new Float64Array(a[0].buffer), new Float64Array(a[1].buffer)];
            const values = Object.entries(m.LIBM).map(([name, f]) => [name, [...at].map((one, i) => f(one, beside[i]))]);
            return values.map(([name, row]) => [name, row.map((one) => (Object.is(one, -0) ? "-0" : String(one)))]);
        })()""",
        at.tobytes(),
        beside.tobytes(),
    )
    assert {name for name, _ in found} == NAMES
    for name, row in found:
        right = routine(name)(*(at, beside)[: sequence(name).arguments], np.empty(at.size))
        seen = np.array([math.nan if one == "NaN" else float(one.replace("Infinity", "inf")) for one in row])
        assert np.array_equal(seen, right, equal_nan=True), name
        assert np.array_equal(np.signbit(seen[~np.isnan(right)]), np.signbit(right[~np.isnan(right)])), name


def test_eigenvalues_of_a_symmetric_matrix(player_page: PlayerPage) -> None:
    assert called(player_page, "program", "m.eigenvalues(3, 2, -1)") == pytest.approx(
        np.linalg.eigvalsh([[3.0, 2.0], [2.0, -1.0]]).tolist()
    )


# ---- mend.js


def test_a_page_of_which_a_part_is_missing_is_loaded_anew_once_the_server_answers_but_not_for_ever(player_page: PlayerPage) -> None:
    loaded = called(
        player_page,
        "mend",
        """await (async () => {
            const before = window.fetch;
            let asked = 0, loaded = 0;
            window.fetch = async () => { if (++asked % 3) throw new TypeError("no network"); return { ok: true }; };
            for (let turn = 0; turn < 6; turn++) {
                m.mend(turn % 2 ? Promise.resolve() : Promise.reject(new TypeError("no module")), "/health", () => loaded++, 1);
                if (turn % 2) dispatchEvent(new Event("vite:preloadError"));
            }
            while (asked < 18) await new Promise((done) => setTimeout(done, 1));
            await new Promise((done) => setTimeout(done, 1));
            window.fetch = before;
            sessionStorage.clear();
            return loaded;
        })()""",
    )
    assert loaded == 5


# ---- beside.js


def test_an_answer_tells_that_what_was_sent_was_heard(player_page: PlayerPage) -> None:
    """A busy browser may see no run of the script between two moments at rest: the next start then waited for a minute."""
    told = called(
        player_page,
        "connection",
        """(async () => {
          const app = document.createElement("div");
          app.className = "stApp";
          app.setAttribute("data-test-script-state", "notRunning");
          app.setAttribute("data-test-connection-state", "CONNECTED");
          document.body.append(app);
          m.receiveConnection({ setStateValue() {} });
          const seen = [m.isOnItsWay()];
          m.sure(() => {})("pick", 1);
          seen.push(m.isOnItsWay());
          m.heard();
          seen.push(m.isOnItsWay());
          m.sure(() => {})("pick", 2);
          const { pageDrawn } = await import("/js/streamlit.js");
          pageDrawn({ data: { place: "", run: 2 } }); // as it was before: no race is sent
          seen.push(m.isOnItsWay());
          app.remove();
          return seen;
        })()""",
    )
    assert told == [False, True, False, False]


def test_no_start_is_lost_that_is_added_before_the_one_before_it_was_answered(player_page: PlayerPage) -> None:
    sent = called(
        player_page,
        "requests",
        """(() => {
          const sent = [];
          const requests = new m.Requests((request) => sent.push(request));
          const at = (x) => ({ at: [x, 0], last: true });
          for (const x of [1, 2, 3]) requests.make({ kind: "add", ...at(x) });
          for (const x of [4, 5]) requests.make({ kind: "move", index: 0, ...at(x) });
          for (const x of [6, 7]) requests.make({ kind: "turn", to: x });
          while (requests.open) requests.answered();
          for (const kind of ["add", "add", "start"]) requests.make({ kind, ...at(8) });
          while (requests.open) requests.answered();
          let away = true; // the network is gone, for longer than an answer takes
          const kept = new m.Requests((request) => sent.push(request), () => away);
          for (const x of [1, 2, 3]) kept.make({ kind: "add", ...at(x) });
          kept.answered(); // by the page, which was drawn anew for another reason
          sent.push({ kind: "back", to: kept.queued.length });
          away = false;
          while (kept.open) kept.answered();
          let broken = 0; // it breaks while a request is under way, whose answer does not come
          const again = new m.Requests((request) => sent.push(request), () => false, () => broken);
          for (const x of [1, 2]) again.make({ kind: "add", ...at(x) });
          broken = 2;
          while (again.open) again.answered();
          again.make({ kind: "move", index: 0, ...at(1) });
          again.make({ kind: "move", index: 0, ...at(2) });
          broken = 4;
          while (again.open) again.answered();
          const [first, second, third] = sent.slice(-5);
          const drawn = new m.Requests((request) => sent.push(request), () => false, () => broken, () => "shown");
          for (const x of [1, 2]) drawn.make({ kind: "add", ...at(x) });
          drawn.heard([sent.at(-1).serial - 1, 7]); // the page is drawn, and has not heard of it yet
          drawn.heard([sent.at(-1).serial]);
          broken = 6;
          drawn.heard([sent.at(-1).serial]);
          sent.push({ kind: sent.at(-1).of, to: drawn.open });
          sent.push({ kind: "the same", to: [first.serial === second.serial, second.serial === third.serial] });
          return sent.map(({ kind, at, to }) => [kind, to ?? at[0]]);
        })()""",
    )
    connected = [["add", 1], ["add", 2], ["add", 3], ["move", 5], ["turn", 7], ["add", 8], ["start", 8]]
    later = [["back", 3], ["add", 1], ["add", 2], ["add", 3]]
    broken = [["add", 1], ["add", 1], ["add", 2], ["move", 1], ["move", 2]]
    drawn = [["add", 1], ["add", 2], ["shown", False], ["the same", [True, False]]]
    assert sent == [*connected, *later, *broken, *drawn]


def test_a_silent_server_is_said_to_be_gone_and_a_change_to_be_lost_only_where_there_was_one(player_page: PlayerPage) -> None:
    said = called(
        player_page,
        "connection.js?alone=",  # which no test before has told of an app
        """(async () => {
          const app = document.createElement("div"), own = { now: performance.now, fetch, setInterval }, looks = [], said = [];
          app.className = "stApp";
          app.dataset.testConnectionState = "CONNECTED";
          app.dataset.testScriptState = "notRunning";
          document.body.append(app);
          let time = 0, there = false;
          performance.now = () => time;
          globalThis.fetch = async () => ({ ok: there });
          globalThis.setInterval = (look) => looks.push(look);
          m.receiveConnection({ setStateValue() {} });
          const seen = async (at, answers, job) => {
            [time, there] = [at, answers];
            app.innerHTML = job ? '<div class="st-key-status-Search"><div data-testid="stProgress"></div></div>' : "";
            for (const look of looks) await look();
            const still = document.documentElement.classList.contains("descent-unreached") ? "; bars stand still" : "";
            said.push((document.querySelector(".descent-connection.seen")?.textContent.slice(0, 13) ?? "") + still);
          };
          for (const each of [[9e3, false, true], [20e3, false, false], [20e3, false, true], [23e3, true, true]]) await seen(...each);
          const breaks = async (count) => {
            app.dataset.testScriptState = "running";
            for (const state of ["PINGING_SERVER", "CONNECTED"]) {
              await null; // those that watch are told
              app.dataset.testConnectionState = state;
            }
            await null;
            m.receiveKept({ data: { text: "a,b", back: count, address: "" } });
            said.push(document.querySelector(".descent-connection.seen")?.textContent ?? "");
            app.dataset.testScriptState = "notRunning";
            await null;
          };
          m.receiveKept({ data: { text: "a,b", back: 0, address: "" } });
          await breaks(2);
          time += 1;
          dispatchEvent(new Event("pointerup"));
          await breaks(4);
          app.remove();
          performance.now = own.now;
          globalThis.fetch = own.fetch;
          globalThis.setInterval = own.setInterval;
          return said;
        })()""",
    )
    lost = "Connected again. The last change may be lost: look whether it is there."
    assert said == ["", "", "No connection; bars stand still", "", "", lost]


def test_a_card_never_covers_the_place_that_it_speaks_of(player_page: PlayerPage) -> None:
    rooms, card = [(366, 310), (1000, 500), (410, 200), (200, 120)], {"width": 320, "height": 130}
    for width, height in rooms:
        places = [[x * width, y * height] for x in (0.02, 0.5, 0.98) for y in (0.02, 0.5, 0.98)]
        room = {"width": width, "height": height}
        corners = called(player_page, "beside", "a[0].map((place) => m.cornerOf(place, a[1], a[2]))", places, card, room)
        for (x, y), (left, top) in zip(places, corners, strict=True):
            assert not (left <= x <= left + card["width"] and top <= y <= top + card["height"]), (width, height, x, y)


# ---- clock.js


def test_the_clock_goes_on_with_time_rests_at_the_end_and_begins_again(player_page: PlayerPage) -> None:
    seen = called(
        player_page,
        "clock",
        """(() => {
            const clock = new m.Clock(() => {}), seen = [];
            clock.setSteps(80);
            clock.play();
            for (const ms of [0, 100, 200, 10000, 10200]) { clock.tick(ms); seen.push(clock.position); }
            clock.seek(80);
            for (const ms of [10300, 10500, 10700, 10900, 11100, 11300]) { clock.tick(ms); seen.push(clock.position); }
            clock.setLoop(false);
            clock.seek(80);
            clock.tick(11400);
            return { seen, playing: clock.playing };
        })()""",
    )
    on, end = seen["seen"][:5], seen["seen"][5:]
    assert on == pytest.approx([0, 1, 2, 4.5, 6.5]), "ten steps a second; a browser that slept goes on by a quarter of a second only"
    assert end == [80, 80, 80, 80, 80, 0], "it rests a second at the end"
    assert not seen["playing"], "without repeating it stops there"


@pytest.mark.parametrize(("steps", "rate"), [(8, 8), (240, 30), (10_000, 90)])
def test_a_race_takes_eight_seconds_unless_its_steps_are_too_few_or_too_many(player_page: PlayerPage, steps: int, rate: float) -> None:
    assert (
        called(player_page, "clock", "(() => { const c = new m.Clock(() => {}); c.setSteps(a[0]); return c.stepsPerSecond; })()", steps)
        == rate
    )


# ---- layout.js


SCREEN = {"width": 1248, "height": 529, "scale": 1.25}
SIZES = ((1280, 640), (960, 600), (390, 700), (700, 1200))


def test_hyper_parameters_are_written_as_python_writes_them(player_page: PlayerPage) -> None:
    values = [0.0, 1.0, -1.0, 0.1, 0.9, 0.999, 0.99999, 1e-4, 9.9e-5, 1e-8, 1.25e-7, 0.123456, 12345.678, 999999.6, 1e6, -2.5e9, 2000.0]
    assert called(player_page, "dom", "a[0].map(m.byHand)", values) == [short(value) for value in values]


@pytest.mark.parametrize("board", [True, False])
@pytest.mark.parametrize(
    "panels", [("map",), ("loss",), ("map", "loss"), ("map", "surface", "loss"), ("maps", "step"), tuple(PANELS)], ids=".".join
)
def test_every_panel_has_one_rectangle_of_the_grid(player_page: PlayerPage, panels: Sequence[str], board: bool) -> None:
    for width, height in SIZES:
        for fill in (False, True):
            made = called(
                player_page, "layout", "m.arrange(a[0], { width: a[1], height: a[2] }, 1.5, a[3], a[4])", panels, width, height, board, fill
            )
            low = called(player_page, "layout", "m.arrange(a[0], { width: 844, height: 300, low: 286 }, 1.5, a[1])", panels, board)
            assert {name for row in low["areas"] for name in row.split()} == {*panels, *(["board"] if board else [])}
            assert all(float(row.removesuffix("px")) < 300 for row in low["rows"]), "a row fits into a low window"
            rows = np.array([row.split() for row in made["areas"]])
            assert len(made["rows"]) == len(rows)
            assert set(rows.ravel()) == {*panels, *(["board"] if board else [])}
            for name in set(rows.ravel()):
                down, across = np.nonzero(rows == name)
                assert down.size == (np.ptp(down) + 1) * (np.ptp(across) + 1), f"{name} is no rectangle in {made['areas']}"


def test_all_views_of_a_race_can_be_read_on_a_page_that_grows(player_page: PlayerPage) -> None:
    """On a laptop the maps side by side had 30 CSS pixels; what fits stays on the screen."""
    call = "m.arrange(a[0], { width: 945, height: 559, table: 120 }, 2.1)"
    all_views, few = (called(player_page, "layout", call, panels) for panels in ([*PANELS], ["map", "step", "loss"]))
    assert (all_views["stacked"], few["stacked"]) == (True, False)
    rows = zip(all_views["rows"], all_views["areas"], strict=True)
    assert sum(float(row.removesuffix("px")) for row, names in rows if "maps" in names.split()) > 200


def test_beside_a_lesson_the_map_is_large_and_the_table_beside_the_curve(player_page: PlayerPage) -> None:
    """In the room that the words leave at 1280 x 720 with the sidebar folded, and with it open; of a wide window."""
    call = "m.arrange(a[0], { width: a[1], height: a[2] }, 2, true, true)"
    for panels in (("map", "loss"), ("map", "surface")):
        folded = called(player_page, "layout", call, panels, 739, 600)
        assert folded["areas"] == ["map map", f"{panels[1]} board"]
        shares = [float(re.findall(r"([\d.]+)fr", row)[0]) for row in folded["rows"]]
        assert shares[0] / sum(shares) > 0.55
        assert called(player_page, "layout", call, panels, 554, 560)["areas"] == [panels[0], panels[1], "board"]
        square = called(player_page, "layout", call.replace("2, true", "1, true"), panels, 739, 600)
        assert square["areas"] == [f"map {panels[1]}", f"board {panels[1]}"], "a square one is larger beside the other, above the table"


def test_a_map_of_a_wide_window_is_the_largest_thing_on_the_page(player_page: PlayerPage) -> None:
    """In what the page leaves at 1280 x 720 and at 1920 x 1080; a square one has the full height."""
    call = "m.arrange(['map', 'surface', 'loss'], { width: a[0], height: a[1], table: 180 }, a[2], true)"
    for width, height in ((945, 578), (1585, 938)):
        wide = called(player_page, "layout", call, width, height, 2)
        assert wide["map"] ** 2 * 2 > 0.44 * width * height
        assert [len(set(row.split())) for row in wide["areas"]] == [2, 2], "the table beside it, the others below"
        assert called(player_page, "layout", call, width, height, 1)["map"] > 0.85 * height


def test_a_long_table_leaves_a_curve_over_it_the_height_to_be_read(player_page: PlayerPage) -> None:
    """Twelve optimizers left the loss 125 pixels."""
    call = "m.arrange(a[0], { width: 968, height: 603, table: 390, runs: 12 }, 1)"
    for panels in (["map", "loss"], ["map", "surface", "loss"]):
        rows = called(player_page, "layout", call, panels)["rows"]
        assert rows[-2].startswith("minmax(150px"), "and the table scrolls"
        heights = [int(re.findall(r"[0-9]+", row)[0]) for row in rows]
        assert sum(heights) + 10 * (len(rows) - 1) <= 604


def test_while_all_is_presented_no_panel_is_too_small_to_be_read(player_page: PlayerPage) -> None:
    call = "m.tiles(a[0], { width: 1248, height: 529, scale: 2 }, true)"
    four = called(player_page, "layout", call, ["map", "surface", "loss"])
    assert four["areas"] == ["map surface", "loss board"]
    assert not four["stacked"], "all of it is on the screen"
    five = called(player_page, "layout", call, ["landscape", "surface", "loss", "sharpness"])
    assert five["areas"] == ["landscape surface", "landscape loss", "sharpness board"], "room that is left over is the main picture's"
    beside = called(player_page, "layout", call.replace("true", "true, 2.1"), ["landscape", "surface", "boundary", "loss"])
    assert beside["areas"] == ["landscape surface", "boundary surface", "loss board"], "the scene's, beside a wide map"
    larger = called(player_page, "layout", call.replace("2 }, true", "1.4 }, true, 1.6"), ["landscape", "surface", "boundary", "loss"])
    assert larger["areas"] == ["landscape surface boundary", "landscape surface board", "loss surface board"]
    everything = called(player_page, "layout", call, list(PANELS))
    assert everything["stacked"], "otherwise it scrolls"
    assert all(float(row.removesuffix("px")) >= 240 for row in everything["rows"])
    rows = np.array([row.split() for row in everything["areas"]])
    assert set(rows.ravel()) == {*PANELS, "board"}
    assert all(np.unique(np.nonzero(rows == name)[1]).size == 1 for name in PANELS)
    layers = called(player_page, "layout", call, ["boundary", "activations", "loss"])
    assert sum("activations" in row.split() for row in layers["areas"]) > 1, "networks one under the other, and their layers"
    phone = "m.arrange(['maps', 'loss'], { width: 358, height: 700, runs: a[0] }, a[1], true).rows[0]"
    wide, square = (called(player_page, "layout", phone, runs, aspect) for runs, aspect in ((3, 2.2), (5, 1)))
    assert (wide, square) == ("548px", "525px"), "maps of a wide window are one under the other on a phone, and as wide as it is"
    narrow = called(player_page, "layout", "m.tiles(a[0], { width: 358, height: 668, scale: 1.25 }, true)", ["map", "surface", "loss"])
    assert narrow["stacked"]
    assert narrow["rows"] == ["441px", "286px", "159px", "auto"], "the table is as high as it is, and landscapes are seen"


def test_many_views_are_presented_in_pages_around_the_map_which_stays_the_largest(player_page: PlayerPage) -> None:
    call = "((size) => m.pagesOf(a[0], size, true, a[1]).map((names) => m.whole(names, size, true, a[1]).areas))(a[2])"
    names = [name for name in NETWORK_PANELS if name != "sharpness"]
    for panels, aspect in ((list(PANELS), 1), (list(PANELS), 2.1), (names, 1), (names, 2.1)):
        pages = [np.array([row.split() for row in page]) for page in called(player_page, "mosaic", call, panels, aspect, SCREEN)]
        assert 1 < len(pages) < 4
        assert [name for name in panels if not any(name in page for page in pages)] == []
        for page in pages:
            cells = {name: np.nonzero(page == name) for name in np.unique(page)}
            assert {panels[0], "board"} < set(cells)
            for name, (down, across) in cells.items():
                assert len(down) == (np.ptp(down) + 1) * (np.ptp(across) + 1), "otherwise the browser draws none of them"
                assert name == panels[0] or page.size <= 4 or len(down) < len(cells[panels[0]][0])
    few = called(player_page, "mosaic", call, ["map", "surface", "loss"], 1, SCREEN)
    assert few == [["map surface", "loss board"]], "as tiles, all on one page"


# ---- data.js and anatomy.js


def test_a_race_arrives_as_it_was_sent(player_page: PlayerPage) -> None:
    race = race_of(RACE)
    block = landscape_bytes(race.landscape, LIGHT)
    seen = called(
        player_page,
        "data",
        """(({ steps, count, runs }) => ({
            steps, count, x: runs.map((run) => [...run.x]), median: runs.map((run) => [...run.median]),
        }))(m.readRuns(a[0]))""",
        run_bytes(race, LIGHT, ("map",), block),
    )
    assert (seen["steps"], seen["count"]) == (200, 2)
    for run, x, median in zip(race.runs, seen["x"], seen["median"], strict=True):
        assert x == pytest.approx(run.positions[:, 0].ravel().tolist(), rel=1e-6)
        assert median == pytest.approx(np.median(run.losses, axis=-1).tolist(), rel=1e-6)


@pytest.mark.parametrize(
    ("inside", "outside", "expected"),
    [
        ("0, 0", "3, 0", (2.0, 0.0)),
        ("0, 0", "0, -9", (0.0, -1.0)),
        ("0, 0", "4, 2", (2.0, 1.0)),
        ("0, 0.5", "NaN, 1", (0.0, 1.0)),
    ],
)
def test_a_line_leaves_the_window_at_its_edge(player_page: PlayerPage, inside: str, outside: str, expected: tuple[float, float]) -> None:
    """The window is (-2, 2) x (-1, 1); to a point that is not known a line leaves it over the nearest edge."""
    assert called(player_page, "data", f"m.crossing({inside}, {outside}, [-2, 2, -1, 1])") == pytest.approx(expected)


def test_the_parts_of_a_step_lead_to_the_next_point(player_page: PlayerPage) -> None:
    race = race_of(RACE)
    shapes = called(
        player_page,
        "anatomy",
        "(() => { const step = m.readStep(a[0]); return [0, 7, 150].map((t) => m.shapesOf(step, t)); })()",
        step_bytes(race, 1, 1, LIGHT),
    )
    path = race.runs[1].positions[:, :, 1]
    for t, made in zip((0, 7, 150), shapes, strict=True):
        parts = [shape for shape in made if shape["kind"] == "part"]
        assert len(parts) == len(dissect(race.runs[1], 1).anatomy.parts)
        assert parts[0]["from"] == pytest.approx(path[t].tolist(), rel=1e-6)
        for before, after in pairwise(parts):
            assert after["from"] == before["to"]
        assert parts[-1]["to"] == pytest.approx(path[t + 1].tolist(), rel=1e-4, abs=1e-5)
        (move,) = (shape for shape in made if shape["kind"] == "move")
        assert (move["from"], move["to"]) == (parts[0]["from"], parts[-1]["to"])


def test_newtons_parabola_is_the_landscape_where_that_is_quadratic(player_page: PlayerPage) -> None:
    scenario = Scenario(landscape=Choice.of("ravine", condition=4.0), optimizers=(Choice.of("newton", lr=0.5, damping=0.0),), steps=2)
    race = race_of(scenario)
    expression = """(() => {
        const step = m.readStep(a[0]);
        return m.parabolaAt(step, step.parts.find((part) => part.matrix && part.product), 1);
    })()"""
    lines = called(player_page, "anatomy", expression, step_bytes(race, 0, 0, LIGHT))
    loss = race.runs[0].losses[1, 0]
    assert len(lines) == 2
    for line, share in zip(lines, (1.0, 0.25), strict=True):  # through the point, and half as far from the minimum
        np.testing.assert_allclose(race.landscape.value(np.array(line).T), share * loss, rtol=1e-5)


def test_a_close_up_holds_the_step_in_a_part_of_the_windows_shape(player_page: PlayerPage) -> None:
    x, y = called(player_page, "anatomy", "m.aroundStep(m.readStep(a[0]), 5, [[-6, 6], [-6, 6]])", step_bytes(race_of(RACE), 0, 0, LIGHT))
    path = race_of(RACE).runs[0].positions[:, :, 0]
    for point in (path[5], path[6]):
        assert x[0] < point[0] < x[1]
        assert y[0] < point[1] < y[1]
    assert x[1] - x[0] == pytest.approx(y[1] - y[0])
    assert x[1] - x[0] < 0.55 * 12 * 1.8


# ---- views.js


def test_a_map_leads_from_points_to_pixels_and_back(player_page: PlayerPage) -> None:
    box = {"left": 10, "top": 20, "width": 400, "height": 200, "x": [-2, 2], "y": [0, 1]}
    there, back = called(
        player_page, "views", "(() => { const v = new m.FlatView(a[0]); return [v.point(1, 0.25), v.unproject(310, 170)]; })()", box
    )
    assert there[:2] == [310, 170]
    assert back == pytest.approx([1, 0.25])


def test_matrices_are_multiplied_column_by_column(player_page: PlayerPage) -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 4, 4))
    made = called(player_page, "views", "[...m.multiply(a[0], a[1])]", a.ravel(order="F").tolist(), b.ravel(order="F").tolist())
    assert np.array(made).reshape(4, 4, order="F") == pytest.approx(a @ b)


def test_what_lies_under_a_surface_is_hidden_and_what_lies_over_it_is_not(player_page: PlayerPage) -> None:
    """A plane at height 0 seen straight from above, from a distance of 4: depth is 4 minus the height."""
    matrix = np.array([[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1, 0], [0, 0, -1, 4]]).ravel(order="F").tolist()
    hidden = called(
        player_page,
        "views",
        """(() => {
            const depth = new m.DepthBuffer(300, 300), box = { left: 0, top: 0, width: 300, height: 300 }, window = [[-2, 2], [-2, 2]];
            depth.fill(a[0], 300, 300, { n: 9, values: new Float32Array(81) }, window);
            const view = new m.PerspectiveView(box, a[0], depth, 0, window);
            return [-0.5, 0.5].map((height) => view.point(0.3, -0.4, height)[2]);
        })()""",
        matrix,
    )
    assert hidden == [True, False]


def test_the_browser_has_every_operation_of_a_program(player_page: PlayerPage) -> None:
    known = set(called(player_page, "program", "m.operationNames"))
    used = {step[0] for name in landscapes.names() for step in json.loads(json.dumps(landscapes.get(name).program_as_data()))["steps"]}
    assert used <= known


# ---- heads.js and names.js


HEADS = {
    "five at one place": ([[100.0, 80.0]] * 5, [0, 1, 2, 3, 4]),
    "two that touch, and one far away": ([[10.0, 10.0], [14.0, 11.0], [60.0, 10.0]], [0, 1, 2]),
    "two of one optimizer with two of another": ([[50.0, 50.0], [50.5, 50.0], [51.0, 49.0], [50.0, 51.0]], [0, 0, 1, 1]),
    "a dozen scattered": (np.random.default_rng(1).uniform(0, 40, (12, 2)).tolist(), list(range(12))),
}


@pytest.mark.parametrize("name", HEADS)
def test_heads_that_meet_make_room_for_each_other_in_films_as_in_the_player(player_page: PlayerPage, name: str) -> None:
    points, owners = np.array(HEADS[name][0]), np.array(HEADS[name][1])
    heads = [{"index": int(owner), "x": x, "y": y} for owner, (x, y) in zip(owners, points.tolist(), strict=True)]
    fanned = called(
        player_page, "heads", "(m.fanOut(a[0], 6, a[1]), a[0].map(({ left, top }) => [left, top]))", heads, int(owners.max()) + 1
    )
    placed = fan_out(points, owners, 6.0, int(owners.max()) + 1)
    assert fanned == pytest.approx(placed, abs=1e-9)
    other = owners[:, None] != owners[None, :]

    def nearest(places: Any) -> Any:
        return np.where(other, np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)), np.inf)

    assert nearest(placed).min() > 8, "none hides another of a radius of 6"
    alone = nearest(points).min(axis=1) > 60
    assert (placed[alone] == points[alone]).all()
    assert np.hypot(*(placed - points).T).max() < 24, "only a little"


def test_a_name_takes_the_nearest_free_place_inside_the_picture(player_page: PlayerPage) -> None:
    box = {"left": 0, "top": 0, "width": 200, "height": 100}
    place = "m.placeFor(a[0], { width: 60, height: 16 }, 10, a[1], a[2].map((one) => ({ weight: 100, ...one })))"
    first = called(player_page, "names", place, {"x": 50, "y": 50}, box, [])
    assert (first["left"], first["top"]) == (60, 42)
    second = called(player_page, "names", place, {"x": 50, "y": 52}, box, [first])
    assert second["top"] >= first["top"] + 16, "under the first"
    third = called(player_page, "names", place, {"x": 50, "y": 50}, box, [first, second])
    assert third["top"] <= first["top"] - 16, "over the first"
    ring = {"left": 70, "top": 44, "width": 10, "height": 10, "weight": 3}
    assert called(player_page, "names", place, {"x": 50, "y": 50}, box, [ring])["top"] >= 54, "beside the ring of a start"
    between = [{"left": 60, "top": top, "width": 60, "height": 16} for top in (10, 26, 58, 74)]
    assert called(player_page, "names", place, {"x": 50, "y": 50}, box, [ring, *between])["top"] == 42, "or over it, rather than over words"
    assert called(player_page, "names", place, {"x": 180, "y": 50}, box, [])["left"] == 110, "at the left where the picture ends"
    assert called(player_page, "names", place, {"x": 50, "y": 96}, box, [first])["top"] + 16 <= 100
    low = {"left": 0, "top": 0, "width": 400, "height": 40}
    full = [{"left": 110, "top": 0, "width": 60, "height": 40}]
    assert called(player_page, "names", place, {"x": 100, "y": 20}, low, full)["left"] == 30, "at the left where the right is full"


# ---- preview.js


def test_on_nearly_flat_ground_red_green_and_blue_change_together(player_page: PlayerPage) -> None:
    """Easom's plain had greener and redder blotches, where one of them was rounded up before the others."""
    z = [[16 + 3 * (11 * row + column) / 121 for column in range(11)] for row in range(11)]
    trace = {"z": z, "colorscale": DARK_SCALE, "contours": {"start": 1, "end": 20, "size": 1}}
    colours = "[...m.coloursOf(a[0]).getContext('2d').getImageData(0, 0, 11, 11).data]"
    found = np.array(called(player_page, "preview", colours, trace)).reshape(-1, 4)[:, :3]
    steps = np.diff(np.unique(found, axis=0), axis=0)
    assert len(steps) >= 5
    assert (steps >= 1).all()
    assert (steps <= 2).all(), "one after the other"
    assert tuple(found[10]) == (47, 59, 73), "at (18.98 - 0.5) / 20 of the scale, where Plotly has it"


# ---- orbit.js

FIRST: dict[str, dict[str, float]] = {
    "eye": {"x": -0.78, "y": -1.17, "z": 1.4},
    "center": {"x": 0, "y": 0, "z": -0.1},
    "up": {"x": 0, "y": 0, "z": 1},
}
SIDES = {"x": 1.3, "y": 0.77, "z": 0.55}


def distance(camera: Any) -> float:
    return float(np.hypot(np.hypot(camera["eye"]["x"], camera["eye"]["y"]), camera["eye"]["z"]))


@pytest.mark.parametrize(("width", "height"), [(450, 290), (470, 185), (1200, 900), (360, 300), (300, 800)])
def test_a_scene_fills_its_picture_from_side_to_side(player_page: PlayerPage, width: int, height: int) -> None:
    """Its whole box is seen, with room for the numbers at the left and below, and it touches two sides that face each other."""
    camera = called(player_page, "orbit", "m.fitted(a[0], a[1], a[2], a[3], 1)", FIRST, SIDES, width, height)
    eye, centre = (np.array([camera[name][axis] for axis in "xyz"]) for name in ("eye", "center"))
    ahead = (centre - eye) / np.linalg.norm(centre - eye)
    first = np.array([FIRST["center"][axis] - FIRST["eye"][axis] for axis in "xyz"])
    assert ahead == pytest.approx(first / np.linalg.norm(first)), "the direction is kept"
    right = np.cross(ahead, [0, 0, 1]) / np.linalg.norm(np.cross(ahead, [0, 0, 1]))
    corners = np.array([[x, y, z] for x in (-0.65, 0.65) for y in (-0.385, 0.385) for z in (-0.275, 0.275)]) - eye
    pixel = height / 2 / (corners @ ahead * np.tan(np.pi / 8))  # half of the height is seen there
    across, up = corners @ right * pixel, corners @ np.cross(right, ahead) * pixel
    left, other, low, high = width / 2 + across.min(), width / 2 - across.max(), height / 2 + up.min(), height / 2 - up.max()
    assert left > 35
    assert other > 4
    assert low > 18
    assert high > 4
    assert min(left + other, low + high) < 100, "and not much more"


def test_numbers_at_axes_are_round_and_as_many_as_have_room(player_page: PlayerPage) -> None:
    ranges: list[tuple[list[float], int, list[float]]] = [
        ([-4, 4], 5, [-4, -2, 0, 2, 4]),
        ([-4, 4], 4, [-4, 0, 4]),
        ([0, 120], 10, [0, 20, 40, 60, 80, 100, 120]),
        ([0, 120], 6, [0, 50, 100]),
        ([-1.5, 2.5], 2, [0, 2]),
        ([0, 0], 5, []),
    ]
    for limits, most, shown in ranges:
        assert called(player_page, "ticks", "m.roundNumbers(a[0], a[1])", limits, most) == shown
    together = "m.writtenTogether(a[0], a[1])"
    assert called(player_page, "ticks", together, [-400000, 0, 5e5], [-7e5, 5e5]) == ["\u2212400k", "0", "500k"], "as Plotly does"
    assert called(player_page, "ticks", together, [5000, 20000], [0, 2e4]) == ["5k", "20k"]
    assert called(player_page, "ticks", together, [-0.5, 5000], [-1, 9000]) == ["\u22120.5", "5000"]
    decades: list[tuple[list[float], int, list[float]]] = [
        ([-7, 2], 5, [1e-6, 1e-4, 0.01, 1, 100]),
        ([-7, 2], 2, [1e-5, 1]),
        ([0.1, 0.9], 3, [2, 5]),
        ([2, 3], 1, [100]),
        ([-1.2, 0.3], 6, [0.1, 0.2, 0.5, 1]),
        ([-1.2, 0.7], 6, [0.1, 0.3, 1, 3]),
        ([-1.2, 0.7], 3, [0.1, 1]),
        ([-0.27, -0.02], 5, [0.6, 0.7, 0.8, 0.9]),
        ([1.05, 1.25], 5, [12, 14, 16]),
    ]
    for limits, most, shown in decades:
        assert called(player_page, "ticks", "m.powersOfTen(a[0], a[1])", limits, most) == pytest.approx(shown)


def test_the_scoreboard_is_sorted_now_and_then_and_at_the_end_at_once(player_page: PlayerPage) -> None:
    """In the rest before a race began anew it had the order of some steps before, beside curves that were at the end."""
    show = """((position) => {
        const clock = { playing: true, position, step: position, steps: 300 };
        const player = { race: { runs: [] }, clock, off: new Set(), highlight: null };
        const as = { player, sorted: performance.now(), step: null, rows: [], order: [] };
        const board = Object.assign(Object.create(m.Board.prototype), as);
        const before = (board.sorted -= 5);
        board.show();
        return board.sorted > before;
    })(a[0])"""
    assert not called(player_page, "board", show, 298)
    assert called(player_page, "board", show, 300)


def test_no_wheel_and_no_key_brings_the_camera_into_the_surface_or_over_its_top(player_page: PlayerPage) -> None:
    into = "Array.from({ length: 60 }).reduce((camera) => m.zoomed(camera, 0.7, a[1]), a[0])"
    assert distance(called(player_page, "orbit", into, FIRST, SIDES)) > 0.5 * np.linalg.norm(list(SIDES.values()))
    away = "Array.from({ length: 60 }).reduce((camera) => m.zoomed(camera, 1.4, a[1]), a[0])"
    assert distance(called(player_page, "orbit", away, FIRST, SIDES)) < 13
    inside = {**FIRST, "eye": {"x": 0.1, "y": 0.1, "z": 0.1}}
    assert distance(called(player_page, "orbit", "m.outside(a[0], a[1])", inside, SIDES)) > 0.5 * np.linalg.norm(list(SIDES.values()))
    over = called(player_page, "orbit", "Array.from({ length: 60 }).reduce((camera) => m.turned(camera, 0, 0.1, a[1]), a[0])", FIRST, SIDES)
    assert over["eye"]["z"] > 0
    assert np.hypot(over["eye"]["x"], over["eye"]["y"]) > 0, "never straight above, where left and right change places"
    about = called(player_page, "orbit", "m.turned(a[0], Math.PI, 0, a[1])", FIRST, SIDES)
    assert [about["eye"][axis] for axis in "xyz"] == pytest.approx([0.78, 1.17, 1.4])


# ---- words.js


def test_a_figure_says_its_title_its_axes_and_what_is_drawn(player_page: PlayerPage) -> None:
    layout = {"title": {"text": "<b>Two</b><br>rates"}, "xaxis": {"title": {"text": "step"}}, "yaxis": {"title": {"text": "loss"}}}
    data = [{"name": "SGD"}, {"name": "SGD"}, {"name": "a band", "showlegend": False}, {"name": "Adam"}, {}]
    said = called(player_page, "words", "m.wordsOfFigure({ data: a[0], layout: a[1] })", data, layout)
    assert said == "Two rates: loss over step: SGD, Adam"
    assert called(player_page, "words", "m.wordsOfFigure({ data: [{}], layout: {} })") == "Chart"


# ---- reader.js


def test_what_a_student_has_answered_is_told_on_the_lessons_page_only(player_page: PlayerPage) -> None:
    reading = {"page": "lessons", "progress": {}, "asks": True, "forgotten": 0, "plays": 0}
    called(player_page, "program", "localStorage.setItem('descent lessons', JSON.stringify({ adam: '1' }))")
    for path, told in (("/lessons", 1), ("/class/lessons/", 2), ("/class/", 2), ("/", 2)):  # the last two: it has gone back
        called(player_page, "program", "history.replaceState(null, '', a[0])", path)
        player_page.show("receiveReader", "reader", reading)
        assert player_page.page.evaluate("asked.map(({ value }) => value)") == [{"adam": "1"}] * told
    link = """(() => {
        history.replaceState(null, '', '/lessons');
        document.body.insertAdjacentHTML('beforeend', `<div class="st-key-pages"><a href="${a[0]}">to another page</a></div>`);
        const link = document.querySelector('.st-key-pages a');
        link.addEventListener('click', (event) => event.preventDefault());
        link.click();
        link.parentElement.remove();
    })()"""
    for path, told in (("/basins", 2), ("/lessons", 3)):  # it is about to leave, and then it is not
        called(player_page, "program", link, path)
        player_page.show("receiveReader", "reader", reading)
        assert player_page.page.evaluate("asked.length") == told
    called(player_page, "program", "localStorage.clear()")


# ---- tracing.js


def test_a_trail_is_drawn_without_what_no_screen_shows(player_page: PlayerPage) -> None:
    """Every point lies on the lines that are drawn, closer than a screen can show; of hundreds of steps at one place there are few."""
    rng = np.random.default_rng(3)
    steps = np.arange(300)
    smooth = np.stack([np.exp(-steps / 40) * np.cos(steps / 20), np.exp(-steps / 40) * np.sin(steps / 20)])
    circling = 0.5 + np.stack([0.01 * (-1.0) ** steps, 0.01 * ((steps // 2) % 2)])
    wild = rng.uniform(-1, 1, (2, 300))
    gap = np.where(np.arange(300) == 120, np.nan, 0.7 * smooth + 0.2)
    paths = np.stack([smooth, smooth, circling, wild, gap], axis=2)  # (axis, step, trajectory)
    drawn = player_page.page.evaluate(
        """async ([x, y, steps, count]) => {
            const [{ traced }, { FlatView }] = await Promise.all([import("/js/tracing.js"), import("/js/views.js")]);
            const view = new FlatView({ left: 0, top: 0, width: 400, height: 400, x: [-1, 1], y: [-1, 1] });
            const run = { x: Float32Array.from(x, Number), y: Float32Array.from(y, Number), z: new Float32Array(x.length) };
            const own = window.Path2D;
            window.Path2D = class {
                lines = [];
                moveTo(...to) { this.at = to; }
                lineTo(...to) { this.lines.push([...this.at, ...to]); this.at = to; }
            };
            try {
                const { seen } = traced(view, run, { count, steps, runs: [run] }, 0, steps, { ratio: 1, once: true, most: 2000 });
                return seen.map(({ lines }) => lines);
            } finally {
                window.Path2D = own;
            }
        }""",
        [*(list(map(str, axis.ravel())) for axis in paths), 299, 5],
    )
    lines = np.array([line for path in drawn for line in path])
    assert len(drawn) > 1, "long paths are cut into parts"
    assert len(lines) < 300 + 300 / 2
    points = (200 * (1 + paths * np.array([1, -1])[:, None, None])).reshape(2, -1)
    a, b = lines[:, :2].T, lines[:, 2:].T
    along = np.einsum("ak,akp->kp", b - a, points[:, None] - a[..., None]) / np.maximum(((b - a) ** 2).sum(axis=0), 1e-12)[:, None]
    nearest = a[..., None] + np.clip(along, 0, 1) * (b - a)[..., None]
    distance = np.sqrt(((points[:, None] - nearest) ** 2).sum(axis=0)).min(axis=0)
    assert np.nanmax(distance) < 0.45, "pixels"
    assert np.isnan(distance).sum() == 1


# ---- qr.js


def test_qr_codes_have_the_squares_of_segno(player_page: PlayerPage) -> None:
    """Of all lengths, among them the last that a version holds and the first that it does not."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789~:&=.-%_/?ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    lengths = [*range(1, 120, 7), 17, 18, 53, 78, 134, 154, 230, 231, 271, 272, 321, 367, 458, 520, 700, 858, 1171, 1273, 1465, 2000, 2900]
    texts = ["https://"[:length] + "".join(np.random.default_rng(length).choice(list(letters), max(length - 8, 0))) for length in lengths]
    found = called(player_page, "qr", "a[0].map(m.squaresOf).map(({ size, dark }) => [size, [...dark].join('')])", texts)
    codes = [segno.make_qr(text, error="l") for text in texts]
    for code, text, (size, dark) in zip(codes, texts, found, strict=True):
        assert [size, dark] == [len(code.matrix), "".join("".join(map(str, row)) for row in code.matrix)], text
    assert {code.error for code in codes} == set("LMQH")
    assert called(player_page, "qr", "[2953, 2954].map((length) => m.squaresOf('x'.repeat(length))?.size ?? null)") == [177, None]


def test_a_link_without_a_qr_code_says_why(player_page: PlayerPage) -> None:
    address = "https://descent.example.org/?steps=9"
    shown = called(
        player_page,
        "pagelink",
        """(() => {
          document.body.insertAdjacentHTML("beforeend", a[0]);
          const place = document.querySelector("details.link");
          place.open = true;
          const seen = a[1].map((address) => {
            m.showLink(address);
            return [".qr", ".here", ".long"].filter((part) => !place.querySelector(part).hidden).join();
          });
          seen.push(place.querySelector(".long").textContent.includes("3,036 letters"));
          place.remove();
          return seen;
        })()""",
        page_link(address),
        [address, "http://localhost:8501/?steps=9", "file:///race.html#steps=9", address + "9" * 3000],
    )
    assert len(address) == 36
    assert shown == [".qr", ".here", ".here", ".long", True]


# ---- history.js


def test_addresses_that_were_passed_over_are_not_asked_for_and_make_no_entries(player_page: PlayerPage) -> None:
    heard = called(
        player_page,
        "history",
        """(async () => {
          const plain = [history.pushState, history.replaceState];
          const first = location.href;
          const heard = [];
          const hear = () => heard.push(location.search);
          const moved = async (way) => {
            const before = location.search;
            history[way]();
            while (location.search === before) await new Promise((done) => setTimeout(done, 1));
            await new Promise((done) => setTimeout(done, 1)); // the event comes with it
          };
          for (const at of [1, 2, 3]) history.pushState({}, "", `?at=${at}`);
          m.tendHistory();
          addEventListener("popstate", hear);
          const entries = history.length;
          await moved("back");
          await moved("back"); // while the first is on its way
          history.pushState({}, "", "?at=stale"); // as Streamlit does when the first is answered
          history.replaceState({}, "", "?at=stale");
          m.answered(`${location.origin}${location.pathname}?at=3`); // a page that was under way before
          heard.push("-");
          m.answered(`${location.origin}${location.pathname}?at=2`);
          m.answered(`${location.origin}${location.pathname}?at=1`);
          await moved("forward");
          m.answered(`${location.origin}${location.pathname}?at=2`);
          history.pushState({}, "", "?at=new");
          const told = [...heard, location.search, history.length - entries];
          removeEventListener("popstate", hear);
          [history.pushState, history.replaceState] = plain;
          history.replaceState({}, "", first);
          return told;
        })()""",
    )
    assert heard == ["?at=2", "-", "?at=1", "?at=2", "?at=new", 0]
