"""Which Descent this is: it stands in the package, in what the app writes, and in `CITATION.cff`, where a test compares them."""

VERSION = "0.2.0"
RELEASED = "2026-11-29"
AUTHORS = "The Descent developers"
PROGRAM = f"Descent {VERSION}"
"""As it stands in every file that is written."""


def numbers_of(version: str) -> tuple[int, ...]:
    """The numbers of a version, "0.10.2" say, which can be compared.

    Raises:
        ValueError: it is none.
    """
    parts = version.split(".")
    if not all(part.isascii() and part.isdecimal() for part in parts):
        raise ValueError(f"{version!r} is no version")
    return tuple(map(int, parts))
