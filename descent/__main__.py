"""`descent` on the command line, or `python -m descent`: opens the app. What follows is Streamlit's: `descent --server.port 8600`."""

from __future__ import annotations

import sys

from streamlit.web import cli

from descent.beside import FOLDER


def main() -> None:
    """Start the app, with the settings that lie beside it."""
    beside = [folder / "app.py" for folder in (FOLDER, FOLDER.parent)]  # installed, and in a checkout
    app = next(path for path in beside if path.is_file())
    sys.argv = ["streamlit", "run", str(app), *sys.argv[1:]]
    sys.exit(cli.main())


if __name__ == "__main__":
    main()
