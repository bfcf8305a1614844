"""Methods and variants that torch.optim lacks, against three steps worked out from their papers' equations in plain Python floats.

Where a method treats each axis on its own, the surface is (x² + 20 y²)/2 and an axis is worked out as a function of its start and its
curvature c, the slope being c x; the numbers in the comments are those of the x-axis (c = 1) unless they say otherwise. Settings are
such that every branch of a method is taken within the three steps.
"""

from __future__ import annotations

import math

import numpy as np

import landscapes
import optimizers
import simulation
from landscapes import Landscape
from optimizers import Optimizer
from simulation.chunk import backtrack

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
