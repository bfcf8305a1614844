"""What is taken along holds the race's own numbers: tables, arrays, scripts, PyTorch code, links, codes and files that open again."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

import landscapes
import optimizers
from exports import View, link_to, opened, python_script, qr_svg, to_csv, to_file, to_npz, torch_script
from exports import data as data_module
from exports.python_source import number_source, numbers_source, tensors_source
from exports.torch_code import MOST_STARTS
from formulas import evaluate, parse
from formulas.functions import FUNCTIONS, SMOOTH
from landscapes import Landscape
from parameters import Array
from scenario import CUSTOM, PANELS, Choice, Race, Scenario
from scenario.in_full import NONE, told_in_full
from scenario.presets import PRESETS

ROOT = Path(__file__).parent.parent
SEVERAL = Scenario(
    landscape=Choice.of("himmelblau", a=10.0),
    optimizers=(Choice.of("sgd", lr=0.01), Choice.of("sgd", lr=1.0), Choice("adam")),
    starts=Choice.of("ring", n=5, x=0.0),
    steps=12,
    schedule=Choice.of("cosine", warmup=3),
    noise=0.5,
    seed=4,
    l1=0.2,
)
"""One of them diverges, and a label has a comma in it."""
FORMULA = Scenario(
    landscape=Choice.of(CUSTOM, k=2.5),
    formula="k*x**2 + min(y, 3)**2 - sin(x*y) + 2*max(x, 0.5) + hypot(x, y)",
    window=((-3, 3), (-2, 4)),
    steps=9,
)


@pytest.fixture(scope="module")
def several() -> Race:
    return SEVERAL.race()


# ---- data


def test_the_table_holds_every_number_of_the_race(several: Race) -> None:
    text = to_csv(several)
    assert any(np.isnan(run.positions).any() for run in several.runs), "a diverged trajectory is among them"
    lines = text.splitlines()
    head = [line for line in lines if line.startswith("#")]
    for column in ("optimizer", "trajectory", "step", "x, y", "loss"):
        assert any(line.startswith(f"# {column}: ") for line in head), column
    for told in (SEVERAL.to_link(), *(f"{each.title}: {each.whole or NONE}" for each in told_in_full(SEVERAL))):
        assert any(line.endswith(told) for line in head), told
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    assert rows.pop(0) == ["optimizer", "trajectory", "step", "x", "y", "loss"]
    assert len(rows) == 3 * 5 * 13
    for run, label in zip(several.runs, several.labels, strict=True):
        mine = [row for row in rows if row[0] == label]
        for n in range(run.count):
            numbers = np.array([row[2:] for row in mine if row[1] == str(n + 1)], dtype=float)
            assert np.array_equal(numbers[:, 0], np.arange(13))
            assert np.array_equal(numbers[:, 1:3], run.positions[:, :, n], equal_nan=True)
            assert np.array_equal(numbers[:, 3], run.losses[:, n], equal_nan=True)


def test_numpy_reads_the_table_as_it_is(several: Race) -> None:
    text = to_csv(several)
    rows = text.index("optimizer,trajectory"), text.index("\n", text.index("optimizer,trajectory"))
    read = np.loadtxt(io.StringIO(text[: rows[0]] + text[rows[1] :]), delimiter=",", quotechar='"', usecols=(2, 3, 4, 5))
    assert read.shape == (3 * 5 * 13, 4)
    assert np.array_equal(read[:13, 1:3], several.runs[0].positions[:, :, 0])


def test_the_arrays_are_the_races_and_need_no_pickle(several: Race) -> None:
    with np.load(io.BytesIO(to_npz(several)), allow_pickle=False) as arrays:
        assert set(arrays) == {"about", "optimizers", "positions", "losses", "diverged_at", "frozen_at", "scenario"}
        assert arrays["optimizers"].tolist() == list(several.labels)
        assert Scenario.from_json(str(arrays["scenario"])) == SEVERAL
        for index, run in enumerate(several.runs):
            assert np.array_equal(arrays["positions"][index], run.positions, equal_nan=True)
            assert np.array_equal(arrays["losses"][index], run.losses, equal_nan=True)
            assert np.array_equal(arrays["diverged_at"][index], run.diverged_at)
        for name in ("optimizers", "positions", "losses", "diverged_at", "frozen_at", "scenario"):
            assert f"\n{name}" in str(arrays["about"])


def test_a_table_that_is_too_long_is_refused_and_progress_is_told(several: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    to_csv(several, told.append)
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1
    monkeypatch.setattr(data_module, "MOST_ROWS", 194)
    with pytest.raises(ValueError, match=r"195 rows, and a table has at most 194; take the arrays"):
        to_csv(several)


# ---- links, codes and files


@pytest.mark.parametrize("name", PRESETS)
def test_a_qr_code_reads_back_as_the_link(name: str) -> None:
    link = link_to(View(PRESETS[name].scenario), "http://descent.example:8501")
    assert decoded(qr_svg(link)) == link


def test_a_qr_code_is_black_on_white_with_its_quiet_border() -> None:
    squares = drawn(qr_svg("http://descent.example/?landscape=ravine"))
    assert set(np.unique(squares)) == {0, 255}
    for edge in (squares[:4], squares[-4:], squares[:, :4], squares[:, -4:]):
        assert (edge == 255).all()
    assert squares[4, 4] == 0


def test_a_link_that_no_code_can_hold_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="holds at most 2,953; choose a pattern of starts"):
        qr_svg("http://descent.example/?" + "x" * 3000)


def drawn(svg: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The squares of a code, one pixel each, from its SVG: a white square and strokes "m dx dy h length", each a square high."""
    assert 'stroke="#000000"' in svg or 'stroke="#000"' in svg
    size = int(svg.split('viewBox="0 0 ')[1].split()[0])
    squares = np.full((size, size), 255, dtype=np.uint8)
    path = svg.split('d="M')[-1].split('"')[0]
    x, y = 0.0, 0.0
    for place, stroke in enumerate(path.replace("M", "m").split("m")):
        start, _, length = stroke.partition("h")
        dx, dy = (float(part) for part in start.replace("-", " -").split())
        x, y = (dx, dy) if place == 0 else (x + dx, y + dy)
        squares[int(y), int(x) : int(x) + int(length)] = 0
        x += int(length)
    return squares


def decoded(svg: str) -> str:
    (found,) = zxingcpp.read_barcodes(np.kron(drawn(svg), np.ones((4, 4), dtype=np.uint8)))
    text: str = found.text
    return text


VIEWS = [
    View(Scenario()),
    View(SEVERAL, ("maps", "loss", "gradient")),
    View(FORMULA, ("surface",)),
    *(View(preset.scenario) for preset in PRESETS.values()),
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.scenario.landscape.name}-{'.'.join(view.panels)}")
def test_links_and_files_restore_everything(view: View) -> None:
    for text in (to_file(view), link_to(view, "http://descent.example:8501"), link_to(view, "https://a.example/app/race") + "#top"):
        assert opened(text) == view
        assert opened(f"\n  {text} ") == view
    assert Scenario.from_json(to_file(view)) == view.scenario  # the panels are passed over by who asks for the scenario alone


@given(st.lists(st.sampled_from(list(PANELS)), unique=True, min_size=1), st.integers(1, 500), st.floats(0, 10))
def test_any_panels_and_numbers_come_back(panels: list[str], steps: int, noise: float) -> None:
    view = View(Scenario(steps=steps, noise=noise), tuple(name for name in PANELS if name in panels))
    assert opened(to_file(view)) == view
    assert opened(link_to(view, "http://descent.example")) == view


def test_a_file_from_before_the_panels_were_saved_is_read() -> None:
    assert opened('{"version": 1, "landscape": {"name": "saddle"}, "optimizers": [{"name": "adam"}]}') == View(
        Scenario(landscape=Choice("saddle"), optimizers=(Choice("adam"),))
    )
    assert opened('{"version": 0, "landscape": {"name": "saddle"}}').scenario.landscape.name == "saddle"


def test_what_is_out_of_range_is_mended_and_told() -> None:
    view = opened('{"version": 1, "steps": 0, "show": ["map", "hologram"]}')
    assert (view.scenario.steps, view.panels) == (1, ("map",))
    assert "steps = 0 was changed to 1" in view.notes[0]
    assert "hologram" in view.notes[1]
    huge = "1" + "0" * 400
    view = opened(f'{{"version": 1, "steps": {huge}, "starts": {{"name": "points"}}, "points": [[{huge}, 0]]}}')
    assert view.scenario == Scenario()
    assert len(view.notes) == 2
    assert opened("?landscape=ravin").notes == ("there is no landscape 'ravin' (did you mean 'ravine'?); it was left out",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps({**json.loads(to_file(View(Scenario()))), "version": 2}), "version 2; this app reads up to version 1: update the app"),
        ('{"cells": [], "nbformat": 4}', 'no scenario file: its "version" should be a whole number'),
        ('{"version": true}', "no scenario file"),
        ("[1, 2]", "should be a JSON object"),
        ('{"version": 1,', "no scenario file"),
        ("[" * 100_000, "no scenario file"),
        ("https://www.example.org/?q=ravine", "no link to a scenario"),
        ("hello", "no link to a scenario"),
        ("x" * 1_000_001, "1,000,001 letters"),
    ],
)
def test_newer_and_foreign_things_are_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        opened(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["own", "adam", "x**2", "grid", "map"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "settings", "k", "lr", "n"]), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*Scenario.__dataclass_fields__, "show", "other"]), JSON, max_size=5))
def test_no_file_whatever_breaks_the_reader(content: dict[str, Any]) -> None:
    try:
        view = opened(json.dumps({"version": 1, **content}))
    except ValueError:
        return  # refused in words; anything else raised here is a defect
    assert opened(to_file(view)) == View(view.scenario, view.panels)
    assert view.panels


# ---- code


def test_scripts_reproduce_the_numbers(tmp_path: Path) -> None:
    """One Python runs them all: to start it takes longer than they do."""
    scenarios = [Scenario(), SEVERAL, FORMULA, PRESETS["wells"].scenario]
    keep = "\nimport numpy as np\nnp.savez('{}.npz', positions=[run.positions for run in race.runs])\n"
    for number, scenario in enumerate(scenarios):
        (tmp_path / f"{number}.py").write_text(python_script(scenario) + keep.format(number))
    run_all = f"import runpy\nfor number in range({len(scenarios)}):\n    runpy.run_path(f'{{number}}.py', run_name='__main__')"
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", run_all],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    expected = []
    for number, scenario in enumerate(scenarios):
        race = scenario.race()
        assert np.array_equal(np.load(tmp_path / f"{number}.npz")["positions"], [run.positions for run in race.runs], equal_nan=True)
        for run, label in zip(race.runs, race.labels, strict=True):
            median = float(np.median(np.where(np.isnan(run.losses[-1]), np.inf, run.losses[-1])))
            expected.append(f"{label}: median loss {median!r} after {scenario.steps} steps")
    assert result.stdout.splitlines() == expected


def test_a_setting_may_be_called_what_python_keeps_for_itself() -> None:
    scenario = Scenario(landscape=Choice(CUSTOM, (("None", 2.0), ("class", 3.0))), formula="class*x**2 + None*y**2", steps=3)
    names: dict[str, Any] = {}
    exec(python_script(scenario), names)
    assert names["scenario"] == scenario
    assert "class_ = torch.tensor(3.0)" in torch_script(scenario)


_AS_IN_TORCH = "sin cos tan sinh cosh tanh exp expm1 log log10 log2 log1p sqrt abs sign hypot floor ceil round remainder where"
_COMPARISONS = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal}


def _comparison(routine: Any) -> Any:
    return lambda a, b: SimpleNamespace(double=lambda: routine(a, b).astype(float))


NUMPY_AS_TORCH = SimpleNamespace(
    tensor=np.asarray,
    asin=np.arcsin,
    acos=np.arccos,
    atan=np.arctan,
    minimum=np.minimum,
    maximum=np.maximum,
    asinh=np.arcsinh,
    acosh=np.arccosh,
    atanh=np.arctanh,
    atan2=np.arctan2,
    special=SimpleNamespace(erf=np.vectorize(math.erf), erfc=np.vectorize(math.erfc)),
    **{name: getattr(np, name) for name in _AS_IN_TORCH.split()},
    **{name: _comparison(routine) for name, routine in _COMPARISONS.items()},
)
"""What a written formula calls of torch, by NumPy."""


def evaluated(source: str, names: dict[str, Any]) -> Any:
    """The value of an expression that the project itself has written."""
    results = dict(names)
    exec(f"result = {source}", results)
    return results["result"]


def written_loss(landscape: Landscape, points: Array) -> Array:
    """The values by the source that is written for PyTorch."""
    names: dict[str, Any] = {"torch": NUMPY_AS_TORCH, "math": __import__("math"), "x": points[0], "y": points[1]}
    units = {parameter.name: parameter.unit_value for parameter in landscape.parameters}
    names |= {name: np.asarray(value * units[name]) for name, value in landscape.values.items()}
    return np.asarray(evaluated(tensors_source(landscape.tree), names))


@pytest.mark.parametrize("name", landscapes.names())
def test_every_surface_as_source_has_the_surfaces_values(name: str) -> None:
    landscape = landscapes.get(name)
    points = landscapes.grid(landscape.window, 15)
    np.testing.assert_allclose(written_loss(landscape, points), landscape.value(points), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("function", SMOOTH)
def test_every_function_of_a_formula_can_be_written(function: str) -> None:
    arguments = {"min": "(x, 0.3)", "max": "(0.3, y)", "hypot": "(x, y)", "acosh": "(1.5 + x)", "where": "(less(x, y), x, 2)"}.get(
        function, {1: "(0.5 + x/10)", 2: "(0.5 + x/10, 1.23 + y)", 3: "(x, 0.2, y)"}[len(FUNCTIONS[function].arguments)]
    )
    landscape = landscapes.from_formula(
        f"{function}{arguments} + 0*y + {function}{arguments.replace('x', '0.2').replace('y', '0.1')}", ((0, 1), (0, 1))
    )
    points = landscapes.grid(landscape.window, 6)
    np.testing.assert_allclose(written_loss(landscape, points), landscape.value(points), rtol=1e-13)


@pytest.mark.parametrize(
    "text",
    [
        "x - (y - 2)",
        "x/(y*3)",
        "-(x + y)",
        "(-x)**2",
        "-x**2",
        "2**-x",
        "x**y**2",
        "(x**y)**2",
        "x*-y",
        "(x - y) - -3",
        "x/y/2",
        "1e-7*x",
        "3e20 + x",
        "(-x)**(1/3)",
        "(x - 3)**(2/3)*2",
        "(-x)**(-1/3)",
        "mod(x - 3, y + 1)*2",
        "sec(x)**2",
        "softplus(-x)*clip(x, 0, 1)",
        "where(less(x, y), x, -y)*2",
        "less(y, x) - less_equal(x, x)",
    ],
)
def test_source_has_the_parentheses_that_it_needs(text: str) -> None:
    names: dict[str, Any] = {"x": 1.3, "y": 0.7, "math": math}
    expected = evaluate(parse(text, ("x", "y")), names)
    assert evaluated(numbers_source(parse(text, ("x", "y"))), names) == pytest.approx(expected, rel=1e-15)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_exactly(value: float) -> None:
    assert evaluated(number_source(value), {}) == value


@pytest.mark.parametrize("warmup", [0, 7])
@pytest.mark.parametrize("name", optimizers.schedules.names())
def test_every_schedule_as_source_gives_the_schedules_factors(name: str, warmup: int) -> None:
    schedule = optimizers.schedules.get(name, warmup=warmup)
    script = torch_script(Scenario(optimizers=(Choice("sgd"),), schedule=Choice.of(name, warmup=warmup), steps=120))
    if name == "constant" and not warmup:
        assert "scheduler" not in script
        return
    names: dict[str, Any] = {"math": __import__("math"), "STEPS": 120}
    exec(script[script.index("def rate_factor") : script.index("OPTIMIZERS")], names)
    np.testing.assert_allclose([names["rate_factor"](step) for step in range(120)], schedule.factors(120), rtol=1e-12, atol=1e-15)


def test_what_torch_has_not_is_a_class_or_left_out_with_the_reason() -> None:
    names = ("sgd", "nesterov", "lion", "newton", "adam")
    scenario = Scenario(optimizers=(*map(Choice, names), Choice.of("adam", bias_correction=False), Choice.of("nesterov", momentum=0.0)))
    script = torch_script(scenario)
    assert '"SGD": lambda points: optim.SGD(points, lr=0.05, weight_decay=0.0),' in script
    assert "where Descent keeps x, torch keeps y = x + momentum*v,\n" in script
    assert "optim.SGD(points, lr=0.02, momentum=0.9, weight_decay=0.0, nesterov=True)," in script
    assert '"""torch.optim.SGD does not accept momentum = 0 here. Nesterov 1983;' in script
    assert 'class Lion(VectorOptimizer):\n    """torch.optim has no Lion. Chen et al.' in script
    assert '"Lion": lambda points: Lion(points, lr=0.02, beta1=0.9, beta2=0.99, weight_decay=0),' in script
    assert "# Newton is left out. torch.optim has no method that takes a Hessian." in script
    assert '"""torch.optim.Adam has no counterpart of bias correction = off. Kingma' in script
    with pytest.raises(ValueError, match="Newton is left out"):
        torch_script(Scenario(optimizers=(Choice("newton"),)))
    changing = torch_script(scenario.replace(schedule=Choice("cosine")))
    assert "optim.SGD(points, lr=0.02, momentum" not in changing
    assert "in place of x; where the learning rate changes that is another method." in " ".join(changing.split())


def test_code_with_noise_does_not_claim_the_same_paths() -> None:
    quiet, noisy = (torch_script(Scenario(noise=noise, seed=7)) for noise in (0.0, 0.5))
    assert "The paths are the same as there" in quiet
    assert "manual_seed" not in quiet
    assert "The paths are the same" not in noisy
    assert "as strong as there, but made of other random numbers" in noisy
    assert "torch.manual_seed(7)" in noisy


@pytest.mark.parametrize("name", optimizers.names())
def test_every_optimizer_says_whether_torch_has_it(name: str) -> None:
    declared = optimizers.get(name)
    if declared.torch and not declared.torch_differs:
        assert "{" not in optimizers.in_torch(declared.with_parameters(**declared.torch_settings))
        return
    with pytest.raises(ValueError, match=r"^torch\.optim.*\.$"):
        optimizers.in_torch(declared)


def test_torch_takes_no_number_for_each_trajectory() -> None:
    with pytest.raises(ValueError, match="one number for lr"):
        optimizers.in_torch(optimizers.get("sgd", lr=[0.1, 0.2]))


def test_many_starts_are_cut_off_and_said_to_be() -> None:
    script = torch_script(Scenario(starts=Choice.of("grid", n=400)))
    assert f"these are the first {MOST_STARTS} of 400" in script


def test_a_power_of_a_root_is_in_parentheses_in_pytorch() -> None:
    for text in ("cbrt(x)**2", "(x**(1/3))**2"):
        source = tensors_source(parse(text, "xy"))
        assert re.fullmatch(r"\(torch\.sign\(x\)\*torch\.abs\(x\)\*\*\(.*\)\)\*\*2", source), source
