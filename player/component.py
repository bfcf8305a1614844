"""The player as a Streamlit component, and the files that a browser loads for it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import plotly
import streamlit as st

from figures import Theme
from player.page import HERE, PLOTLY
from player.payload import ground_bytes, run_bytes
from scenario import Race

STATIC = HERE.parent / "static"
"""The folder that Streamlit serves at "app/static", beside app.py."""


def player(race: Race, theme: Theme, panels: tuple[str, ...], key: str, on_pick: Callable[[], None], chapter: str = "") -> None:
    """Show a race in the page.

    Args:
        race: what to play.
        theme: light or dark.
        panels: which panels: "map", "maps", "surface", "surfaces" and the names of `figures.CURVES`.
        key: of the component; what was picked stands in the session under it.
        on_pick: called when the user has chosen a start on a map: `st.session_state[key].pick` then holds a dict with "kind" ("start",
            "add" or "move"), "at" (x, y) and, for "move", the "index" of the start.
        chapter: a race with another one than before is played from its start; otherwise the playback goes on where it is.
    """
    ground, moving = _components()
    block = ground_bytes(race.landscape, theme)
    ground(data=block, key=f"{key} ground", height=1)
    moving(data=run_bytes(race, theme, panels, block, chapter), key=key, on_pick_change=on_pick, on_theme_change=lambda: None)


@cache
def _components() -> tuple[Any, Any]:
    """The two components: what stands still, and what plays."""
    modules, plotly_file = publish()
    load = f"new URL('app/static/{modules}/streamlit.js', document.baseURI)"
    library = f"new URL('app/static/{plotly_file}', document.baseURI).href"
    ground = f"export default ({{ data }}) => {{\n  import({load}).then((module) => module.receiveGround(data));\n}};"
    moving = (
        f"const loaded = import({load});\n"
        "export default (component) => {\n"
        f"  const shown = loaded.then((module) => module.show(component, {library}));\n"
        "  return () => shown.then((close) => close());\n"
        "};"
    )
    css = (HERE / "player.css").read_text(encoding="utf-8")
    return (
        st.components.v2.component("descent_ground", js=ground, isolate_styles=False),
        st.components.v2.component("descent_player", html='<div class="descent-root">\n</div>', css=css, js=moving, isolate_styles=False),
    )


def publish() -> tuple[str, str]:
    """Put the player's modules and Plotly's into the folder that is served; both are copied only where they are not there yet.

    Returns:
        The modules' folder and Plotly's file, relative to it. Their names change with their content, so that browsers may keep them.

    Raises:
        OSError: the folder cannot be written; the message says which.
    """
    files = sorted((HERE / "js").glob("*.js"))
    version = hashlib.sha1(b"".join(file.read_bytes() for file in files), usedforsecurity=False).hexdigest()[:12]
    modules, library = STATIC / f"player-{version}", STATIC / f"plotly-{plotly.__version__}.min.js"
    STATIC.mkdir(exist_ok=True)
    if not modules.exists():
        place = Path(tempfile.mkdtemp(dir=STATIC))
        for file in files:
            shutil.copyfile(file, place / file.name)
        place.chmod(0o755)
        try:
            place.rename(modules)
        except OSError:  # another process was quicker
            shutil.rmtree(place)
    if not library.exists():
        with tempfile.NamedTemporaryFile(dir=STATIC, delete=False) as copy:
            copy.write(PLOTLY.read_bytes())
        Path(copy.name).chmod(0o644)
        Path(copy.name).replace(library)
    return modules.name, library.name
