"""What a browser measures of the runs that it has computed is what Python sends of them, to the last bit."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from figures import LIGHT
from figures.curves import _quartiles
from formulas import libm
from formulas.libm.routines import USED
from player.live_payload import told_as_data
from player.payload import landscape_bytes, run_bytes
from scenario import Choice, Race, Scenario
from scenario.landscape import CUSTOM
from simulation.live import functions_as_data, pair_as_data
from simulation.verdicts import Ending

if TYPE_CHECKING:
    from tests.player_page import PlayerPage

MEASURED = """async (cases) => {
    const modules = ["engine", "measures", "data"].map((name) => import(`/js/${name}.js`));
    const [{ enginesFor, Workspace }, { measuresFor }, { readRuns }] = await Promise.all(modules);
    const numbers = (values) => Array.from(values, (one) => (Number.isFinite(one) ? one : String(one)));
    const unlike = (name, sent, own) => {
        const k = sent.findIndex((one, k) => !Object.is(one + 0, own[k] + 0));
        return k < 0 ? [] : [`${name} ${k}: ${sent[k]}, not ${own[k]}`];
    };
    return cases.map((text) => {
        const { block, pairs, functions, told, starts, noise, seed } = JSON.parse(text);
        const race = readRuns(Uint8Array.from(atob(block), (letter) => letter.charCodeAt(0)));
        const workspace = new Workspace();
        const engines = enginesFor(pairs, functions, workspace, { count: race.count, single: false });
        const { measures, reason } = measuresFor(functions, workspace, race.count >= 8 ? 4 : 1, race);
        if (reason) return [reason];
        return race.runs.map((sent, index) => {
            workspace.clear();
            const run = Object.fromEntries(["x", "y", "z", "exit", "exitX", "exitY"].map((name) => [name, sent[name].slice().fill(7)]));
            const { parameters } = pairs[index];
            const result = engines[index].engine.run({ parameters, starts, steps: race.steps, noise, seed: BigInt(seed) });
            measures.place(result, run, race.window, told.heights);
            measures.exits(result, run, race.window);
            const { low, below, above, high } = measures.quartiles(result.loss, race.count);
            const median = below.map((one, t) => (one === above[t] ? one : (one + above[t]) / 2));
            const differ = Object.entries({ ...run, median }).flatMap(([name, own]) => unlike(name, sent[name], own));
            const { ending, since } = measures.endings.of(result, race.window, told, told.decays[index]);
            const told_of = Object.entries({ low, median, high, ending, since }).map(([name, values]) => [name, numbers(values)]);
            return { differ, packed: race.packed, precise: race.precise, ...Object.fromEntries(told_of) };
        });
    });
}"""


def told(race: Race) -> dict[str, Any]:
    """What the browser measures by, and of each run whether its weights decay."""
    return {**told_as_data(race.landscape), "decays": [bool(np.any(run.optimizer.values.get("weight_decay", 0))) for run in race.runs]}


def sent(scenario: Scenario) -> tuple[str, Race]:
    race = scenario.race()
    pairs = [pair_as_data(race.landscape, run.optimizer, run.schedule, bool(np.any(scenario.noise))) for run in race.runs]
    block = run_bytes(race, LIGHT, ("map",), landscape_bytes(race.landscape, LIGHT))
    data = {
        "block": base64.b64encode(block).decode(),
        "pairs": pairs,
        "functions": functions_as_data(*pairs),
        "told": told(race),
        "starts": race.starts.tolist(),
        "noise": scenario.noise,
        "seed": str(scenario.seed),
    }
    return json.dumps(data), race


def race_on(landscape: Choice, *optimizers: Choice, n: int = 13, steps: int = 40, **more: Any) -> Scenario:
    return Scenario(landscape=landscape, optimizers=optimizers, starts=Choice.of("anywhere", n=n), steps=steps, **more)


def own(formula: str, half: float, points: list[tuple[float, float]], *optimizers: Choice, x: float = 0.0) -> Scenario:
    """A race on a formula, over a window of this half width around (x, 0)."""
    window = ((x - half, x + half), (-half, half))
    return Scenario(Choice(CUSTOM), optimizers, formula=formula, window=window, points=tuple(points), steps=40)


@pytest.mark.skipif(frozenset(libm.NAMES) > USED, reason="NumPy computes elementary functions with bits of its own here")
def test_what_is_drawn_and_said_of_a_run_is_what_python_sends(player_page: PlayerPage, monkeypatch: pytest.MonkeyPatch) -> None:
    adam, sgd, fast = Choice("adam"), Choice.of("sgd", lr=0.002), Choice.of("momentum", lr=0.02, momentum=0.95)
    scenarios = [
        race_on(Choice("rosenbrock"), adam, sgd, fast, n=40, steps=120),
        race_on(
            Choice("himmelblau"),
            Choice.of("sgd", lr=0.01),
            Choice.of("sgd", lr=0.05),
            Choice.of("sgd", lr=0.035),
            n=80,
            steps=60,
            noise=0.2,
        ),
        race_on(Choice("ravine"), Choice.of("sgd", lr=0.05), fast, n=1, steps=30),
        race_on(Choice("ravine"), sgd, adam, n=2, steps=3),
    ]
    scenarios += [
        race_on(Choice(name), Choice.of("adam", lr=0.1), Choice.of("momentum", lr=0.05))
        for name in ("linear_network", "rastrigin", "easom")
    ]
    still = Choice.of("newton", lr=1.0)
    scenarios += [
        race_on(Choice("monkey_saddle"), still, Choice.of("sgd", lr=0.01), n=9),
        own("exp(x**2+y**2)", 15.0, [(-14.0, -14.0), (-1.0, -1.0), (14.5, 0.0)], adam, Choice.of("adamw", weight_decay=0.1)),
        own("sqrt(x) + y**2", 4.0, [(0.5, 1.0), (3.0, -1.0)], Choice.of("sgd", lr=0.9), adam),
        own("(x - 1000)**2 + 5*y**2", 1e-3, [(1000.0005, 1e-4)], Choice.of("sgd", lr=0.25), adam, x=1000.0),
        own("x**2 - y**2", 1.0, [(0.5, 0.0), (0.5, 0.2), (0.0, 0.2)], *(Choice.of("sgd", lr=lr) for lr in (0.3, 1e5)), still),
    ]
    monkeypatch.setattr("player.payload.FINE", 1000)  # the larger ones are packed
    cases = [sent(scenario) for scenario in scenarios]
    found = player_page.page.evaluate(MEASURED, [data for data, _ in cases])
    kinds = [(runs[0]["packed"], runs[0]["precise"]) for runs in found]
    assert {(True, False), (False, False), (False, True)} <= set(kinds)
    endings: set[int] = set()
    for (_, race), runs in zip(cases, found, strict=True):
        for run, verdict, seen in zip(race.runs, race.verdicts, runs, strict=True):
            name = f"{run.optimizer} on {race.landscape.name}"
            assert seen["differ"] == [], name
            low, middle, high = _quartiles(run.losses)
            for part, values in zip(("low", "median", "high"), (low, middle, high), strict=True):
                assert np.array_equal(np.nan_to_num(values, nan=np.inf), np.array(seen[part], dtype=float)), (name, part)
            assert (seen["ending"], seen["since"]) == (verdict.ending.tolist(), verdict.since.tolist()), name
            endings |= set(seen["ending"])
    assert endings >= {*Ending} - {Ending.MAXIMUM}, sorted(Ending(one).name for one in endings)
