"""What a browser takes apart by itself is what Python sends of the same steps: words, parts, numbers and curves."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

import optimizers
from figures import LIGHT
from formulas import libm
from formulas.libm.routines import USED
from player.live_payload import live_block, live_race
from player.step import step_bytes
from scenario import Choice, Scenario

if TYPE_CHECKING:
    from tests.player_page import PlayerPage

APART = """async (cases) => {
    const modules = ["livevalues", "liveruns", "livesteps", "anatomy", "data"].map((name) => import(`/js/${name}.js`));
    const [{ wantedOf }, { LiveRuns }, { LiveSteps }, { readStep }, { numbers }] = await Promise.all(modules);
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const text = JSON.stringify;
    const number = (value) => Object.is(value, -0) ? 0 : value;
    const unlike = (name, sent, own) => {
        if (sent.length !== own.length) return [`${name}: ${sent.length} and ${own.length}`];
        const k = sent.findIndex((one, k) => !Object.is(number(one), number(own[k])));
        return k < 0 ? [] : [`${name} ${k} of ${sent.length}: ${sent[k]}, not ${own[k]}`];
    };
    const curve = ({ x, y, line, ...more }) => [more, line.width, line.dash];
    const curves = ({ data, layout }) => [data.map(curve), layout.annotations, layout.yaxis.domain];
    return cases.map((told) => {
        const { block, live, steps, count, apart, values, run, trajectory } = JSON.parse(told);
        const base = { live, steps, count, packed: false, window: [[-1, 1], [-1, 1]], token: "", runs: block.pairs };
        const wanted = wantedOf(base, { values, moved: new Map(), placed: null, stride: 1 });
        const runs = new LiveRuns();
        const compiled = runs.compile(block, base, wanted);
        const results = runs.results(compiled, wanted, live, () => null);
        const own = new LiveSteps().of(block, wanted, results, base, { run, trajectory });
        if (!own) return ["nothing"];
        const sent = readStep(bytes(apart));
        const words = ["run", "trajectory", "count", "diverged", "lines", "where", "boxes", "parts", "made", "values", "shape"];
        const different = words.filter((name) => text(sent[name]) !== text(own[name]));
        const differ = different.map((name) => `${name}: ${text(sent[name])} not ${text(own[name])}`);
        for (const [name, { values }] of sent.planes) differ.push(...unlike(name, values, own.planes.get(name)?.values ?? []));
        if (text(curves(sent.curves)) !== text(curves(own.curves))) differ.push("curves");
        for (const [k, { x, y, name }] of sent.curves.data.entries()) for (const axis of ["x", "y"]) {
            differ.push(...unlike(`${name} ${axis}`, numbers(sent.curves.data[k][axis]), own.curves.data[k][axis]));
        }
        return differ;
    });
}"""
SHARED = pytest.mark.skipif(frozenset(libm.NAMES) > USED, reason="NumPy computes elementary functions with bits of its own here")


def cases(scenario: Scenario, values: dict[str, float] | None = None, changed: Scenario | None = None) -> list[str]:
    """Every run of a race: what the browser is given of it, and what Python sends of it, or of what it becomes by other values."""
    race, other = scenario.race(), (changed or scenario).race()
    block, live = json.loads(live_block(race, apart=True) or b""), live_race(race, apart=True)
    told: dict[str, Any] = {"block": block, "live": live, "steps": scenario.steps, "count": race.starts.shape[1], "values": values or {}}
    last = race.starts.shape[1] - 1
    return [
        json.dumps({**told, "run": run, "trajectory": last, "apart": base64.b64encode(step_bytes(other, run, last, LIGHT)).decode()})
        for run in range(len(race.runs))
    ]


def hold(player_page: PlayerPage, *given: str) -> None:
    for text, differ in zip(given, player_page.page.evaluate(APART, list(given)), strict=True):
        told = json.loads(text)
        assert not differ, "\n".join([str(told["live"]["parameters"][told["run"]]), *differ[:4], str(len(differ))])


@SHARED
@pytest.mark.parametrize("first", range(0, len(optimizers.names()), 12))
def test_every_method(player_page: PlayerPage, first: int) -> None:
    names = optimizers.names()[first : first + 12]
    for ground in ("himmelblau", "rosenbrock"):
        scenario = Scenario(landscape=Choice(ground), optimizers=tuple(map(Choice, names)), steps=30, points=((-0.5, -1.2), (1.0, 1.4)))
        hold(player_page, *cases(scenario))
