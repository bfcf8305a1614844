"""Which Descent this is: it stands in the package, in what the app writes, and in `CITATION.cff`, where a test compares them."""

VERSION = "0.2.0"
