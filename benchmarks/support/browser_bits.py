"""Whether the browser has the NumPy engine's bits; parameters are turned there, after its data have been made."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import landscapes
import optimizers
import simulation
import tape
from benchmarks.support.modules import modules_page
from landscapes import Landscape
from optimizers import Optimizer, Schedule, schedules
from parameters import Param
from simulation import starts
from simulation.live import functions_as_data, pair_as_data

if TYPE_CHECKING:
    from playwright.sync_api import Page

COUNT, STEPS = 21, 40
_RUN = """async (text) => {
    const { enginesFor, Workspace } = await import("/js/engine.js");
    const { pair, functions, runs } = JSON.parse(text);
    const workspace = new Workspace();
    const [{ engine, reason }] = enginesFor([pair], functions, workspace, { count: runs[0].starts[0].length, single: false, goal: true });
    if (!engine) return { reason };
    const text64 = (floats) => {
        const bytes = new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
        let letters = "";
        for (const byte of bytes) letters += String.fromCharCode(byte);
        return btoa(letters);
    };
    return { size: engine.made.size, runs: runs.map((run) => {
        workspace.clear();
        const found = engine.run(run);
        const { unsure, divergedAt, reached } = found;
        const history = { x: text64(found.x), y: text64(found.y), loss: text64(found.loss) };
        return { ...history, unsure, divergedAt: [...divergedAt], reached: [...reached] };
    }) };
}"""


def in_browser(surfaces: Sequence[str], methods: Sequence[str], quick: bool) -> Iterator[dict[str, Any]]:
    """Compare all pairs, a row for each landscape: runs as they are, and with every number turned; with noise, a schedule, a goal."""
    with modules_page() as page:
        for name in surfaces:
            found = [_pair(page, landscapes.get(name), optimizers.get(method), quick) for method in methods]
            pairs = [one for one in found if one]
            yield {
                "landscape": name,
                "pairs": len(pairs),
                "runs": sum(one["runs"] for one in pairs),
                "runs that differ": sum(len(one["wrong"]) for one in pairs),
                "trajectories left to Python": sum(one["unsure"] for one in pairs),
                "no engine": sum(bool(one["reason"]) for one in pairs),
                "module, kB": float(np.median([one["size"] for one in pairs])) / 1e3,
                "data, kB": float(np.median([one["sent"] for one in pairs])) / 1e3,
                "which": "; ".join(wrong for one in pairs for wrong in one["wrong"][:3]) + next((one["reason"] for one in pairs), ""),
            }


def _pair(page: Page, landscape: Landscape, optimizer: Optimizer, quick: bool) -> dict[str, Any] | None:
    if tape.why_none(landscape, optimizer):
        return None
    noise = 0.0 if quick else 0.05
    schedule = schedules.get("cosine")
    pair = pair_as_data(landscape, optimizer, schedule, noisy=True)
    functions = functions_as_data(pair)
    points = starts.uniform(landscape.window, COUNT, seed=3)
    goal = float(np.nanquantile(landscape.value(points), 0.2))
    variants = [(landscape, optimizer, schedule), (_turned(landscape), _turned(optimizer), schedules.get("cosine", end=0.3, warmup=5))]
    more = {"noise": noise, "seed": 7, "goal": goal}
    runs = [
        simulation.run(*one[:2], points, STEPS, one[2], keep="path", engine="numpy", noise=noise, seed=7, goal=goal) for one in variants
    ]
    own = [{**more, "parameters": _values(*one), "starts": points.tolist(), "steps": STEPS} for one in variants]
    text = json.dumps({"pair": pair, "functions": functions, "runs": own})
    found = page.evaluate(_RUN, text)
    sent = len(json.dumps(pair, separators=(",", ":")))
    if "reason" in found:
        return {"runs": 0, "wrong": [], "unsure": 0, "reason": found["reason"], "size": 0, "sent": sent}
    wrong = [f"{optimizer.name}{' turned' * index}" for index, one in enumerate(runs) if not _same(one, found["runs"][index])]
    unsure = sum(len(one["unsure"]) for one in found["runs"])
    return {"runs": len(runs), "wrong": wrong, "unsure": unsure, "reason": "", "size": found["size"], "sent": sent}


def _values(landscape: Landscape, optimizer: Optimizer, schedule: Schedule) -> dict[str, dict[str, float]]:
    owners = {"landscape": landscape.settings, "optimizer": optimizer.settings, "schedule": schedule.values}
    return {owner: {name: float(value) for name, value in values.items()} for owner, values in owners.items()}


def _turned(thing: Any) -> Any:
    """The same with other values of its numbers, but for those that are 0 or 1, which a tape holds for."""
    free = [entry for entry in thing.parameters if thing.values[entry.name] not in (0, 1) and not entry.integer and not entry.switch]
    return thing.with_parameters(**{entry.name: _other(entry, float(np.max(thing.values[entry.name]))) for entry in free})


def _other(entry: Param, value: float) -> float:
    return min(max(value * 0.83 + 0.001, entry.low), entry.high)


def _same(run: simulation.Run, found: dict[str, Any]) -> bool:
    sure = np.setdiff1d(np.arange(run.losses.shape[1]), found["unsure"])
    pairs = zip((*run.positions.swapaxes(0, 1), run.losses), ("x", "y", "loss"), strict=True)
    bits = all(
        np.array_equal(own[:, sure], np.frombuffer(base64.b64decode(found[name])).reshape(own.shape)[:, sure], equal_nan=True)
        for own, name in pairs
    )
    assert run.reached is not None
    ends = ((run.diverged_at, found["divergedAt"]), (run.reached, found["reached"]))
    return bits and all(np.array_equal(own[sure], np.array(theirs)[sure]) for own, theirs in ends)
