"""Networks in JAX: all at once by vmap over the gradient, compiled with the loop over the steps."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.peers.network_problem import NetworkProblem, from_layers
from benchmarks.peers.problem import Prepared

jax.config.update("jax_enable_x64", True)


def _loss(problem: NetworkProblem, parts: Any, x: Any, y: Any) -> Any:
    hidden = x
    for index, (matrix, bias) in enumerate(parts):
        hidden = hidden @ matrix.T + bias
        if index < len(parts) - 1:
            hidden = jnp.maximum(hidden, 0) if problem.activation == "relu" else jnp.tanh(hidden)
    if problem.loss == "softmax":
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(hidden), y[:, None], axis=1))
    z = hidden[:, 0]
    return jnp.mean(jax.nn.softplus(z) - y * z)


def mapped(problem: NetworkProblem) -> Prepared:
    """All at once."""
    x = jnp.asarray(problem.x, problem.dtype)
    y = jnp.asarray(problem.y if problem.loss == "softmax" else problem.y.astype(problem.dtype))
    starts = [(jnp.asarray(matrix), jnp.asarray(bias)) for matrix, bias in problem.layers()]
    slopes = jax.vmap(jax.grad(lambda parts: _loss(problem, parts, x, y)))

    def step(parts: Any, _: Any) -> Any:
        return jax.tree.map(lambda part, slope: part - problem.rate * slope, parts, slopes(parts)), None

    compiled = jax.jit(lambda parts: jax.lax.scan(step, parts, None, length=problem.steps)[0])

    def run() -> Any:
        return jax.block_until_ready(compiled(starts))

    return Prepared(run, from_layers)


CONTESTANTS = {"jax, jit(vmap)": mapped}
