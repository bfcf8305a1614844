"""What the people of a class do on the app's pages, as tabs that speak its protocol: students on one race, and some in the lab."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from benchmarks.support.tab import Answer, Failure, Tab

LINK = "landscape=ravine&optimizer=sgd&optimizer=momentum&optimizer=adam&steps=200&show=map.loss"
"""What the teacher has shared."""
KINDS = {"rate": 35, "start": 25, "steps": 20, "landscape": 12, "preset": 8}
"""What students change, and how often of a hundred times."""
_BEGIN = {"rate": "expander 0", "steps": "expander schedule", "preset": "presets"}
"""What has to be open for it."""
OPENS = "list opened"
"""What opening it counts as."""


class Student:
    """Somebody who has opened the teacher's link.

    Args:
        tab: connected.
        random: decides what is changed.
    """

    def __init__(self, tab: Tab, random: Random) -> None:
        self.tab, self.random = tab, random

    async def change(self, kind: str | None = None) -> str:
        """Change something, and wait for what comes of it.

        Args:
            kind: one of `KINDS`, at random if not given.

        Returns:
            The kind, or `OPENS` where a list has to be opened first, which is all that is done then.

        Raises:
            Failure: it was not done.
        """
        kind = kind or self.random.choices(list(KINDS), list(KINDS.values()))[0]
        if kind in _BEGIN and not self._is_open(kind):
            await self.tab.toggle(self._found(_BEGIN[kind]))
            return OPENS
        answer = await self._acts()[kind]()
        if not answer.pictured:
            raise Failure(f"no new picture after a change of kind {kind}")
        return kind

    def _is_open(self, kind: str) -> bool:
        return self.tab.find({"rate": "optimizers.0.", "steps": "steps", "preset": "preset "}[kind]) is not None

    def _found(self, start: str) -> str:
        if (key := self.tab.find(start)) is None:
            raise Failure(f"the page has no widget {start}")
        return key

    def _acts(self) -> dict[str, Callable[[], Awaitable[Answer]]]:
        return {
            "rate": lambda: self._move("optimizers.0."),
            "steps": lambda: self._move("steps"),
            "start": self._start,
            "landscape": self._landscape,
            "preset": self._preset,
        }

    async def _move(self, start: str) -> Answer:
        """Move a slider to one of the stops beside the present one, as one who tries out does."""
        key = self._found(start)
        slider = self.tab.widgets[key]
        if not slider.options:
            low, high = slider.min, slider.max
            return await self.tab.slide(key, low + slider.step * self.random.randrange(1, int((high - low) / slider.step)))
        now, last = int(slider.default[0]), len(slider.options) - 1
        near = [stop for stop in range(max(now - 3, 0), min(now + 3, last) + 1) if stop != now]
        return await self.tab.choose(key, slider.options[self.random.choice(near)])

    async def _start(self) -> Answer:
        """Click the map: one start, where it was clicked, or one more beside those that there are, where these are not a crowd."""
        kind = "add" if "starts=" not in self.tab.query and self.random.random() < 0.5 else "start"
        at = [round(self.random.uniform(-1, 1), 3) for _ in range(2)]
        return await self.tab.tell("player", "pick", {"kind": kind, "at": at})

    async def _landscape(self) -> Answer:
        key = self._found("kind")
        pills = self.tab.widgets[key]
        others = [option.content for place, option in enumerate(pills.options) if place not in pills.default]
        return await self.tab.choose(key, self.random.choice(others[:-1]))  # the last is a formula of one's own

    async def _preset(self) -> Answer:
        return await self.tab.click(self.random.choice([key for key in self.tab.widgets if key.startswith("preset ")]))


# ---- the lab


async def labour(url: str, number: int, until: asyncio.Event) -> None:
    """One who keeps the lab busy: a tournament, maps of basins or films, one after the other, each another one.

    Args:
        url: of the app.
        number: which of them: three of eight run tournaments, three map basins, two make films.
        until: when to stop.
    """
    turn = 0
    while not until.is_set():
        turn += 1
        seed = 100 * number + turn
        if number % 8 < 3:
            await _watched(Tab(url, "tournament", f"{LINK}&tuning={seed}", 300.0), until)
        elif number % 8 < 6:
            await _watched(
                Tab(url, "basins", f"landscape=rosenbrock~b:{50 + seed}&optimizer=adam&optimizer=momentum&size=1024", 300.0), until
            )
        else:
            await _filmed(Tab(url, "", f"{LINK}&optimizer=rmsprop~lr:{0.01 + seed / 1e5}", 300.0), until)


async def _watched(tab: Tab, until: asyncio.Event) -> None:
    """Look at a page of the lab until its job is done."""
    async with tab:
        await tab.open()
        await _waited(tab, until)


async def _filmed(tab: Tab, until: asyncio.Event) -> None:
    """Make the race's film."""
    async with tab:
        await tab.open()
        await tab.toggle("share")
        await tab.choose("share part", "Film")
        await tab.click("Make the film")
        await _waited(tab, until)


async def _waited(tab: Tab, until: asyncio.Event) -> None:
    """Run what of the page asks to be run again, as a browser does, until nothing asks for it any more."""
    while tab.repeats and not until.is_set():
        await asyncio.sleep(max(tab.repeats.values()))
        for fragment in list(tab.repeats):
            if fragment in tab.repeats:
                await tab.again(fragment)
