"""Optax compiled by JAX: all steps in one compiled loop, on one thread, in float64."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

# One thread, and float64: both have to be said before JAX is imported.
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()
os.environ["NPROC"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import optax

from benchmarks.peers.problem import History, Prepared, Problem, from_pairs
from benchmarks.peers.surfaces import SURFACES

jax.config.update("jax_enable_x64", True)


def _optimizer(name: str, values: Mapping[str, float]) -> Any:
    if name == "adam":
        return optax.adam(values["lr"], b1=values["beta1"], b2=values["beta2"], eps=values["eps"])
    return optax.sgd(values["lr"], momentum=values.get("momentum"))


def _loop(problem: Problem, keep: bool) -> Any:
    """Start -> (positions and losses of all points but the last one, if they are kept, the last one, its loss)."""
    value, gradient = SURFACES[problem.landscape](jnp)
    optimizer = _optimizer(problem.optimizer, problem.values)

    def step(carry: Any, _: Any) -> Any:
        points, state = carry
        updates, state = optimizer.update(gradient(points), state)
        return (optax.apply_updates(points, updates), state), (points, value(points)) if keep else None

    def run(start: Any) -> Any:
        (points, _), history = jax.lax.scan(step, (start, optimizer.init(start)), length=problem.steps)
        return history, points, value(points)

    return run


def _prepare(problem: Problem, run: Any) -> Prepared:
    starts = jnp.asarray(problem.starts.T)
    compiled = jax.jit(run).lower(starts).compile()
    return Prepared(lambda: jax.block_until_ready(compiled(starts)), _history)


def _history(result: Any) -> History:
    history, points, loss = result
    if history is None:
        return from_pairs(points[None], loss[None])
    positions, losses = history
    return from_pairs(jnp.concatenate([positions, points[None]]), jnp.concatenate([losses, loss[None]]))


def scanned(keep: bool, problem: Problem) -> Prepared:
    """One loop over the steps, all trajectories in one array."""
    return _prepare(problem, _loop(problem, keep))


def mapped(keep: bool, problem: Problem) -> Prepared:
    """The loop written for one trajectory and mapped over all of them."""
    axes = ((1, 1) if keep else None, 0, 0)
    return _prepare(problem, jax.vmap(_loop(problem, keep), out_axes=axes))


CONTESTANTS = {
    "optax, jit(scan)": partial(scanned, True),
    "optax, jit(vmap(scan))": partial(mapped, True),
    "optax, jit(scan), last point only": partial(scanned, False),
    "optax, jit(vmap(scan)), last point only": partial(mapped, False),
}
