"""What a server gives back once tabs have gone.

Streamlit (1.67) keeps a closed tab's session for two minutes, since the tab may come back, and then until another tab is closed, which
after a lesson may be the next day; and what was freed stays with the process.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress

from streamlit.runtime import Runtime

from app_pages.races import forget_quick_ones

_EVERY = 15.0
"""Seconds between two looks at which tabs are there yet."""


class Upkeep:
    """Looks which tabs are there yet, and gives back what those had that are not.

    Args:
        tabs: what tells those apart that are there, or may come back.
        forget: called once nobody is there any more.
        give_back: called where any have gone; it takes a moment, in a thread of its own.
    """

    def __init__(self, tabs: Callable[[], Collection[str]], forget: Callable[[], None], give_back: Callable[[], None]) -> None:
        self._tabs, self._forget, self._give_back = tabs, forget, give_back
        self._known: frozenset[str] = frozenset()

    async def look(self) -> None:
        """Look once."""
        known, self._known = self._known, frozenset(self._tabs())
        if known <= self._known:
            return
        if not self._known:
            self._forget()
        await asyncio.to_thread(self._give_back)

    async def look_on(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(_EVERY)
            await self.look()


@asynccontextmanager
async def upkeep(_: object) -> AsyncIterator[None]:
    """While the server runs."""
    looking = asyncio.create_task(Upkeep(tabs, forget_quick_ones, give_back).look_on())
    try:
        yield
    finally:
        looking.cancel()


def tabs() -> Collection[str]:
    """The ids of the sessions of all tabs that are there, and of those that were closed less than two minutes ago."""
    with suppress(AttributeError, RuntimeError):  # another Streamlit may do without, or do better; and there may be no server
        manager = Runtime.instance()._session_mgr
        manager._session_storage._cache.expire()  # type: ignore[attr-defined]
        return [info.session.id for info in manager.list_sessions()]
    return []


def give_back() -> None:
    """Free what nobody refers to any more, and give free memory back to the system, where the C library does that (glibc)."""
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
