"""Races computed in the browser: what the page is sent, compiling, and the time of a frame, beside plain JavaScript."""

from __future__ import annotations

import argparse
import json
from typing import Any

import landscapes
import optimizers
from benchmarks.support.modules import modules_page
from benchmarks.support.report import Report
from simulation import starts
from simulation.live import functions_as_data, pair_as_data

METHODS = ("sgd", "momentum", "nesterov", "rmsprop", "adam")
SURFACES = ("rosenbrock", "rastrigin", "ackley")
COUNTS, STEPS = (1, 20, 240, 2000), 200
_SAME = 1e-4
"""As far as losses may differ after three steps, of single precision."""
_MEASURE = """async ({ pairs, functions, starts, steps, rounds, times }) => {
    const { enginesFor, Workspace } = await import("/js/engine.js");
    const { plainEngine } = await import("/peers/plain_engine.js");
    const count = starts[0].length;
    const clock = (work, times = 1) => {
        const began = performance.now();
        for (let turn = 0; turn < times; turn++) work();
        return (performance.now() - began) / times;
    };
    const workspace = new Workspace();
    let engines = [];
    const compiling = clock(() => { engines = enginesFor(pairs, functions, workspace, { count }).map(({ engine }) => engine); });
    const all = () => {
        workspace.clear();
        return engines.map((engine, index) => engine.run({ parameters: pairs[index].parameters, starts, steps }));
    };
    const first = clock(all);
    const plain = engines.map((engine, index) => {
        workspace.clear();
        const { constants, table } = engine.last; // the same numbers as the engine is given
        const first = engine.tape.first.map((cell) => engine.tape.early[cell]);
        const begin = ([kind, ...more]) => (kind === "number" ? Array(count).fill(Number(more[0])) : starts[more[1] === "x" ? 0 : 1]);
        const rows = Float64Array.from(first.flatMap(begin));
        const history = [0, 1, 2].map(() => new Float32Array((steps + 1) * count));
        return { work: plainEngine(engine.tape), given: [constants, table, rows, count, steps, ...history] };
    });
    const allPlain = () => plain.forEach(({ work, given }) => work(...given));
    allPlain();
    const [ours, theirs] = [[], []];
    for (let round = 0; round < rounds; round++) { ours.push(clock(all, times)); theirs.push(clock(allPlain, times)); }
    const from = 3 * count; // later they may part, where a race is chaotic: the browser's own functions round in other ways
    const most = all().reduce((worst, { loss }, index) => {
        const other = plain[index].given.at(-1);
        const off = Array.from({ length: count }, (_, n) => Math.abs(loss[from + n] - other[from + n]) / (1 + Math.abs(other[from + n])));
        return Math.max(worst, ...off.filter((one) => one === one));
    }, 0);
    const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1];
    const clocked = { compiling, first, ours: middle(ours), theirs: middle(theirs), best: ours[0], bestPlain: theirs[0] };
    return { ...clocked, size: engines[0].made.size, most };
}"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--surfaces", nargs="+", default=SURFACES, metavar="NAME", help="which landscapes")
    parser.add_argument("--counts", nargs="+", type=int, default=COUNTS, metavar="N", help="starts of each of the five methods")


def run(options: argparse.Namespace) -> int:
    """Time all, and print a row for each landscape and number of starts."""
    report = Report("live", ("playwright",), options.json)
    rows = []
    with modules_page() as page:
        version = page.context.browser.version if page.context.browser else ""
        report.say(f"Chromium {version}; {len(METHODS)} methods, {STEPS} steps, single precision, ms by the clock")
        for surface in options.surfaces:
            landscape = landscapes.get(surface)
            pairs = [pair_as_data(landscape, optimizers.get(name)) for name in METHODS]
            functions = functions_as_data(*pairs)
            sent = {"pairs": len(_text(pairs)), "functions": len(_text(functions))}
            for count in options.counts:
                points = starts.uniform(landscape.window, count, seed=1).tolist()
                rounds, times = 5 if options.quick else 15, max(1, 400 // (count + 20))
                page.reload()
                found: dict[str, Any] = page.evaluate(
                    _MEASURE,
                    {"pairs": pairs, "functions": functions, "starts": points, "steps": STEPS, "rounds": rounds, "times": times},
                )
                rows.append(_row(surface, count, sent, found))
    report.table("Five methods together", rows)
    report.close()
    return 1 if any(row["most that losses differ"] > _SAME for row in rows) else 0


def _text(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"))


def _row(surface: str, count: int, sent: dict[str, int], found: dict[str, Any]) -> dict[str, Any]:
    return {
        "landscape": surface,
        "starts": count,
        "pairs, kB": sent["pairs"] / 1e3,
        "functions, kB": sent["functions"] / 1e3,
        "modules, kB": found["size"] / 1e3,
        "compiling, ms": found["compiling"],
        "first run": found["first"],
        "a run, ms": found["ours"],
        "at best": found["best"],
        "plain JavaScript": found["theirs"],
        "it at best": found["bestPlain"],
        "ns a step": found["best"] * 1e6 / (len(METHODS) * count * STEPS),
        "times as fast": found["bestPlain"] / found["best"],
        "most that losses differ": found["most"],
    }
