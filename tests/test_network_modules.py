"""The player's pure modules for networks, imported by the browser and called as they are."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from networks import Network, activations
from networks.signals import statistics
from player.modules import joined_modules
from scenario.landscape_presets import SHOWN
from tests.player_page import PlayerPage
from tests.test_modules import called

OUTPUTS = """(() => {
    const net = new m.Dense(a[0]);
    return a[1].map((weights, i) => { net.load(weights, a[2]?.[i]); return net.outputs(a[3]).map((row) => [...row]); });
})()"""


@pytest.mark.parametrize("normalized", [False, True], ids=["plain", "batch norm"])
def test_the_browser_computes_what_networks_give(player_page: PlayerPage, normalized: bool) -> None:
    """Every activation, with sums small and large, and more points than go through a network together; to the last digits that are seen."""
    x = np.random.default_rng(3).uniform(-4, 4, (520, 2))
    for name in activations.names():
        net = Network((2, 5, 6, 3), name, normalized, loss="softmax")
        weights = net.initial("normal", 2, seed=1, std=1.5, scale=[1.0, 20.0])
        known = statistics(net, weights, x)
        seen = called(player_page, "dense", OUTPUTS, net.as_data(), weights.tolist(), known.tolist() if normalized else None, x.T.tolist())
        expected = net.outputs(weights, x).swapaxes(1, 2)
        assert np.array(seen) == pytest.approx(expected, rel=1e-6, abs=1e-6), name


def test_probabilities_are_those_of_python(player_page: PlayerPage) -> None:
    rows = np.array([[-800.0, -1.0, 0.0, 3.0], [0.0, 2.0, 0.0, 900.0], [1.0, 5.0, 0.0, 0.0]])
    seen = called(player_page, "dense", "m.probabilities(a[0].map((row) => Float64Array.from(row))).map((row) => [...row])", rows.tolist())
    sizes = np.exp(rows - rows.max(axis=0))
    assert np.array(seen) == pytest.approx(sizes / sizes.sum(axis=0))
    one = called(player_page, "dense", "[...m.probabilities([Float64Array.from(a[0])])[0]]", rows[0].tolist())
    assert one == pytest.approx((np.tanh(rows[0] / 2) + 1) / 2)


def test_between_kept_steps_weights_are_on_the_straight_line(player_page: PlayerPage) -> None:
    """Whole kept steps are exact; where the next step has no number, the last one that has stays."""
    rows = [1.0, 10.0, 3.0, 20.0, float("nan"), 40.0]
    seen = called(
        player_page,
        "training",
        "a[1].map((at) => [...m.rowAt(Float32Array.from(a[0], Number), 2, m.momentOf(Int32Array.of(0, 4, 10), at), new Float64Array(2))])",
        ["NaN" if np.isnan(value) else value for value in rows],
        [0, 1, 4, 7, 10],
    )
    assert seen[:4] == [[1, 10], [1.5, 12.5], [3, 20], [3, 30]]
    assert seen[4][1] == 40


def test_the_line_between_two_classes_is_where_they_are_equal(player_page: PlayerPage) -> None:
    """A circle: every piece of its line is as far from the middle as the circle."""
    pieces = called(
        player_page,
        "shades",
        """(() => {
            const far = (i) => Math.hypot((i % 40) - 19.5, Math.floor(i / 40) - 19.5), pieces = [];
            const values = Float64Array.from({ length: 1600 }, (_, i) => 12 - far(i));
            m.zeroLines(values, 40, 40, (...ends) => pieces.push(ends));
            return pieces;
        })()""",
    )
    ends = np.array(pieces).reshape(-1, 2)
    assert len(pieces) > 60
    assert np.hypot(*(ends - 19.5).T) == pytest.approx(12, abs=0.05)


def test_what_is_finer_than_the_grid_gives_no_dots_of_lines(player_page: PlayerPage) -> None:
    """A network that is so steep that it tears the plane looked like a fault; a circle's line stays where it is."""
    crossings = """(() => {
        const far = (i) => Math.hypot((i % 40) - 19.5, Math.floor(i / 40) - 19.5), pieces = [];
        const share = { stripe: (i) => Number(i % 40 === 20), circle: (i) => 1 / (1 + Math.exp(far(i) - 12)) }[a[0]];
        const soft = m.softened(Float64Array.from({ length: 1600 }, (_, i) => share(i) - 0.5), 40, 40);
        m.zeroLines(soft, 40, 40, (...ends) => pieces.push(ends));
        return pieces;
    })()"""
    assert called(player_page, "shades", crossings, "stripe") == []
    ends = np.array(called(player_page, "shades", crossings, "circle")).reshape(-1, 2)
    assert np.hypot(*(ends - 19.5).T) == pytest.approx(12, abs=0.1)
    steep = "m.steepPlaces([Float64Array.from([0, 0, 1, 1, 0.9, 0.9])], 3, 2)"
    assert called(player_page, "shades", steep) == [0, 1, 2, 3, 4]


def test_ticks_are_round_numbers_within_the_axis(player_page: PlayerPage) -> None:
    seen = called(
        player_page,
        "plotting",
        """[m.linearAxis([-1.3, 2.2], 5), m.logAxis([-7, 1], 4), m.symmetricAxis([-50, 50], 0.3)].map(
            ({ place, ticks }) => ticks.map(({ value, text }) => [place(value), text]))""",
    )
    assert [text for _, text in seen[0]] == ["−1", "0", "1", "2"]
    assert [text for _, text in seen[1]] == ["10⁻⁶", "10⁻⁴", "10⁻²", "1"]
    assert {text for _, text in seen[2]} >= {"0", "10", "−10"}
    assert all(0 <= place <= 1 for ticks in seen for place, _ in ticks)


@pytest.mark.parametrize("entry", ["player", "trainer"])
def test_modules_are_joined_each_with_names_of_its_own(entry: str) -> None:
    outside = joined_modules(entry).rpartition("})();")[2]
    given = [name for names in re.findall(r"^const \{ (.*) \} = ", outside, re.MULTILINE) for name in names.split(", ")]
    assert len(given) == len(set(given)) > 50


FATES = {
    "fades": ([0.5, 1e-3], [1e-6, 1e-2], [1e-6, 1e-2], [0.0, 0.0]),
    "keeps its size": ([0.6, 0.4], [0.05, 0.1], [0.02, 0.05], [0.01, 0.0]),
    "saturates": ([0.98, 0.98], [12.0, 0.3], [1e-9, 1e-5], [0.9, 0.9]),
    "nothing comes back": ([0.5, 0.5], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]),
    "overflows": ([0.5, "NaN"], [1.0, 1.0], [1.0, 1.0], [0.0, 0.0]),
    "dies": ([0.6, 0.4], [0.05, 0.1], [0.0, 0.0], [0.98, 0.96]),
}


@pytest.mark.parametrize("tag", FATES)
def test_what_becomes_of_a_signal_is_said_in_words(player_page: PlayerPage, tag: str) -> None:
    """That gradients vanish where units saturate is half true: half of the signal is next to nothing, what comes through grows."""
    spread, rms, median, saturated = FATES[tag]
    told = called(
        player_page,
        "signalwords",
        """(() => {
            const [spread, rms, medianBack, saturated] = a[0].map((row) => Float32Array.from(row, Number));
            return m.fateOf({ spread, rms, medianBack, saturated, dead: Float32Array.from(a[1]) }, 0, 2, a[2]);
        })()""",
        [spread, rms, median, saturated],
        [0.88, 0.88] if tag == "dies" else [0.0, 0.0],
        "cut off" if tag == "dies" else "saturated",
    )
    assert told["tag"] == tag
    if tag == "saturates":
        assert "below 1.0e−9 at the first layer; yet where it comes through it grows towards the inputs" in told["sentence"]


def test_a_network_that_overflows_counts_in_the_axis_of_depth_as_it_begins(player_page: PlayerPage) -> None:
    """Twelve layers of ReLU: up to 1e33 just before the overflow, beside which all others lay on one line."""
    counted = "Array.from(m.counted(Float32Array.from(a[0], Number), 2))"
    assert called(player_page, "depth", counted, [1, 2, 1e20, 1e33, "NaN", "NaN"]) == [1, 2]
    assert called(player_page, "depth", counted, [1, 2, 3, 4]) == [1, 2, 3, 4]


def test_numbers_at_an_axis_do_not_reach_into_the_next_picture(player_page: PlayerPage) -> None:
    """The 10⁴ of one network stood in the −1 of the next."""
    drawn = called(
        player_page,
        "plotting",
        """(() => {
            const context = document.createElement("canvas").getContext("2d"), drawn = [];
            context.fillText = (text, x) => drawn.push([x - context.measureText(text).width / 2, x + context.measureText(text).width / 2]);
            const ticks = [{ value: 0, text: "−1" }, { value: 1, text: "10000" }];
            const box = { left: 100, right: 200, top: 0, bottom: 50 };
            m.drawAcross(context, { place: (value) => value, ticks }, box, { line: "#000", text: "#000" }, 10);
            return drawn;
        })()""",
    )
    assert len(drawn) == 2
    assert all(left >= 95 and right <= 205 for left, right in drawn)


def test_a_name_over_a_picture_is_the_longest_that_fits(player_page: PlayerPage) -> None:
    names = [["Momentum: keeps its size", "Momentum: steady"], ["SGD: fades", "SGD: fades"]]
    fitting = """m.fitting(document.createElement("canvas").getContext("2d"), a[1], a[0], 13)"""
    assert called(player_page, "plotting", fitting, 400, names) == ["Momentum: keeps its size", "SGD: fades"]
    assert called(player_page, "plotting", fitting, 130, names) == ["Momentum: steady", "SGD: fades"]


def test_names_of_one_colour_stand_at_their_heads_or_not_at_all(player_page: PlayerPage) -> None:
    """Of nine networks from three starts, presented, names stood nearer to other heads than to their own, and over each other."""
    drawn = called(
        player_page,
        "names",
        """(() => {
            const context = document.createElement("canvas").getContext("2d"), drawn = [];
            context.fillText = (text, left, middle) => drawn.push({ text, left, middle });
            const run = (label, colour, y) => ({ label, colour, x: [100], y: [y], z: [0] });
            const runs = a[0].map((colour, i) => run(`optimizer, start ${i}`, colour, 60 + 3 * i));
            const view = { box: { left: 0, top: 0, width: 400, height: 400 }, point: (x, y) => [x, y] };
            const race = { runs, count: 1, steps: 0, look: { head: 7, start: { radius: 5, width: 2 } } };
            const note = (index) => (index % 2 ? "" : "3.4× too high");
            const frame = { race, scale: 1, theme: {}, names: true, note, position: 0, highlight: null, off: new Set() };
            m.drawNames(context, m.placeNames(context, { view, runs: runs.map((_, i) => i) }, frame), frame);
            return drawn;
        })()""",
        ["orange", "blue", "pink"] * 3,
    )
    assert 2 <= len(drawn) < 9, "there is no room for all"
    heads = [60 + 3 * index for index in range(9)]
    for one in drawn:
        assert min(abs(one["middle"] - head) for head in heads) <= 2.5 * 1.2 * 13 + 0.1
    middles = sorted(one["middle"] for one in drawn)
    assert all(later - earlier >= 1.2 * 13 - 0.1 for earlier, later in pairwise(middles)), "none stands over another one"


def test_names_over_boundaries_have_one_size(player_page: PlayerPage) -> None:
    """The name of momentum's network was written half as large as that of SGD's beside it."""
    drawn = called(
        player_page,
        "boundary",
        """(() => {
            const context = document.createElement("canvas").getContext("2d"), fonts = [];
            context.fillText = (text) => fonts.push([text, context.font]);
            const trainer = { training: { runs: a[0].map((label) => ({ label, colour: "red" })) } };
            const cells = a[0].map((_, run) => ({ run, box: { top: 50 }, name: { left: 0, right: 125 } }));
            m.BoundaryPanel.prototype.drawNames.call({ trainer, cells, scale: 1.4 }, context);
            return fonts;
        })()""",
        ["SGD", "Momentum, start 1", "Adam, start 1"],
    )
    assert len(drawn) == 3
    assert len({font for _, font in drawn}) == 1


def test_names_beside_each_other_have_one_form_and_say_what_differs(player_page: PlayerPage) -> None:
    """In lesson 20 several boundaries were called "SGD, learning rate..." on a phone."""
    labels = [f"SGD, learning rate {rate}" for rate in ("0.01", "0.1", "10")]
    forms = called(player_page, "labels", "a[0].map((_, run) => m.namesOf(a[0], run))", labels)
    assert forms[2] == ["SGD, learning rate 10", "learning rate 10", "rate 10", "10"]
    shown = "m.inOneForm(a[0], (name) => name.length <= a[1])"
    assert called(player_page, "labels", shown, forms, 16) == ["rate 0.01", "rate 0.1", "rate 10"]  # "learning rate 10" alone would fit
    assert called(player_page, "labels", shown, forms, 18) == ["learning rate 0.01", "learning rate 0.1", "learning rate 10"]
    assert called(player_page, "labels", "m.namesOf(a[0], 1)", ["SGD", "Adam"]) == ["Adam"]


def test_names_with_what_becomes_of_a_signal_leave_out_what_all_begin_with_where_there_is_no_room(player_page: PlayerPage) -> None:
    """In lesson 17 the one that saturates was "Xavier, scale 10: satura…"."""
    labels = ["Xavier, scale 1", "Xavier, scale 10"]
    named = "m.namesWith(a[0], a[1], a[2])"
    assert called(player_page, "signalwords", named, labels, 1, "saturates")[-2:] == ["scale 10: saturates", "10: saturates"]
    assert called(player_page, "signalwords", named, labels, 0, "keeps its size")[0] == "Xavier, scale 1: keeps its size"
    assert called(player_page, "signalwords", named, ["SGD", "Momentum"], 1, "keeps its size")[-1] == "Momentum: steady"
    assert called(player_page, "signalwords", named, ["SGD", "SGD, learning rate 3"], 1, "dies")[-1] == "SGD, learning rate 3: dies"


def test_where_not_all_steps_are_known_one_goes_from_one_to_the_next(player_page: PlayerPage) -> None:
    seen = called(
        player_page,
        "clock",
        """(() => {
            const clock = new m.Clock(() => {});
            clock.setSteps(30);
            clock.stops = [0, 1, 4, 10, 30];
            return [[0, 1], [5, 1], [5, -1], [4, -1], [4, 10], [4, -Infinity], [2, Infinity], [30, 1]].map(([from, by]) => {
                clock.seek(from);
                clock.move(by);
                return clock.position;
            });
        })()""",
    )
    assert seen == [1, 10, 4, 1, 30, 0, 30, 30]


EIGHT = ["boundary", "activations", "network", "depth", "loss", "accuracy", "gradient", "updates"]


def test_views_that_cannot_be_read_in_a_window_make_the_page_longer(player_page: PlayerPage) -> None:
    """All views of three networks of five layers and of twenty, beside the table, in a laptop's window; few views stay within it."""
    size = {"width": 968, "height": 600, "scale": 1, "low": 0, "table": 112}
    arranged = "m.arrangeTraining(a[0], a[1], true, { count: 3, aspect: 0.95, shape: 1, around: () => 70, depth: a[2] }, false)"
    deep, usual, few = (
        called(player_page, "traininglayout", arranged, panels, size, depth) for panels, depth in ((EIGHT, 20), (EIGHT, 5), (EIGHT[:2], 5))
    )
    heights = [float(row.removesuffix("px")) for row in deep["rows"]]
    activations = sum(height for height, area in zip(heights, deep["areas"], strict=True) if area.startswith("activations "))
    assert [each["stacked"] for each in (deep, usual, few)] == [True, False, False]
    assert sum(heights) > 600
    assert activations > 20 * 5 + 110
    assert all(row.startswith("minmax") for row in few["rows"])
    shapes = [arranged.replace("shape: 1", f"shape: {shape}") for shape in (2.1, 1.5)]
    under, beside = (called(player_page, "traininglayout", wide, [*SHOWN], size, 1)["areas"] for wide in shapes)
    assert (under[-1], beside[-1]) == ("loss board", "boundary board"), "the curve stands under a wide map, and the scene is high"
    phone = called(player_page, "traininglayout", arranged, EIGHT, {**size, "width": 366}, 20)
    assert float(phone["rows"][1].removesuffix("px")) > 2 * (20 * 7 + 110)  # two rows of activations, so that none of three is left out
    table = called(player_page, "traininglayout", arranged, ["landscape", "boundary", "accuracy"], {**size, "width": 770, "table": 150}, 2)
    high = sum(float(row[10:-3]) for row, area in zip(table["rows"], table["areas"], strict=True) if area.endswith("board"))
    assert 600 * high / sum(float(row[10:-3]) for row in table["rows"]) > 280, "rows of three lines, of which the last one was cut"
    low = called(player_page, "traininglayout", arranged, ["boundary", "landscape", "accuracy"], {**size, "width": 640, "height": 560}, 2)
    boundary, landscape = (float(row.removesuffix("px")) for row in low["rows"][:2])
    assert boundary + 10 + landscape <= 560, "what is said under a map stands in the window, too"
    assert landscape > 240
    square = {**size, "width": 826, "height": 830, "table": 150}
    assert called(player_page, "traininglayout", shapes[1], ["landscape", "accuracy"], square, 1)["areas"] == [
        "landscape landscape",
        "accuracy board",
    ]
    none = called(player_page, "traininglayout", arranged, ["boundary", "activations"], {**size, "width": 366}, 0)["rows"]
    assert none[1] == "56px", "one line says that there are no hidden layers"


def test_no_hole_is_left_between_a_wide_map_and_the_planes_under_it(player_page: PlayerPage) -> None:
    """Three starts of four networks in a laptop's window, and four networks in a large one."""
    arranged = "m.arrangeTraining(a[0], a[1], true, { count: a[2], aspect: 1, shape: a[3], around: () => 70, depth: 1 }, false)"
    for panels, width, height, count in (
        ([*SHOWN], 968, 560, 12),
        (["landscape", "boundary", "accuracy"], 1560, 880, 4),
        (["landscape", "boundary", "accuracy"], 945, 559, 4),
    ):
        size = {"width": width, "height": height, "scale": 1, "low": 0, "table": 22 * (count + 1)}
        for shape in (1.5, 1.9, 2.26):
            found = called(player_page, "traininglayout", arranged, panels, size, count, shape)
            numbers = [float(re.search(r"([\d.]+)(px|fr)", row)[1]) for row in found["rows"]]  # type: ignore[index]
            scale = 1 if found["stacked"] else height / sum(numbers)
            own = scale * sum(number for number, area in zip(numbers, found["areas"], strict=True) if area.startswith("landscape "))
            left = float(re.search(r"([\d.]+)fr", found["columns"][0])[1])  # type: ignore[index]
            assert own < (left * width - 44) / shape + 70 + 15, (count, shape)
            assert (1 - left) * width > (335 if width == 945 else 345), "the table has its width"
    arms = arranged.replace("aspect: 1,", "aspect: 1.18,")
    size = {"width": 945, "height": 559, "scale": 1, "low": 0, "table": 150}
    assert called(player_page, "traininglayout", arms, [*SHOWN], size, 4, 2.26)["areas"][-1] == "loss board", (
        "planes that are lower than wide"
    )


def test_curves_alone_are_presented_together_with_the_table(player_page: PlayerPage) -> None:
    """The edge of stability was presented by its loss, without a word of whose curve is whose, and without the sharpness."""
    stages = "m.Trainer.prototype.stages(a[0])"
    assert called(player_page, "trainer", stages, ["loss", "sharpness"]) == [["loss", "sharpness"], ["loss"], ["sharpness"]]
    assert called(player_page, "trainer", stages, ["boundary", "loss"])[0] == ["boundary"]
    player = "{ panels: new Map(a[0].map((name) => [name])), race: { prediction: { lead: a[1] } }, stages: (names) => [names] }"
    led = f"Object.getOwnPropertyDescriptor(m.Presenter.prototype, 'stages').get.call({{ player: {player} }})"
    shown = [called(player_page, "presenter", led, ["loss", "sharpness"], lead) for lead in ("sharpness", "", "map")]
    assert shown == [[["sharpness", "loss"]], [["loss", "sharpness"]], [["loss", "sharpness"]]], "what a lesson is about comes first"


def test_the_start_that_is_dragged_moves_and_no_other(player_page: PlayerPage) -> None:
    """The networks' own start is marked, too, but cannot be dragged: another ring vanished, and the dragged one stood twice."""
    marks, held = [[2.0, 2.0], [-9.0, -3.5], [-2.25, -2.5]], {"index": 1, "at": [0.0, 1.0], "moved": True}
    panel = {"player": {"startMarks": marks, "movable": [[-9.001, -3.501], [-2.251, -2.501]]}, "pointer": {"dragging": held}}
    assert called(player_page, "maps", "m.MapPanel.prototype.starts.call(a[0])", panel) == [*marks[:2], [0.0, 1.0]]


def test_what_a_curve_is_has_two_lines_where_one_is_too_short(player_page: PlayerPage) -> None:
    """ "% that are right: training solid, te" was cut off."""
    title = "% that are right: training solid, test dotted"
    lines = 'm.titleLines(a[0], a[1], "12px sans-serif")'
    assert called(player_page, "curveaxes", lines, title, 600) == [title]
    assert called(player_page, "curveaxes", lines, title, 190) == ["% that are right", "training solid, test dotted"]


def test_a_usual_value_near_what_is_drawn_is_drawn_too(player_page: PlayerPage) -> None:
    """Its words, "usual: 1/1000", were cut at the edge of the updates of digits."""
    reaching = 'm.reaching(a[0], [{ y0: a[1] }], { type: "log" })'
    low, high = called(player_page, "curveaxes", reaching, [-2.7, -1.3], 1e-3)
    assert low < -3
    assert high == -1.3
    assert called(player_page, "curveaxes", reaching, [-21, -19], 1e-3) == [-21, -19]
    arrows = [{"y": 1, "yshift": 0}, {"y": 1, "yshift": -15}, {"y": 0, "yshift": 0}]
    low, high = called(player_page, "curveaxes", "m.roomier(a[0], a[1], a[2])", [0, 1], arrows, 247)
    assert (low, high) == pytest.approx((-16 / 200, 1 + 31 / 200)), "two rows of arrows over the lines, one under them"
