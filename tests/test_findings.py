"""What is shown of the lab's results: every kind has charts, tables and pictures, and these show what the app shows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from exports.axes import set_logarithmic
from exports.findings import Findings, findings_of
from exports.lab_files import LabPage, LabPicture
from exports.lab_settings import _SPACED, lab_caption
from exports.lab_tables import tables_of
from exports.plotted import figure_picture
from exports.size import Size
from figures import DARK, LIGHT
from figures.basins import FILLS
from figures.fair import ranking
from figures.figure import as_plain
from figures.theme import rgb, styles
from lab.axes import SPACINGS, Axis, default_axes
from lab.basins import Basins
from lab.executors import run_task
from lab.network_sweeps import NetworkSweep
from lab.quantities import alone
from lab.sweeps import Sweep
from lab.tournament import Tournament
from lab.transfer import TransferCurves
from lab.tuning import Tuning
from scenario import Choice, Experiment, Scenario
from scenario.in_full import told_in_full
from version import PROGRAM

WELLS = Scenario(Choice("two_wells"), (Choice("sgd"), Choice("adam")), steps=30)
MOONS = Experiment(data=Choice.of("moons", n=20), widths=(2,), steps=20)
RATES, SCALES = Axis("optimizers.0.lr", 0.01, 100.0, 3, "log"), Axis("initials.0.scale", 0.5, 50.0, 2, "log")
TASKS = (
    Basins(WELLS, 64),
    Sweep(alone(WELLS, 0), *default_axes(alone(WELLS, 0), 4)),
    Tuning(WELLS, 4, 3, seeds=2),
    Tournament(WELLS.optimizers, ("ravine", "beale"), 30, 4, 3, seeds=2),
    NetworkSweep(MOONS, RATES, SCALES),
    TransferCurves("arms", 2, counts=(1, 5)),
)
SIZE = Size(640, 400)


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    return {type(task).__name__: run_task(task) for task in TASKS}


def figures_of(findings: Findings) -> Iterator[Any]:
    for chart in findings.charts:
        for theme in (LIGHT, DARK):
            drawn = as_plain(chart.draw, theme)
            yield from [drawn] if isinstance(drawn, dict) else drawn


def test_every_result_of_the_lab_has_charts_tables_and_all_its_settings(results: dict[str, Any]) -> None:
    for task in TASKS:
        result = results[type(task).__name__]
        findings = findings_of(result)
        assert findings.task == task
        assert all(figure["data"] for figure in figures_of(findings))
        assert len({chart.title for chart in findings.charts}) == len(findings.charts)
        for offered in tables_of(result).values():
            assert offered.make().rows == offered.rows
    with pytest.raises(TypeError, match="nothing is known of how to show Scenario; known are BasinMaps, "):
        findings_of(WELLS)
    with pytest.raises(KeyError, match="there is no chart 'Ranks'; there are: Maps"):
        findings_of(results["Basins"]).chart("Ranks")


def pixels(task: Any, shown: str, result: Any, theme: str = "light") -> set[tuple[int, ...]]:
    content = LabPicture(task, shown, "png", SIZE, theme, "", "short", result).make(None)
    image = Image.open(io.BytesIO(content))
    assert image.size == (640, 400)
    return set(map(tuple, np.asarray(image.convert("RGB")).reshape(-1, 3).tolist()))


def test_pictures_have_the_colours_of_the_charts(results: dict[str, Any]) -> None:
    basins, _, tuning, *_ = TASKS
    maps = pixels(basins, "Maps", results["Basins"])
    assert {rgb(LIGHT.background), rgb(LIGHT.text)} <= maps
    assert np.abs(np.array(sorted(maps)) - rgb(FILLS[0])).sum(axis=1).min() <= 12, "where starts reach the minimum at once"
    curves = pixels(tuning, "Sensitivity", results["Tuning"], "dark")
    assert {rgb(DARK.background), *(rgb(style.colour) for style in styles(["sgd", "adam"]))} <= curves


def test_a_picture_says_what_the_chart_says(results: dict[str, Any]) -> None:
    standings = results["Tournament"]
    findings = findings_of(standings)
    drawn = figure_picture(
        findings.chart("Places").draw, "svg", SIZE, LIGHT, lab_caption(findings, "", findings.title), findings.words
    ).decode()
    for words in ("Tournament", *standings.labels, "Ravine", "Beale", findings.words.split(" ")[0]):
        assert f">{words}" in drawn or f"{words}</text>" in drawn, words
    (cells,) = as_plain(ranking, standings)["data"]
    for line in cells["text"][0][0].split("<br>")[1:2]:
        assert f">{line}</text>" in drawn
    both = figure_picture(findings_of(results["NetworkSweep"]).charts[0].draw, "svg", SIZE).decode()
    assert both.count("batch normalization") == 2, "two maps side by side"
    assert figure_picture(findings.chart("Critical differences").draw, "pdf", SIZE).startswith(b"%PDF")
    with pytest.raises(ValueError, match="can be png, svg or pdf, not 'gif'"):
        figure_picture(findings.charts[0].draw, "gif", SIZE)


def test_a_logarithmic_axis_of_a_picture_has_a_few_round_numbers() -> None:
    """Steps from 3 to 80 had "3 × 10⁰", "6 × 10¹" and the like crowded between their powers of ten."""
    wanted = {
        (2.6, 81): ["5", "10", "20", "50"],
        (0.8, 2e6): ["1", "10", "100", "1,000", "10,000", "$10^{5}$", "$10^{6}$"],
        (1.1e-4, 1.6e-4): ["$10^{-4}$", "$1.2 \\cdot 10^{-4}$"],
    }
    for limits, numbers in wanted.items():
        axes = Figure().add_subplot()
        set_logarithmic(axes.yaxis)
        axes.set_ylim(*limits)
        assert [text.get_text() for text in axes.yaxis.get_ticklabels() if text.get_text()][: len(numbers)] == numbers
        assert not any(text.get_text() for text in axes.yaxis.get_ticklabels(minor=True))


def test_a_caption_tells_what_counts_and_not_what_does_not(results: dict[str, Any]) -> None:
    """A fair race searches learning rates and scatters its starts: those of the scenario would mislead."""
    caption = lab_caption(findings_of(results["Tuning"]), "http://lab/fair", "A fair race")
    told = " ".join(caption.essentials)
    assert "trials 4" in told
    assert "SGD, Adam" in told
    assert "lr" not in told
    assert "start (" not in told
    assert dict(caption.settings)["trials"] == "4"
    assert dict(caption.settings)["optimizer 2"].startswith("Adam learning rate η searched, β₁ ")
    assert dict(caption.settings)["budget"].startswith("what ")
    assert dict(caption.at(3, 9).settings)["drawn up to"] == "step 3 of 9"
    optimizer = next(each.text for each in told_in_full(Scenario(optimizers=(Choice("sgd"),))) if each.field == "optimizers")
    assert optimizer.endswith("no change of rate")
    assert "multiplied" not in optimizer
    assert "they start anywhere in the window" in told
    assert caption.in_full is not None
    assert caption.in_full["scenario"]["landscape"]["name"] == "two_wells"
    swept = lab_caption(findings_of(results["Sweep"]), "", "A sweep")
    assert any(each.startswith("start") for each in swept.essentials)
    assert "x learning rate in 4 values from 1e-5 to 10 (logarithmic)" in swept.essentials
    assert set(_SPACED) == set(SPACINGS)


def test_a_page_holds_all_that_was_found_and_all_settings(results: dict[str, Any]) -> None:
    for task in TASKS:
        findings = findings_of(results[type(task).__name__])
        page = LabPage(task, "http://lab/?x=1", date(2026, 11, 29), results[type(task).__name__]).make(None).decode()
        places = sum(chart.figures for chart in findings.charts if not findings.played or chart.title != findings.played.instead)
        assert page.count("data-chart=") == places
        for words in (findings.title, findings.words, findings.note, "2026-11-29", PROGRAM, "http://lab/?x=1", 'class="qr"'):
            assert words in unescape(page), (task, words)
        assert not re.search(r'(?:src|href)="(?!data:|http://lab/)', page), "it asks for nothing else"
        assert all(table in page for _, table in findings.tables)
        if findings.tables and places:
            assert (page.index(findings.tables[0][1]) < page.index("data-chart=")) == findings.leads, "in the app's order"
