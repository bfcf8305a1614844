"""A link as a QR code that a phone reads from the last row, made without the network."""

from __future__ import annotations

from typing import Any

QUIET = 4
"""The empty border around a code, in its own squares, that the standard asks for."""


def qr_svg(link: str) -> str:
    """The QR code of a link as an SVG that fills the width it is given.

    Always black on white, whatever the theme: readers expect it. It has as few squares as the link allows, so that they are large.

    Args:
        link: the whole address.

    Raises:
        ValueError: the link is too long for any QR code.
    """
    drawn: str = _code(link).svg_inline(border=QUIET, dark="#000000", light="#FFFFFF", omitsize=True)
    return drawn


def qr_squares(link: str) -> list[str]:
    """The rows of a link's QR code without its border: "1" for a dark square, "0" for a light one. Errors as for `qr_svg`."""
    return ["".join(map(str, row)) for row in _code(link).matrix]


def too_long(letters: str) -> str:
    """Why a link of so many letters has no QR code, and what to do."""
    return (
        f"the link has {letters} letters, and a QR code holds at most 2,953; choose a pattern of starts instead of single points, "
        "or fewer optimizers"
    )


def _code(link: str) -> Any:
    import segno

    try:
        return segno.make_qr(link, error="l")
    except segno.DataOverflowError:
        raise ValueError(too_long(f"{len(link):,}")) from None
