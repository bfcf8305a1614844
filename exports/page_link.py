"""The link to what a saved page plays, which opens it in the app."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from exports.qr_code import qr_svg


def page_link(address: str) -> str:
    """The link and its QR code as HTML, to be shown under the player of a page (`player.as_page`).

    Args:
        address: the whole link.
    """
    link = escape(address)
    parts = [f'<p><a class="app" href="{link}" target="_blank" rel="noopener">{link}</a></p>']
    if leads_here_only(address):
        parts.append("<p>This address leads to the computer on which the page was saved, and works there only.</p>")
    parts.append('<p class="other" hidden>The link leads to what is shown now, the QR code to the race as it was saved.</p>')
    try:
        parts.append(f'<div class="qr" role="img" aria-label="QR code of the link">{qr_svg(address)}</div>')
    except ValueError as error:
        parts.append(f"<p>There is no QR code of it: {escape(str(error))}.</p>")
    return f"<details><summary>Open in the app: link and QR code</summary>{''.join(parts)}</details>"


def leads_here_only(address: str) -> bool:
    """Whether a link leads to the very computer on which it is opened."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")
