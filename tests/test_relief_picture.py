"""The landscape of networks in pictures and films."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from exports import film
from exports.network_picture import TrainingPicture
from exports.network_rooms import rooms_of
from exports.size import Size
from exports.to_matplotlib import rgb
from figures import LIGHT
from figures.relief import factor_in_words
from networks.planes import plane_noise
from scenario import Choice, Comparison
from tests.player_page import comparison_of
from tests.test_relief_player import SMALL


def test_a_picture_has_paths_and_factors_on_the_landscape() -> None:
    comparison = comparison_of(SMALL)
    picture = TrainingPicture(comparison, Size(480, 320), landscape="map")
    plain = TrainingPicture(comparison, Size(480, 320))
    step = int(comparison.steps[60])
    assert (picture.pixels(0) != picture.pixels(step)).any()
    plain.pixels(0)
    assert_whole(comparison, picture, step, "map")
    (x0, x1), (y0, y1) = plain.inputs.window
    for drawn in (picture, plain):
        boxes = [shown.axes.get_window_extent() for shown in drawn.shown]
        assert [box.width / (x1 - x0) for box in boxes] == pytest.approx([box.height / (y1 - y0) for box in boxes], rel=1e-2)
        assert len(boxes) == len(comparison.runs)
    assert set(LIGHT.map_colours[0][1:]) <= set(picture.shades)
    assert picture.relief is not None
    assert plain.relief is None
    for index, moving in enumerate(picture.relief.paths):
        relief = comparison.relief
        x, y = relief.coordinates[index][60]
        assert np.asarray(moving.trail.get_xydata())[-1] == pytest.approx([x, y], rel=1e-5)
        assert moving.note.get_text() == factor_in_words(relief.true_losses[index][60], relief.plane_losses[index][60])
    palette = film._palette(picture, picture.pixels(0)).getpalette() or []
    assert {rgb(name) for name in picture.colours} <= {tuple(palette[i : i + 3]) for i in range(0, len(palette), 3)}
    finer = comparison.refined(80)
    refined = TrainingPicture(comparison, Size(240, 320), landscape="map", finer=finer)
    assert refined.pixels(step).shape == (320, 240, 3)
    assert refined.relief is not None
    (ground,) = refined.relief.axes.images
    assert np.asarray(ground.get_array()) == pytest.approx(refined.relief.grid.drawn_rank(finer.values), abs=1e-4)


def assert_whole(comparison: Comparison, film: TrainingPicture, step: int, landscape: str, turned: float = 0.0) -> None:
    """A frame, of which only what moves is drawn, is the picture of its step, which is drawn as a whole."""
    alone = TrainingPicture(comparison, film.size, landscape=landscape, turned=turned)
    saved = np.asarray(Image.open(io.BytesIO(alone.save("png", step))).convert("RGB")).astype(int)
    assert np.abs(saved - film.pixels(step)).mean() < 0.5


def test_the_noise_of_batches_is_an_ellipse_around_each_head() -> None:
    """Its area and direction are those of the covariance, all on one scale; all examples have no noise."""
    comparison = comparison_of(SMALL.replace(variants=(Choice.of("scratch", batch=4), Choice.of("scratch", batch=16), Choice("scratch"))))
    shown = TrainingPicture(comparison, Size(320, 240), landscape="map").relief
    assert shown is not None
    step = int(comparison.steps[60])
    shown.show(step)
    four, sixteen, every = shown.noise.shapes[:3]
    assert every is None
    data, plane = comparison.data, comparison.relief.plane
    scales = []
    for number, (shape, batch) in enumerate(((four, 4), (sixteen, 16))):
        assert shape is not None
        assert shape.center == pytest.approx(comparison.relief.coordinates[number][60], rel=1e-5)
        weights = comparison.runs[number].weights[60:61]
        ((aa, ab, bb),) = plane_noise(plane, comparison.network, weights, data.x, data.y, batch)
        values, directions = np.linalg.eigh([[aa, ab], [ab, bb]])
        scales += [shape.width / 2 / np.sqrt(values[1]), shape.height / 2 / np.sqrt(values[0])]
        turned = np.radians(shape.angle)
        assert abs(directions[:, 1] @ [np.cos(turned), np.sin(turned)]) == pytest.approx(1, abs=1e-6)
    assert scales == pytest.approx([scales[0]] * 4, rel=1e-4)


def test_a_slice_that_moves_is_drawn_anew_at_each_step() -> None:
    comparison = comparison_of(SMALL.replace(plane=Choice.of("moving", network=3)))
    picture = TrainingPicture(comparison, Size(320, 240), landscape="map")
    assert picture.relief is not None
    grounds = []
    for step in (0, SMALL.steps):
        picture.show(step)
        (image,) = picture.relief.axes.images
        grounds.append(np.asarray(image.get_array()))
    first, last = grounds
    assert not np.array_equal(first, last)
    assert last == pytest.approx(picture.relief.grid.drawn_rank(comparison.relief.values), abs=1e-4)


def test_in_3d_heads_stand_at_their_true_losses_on_stems_from_the_surface() -> None:
    comparison = comparison_of(SMALL)
    picture = TrainingPicture(comparison, Size(480, 320), landscape="surface", turned=40)
    scene, relief, at = picture.relief, comparison.relief, 60
    assert (picture.pixels(0) != picture.pixels(int(comparison.steps[at]))).any()
    assert_whole(comparison, picture, int(comparison.steps[at]), "surface", turned=40)
    for index, moving in enumerate(scene.moving):
        x, y = relief.coordinates[index][at]
        both = np.array([relief.plane_losses[index][at], relief.true_losses[index][at]])
        heights = np.clip(scene.camera.grid.height(both), -0.1, 2.0) + np.array([moving.path.look.lift, 0])
        ends = scene.camera.place(scene.camera.box(x, y, heights))[:, :2]
        assert np.asarray(moving.stem.get_xydata()) == pytest.approx(ends, abs=1e-5)
        drawn = np.concatenate([np.asarray(trail.get_xydata()) for trail in moving.trails])
        assert np.isclose(drawn, ends[0], atol=1e-5).all(axis=1).any(), "the trail ends where the stem begins"
    other = TrainingPicture(comparison, Size(480, 320), landscape="surface").relief
    assert not np.allclose(other.camera.eye, scene.camera.eye)
    with pytest.raises(KeyError, match="way to draw a landscape"):
        TrainingPicture(comparison, Size(480, 320), landscape="globe")


def test_in_3d_a_slice_that_moves_is_drawn_anew_at_each_step() -> None:
    comparison = comparison_of(SMALL.replace(plane=Choice.of("moving", network=3)))
    scene = TrainingPicture(comparison, Size(320, 240), landscape="surface").relief
    grounds = []
    for step in (0, SMALL.steps):
        scene.show(step)
        (image,) = scene.axes.images
        grounds.append((np.asarray(image.get_array()), scene.camera.grid.losses))
    (first, _), (last, losses) = grounds
    assert not np.array_equal(first, last)
    assert losses == pytest.approx(
        comparison.relief.landscape.through(comparison.runs[scene.relief.plane.moving].weights[-1]).grid(len(losses)), nan_ok=True
    )


@pytest.mark.parametrize(("count", "rows"), [(3, 1), (4, 2), (5, 1)])
def test_rows_of_networks_beside_a_landscape_are_full_where_that_costs_little(count: int, rows: int) -> None:
    networks = rooms_of(Figure(), count, 0.85, (1066, 480), "map", 2.0).networks
    assert (len(networks), len({room.rowspan.start for room in networks})) == (count, rows)
