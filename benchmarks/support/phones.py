"""A class that votes: a teacher's tab that asks, and phones that all answer at once, each over a connection of its own."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from statistics import quantiles
from typing import Any, Self

from benchmarks.support.report import Row
from benchmarks.support.serving import Server
from benchmarks.support.tab import Failure, Tab

_QUESTION = "ask class ravine 0"
"""The button of the question that is asked, on the page of its lesson."""
_LOOKS = 3
"""How often each phone asks whether there is something new."""
_PATIENCE = 60.0
"""Seconds after which an answer that has not come is a failure."""


class Phone:
    """One phone: a browser's connection that is kept, without a browser.

    Args:
        server: what it speaks to.
        code: of the room.
    """

    def __init__(self, server: Server, code: str) -> None:
        self.path, self.device = f"/vote/{code}", secrets.token_hex(16)
        self._host, _, port = server.url.removeprefix("http://").partition(":")
        self._port = int(port)
        self.seen: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def page(self) -> int:
        """Load the page; returns bytes, as of all that follow."""
        return (await self._ask("GET", "/vote"))[1]

    async def look(self) -> int:
        """Ask what is to be shown, where that is something new."""
        content, size = await self._ask("GET", f"{self.path}?device={self.device}&seen={self.seen.get('seen', '')}")
        self.seen = json.loads(content) if content else self.seen
        return size

    async def vote(self, choice: int) -> int:
        """Answer, or answer otherwise."""
        body = {"device": self.device, "round": self.seen["round"], "choice": choice}
        content, size = await self._ask("POST", self.path, json.dumps(body).encode())
        self.seen = json.loads(content)
        if self.seen["mine"]["choice"] != choice:
            raise Failure(f"the vote {choice} was taken for {self.seen['mine']}")
        return size

    async def _ask(self, method: str, path: str, body: bytes = b"") -> tuple[bytes, int]:
        """What is answered, and the bytes of that as they were sent."""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nAccept-Encoding: gzip\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        try:
            async with asyncio.timeout(_PATIENCE):
                self._writer.write(head.encode() + body)
                answer = await self._reader.readuntil(b"\r\n\r\n")
                fields = dict(line.lower().split(b": ", 1) for line in answer.split(b"\r\n")[1:] if b": " in line)
                content = await self._reader.readexactly(int(fields.get(b"content-length", b"0")))
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise Failure(f"no answer to a phone's {method}: {error!r}") from error
        if (status := answer.split()[1]) not in (b"200", b"204"):
            raise Failure(f"a phone's {method} was refused ({status.decode()}): {content.decode(errors='replace')[:200]}")
        return content, len(answer) + len(content)


async def voted(server: Server, count: int) -> list[Row]:
    """What each part of a vote takes and costs, where all phones do it at the same moment.

    Args:
        server: running.
        count: how many phones there are.

    Raises:
        Failure: a phone was not answered, or votes were lost.
    """
    rows: list[Row] = []
    async with Tab(server.url, page="lessons", query="lesson=ravine") as teacher:
        await teacher.open()
        await teacher.click(_QUESTION)
        room = json.loads(teacher.widgets["classroom"].json)
        phones = [await Phone(server, room["code"]).__aenter__() for _ in range(count)]

        async def all_at_once(what: str, act: Callable[[Phone, int], Awaitable[int]]) -> None:
            rows.append({"phones": count, "what": what, **await _timed(server, phones, act)})

        await all_at_once("page", lambda phone, _: phone.page())
        await all_at_once("question", lambda phone, _: phone.look())
        await all_at_once("vote", lambda phone, number: phone.vote(number % 2))
        await all_at_once("another vote", lambda phone, number: phone.vote((number + 1) % 2))
        for _ in range(_LOOKS):
            await all_at_once("look", lambda phone, _: phone.look())
        rows[-_LOOKS:] = rows[-1:]
        board = await _led(phones[0], room, "reveal")
        if board["tally"]["choices"] != [count // 2, count - count // 2]:
            raise Failure(f"{count} phones have voted, and counted were {board['tally']}")
        await all_at_once("reveal", lambda phone, _: phone.look())
        for phone in phones:
            await phone.__aexit__()
    return rows


async def _timed(server: Server, phones: list[Phone], act: Callable[[Phone, int], Awaitable[int]]) -> dict[str, float]:
    """Milliseconds from asking to the answer, processor time of the server and bytes, each of one phone, where all act at once."""

    async def one(phone: Phone, number: int) -> tuple[float, int]:
        began = time.monotonic()
        size = await act(phone, number)
        return time.monotonic() - began, size

    spent = server.seconds()
    answers = await asyncio.gather(*(one(phone, number) for number, phone in enumerate(phones)))
    spent = server.seconds() - spent
    took = sorted(seconds for seconds, _ in answers)
    cuts = quantiles(took, n=20, method="inclusive") if len(took) > 1 else took * 19
    return {
        "p50 ms": 1e3 * cuts[9],
        "p95 ms": 1e3 * cuts[18],
        "max ms": 1e3 * took[-1],
        "ms of processor": 1e3 * spent / len(took),
        "kB": sum(size for _, size in answers) / len(answers) / 1e3,
    }


async def _led(phone: Phone, room: dict[str, str], what: str) -> dict[str, Any]:
    """Do what the teacher's screen does."""
    content, _ = await phone._ask("POST", f"{phone.path}/lead", json.dumps({"secret": room["secret"], "do": what}).encode())
    found: dict[str, Any] = json.loads(content)
    return found
