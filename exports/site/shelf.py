"""What the pages of a site play, in files beside them: each once, however many pages show it.

A file is a script that calls `descentBlock` with its name and its content, since a page on disk may load scripts and nothing else. Most of
what is drawn in dark colours is what is drawn in light ones, colour by colour: then there is one file of it, and the browser paints it
(player/js/colours.js).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping

from figures import DARK, LIGHT, Theme
from figures.theme import rgb
from player.packed import packed

Block = str | dict[str, str]
"""The name of a file; or one for each theme, by its name."""
_KEYS = re.compile(r'"(key|token|landscapeKey)":"\w*"')
"""What tells blocks apart, which differs from theme to theme."""
_NAMED = '"name":"{}"'


def _colours() -> list[tuple[str, str]]:
    """Each colour of the light theme, as JSON has it, with the dark one's in its place; longer texts first."""
    names = ("background", "text", "line", "accent", "mark", "halo")
    pairs = {getattr(LIGHT, name): getattr(DARK, name) for name in names}
    for scale in ("map_colours", "surface_colours"):
        pairs |= {light: dark for (_, light), (_, dark) in zip(getattr(LIGHT, scale), getattr(DARK, scale), strict=True)}
    see_through = ("rgba({}, {}, {},".format(*rgb(theme.background)) for theme in (LIGHT, DARK))
    light, dark = see_through
    return sorted({**pairs, light: dark}.items(), key=lambda pair: -len(pair[0]))


COLOURS = _colours()
"""What the browser exchanges for a dark page."""
_PATTERN = re.compile("|".join(re.escape(light) for light, _ in COLOURS))


def painted(text: str) -> str:
    """What the browser makes of a text in light colours on a dark page."""
    exchange = dict(COLOURS)
    return _PATTERN.sub(lambda found: exchange[found[0]], text.replace(_NAMED.format("light"), _NAMED.format("dark"), 1))


class Shelf:
    """The files of a site, as they are asked for."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}
        self._given: set[str] = set()
        self.tell: Callable[[float], object] = lambda share: None
        """Called now and then while a page is made, with the share of it that is done."""

    def put(self, content: bytes) -> str:
        """A file with this content, that is the same in both themes; its name."""
        name = hashlib.sha1(content, usedforsecurity=False).hexdigest()[:16]
        self._content.setdefault(name, content)
        return name

    def files(self) -> dict[str, bytes]:
        """The contents of the files that were not given yet, by their names."""
        return {name: content for name, content in self._content.items() if name not in self._given}

    def take(self, files: Mapping[str, bytes]) -> None:
        """The files of another shelf as well."""
        for name, content in files.items():
            self._content.setdefault(name, content)

    def text(self, make: Callable[[Theme], bytes]) -> Block:
        """JSON that is drawn in a theme's colours."""
        return self._themed(make, lambda light, dark: _alike(painted(light.decode()), dark.decode()))

    def headed(self, make: Callable[[Theme], bytes]) -> Block:
        """A block with a JSON header, whose length stands before it, in a theme's colours, and arrays that have none."""

        def same(light: bytes, dark: bytes) -> bool:
            (header, arrays), (wanted, others) = _parts(light), _parts(dark)
            return arrays == others and _alike(painted(header), wanted)

        return self._themed(make, same)

    def pictures(self, make: Callable[[Theme], bytes]) -> Block:
        """Pictures, which are drawn for each theme."""
        return self._themed(make, lambda light, dark: light == dark)

    def _themed(self, make: Callable[[Theme], bytes], same: Callable[[bytes, bytes], bool]) -> Block:
        light, dark = make(LIGHT), make(DARK)
        return self.put(light) if same(light, dark) else {LIGHT.name: self.put(light), DARK.name: self.put(dark)}

    def new(self) -> Iterator[tuple[str, bytes]]:
        """The paths and contents of the files that were not given yet."""
        for name, content in list(self._content.items()):
            if name not in self._given:
                self._given.add(name)
                self._content[name] = b""  # who asks for it again needs its name only
                yield f"data/{name}.js", f'descentBlock("{name}","{packed(content)}");\n'.encode()


def _parts(block: bytes) -> tuple[str, bytes]:
    end = 4 + int.from_bytes(block[:4], "little")
    return block[4:end].decode(), block[end:]


def _alike(light: str, dark: str) -> bool:
    """Whether two headers say the same but for the keys of blocks, and for the blanks at a header's end."""
    return _KEYS.sub("", light).rstrip() == _KEYS.sub("", dark).rstrip()
