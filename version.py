"""Which Descent this is: it stands in the package, in what the app writes, and in `CITATION.cff`, where a test compares them."""

VERSION = "0.2.0"
RELEASED = "2026-11-29"
AUTHORS = "The Descent developers"
PROGRAM = f"Descent {VERSION}"
"""As it stands in every file that is written."""
