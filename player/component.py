"""The player as a Streamlit component, and the files that a browser loads for it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import streamlit as st

from figures import Theme
from networks.planes import Relief
from player.markdown import plain
from player.modules import HERE, PLOTLY, given_out, joined_modules
from player.network_payload import token, training_bytes
from player.payload import Prediction, landscape_bytes, picture_bytes, run_bytes
from player.relief_payload import refined_bytes
from player.step import step_bytes
from scenario import Comparison, Race

STATIC = HERE.parent / "static"
"""The folder that Streamlit serves at "app/static", beside app.py."""
_HEARD = 64
"""So many choices are known again."""
_ANSWERED, _JUST = "answered picks", 8
"""Under this name a session keeps the numbers of so many of the latest choices, for the page that is drawn after them."""
JOINED = "all.js"
"""All modules that the app's components need, in one file: ninety requests took a seventh of the time until the first picture."""


def player(
    race: Race,
    theme: Theme,
    panels: tuple[str, ...],
    key: str,
    on_pick: Callable[[], None],
    chapter: str = "",
    board: bool = True,
    ahead: bool = True,
    prediction: Prediction | None = None,
    title: str = "",
    claim: str = "",
) -> None:
    """Show a race in the page.

    Args:
        race: what to play.
        theme: light or dark.
        panels: which panels, by the names of `scenario.PANELS`.
        key: of the component.
        on_pick: called when the user has chosen something in the player. `st.session_state[key].pick` then holds a dict, by its "kind":
            "start" or "add" has the start "at" (x, y), in place of all others or beside them; "move" has the "index" of a start and where
            it is "at" now; "set" has "values", numbers by their addresses; "follow" has the "run" and the "trajectory" whose steps are to
            be shown by `step`; "turn" has the number "to" of an entry of the playlist, counted from 1, and which "list" that was. All
            have "of", the query of the race that was shown: by its places they mean what they say, even if it is another by now.
        chapter: any text; when it differs from that of the race before, the race is played from its start, otherwise playback goes on.
        board: whether to show the scoreboard; without it the panels take its place.
        ahead: whether curves are drawn beyond the clock's step; without, as for a question that is still open, nothing tells how the race
            goes on.
        prediction: what of the race is to be predicted, if anything. While that is open it rests at its start, and nothing is dragged on
            its map: a click is the answer, and asks for it as for a start.
        title: what the race is called while it is presented, its landscape's name if not given.
        claim: what there is to see in it, in a sentence; it is shown while the race is presented.
    """
    block = landscape_bytes(race.landscape, theme)
    component("landscape", "receiveLandscape")(data=block, key=f"{key} landscape", height=1)
    moving = component("player", "showPlayer", "descent-root", "player.css")
    runs = run_bytes(race, theme, panels, block, chapter, board, ahead, prediction, title, claim)
    moving(data=runs, key=key, on_pick_change=partial(hear, key, on_pick), on_theme_change=lambda: None)


def trainer(
    comparison: Comparison,
    theme: Theme,
    panels: tuple[str, ...],
    key: str,
    on_pick: Callable[[], None] | None = None,
    chapter: str = "",
    board: bool = True,
    ahead: bool = True,
    title: str = "",
    claim: str = "",
    prediction: Prediction | None = None,
) -> None:
    """Show networks in training in the page.

    Args:
        comparison: what to play, from `Experiment.train`.
        theme: light or dark.
        panels: which panels, by the names of `scenario.network_panels.NETWORK_PANELS`.
        key: of the component.
        on_pick: as for `player`, its points being those of the landscape's plane; without it none can be chosen.
        chapter, board, ahead, title, claim, prediction: as for `player`; nothing is marked, and the title is the data's name if not given.
    """
    block = training_bytes(comparison, theme, panels, chapter, board, ahead, title, claim, prediction, on_pick is not None)
    moving = component("trainer", "showTrainer", "descent-root", "player.css")
    moving(data=block, key=key, on_pick_change=partial(hear, key, on_pick) if on_pick else _nothing, on_theme_change=lambda: None)


def hear(key: str, on_pick: Callable[[], None]) -> None:
    """Call what follows a choice, unless it was called for this one: the browser makes a choice again whose answer it did not get before
    the connection broke (js/requests.js)."""
    serial, heard = st.session_state[key].pick.get("serial"), st.session_state.setdefault(f"{key} heard", deque(maxlen=_HEARD))
    if serial is not None:
        st.session_state.setdefault(_ANSWERED, deque(maxlen=_JUST)).append(serial)
    if serial is None or serial not in heard:
        heard.append(serial)
        on_pick()


def refine(comparison: Comparison, relief: Relief, theme: Theme, key: str) -> None:
    """Let the page's trainer show the plane of its comparison from more points, in place of what it shows.

    Args:
        comparison: what it plays.
        relief: the same plane on a finer grid, from `Comparison.refined`.
        theme: light or dark.
        key: of the trainer.
    """
    block = refined_bytes(relief, theme, token(comparison, theme))
    component("refined", "receiveRefined")(data=block, key=f"{key} refined", height=1)


def step(race: Race, theme: Theme, run: int, trajectory: int, key: str) -> None:
    """Let the page's player take the steps of a trajectory apart, in its panel "step". Errors as for `simulation.dissect.dissect`.

    Args:
        race: what it plays.
        theme: light or dark.
        run, trajectory: which of the race's runs, and which of its trajectories.
        key: of the player.
    """
    component("step", "receiveStep")(data=step_bytes(race, run, trajectory, theme), key=f"{key} step", height=1)


def gallery(items: Mapping[str, object], key: str, on_choice: Callable[[], None]) -> None:
    """A list of things to choose from by their pictures, searched while one types.

    Args:
        items: `Items` of js/gallery.js.
        key: of the component; `st.session_state[key].choice` holds the name of what was chosen.
        on_choice: called when something was.
    """
    component("gallery", "showGallery", "descent-gallery", "gallery.css")(data=dict(items), key=key, on_choice_change=on_choice)


def tend_page(place: str, run: int) -> None:
    """Let the browser mend what Streamlit's own page does not do well (js/page.js), and tell it which choices this answers.

    Args:
        place: where the reader is; with another one the page is scrolled to its top.
        run: counts how often the page was drawn, so that the browser hears of each time, also where nothing else of it is another.
    """
    answered = list(st.session_state.get(_ANSWERED, ()))
    component("page", "pageDrawn")(data={"place": place, "run": run, "answered": answered}, key="page", height=1)


def connection(key: str) -> Mapping[str, Any]:
    """Watch over the connection to the server (js/connection.js). To be called before anything else of a page: with it the browser fetches
    all of the player's modules.

    Returns:
        What the browser tells: under "kept" the text that `keep` gave it last, once the connection has been lost; under "back" how often
        it has come back.
    """
    shown = component("connection", "receiveConnection", first=True)(key=key, height=1, on_kept_change=_nothing, on_back_change=_nothing)
    return {"kept": shown.kept or "", "back": shown.back or 0}


def keep(text: str, back: int, key: str, address: str = "") -> None:
    """Let the browser keep a text in which a session is told, for a server that does not know it any more. To be called at a page's end.

    Args:
        text: which `connection` gives back to such a server.
        back: how often the connection has come back, as `connection` has told: it says that the page is drawn since.
        key: of the component.
        address: for which the page was drawn, as the browser asked for it.
    """
    component("kept", "receiveKept")(data={"text": text, "back": back, "address": address}, key=key, height=1)


def follow_playlist(shown: Mapping[str, str | int], key: str) -> None:
    """Tell the page's player which playlist it presents.

    Args:
        shown: the "count" of its entries; the number "at" of the one that is shown, counted from 1 (0 if none is), and its "title", which
            is announced when the race of "chapter" is there; or the "problem" why it cannot be shown; and how often presenting was
            "started" from the page.
        key: of the player.
    """
    component("playlist", "receivePlaylist")(data=dict(shown), key=f"{key} playlist", height=1)


def backdrop(images: Sequence[bytes], key: str) -> None:
    """Lay pictures under the maps of the page's player, in place of the landscape's colours; contour lines and trajectories stay on top.

    Nothing else is sent or drawn anew when only the pictures change.

    Args:
        images: PNG files, one for each run of the race, each covering the landscape's window with its first row at the top: they lie in
            panel "maps" under the map of their run, and in panel "map" if there is one run only. Pixels stay crisp. Other numbers of
            pictures than of runs are not shown; none takes them away.
        key: of the player, or any other that has no backdrop yet.

    Raises:
        ValueError: one of them is no PNG file.
    """
    component("backdrop", "receiveBackdrop")(data=picture_bytes(images), key=f"{key} backdrop", height=1)


def reader(page: str, progress: Mapping[str, str] | None, forgotten: int, plays: int, key: str, on_progress: Callable[[], None]) -> None:
    """Let page keys scroll the words of a lesson, and let the browser keep what a student has answered.

    Args:
        page: the name of the page in its address; once the browser shows another one, nothing is told any more.
        progress: the answers to keep, by the lesson's name, beside those that are kept already; None to be told those.
        forgotten: when it has grown, those that are kept already are thrown away.
        plays: when it has changed, something else is played: where the player stands over the words, it is scrolled to.
        key: of the player beside the words.
        on_progress: called when the browser has told; `st.session_state[f"{key} reader"].progress` then holds a dict of that kind.
    """
    data = {"page": page, "progress": dict(progress or {}), "asks": progress is None, "forgotten": forgotten, "plays": plays}
    component("reader", "receiveReader")(data=data, key=f"{key} reader", height=1, on_progress_change=on_progress)


def classroom(room: Mapping[str, str | int] | None, on_told: Callable[[], None]) -> None:
    """Let the page show what a class is asked, and what it answers, over everything else (js/classroom.js).

    Args:
        room: `ClassRoom` of js/types.d.ts; None where this session has none, though the browser may know of one.
        on_told: called when the teacher has done something; `st.session_state["classroom"].told` then holds a dict, by its "kind": "kept"
            has the "code" and the "secret" of a room that the browser still knew of, "gone" says that there is none any more, and
            "revealed" and "again" have the "source" of what was asked.
    """
    component("classroom", "showClassroom", css="classroom.css")(data=dict(room or {}), key="classroom", height=1, on_told_change=on_told)


@cache
def component(name: str, function: str, root: str = "", css: str = "", first: bool = False) -> Any:
    """A component of the page that `js/streamlit.js` runs, to be called once for each instance.

    Args:
        name: of the component, among the project's own.
        function: of the module, called with the component and Plotly's address at first and with every change of data; it returns what
            to do when the component is taken away.
        root: the class of the element that it draws in, if any.
        css: the file with its style, if any.
        first: whether it is the first of a page: where the modules cannot be fetched, it loads the page anew (js/mend.js).
    """
    modules, plotly_file = _published()
    js = (
        f"const loaded = import(new URL('app/static/{modules}/{JOINED}', document.baseURI));\n"
        f"{_mending() if first else ''}const library = new URL('app/static/{plotly_file}', document.baseURI).href;\n"
        "export default (component) => {\n"
        f"  const shown = loaded.then((module) => module.{function}(component, library));\n"
        "  return () => shown.then((close) => close());\n"
        "};"
    )
    html = f'<div class="{root}">\n</div>' if root else None
    style = (HERE / css).read_text(encoding="utf-8") if css else None
    return st.components.v2.component(f"descent_{name}", html=html, css=style, js=js, isolate_styles=False)


def _mending() -> str:
    text = (HERE / "js" / "mend.js").read_text(encoding="utf-8").replace("export ", "")
    return f"{text}mend(loaded, new URL('_stcore/health', document.baseURI).href);\n"


@cache
def _published() -> tuple[str, str]:
    """What all components load. It is published once for each process, so that all components of a page share modules and state."""
    try:
        return publish()
    except OSError as error:  # a container's user may read the checkout only
        why = (
            "The player cannot be shown: at its first start Descent copies the player's files into the folder "
            f"{STATIC}, and that cannot be written ({error.strerror}). Let this user write there, or start Descent once as a user who "
            "may and open a page: afterwards reading is enough."
        )
        st.error(plain(why))
        st.stop()


def publish() -> tuple[str, str]:
    """Put the player's modules and Plotly's into the folder that is served; both are copied only where they are not there yet.

    Returns:
        The modules' folder and Plotly's file, relative to it. Their names change with their content, so that browsers may keep them.

    Raises:
        OSError: the folder cannot be written; the message says which.
    """
    files = sorted((HERE / "js").glob("*.js"))
    together = f"{joined_modules('streamlit')}\nexport {{ {', '.join(given_out('streamlit'))} }};\n".encode()
    version = hashlib.sha1(b"".join([together, *(file.read_bytes() for file in files)]), usedforsecurity=False).hexdigest()[:12]
    modules, library = STATIC / f"player-{version}", STATIC / f"plotly-{version_of('plotly')}.min.js"
    STATIC.mkdir(exist_ok=True)
    if not modules.exists():
        folder = Path(tempfile.mkdtemp(dir=STATIC))
        for file in files:
            shutil.copyfile(file, folder / file.name)
        (folder / JOINED).write_bytes(together)
        folder.chmod(0o755)
        try:
            folder.rename(modules)
        except OSError:  # another process was quicker
            shutil.rmtree(folder)
    if not library.exists():
        with tempfile.NamedTemporaryFile(dir=STATIC, delete=False) as copy:
            copy.write(PLOTLY.read_bytes())
        Path(copy.name).chmod(0o644)
        Path(copy.name).replace(library)
    return modules.name, library.name


def _nothing() -> None:
    """What is called where nothing can be chosen."""
