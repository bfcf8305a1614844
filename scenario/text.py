"""A setup's fields as text: the query of a link ("landscape=ravine~condition:50&...") and JSON, and back.

Only the form is read here: whether there is such a landscape, and whether its condition may be 50, is `scenario.validation`'s business.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from scenario.choice import Choice
from version import PROGRAM
from version import VERSION as THIS

VERSION = 1
"""Of the JSON form. An older one is read; a newer one is refused."""
BOM = "\ufeff"
"""What some editors put at the beginning of a file."""
VERSION_FIELD = "version"
"""What a link calls the version of Descent that has made it: what it leaves unsaid is at its default there."""
ABOUT_FIELD = "about"
"""What a file calls what it tells for people and other programs; it is not read again."""
PANELS_FIELD = "show"
"""What a link and a file call the panels that a scenario is looked at in. They are no part of the scenario."""
PLAYLIST_FIELD = "playlist"
"""What a link and a file call a playlist. A file that has it is no scenario's."""
_NAMED = PROGRAM.removesuffix(THIS)
_MOST_UNPACKED = 1_000_000
"""Letters of a table that a link holds; more are not looked at."""
Fields = dict[str, Any]
"""What a text says, by the setup's field: numbers, choices as (name, {setting: value}), points and windows as lists of numbers."""
_LISTS = {"optimizer": "optimizers", "initial": "initials", "variant": "variants", "point": "points"}
_SINGULAR = {plural: singular for singular, plural in _LISTS.items()}
CHOICES = ("landscape", "data", "activation", "initials", "optimizers", "variants", "plane", "starts", "schedule")
"""The fields that are choices, or lists of them."""
USUAL_NAMES = {"variants": "scratch"}
"""The name of a choice that a link need not say where it has settings."""
TABLE_FIELD = "table"
"""What a link and a file call one's own data, a text of many lines. A link has it packed, since it would be long otherwise."""
_NUMBERS = ("points", "window", "widths")
"""The fields that are lists of numbers, or lists of such lists."""


# ---- writing


def query_of(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and values as a query, with nothing escaped that may stand there as it is: links should be short."""
    return urlencode(pairs, safe="~:,*()/")


def to_pairs(changed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The names and values of a link's query, not yet escaped, from the fields that are not at their default."""
    pairs: list[tuple[str, str]] = []
    for name, value in changed.items():
        for item in value if name in _SINGULAR else [value]:
            written = _packed(item) if name == TABLE_FIELD else _in_query(item)
            pairs.append((name_of(name), _without_name(written, USUAL_NAMES.get(name, ""))))
    return pairs


def to_json(changed: Mapping[str, Any]) -> str:
    """JSON from the fields that are not at their default."""
    content = {name: _in_json(value) for name, value in changed.items()}
    return json.dumps({"version": VERSION, "program": PROGRAM, **content}, ensure_ascii=False, indent=1)


def _in_query(value: Any) -> str:
    if isinstance(value, Choice):
        return "~".join([value.name, *(f"{name}:{written(setting)}" for name, setting in value.settings)])
    if isinstance(value, tuple):
        return ",".join(written(number) for number in _flat(value))
    return value if isinstance(value, str) else written(value)


def _without_name(written: str, name: str) -> str:
    """A choice as a link says it, without a name that goes without saying."""
    return written.removeprefix(f"{name}~") if name else written


def _in_json(value: Any) -> Any:
    if isinstance(value, Choice):
        return {"name": value.name, **({"settings": dict(value.settings)} if value.settings else {})}
    return [_in_json(item) for item in value] if isinstance(value, tuple) else value


def _packed(table: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(table.encode(), 9)).decode().rstrip("=")


def _unpacked(text: str) -> str:
    """What was packed; the text itself where it was not."""
    try:
        reader = zlib.decompressobj()
        content = reader.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), _MOST_UNPACKED)
        return content.decode() if reader.eof else text
    except (ValueError, zlib.error):
        return text


def written(value: float) -> str:
    """The shortest text that is read back as the same number."""
    brief = f"{value:g}"
    return brief if float(brief) == value else repr(value)


def _flat(value: Any) -> Iterable[float]:
    for item in value:
        if isinstance(item, tuple):
            yield from _flat(item)
        else:
            yield item


# ---- reading


def fields_of_query(query: str | Iterable[tuple[str, str]]) -> Fields:
    """What a link's query says, given as text or as names and values. Nothing is checked yet."""
    found: Fields = {}
    for name, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True) if isinstance(query, str) else query:
        field = field_of(name)
        item = _from_query(field, value)
        if field in _SINGULAR:
            found.setdefault(field, []).append(item)
        else:
            found[field] = item
    return found


def field_of(name: str) -> str:
    """The scenario's field that a name in a query stands for: "optimizers" for "optimizer"."""
    return _LISTS.get(name, name)


def name_of(field: str) -> str:
    """What a query calls a scenario's field: "optimizer" for "optimizers"."""
    return _SINGULAR.get(field, field)


def is_list(name: str) -> bool:
    """Whether a name in a query may come several times, once for each of several."""
    return field_of(name) in _SINGULAR


def _from_query(field: str, value: str) -> Any:
    if field in CHOICES:
        name, *settings = value.split("~")
        if field in USUAL_NAMES and ":" in name:
            name, settings = USUAL_NAMES[field], [name, *settings]
        return name, {key: number for key, _, number in (part.partition(":") for part in settings)}
    if field == TABLE_FIELD:
        return _unpacked(value)
    if field in _NUMBERS:
        return value.split(",") if value else []
    return value


def fields_of_json(content: str) -> Fields:
    """What a JSON text says. Nothing is checked yet but its form.

    Raises:
        ValueError: it is no JSON object, or of a newer version.
    """
    try:
        found = json.loads(content.removeprefix(BOM))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is no scenario file: {error}") from None
    if not isinstance(found, dict):
        raise ValueError("this is no scenario file: it should be a JSON object, { ... }")
    version = found.pop("version", None)
    if not isinstance(version, int) or isinstance(version, bool):
        raise ValueError(f'this is no scenario file: its "version" should be a whole number up to {VERSION}, not {version!r}')
    if version > VERSION:
        raise ValueError(f"this scenario file has the version {version}; this app reads up to version {VERSION}: update the app")
    found.pop(ABOUT_FIELD, None)
    program = str(found.pop("program", ""))
    if program.startswith(_NAMED):
        found[VERSION_FIELD] = program.removeprefix(_NAMED)
    for name, value in found.items():
        if name in _SINGULAR and name in CHOICES and isinstance(value, list):
            found[name] = [_choice_of_json(item) for item in value]
        elif name in CHOICES:
            found[name] = _choice_of_json(value)
        elif name == "window" and isinstance(value, list):
            found[name] = [number for axis in value for number in (axis if isinstance(axis, list) else [axis])]
    return found


def _choice_of_json(value: Any) -> tuple[Any, Mapping[str, Any]]:
    if not isinstance(value, dict) or not isinstance(value.get("settings", {}), dict):
        raise ValueError(f'in a scenario file a choice is {{"name": ..., "settings": {{...}}}}, not {value!r}')
    return value.get("name"), value.get("settings", {})
