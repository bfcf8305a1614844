"""What stands on the screen: where the player and its panels are, what colour a pixel has, and when all that was asked for is drawn."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

_PATIENT = """(arg) => {
    try {
        const found = (%s
        );
        return typeof found === 'function' ? found(arg) : found;
    } catch (error) {
        if (error instanceof TypeError) return false;
        throw error;
    }
}"""
PLAYER = "document.querySelector('.descent').player"


def patient(wait: Callable[..., Any]) -> Callable[..., Any]:
    """Playwright's `wait_for_function`, for which what looks at an element that is not there is not fulfilled yet.

    Streamlit takes elements out of the page and puts others in their place while a test waits for something in them. A `?.` in a condition
    would do where it says what is to be, but fulfil one that says what is not to be any more.
    """

    @wraps(wait)
    def waiting(self: Any, expression: str, **options: Any) -> Any:
        return wait(self, _PATIENT % expression, **options)

    return waiting


def ended(page: Page) -> None:
    """Wait until Streamlit's script, if the page has one, has ended: after an action, once something of its answer is there."""
    page.wait_for_function("!document.querySelector('[data-testid=stApp]:not([data-test-script-state=notRunning])')")


def covered(page: Page) -> None:
    """Wait until the player covers all of the window."""
    page.wait_for_function(
        """() => {
            const { x, y, width, height } = document.querySelector('.descent').getBoundingClientRect();
            return x === 0 && y === 0 && width === innerWidth && height === innerHeight;
        }"""
    )


def full_layout(panel: str) -> str:
    """What Plotly made of a panel's layout, in the browser."""
    return f"document.querySelector('[data-panel={panel}] .plot')._fullLayout"


def position(page: Page) -> float:
    """Where the clock is, in steps."""
    at: float = page.evaluate(f"{PLAYER}.clock.position")
    return at


def wait_for_position(page: Page, condition: str) -> None:
    """Wait until the clock's position fulfils a condition, "> 12" say."""
    page.wait_for_function(f"{PLAYER}.clock.position {condition}")


def seek(page: Page, step: float) -> None:
    """Stop at a step, and wait until it is drawn."""
    page.evaluate(f"{PLAYER}.clock.pause(), {PLAYER}.clock.seek({step})")
    frames(page)


def frames(page: Page, count: int = 3) -> None:
    """Wait until the browser has drawn so many frames: what was changed before is drawn in the first of them."""
    page.evaluate(
        f"new Promise((done) => {{ let left = {count}; const tick = () => left-- ? requestAnimationFrame(tick) : done(); tick(); }})"
    )


def redrawn(page: Page) -> None:
    """Wait until the panels' figures have the panels' sizes, nothing that was asked for is still to be drawn, and the frame after that."""
    page.wait_for_function(
        """() => [...document.querySelectorAll('.descent .panel:not([hidden], [hidden] *, :has(> .sorry)) > .plot')].every((plot) => {
            const { width, height } = plot._fullLayout ?? {};
            return width === plot.parentElement.clientWidth && height === plot.parentElement.clientHeight;
        })"""
    )
    page.evaluate(f"Promise.all([...{PLAYER}.panels.values()].map(({{ work }}) => work)).then(() => null)")
    frames(page)


def relayout(page: Page, changes: dict[str, Any], panel: str = "map") -> None:
    """Change a figure's layout as a user's zoom or turn does, and wait until that is drawn."""
    page.evaluate(
        f"""([panel, changes]) => {{
            const plot = document.querySelector(`[data-panel=${{panel}}] .plot`);
            return {PLAYER}.Plotly.relayout(plot, changes).then(() => null);
        }}""",
        [panel, changes],
    )
    redrawn(page)


def axes(page: Page, panel: str = "map", cell: str = "") -> dict[str, Any]:
    """Plotly's own axes of a map, and where its plot lies in the page."""
    found: dict[str, Any] = page.evaluate(
        """([panel, cell]) => {
            const plot = document.querySelector(`[data-panel=${panel}] .plot`);
            const full = plot._fullLayout;
            const frame = plot.getBoundingClientRect();
            const axis = (name) => ({ range: full[name].range, offset: full[name]._offset, length: full[name]._length });
            return { left: frame.left, top: frame.top, x: axis(`xaxis${cell}`), y: axis(`yaxis${cell}`) };
        }""",
        [panel, cell],
    )
    return found


def pixel(page: Page, x: float, y: float, panel: str = "map", cell: str = "") -> tuple[float, float]:
    """Where a point of the landscape lies in the page, by Plotly's axes."""
    seen = axes(page, panel, cell)
    across = (x - seen["x"]["range"][0]) / (seen["x"]["range"][1] - seen["x"]["range"][0])
    up = (y - seen["y"]["range"][0]) / (seen["y"]["range"][1] - seen["y"]["range"][0])
    return (
        seen["left"] + seen["x"]["offset"] + across * seen["x"]["length"],
        seen["top"] + seen["y"]["offset"] + (1 - up) * seen["y"]["length"],
    )


def picture(page: Page) -> np.ndarray[Any, Any]:
    """The pixels of the page, in rows of red, green and blue."""
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)


def coloured_near(image: np.ndarray[Any, Any], place: tuple[float, float], colour: tuple[int, int, int], ratio: float = 1.0) -> float:
    """How far from a place, in CSS pixels, the middle of the nearest patch of the colour is."""
    px, py = place[0] * ratio, place[1] * ratio
    reach = int(14 * ratio)
    left, top = max(0, int(px) - reach), max(0, int(py) - reach)
    patch = image[top : top + 2 * reach, left : left + 2 * reach]
    rows, columns = np.nonzero(np.abs(patch - np.array(colour)).sum(axis=2) < 40)
    assert rows.size, f"nothing of colour {colour} near {place}"
    return float(np.hypot(columns.mean() + left + 0.5 - px, rows.mean() + top + 0.5 - py)) / ratio


def starts(page: Page) -> list[tuple[float, float]]:
    """The points from which the trajectories go."""
    found: list[tuple[float, float]] = page.evaluate(f"{PLAYER}.race.starts")
    return found


def hide_trails(page: Page) -> None:
    """Draw heads alone."""
    page.get_by_role("combobox", name="Trails").select_option("none")
