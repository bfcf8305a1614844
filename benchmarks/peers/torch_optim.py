"""`torch.optim` on one tensor of shape (N, 2), with the gradient by hand: the fastest way to use it without writing one's own step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from benchmarks.peers.problem import Prepared, Problem, from_pairs
from benchmarks.peers.surfaces import SURFACES

torch.set_num_threads(1)


def _optimizer(name: str, values: Mapping[str, float], points: Any, fused: bool | None) -> Any:
    if name == "adam":
        betas = (values["beta1"], values["beta2"])
        return torch.optim.Adam([points], lr=values["lr"], betas=betas, eps=values["eps"], fused=fused)
    return torch.optim.SGD([points], lr=values["lr"], momentum=values.get("momentum", 0.0), fused=fused)


def _prepare(problem: Problem, fused: bool | None) -> Prepared:
    value, gradient = SURFACES[problem.landscape](torch)
    starts = torch.tensor(problem.starts.T.copy(), dtype=torch.float64)
    steps, count = problem.steps, len(starts)

    def run() -> tuple[Any, Any]:
        points = starts.clone().requires_grad_()
        optimizer = _optimizer(problem.optimizer, problem.values, points, fused)
        positions = torch.empty((steps + 1, count, 2), dtype=torch.float64)
        losses = torch.empty((steps + 1, count), dtype=torch.float64)
        with torch.no_grad():
            for t in range(steps):
                positions[t], losses[t] = points, value(points)
                points.grad = gradient(points)
                optimizer.step()
            positions[steps], losses[steps] = points, value(points)
        return positions, losses

    return Prepared(run, lambda result: from_pairs(*result))


def default(problem: Problem) -> Prepared:
    """As it comes."""
    return _prepare(problem, None)


def fused(problem: Problem) -> Prepared:
    """With one compiled routine for the whole step."""
    return _prepare(problem, True)


CONTESTANTS = {"torch.optim": default, "torch.optim, fused": fused}
