"""Networks in PyTorch: one at a time with autograd, as most people do it, and all at once by vmap over the gradient."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.peers.network_problem import NetworkProblem, from_layers
from benchmarks.peers.problem import Prepared

torch.set_num_threads(1)


def _tensors(problem: NetworkProblem) -> tuple[Any, Any, list[Any]]:
    x = torch.tensor(problem.x.astype(problem.dtype))
    y = torch.tensor(problem.y) if problem.loss == "softmax" else torch.tensor(problem.y.astype(problem.dtype))
    return x, y, [torch.tensor(part) for layer in problem.layers() for part in layer]


def _loss(problem: NetworkProblem, parts: Any, x: Any, y: Any) -> Any:
    act = torch.relu if problem.activation == "relu" else torch.tanh
    hidden = x
    for index in range(0, len(parts), 2):
        hidden = torch.nn.functional.linear(hidden, parts[index], parts[index + 1])
        if index < len(parts) - 2:
            hidden = act(hidden)
    if problem.loss == "softmax":
        return torch.nn.functional.cross_entropy(hidden, y)
    return torch.nn.functional.binary_cross_entropy_with_logits(hidden[:, 0], y)


def _history(parts: list[Any]) -> Any:
    return from_layers([(parts[at].numpy(), parts[at + 1].numpy()) for at in range(0, len(parts), 2)])


def one_by_one(problem: NetworkProblem) -> Prepared:
    """Each network by itself."""
    x, y, starts = _tensors(problem)

    def run() -> list[Any]:
        ends = []
        for row in range(len(problem.weights)):
            parts = [part[row].clone().requires_grad_() for part in starts]
            optimizer = torch.optim.SGD(parts, lr=problem.rate)
            for _ in range(problem.steps):
                optimizer.zero_grad()
                _loss(problem, parts, x, y).backward()
                optimizer.step()
            ends.append([part.detach() for part in parts])
        return [torch.stack(same) for same in zip(*ends, strict=True)]

    return Prepared(run, _history)


def mapped(problem: NetworkProblem) -> Prepared:
    """All at once."""
    x, y, starts = _tensors(problem)
    slopes = torch.func.vmap(torch.func.grad(lambda parts: _loss(problem, parts, x, y)))

    def run() -> list[Any]:
        parts = [part.clone() for part in starts]
        for _ in range(problem.steps):
            parts = [part - problem.rate * slope for part, slope in zip(parts, slopes(tuple(parts)), strict=True)]
        return parts

    return Prepared(run, _history)


CONTESTANTS = {"torch, one at a time": one_by_one, "torch, vmap": mapped}
