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
POINTS = ((-0.5, -1.2), (1.0, 1.4))
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
@pytest.mark.parametrize("ground", ["himmelblau", "rosenbrock"])
def test_every_method(player_page: PlayerPage, ground: str) -> None:
    """Each of them on one of two landscapes."""
    names = optimizers.names()[ground == "rosenbrock" :: 2]
    hold(player_page, *cases(Scenario(landscape=Choice(ground), optimizers=tuple(map(Choice, names)), steps=25, points=POINTS)))


@SHARED
def test_whatever_a_race_can_be_given(player_page: PlayerPage) -> None:
    """Noise, limits of the gradient, schedules, rates that change in mid-run, penalties, switches, and what diverges."""
    changing = [Choice.of(name, change_at=9, change_by=0.3) for name in ("momentum", "adamw", "radam")]
    switched = [Choice.of("rmsprop", centered=True), Choice.of("adam", bias_correction=False, weight_decay=0.1)]
    given = Scenario(
        landscape=Choice("himmelblau"),
        optimizers=(*changing, *switched, Choice("sam"), Choice("l_bfgs")),
        steps=25,
        points=POINTS,
        schedule=Choice.of("cosine", warmup=4),
        noise=0.3,
        seed=2**30 + 7,
        clip_norm=2.0,
        clip_value=1.5,
        l1=0.1,
        l2=0.2,
    )
    wild = Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice.of("sgd", lr=0.5), Choice("adam")), steps=25, points=POINTS)
    hold(player_page, *cases(given), *cases(wild))


@SHARED
def test_what_is_turned_without_python(player_page: PlayerPage) -> None:
    """Numbers that were 0 or 1 among them: a part that appears then has its colour, and the others keep theirs."""
    before = Scenario(
        landscape=Choice("rosenbrock"), optimizers=(Choice.of("momentum", momentum=0.0), Choice("adamw")), steps=25, points=POINTS
    )
    optimizers_after = (Choice.of("momentum", momentum=0.7, lr=3e-4), Choice.of("adamw", weight_decay=0.0, beta1=0.5))
    after = before.replace(landscape=Choice.of("rosenbrock", a=1.5, b=20.0), optimizers=optimizers_after, steps=31)
    turned = {"optimizers.0.momentum": 0.7, "optimizers.0.lr": 3e-4, "optimizers.1.weight_decay": 0.0, "optimizers.1.beta1": 0.5}
    hold(player_page, *cases(before, turned | {"landscape.a": 1.5, "landscape.b": 20.0, "steps": 31}, after))
