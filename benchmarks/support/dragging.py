"""What is dragged in the player: how soon it is on the screen, how many frames are drawn, and what is left of it in memory."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLAYER = "document.querySelector('.descent').player"
WAKE = f"{PLAYER}.live.wake()"
READY = "document.querySelector('.descent')?.player?.live.ready"
_STEP = f"""(i) => {{
    const {{ live, startMarks: [[x, y]] }} = {PLAYER};
    window.home ??= [x, y];
    const [sine, cosine] = [Math.sin(i / 10), Math.cos(i / 10)];
    const [[x0, x1], [y0, y1]] = {PLAYER}.race.window;
    const at = [window.home[0] + 0.03 * (x1 - x0) * sine, window.home[1] + 0.03 * (y1 - y0) * cosine];
    return WHAT === "start" ? live.move(0, at) : live.turn({{ "optimizers.0.lr": 0.01 + 0.004 * sine }});
}}"""
"""One small change: a start along a circle, or a learning rate to and fro."""
_DRAG = f"""async ({{ frames, warm }}) => {{
    const player = {PLAYER};
    const step = {_STEP};
    const after = (done) => {{
        const {{ port1, port2 }} = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(0);
    }};
    const painted = () => new Promise((done) => requestAnimationFrame(() => after(done)));
    player.clock.pause();
    for (let i = 0; i < warm; i++) {{ step(i); await painted(); }}
    const began = performance.now();
    const [waits, took] = [[], []];
    let refused = 0;
    for (let i = warm; i < warm + frames; i++) {{
        const asked = performance.now();
        const version = player.race.version;
        if (!step(i)) refused += 1;
        await painted();
        if (player.race.version !== version) {{
            waits.push(performance.now() - asked);
            took.push(player.live.took);
        }}
    }}
    const fps = 1000 * frames / (performance.now() - began);
    const shown = player.race.count;
    return {{ waits, took, fps, refused, shown }};
}}"""
_CHANGE = f"""async ({{ first, changes }}) => {{
    const player = {PLAYER};
    const step = {_STEP};
    for (let i = first; i < first + changes; i++) {{
        if (!step(i)) throw new Error("what is dragged was not computed");
        player.live.show();
        player.draw();
        if (i % 50 === 49) await new Promise((done) => setTimeout(done)); // what waits for a rest gets its turn
    }}
}}"""
_MEMORY = f"""[...{PLAYER}.live.runs.compiled.values()]
    .reduce((sum, one) => sum + (one ? one.workspace.memory.buffer.byteLength : 0), 0)"""
WARM = 60


def awake(page: Page) -> None:
    """Wait until what is dragged can be computed in the page."""
    page.evaluate(WAKE)
    page.wait_for_function(READY)


def drag(page: Page, what: str, frames: int) -> dict[str, Any]:
    """Drag in each frame a start or a rate ("start", "rate").

    Returns:
        "ms", the median from a change to the end of the frame that shows it, "least..most", "computed ms", the median of what computing
        and measuring take of it, "fps", and "shown", how many trajectories of each run were.

    Raises:
        RuntimeError: the page has asked Python.
    """
    found = page.evaluate(_DRAG.replace("WHAT", f'"{what}"'), {"frames": frames, "warm": WARM})
    if found["refused"] or not found["waits"]:
        raise RuntimeError(f"{found['refused']} of {frames} changes were not computed in the browser")
    waits = found["waits"]
    told = {"ms": median(waits), "least..most": f"{min(waits):.0f}..{max(waits):.0f}", "computed ms": median(found["took"])}
    return {**told, "fps": found["fps"], "shown": found["shown"]}


def left_in_memory(page: Page, changes: int, what: str = "start") -> dict[str, int]:
    """What many changes leave behind, as it grew since the first `WARM` of them.

    Returns:
        bytes of JavaScript's heap with its arrays ("heap"), after garbage was collected, and of WebAssembly's memories; "nodes" and
        "listeners" of the document.
    """
    devtools = page.context.new_cdp_session(page)
    script = _CHANGE.replace("WHAT", f'"{what}"')
    page.evaluate(script, {"first": 0, "changes": WARM})
    before = _memory(page, devtools)
    page.evaluate(script, {"first": WARM, "changes": changes})
    after = _memory(page, devtools)
    devtools.detach()
    return {name: after[name] - before[name] for name in before}


def _memory(page: Page, devtools: Any) -> dict[str, int]:
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    used = devtools.send("Runtime.getHeapUsage")
    devtools.send("Performance.enable")
    told = {entry["name"]: int(entry["value"]) for entry in devtools.send("Performance.getMetrics")["metrics"]}
    assembly: int = page.evaluate(_MEMORY)
    heap = int(used["usedSize"] + used["backingStorageSize"])
    return {"heap": heap, "WebAssembly": assembly, "nodes": told["Nodes"], "listeners": told["JSEventListeners"]}
