"""A tab of the app's page as the server sees it: Streamlit's own protocol over a WebSocket, without a browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

_ID = "$$ID-"
_TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{}__events"
"""The name under which a component's events are sent, from its id."""
_PICTURE = ("descent_player", "descent_trainer")
"""The components whose data are what a change asks for."""
_KEPT = 40
"""Messages of the server that a tab keeps, so that it is not sent them again."""


class Failure(Exception):
    """The server did not do what was asked for: an exception in the page, a closed connection, no answer in time."""


@dataclass
class Answer:
    """What came back for one message.

    Attributes:
        size: bytes of all messages.
        pictured: whether a player shows something else now.
    """

    size: int = 0
    pictured: bool = False


class Tab:
    """One tab. Everything it does waits until the server has drawn the page to its end.

    Args:
        url: of the app, "http://127.0.0.1:8501".
        page: the name of the page in the address; "" for the first.
        query: of the address.
        patience: seconds after which an answer that has not come is a `Failure`.
    """

    def __init__(self, url: str, page: str = "", query: str = "", patience: float = 60.0) -> None:
        self.url, self.page, self.query, self.patience = url, page, query, patience
        self.widgets: dict[str, Any] = {}
        """What the page's last run has drawn, by the key that the app has given it, or its label: its message."""
        self.repeats: dict[str, float] = {}
        """The fragments that ask to be run again, with the seconds between two runs."""
        self.received = 0
        """Bytes of all messages so far."""
        self._fragments: dict[str, str] = {}
        self._states: dict[str, WidgetState] = {}
        self._cached: dict[str, ForwardMsg] = {}
        self._script = self._pictured = ""
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        address = f"{self.url.replace('http', 'ws', 1)}/_stcore/stream"
        try:
            async with asyncio.timeout(self.patience):
                self._socket = await connect(
                    address, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None, open_timeout=None, ping_interval=None
                )
        except (OSError, TimeoutError, ConnectionClosed) as error:
            raise Failure(f"no connection: {error!r}") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket:
            await self._socket.close()

    # ---- what a user does

    async def open(self) -> Answer:
        """What a browser does with a link."""
        return await self._run()

    async def toggle(self, key: str, on: bool = True) -> Answer:
        """Open or close a list, an expander, a switch."""
        return await self._set(key, lambda state: setattr(state, "bool_value", on))

    async def click(self, key: str) -> Answer:
        """Click a button."""
        return await self._run(key, WidgetState(id=self._id(key), trigger_value=True))

    async def choose(self, key: str, option: str) -> Answer:
        """Choose one of several buttons, or a stop of a slider that has names for its stops."""
        return await self._set(key, lambda state: state.string_array_value.data.append(option))

    async def slide(self, key: str, value: float) -> Answer:
        """Move a slider of numbers."""
        return await self._set(key, lambda state: state.double_array_value.data.append(value))

    async def tell(self, key: str, event: str, value: object) -> Answer:
        """Let a component report an event."""
        text = json.dumps([{"event": event, "value": value}])
        return await self._run(key, WidgetState(id=_TRIGGERS.format(self._id(key)), json_trigger_value=text))

    async def again(self, fragment: str) -> Answer:
        """Run a fragment that asks for it."""
        return await self._run(fragment=fragment)

    def find(self, start: str) -> str | None:
        """The key of the first widget whose key begins like this; None if there is none."""
        return next((key for key in self.widgets if key.startswith(start)), None)

    # ---- messages

    def _id(self, key: str) -> str:
        return str(self.widgets[key].id)

    async def _set(self, key: str, fill: Callable[[WidgetState], object]) -> Answer:
        state = WidgetState(id=self._id(key))
        fill(state)
        self._states[state.id] = state
        return await self._run(key)

    async def _run(self, key: str = "", event: WidgetState | None = None, fragment: str = "") -> Answer:
        """Let the script run, and read what it sends until it has ended."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash, rerun.page_name = self.query, self._script, self.page
        rerun.fragment_id, rerun.is_auto_rerun = fragment or self._fragments.get(key, ""), bool(fragment)
        rerun.context_info.timezone, rerun.context_info.color_scheme = "UTC", "light"
        rerun.context_info.url = f"{self.url}/{self.page}"
        rerun.cached_message_hashes.extend(self._cached)
        rerun.widget_states.widgets.extend(self._states.values())
        if event:
            rerun.widget_states.widgets.append(event)
        assert self._socket
        try:
            async with asyncio.timeout(self.patience):
                await self._socket.send(message.SerializeToString())
                return await self._read(self._socket)
        except ConnectionClosed as error:
            raise Failure(f"connection closed: {error}") from error
        except TimeoutError as error:
            raise Failure(f"no answer within {self.patience:.0f} s") from error

    async def _read(self, socket: ClientConnection) -> Answer:
        answer, drawn, repeats = Answer(), dict[str, Any](), dict[str, float]()
        while True:
            raw = await socket.recv()
            answer.size += len(raw)
            self.received += len(raw)
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if kind == "delta":
                self._draw(message, answer, drawn)
            elif kind == "ref_hash":
                self._draw(self._cached[message.ref_hash], answer, drawn)  # what it has been sent already
            elif kind == "new_session":
                self._script, drawn, repeats = message.new_session.page_script_hash, {}, {}
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "auto_rerun":
                repeats[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif (
                kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):  # after which another follows
                self._end(message.script_finished, drawn, repeats)
                return answer

    def _end(self, status: int, drawn: dict[str, Any], repeats: dict[str, float]) -> None:
        """Take over what a run has drawn; of a fragment's run beside what the rest of the page was."""
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise Failure("the script could not be compiled")
        if status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            drawn, repeats = {**self.widgets, **drawn}, {**self.repeats, **repeats}
        self.widgets, self.repeats = drawn, repeats
        while len(self._cached) > _KEPT:  # not before the end: the server refers to all that it was told of
            self._cached.pop(next(iter(self._cached)))
        states = {}
        for widget in drawn.values():
            held = None if getattr(widget, "set_value", False) else self._states.get(widget.id)
            if (state := held or _at_first(widget)) is not None:
                states[widget.id] = state
        self._states = states

    def _draw(self, message: ForwardMsg, answer: Answer, drawn: dict[str, Any]) -> None:
        if message.metadata.cacheable:
            self._cached[message.hash] = message
        kind = message.delta.WhichOneof("type")
        if kind not in ("new_element", "add_block"):
            return
        holder: Any = getattr(message.delta, kind)
        what = holder.WhichOneof("type")
        if what is None:
            return  # a container
        element = getattr(holder, what)
        if what == "exception":
            raise Failure(f"{element.type}: {element.message}")
        if getattr(element, "component_name", "") in _PICTURE:
            answer.pictured |= message.hash != self._pictured  # going back to what was shown before is a new picture, too
            self._pictured = message.hash
        if (name := getattr(element, "id", "")).startswith(_ID):
            key = name.removeprefix(_ID).partition("-")[2]
            key = element.label if key == "None" else key
            drawn[key] = element
            self._fragments[key] = message.delta.fragment_id


def _at_first(widget: Any) -> WidgetState | None:
    """What a browser says of a widget that nobody has touched; None of one that has no value."""
    state = WidgetState(id=widget.id)
    match widget.DESCRIPTOR.name:
        case "BidiComponent":
            state.json_value = "{}"
        case "Slider" if widget.options:
            state.string_array_value.data.extend(widget.options[int(place)] for place in widget.default)
        case "Slider":
            state.double_array_value.data.extend(widget.default)
        case "ButtonGroup":
            state.string_array_value.data.extend(widget.options[place].content for place in widget.default)
        case "TextInput":
            state.string_value = widget.default
        case "Checkbox":
            state.bool_value = widget.default
        case _:
            return None
    return state
