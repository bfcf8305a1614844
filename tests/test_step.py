"""A step taken apart: its parts add up to the path for every optimizer, and are what the papers' equations say they are."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.dom import minidom

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from figures import DARK, LIGHT, state_curves
from figures.theme import COLOURS, part_colours
from formulas import FormulaError, evaluate, latex, parse
from formulas.functions import ALL, FUNCTIONS
from formulas.mathml import mathml
from formulas.tree import Name, names_in
from optimizers import update_rules
from optimizers.parts import Part, accumulators, bias_correction, directed_names, vector_names
from parameters import Array
from player.payload import landscape_bytes, run_bytes
from player.step import step_bytes
from player.step_data import with_numbers
from scenario import Choice, Scenario
from simulation import Run, measures
from simulation.dissect import MOST_STEPS, Dissection, dissect

STARTS = np.array([[0.7, -1.1, 0.4], [-0.8, 0.9, 1.3]])


def run_of(name: str, landscape: str = "himmelblau", steps: int = 40, noise: float = 0.0, cooling: bool = False, **values: float) -> Run:
    """Three trajectories, with a learning rate that keeps them in range."""
    if "lr" not in values and name not in ("newton", "saddle_free_newton", "bfgs", "adadelta"):
        values["lr"] = 0.0005
    schedule = optimizers.schedules.get("cosine") if cooling else None
    return simulation.run(landscapes.get(landscape), optimizers.get(name, **values), STARTS, steps, schedule, noise=noise, seed=5)


def parts_of(dissection: Dissection) -> dict[str, Part]:
    return {part.role if part.role != "kept" else f"kept {part.source.name}": part for part in dissection.anatomy.parts}  # type: ignore[union-attr]


# ---- the parts add up


@pytest.mark.parametrize("name", optimizers.names())
@pytest.mark.parametrize("landscape", ["himmelblau", "rosenbrock", "ravine", "saddle"])
def test_the_parts_add_up_to_the_move(name: str, landscape: str) -> None:
    values = {"weight_decay": 0.03} if "weight_decay" in optimizers.get(name).values else {}
    for noise, cooling, trajectory in ((0.0, False, 0), (0.4, True, 2)):
        run = run_of(name, landscape, 40, noise, cooling, **values)
        dissection = dissect(run, trajectory)
        assert dissection.count == 40, "the case is meant to stay in range"
        path = run.positions[:, :, trajectory].T
        moves = np.diff(path, axis=1)
        scale = np.abs(path).max() + np.abs(moves).max()
        np.testing.assert_allclose(dissection.anatomy.move, moves, rtol=1e-9, atol=1e-12 * scale)
        line = [line.name for line in dissection.run.optimizer.statements].index("x")
        np.testing.assert_allclose(dissection.anatomy.values[line], path[:, 1:], rtol=1e-9, atol=1e-12 * scale)


@pytest.mark.parametrize("name", optimizers.names())
def test_every_optimizer_shows_something_else_than_its_point(name: str) -> None:
    decays = ("weight_decay", "decay") if name == "asgd" else ("weight_decay",)  # which shrinks the point as its rate falls
    values = {decay: 0.0 for decay in decays if decay in optimizers.get(name).values}
    roles = {part.role for part in dissect(run_of(name, "himmelblau", 40, 0.0, False, **values)).anatomy.parts}
    assert roles & ({"gradient", "call"} if name != "nelder_mead" else {"towards"})
    assert "shrink" not in roles, "without weight decay nothing pulls to the origin"


# ---- they are what the equations say


def slopes(run: Run, trajectory: int = 0) -> Array:
    return run.landscape.gradient(run.positions[:-1, :, trajectory].T)


def test_gradient_descent_with_weight_decay() -> None:
    run = run_of("sgd", lr=0.01, weight_decay=0.5)
    parts = parts_of(dissect(run))
    np.testing.assert_allclose(parts["gradient"].vectors, -0.01 * slopes(run), rtol=1e-12)
    np.testing.assert_allclose(parts["shrink"].vectors, -0.01 * 0.5 * run.positions[:-1, :, 0].T, rtol=1e-9)


def test_momentum_keeps_its_velocity() -> None:
    run = run_of("momentum", lr=0.005, momentum=0.8)
    parts = parts_of(dissect(run))
    moves = np.diff(run.positions[:, :, 0].T, axis=1)
    np.testing.assert_allclose(parts["kept v"].vectors[:, 1:], 0.8 * moves[:, :-1], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(parts["gradient"].vectors, -0.005 * slopes(run), rtol=1e-12)
    assert not parts["kept v"].vectors[:, 0].any()


def test_nesterov_takes_its_gradient_ahead() -> None:
    run = run_of("nesterov", lr=0.005, momentum=0.8)
    parts = parts_of(dissect(run))
    here, moves = run.positions[:-1, :, 0].T, np.diff(run.positions[:, :, 0].T, axis=1)
    ahead = here[:, 1:] + 0.8 * moves[:, :-1]
    gradient = parts["gradient"]
    assert gradient.at is not None
    assert gradient.at_tree == Name("y", 0)
    np.testing.assert_allclose(gradient.at[:, 1:], ahead, rtol=1e-9)
    np.testing.assert_allclose(gradient.vectors[:, 1:], -0.005 * run.landscape.gradient(ahead), rtol=1e-6)


def test_rmsprop_scales_each_axis() -> None:
    run = run_of("rmsprop", lr=0.05, decay=0.9)
    dissection = dissect(run)
    slope, mean = slopes(run), np.zeros(2)
    for t in range(dissection.count):
        mean = 0.9 * mean + 0.1 * slope[:, t] ** 2
        np.testing.assert_allclose(parts_of(dissection)["gradient"].vectors[:, t], -0.05 * slope[:, t] / (np.sqrt(mean) + 1e-8), rtol=1e-9)


def test_adam_divides_what_it_keeps_and_the_gradient_alike() -> None:
    run = run_of("adam", lr=0.1)
    dissection = dissect(run)
    slope, m, v = slopes(run), np.zeros(2), np.zeros(2)
    for t in range(dissection.count):
        v = 0.999 * v + 0.001 * slope[:, t] ** 2
        rate = 0.1 / (1 - 0.9 ** (t + 1)) / (np.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-8)
        np.testing.assert_allclose(parts_of(dissection)["kept m"].vectors[:, t], -rate * 0.9 * m, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(parts_of(dissection)["gradient"].vectors[:, t], -rate * 0.1 * slope[:, t], rtol=1e-9)
        m = 0.9 * m + 0.1 * slope[:, t]


def test_decoupled_weight_decay_is_not_scaled() -> None:
    for name, share in (("adamw", -0.1 * 0.2), ("lion", -0.1 * 0.2), ("adan", 1 / (1 + 0.1 * 0.2) - 1)):
        run = run_of(name, lr=0.1, weight_decay=0.2)
        np.testing.assert_allclose(parts_of(dissect(run))["shrink"].vectors, share * run.positions[:-1, :, 0].T, rtol=1e-9)


def test_sam_climbs_by_rho_and_descends_by_the_gradient_there() -> None:
    run = run_of("sam", lr=0.005, rho=0.3)
    gradient = parts_of(dissect(run))["gradient"]
    assert gradient.at is not None
    climb = gradient.at - run.positions[:-1, :, 0].T
    np.testing.assert_allclose(np.hypot(*climb), 0.3, rtol=1e-9)
    np.testing.assert_allclose(gradient.vectors, -0.005 * run.landscape.gradient(gradient.at), rtol=1e-9)


def test_schedule_free_moves_towards_its_fast_point() -> None:
    parts = parts_of(dissect(run_of("schedule_free_sgd", lr=0.005)))
    assert set(parts) == {"towards", "gradient"}
    assert parts["towards"].source == Name("z", 0)


def test_a_sign_stays_whole() -> None:
    for name in ("signum", "rprop", "lion"):
        (part,) = dissect(run_of(name)).anatomy.parts
        assert part.role == "call"
        assert part.matrix is None


@pytest.mark.parametrize("name", ["newton", "saddle_free_newton", "bfgs"])
def test_newtons_step_leads_to_the_bottom_of_its_parabola(name: str) -> None:
    run = run_of(name, "rosenbrock", steps=8)
    (part,) = dissect(run).anatomy.parts
    assert part.matrix is not None
    assert part.product is not None
    xx, xy, yy = part.matrix
    slope = slopes(run)
    np.testing.assert_allclose(part.product, [xx * slope[0] + xy * slope[1], xy * slope[0] + yy * slope[1]], rtol=1e-6, atol=1e-9)
    if name == "newton":
        hessian = run.landscape.hessian(run.positions[:-1, :, 0].T) + 1e-3 * np.eye(2)[:, :, None]
        for t in range(8):
            np.testing.assert_allclose([[xx[t], xy[t]], [xy[t], yy[t]]], np.linalg.inv(hessian[:, :, t]), rtol=1e-6)


def test_noise_is_part_of_the_gradient() -> None:
    run = run_of("sgd", noise=2.0, lr=0.01)
    for trajectory in range(3):
        gradient = parts_of(dissect(run, trajectory))["gradient"].vectors / -0.01
        noise = gradient - slopes(run, trajectory)
        assert 1.0 < noise.std() < 3.0
    assert not np.allclose(noise, gradient)


# ---- what can and cannot be taken apart


def test_steps_are_counted_up_to_where_it_diverged() -> None:
    run = run_of("sgd", lr=1.0)
    dissection = dissect(run)
    assert dissection.count == run.diverged_at[0] - 1
    assert np.isfinite(dissection.anatomy.move).all()
    assert dissect(run_of("sgd", "rosenbrock", lr=1e6, steps=5)).count < 5


def test_long_runs_are_taken_apart_up_to_a_limit() -> None:
    run = run_of("sgd", "ravine", steps=MOST_STEPS + 10)
    assert dissect(run).count == MOST_STEPS


def test_trajectories_with_their_own_hyper_parameters() -> None:
    optimizer = optimizers.get("momentum", lr=np.array([0.001, 0.002, 0.003]), momentum=np.array([0.1, 0.5, 0.9]))
    run = simulation.run(landscapes.get("himmelblau"), optimizer, STARTS, 20)
    dissection = dissect(run, 2)
    assert dissection.run.optimizer.values["momentum"] == 0.9
    np.testing.assert_allclose(dissection.anatomy.move, np.diff(run.positions[:, :, 2].T, axis=1), rtol=1e-9, atol=1e-12)


def test_what_cannot_be_taken_apart_is_refused_in_words() -> None:
    run = run_of("sgd")
    with pytest.raises(ValueError, match="no trajectory 3; the run has 3"):
        dissect(run, 3)
    with pytest.raises(ValueError, match="keep='path'"):
        dissect(simulation.run(run.landscape, run.optimizer, STARTS, 10, keep="last"))
    uneven = landscapes.get("ravine", condition=np.array([2.0, 3.0, 4.0]))
    with pytest.raises(ValueError, match="for each trajectory"):
        dissect(simulation.run(uneven, run.optimizer, STARTS, 10))


# ---- what is known of the equations before any step


def test_directed_functions_are_measured() -> None:
    rng = np.random.default_rng(0)
    for name, function in FUNCTIONS.items():
        if len(function.arguments) == 1 and name not in ("log", "log2", "log10", "sqrt", "inverse_sqrt", "acosh"):
            values = rng.uniform(0.1, 0.9, 20)
            there, back = (function.compute(side * values, np.empty(20)) for side in (1, -1))
            assert np.allclose(back, -there) == (function.odd_in == "a"), name


@pytest.mark.parametrize(
    ("name", "directed", "sizes"),
    [
        ("momentum", {"x", "g", "v"}, ()),
        ("adagrad", {"x", "g"}, ("s",)),
        ("adam", {"x", "g", "m", "m_hat"}, ("v",)),
        ("adadelta", {"x", "g", "u"}, ("s", "d")),
        ("rprop", {"x", "g", "g_old", "h"}, ("d",)),
        ("bfgs", {"x", "g", "g_old", "d", "s"}, ()),
        ("schedule_free_sgd", {"x", "y", "z", "g"}, ()),
        ("amsgrad", {"x", "g", "m", "m_hat"}, ("v", "v_max")),
    ],
)
def test_what_is_directed_and_what_is_a_size(name: str, directed: set[str], sizes: tuple[str, ...]) -> None:
    optimizer = optimizers.get(name)
    assert directed_names(optimizer) == directed
    assert accumulators(optimizer) == sizes


def test_what_depends_on_the_step_alone_has_one_number() -> None:
    assert vector_names(optimizers.get("nadam")) == {"x", "g", "m", "v", "m_hat", "v_hat"}
    assert not {"total", "c"} & vector_names(optimizers.get("schedule_free_sgd"))


def test_bias_corrections_are_found() -> None:
    adam = optimizers.get("adam")
    names = [line.name for line in adam.statements]
    assert [names[index] for index in (bias_correction(adam, "m"), bias_correction(adam, "v")) if index is not None] == ["m_hat", "v_hat"]
    assert bias_correction(optimizers.get("rmsprop"), "s") is None


# ---- MathML


@pytest.mark.parametrize("name", optimizers.names())
def test_every_equation_is_well_formed(name: str) -> None:
    optimizer = optimizers.get(name)
    for line in optimizer.statements:
        minidom.parseString(f"<math>{mathml(latex(line.tree, optimizer.symbols, update_rules.FUNCTIONS))}</math>")
    for symbol in optimizer.symbols.values():
        minidom.parseString(f"<math>{mathml(symbol)}</math>")


@pytest.mark.parametrize("name", landscapes.names())
def test_every_landscape_is_well_formed(name: str) -> None:
    minidom.parseString(f"<math>{mathml(landscapes.get(name).latex)}</math>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\frac{a}{2}", "<mfrac><mi>a</mi><mn>2</mn></mfrac>"),
        (r"\sqrt{\hat{v}}", '<msqrt><mover accent="true"><mi>v</mi><mo stretchy="false">ˆ</mo></mover></msqrt>'),
        (r"x_{1}^{2}", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
        (r"g_{\mathrm{old}}", "<msub><mi>g</mi><mi>old</mi></msub>"),
        (r"a - b", "<mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow>"),
        (r"\mathrm{two words}", "<mi>two words</mi>"),
        (r"\left(x\right)", "<mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow>"),
        (r"\eta < 0.5", "<mrow><mi>η</mi><mo>&lt;</mo><mn>0.5</mn></mrow>"),
    ],
)
def test_latex_as_mathml(text: str, expected: str) -> None:
    assert mathml(text) == expected


def test_marked_pieces_take_their_exponents_along() -> None:
    seen: list[tuple[str, bool]] = []

    def mark(key: str, body: str, small: bool, power: str) -> str:
        seen.append((key, small))
        return f"<mrow>{body}</mrow>"

    assert mathml(r"\mark{one}{a}^{\mark{two}{t}}", mark) == "<mrow><msup><mi>a</mi><mrow><mi>t</mi></mrow></msup></mrow>"
    assert seen == [("two", True), ("one", False)]
    assert mathml(r"\mark{one}{a}") == "<mi>a</mi>"


@pytest.mark.parametrize("text", [r"\frac{a}", r"\foo", r"\begin{matrix} a \end{matrix}", r"a}", r"\left(a", r"\!"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        mathml(text)


# ---- what the browser is sent


def sent(scenario: Scenario, index: int = 0, trajectory: int = 0) -> tuple[dict[str, Any], dict[str, Array]]:
    """The header and the planes, read as the format's description says."""
    block = step_bytes(scenario.race(), index, trajectory, LIGHT)
    length = int.from_bytes(block[:4], "little")
    header = json.loads(block[4 : 4 + length])
    place, planes = 4 + length, {}
    for name, rows in header["planes"]:
        count = rows * header["count"]
        planes[name] = np.frombuffer(block, "<f8", count, place).reshape(rows, header["count"]).astype(float)
        place += 8 * count
    assert place == len(block)
    return header, planes


@pytest.mark.parametrize("name", optimizers.names())
def test_what_is_sent_adds_up_and_names_every_symbol(name: str) -> None:
    scenario = Scenario(optimizers=(Choice(name),), steps=30, noise=0.1)
    header, planes = sent(scenario)
    path = scenario.race().runs[0].positions[:, :, 0].T
    tips = planes["before:x"] + sum(planes[part["key"]] for part in header["parts"] if part["role"] != "plain")
    np.testing.assert_allclose(tips, path[:, 1 : header["count"] + 1], rtol=1e-5, atol=1e-5 * np.abs(path).max())
    captions = [line.caption for line in scenario.build_optimizers()[0].statements]
    assert [line["caption"] for line in header["lines"]] == captions
    assert all(captions)
    for line in header["lines"]:
        minidom.parseString(f"<math>{line['math']}</math>")
        keys = re.findall(r'class="number" data-plane="([^"]+)"', line["math"])
        assert keys
        assert all(key in planes or key.startswith("value:") for key in keys)


@pytest.mark.parametrize("name", optimizers.names())
def test_every_hyper_parameter_in_the_equations_is_explained(name: str) -> None:
    """A switch has no symbol: what it turns off is not there, and what it turns on stands there without a factor."""
    declared = optimizers.get(name)
    switches = [parameter.name for parameter in declared.parameters if parameter.switch]
    for on in (False, True):
        header, _ = sent(Scenario(optimizers=(Choice.of(name, **dict.fromkeys(switches, on)),), steps=3))
        text = "".join(line["math"] for line in header["lines"])
        assert not [name for name in switches if f'data-key="value:{name}"' in text]
        used = set(re.findall(r'data-key="value:([^"]+)"', text)) | ({"lr"} if 'data-key="rate"' in text else set())
        abouts = {parameter.help: parameter.name for parameter in declared.parameters}
        assert {abouts[entry["about"]] for entry in header["where"]} == used
        assert not [entry for entry in header["where"] if re.fullmatch(r"[a-z]+\d|rho", entry["title"])], (
            "no name for a symbol that it spells"
        )
        assert all(entry["about"] and entry["name"] in header["values"] and "<m" in entry["math"] for entry in header["where"])


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize(
    "formula",
    ["g/(sqrt(s - c*min(m**2, s)) + 1)", "m/(1 - c*0.9**3)", "c*g + (1 - c)*m", "m*c/c**0 - c", "(c + m)*g", "s*choose(c, g, 1)*m"],
)
def test_a_formula_without_its_switches_has_the_same_value(formula: str, value: float) -> None:
    names = {"g": 0.7, "s": 2.5, "m": -0.4}
    tree = parse(formula, (*names, "c"), ALL)
    without = with_numbers(tree, {"c": value})
    assert "c" not in names_in(without)
    assert "cases" not in latex(without), "what is decided is no question"
    assert evaluate(without, names) == pytest.approx(evaluate(tree, {**names, "c": value}))


@pytest.mark.parametrize("name", optimizers.names())
def test_no_line_calls_one_function_twice_for_the_move(name: str) -> None:
    """The equations mark calls by their function's name, a line at a time."""
    header, _ = sent(Scenario(optimizers=(Choice(name),), steps=3))
    for line in header["lines"]:
        keys = re.findall(r'data-key="(source:[^"]+)"', line["math"])
        assert len(keys) == len(set(keys))


def test_labels_say_what_the_parts_are() -> None:
    def labels(*choices: Choice) -> list[str]:
        return [part["label"] for part in sent(Scenario(optimizers=choices, steps=5))[0]["parts"]]

    assert labels(Choice("momentum")) == ["from kept v", "from the gradient"]
    assert labels(Choice("nesterov")) == ["from kept v", "from the gradient at y"]
    assert labels(Choice("adamw")) == ["from kept m", "from the gradient", "from weight decay", "plain gradient step"]
    assert labels(Choice("sam")) == ["from the gradient at x + climb", "plain gradient step"]
    assert labels(Choice("newton")) == ["from d", "plain gradient step"]


def test_the_plain_gradient_step_is_shown_where_the_optimizer_goes_another_way() -> None:
    header, planes = sent(Scenario(optimizers=(Choice("adam"),), steps=10))
    run = Scenario(optimizers=(Choice("adam"),), steps=10).race().runs[0]
    np.testing.assert_allclose(planes["plain"], -0.1 * slopes(run), rtol=1e-5)
    assert "plain" not in [part["key"] for part in sent(Scenario(optimizers=(Choice("sgd"),), steps=10))[0]["parts"]]
    assert [box["name"] for box in header["boxes"]] == ["v"]
    assert header["boxes"][0]["corrected"] == "line:4"


def test_the_steps_belong_to_one_race_in_one_theme() -> None:
    scenario = Scenario(steps=5)
    race = scenario.race()
    header, _ = sent(scenario)
    block = run_bytes(race, LIGHT, ("map",), landscape_bytes(race.landscape, LIGHT))
    assert json.loads(block[4 : 4 + int.from_bytes(block[:4], "little")])["token"] == header["token"]
    dark = step_bytes(race, 0, 0, DARK)
    assert json.loads(dark[4 : 4 + int.from_bytes(dark[:4], "little")])["token"] != header["token"]
    assert sent(scenario.replace(seed=1))[0]["token"] != header["token"]


def test_a_race_that_diverges_can_be_sent() -> None:
    header, planes = sent(Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice.of("adam", lr=1e6),), steps=30))
    assert header["count"] == planes["t"].shape[1]
    header, _ = sent(Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice.of("sgd", lr=1e6),), steps=30))
    assert header["diverged"] > 0


# ---- curves


def test_curves_of_what_an_optimizer_remembers() -> None:
    run = run_of("adam", lr=0.1)
    dissection = dissect(run)
    curves = {trace.name: np.asarray(trace.y, dtype=float) for trace in state_curves(dissection, COLOURS[0]).data}
    assert set(curves) == {
        *("m, x", "m, y", "m_hat, x", "m_hat, y", "v, x", "v, y", "v_hat, x", "v_hat, y"),
        *("effective rate, x", "effective rate, y", "cosine"),
    }
    np.testing.assert_allclose(curves["v_hat, y"], dissection.anatomy.values[4][1], rtol=1e-5)
    assert {trace.name for trace in state_curves(dissect(run_of("sgd")), COLOURS[0]).data} == {
        "effective rate, x",
        "effective rate, y",
        "cosine",
    }


def test_alignment_of_step_and_slope() -> None:
    np.testing.assert_allclose(measures.alignments(run_of("sgd")), 1.0)
    run = run_of("momentum")
    cosines = measures.alignments(run)
    move, slope = run.positions[8, :, 1] - run.positions[7, :, 1], run.landscape.gradient(run.positions[7, :, [1]].T)[:, 0]
    assert cosines[7, 1] == pytest.approx(-move @ slope / np.linalg.norm(move) / np.linalg.norm(slope))
    assert np.abs(cosines).max() <= 1 + 1e-12


def test_parts_never_have_the_optimizers_own_colour() -> None:
    for own in COLOURS:
        chosen = part_colours(own, ["kept", "gradient", "kept", "shrink"])
        assert own not in chosen
        assert len(set(chosen)) == 4
