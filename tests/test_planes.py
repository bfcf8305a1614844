"""Planes through weight space, and the loss on them as a landscape."""

from __future__ import annotations

import itertools
import pickle
from typing import Any
from unittest import mock

import numpy as np
import pytest

import optimizers
import player
import simulation
from networks import Network, datasets, planes, train
from networks.objective import NetworkLoss
from networks.passes import in_chunks, rows_of
from networks.planes.compiled import shares as compiled_shares
from networks.planes.reliefs import random_walk

NET = Network((2, 4, 1))
MOONS = datasets.get("moons", n=40)
TRAINING = train(NET, MOONS, optimizers.get("adam").for_networks(), NET.initial("xavier", 2), 30)
PATHS = TRAINING.weights.reshape(-1, NET.size)
PLANES = {"random": planes.random(NET, PATHS[-1]), "pca": planes.pca(PATHS), "through": planes.through(PATHS[0], PATHS[-1], PATHS[1])}
each_plane = pytest.mark.parametrize("plane", PLANES.values(), ids=list(PLANES))


@each_plane
def test_points_and_coordinates_go_back_and_forth(plane: planes.Plane) -> None:
    coordinates = np.random.default_rng(0).standard_normal((2, 7))
    points = plane.points(coordinates)
    assert points.shape == (7, NET.size)
    assert plane.project(points) == pytest.approx(coordinates)
    assert plane.project(TRAINING.weights).shape == (2, 31, 2)
    off = PATHS[5] - plane.points(plane.project(PATHS[5:6]))[0]
    assert plane.directions @ off == pytest.approx([0, 0], abs=1e-12), "the nearest point"


@each_plane
def test_the_loss_on_a_plane_is_the_networks(plane: planes.Plane) -> None:
    landscape = plane.landscape(NET, MOONS.x, MOONS.y, l2=0.01)
    at = np.random.default_rng(1).uniform(-1, 1, (2, 9))
    assert landscape.value(at) == pytest.approx(NET.loss(plane.points(at), MOONS.x, MOONS.y, l2=0.01), rel=1e-14)
    for axis in range(2):
        step = np.zeros((2, 1))
        step[axis] = 1e-6
        slope = (landscape.value(at + step) - landscape.value(at - step)) / 2e-6
        assert landscape.gradient(at)[axis] == pytest.approx(slope, abs=1e-7)
        bend = (landscape.gradient(at + step) - landscape.gradient(at - step)) / 2e-6
        assert landscape.hessian(at)[axis] == pytest.approx(bend, abs=1e-5)
    assert landscape.window == plane.window


@pytest.mark.parametrize(
    ("data", "net"),
    [
        ("moons", Network((2, 5, 3, 1), "sigmoid")),
        ("moons", Network((2, 6, 2), "tanh", loss="softmax")),
        ("moons", Network((2, 4, 1), "relu")),
        ("moons", Network((2, 3, 3, 2), "tanh", batch_norm=True, loss="softmax")),
        ("sine", Network((1, 4, 1), "gelu", loss="squared")),
        ("digits", Network((64, 5, 10), "tanh", loss="softmax")),
        ("digits", Network((64, 10), loss="softmax")),
    ],
    ids=str,
)
def test_what_is_faster_to_compute_on_a_plane_has_the_networks_losses_and_slopes(data: str, net: Network) -> None:
    """However a network's weights are put otherwise for it; and a point's numbers are its own, to the last bit."""
    examples = datasets.get(data, n=300) if data != "digits" else datasets.get(data)
    plane = planes.through(*net.initial("he", 3))
    landscape = pickle.loads(pickle.dumps(plane.landscape(net, examples.x, examples.y, l2=0.01, l1=0.001)))
    at = np.random.default_rng(3).uniform(-1, 2, (2, 40))
    losses, slopes = net.loss_and_gradient(plane.points(at), examples.x, examples.y, l2=0.01, l1=0.001)
    assert landscape.value(at) == pytest.approx(losses, rel=1e-13)
    assert landscape.gradient(at) == pytest.approx(plane.directions @ slopes.T, rel=1e-11, abs=1e-13)
    sides = [np.linspace(low, high, 5) for low, high in plane.window]
    corners = np.stack([side.reshape(-1) for side in np.meshgrid(*sides)])
    assert landscape.grid(5).reshape(-1) == pytest.approx(landscape.value(corners), rel=1e-13)
    both = landscape.value_and_gradient(at)
    for whole, part, found in ((landscape.value(at), landscape.value, both[0]), (landscape.gradient(at), landscape.gradient, both[1])):
        assert (whole == found).all()
        assert (part(at[:, 7:8]) == whole[..., 7:8]).all()
        assert (part(at[:, 30:2:-3]) == whole[..., 30:2:-3]).all()


def test_optimizers_run_on_a_plane() -> None:
    landscape = PLANES["pca"].landscape(NET, MOONS.x, MOONS.y)
    starts = PLANES["pca"].project(PATHS[:2])
    for name in ("adam", "newton"):
        run = simulation.run(landscape, optimizers.get(name), starts, 20)
        assert np.isfinite(run.losses).all()
    assert (simulation.run(landscape, optimizers.get("adam"), starts, 20).losses[-1] < landscape.value(starts)).all()


def test_the_loss_of_all_weights_is_an_objective() -> None:
    objective = NetworkLoss(NET, MOONS.x, MOONS.y, l2=0.01)
    starts = NET.initial("xavier", 3)
    for name in ("momentum", "l_bfgs"):
        run = simulation.run(objective, optimizers.get(name), starts.T, 6)
        same = train(NET, MOONS, optimizers.get(name), starts, 6, l2=0.01)
        assert run.positions.swapaxes(1, 2) == pytest.approx(same.weights, abs=1e-9)
    with pytest.raises(ValueError, match="Newton works in 2 dimensions only"):
        simulation.run(objective, optimizers.get("newton"), starts.T, 1)


def test_principal_components_of_a_random_walk() -> None:
    """Antognini and Sohl-Dickstein 2018: 6/pi² of the variance along the first component, 76% along the first two."""
    found = [planes.pca(np.cumsum(np.random.default_rng(seed).standard_normal((250, 3000)), axis=0)).explained for seed in range(2)]
    assert np.mean(found, axis=0)[0] == pytest.approx(6 / np.pi**2, abs=0.01)
    assert np.mean(found, axis=0).sum() == pytest.approx(0.760, abs=0.01)


def test_principal_components_are_those_of_all_points() -> None:
    draws = np.random.default_rng(0)
    for shape in ((12, 30), (30, 12)):
        paths = draws.standard_normal(shape) + 5
        plane = planes.pca(paths)
        _, sizes, axes = np.linalg.svd(paths - paths.mean(axis=0), full_matrices=False)
        assert plane.explained == pytest.approx((sizes**2 / (sizes**2).sum())[:2])
        assert np.abs(axes[:2] @ plane.directions.T) == pytest.approx(np.eye(2), abs=1e-9)
        assert plane.origin == pytest.approx(paths.mean(axis=0))


def test_filters_normalize_what_scaling_would_change() -> None:
    """Li et al. 2018: in a ReLU network four times the weights of one layer and a quarter of the next is the same function."""
    net = Network((2, 8, 8, 1), "relu")
    weights = net.initial("he", seed=1)[0]
    scaled = weights.copy()
    scaled[net.layers[0].weight] *= 4
    scaled[net.layers[1].weight] /= 4
    line = np.stack([np.linspace(-1, 1, 9), np.zeros(9)])
    losses = [planes.random(net, point, seed=5).landscape(net, MOONS.x, MOONS.y).value(line) for point in (weights, scaled)]
    assert np.ptp(losses[0]) > 0.01
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)
    shapes = [(8, 2), (8,), (8, 8), (8,), (1, 8), (1,)]
    assert (planes.random(shapes, weights, seed=5).directions == planes.random(net, weights, seed=5).directions).all(), "of one's own model"
    convolution = planes.random([(3, 2, 2, 2), (3,)], np.arange(27.0))
    lengths = np.linalg.norm(convolution.directions[:, :24].reshape(2, 3, 8), axis=2)
    assert lengths == pytest.approx(np.tile(np.linalg.norm(np.arange(24.0).reshape(3, 8), axis=1), (2, 1)))
    assert (convolution.directions[:, 24:] == 0).all()
    with pytest.raises(ValueError, match="there are 5 weights, and the shapes"):
        planes.random([(2, 2)], np.ones(5))


def test_a_plane_through_three_points_holds_them_at_true_distances() -> None:
    plane = PLANES["through"]
    at = plane.project(PATHS[[0, -1, 1]])
    assert plane.points(at) == pytest.approx(PATHS[[0, -1, 1]])
    assert at[:, 0] == pytest.approx([0, 0], abs=1e-12)
    assert at[:, 1] == pytest.approx([np.linalg.norm(PATHS[-1] - PATHS[0]), 0], abs=1e-9)
    (a0, a1), (b0, b1) = plane.window
    assert (a0 < at[0]).all()
    assert (at[0] < a1).all()
    assert (b0 < at[1]).all()
    assert (at[1] < b1).all()


def test_what_makes_no_plane_is_refused() -> None:
    with pytest.raises(ValueError, match="the three points lie on a line"):
        planes.through(PATHS[0], PATHS[1], 2 * PATHS[1] - PATHS[0])
    with pytest.raises(ValueError, match="the paths lie on a line"):
        planes.pca(np.outer(np.arange(5.0), PATHS[0]))
    with pytest.raises(ValueError, match=r"paths must have the shape \(K, P\) with K at least 3"):
        planes.pca(PATHS[:2])
    with pytest.raises(ValueError, match="leave out what has diverged"):
        planes.pca(PATHS + np.nan)
    with pytest.raises(ValueError, match="the plane lies among 17 weights, and 2-5-1 Tanh has 21"):
        PLANES["pca"].landscape(Network((2, 5, 1)), MOONS.x, MOONS.y)


THREE = [
    train(NET, MOONS, optimizers.get(name, lr=rate), NET.initial("xavier", 1), 60).weights[:, 0]
    for name, rate in (("sgd", 0.5), ("momentum", 0.1), ("adam", 0.05))
]


def relief_of(kind: str, n: int = 8, paths: list[np.ndarray] | None = None, **settings: float) -> planes.Relief:
    """The relief of the three networks' paths on a plane of a kind."""
    plane = planes.get(kind, **settings).make(NET, MOONS.x, MOONS.y, paths or THREE)
    return planes.relief(plane.landscape(NET, MOONS.x, MOONS.y), paths or THREE, n)


@pytest.mark.parametrize("kind", planes.names())
def test_a_kind_shows_all_paths_and_is_exact_where_it_says(kind: str) -> None:
    found = relief_of(kind)
    (a0, a1), (b0, b1) = found.window
    for path, coordinates, true, shown in zip(THREE, found.coordinates, found.true_losses, found.plane_losses, strict=True):
        assert coordinates.shape == (61, 2)
        assert ((coordinates > (a0, b0)) & (coordinates < (a1, b1))).all()
        assert true == pytest.approx(NET.loss(path, MOONS.x, MOONS.y), rel=1e-12)
        assert (np.isfinite(shown)).all()
    exact = {
        "pca": [],
        "random": [(0, -1)],
        "ends": [(0, 0), (0, -1), (1, -1)],
        "sharpest": [(0, 0), (0, -1)],
        "moving": [(0, step) for step in range(61)],
    }
    assert all(found.factors[run][step] == pytest.approx(1, abs=1e-9) for run, step in exact[kind])
    assert found.factors[2][30] > 1.001, "elsewhere it is not"
    corner = found.landscape.value([[a0], [b1]])
    assert found.values[-1, 0] == pytest.approx(corner[0], rel=1e-12), "a row for each second coordinate"
    assert found.explained.sum() < 1
    assert planes.get(kind).about
    assert planes.get(kind).source


def test_a_slice_that_moves_goes_through_the_head_at_every_step() -> None:
    plane = planes.get("moving", network=3).make(NET, MOONS.x, MOONS.y, THREE)
    assert plane.moving == 2
    landscape, still = plane.landscape(NET, MOONS.x, MOONS.y), planes.pca(np.concatenate(THREE))
    for step in (0, 20, 60):
        found = planes.relief(landscape, THREE, 6, at=step)
        assert found.plane.points(found.plane.project(THREE[2][step])[:, None])[0] == pytest.approx(THREE[2][step])
        assert found.plane.project(THREE[0]) == pytest.approx(still.project(THREE[0]), abs=1e-9), "coordinates keep their meaning"
        assert np.array(found.window) == pytest.approx(np.array(still.window))


def test_the_sharpest_direction_is_the_hessians() -> None:
    plane = planes.get("sharpest", network=2).make(NET, MOONS.x, MOONS.y, THREE)
    end = THREE[1][-1]
    values, vectors = np.linalg.eigh(NET.hessian(end[None], MOONS.x, MOONS.y)[0])
    top = vectors[:, -1]
    held = plane.directions.T @ (plane.directions @ top)
    assert held == pytest.approx(top, abs=1e-5), "it lies in the plane"
    curved = plane.landscape(NET, MOONS.x, MOONS.y).hessian(plane.project(end)[:, None])[..., 0]
    assert np.linalg.eigvalsh(curved)[-1] == pytest.approx(values[-1], rel=1e-4)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_second_derivatives_on_a_plane_do_not_reach_over_kinks(activation: str) -> None:
    net = Network((2, 4, 1), activation)
    plane = planes.through(*(net.initial("he", 1, seed)[0] for seed in range(3)))
    at = np.stack([np.random.default_rng(4).uniform(*between, 150) for between in plane.window])
    found = plane.landscape(net, MOONS.x, MOONS.y).hessian(at)
    of_the_piece = np.einsum("ip,npq,jq->ijn", plane.directions, net.hessian(plane.points(at), MOONS.x, MOONS.y), plane.directions)
    assert found == pytest.approx(of_the_piece, rel=1e-4, abs=1e-6)


def test_what_a_kind_cannot_go_through_is_said() -> None:
    def make(kind: str, paths: list[np.ndarray], **settings: float) -> planes.Plane:
        return planes.get(kind, **settings).make(NET, MOONS.x, MOONS.y, paths)

    with pytest.raises(ValueError, match="the plane is to go through network 2, and there is one only"):
        make("ends", THREE[:1])
    with pytest.raises(ValueError, match="both numbers are the same one's; choose two"):
        make("ends", THREE, first=2, second=2)
    lost = np.where(np.arange(61)[:, None] > 30, np.nan, THREE[0])
    with pytest.raises(ValueError, match="network 1 diverged, so that no plane can go through its end"):
        make("sharpest", [lost, THREE[1]])
    assert np.isfinite(make("pca", [lost, THREE[1]]).directions).all()
    assert planes.pca(THREE[1]).window == make("pca", [lost, THREE[1]]).window, "what diverged does not blur the others"
    assert np.isfinite(make("pca", [lost]).directions).all(), "where all diverged, what there is of them"
    found = relief_of("pca", paths=[lost, THREE[1]])
    assert np.isnan(found.factors[0][31:]).all()
    assert np.isfinite(found.factor)
    for start in (np.zeros(NET.size), np.r_[np.zeros(NET.size - 1), 3.0]):
        with pytest.raises(ValueError, match="make no plane here, since these are all zero"):
            make("random", [np.tile(start, (3, 1))])
    with pytest.raises(ValueError, match="or one only"):
        planes.random(Network((1, 1), loss="squared"), [2.0, 1.0])
    runaway = THREE[0] * np.geomspace(1, 1e300, 61)[:, None]
    assert planes.pca(THREE[1]).window == make("pca", [runaway, THREE[1]]).window
    found = relief_of("pca", paths=[runaway, THREE[1]])
    assert found.explained.sum() == pytest.approx(planes.pca(THREE[1]).explained.sum())
    assert found.end_factors[1] < 2
    with pytest.raises(ValueError, match="no weights of the paths are finite"):
        make("pca", [THREE[0] * np.nan])
    with pytest.raises(KeyError, match="pca"):
        planes.get("slices")


def test_a_random_walk_explains_three_quarters() -> None:
    """In closed form, against principal components of the covariance of walks in infinitely many dimensions."""
    for points in (4, 10, 121):
        walk = np.minimum.outer(np.arange(points), np.arange(points)).astype(float)
        centre = np.eye(points) - 1 / points
        sizes = np.linalg.eigvalsh(centre @ walk @ centre)[::-1]
        assert random_walk(points) == pytest.approx(sizes[:2].sum() / sizes.sum(), rel=1e-9)
    assert random_walk(121) == pytest.approx(0.760, abs=0.001)


def test_factors_say_where_a_picture_deceives() -> None:
    """The reference sheet: 1.05 to 1.2 at the ends for 2-4-1 and 4 to 10 for 2-16-16-1."""
    data = datasets.get("moons")
    found = {}
    for sizes in ((2, 4, 1), (2, 16, 16, 1)):
        net = Network(sizes)
        methods = [optimizers.get(name, lr=rate) for name, rate in (("sgd", 0.5), ("momentum", 0.1), ("rmsprop", 0.01), ("adam", 0.02))]
        paths = [train(net, data, method, net.initial("xavier", 1), 300, keep=list(range(0, 301, 10))).weights[:, 0] for method in methods]
        plane = planes.get("pca").make(net, data.x, data.y, paths)
        found[sizes] = planes.relief(plane.landscape(net, data.x, data.y), paths, 2)
    small, large = found.values()
    assert 1.0 < small.factor < 1.2
    assert not small.deceives
    assert 3 < large.factor < 20
    assert large.deceives
    assert large.explained.sum() > 0.7 > 1 / large.factor, "although it explains most of how the weights move"
    assert len(small.sentences()) == 1
    assert "The picture deceives: " in large.sentences(["SGD", "Momentum", "RMSProp", "Adam"])[1]
    assert large.sentences()[0].endswith("the best plane of a random walk of as many points holds 76%.")


def test_batch_normalization_on_a_plane_is_said() -> None:
    net = Network((2, 4, 1), batch_norm=True)
    plane = planes.random(net, net.initial("he")[0])
    landscape = plane.landscape(net, MOONS.x, MOONS.y)
    assert "Batch normalization uses the statistics of all training examples" in planes.relief(landscape, [], 2).sentences()[-1]
    assert landscape.value([[0.5], [0.5]]) == pytest.approx(net.loss(plane.points([[0.5], [0.5]]), MOONS.x, MOONS.y))


def test_the_straight_line_between_two_points_and_its_barrier() -> None:
    """Goodfellow et al. 2015: from start to end the loss falls without a wall."""
    down = planes.line(NET, THREE[1][0], THREE[1][-1], MOONS.x, MOONS.y)
    assert down.falls
    assert down.barrier == pytest.approx(0, abs=1e-12)
    assert down.losses[[0, -1]] == pytest.approx(NET.loss(THREE[1][[0, -1]], MOONS.x, MOONS.y))
    swapped = NET.unpack(THREE[1][-1])[0][0][0, [1, 0, 2, 3]]  # the same function with two units in each other's place
    other = THREE[1][-1].copy()
    first, second = NET.layers
    other[first.weight] = swapped.reshape(-1)
    other[first.bias] = other[first.bias][[1, 0, 2, 3]]
    other[second.weight] = other[second.weight][[1, 0, 2, 3]]
    between = planes.line(NET, THREE[1][-1], other, MOONS.x, MOONS.y, beyond=0.5)
    assert between.shares[[0, -1]] == pytest.approx([-0.5, 1.5])
    assert between.between[0] == pytest.approx(between.between[-1])
    assert between.barrier > 0.01
    assert between.barrier == pytest.approx(between.above_line, abs=1e-9)
    assert not between.falls


def test_the_noise_of_batches_on_a_plane() -> None:
    """Its covariance is S/B (1 - B/N): against batches that are drawn, within 3%, and 0 where a batch is all examples."""
    plane, weights = PLANES["pca"], PATHS[[3, 20]]
    covariance = planes.plane_noise(plane, NET, weights, MOONS.x, MOONS.y, 8)
    count = len(MOONS.x)
    each = np.array([NET.gradient(weights, MOONS.x[i : i + 1], MOONS.y[i : i + 1]) @ plane.directions.T for i in range(count)])
    draws = np.random.default_rng(0)
    drawn = draws.permuted(np.tile(np.arange(count), (40_000, 1)), axis=1)[:, :8]
    for point in range(2):
        seen = np.cov(each[drawn, point].mean(axis=1).T)
        assert seen[[0, 0, 1], [0, 1, 1]] == pytest.approx(covariance[point], abs=0.03 * covariance[point].max())
    assert planes.plane_noise(plane, NET, weights, MOONS.x, MOONS.y, count) == pytest.approx(0)
    with pytest.raises(ValueError, match="batch is 41; choose a whole number from 1 to 40"):
        planes.plane_noise(plane, NET, weights, MOONS.x, MOONS.y, 41)


def test_any_function_of_a_weight_vector_is_a_landscape_on_a_plane(monkeypatch: pytest.MonkeyPatch) -> None:
    plane = PLANES["pca"]
    wanted = plane.landscape(NET, MOONS.x, MOONS.y)
    own = planes.landscape_of(plane, lambda weights: NET.loss(weights, MOONS.x, MOONS.y)[0], name="mine")
    both = planes.landscape_of(plane, lambda w: NET.loss(w, MOONS.x, MOONS.y), lambda w: NET.gradient(w, MOONS.x, MOONS.y), batched=True)
    at = np.random.default_rng(1).uniform(-1, 1, (2, 5))
    assert own.name == "mine"
    for landscape, digits in ((own, 1e-7), (both, 1e-12)):
        assert landscape.value(at) == pytest.approx(wanted.value(at), rel=1e-12)
        assert landscape.gradient(at) == pytest.approx(wanted.gradient(at), abs=digits)
    assert own.hessian(at) == pytest.approx(wanted.hessian(at), abs=1e-3)
    assert planes.relief(own, [PATHS], 4).values == pytest.approx(wanted.grid(4))
    with pytest.raises(ValueError, match="value must return one number for each weight vector"):
        planes.landscape_of(plane, lambda weights: weights).value(at)
    returned: list[tuple[Any, str]] = [(None, "None"), ("0.5", "'0.5'"), (1j, "1j"), ([1.0, None], "None")]
    for (given, came), batched in itertools.product(returned, (False, True)):
        own_loss = mock.Mock(return_value=given)
        with pytest.raises(TypeError, match=f"value must return real numbers, and has returned {came}"):
            planes.landscape_of(plane, own_loss, batched=batched).value(at)
    monkeypatch.setattr("networks.planes.plane._AT_ONCE", 3 * 8 * NET.size)
    by_parts, whole = planes.relief(wanted, [PATHS], 2), relief_of("pca", 2, [PATHS])
    for name in ("coordinates", "true_losses", "plane_losses"):
        assert getattr(by_parts, name)[0] == pytest.approx(getattr(whole, name)[0], rel=1e-9), "some points at a time"
    assert by_parts.explained == pytest.approx(plane.explained)
    single = planes.pca(PATHS.astype(np.float32))
    assert planes.relief(wanted, [PATHS.astype(np.float32)], 2).true_losses[0] == pytest.approx(whole.true_losses[0], rel=1e-5)
    assert single.explained == pytest.approx(plane.explained, rel=1e-5)
    for third, told in ((PATHS[2][:3], r"vectors of as many weights.*\(3,\)"), (np.full(NET.size, np.nan), "must be finite")):
        with pytest.raises(ValueError, match=told):
            planes.through(PATHS[0], PATHS[1], third)
    with pytest.raises(ValueError, match="give fewer points or single precision, leave layers out, or raise the limit with memory="):
        planes.pca(PATHS, memory=1000)


@pytest.mark.parametrize("points", [[0, 0], [0.0], None, np.zeros((3, 2))], ids=["a point", "a number", "nothing", "three rows"])
@pytest.mark.parametrize("what", ["value", "gradient", "hessian", "value_and_gradient"])
def test_coordinates_of_another_shape_are_refused_in_words(points: object, what: str) -> None:
    for landscape in (PLANES["pca"].landscape(NET, MOONS.x, MOONS.y), planes.landscape_of(PLANES["pca"], lambda weights: weights.sum())):
        with pytest.raises(ValueError, match=r"points must have the shape \(2, N\)"):
            getattr(landscape, what)(points)


def test_a_plane_without_a_finite_loss_is_refused_in_words() -> None:
    relief = planes.relief(planes.landscape_of(PLANES["pca"], lambda _: np.nan), [TRAINING.weights[:, 0]])
    with pytest.raises(ValueError, match="no point of the plane's window has a finite loss"):
        player.relief_page(relief, ["SGD"])


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_losses_and_slopes_on_a_plane_are_those_of_numpy_where_there_is_no_machine_code(
    activation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = Network((2, 16, 17, 3), activation, loss="softmax")
    data = datasets.get("blobs", n=61)
    weights = 3 * net.initial("normal", 2, seed=1)
    at = np.random.default_rng(0).uniform(-300, 300, (2, 9)) * np.array([0.001, 0.01, 1.0] * 3)

    def found() -> list[np.ndarray]:
        landscape = planes.random(net, weights[0]).landscape(net, data.x, data.y)
        return [landscape.value(at), *landscape.value_and_gradient(at), landscape.grid(9)]

    here = found()
    monkeypatch.setattr("networks.planes.compiled.available", lambda: False)
    for compiled, by_numpy in zip(here, found(), strict=True):
        assert np.isfinite(by_numpy).all()
        assert np.abs(compiled - by_numpy).max() < 1e-14 * max(1, np.abs(by_numpy).max())
    sums = np.repeat([[np.inf, -np.inf, np.nan, 1e308, -1e308, -0.0]], 16, axis=0)[None]
    monkeypatch.undo()
    for routine, arguments in compiled_shares(sums) or []:
        routine(*arguments)
        assert sums[0, 0] == pytest.approx([0, 1, np.nan, 0, 1, 0.5], abs=1e-300, nan_ok=True)


def test_a_grid_tells_how_far_it_is_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    landscape = PLANES["pca"].landscape(NET, MOONS.x, MOONS.y)
    whole = landscape.grid(12)
    monkeypatch.setattr("networks.planes.plane._POINTS", 40)
    monkeypatch.setattr("simulation.progress.time.monotonic", itertools.count().__next__)
    told: list[float] = []
    assert (landscape.grid(12, told.append) == whole).all(), "in pieces the same to the last bit"
    assert told == sorted(told)
    assert {0.5, 1.0} <= set(told)
    with pytest.raises(simulation.Cancelled):
        landscape.grid(12, lambda fraction: False)
    monkeypatch.setattr("networks.planes.plane._THREADED_FROM", 1)
    assert (landscape.grid(12) == whole).all(), "and on several threads"


def test_losses_of_many_examples_are_those_of_some_at_a_time() -> None:
    """To the last bit, as they are recorded in trainings."""
    for norm in (False, True):
        net = Network((2, 7, 5, 3), batch_norm=norm, loss="softmax")
        draws = np.random.default_rng(0)
        x, y = draws.standard_normal((997, 2)), draws.integers(0, 3, 997)
        weights = net.initial("he", 30)
        rows = rows_of(net, *net.check_examples(x, y))
        assert (net.loss(weights, x, y) == np.concatenate(in_chunks(net, weights, rows, lambda passes, _: passes.losses()))).all()
        if norm:
            running = np.abs(draws.standard_normal((30, 24)))
            some = np.stack([net.loss(weights, x[[i]], y[[i]], statistics=running) for i in range(0, 997, 83)])
            assert some.mean(axis=0) == pytest.approx(net.loss(weights, x[::83], y[::83], statistics=running))
            assert net.loss(weights, x, y, statistics=running)[3] == net.loss(weights[3], x, y, statistics=running[3])[0]
