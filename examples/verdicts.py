"""The verdicts of a fair race or a tournament, computed anew from its raw data.

`python examples/verdicts.py FILE`, where FILE is what Share, Data, "Held-out starts" or, of networks, "Held-out runs" has saved, CSV or
Parquet. Without a file a small tournament is held first.
"""

import sys
from datetime import date
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from exports.lab_tables import judged_of, place_of, tables_of
from exports.table import read_table
from lab.executors import run_task
from lab.places import resolution
from lab.statistics import critical_difference, friedman
from lab.tournament import Tournament, performance_ratios
from scenario import Choice


def small_tournament() -> bytes:
    """The held-out starts of a tournament that takes a second, as CSV."""
    task = Tournament((Choice("sgd"), Choice("momentum"), Choice("adam")), ("ravine", "rosenbrock", "beale"), 100, 8, 6, seeds=8)
    return tables_of(run_task(task))["Held-out starts"].make().to_csv(date.today()).encode()


def told(loss: float, least: float) -> str:
    """A loss, or that it is too low to be told from the lowest."""
    return f"≤ {loss:.2g}" if loss <= least else f"{loss:.3g}"


settings, columns = read_table(Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else small_tournament())
places = columns.get("landscape") or columns.get("data_set") or ["here"] * len(columns["optimizer"])
solved = "learned" if "run" in columns else "solved"
ranks, costs = [], []
for name in dict.fromkeys(places):
    rows = [row for row, where in enumerate(places) if where == name]
    labels, judged = judged_of({column: [values[row] for row in rows] for column, values in columns.items()}, settings["objective"])
    floor = 0.0 if "run" in columns else resolution(place_of(settings, columns, rows[0]).build_landscape())
    print(f"\n{name}: {judged.in_words(labels)}")
    for entrant in judged.order:
        low, high = judged.share_intervals[entrant]
        place, share, steps = judged.places[entrant], judged.scores.share[entrant], judged.scores.steps[entrant]
        median, least, most = (told(value, floor) for value in (judged.scores.loss[entrant], *judged.loss_intervals[entrant]))
        loss = f"{'test' if 'run' in columns else 'final'} loss {median} ({least} to {most})"
        print(f"  {place or '-'} {labels[entrant]:12} {solved} {share:.0%} ({low:.0%} to {high:.0%}), in {steps:g} steps; {loss}")
    ranks.append(judged.ranks)
    costs.append(judged.steps.reshape(len(labels), -1))

ratios = performance_ratios(np.concatenate(costs, axis=1))
print(f"\nshare of all problems {solved} within so many times the steps of the best:")
for label, row in zip(labels, ratios, strict=True):
    print(f"  {label:12} " + ", ".join(f"{times}: {np.mean(row <= times):.0%}" for times in (1, 2, 5, 10)))
if len(ranks) > 1:
    table = np.stack(ranks, axis=1)
    print("\nmean ranks:", dict(zip(labels, table.mean(axis=1).round(2).tolist(), strict=True)))
    print(f"Friedman's p = {friedman(table):.3g}, critical difference {critical_difference(*table.shape):.2f}")
