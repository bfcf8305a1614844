"""What phones and the class's screen ask of the server, beside the app's own pages: plain HTTP, a page of its own and a few lines of JSON.

A phone that votes is no session of the app: it costs one small page, and then a few hundred bytes and about a millisecond each time.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from figures.theme import THEMES
from votes.picture import map_picture, shape_of
from votes.poll import Poll, TapMap, Vote
from votes.rooms import NoRoom, Room, TooMany, rooms

PATH = "vote"
"""The page's address below the app's."""
_FILES = Path(__file__).parent / "phone"
_LONGEST = 2_000
"""Bytes that a phone may send at once."""
_SALT = secrets.token_bytes(16)
"""With it an address is told from others, while its wrong codes are counted, and cannot be read back."""
_NEVER_KEPT = {"Cache-Control": "no-store"}
_POLICY = (
    "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'"
)


def routes(base: str = "") -> list[Route]:
    """The addresses that are answered.

    Args:
        base: the path below which the app is served, "" where it has a host of its own.
    """
    start = f"{'/' if base.strip('/') else ''}{base.strip('/')}/{PATH}"
    return [
        Route(start, page, methods=["GET"]),
        Route(f"{start}/", page, methods=["GET"]),
        Route(f"{start}/{{code}}", _answered(state), methods=["GET"]),
        Route(f"{start}/{{code}}", _answered(vote), methods=["POST"]),
        Route(f"{start}/{{code}}/lead", _answered(lead), methods=["POST"]),
        Route(f"{start}/{{code}}/map.png", picture, methods=["GET"]),
    ]


async def page(request: Request) -> Response:
    """The phones' page; its script takes the code out of the address."""
    return HTMLResponse(_page(), headers={"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY})


@cache
def _page() -> str:
    text = (_FILES / "phone.html").read_text(encoding="utf-8")
    return re.sub(r"<!-- (\w+\.\w+) -->", lambda found: (_FILES / found[1]).read_text(encoding="utf-8"), text)


async def state(request: Request) -> Response:
    """What a phone shows; nothing (204) where it shows that already, as `seen` says."""
    device = request.query_params.get("device", "")
    room = rooms().enter(request.path_params["code"], device, _who(request))
    if request.query_params.get("seen") == _key(room):
        return Response(status_code=204, headers=_NEVER_KEPT)
    return _json(_of_phone(room, device))


async def vote(request: Request) -> Response:
    """Take a vote: JSON with the "device", the "round" that it answers, and the number of a "choice" or the place "at"."""
    said = await _said(request)
    device = str(said.get("device", ""))
    room = rooms().enter(request.path_params["code"], device, _who(request))
    rooms().vote(room, device, said.get("round", 0), lambda poll: Vote.of(poll, said.get("choice"), said.get("at")))
    return _json(_of_phone(room, device))


async def lead(request: Request) -> Response:
    """What the teacher's tab asks for: JSON with the room's "secret", what to "do" (look, reveal, again or end), and where the map's
    "picture" is needed, too, its theme."""
    said = await _said(request)
    room = rooms().led(request.path_params["code"], str(said.get("secret", "")))
    steps = {"look": lambda _: None, "reveal": rooms().reveal, "again": rooms().ask_again, "end": rooms().end}
    wanted = said.get("do", "look")
    if not isinstance(wanted, str) or wanted not in steps:
        raise ValueError(f"do = {wanted!r} is nothing that can be done; choose one of {', '.join(steps)}")
    steps[wanted](room)
    told = _of_teacher(room)
    shown = room.poll and (room.poll.map or room.poll.scene)
    if shown and (theme := THEMES.get(str(said.get("picture")))):
        drawn = await run_in_threadpool(map_picture, shown.landscape, theme)
        told["picture"] = f"data:image/png;base64,{base64.b64encode(drawn).decode()}"
    return _json(told)


def picture(request: Request) -> Response:
    """The map of a room's question, for a device that is in the room. It is drawn beside the server's loop, since that takes a moment."""
    try:
        room = rooms().enter(request.path_params["code"], request.query_params.get("device", ""), _who(request))
    except (NoRoom, TooMany, ValueError) as error:
        return _refusal(error)
    theme = THEMES.get(request.query_params.get("theme", ""), THEMES["light"])
    if room.poll is None or room.poll.map is None:
        return Response(status_code=404)
    drawn = map_picture(room.poll.map.landscape, theme)
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


# ---- what is told


def _key(room: Room) -> str:
    """It changes with whatever phones show."""
    return f"{room.round}.{room.state}"


def _of_phone(room: Room, device: str) -> dict[str, Any]:
    told: dict[str, Any] = {"seen": _key(room), "round": room.round, "state": room.state}
    poll = room.poll
    if poll is None:
        return told
    told |= _asked(poll)
    mine = room.votes.get(device)
    if mine:
        told["mine"] = {"choice": mine.choice, "at": mine.at}
    if room.revealed:
        told |= _right(poll)
        if mine:
            told["correct"] = mine.is_right(poll)
            told["why"] = "" if mine.choice is None else poll.why.get(poll.choices[mine.choice], "")
    return told


def _of_teacher(room: Room) -> dict[str, Any]:
    told: dict[str, Any] = {"round": room.round, "state": room.state}
    poll = room.poll
    if poll is None:
        return told
    told |= {**_asked(poll), "count": len(room.votes), "devices": len(room.devices)}
    if poll.scene:
        told["map"] = _shown(poll.scene)
    if room.revealed:
        tally = room.tally
        counted = {"count": tally.count, "choices": tally.choices, "percents": tally.percents, "right": tally.right, "taps": tally.taps}
        told |= {**_right(poll), "tally": counted}
    return told


def _asked(poll: Poll) -> dict[str, Any]:
    told: dict[str, Any] = {"question": poll.question, "choices": poll.choices, "colours": poll.colours}
    if poll.map:
        told["map"] = _shown(poll.map)
    return told


def _shown(tap_map: TapMap) -> dict[str, Any]:
    width, height = shape_of(tap_map.landscape)
    return {"window": tap_map.landscape.window, "starts": tap_map.starts, "hint": tap_map.hint, "ratio": width / height}


def _right(poll: Poll) -> dict[str, Any]:
    ends = poll.map.ends if poll.map else ()
    return {"right": [poll.choices.index(choice) for choice in poll.right], "because": poll.because, "ends": ends}


# ---- how it is told


def _answered(handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An answer in any case: what is refused is told in a sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await handle(request)
        except (NoRoom, TooMany, ValueError) as error:
            return _refusal(error)

    return answer


def _refusal(error: Exception) -> Response:
    status = 404 if isinstance(error, NoRoom) else 429 if isinstance(error, TooMany) else 400
    text = str(error.args[0])
    return JSONResponse({"problem": f"{text[:1].upper()}{text[1:]}."}, status, headers=_NEVER_KEPT)


def _json(content: Mapping[str, Any]) -> Response:
    return JSONResponse(content, headers=_NEVER_KEPT)


async def _said(request: Request) -> dict[str, Any]:
    """The JSON object that was sent. Only what says that it is JSON is read: no other site's page can send that."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ValueError("this should be JSON, and say so")
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > _LONGEST:
            raise ValueError(f"this has more than {_LONGEST:,} bytes, and no vote needs as many")
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("this is no JSON") from None
    if not isinstance(said, dict):
        raise ValueError("this should be a JSON object")
    return said


def _who(request: Request) -> str:
    """Tells addresses apart without keeping them."""
    host = request.client.host if request.client else ""
    return hashlib.blake2b(host.encode(), key=_SALT, digest_size=12).hexdigest()
