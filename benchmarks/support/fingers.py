"""What a user's fingers do on a page: clicks, keys, drags, the wheel and the browser's own buttons, all left to chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = ("", "network", "landscape", "lessons", "basins", "sweeps", "network_sweeps", "transfer", "fair", "tournament")
SIZES = ((1280, 720), (1920, 1080), (390, 844), (844, 390), (800, 600))
KEYS = (
    *("Space", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Escape", "Enter", "Tab"),
    *("Shift+PageUp", "Shift+PageDown", "Shift+Tab", "F5", "b", "v", "l", "p", "t", "+", "-", ".", "?", "0", "5"),
)
TEXTS = ("0.01", "1/3", "-2,5", "", "abc", "1e9", "x**2 + y**2", "sin(x)*y", "(1, 2)", "9999999999", "🐒")
_FOUND = """(selector) => [...document.querySelectorAll(selector)].flatMap((found, index) => {
    const { left, top, width, height } = found.getBoundingClientRect();
    const middle = left + width / 2;
    if (width < 2 || height < 2 || middle < 0 || middle > innerWidth || found.disabled || found.target === '_blank') return [];
    if (getComputedStyle(found).visibility !== 'visible') return [];
    const over = document.elementFromPoint(middle, top + height / 2); // null outside of the window, into which it is scrolled
    if (over && !found.contains(over) && !over.contains(found)) return [];
    return [[index, (found.ariaLabel || found.textContent || found.title || found.tagName).trim().slice(0, 40)]];
})"""
"""The places among all that match, and the names, of those elements that can be seen and lie under nothing else."""
AWAY = "about:blank"
"""The page that a tab shows before it opens the app, and so the one that lies before it in its history."""
_PATIENCE = 1500
"""Milliseconds that a user tries to hit what moves, or lies under something else."""
PRESSED = (
    ".stApp :is(button, summary, label, [role=tab], [role=radio]), [data-testid=stPopoverBody] :is(button, label), "
    ".descent :is(button, th, td)"
)


class Fingers:
    """One user's fingers on one tab.

    Args:
        tab: Playwright's.
        draw: where all that is left to chance comes from.
        home: where the app is served.
    """

    def __init__(self, tab: Page, draw: random.Random, home: str) -> None:
        self.tab, self.draw, self.home = tab, draw, home

    def act(self) -> str:
        """Do something; what it was, in words. What turns out to be impossible, since the page has changed meanwhile, is told as such."""
        kinds = list(_KINDS)
        do = self.draw.choices(kinds, [_KINDS[kind] for kind in kinds])[0]
        try:
            did = f"{do.__name__} {do(self)}"
        except Exception as error:  # an element that is gone, or lies under another one: as for a user who comes too late
            if not type(error).__module__.startswith("playwright"):
                raise
            did = f"{do.__name__} in vain: {str(error).splitlines()[0][:80]}"
        return f"{did}, out of the app, and by its address into it: {self.open_link()}" if self.tab.url == AWAY else did

    def _one(self, selector: str) -> tuple[Any, str]:
        """One of the elements that can be seen, and what it is called."""
        found = self.tab.evaluate(_FOUND, selector)
        if not found:
            return None, "nothing"
        index, name = self.draw.choice(found)
        return self.tab.locator(selector).nth(index), name

    def press(self, selector: str = PRESSED) -> str:
        """Click on something."""
        element, name = self._one(selector)
        if element is not None:
            element.click(timeout=_PATIENCE, no_wait_after=True)
        return name

    def press_twice(self) -> str:
        """Click on something, and on something else before the page has answered."""
        return f"{self.press()}, {self.press()}"

    def go(self) -> str:
        """Choose a page in the menu."""
        return self.press(".st-key-pages a")

    def open_link(self) -> str:
        """Type a page's address."""
        page = self.draw.choice(PAGES)
        self.tab.goto(f"{self.home}/{page}", wait_until="commit")
        return page or "race"

    def preset(self) -> str:
        """Open the presets, or another list in the header, and choose from it whatever the page is doing."""
        opened = self.press(".st-key-header [data-testid=stPopover] button")
        chosen = self.draw.random() < 0.8
        if chosen:
            self.tab.wait_for_selector("[data-testid=stPopoverBody] button", timeout=_PATIENCE)
        return f"{opened}: {self.press('[data-testid=stPopoverBody] :is(button, label)') if chosen else 'nothing'}"

    def key(self) -> str:
        """Press a key, wherever the focus is."""
        key = self.draw.choice(KEYS)
        for _ in range(self.draw.choice((1, 1, 1, 4))):
            self.tab.keyboard.press(key)
        return key

    def slide(self) -> str:
        """Move a slider."""
        element, name = self._one(".stApp input[type=range]")
        if element is not None:
            element.focus(timeout=_PATIENCE)
            for _ in range(self.draw.randint(1, 6)):
                self.tab.keyboard.press(self.draw.choice(("ArrowLeft", "ArrowRight")))
        return name

    def type(self) -> str:
        """Type something into a field."""
        element, name = self._one(".stApp :is(input[type=text], input:not([type]), textarea), [data-testid=stPopoverBody] input[type=text]")
        text = self.draw.choice(TEXTS)
        if element is not None:
            element.fill(text, timeout=_PATIENCE)
            self.tab.keyboard.press(self.draw.choice(("Enter", "Tab", "Control+Enter")))
        return f"{text!r} into {name}"

    def choose(self) -> str:
        """Choose from a list."""
        name = self.press(".stApp [data-testid=stSelectbox] :is(input, [role=combobox])")
        for _ in range(self.draw.randint(0, 3)):
            self.tab.keyboard.press("ArrowDown")
        self.tab.keyboard.press(self.draw.choice(("Enter", "Enter", "Escape")))
        return name

    def drag(self) -> str:
        """Press, move and release within a picture, or click there."""
        element, _ = self._one(".descent .panel, .descent .scrubber, .descent-chart .panel, .descent-chart")
        box = element.bounding_box(timeout=_PATIENCE) if element is not None else None
        if not box:
            return "nothing"
        begin, end = [(box["x"] + box["width"] * self.draw.random(), box["y"] + box["height"] * self.draw.random()) for _ in range(2)]
        self.tab.mouse.move(*begin)
        self.tab.mouse.down(button=self.draw.choice(("left", "left", "left", "right")))
        if self.draw.random() < 0.6:
            self.tab.mouse.move(*end, steps=4)
        for button in ("left", "right"):
            self.tab.mouse.up(button=button)
        return f"{begin[0]:.0f},{begin[1]:.0f} to {end[0]:.0f},{end[1]:.0f}"

    def wheel(self) -> str:
        """Turn the wheel over a picture or the page."""
        element, _ = self._one(".descent .panel, .stMain, [data-testid=stSidebar]")
        if box := element.bounding_box(timeout=_PATIENCE) if element is not None else None:
            self.tab.mouse.move(box["x"] + box["width"] / 2, min(box["y"] + box["height"] / 2, 300))
        by = self.draw.choice((-900, -200, 200, 900))
        self.tab.mouse.wheel(0, by)
        return str(by)

    def back(self) -> str:
        """Go back in the history, and where that leads out of the app, return to it."""
        self.tab.go_back(wait_until="commit", timeout=5000)
        if self.tab.url != AWAY:
            return ""
        self.tab.wait_for_load_state()  # before, Chromium may have no history to go forward in
        self.tab.go_forward(wait_until="commit", timeout=30000)
        return "out of the app, and forward into it"

    def forward(self) -> str:
        """Go forward in the history."""
        self.tab.go_forward(wait_until="commit", timeout=5000)
        return ""

    def reload(self) -> str:
        """Load the page anew."""
        self.tab.reload(wait_until="commit")
        return ""

    def resize(self) -> str:
        """Give the window another size."""
        width, height = self.draw.choice(SIZES)
        self.tab.set_viewport_size({"width": width, "height": height})
        return f"{width} x {height}"

    def theme(self) -> str:
        """Turn from light to dark or back, and ask for less motion or not: races then rest until they are played, or begin at once."""
        scheme, motion = self.draw.choice(("light", "dark")), self.draw.choice(("reduce", "reduce", "no-preference"))
        self.tab.emulate_media(color_scheme=scheme, reduced_motion=motion)  # type: ignore[arg-type]  # each is one of two
        return f"{scheme}, {motion}"


_KINDS: dict[Callable[[Fingers], str], float] = {
    Fingers.press: 24,
    Fingers.press_twice: 4,
    Fingers.go: 8,
    Fingers.open_link: 1,
    Fingers.preset: 9,
    Fingers.key: 12,
    Fingers.slide: 8,
    Fingers.type: 5,
    Fingers.choose: 4,
    Fingers.drag: 9,
    Fingers.wheel: 4,
    Fingers.back: 4,
    Fingers.forward: 2,
    Fingers.reload: 1,
    Fingers.resize: 3,
    Fingers.theme: 2,
}
"""What is done, and how often in a hundred."""
