"""The link to what a page plays: to the app, under a saved page's player, or to the page itself, in a static site."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from exports.qr_code import too_long

_LINK = """<details class="link"><summary>{title}</summary>
<p><a href="{link}" target="_blank" rel="noopener">{link}</a></p>
<p class="here" hidden>{here}</p>
<div class="qr" role="img" aria-label="QR code of the link"></div>
<p class="long" hidden>There is no QR code of it: {long}.</p>
</details>"""


def page_link(address: str) -> str:
    """The link to what is shown, as HTML under the player of a page (`player.as_page`), which draws its QR code (player/js/pagelink.js).

    Args:
        address: the whole link to what the page was saved with.
    """
    here = "This address leads to the computer on which the page was saved, and works there only: it has no QR code."
    return _link("Open in the app: link and QR code", address, here)


def own_link() -> str:
    """The same for a page whose own address says what it shows."""
    here = "This address leads to this very computer, and works there only: it has no QR code. On a web space the page has both."
    return _link("This race elsewhere: link and QR code", "", here)


def _link(title: str, address: str, here: str) -> str:
    long = too_long('<span class="letters"></span>')
    return _LINK.format(title=title, link=escape(address), here=here, long=long)


def leads_here_only(address: str) -> bool:
    """Whether a link leads to the very computer on which it is opened."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")
