"""Taking networks in training along: a page that plays, data and code."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app_pages.making import code, download, in_words, made, plotly_choice, theme_choice
from app_pages.races import comparison_of
from app_pages.refined import refined_if_known
from app_pages.session import session
from app_pages.share import link_below, whole_link
from app_pages.share_course import course
from app_pages.share_race import caption_choice, chosen_number, look, show_film, show_picture, turn_of
from exports import python_script
from exports.files import TrainingFilm, TrainingPicture
from exports.network_data import training_to_csv, training_to_npz
from exports.network_torch import network_torch_script
from exports.size import FORMATS, LANDSCAPES, SECONDS, Size
from networks.planes import Relief
from parameters import Param
from player import training_page
from player.page import player_size
from player.relief_payload import SHOW_RELIEF
from scenario import Comparison
from scenario.network_panels import NETWORK_PANELS


def _drawn(column: st.delta_generator.DeltaGenerator, name: str) -> str | None:
    """How a picture or film shows the landscape, if it is among what the page shows."""
    if not _landscape():
        return None
    at_first = "map" if "landscape" in session().panels else "surface"
    return str(
        column.segmented_control(
            "Landscape", list(LANDSCAPES), default=at_first, key=f"landscape {name}", format_func=LANDSCAPES.__getitem__, required=True
        )
    )


def _landscape() -> bool:
    """Whether the landscape is among what is shown, and so in pictures and films."""
    return bool(SHOW_RELIEF & set(session().panels)) and comparison_of(session().experiment).known_relief is not None


def _finer(comparison: Comparison) -> Relief | None:
    """The landscape from more points, if it is shown so already."""
    return refined_if_known(comparison) if _landscape() else None


def _picture() -> None:
    left, right = st.columns(2)
    form = str(left.segmented_control("Format", FORMATS, default="png", key="picture form", format_func=str.upper, required=True))
    landscape = _drawn(right, "picture")
    size, theme = look("1280 × 720")
    told, turned = caption_choice("picture"), turn_of(landscape, "picture of networks turned")
    experiment = session().experiment
    step = int(chosen_number(Param("step", experiment.steps, 0, experiment.steps), f"picture of networks at {experiment.steps}"))

    comparison = comparison_of(experiment)
    shown = landscape, comparison, _finer(comparison), told, whole_link(), turned
    task = TrainingPicture(experiment, form, Size(*size), theme.name, step, *shown)
    if content := made(task, "Draw the picture"):
        show_picture(content, form, f"The picture of the networks at step {step}")


def _film() -> None:
    left, right = st.columns(2)
    form = str(left.segmented_control("Format", ["gif", "mp4"], default="gif", key="film form", format_func=str.upper, required=True))
    landscape = _drawn(right, "film")
    size, theme = look("640 × 400")
    told, turned = caption_choice("film"), turn_of(landscape, "film of networks turned")
    seconds, experiment = chosen_number(SECONDS, "film seconds"), session().experiment

    comparison = comparison_of(experiment)
    shown = landscape, comparison, _finer(comparison), told, whole_link(), turned
    task = TrainingFilm(experiment, form, Size(*size), theme.name, seconds, *shown)
    if content := made(task, "Make the film", in_line=True):
        show_film(content, form, "The film of the training")


def _web_page() -> None:
    shown = ", ".join(NETWORK_PANELS[name].title for name in session().panels)
    st.caption(f"One file that plays this training in any browser, without this app and without the internet. It shows: {shown}.")
    left, right = st.columns(2)
    theme, plotly = (
        theme_choice(left, "page"),
        plotly_choice(right, "page", {True: 0, False: 0}, "What the player takes, and the training comes to it"),
    )
    comparison, names, below = comparison_of(session().experiment), session().panels, link_below()
    finer = _finer(comparison)
    about = f"{in_words(player_size(plotly))} for the player, and the weights at the steps that are shown"
    about += f", and the landscape from {len(finer.values)} × {len(finer.values)} points" if finer else ""
    download("Save the page", lambda: training_page(comparison, theme, names, finer=finer, below=below, plotly=plotly), "html", about)


def _data() -> None:
    comparison = comparison_of(session().experiment)
    steps = len(comparison.steps)
    st.caption(
        f"{steps} of {comparison.experiment.steps + 1:,} steps of every network, with a header that says what is what, and all settings."
    )
    link = whole_link()
    sharpness = "sharpness" in session().panels
    landscape = _landscape()
    told = ["accuracies"] + ["sharpness"] * sharpness + ["paths on the landscape"] * landscape
    label = f"Losses, {', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else "Losses and accuracies"
    download(f"{label} (CSV)", lambda: training_to_csv(comparison, sharpness, landscape, link), "csv")
    label = "Weights, examples and landscape" if landscape else "Weights and examples"
    download(f"{label} for NumPy (NPZ)", lambda: training_to_npz(comparison, sharpness, landscape, link), "npz")


def _code() -> None:
    code({"In PyTorch": network_torch_script, "With this library": python_script}, whole_link())


PARTS: dict[str, Callable[[], None]] = {
    "Picture": _picture,
    "Film": _film,
    "Page": _web_page,
    "Course": course,
    "Data": _data,
    "Code": _code,
}
"""What can be taken along of networks beside their link and their file, by the parts' titles."""
