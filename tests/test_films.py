"""Pictures and films made without a browser: the right size and number of frames, the app's colours, and trajectories where they are."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageSequence

import landscapes
from exports import View, link_to, opened, python_script, to_csv, to_file, to_npz
from exports.camera import Camera
from exports.caption import Caption, caption_of
from exports.film import film
from exports.footer import _packed, draw_caption
from exports.picture import Picture, picture
from exports.saving import new_figure
from exports.size import Size, frame_steps
from exports.to_matplotlib import rgb
from figures import CURVES, DARK, LIGHT, Theme
from figures.loss_grid import loss_grid
from figures.maps import ONE_SCALE
from figures.theme import race_styles
from limits import FILM_FRAMES, FILM_MEGAPIXELS
from player import as_page
from scenario import Choice, Race, Scenario
from simulation.progress import Cancelled
from version import PROGRAM

SMALL = Size(480, 300)
Pixels = np.ndarray[Any, np.dtype[np.uint8]]


@pytest.fixture(scope="module")
def two() -> Race:
    """Two optimizers that go different ways."""
    choices = (Choice.of("sgd", lr=0.01), Choice.of("adam", lr=0.1))
    return Scenario(landscape=Choice("himmelblau"), optimizers=choices, points=((-1.0, 4.0),), steps=40).race()


def read(content: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def place(drawing: Picture, x: float, y: float) -> tuple[int, int]:
    """The row and column of the pixel of a point of the landscape."""
    column, row = next(iter(drawing.axes.values())).transData.transform((x, y))
    return drawing.size.height - round(row), round(column)


def distance(pixels: Pixels, row: int, column: int, colour: str, reach: int = 4) -> float:
    """How far the nearest colour within some pixels of a place is from the one looked for, in steps of 255."""
    around = pixels[row - reach : row + reach + 1, column - reach : column + reach + 1].astype(float)
    return float(np.abs(around - rgb(colour)).max(axis=-1).min())


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_heads_stand_where_the_trajectories_are_in_their_colours_on_the_apps_land(two: Race, theme: Theme) -> None:
    drawing = Picture(two, Size(960, 600), theme)
    for step in (0, 7, 40):
        pixels = drawing.pixels(step)
        assert pixels.shape == (600, 960, 3)
        for run, style in zip(two.runs, race_styles(two), strict=True):
            row, column = place(drawing, *run.positions[step, :, 0])
            reach = 4 if step else 10  # at the start, where both are, one makes room for the other
            assert distance(pixels, row, column, style.colour, reach) <= 2
    assert tuple(pixels[2, 2]) == rgb(theme.background)
    row, column = place(drawing, -5.9, -5.9)
    scale = np.array([rgb(colour) for _, colour in theme.map_colours], dtype=float)
    colours = pixels[row - 3 : row + 4, column - 3 : column + 4].reshape(-1, 3)
    assert np.abs(colours[:, None, :] - scale[None]).max(axis=-1).min() < 12


@pytest.mark.parametrize(("starts", "first"), [(9, 0), (10, 40 - 24)])
def test_from_twenty_trajectories_only_the_ends_of_trails_are_drawn_as_in_the_player(two: Race, starts: int, first: int) -> None:
    drawing = Picture(two.scenario.replace(points=(), starts=Choice.of("ring", n=starts)).race(), SMALL)
    drawing.show(40)
    for moving in drawing.panels[0].moving:
        assert moving.trail
        expected, _, _ = moving.path.lines(first, 40)
        np.testing.assert_array_equal(moving.trail.get_xdata(), expected)


def test_trails_are_drawn_up_to_the_step_and_no_further(two: Race) -> None:
    drawing = Picture(two, Size(960, 600))
    run, style = two.runs[1], race_styles(two)[1]
    middle = run.positions[20:22, :, 0].mean(axis=0)
    before, after = drawing.pixels(10), drawing.pixels(40)
    row, column = place(drawing, *middle)
    assert distance(after, row, column, style.colour, reach=2) < 60
    assert distance(before, row, column, style.colour, reach=2) > 60


@pytest.mark.parametrize("size", [Size(1920, 1080), Size(300, 900)], ids=str)
def test_a_png_has_its_size(two: Race, size: Size) -> None:
    assert read(picture(two, "png", size)).shape == (size.height, size.width, 3)


def test_a_picture_is_the_frame_of_its_step(two: Race) -> None:
    saved = read(picture(two, "png", SMALL, DARK, step=12)).astype(int)
    frame = Picture(two, SMALL, DARK).pixels(12).astype(int)
    assert np.abs(saved - frame).mean() < 0.5


def test_an_svg_has_its_size_its_words_and_its_colours(two: Race) -> None:
    text = picture(two, "svg", Size(1200, 700)).decode()
    assert 'width="1200" height="700"' in text
    for word in ("Himmelblau", "SGD", "Adam", "Global minimum", "Saddle", "Start", "step 40 of 40", ">x<", ">y<"):
        assert word in text, word
    for style in race_styles(two):
        assert style.colour.lower() in text
    assert text == picture(two, "svg", Size(1200, 700)).decode(), "the same picture is the same file"


def test_side_by_side_every_optimizer_has_its_own_map() -> None:
    race = Scenario(steps=10).race()
    drawing = Picture(race, Size(960, 600), shown="maps")
    assert len(drawing.axes) == 5
    assert [axes.get_title() for axes in drawing.axes.values()] == list(race.labels)


def test_a_legend_of_many_takes_the_lines_it_needs_and_the_map_starts_below() -> None:
    names = ("sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "nadam", "lion", "sam", "newton")
    drawing = Picture(Scenario(optimizers=tuple(map(Choice, names)), steps=2).race(), Size(640, 480))
    legend = drawing.figure.legends[-1].get_window_extent()
    (axes,) = drawing.axes.values()
    assert legend.x0 >= 0
    assert legend.x1 <= 640
    assert axes.get_window_extent().y1 <= legend.y0 + 1


def test_thousands_of_trajectories_are_dots_and_diverged_ones_are_gone() -> None:
    race = Scenario(optimizers=(Choice.of("sgd", lr=1.0),), starts=Choice.of("anywhere", n=2000), steps=30).race()
    assert np.isfinite(read(picture(race, "png", SMALL))).all()


def test_the_legend_of_a_crowd_shows_its_starts_large_enough_to_be_seen() -> None:
    race = Scenario(optimizers=(Choice("sgd"),), starts=Choice.of("anywhere", n=900), steps=2).race()
    drawing = Picture(race, SMALL)
    legend = drawing.figure.legends[-1]
    (start,) = (line for line, text in zip(legend.get_lines(), legend.get_texts(), strict=True) if text.get_text() == "Start")
    assert start.get_markersize() >= 6
    assert start.get_alpha() == 1.0


@pytest.mark.parametrize("name", CURVES)
def test_curves_are_drawn_in_the_optimizers_colours_and_fill_their_axes(two: Race, name: str) -> None:
    pixels = read(picture(two, "png", Size(960, 600), DARK, name))
    assert pixels.shape == (600, 960, 3)
    for style in race_styles(two):
        rows, columns = np.nonzero(np.abs(pixels[60:500].astype(int) - rgb(style.colour)).max(axis=-1) < 40)
        assert np.ptp(columns) > 700, "from the first step to the last"
        assert rows.size > 300
    text = picture(two, "svg", Size(1440, 900), shown=name).decode()  # at a resolution that is not the SVG's own
    assert 'width="1440" height="900"' in text
    boxes = re.findall(r'<clipPath.*?<rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', text, re.DOTALL)
    grid = re.search(r'id="patch_2">\s*<path d="M (\S+) (\S+) \s*L (\S+) \S+ \s*L \S+ (\S+)', text)
    assert grid is not None
    left, low, right, high = map(float, grid.groups())
    assert boxes
    for x, y, width, height in (map(float, box) for box in boxes):
        assert (x, y, y + height) == pytest.approx((left, high, low), abs=0.01), "lines are cut off where the axes end only"
        assert -0.01 < x + width - right < 1
    for word in (">step<", f">{CURVES[name].title.format(*two.landscape.axes)}<", "Himmelblau", "SGD", "Adam"):
        assert word in text, word


def test_losses_that_are_limits_lie_below_a_line_that_says_so() -> None:
    race = Scenario(Choice("ravine"), (Choice("newton"),), steps=60)
    for steps, told in ((60, True), (2, False)):
        assert ("≤ 2.9e-15" in picture(race.replace(steps=steps).race(), "svg", SMALL, shown="loss").decode()) == told


def test_what_cannot_be_shown_is_refused_in_words(two: Race) -> None:
    with pytest.raises(KeyError, match="no picture is called 'speed'"):
        picture(two, "png", SMALL, shown="speed")
    with pytest.raises(ValueError, match="no caption 'long'; there are: short, full, none"):
        picture(two, "png", SMALL, caption="long")
    with pytest.raises(ValueError, match=r"all settings would take \d+% of the picture's height; choose a higher"):
        picture(two, "png", Size(300, 240), caption="full")


# ---- films


def test_a_gif_has_a_frame_a_step_its_size_its_length_and_moves(two: Race) -> None:
    content = film(two, "gif", SMALL, DARK, seconds=4)
    drawing = Picture(two, SMALL, DARK)
    durations, frames = [], []
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (480, 300)
        for frame in ImageSequence.Iterator(image):
            durations.append(frame.info["duration"])
            frames.append(np.asarray(frame.convert("RGB")).astype(int))
    assert len(frames) == 41
    assert sum(durations[:-1]) == pytest.approx(4000 * 40 / 41, abs=20)
    assert all((before != after).any() for before, after in pairwise(frames))
    assert_moves(two, drawing, frames)


def test_a_video_has_a_frame_a_step_its_size_its_length_and_moves(two: Race) -> None:
    with av.open(io.BytesIO(film(two, "mp4", Size(640, 400), seconds=2)), "r") as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(2, abs=0.1)
    assert len(frames) == 41
    assert frames[0].shape == (400, 640, 3)
    assert_moves(two, Picture(two, Size(640, 400)), frames)


def assert_moves(race: Race, drawing: Picture, frames: list[Any]) -> None:
    """The heads are where the trajectories are, and every frame is close to the picture of its step."""
    shown = list(zip(race.runs, race_styles(race), strict=True))
    for step in (3, 20, 30, 40):
        for run, style in shown[1:] if step == 40 else shown:  # at the end the last one covers the other
            row, column = place(drawing, *run.positions[step, :, 0])
            assert distance(frames[step].astype(np.uint8), row, column, style.colour) < 40
        assert np.abs(frames[step] - drawing.pixels(step)).mean() < 6


def test_a_film_of_too_many_pixels_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILM_MEGAPIXELS.variable, "1")
    told = "21 pictures of 480 × 300 are 3 million pixels, and a film can have 1 million; choose a smaller size, or fewer seconds"
    with pytest.raises(ValueError, match=told):
        film(Scenario(steps=20).race(), "gif", SMALL)


def test_long_races_show_some_of_their_steps() -> None:
    assert frame_steps(40, "gif", 4) == list(range(41))
    assert frame_steps(1, "mp4", 10) == [0, 1]
    for form in ("gif", "mp4"):
        shown = frame_steps(100_000, form, 60)
        assert (len(shown), shown[0], shown[-1]) == (FILM_FRAMES.default, 0, 100_000)
        assert np.ptp(np.diff(shown)) <= 1
    assert len(frame_steps(1000, "gif", 2)) == 50


def test_progress_is_told_and_can_stop_a_film(two: Race) -> None:
    short = two.scenario.replace(steps=11).race()
    told: list[float] = []

    def stop_at_half(done: float) -> bool:
        told.append(done)
        return done < 0.5

    with pytest.raises(Cancelled):
        film(short, "gif", SMALL, progress=stop_at_half)
    assert told == [number / 12 for number in range(1, 7)]
    told.clear()
    film(short, "mp4", SMALL, seconds=1, progress=told.append)
    assert told[-1] == 1.0


def test_what_cannot_be_drawn_is_refused_in_words(two: Race) -> None:
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: Size(100, 400), "the width is 100 pixels; choose 240 to 4096"),
        (lambda: Size(400, 5000), "the height is 5000 pixels"),
        (lambda: picture(two, "bmp", SMALL), "png, svg or pdf, not 'bmp'"),
        (lambda: picture(two, "png", SMALL, step=41), "no step 41; the race has the steps 0 to 40"),
        (lambda: film(two, "avi", SMALL), "gif or mp4, not 'avi'"),
        (lambda: film(two, "gif", SMALL, seconds=0.5), "0.5 seconds; choose 1 to 60"),
        (lambda: film(two, "mp4", Size(481, 300)), "481 × 300; a video's width and height have to be even"),
    ]
    for call, said in refused:
        with pytest.raises(ValueError, match=said):
            call()


def test_everything_that_is_written_names_all_settings_the_version_and_the_link(two: Race) -> None:
    size, link = Size(320, 240), link_to(View(two.scenario), "https://descent.example.org")
    told, still = caption_of(two.scenario, link).text, caption_of(two.scenario, link).at(40, 40).text
    assert told.startswith(f"{PROGRAM}: Himmelblau: SGD, Adam\nf(x, y) = (x**2")
    for setting in (
        "optimizer 2: Adam learning rate η 0.1, β₁ 0.9",
        "steps: 40",
        "points: -1, 4",
        "window: -6, 6; -6, 6",
        "seed: 0",
        link,
    ):
        assert setting in told, setting
    assert "\nlandscape: Ravine condition κ 20, angle θ 0\n" in caption_of(Scenario()).text, "as the formula calls them"
    with Image.open(io.BytesIO(picture(two, "png", size, link=link))) as image:
        assert (image.info["Software"], image.info["Description"]) == (PROGRAM, still)
        assert opened(image.info["Source"]).setup == two.scenario
        assert json.loads(image.info["Settings"])["optimizers"][1]["settings"]["beta1"] == 0.9
    assert html.escape(still, quote=False) in picture(two, "svg", size, link=link).decode()
    assert still.encode("utf-16-be") in _unescaped(picture(two, "pdf", size, link=link))
    short = two.scenario.replace(steps=2).race()
    told = caption_of(short.scenario, link).text
    with Image.open(io.BytesIO(film(short, "gif", size, link=link))) as moving:
        assert moving.info["comment"].decode() == told
    with av.open(io.BytesIO(film(short, "mp4", size, link=link))) as container:
        assert container.metadata["comment"] == told
    texts = [to_csv(two), python_script(two.scenario), to_file(View(two.scenario)), as_page(short, plotly=False)]
    assert [text for text in texts if PROGRAM not in text] == []
    with np.load(io.BytesIO(to_npz(two))) as arrays:
        assert str(arrays["about"]).startswith(f"{PROGRAM}: a race on")


def _unescaped(content: bytes) -> bytes:
    """The texts of a PDF without the marks before brackets and line ends."""
    return re.sub(rb"\\([()\\])", rb"\1", content.replace(rb"\n", b"\n"))


def test_a_caption_shows_formula_version_link_and_a_code_that_reads_back(two: Race) -> None:
    link = link_to(View(two.scenario), "https://descent.example.org")
    pixels = read(picture(two, "png", Size(1280, 720), DARK, link=link))
    assert [found.text for found in zxingcpp.read_barcodes(pixels)] == [link]
    text = picture(two, "svg", Size(1280, 720), link=link).decode()
    assert link in html.unescape(text.split("</metadata>")[1])
    assert PROGRAM in text.split("</metadata>")[1]
    bare = Picture(two, Size(1280, 720), caption="none")
    assert bare.foot == 0
    assert _packed([["a"], ["b", "more of b"], ["c"]], 2) == [["a"], ["b", "more of b"], ["c"]], "no setting is broken between columns"
    assert Picture(two, Size(1280, 720), caption="full").foot > Picture(two, Size(1280, 720)).foot > 0.05


def test_what_has_no_space_to_break_at_stays_in_a_captions_room() -> None:
    long = "data=moons&" + "&".join(f"optimizer=adam~lr:0.0{number}" for number in range(10, 18)) + "&word=" + "and2" * 22
    caption = Caption("T", essentials=(long,), settings=(("network", long), ("seed", "0")), link="https://descent.example.org/?seed=0")
    for how in ("short", "full"):
        figure = new_figure(Size(480, 640), LIGHT)
        draw_caption(figure, caption, LIGHT, how)
        ground, _ = figure.artists[-2:]
        assert max(text.get_window_extent().x1 for text in figure.texts) < ground.get_window_extent().x0, "it ends before the QR code"
        *lines, _ = (text.get_text() for text in figure.texts)
        assert "&optimizer=adam~lr:0.017" in "".join(lines).replace(" ", "")


def test_maps_have_one_scale_where_the_apps_have(two: Race) -> None:
    for wide, drawn in ((4.0, ("map", "map_loss", "maps")), (9.0, ("map",))):
        window, equal = ((-wide, wide), (-2.0, 2.0)), wide < 5
        race = Scenario(landscape=Choice("own"), formula="x**2 + y**2", window=window, optimizers=(Choice("sgd"),), steps=1).race()
        for shown in drawn:
            (axes,) = Picture(race, Size(1280, 720), shown=shown, caption="none").axes.values()
            box, ((x0, x1), (y0, y1)) = axes.get_window_extent(), race.landscape.window
            assert (abs(box.width / (x1 - x0) / (box.height / (y1 - y0)) - 1) < 0.01) == equal, (wide, shown)
            assert (axes.get_xlim(), axes.get_ylim()) == race.landscape.window
    told = (Path(__file__).parent.parent / "player/js/grid.js").read_text()
    assert "least: {}, most: {} }}".format(*ONE_SCALE) in told, "the player's are the same"


@pytest.mark.parametrize("turned", [0.0, 140.0])
def test_what_stands_behind_a_hill_is_hidden_and_nothing_else(turned: float) -> None:
    """Against the landscape's own heights, not those of a grid, at thousands of places on the way to the camera."""
    landscape = landscapes.get("himmelblau")
    camera = Camera(landscape, loss_grid(landscape, 141), LIGHT, turned)
    (x0, x1), (y0, y1) = landscape.window
    x, y = (part.ravel() for part in np.meshgrid(np.linspace(x0, x1, 14)[1:-1], np.linspace(y0, y1, 14)[1:-1]))
    points = camera.box(x, y, camera.grid.height(landscape.value(np.stack([x, y]))) + 0.012)
    way = points + np.linspace(0.0, 1.0, 3000)[:, None, None] * (camera.eye - points)
    shares = way / camera.sides + 0.5
    over = np.stack([x0 + shares[..., 0] * (x1 - x0), y0 + shares[..., 1] * (y1 - y0)])
    heights = camera.grid.height(landscape.value(over.reshape(2, -1))).reshape(over.shape[1:])
    rises = np.where(camera.inside(way), heights - shares[..., 2], -1.0).max(axis=0)
    clear = np.abs(rises - 0.006) > 0.01
    assert (camera.hidden(points) == (rises > 0.006))[clear].all()
    assert 0.05 < camera.hidden(points).mean() < 0.6
    assert clear.mean() > 0.5


def test_in_3d_heads_stand_on_the_surface_and_the_trails_grow(two: Race) -> None:
    drawing = Picture(two, Size(640, 400), DARK, "surface", turned=30.0)
    (panel,) = drawing.panels
    first, last = drawing.pixels(0), drawing.pixels(25)
    for moving, run, style in zip(panel.moving, two.runs, race_styles(two), strict=True):
        height = panel.camera.grid.height(run.losses[25, 0]) + moving.whole.look.lift
        place = panel.camera.place(panel.camera.box(*run.positions[25, :, 0], height))[:2]
        assert np.allclose((moving.whole.x[25, 0], moving.whole.y[25, 0]), place, atol=1e-6)
        column, row = panel.axes.transData.transform(place)
        assert distance(last, 400 - round(row), round(column), style.colour, 10) < (110 if moving.hidden[25, 0] else 5)
    assert (np.abs(first.astype(int) - last).max(axis=2) > 40).sum() > 150
    with Image.open(io.BytesIO(film(two.scenario.replace(steps=2).race(), "gif", Size(640, 400), DARK, "surface"))) as image:
        assert sum(1 for _ in ImageSequence.Iterator(image)) == 3
        assert np.abs(np.asarray(image.convert("RGB")).astype(int) - first).mean() > 1, "another side looks otherwise"


def test_beside_a_map_the_loss_is_drawn_up_to_the_step(two: Race) -> None:
    drawing, style = Picture(two, Size(1280, 720), shown="map_loss", caption="none"), race_styles(two)[1]
    curve = drawing.panels[1]
    for step in (0, 10, 40):
        pixels = drawing.pixels(step)
        for run, (head, _) in zip(two.runs, curve.heads, strict=True):
            assert head.get_xydata().tolist() == [[step, pytest.approx(run.losses[step, 0], rel=1e-6)]]
        box = curve.axes.get_window_extent()
        end = curve.axes.transData.transform((step, 1.0))[0]
        beyond = pixels[:, round(end) + 12 : round(box.x1) + 1].astype(int)
        assert step == 40 or (np.abs(beyond - rgb(style.colour)).max(axis=-1) > 60).all(), "nothing is told of what is to come"
