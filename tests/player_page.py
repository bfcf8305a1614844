"""A page of the player's own modules, without Streamlit: opened once for each worker, and handed new blocks by every test.

What Streamlit's side of a component does, a few lines of script in the page do here: they call the functions of `js/streamlit.js` with
blocks that the product's own functions have written, and note what those ask Python for.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from figures import LIGHT, Theme
from player.chart_payload import chart_bytes
from player.live_payload import PATH, live_bytes
from player.modules import HERE, PLOTLY
from player.network_payload import training_bytes
from player.payload import landscape_bytes, picture_bytes, run_bytes
from player.step import step_bytes
from scenario import Comparison, Experiment, Race, Scenario
from tests.screen import frames, redrawn, seek

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Page, Route, ViewportSize

ORIGIN = "http://localhost:9"
"""Where the page seems to be; every request to it is answered from the project's files."""
SIZE: ViewportSize = {"width": 1280, "height": 720}
DRAWN = "[...document.querySelectorAll('.descent .panel')].every((panel) => panel.dataset.drawn)"
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>The player alone</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/player.css">
<link rel="stylesheet" href="/chart.css">
<script src="/plotly.min.js"></script>
<style>
  body { margin: 0; padding: 0 12px 12px 300px; background: white; }
  @media (max-width: 720px) { body { padding-left: 12px; } }
</style>
<body></body>
<script>
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
let opened = 0;
let modules = null;
let shown = new Map(); // what stands in the page, by key: { place, close }
let asked = []; // what Python was asked for

/** An empty page with modules that remember nothing. */
async function clear() {
  document.querySelector(".descent.presenting")?.player?.presenter.end(); // or else the next player would go on presenting
  for (const { close } of [...shown.values()].reverse()) (await close)();
  shown = new Map();
  asked = [];
  document.body.replaceChildren();
  getSelection().removeAllRanges();
  if (document.fullscreenElement) await document.exitFullscreen();
  modules = await import(`/js/streamlit.js?${opened++}`);
}

/** Call a component as Streamlit does: in a place of its own, again with other data, and then take back the call before. */
async function show(name, key, root, data) {
  const before = shown.get(key);
  const place = before?.place ?? document.body.appendChild(document.createElement("div"));
  if (!before && root) place.append(Object.assign(document.createElement("div"), { className: root }));
  const setTriggerValue = (trigger, value) => asked.push({ key, trigger, value });
  const component = { parentElement: place, data: typeof data === "string" ? bytes(data) : data, key, setTriggerValue };
  const close = modules[name](component, "/plotly.min.js");
  shown.set(key, { place, close });
  await before?.close();
}

/** Take a component away. */
async function take(key) {
  const { place, close } = shown.get(key);
  shown.delete(key);
  place.remove();
  close();
}
</script>
"""


@lru_cache(maxsize=32)
def race_of(scenario: Scenario) -> Race:
    """The race of a scenario, which several tests play."""
    return scenario.race()


@lru_cache(maxsize=8)
def comparison_of(experiment: Experiment) -> Comparison:
    """The trained networks of an experiment, which several tests play."""
    return experiment.train()


def is_fault(message: ConsoleMessage) -> bool:
    """Whether a page has logged an error of its own: not what a browser says that no longer waits for listeners on a busy machine."""
    return message.type == "error" and not message.text.startswith(("[Intervention]", "Ignored attempt to cancel"))


def faults_of(page: Page) -> list[str]:
    """The list to which a page that is read from disk writes its errors, and what it asks anybody else for."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:", "blob:")) else faults.append(request.url))
    return faults


class PlayerPage:
    """The page, and what to show in it.

    Attributes:
        page: Playwright's.
        faults: errors in the console, and requests to anywhere else, since the page was cleared.
        crashed: whether it is of no use any more.
    """

    def __init__(self, context: BrowserContext, script: str = "") -> None:
        """Open it in a profile; a script runs in it before all others."""
        self.page: Page = context.new_page()
        self.page.add_init_script(script)
        self.faults: list[str] = []
        self.crashed = False
        self.page.on("crash", lambda _: setattr(self, "crashed", True))
        self.page.on(
            "console", lambda message: self.faults.append(f"{message.text} {message.location.get('url')}") if is_fault(message) else None
        )
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: None if _own(request.url) else self.faults.append(request.url))
        self.page.route(f"{ORIGIN}/**", _answer)
        self.page.goto(ORIGIN)
        self.devtools: CDPSession = context.new_cdp_session(self.page)
        self.emulate()
        self.changed = False

    @property
    def ratio(self) -> float:
        """Pixels of the screen for each of CSS."""
        found: float = self.page.evaluate("devicePixelRatio")
        return found

    @contextmanager
    def emptied(self) -> Iterator[None]:
        """For one test: it begins with an empty page of the usual size and colours, and fails where the page logged a fault."""
        self.clear()
        yield
        self.clear()
        faults, self.faults[:] = self.faults[:], []
        assert not faults, faults  # nobody explains assertions of a module that holds no tests

    def clear(self) -> None:
        """Empty the page."""
        self.page.evaluate("clear()")
        self.page.mouse.move(1, 1)
        if self.changed:
            self.emulate()
        self.changed = False

    def emulate(self, touch: bool = False, motion: str = "reduce") -> None:
        """Be a screen with fingers on it, or of a user who did not ask for less motion ("no-preference"), for whom a race plays at once."""
        self.page.set_viewport_size(SIZE)
        self.devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": touch})
        self.page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
        self.changed = True

    def resize(self, width: int, height: int) -> None:
        """Make the window another size, and wait until what stands in it is drawn for that."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.changed = True
        frames(self.page)
        if self.page.locator(".descent").count():
            redrawn(self.page)

    def touch(self, kind: str, *fingers: tuple[float, float]) -> None:
        """Put fingers on places of the page ("touchStart"), move them there ("touchMove"), or lift them all ("touchEnd")."""
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def tap(self, x: float, y: float) -> None:
        """Touch a place of the page with a finger."""
        self.touch("touchStart", (x, y))
        self.touch("touchEnd")

    # ---- the player

    def play(self, scenario: Scenario, panels: tuple[str, ...] = ("map", "loss"), *, at: float | None = None, **options: Any) -> Page:
        """Play a race, until all its panels are drawn; then rest at a step if one is given.

        Args:
            scenario: whose race; a player that stands there already gets the new blocks.
            panels: by the names of `player.PANELS`.
            at: where to stop the clock.
            options: as for `send`.
        """
        self.send(scenario, panels, **options)
        return self.settled(at)

    def train(self, experiment: Experiment, panels: tuple[str, ...], *, at: float | None = None, **options: Any) -> Page:
        """Play the training of networks, as `play` does a race; the options are those of `training_bytes`."""
        block = training_bytes(comparison_of(experiment), panels=panels, **options)
        self.show("showTrainer", "train", block, "descent-root")
        return self.settled(at)

    def settled(self, at: float | None) -> Page:
        """The page, once all panels are drawn, and rests at a step if one is given."""
        self.page.wait_for_selector(".descent[data-step]", state="attached")
        self.page.wait_for_function(DRAWN)
        redrawn(self.page)
        if at is not None:
            seek(self.page, at)
        return self.page

    def send(
        self, scenario: Scenario, panels: tuple[str, ...] = ("map", "loss"), theme: Theme = LIGHT, chapter: str = "", **options: Any
    ) -> None:
        """Hand the player a race as `player.component.player` does, and the steps of the first trajectory where they are taken apart."""
        race = race_of(scenario)
        block = landscape_bytes(race.landscape, theme)
        self.show("receiveLandscape", "landscape", block)
        self.show("showPlayer", "play", run_bytes(race, theme, panels, block, chapter, **options), "descent-root")
        if "step" in panels:
            self.take_apart(scenario, 0, 0, theme)

    def take_apart(self, scenario: Scenario, run: int, trajectory: int, theme: Theme = LIGHT) -> None:
        """Hand the player the steps of a trajectory."""
        self.show("receiveStep", "step", step_bytes(race_of(scenario), run, trajectory, theme))

    def lay_under(self, images: Sequence[bytes]) -> None:
        """Hand the player pictures to lie under its maps."""
        self.show("receiveBackdrop", "backdrop", picture_bytes(images))

    def follow(self, **playlist: str | int) -> None:
        """Tell the player which playlist it presents."""
        self.show("receivePlaylist", "playlist", playlist)

    def chart(self, figure: go.Figure, key: str = "chart", *, theme: Theme = LIGHT, picks: bool = True, box: bool = False) -> Page:
        """Show a figure in which a place can be chosen, until it is drawn."""
        self.show("showChart", key, chart_bytes(figure, theme, picks=picks, box=box, height=320), "descent-chart")
        self.page.wait_for_function("[...document.querySelectorAll('.descent-chart')].every((chart) => chart.dataset.drawn)")
        return self.page

    # ---- what Streamlit does

    def show(self, function: str, key: str, data: bytes | dict[str, Any], root: str = "") -> None:
        """Call a component's function with data."""
        sent = base64.b64encode(data).decode() if isinstance(data, bytes) else data
        self.page.evaluate("([name, key, root, data]) => show(name, key, root, data)", [function, key, root, sent])

    def take(self, key: str) -> None:
        """Take a component away."""
        self.page.evaluate("(key) => take(key)", key)

    def asked(self, key: str = "play") -> list[dict[str, Any]]:
        """What a component has asked Python for, without the serial numbers and what it was asked of."""
        found = self.page.evaluate(
            "(key) => asked.filter((one) => one.key === key && one.trigger === 'pick').map(({ value }) => value)", key
        )
        return [{name: part for name, part in request.items() if name not in ("serial", "of")} for request in found]


def _own(url: str) -> bool:
    return url.startswith((ORIGIN, "data:", "blob:"))


def _answer(route: Route) -> None:
    """Answer with a file of the player, Plotly, or the page itself."""
    path = route.request.url.removeprefix(ORIGIN).partition("?")[0].lstrip("/")
    file = PLOTLY if path == PLOTLY.name else HERE / path
    if not path:
        route.fulfill(body=_PAGE, content_type="text/html")
    elif path.startswith(f"{PATH}/"):
        route.fulfill(body=live_bytes(path.removeprefix(f"{PATH}/")) or b"", content_type="application/json")
    elif file.is_file() and file.suffix in _TYPES:
        route.fulfill(body=Path(file).read_text(encoding="utf-8"), content_type=_TYPES[file.suffix])
    else:
        route.fulfill(status=404)
