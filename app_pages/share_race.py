"""Taking a race along: pictures, films, a page that plays, data and code."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

import landscapes
from app_pages.making import code, download, in_words, made, plotly_choice, theme_choice
from app_pages.races import race_of, refuse_too_large
from app_pages.session import session
from app_pages.share import link_below, whole_link
from app_pages.share_course import course
from app_pages.widgets import parameter
from exports import python_script, to_csv, to_npz, torch_script
from exports.caption import HOW
from exports.files import RaceFilm, RacePage, RacePicture, RaceTable
from exports.size import FORMATS, SECONDS, SHOWN, TURNED, Size
from figures import Theme
from formulas import read_number
from parameters import Param
from player import as_page
from player.page import GROUND_BYTES, RACE_BYTES
from scenario import PANELS, Race

_LINES = 200_000
"""A table of more lines takes longer than a second."""
_ALL, _ONE = "All", "This one"
"""Which landscapes a page holds."""
_SIZES = {
    "640 × 400": (640, 400),
    "1280 × 720": (1280, 720),
    "1920 × 1080": (1920, 1080),
    "3840 × 2160": (3840, 2160),
    "1080 × 1080": (1080, 1080),
}
_OTHER_SIZE = "Own size"


# ---- pictures and films


def _picture() -> None:
    left, right = st.columns(2)
    form = str(left.segmented_control("Format", FORMATS, default="png", key="picture form", format_func=str.upper, required=True))
    shown = str(right.selectbox("Shows", list(SHOWN), format_func=SHOWN.__getitem__, key="picture shows"))
    size, theme = look("1280 × 720")
    told, turned = caption_choice("picture"), turn_of(shown, "picture turned")
    steps = session().scenario.steps
    step = int(chosen_number(Param("up to step", steps, 0, steps), f"picture step {steps}"))

    refuse_too_large(session().scenario)
    task = RacePicture(session().scenario, form, Size(*size), theme.name, shown, step, told, whole_link(), turned)
    if content := made(task, "Draw the picture"):
        show_picture(content, form, f"The picture: {SHOWN[shown]}, step {step}")


def turn_of(shown: str | None, name: str) -> float:
    """From where a landscape in 3-D is seen, where there is one."""
    return chosen_number(TURNED, name) if shown and "surface" in shown else 0.0


def show_picture(content: bytes, form: str, alt: str, what: str = "") -> None:
    """The button that saves a picture that was drawn, and the picture, where a browser shows its format here; `what` as for `download`."""
    download(f"Save the picture ({in_words(len(content))})", content, form, what=what)
    if form != "pdf":
        st.image(content.decode() if form == "svg" else content, alt=alt)


def _film() -> None:
    left, right = st.columns(2)
    form = str(left.segmented_control("Format", ["gif", "mp4"], default="gif", key="film form", format_func=str.upper, required=True))
    shown = str(right.selectbox("Shows", list(SHOWN), format_func=SHOWN.__getitem__, key="film shows"))
    size, theme = look("640 × 400")
    told, turned = caption_choice("film"), turn_of(shown, "film turned")
    seconds = chosen_number(SECONDS, "film seconds")

    refuse_too_large(session().scenario)
    task = RaceFilm(session().scenario, form, Size(*size), theme.name, shown, seconds, told, whole_link(), turned)
    if content := made(task, "Make the film", in_line=True):
        show_film(content, form, "The film of the race")


def show_film(content: bytes, form: str, alt: str) -> None:
    """The button that saves a film that was made, and the film."""
    download(f"Save the film ({in_words(len(content))})", content, form)
    if form == "gif":
        st.image(content, alt=alt)
    else:
        st.video(content)


def caption_choice(name: str) -> str:
    """How much of its caption is drawn in a picture or a film."""
    chosen = st.segmented_control(
        "Caption",
        list(HOW),
        default="short",
        key=f"{name} caption",
        format_func=HOW.__getitem__,
        required=True,
        help="Formula, settings, version and link under the picture. The file itself holds all of them in any case.",
    )
    return str(chosen)


def chosen_number(declared: Param, name: str) -> float:
    """A slider with a box, as all numbers have them; what is chosen is kept for as long as the page is open."""
    chosen = session().chosen

    def moved(number: float) -> None:
        try:
            chosen[name] = float(declared.check(number, name.split()[0]))
        except ValueError as error:
            session().refuse(name, error)
        else:
            session().problems.pop(name, None)

    parameter(declared, chosen.get(name, declared.default), name, moved)
    return chosen.get(name, declared.default)


def look(usual: str) -> tuple[tuple[int, int], Theme]:
    """Size in pixels, and colours, side by side."""
    left, right = st.columns(2)
    theme = theme_choice(right, usual)
    named = left.selectbox("Size", [*_SIZES, _OTHER_SIZE], index=list(_SIZES).index(usual), key=f"size {usual}")
    if named != _OTHER_SIZE:
        return _SIZES[named], theme
    sides = []
    for column, name, side in zip(st.columns(2), ("Width", "Height"), _SIZES[usual], strict=True):
        with column:
            text = st.text_input(f"{name} in pixels", str(side), key=f"{name} {usual}")
            sides.append(_pixels(text))
    return (sides[0], sides[1]), theme


def _pixels(text: str) -> int:
    if not (number := read_number(text)).is_integer():
        raise ValueError(f"a picture has whole pixels, not {text.strip()}; type a number such as 1280")
    return int(number)


# ---- a page that plays, data and code


def _web_page() -> None:
    shown = ", ".join(PANELS[name].title for name in session().panels)
    st.caption(
        "One file that plays this race in any browser, without this app and without the internet. There its starts can be dragged, numbers "
        f"turned, and other optimizers, schedules and landscapes chosen. It shows: {shown}."
    )
    left, right = st.columns(2)
    theme = theme_choice(left, "page")
    whole = right.segmented_control("Landscapes", [_ALL, _ONE], default=_ALL, key="page landscapes", required=True) == _ALL
    grounds = len(landscapes.names()) * GROUND_BYTES if whole else 0
    held = {plotly: size + grounds for plotly, size in RACE_BYTES.items()}
    plotly = plotly_choice(st.container(), "page", held, "What the race takes that the app opens with")
    scenario, names, below = session().scenario, session().panels, link_below()
    if not whole:
        race = race_of(scenario)
        about = "It takes more where there are thousands of trajectories"
        download("Save the page", lambda: as_page(race, theme, names, below, plotly), "html", about)
        return
    refuse_too_large(scenario)
    if content := made(RacePage(scenario, theme.name, names, below, plotly), "Make the page", in_line=True):
        download(f"Save the page ({in_words(len(content))})", content, "html")


def _data() -> None:
    race = race_of(session().scenario)
    points = sum(run.losses.size for run in race.runs)
    st.caption(f"{points:,} points: every step of every trajectory, with a header that says what is what, and all settings.")
    link = whole_link()
    _table(race, points, link)
    download("Arrays for NumPy (NPZ)", lambda: to_npz(race, link), "npz")


def _table(race: Race, points: int, link: str) -> None:
    label = "Table (CSV)"
    if points <= _LINES:
        download(label, lambda: to_csv(race, link=link), "csv")
    elif content := made(RaceTable(race.scenario, link), f"Write the {label}", in_line=True):
        download(f"Save the {label}, {in_words(len(content))}", content, "csv")


def _code() -> None:
    code({"In PyTorch": torch_script, "With this library": python_script}, whole_link())


PARTS: dict[str, Callable[[], None]] = {
    "Picture": _picture,
    "Film": _film,
    "Page": _web_page,
    "Course": course,
    "Data": _data,
    "Code": _code,
}
"""What can be taken along of a race beside its link and its file, by the parts' titles, and the course."""
