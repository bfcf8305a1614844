"""A link as a QR code that a phone reads from the last row, made without the network."""

from __future__ import annotations

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
    import segno

    try:
        code = segno.make_qr(link, error="l")
    except segno.DataOverflowError:
        raise ValueError(
            f"the link has {len(link):,} letters, and a QR code holds at most 2,953; choose a pattern of starts instead of single points, "
            "or fewer optimizers"
        ) from None
    drawn: str = code.svg_inline(border=QUIET, dark="#000000", light="#FFFFFF", omitsize=True)
    return drawn
