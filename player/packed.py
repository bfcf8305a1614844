"""What a page holds compressed, for player/js/unpack.js: gzip, as base64, which browsers unpack by themselves, and what begins with it."""

from __future__ import annotations

import base64
import gzip
from functools import cache

from player.modules import PLOTLY, classic_script

NO_SCRIPT = "This page computes and draws by itself, with JavaScript, which is switched off here."
_TOO_OLD = (
    "This page is stored compressed, and this browser is too old to unpack it. Please open it in Chrome or Edge from 111 on, Firefox from "
    "113 on or Safari from 16.4 on, which are all of 2023."
)
_START = """<script>
if (!("DecompressionStream" in window)) document.getElementById("player").textContent = "{too_old}";
</script>
<script type="module">
{start}</script>"""
_MODULES, _LIBRARY = "modules", "plotly"


def packed(content: bytes) -> str:
    """Bytes as they are written into a page or a script."""
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def held(name: str, content: bytes) -> str:
    """A block of a page, as HTML, by its name."""
    return _element(name, packed(content))


def _element(name: str, text: str) -> str:
    return f'<script type="text/plain" id="block {name}">{text}</script>'


@cache
def packed_library() -> str:
    """Plotly, as the block of a page."""
    return held(_LIBRARY, PLOTLY.read_bytes())


@cache
def packed_script(entry: str, call: str) -> str:
    """The player's modules as the block of a page, from one of them on, and a call of what it gives out."""
    return held(_MODULES, classic_script(entry, call).encode())


@cache
def starter() -> str:
    """The scripts, as HTML, with which a page begins that holds such blocks: they run its modules, or say why they cannot."""
    start = f'if ("DecompressionStream" in window) heldText("{_MODULES}").then(run);'
    return _START.format(too_old=_TOO_OLD, start=classic_script("unpack", start))
