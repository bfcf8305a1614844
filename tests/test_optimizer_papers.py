"""Methods and variants that torch.optim lacks, against three steps worked out from their papers' equations in plain Python floats.

Where a method treats each axis on its own, the surface is (x² + 20 y²)/2 and an axis is worked out as a function of its start and its
curvature c, the slope being c x; the numbers in the comments are those of the x-axis (c = 1) unless they say otherwise. Settings are
such that every branch of a method is taken within the three steps.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from landscapes import Landscape
from optimizers import Optimizer
from optimizers.searches import backtrack, bracket
from parameters import Array
from simulation.dissect import dissect
from simulation.noise import Noise

RAVINE = landscapes.get("ravine", condition=20.0, angle=0.0)
CURVED = landscapes.from_formula("x**3/3 + x*y - y**2", ((-2, 2), (-2, 2)))
"""Gradient (x² + y, x - 2 y), Hessian ((2 x, 1), (1, -2)): indefinite where x > -1/4, negative definite elsewhere."""


def sign(value: float) -> float:
    return math.copysign(1.0, value) if value else 0.0


def assert_path(landscape: Landscape, optimizer: Optimizer, expected: list[tuple[float, float]]) -> None:
    """The engine takes the three steps that were worked out by hand, to 1e-12; the first point is the start."""
    run = simulation.run(landscape, optimizer, [[expected[0][0]], [expected[0][1]]], len(expected) - 1)
    assert len(expected) == 4
    for ours, theirs in zip(run.positions[:, :, 0].tolist(), expected, strict=True):
        for value, reference in zip(ours, theirs, strict=True):
            assert abs(value - reference) <= 1e-12 * max(1.0, abs(reference))


def test_adam_without_its_corrections() -> None:
    """Kingma and Ba 2015, Algorithm 1 with m and v in place of their corrected values (torch always corrects)."""
    lr, b1, b2, eps = 0.1, 0.9, 0.99, 1e-3

    def axis(x0: float, c: float) -> list[float]:
        g1 = c * x0  # 1
        m1, v1 = (1 - b1) * g1, (1 - b2) * g1**2  # 0.1, 0.01
        x1 = x0 - lr * m1 / (math.sqrt(v1) + eps)  # 1 - 0.01/0.101
        g2 = c * x1
        m2, v2 = b1 * m1 + (1 - b1) * g2, b2 * v1 + (1 - b2) * g2**2
        x2 = x1 - lr * m2 / (math.sqrt(v2) + eps)
        g3 = c * x2
        m3, v3 = b1 * m2 + (1 - b1) * g3, b2 * v2 + (1 - b2) * g3**2
        x3 = x2 - lr * m3 / (math.sqrt(v3) + eps)
        return [x0, x1, x2, x3]

    optimizer = optimizers.get("adam", lr=lr, beta1=b1, beta2=b2, eps=eps, bias_correction=False)
    assert_path(RAVINE, optimizer, list(zip(axis(1.0, 1.0), axis(0.3, 20.0), strict=True)))


def test_adabelief() -> None:
    """Zhuang et al. 2020, Algorithm 2.

    m = b1 m + (1 - b1) g; s = b2 s + (1 - b2) (g - m)² + eps; both corrected as Adam's; x - lr m/(sqrt(s) + eps).
    """
    lr, b1, b2, eps = 0.1, 0.9, 0.99, 1e-3

    def axis(x0: float, c: float) -> list[float]:
        g1 = c * x0  # 1
        m1 = 0.1 * g1  # 0.1
        s1 = 0.01 * (g1 - m1) ** 2 + eps  # 0.0081 + 0.001 = 0.0091
        x1 = x0 - lr * (m1 / (1 - b1)) / (math.sqrt(s1 / (1 - b2)) + eps)  # 1 - 0.1 · 1/(sqrt(0.91) + 0.001)
        g2 = c * x1
        m2 = b1 * m1 + 0.1 * g2
        s2 = b2 * s1 + 0.01 * (g2 - m2) ** 2 + eps
        x2 = x1 - lr * (m2 / (1 - b1**2)) / (math.sqrt(s2 / (1 - b2**2)) + eps)
        g3 = c * x2
        m3 = b1 * m2 + 0.1 * g3
        s3 = b2 * s2 + 0.01 * (g3 - m3) ** 2 + eps
        x3 = x2 - lr * (m3 / (1 - b1**3)) / (math.sqrt(s3 / (1 - b2**3)) + eps)
        return [x0, x1, x2, x3]

    optimizer = optimizers.get("adabelief", lr=lr, beta1=b1, beta2=b2, eps=eps)
    assert_path(RAVINE, optimizer, list(zip(axis(1.0, 1.0), axis(0.3, 20.0), strict=True)))


def test_yogi() -> None:
    """Zaheer et al. 2018, Algorithm 2: m = b1 m + (1 - b1) g; v = v - (1 - b2) sign(v - g²) g²; x - lr m/(sqrt(v) + eps)."""
    lr, b1, b2, eps = 4.0, 0.9, 0.5, 1e-3

    def axis(x0: float, c: float) -> list[float]:
        g1 = c * x0  # 1
        m1 = 0.1 * g1  # 0.1
        v1 = (1 - b2) * g1**2  # from 0, below g², it rises by half of g²: 0.5
        x1 = x0 - lr * m1 / (math.sqrt(v1) + eps)  # 1 - 0.4/0.708 = 0.435
        g2 = c * x1
        m2 = b1 * m1 + 0.1 * g2
        v2 = v1 - (1 - b2) * sign(v1 - g2**2) * g2**2  # 0.5 is above g² = 0.189: it falls by half of that
        x2 = x1 - lr * m2 / (math.sqrt(v2) + eps)
        g3 = c * x2
        m3 = b1 * m2 + 0.1 * g3
        v3 = v2 - (1 - b2) * sign(v2 - g3**2) * g3**2
        x3 = x2 - lr * m3 / (math.sqrt(v3) + eps)
        assert (v2 < v1) == (c == 1.0)  # on the y-axis, with a longer way to go, it rises
        return [x0, x1, x2, x3]

    optimizer = optimizers.get("yogi", lr=lr, beta1=b1, beta2=b2, eps=eps)
    assert_path(RAVINE, optimizer, list(zip(axis(1.0, 1.0), axis(2.0, 20.0), strict=True)))


def test_lion() -> None:
    """Chen et al. 2023, Algorithm 2: x - lr (sign(b1 m + (1 - b1) g) + decay x), and only then m = b2 m + (1 - b2) g."""
    decay = 0.1  # lr = 1, b1 = 0.6, b2 = 0.8

    x = [1.0]  # the slope of x²/2 is x
    x.append(x[0] - (1.0 + decay * x[0]))  # 0.4 · 1 > 0: down by 1.1, to -0.1
    m = 0.2 * x[0]  # 0.2
    x.append(x[1] - (1.0 + decay * x[1]))  # 0.6 · 0.2 - 0.4 · 0.1 > 0: still down, by 0.99, to -1.09
    m = 0.8 * m + 0.2 * x[1]  # 0.16 - 0.02 = 0.14
    assert 0.6 * m + 0.4 * x[2] < 0
    x.append(x[2] - (-1.0 + decay * x[2]))  # 0.6 · 0.14 - 0.4 · 1.09 < 0: up by 1.109, to 0.019

    y = [0.3]  # the slope of 10 y² is 20 y
    y.append(y[0] - (1.0 + decay * y[0]))  # down by 1.03, to -0.73
    m = 0.2 * 20.0 * y[0]  # 1.2
    y.append(y[1] - (-1.0 + decay * y[1]))  # 0.6 · 1.2 - 0.4 · 14.6 < 0: up by 1.073, to 0.343
    m = 0.8 * m + 0.2 * 20.0 * y[1]  # 0.96 - 2.92 = -1.96
    assert 0.6 * m + 0.4 * 20.0 * y[2] > 0
    y.append(y[2] - (1.0 + decay * y[2]))  # -1.176 + 2.744 > 0: down

    optimizer = optimizers.get("lion", lr=1.0, beta1=0.6, beta2=0.8, weight_decay=decay)
    assert_path(RAVINE, optimizer, list(zip(x, y, strict=True)))


def test_signum() -> None:
    """Bernstein et al. 2018, Algorithm 2 without decay: m = b m + (1 - b) g; x - lr sign(m)."""
    # lr = 1.5, b = 0.6
    x = [1.0, 1.0 - 1.5]  # m = 0.4 · 1
    x.append(x[1] - 1.5)  # m = 0.6 · 0.4 - 0.4 · 0.5 = 0.04: the mean still points uphill although the slope does not
    x.append(x[2] + 1.5)  # m = 0.6 · 0.04 - 0.4 · 2 < 0
    y = [0.3, 0.3 - 1.5]  # m = 0.4 · 6 = 2.4
    y.append(y[1] + 1.5)  # m = 0.6 · 2.4 - 0.4 · 24 = -8.16
    y.append(y[2] + 1.5)  # m = -0.6 · 8.16 + 0.4 · 6 = -2.496
    assert_path(RAVINE, optimizers.get("signum", lr=1.5, momentum=0.6), list(zip(x, y, strict=True)))


def test_adan() -> None:
    """Xie et al. 2022, Algorithm 1, with betas as 1 minus the paper's and the corrections of the authors' code.

    d = g - the last g (0 at first); m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) d; n = b3 n + (1 - b3) (g + b2 d)²;
    u = (m/(1 - b1^t) + b2 v/(1 - b2^t))/(sqrt(n/(1 - b3^t)) + eps); x = (x - lr u)/(1 + lr decay).
    """
    lr, b1, b2, b3, eps, decay = 0.1, 0.98, 0.92, 0.99, 1e-3, 0.5

    def axis(x0: float, c: float) -> list[float]:
        g1 = c * x0  # 1
        m1 = (1 - b1) * g1  # 0.02
        n1 = (1 - b3) * g1**2  # 0.01; v is still 0
        u1 = (m1 / (1 - b1)) / (math.sqrt(n1 / (1 - b3)) + eps)  # 1/1.001
        x1 = (x0 - lr * u1) / (1 + lr * decay)  # 0.9001/1.05
        g2 = c * x1
        d2 = g2 - g1
        m2 = b1 * m1 + (1 - b1) * g2
        v2 = (1 - b2) * d2
        n2 = b3 * n1 + (1 - b3) * (g2 + b2 * d2) ** 2
        u2 = (m2 / (1 - b1**2) + b2 * v2 / (1 - b2**2)) / (math.sqrt(n2 / (1 - b3**2)) + eps)
        x2 = (x1 - lr * u2) / (1 + lr * decay)
        g3 = c * x2
        d3 = g3 - g2
        m3 = b1 * m2 + (1 - b1) * g3
        v3 = b2 * v2 + (1 - b2) * d3
        n3 = b3 * n2 + (1 - b3) * (g3 + b2 * d3) ** 2
        u3 = (m3 / (1 - b1**3) + b2 * v3 / (1 - b2**3)) / (math.sqrt(n3 / (1 - b3**3)) + eps)
        x3 = (x2 - lr * u3) / (1 + lr * decay)
        return [x0, x1, x2, x3]

    optimizer = optimizers.get("adan", lr=lr, beta1=b1, beta2=b2, beta3=b3, eps=eps, weight_decay=decay)
    assert_path(RAVINE, optimizer, list(zip(axis(1.0, 1.0), axis(0.3, 20.0), strict=True)))


def test_schedule_free_sgd() -> None:
    """Defazio et al. 2024, section 2: y = (1 - b) z + b x; z = z - lr g(y); x = (1 - 1/t) x + z/t, at a learning rate that stays."""
    lr, b = 0.05, 0.9

    def axis(x0: float, c: float) -> list[float]:
        z1 = x0 - lr * c * x0  # y = x = z = 1 at first: 0.95
        x1 = z1  # the mean of one point
        y2 = (1 - b) * z1 + b * x1  # 0.95 again
        z2 = z1 - lr * c * y2  # 0.9025
        x2 = (z1 + z2) / 2  # 0.92625
        y3 = (1 - b) * z2 + b * x2  # 0.09025 + 0.833625 = 0.923875
        z3 = z2 - lr * c * y3  # 0.9025 - 0.04619375
        x3 = (z1 + z2 + z3) / 3
        return [x0, x1, x2, x3]

    optimizer = optimizers.get("schedule_free_sgd", lr=lr, momentum=b)
    assert_path(RAVINE, optimizer, list(zip(axis(1.0, 1.0), axis(0.3, 20.0), strict=True)))


def test_schedule_free_adamw() -> None:
    """Defazio et al. 2024, Algorithm 1 without warm-up.

    y = (1 - b1) z + b1 x; v = b2 v + (1 - b2) g(y)²; r = lr sqrt(1 - b2^t); z = z - r g(y)/(sqrt(v) + eps) - r decay y;
    c = r²/(the sum of all r²); x = (1 - c) x + c z.
    """
    lr, b1, b2, eps, decay = 0.1, 0.9, 0.99, 1e-3, 0.5
    r1, r2, r3 = lr * math.sqrt(1 - b2), lr * math.sqrt(1 - b2**2), lr * math.sqrt(1 - b2**3)

    def axis(x0: float, c: float) -> list[float]:
        g1 = c * x0  # y = x = z = 1 at first
        v1 = (1 - b2) * g1**2  # 0.01
        z1 = x0 - r1 * g1 / (math.sqrt(v1) + eps) - r1 * decay * x0  # 1 - 0.01/0.101 - 0.005
        x1 = z1  # all the weight there is
        y2 = (1 - b1) * z1 + b1 * x1
        g2 = c * y2
        v2 = b2 * v1 + (1 - b2) * g2**2
        z2 = z1 - r2 * g2 / (math.sqrt(v2) + eps) - r2 * decay * y2
        x2 = (r1**2 * z1 + r2**2 * z2) / (r1**2 + r2**2)  # 1/2.99 of z1 and 1.99/2.99 of z2
        y3 = (1 - b1) * z2 + b1 * x2
        g3 = c * y3
        v3 = b2 * v2 + (1 - b2) * g3**2
        z3 = z2 - r3 * g3 / (math.sqrt(v3) + eps) - r3 * decay * y3
        x3 = (r1**2 * z1 + r2**2 * z2 + r3**2 * z3) / (r1**2 + r2**2 + r3**2)
        return [x0, x1, x2, x3]

    optimizer = optimizers.get("schedule_free_adamw", lr=lr, beta1=b1, beta2=b2, eps=eps, weight_decay=decay)
    assert_path(RAVINE, optimizer, list(zip(axis(1.0, 1.0), axis(0.3, 20.0), strict=True)))


def test_sam() -> None:
    """Foret et al. 2021, Algorithm 1 on SGD: up by rho g/|g|, and from the old point a step by the slope up there."""
    lr, rho, decay = 0.05, 0.5, 0.1
    x, y = 1.0, 0.3
    path = [(x, y)]
    for _ in range(3):  # first: g = (1, 6), |g| = sqrt(37); up to (1 + 0.5/sqrt(37), 0.3 + 3/sqrt(37)), where the slope is (1.08, 15.9)
        length = math.sqrt(x**2 + (20.0 * y) ** 2)
        above_x, above_y = x + rho * x / length, y + rho * 20.0 * y / length
        x, y = x - lr * (above_x + decay * x), y - lr * (20.0 * above_y + decay * y)
        path.append((x, y))
    assert_path(RAVINE, optimizers.get("sam", lr=lr, rho=rho, weight_decay=decay), path)


def test_newton() -> None:
    """Levenberg 1944: x - lr (H + damping I)^-1 g, the two equations solved by Cramer's rule."""
    lr, damping = 0.5, 0.1
    x, y = 1.0, 0.3
    path = [(x, y)]
    for _ in range(3):  # first: g = (1.3, 0.4), H + damping I = ((2.1, 1), (1, -1.9)), determinant -4.99
        gx, gy = x**2 + y, x - 2.0 * y
        xx, yy = 2.0 * x + damping, -2.0 + damping
        determinant = xx * yy - 1.0
        x, y = x - lr * (gx * yy - gy) / determinant, y - lr * (xx * gy - gx) / determinant
        path.append((x, y))
    assert_path(CURVED, optimizers.get("newton", lr=lr, damping=damping), path)


def test_saddle_free_newton() -> None:
    """Dauphin et al. 2014, Algorithm 1: in the directions of the Hessian's eigenvectors, a step of g/(|eigenvalue| + damping)."""
    lr, damping = 0.5, 0.1
    for start in ((1.0, 0.3), (-1.5, 0.4)):  # between an upward and a downward curvature; where both are downward
        x, y = start
        path = [(x, y)]
        for _ in range(3):
            gx, gy = x**2 + y, x - 2.0 * y
            angle = math.atan2(2.0, 2.0 * x + 2.0) / 2  # of the first eigenvector: tan(2 angle) = 2 Hxy/(Hxx - Hyy)
            c, s = math.cos(angle), math.sin(angle)
            along = 2.0 * x * c**2 + 2.0 * c * s - 2.0 * s**2  # the eigenvalue of (c, s)
            across = 2.0 * x * s**2 - 2.0 * c * s - 2.0 * c**2  # the eigenvalue of (-s, c)
            first = (c * gx + s * gy) / (abs(along) + damping)
            second = (-s * gx + c * gy) / (abs(across) + damping)
            x, y = x - lr * (c * first - s * second), y - lr * (s * first + c * second)
            path.append((x, y))
        assert_path(CURVED, optimizers.get("saddle_free_newton", lr=lr, damping=damping), path)


def test_bfgs() -> None:
    """Nocedal and Wright 2006, Algorithm 6.1 with the start of eq. 6.20, the step length by Algorithm 3.1 (halving, c = 1e-4).

    H = (I - r s c') H (I - r c s') + r s s' with r = 1/(s' c), where s is the last step and c the change of the gradient along it; before
    the first update H = (s' c)/(c' c) I.
    """

    def f(x: float, y: float) -> float:
        return (x**2 + 20.0 * y**2) / 2

    def step_length(x: float, y: float, dx: float, dy: float) -> float:
        length = 1.0
        while f(x + length * dx, y + length * dy) > f(x, y) + 1e-4 * length * (dx * x + dy * 20.0 * y):
            length /= 2
        return length

    # step 1: H = I, so straight downhill; (0, -19), (1/2, -9), (3/4, -4), (7/8, -3/2) are no lower than the start, (15/16, -1/4) is
    x0, y0 = 1.0, 1.0
    assert step_length(x0, y0, -1.0, -20.0) == 1 / 16
    path = [(x0, y0), (15 / 16, -1 / 4)]
    hxx, hxy, hyy = 1.0, 0.0, 1.0
    for _ in range(2):
        (old_x, old_y), (x, y) = path[-2:]
        sx, sy = x - old_x, y - old_y  # first (-1/16, -5/4)
        cx, cy = sx, 20.0 * sy  # first (-1/16, -25)
        r = 1.0 / (sx * cx + sy * cy)
        if len(path) == 2:
            hxx = hyy = (sx * cx + sy * cy) / (cx * cx + cy * cy)
        a, b, c, d = 1.0 - r * sx * cx, -r * sx * cy, -r * sy * cx, 1.0 - r * sy * cy  # I - r s c' = ((a, b), (c, d))
        hxx, hxy, hyy = (
            a * a * hxx + 2.0 * a * b * hxy + b * b * hyy + r * sx * sx,
            a * c * hxx + (a * d + b * c) * hxy + b * d * hyy + r * sx * sy,
            c * c * hxx + 2.0 * c * d * hxy + d * d * hyy + r * sy * sy,
        )
        assert math.isclose(hxx * cx + hxy * cy, sx)  # it explains the last step
        assert math.isclose(hxy * cx + hyy * cy, sy)
        dx, dy = -(hxx * x + hxy * 20.0 * y), -(hxy * x + hyy * 20.0 * y)
        length = step_length(x, y, dx, dy)
        path.append((x + length * dx, y + length * dy))
    assert_path(RAVINE, optimizers.get("bfgs"), path)


def test_bfgs_asks_for_a_ten_thousandth_of_what_the_slope_promises() -> None:
    """Armijo's rule at its edge: along y, a step of length a on c y²/2 lowers the loss by 1 - a c/2 of what the slope promises."""
    for condition, expected in (
        (30.0, 1 / 16),  # 1 - 30/32 = 0.06: enough
        (31.99, 1 / 16),  # 1 - 31.99/32 = 3e-4: still enough
        (31.999, 1 / 32),  # 3e-5: the loss falls, but by too little
    ):
        run = simulation.run(landscapes.get("ravine", condition=condition), optimizers.get("bfgs"), [[0.0], [1.0]], 1)
        assert math.isclose(run.positions[1, 1, 0], 1.0 - expected * condition)


def test_bfgs_takes_no_step_that_raises_the_loss() -> None:
    """On 1e13 (x² + 3 y²) more than 40 halvings are needed; at the bottom, and where the slope points the wrong way, none is enough."""
    steep = landscapes.from_formula("1e13*(x**2 + 3*y**2)", ((-2, 2), (-2, 2)))
    run = simulation.run(steep, optimizers.get("bfgs"), [[1.0, 0.0], [1.0, 0.0]], 30)
    assert (run.losses[1:, 0] <= run.losses[:-1, 0]).all()
    assert run.losses[-1, 0] < 1e-10
    assert not run.positions[:, :, 1].any()
    shifted = landscapes.from_formula("(x - 1)**2 + (y - 2)**2 + 1e8", ((-2, 2), (-2, 2)))
    near = simulation.run(shifted, optimizers.get("bfgs"), [[1.0 + 1e-6], [2.0]], 30)
    assert (near.losses <= near.losses[0]).all()

    length = np.full((2, 1), np.nan)
    at, uphill = np.array([[1.0], [2.0]]), np.array([[1.0], [1.0]])
    backtrack(lambda points: np.add.reduce(points**2, axis=0), at, uphill, -uphill, length)
    assert np.add.reduce((at + length * uphill) ** 2) <= 5.0, "a slope that is not the loss' own promises a fall that never comes"


def test_bfgs_never_raises_the_loss_where_rounding_has_spoilt_its_matrix() -> None:
    """From 4 of these starts on Easom's plateau it flew away along a direction that led uphill."""
    starts = np.random.default_rng(7).uniform(-2, 8, (2, 6000))
    losses = simulation.run(landscapes.get("easom"), optimizers.get("bfgs"), starts, 80).losses
    assert np.diff(losses, axis=0).max() <= 1e-15


def test_ademamix() -> None:
    """Pagliardini et al. 2024, Algorithm 1.

    m = b1 m + (1 - b1) g, corrected; n = b3(t) n + (1 - b3(t)) g, not corrected; v as Adam's; with T steps of rise, alpha(t) = alpha t/T
    and b3(t) = min(exp(ln b1 ln b3/((1 - t/T) ln b3 + t/T ln b1)), b3); x - lr ((m + alpha(t) n)/(sqrt(v) + eps) + decay x).
    """
    lr, b1, b2, b3, alpha, eps, decay, rise = 0.1, 0.9, 0.99, 0.999, 4.0, 1e-3, 0.5, 2

    def axis(x0: float, c: float) -> list[float]:
        path, m, n, v = [x0], 0.0, 0.0, 0.0
        for t in (1, 2, 3):  # half way up, up, and on
            share = min(t / rise, 1.0)
            memory = min(math.exp(math.log(b1) * math.log(b3) / ((1 - share) * math.log(b3) + share * math.log(b1))), b3)
            g, x = c * path[-1], path[-1]
            m, n, v = b1 * m + (1 - b1) * g, memory * n + (1 - memory) * g, b2 * v + (1 - b2) * g**2
            top = m / (1 - b1**t) + alpha * share * n
            path.append(x - lr * (top / (math.sqrt(v / (1 - b2**t)) + eps) + decay * x))
        return path

    optimizer = optimizers.get("ademamix", lr=lr, beta1=b1, beta2=b2, beta3=b3, alpha=alpha, eps=eps, weight_decay=decay, ramp=rise)
    assert_path(RAVINE, optimizer, list(zip(axis(1.0, 1.0), axis(0.3, 20.0), strict=True)))


@pytest.mark.parametrize("clip", [True, False])
def test_adopt(clip: bool) -> None:
    """Taniguchi et al. 2024, Algorithm 2: v = g² and no move at first; then m = b1 m + (1 - b1) g/max(sqrt(v), eps) with the v before,
    x - lr m, and only then v = b2 v + (1 - b2) g². Clipped, what enters m is at most the fourth root of the steps before."""
    lr, b1, b2 = 3.0, 0.9, 0.5

    def axis(x0: float, c: float) -> list[float]:
        g1 = c * x0
        v1 = g1**2
        u2 = g1 / math.sqrt(v1)  # the point is where it was: 1
        m2 = (1 - b1) * u2
        x2 = x0 - lr * m2
        g3 = c * x2
        u3 = g3 / math.sqrt(b2 * v1 + (1 - b2) * g1**2)
        if clip:
            u3 = max(min(u3, 2**0.25), -(2**0.25))
        x3 = x2 - lr * (b1 * m2 + (1 - b1) * u3)
        return [x0, x0, x2, x3]

    path = list(zip(axis(1.0, 1.0), axis(-0.1, 20.0), strict=True))
    assert_path(RAVINE, optimizers.get("adopt", lr=lr, beta1=b1, beta2=b2, clip=clip), path)


def test_lamb() -> None:
    """You et al. 2020, Algorithm 2: u = m/(sqrt(v) + eps) + decay x, corrected as Adam's; x - lr |x|/|u| u, with the norms of both axes."""
    lr, b1, b2, eps, decay = 0.1, 0.9, 0.99, 1e-3, 0.5
    path, m, v = [(1.0, 0.3)], (0.0, 0.0), (0.0, 0.0)
    for t in (1, 2, 3):
        point = path[-1]
        g = (point[0], 20.0 * point[1])
        m = (b1 * m[0] + (1 - b1) * g[0], b1 * m[1] + (1 - b1) * g[1])
        v = (b2 * v[0] + (1 - b2) * g[0] ** 2, b2 * v[1] + (1 - b2) * g[1] ** 2)
        u = [m[i] / (1 - b1**t) / (math.sqrt(v[i] / (1 - b2**t)) + eps) + decay * point[i] for i in (0, 1)]
        trust = math.hypot(*point) / math.hypot(*u)
        path.append((point[0] - lr * trust * u[0], point[1] - lr * trust * u[1]))
    assert_path(RAVINE, optimizers.get("lamb", lr=lr, beta1=b1, beta2=b2, eps=eps, weight_decay=decay), path)


def test_lars() -> None:
    """You et al. 2017, Algorithm 1: local = trust |x|/(|g| + decay |x|); v = rho v + lr local (g + decay x); x - v."""
    lr, trust, rho, decay = 2.0, 0.05, 0.5, 0.1
    path, v = [(1.0, 0.3)], (0.0, 0.0)
    for _ in range(3):
        x, y = path[-1]
        local = trust * math.hypot(x, y) / (math.hypot(x, 20.0 * y) + decay * math.hypot(x, y))
        v = (rho * v[0] + lr * local * (x + decay * x), rho * v[1] + lr * local * (20.0 * y + decay * y))
        path.append((x - v[0], y - v[1]))
    assert_path(RAVINE, optimizers.get("lars", lr=lr, trust=trust, momentum=rho, weight_decay=decay), path)


def test_relative_steps_begin_at_the_origin_by_plain_ones() -> None:
    """There a share of the distance would be none: LARS and LAMB take the step itself, as their authors' code does."""
    plane = landscapes.from_formula("3*x + 4*y", ((-2, 2), (-2, 2)))
    (lars, lamb) = (simulation.run(plane, optimizers.get(name, lr=0.1), [[0.0], [0.0]], 1).positions[1, :, 0] for name in ("lars", "lamb"))
    assert lars.tolist() == pytest.approx([-0.3, -0.4])
    assert lamb.tolist() == pytest.approx([-0.1, -0.1], rel=1e-5)


def test_polyaks_step_size() -> None:
    """x - lr (f - f*)/|g|² g. On x²/2 alone it is half the way; told a value too low, it goes further."""
    for lowest in (0.0, -2.0):
        path = [(1.0, 0.3)]
        for _ in range(3):
            x, y = path[-1]
            step = 0.9 * ((x**2 + 20.0 * y**2) / 2 - lowest) / (x**2 + (20.0 * y) ** 2)
            path.append((x - step * x, y - step * 20.0 * y))
        assert_path(RAVINE, optimizers.get("polyak_step_size", lr=0.9, lowest=lowest), path)
    arrived = simulation.run(RAVINE, optimizers.get("polyak_step_size", lowest=50.0), [[1.0], [0.3]], 3)
    assert (arrived.positions == arrived.positions[0]).all(), "below the lowest there is nothing to do"


def test_prodigy() -> None:
    """Mishchenko and Defazio 2024, Algorithm 4, with d = d0 at first:

    m = b1 m + (1 - b1) d g; v = b2 v + (1 - b2) d² g²; r = sqrt(b2) r + (1 - sqrt(b2)) lr d² <g, x0 - x>; s likewise with lr d² g;
    x - lr d m/(sqrt(v) + d eps); and d = max(d, r/|s|_1), which counts from the next step on.
    """
    lr, b1, b2, eps, d, decay = 1.0, 0.9, 0.9, 1e-3, 0.05, 0.1
    half = math.sqrt(b2)
    start = (1.0, 0.3)
    path, m, v, s, r, estimates = [start], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], 0.0, [d]
    for _ in range(3):
        point = path[-1]
        g = (point[0], 20.0 * point[1])
        r = half * r + (1 - half) * lr * d**2 * sum(g[i] * (start[i] - point[i]) for i in (0, 1))
        new = []
        for i in (0, 1):
            m[i] = b1 * m[i] + (1 - b1) * d * g[i]
            v[i] = b2 * v[i] + (1 - b2) * d**2 * g[i] ** 2
            s[i] = half * s[i] + (1 - half) * lr * d**2 * g[i]
            new.append(point[i] - lr * d * (m[i] / (math.sqrt(v[i]) + d * eps) + decay * point[i]))
        path.append((new[0], new[1]))
        d = max(d, r / (abs(s[0]) + abs(s[1])))
        estimates.append(d)
    assert estimates == sorted(estimates)
    optimizer = optimizers.get("prodigy", lr=lr, beta1=b1, beta2=b2, eps=eps, d0=estimates[0], weight_decay=decay)
    assert_path(RAVINE, optimizer, path)
    shown = dissect(simulation.run(RAVINE, optimizer, [[1.0], [0.3]], 60))
    assert shown.anatomy.before["d"][0, -1] > 2 * estimates[0], "it learns that the solution is further away"


def test_schedule_free_adamw_as_its_authors_code_has_it() -> None:
    """adamw_schedulefree.py without warm-up: v/(1 - b2^t) in place of a corrected rate, so weight decay is whole and all steps weigh alike.

    The first step is the paper's but for eps and decay; from the second on it is another path.
    """
    lr, b1, b2, eps, decay = 0.1, 0.9, 0.99, 1e-3, 0.5

    def axis(x0: float, c: float) -> list[float]:
        path, z, v = [x0], x0, 0.0
        for t in (1, 2, 3):
            y = (1 - b1) * z + b1 * path[-1]
            g = c * y
            v = b2 * v + (1 - b2) * g**2
            z -= lr * (g / (math.sqrt(v / (1 - b2**t)) + eps) + decay * y)
            path.append((1 - 1 / t) * path[-1] + z / t)
        return path

    settings = {"lr": lr, "beta1": b1, "beta2": b2, "eps": eps, "weight_decay": decay}
    code = optimizers.get("schedule_free_adamw", **settings, as_in_code=True)
    assert_path(RAVINE, code, list(zip(axis(1.0, 1.0), axis(0.3, 20.0), strict=True)))
    paper = simulation.run(RAVINE, optimizers.get("schedule_free_adamw", **settings), [[1.0], [0.3]], 2)
    assert abs(paper.positions[2, 0, 0] - axis(1.0, 1.0)[2]) > 0.01


# ---- searches along a line


def wolfe_holds(x: tuple[float, float], d: tuple[float, float], length: float, share: float) -> bool:
    """The strong Wolfe conditions on the ravine (Nocedal and Wright 2006, equations 3.7)."""

    def f(x: float, y: float) -> float:
        return (x**2 + 20.0 * y**2) / 2

    there = (x[0] + length * d[0], x[1] + length * d[1])
    along, then = x[0] * d[0] + 20.0 * x[1] * d[1], there[0] * d[0] + 20.0 * there[1] * d[1]
    return f(*there) <= f(*x) + 1e-4 * length * along and abs(then) <= share * abs(along)


@pytest.mark.parametrize("polak_ribiere", [True, False])
def test_conjugate_gradient(polak_ribiere: bool) -> None:
    """d = -g + b d with b = max(g'(g - g_old), 0)/|g_old|² (Polak-Ribière) or |g|²/|g_old|² (Fletcher-Reeves), and a length along it that
    satisfies the strong Wolfe conditions with a tenth of the slope."""
    run = simulation.run(RAVINE, optimizers.get("conjugate_gradient", polak_ribiere=polak_ribiere), [[1.0], [0.3]], 3)
    points = [(float(x), float(y)) for x, y in run.positions[:, :, 0]]
    d, old = (0.0, 0.0), (1.0, 1.0)
    for step in range(3):
        g = (points[step][0], 20.0 * points[step][1])
        if step:
            other = (g[0] - old[0], g[1] - old[1]) if polak_ribiere else g
            b = max(g[0] * other[0] + g[1] * other[1], 0.0) / (old[0] ** 2 + old[1] ** 2)
            d = (b * d[0] - g[0], b * d[1] - g[1])
        else:
            d = (-g[0], -g[1])
        old = g
        length = (points[step + 1][0] - points[step][0]) / d[0]
        assert math.isclose(points[step + 1][1] - points[step][1], length * d[1], rel_tol=1e-9)
        assert length > 0
        assert wolfe_holds(points[step], d, length, 0.1)


def test_l_bfgs_with_a_search_goes_along_its_direction_as_the_conditions_ask() -> None:
    """With all steps remembered two steps after the first tell all of a parabola's curvature: its direction is then Newton's."""
    run = simulation.run(RAVINE, optimizers.get("l_bfgs", memory=10), [[1.0], [0.3]], 6)
    moves = np.diff(run.positions[:, :, 0], axis=0)
    assert moves[0, 1] / moves[0, 0] == pytest.approx(20.0 * 0.3), "straight downhill at first"
    for point, move in zip(run.positions[:-1, :, 0].tolist(), moves.tolist(), strict=True):
        slopes = point[0] * move[0] + 20.0 * point[1] * move[1], (point[0] + move[0]) * move[0] + 20.0 * (point[1] + move[1]) * move[1]
        assert abs(slopes[1]) <= 0.9 * abs(slopes[0])
    assert (np.diff(run.losses[:, 0]) < 0).all()
    assert run.losses[-1, 0] < 1e-3 * run.losses[0, 0]


def test_a_search_finds_the_conditions_met_or_takes_no_step() -> None:
    """One trajectory far too short, one far too long, one at the bottom, one told to go uphill, one where there is no loss."""
    scale, slope_of_one = np.array([1e-6, 1e6, 1.0, 1.0, np.nan]), np.array([1.0, 1.0, 0.0, 1.0, 1.0])
    at = np.array([[1.0, 1.0, 0.0, 1.0, 1.0], [0.0] * 5])
    direction = np.array([[-1e-6, -1e6, 0.0, 1.0, -1.0], [0.0] * 5])

    def loss(points: Array) -> Array:
        values: Array = np.where(np.isnan(scale), np.nan, points[0] ** 2 / 2 + points[1] ** 2)
        return values

    length = np.full((2, 5), np.nan)
    bracket(loss, lambda points: points * [[1.0], [2.0]], at, direction, np.stack([slope_of_one, 0 * scale]), np.array(0.1), length)
    reached = at[0] + length[0] * direction[0]
    assert (np.abs(reached[:2]) <= 0.1).all()
    assert length[:, 2:].tolist() == [[0.0, 0.0, 0.0]] * 2


# ---- without gradients


def test_nelder_mead() -> None:
    """Nelder and Mead 1965 in the form of Lagarias et al. 1998: sort; reflect; then expand, accept, contract or shrink."""

    def f(point: tuple[float, float]) -> float:
        return (point[0] ** 2 + 20.0 * point[1] ** 2) / 2

    def blend(a: tuple[float, float], b: tuple[float, float], share: float) -> tuple[float, float]:
        return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])

    kinds = set()
    for start, size in (((1.0, 0.3), 0.5), ((3.0, -1.1), 2.0), ((-0.4, 1.2), 0.7), ((2.0, 0.0), 0.05)):
        corners, path = [start, (start[0] + size, start[1]), (start[0], start[1] + size)], [start]
        for _ in range(12):
            a, b, c = sorted(corners, key=f)
            m = blend(a, b, 0.5)
            r = blend(c, m, 2.0)
            if f(r) < f(a):
                e = blend(c, m, 3.0)
                kinds.add("expand" if f(e) < f(r) else "reflect to the best")
                corners = [a, b, e if f(e) < f(r) else r]
            elif f(r) < f(b):
                kinds.add("reflect")
                corners = [a, b, r]
            else:
                k = blend(m, r, 0.5) if f(r) < f(c) else blend(m, c, 0.5)
                shrinks = f(k) >= min(f(c), f(r))
                kinds.add("shrink" if shrinks else "outside" if f(r) < f(c) else "inside")
                corners = [a, blend(a, b, 0.5), blend(a, c, 0.5)] if shrinks else [a, b, k]
            path.append(min(corners, key=f))
        run = simulation.run(RAVINE, optimizers.get("nelder_mead", lr=size), np.array([start]).T, 12)
        np.testing.assert_allclose(run.positions[:, :, 0], path, rtol=1e-12, atol=1e-14)
    assert kinds >= {"expand", "reflect", "reflect to the best", "outside", "inside"}


def test_cma_es() -> None:
    """Hansen 2016, figure 6 with the defaults of its table 1 for two dimensions, the square root of C by its eigenvectors."""
    seed, number, sigma = 7, 3, 0.4
    draws = Noise(seed, np.array([number]), 12)
    w = np.log(3.5) - np.log([1.0, 2.0, 3.0])
    w /= w.sum()
    mu = 1 / (w**2).sum()
    c_s, c_c, c_1 = (mu + 2) / (mu + 7), (4 + mu / 2) / (6 + mu), 2 / (3.3**2 + mu)
    c_mu = min(1 - c_1, 2 * (mu - 2 + 1 / mu) / (16 + mu))
    d_s, chi = 1 + 2 * max(0.0, math.sqrt((mu - 1) / 3) - 1) + c_s, math.sqrt(2) * (1 - 1 / 8 + 1 / 84)
    x, covariance, p_s, p_c = np.array([1.0, 0.3]), np.eye(2), np.zeros(2), np.zeros(2)
    path = [x]
    for t in (1, 2, 3, 4):
        sizes, axes = np.linalg.eigh(covariance)
        steps = (axes @ np.diag(np.sqrt(sizes)) @ axes.T @ draws.draw()[:, 0].reshape(6, 2).T).T
        losses = [(p[0] ** 2 + 20 * p[1] ** 2) / 2 for p in x + sigma * steps]
        best = steps[np.argsort(losses)[:3]]
        y = w @ best
        x = x + sigma * y
        p_s = (1 - c_s) * p_s + math.sqrt(c_s * (2 - c_s) * mu) * (axes @ np.diag(1 / np.sqrt(sizes)) @ axes.T @ y)
        h = np.linalg.norm(p_s) / math.sqrt(1 - (1 - c_s) ** (2 * t)) < (1.4 + 2 / 3) * chi
        p_c = (1 - c_c) * p_c + h * math.sqrt(c_c * (2 - c_c) * mu) * y
        kept = 1 - c_1 - c_mu + (not h) * c_1 * c_c * (2 - c_c)
        covariance = kept * covariance + c_1 * np.outer(p_c, p_c) + c_mu * sum(w[i] * np.outer(best[i], best[i]) for i in range(3))
        sigma *= math.exp(c_s / d_s * (np.linalg.norm(p_s) / chi - 1))
        path.append(x)
    optimizer = optimizers.get("cma_es", lr=0.4)
    run = simulation.run(RAVINE, optimizer, [[1.0], [0.3]], 4, seed=seed, numbers=[number])
    np.testing.assert_allclose(run.positions[:, :, 0], path, rtol=1e-11)
    among = simulation.run(RAVINE, optimizer, np.tile([[1.0], [0.3]], 9), 4, seed=seed, chunk=2)
    assert np.array_equal(among.positions[:, :, number], run.positions[:, :, 0]), "chance depends on the seed and the trajectory alone"
    assert not np.isclose(among.positions[-1, :, 0], run.positions[-1, :, 0]).any()


def test_noise_on_the_gradient_does_not_reach_methods_that_ask_for_none() -> None:
    for name in ("nelder_mead", "cma_es"):
        plain, noisy = (simulation.run(CURVED, optimizers.get(name), [[1.0], [0.3]], 10, noise=noise) for noise in (0.0, 5.0))
        assert np.array_equal(plain.positions, noisy.positions)
        assert not optimizers.get(name).takes_gradient
