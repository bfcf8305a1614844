"""Planes through weight space, and the loss on them as a landscape."""

from __future__ import annotations

import numpy as np
import pytest

import optimizers
import simulation
from networks import Network, datasets, planes, train
from networks.objective import NetworkLoss

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
    assert landscape.value(at) == pytest.approx(NET.loss(plane.points(at), MOONS.x, MOONS.y, l2=0.01), abs=0)
    for axis in range(2):
        step = np.zeros((2, 1))
        step[axis] = 1e-6
        slope = (landscape.value(at + step) - landscape.value(at - step)) / 2e-6
        assert landscape.gradient(at)[axis] == pytest.approx(slope, abs=1e-7)
        bend = (landscape.gradient(at + step) - landscape.gradient(at - step)) / 2e-6
        assert landscape.hessian(at)[axis] == pytest.approx(bend, abs=1e-5)
    assert landscape.window == plane.window


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
    """Antognini and Sohl-Dickstein 2018: 6/pi² of the variance along the first component, 76 % along the first two."""
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
