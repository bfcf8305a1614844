"""A visit of a page of the static site: whether it plays, can be dragged, draws its charts, and leads to pages that there are."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from benchmarks.support.visitor import Browser

PATIENCE = 90.0
"""Seconds after which what is waited for will not come."""
OFTEN = 0.1
PLAYER = "document.querySelector('.descent')?.player"
DRAWN = f"""(!document.getElementById('player') || ({PLAYER}?.root.dataset.ready === 'true'
    && [...document.querySelectorAll('.panel:not([hidden])')].every((panel) => panel.dataset.drawn !== undefined)))"""
START = f"""(() => {{
    const player = {PLAYER};
    const panel = player?.panels.get('map') ?? player?.panels.get('maps');
    if (!player?.movable.length || !panel || !player.live.alone) return null;
    player.clock.pause();
    const frame = panel.plot.getBoundingClientRect();
    const {{ view }} = panel.subplots()[0];
    const [x, y] = view.point(...player.movable[0], 0);
    const {{ left, top, width, height }} = view.box;
    const inner = (value, low, size) => Math.min(low + 0.8 * size, Math.max(low + 0.2 * size, value));
    const to = [inner(x + 0.2 * width, left, width), inner(y + 0.15 * height, top, height)];
    return {{ from: [frame.left + x, frame.top + y], to: [frame.left + to[0], frame.top + to[1]], start: player.movable[0] }};
}})()"""
SCROLL = f"({PLAYER}?.root.scrollIntoView({{ block: 'nearest' }}), scrollX + scrollY)"
MOVED = f"""((before) => {{
    const {{ race, movable, live }} = {PLAYER};
    const same = (a, b) => Math.fround(a) === Math.fround(b);
    const runs = race.runs.every(({{ x, y }}) => same(x[0], movable[0][0]) && same(y[0], movable[0][1]));
    return String(movable[0]) !== String(before) && !live.held && race.version > 0 && runs;
}})"""
PLAY = f"({PLAYER}.clock.seek(0), {PLAYER}.clock.play())"
PLAYS = f"{PLAYER}.clock.position > 0 || {PLAYER}.clock.steps === 0"
PAUSE = f"({PLAYER}.clock.pause(), {PLAYER}.clock.seek(Math.min({PLAYER}.clock.steps, 3)))"
OLD = f"{PLAYER} && Object.assign({PLAYER}.race, {{ old: true }})"
ANOTHER = f"!{PLAYER} || {PLAYER}.race.old === undefined"
UNDRAWN = """(() => {
    const places = [...document.querySelectorAll('[data-chart]:not([data-drawn])')].filter((place) => place.offsetParent);
    places[0]?.scrollIntoView();
    return places.length;
})()"""
"""How many charts are still to be drawn; the first of them is scrolled to, since a chart is drawn once it is seen."""
LINKS = "[...document.querySelectorAll('a[href]')].map(({ href }) => href.split(/[?#]/)[0])"
MAPS = f"""(() => {{
    const frame = {PLAYER}?.panels.get('maps')?.plot.getBoundingClientRect();
    return frame ? [frame.left + 0.3 * frame.width, frame.top + 0.3 * Math.min(frame.height, innerHeight - frame.top)] : null;
}})()"""
TOLD = "document.querySelector('.progress').textContent"
DONE = "document.querySelectorAll('[data-lesson]:not(.done)').length"
FORGET = "document.querySelector('.forget').click()"
CHOOSE = """(({ ground, schedule, turn }) => {
    const set = (list, value) => ((list.value = value), list.dispatchEvent(new Event('change')));
    set(document.getElementById('ground'), ground);
    set(document.getElementById('schedule'), schedule);
    const boxes = [...document.querySelectorAll('#methods .method:not(.again) input')];
    const wanted = [0, 1, 2].map((k) => boxes[(3 * turn + k) % boxes.length]);
    for (const box of wanted) if (!box.checked) box.click();
    for (const box of document.querySelectorAll('#methods input')) if (box.checked && !wanted.includes(box)) box.click();
    document.querySelector('#methods .method button:not([hidden])')?.click();
})"""
CHOSEN = f"""(() => {{
    const ticked = [...document.querySelectorAll('#methods input:checked')].map(({{ value }}) => value.split(' ')[0]);
    const names = {PLAYER}.race.runs.map(({{ name }}) => name);
    return ticked.length < 4 || String([...names].sort()) !== String(ticked.sort()) ? `${{names}} race where ${{ticked}} were chosen` : '';
}})()"""
"""Three methods in turn and one of them once more, on a landscape with a schedule; and what is wrong with who races then."""
STOPS = "[...document.querySelectorAll('#words [data-stop]')].length"
ANSWER = """(() => {
    const { lesson } = JSON.parse(document.getElementById('told').textContent);
    for (const [number, { right }] of (lesson?.questions ?? []).entries())
        document.querySelectorAll('.question')[number].querySelector(`[data-choice="${right}"]`).click();
    return true;
})()"""


def visited(browser: Browser, folder: Path, start: str, path: str) -> tuple[list[str], int, int]:
    """What is wrong with a page, how many of its pictures were dragged, and how many it has.

    Args:
        browser: that visits it.
        folder: the site.
        start: the address of that.
        path: of the page, within it.
    """
    faults, dragged, shown = list[str](), 0, 0

    def look(what: str, choose: str = "") -> None:
        """Choose something else to play, if anything, and play with it."""
        nonlocal dragged, shown
        if choose:
            browser.evaluate(f"({OLD}, {choose}, 0)")
        problem, moved = played(browser) if not choose or _comes(browser, ANOTHER) else ("nothing else is played", 0)
        faults.extend(f"{what}{fault}" for fault in ([problem] if problem else []) + browser.faults())
        dragged, shown = dragged + moved, shown + browser.evaluate(f"Number(Boolean({PLAYER}))")

    browser.open(f"{start}/{quote(path)}")
    look("")
    if path.startswith("lessons/"):
        look("answered: ", ANSWER)
        for stop in range(browser.evaluate(STOPS)):
            look(f"stop {stop + 1}: ", f"document.querySelectorAll('#words [data-stop]')[{stop}].click()")
    if path == "race.html":
        for what, choose in _free_races(browser):
            look(what, choose)
            if wrong := browser.evaluate(CHOSEN):
                faults.append(f"{what}{wrong}")
    faults += [*_maps(browser), *_charts(browser), *lost_links(browser, folder, start)]
    if path == "index.html":
        faults += lost_progress(browser, folder, f"{start}/{path}")
    return [*faults, *browser.faults()], dragged, shown


def _free_races(browser: Browser) -> Iterator[tuple[str, str]]:
    """Each landscape of a free race with some methods and a schedule: what it is, and what chooses it."""
    grounds, schedules = browser.evaluate(
        "['ground', 'schedule'].map((name) => [...document.querySelectorAll(`#${name} option`)].map(({ value }) => value))"
    )
    for turn, ground in enumerate(grounds):
        schedule = schedules[turn % len(schedules)]
        yield f"{ground}, {schedule}: ", f"{CHOOSE}({json.dumps({'ground': ground, 'schedule': schedule, 'turn': turn})})"


def _charts(browser: Browser) -> Iterator[str]:
    """Whether all charts that can be seen are drawn."""
    if not _comes(browser, f"!{UNDRAWN}"):
        yield f"{browser.evaluate(UNDRAWN)} charts are not drawn"


def _maps(browser: Browser) -> Iterator[str]:
    """Whether a click on recorded maps plays a trajectory from there."""
    place = browser.evaluate(MAPS)
    if place:
        browser.drag(place, place)
        if not _comes(browser, f"{PLAYER}.race?.count === 1"):
            yield "a click on its maps starts nothing"


def lost_links(browser: Browser, folder: Path, start: str) -> Iterator[str]:
    """Links that lead out of the site, or to no page of it."""
    for link in dict.fromkeys(browser.evaluate(LINKS)):
        path = unquote(link.removeprefix(f"{start}/"))
        if not link.startswith(f"{start}/") or not (folder / path).is_file():
            yield f"it leads to {link}, which is no page of the site"


def lost_progress(browser: Browser, folder: Path, index: str) -> Iterator[str]:
    """What is wrong with the index: it knows what is done, as a page hands it on, and forgets it where it is asked to."""
    kept = {}
    for page in (folder / "lessons").glob("*.html"):
        lesson = told(page)["lesson"]
        kept[lesson["name"]] = ".".join(str(question["right"]) for question in lesson["questions"])
    browser.open("about:blank")  # or else only another part of the same page is gone to
    browser.open(f"{index}#kept={quote(json.dumps(kept))}")
    if not _comes(browser, f"document.readyState === 'complete' && {TOLD} === '{len(kept)} of {len(kept)} done' && {DONE} === 0"):
        yield "it does not know what is done"
    browser.evaluate(FORGET)
    if not _comes(browser, f"{TOLD} === '0 of {len(kept)} done' && {DONE} === {len(kept)}"):
        yield "it does not forget what is done"


def told(page: Path) -> dict[str, Any]:
    """What the scripts of a page of the site are told."""
    found: dict[str, Any] = json.loads(page.read_text(encoding="utf-8").split('id="told">')[1].split("</script>")[0])
    return found


def played(browser: Browser) -> tuple[str, int]:
    """What is wrong with what a page plays, "" for nothing, and whether a start was dragged."""
    if not _comes(browser, DRAWN):
        return "it is not drawn", 0
    if not browser.evaluate(f"Boolean({PLAYER})"):
        return "", 0
    browser.evaluate(PLAY)
    if not _comes(browser, PLAYS):
        return "its clock does not go", 0
    browser.evaluate(PAUSE)
    if browser.evaluate(f"!{PLAYER}.movable.length || !{PLAYER}.live.alone"):
        return "", 0
    browser.evaluate(f"{PLAYER}.live.wake()")
    if not _comes(browser, f"{PLAYER}.live.ready"):
        return "what it is computed by does not come", 0
    browser.evaluate(SCROLL)
    told = browser.evaluate(START)
    if told is None:
        return "", 0
    browser.drag(told["from"], told["to"])
    return ("", 1) if _comes(browser, f"{MOVED}({told['start']})") else ("a start that is dragged does not move the picture", 0)


def _comes(browser: Browser, condition: str) -> bool:
    """Whether a condition holds within some time."""
    began = time.monotonic()
    while not browser.evaluate(f"Boolean({condition})"):
        if time.monotonic() - began > PATIENCE:
            return False
        time.sleep(OFTEN)
    return True
