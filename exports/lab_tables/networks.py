"""The cells of sweeps of networks, and the networks of transfer learning."""

from __future__ import annotations

from typing import Any

import numpy as np

from exports.lab_tables.offered import Offered, Tables, settings_of, tables_of
from exports.table import Table
from lab.network_sweeps import NetworkMaps
from lab.transfer import TransferResult
from scenario.transfers import WAYS


@tables_of.register
def _(maps: NetworkMaps) -> Tables:
    return {"Cells": Offered(sum(each.final.size for each in maps.maps), lambda: _cells(maps))}


def _cells(maps: NetworkMaps) -> Table:
    sweep, guess = maps.maps[0].sweep, maps.maps[0].guess
    rows, columns = maps.maps[0].final.shape
    axes = {sweep.x.key: np.tile(sweep.x.values, rows), sweep.y.key: np.repeat(sweep.y.values, columns)}
    measures = {
        "final_loss": ("final", "the last loss on the examples to learn from, without penalties; inf where it overflowed"),
        "test_loss": ("test", "that on the others; nan where it overflowed"),
        "test_accuracy": ("accuracy", "the share of those that is right, 0 to 1; nan where it overflowed, and in a regression"),
        "steps": ("steps", f"until the loss is at most {guess / 4!r}, a quarter of that of the best constant answer; inf: never"),
    }
    return Table(
        f"a sweep of networks, {sweep.experiment.title}, a row for each cell without and with batch normalization",
        {
            "batch_normalization": "whether sums of hidden layers are normalized; all else is the same",
            **{axis.key: axis.title for axis in (sweep.x, sweep.y)},
            **{name: meaning for name, (_, meaning) in measures.items()},
        },
        {**settings_of(sweep), "loss of the best constant answer": guess},
        {
            "batch_normalization": np.repeat([each.batch_norm for each in maps.maps], rows * columns),
            **{key: np.tile(values, len(maps.maps)) for key, values in axes.items()},
            **{name: np.concatenate([getattr(each, measure).ravel() for each in maps.maps]) for name, (measure, _) in measures.items()},
        },
    )


@tables_of.register
def _(result: TransferResult) -> Tables:
    return {"Networks": Offered(result.accuracy.size, lambda: _networks(result))}


def _networks(result: TransferResult) -> Table:
    task, (ways, counts, each) = result.task, result.accuracy.shape
    learned = task.transfer.task
    settings: dict[str, Any] = {
        "small task": task.transfer.small.in_full(),
        "large task": {
            "name": task.transfer.source,
            "settings": {name: np.asarray(value).tolist() for name, value in learned.values.items()},
        },
    }
    return Table(
        f"transfer learning, {task.transfer.title}, a row for each network",
        {
            "way": 'how it began and went on; "frozen": all layers but the last are taken over and do not learn',
            "examples_per_class": "examples to learn from",
            "seed": "of its weights and of its examples",
            "test_accuracy": "the share of other examples that is right after the last step, 0 to 1",
            "test_loss": "the loss on them",
        },
        settings_of(task) | settings,
        {
            "way": np.repeat([WAYS[name].title for name in WAYS], counts * each),
            "examples_per_class": np.tile(np.repeat(task.counts, each), ways),
            "seed": np.tile(np.arange(each), ways * counts),
            "test_accuracy": result.accuracy.ravel(),
            "test_loss": result.loss.ravel(),
        },
    )
