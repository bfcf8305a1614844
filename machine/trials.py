"""A loop of a tape in LLVM's language: trials for a vector of trajectories, until none of them needs another."""

from __future__ import annotations

from collections.abc import Callable

from machine import operations
from machine.text import Text


def repeated(text: Text, first: list[str], searching: str, most: int, trial: Callable[[list[str]], tuple[list[str], str]]) -> list[str]:
    """Write the loop; afterwards the block behind it is open.

    Args:
        text: what is added to.
        first: the numbers of the first trial.
        searching: who needs one.
        most: how many trials there are at most.
        trial: writes one, given its numbers; gives those of the next, and who needs it.

    Returns:
        The numbers after the last trial. Who needs none keeps what there is.
    """
    label, after, before = text.fresh("trial"), text.fresh("tried"), text.block
    numbers, active, count = [text.fresh("%number") for _ in first], text.fresh("%searching"), text.fresh("%trials")
    text.conditions.add(active)
    begins = operations.condition(text, searching)
    text.goto(label)
    text.label(label)
    place = len(text.lines)
    text.lines += [""] * (len(numbers) + 2)
    new, going = trial(numbers)
    new = [text.select(active, operations.number(text, one), old) for one, old in zip(new, numbers, strict=True)]
    goes_on = text.both("and", active, operations.condition(text, going))
    done = text.value(f"add i64 {count}, 1")
    some = text.value(f"icmp ne i{text.width} {text.value(f'bitcast {text.mask} {goes_on} to i{text.width}')}, 0")
    more = text.value(f"and i1 {some}, {text.value(f'icmp ult i64 {done}, {most}')}")
    carried = [*((text.vector, *one) for one in zip(numbers, first, new, strict=True)), (text.mask, active, begins, goes_on)]
    for line, (kind, name, start, following) in enumerate([*carried, ("i64", count, "0", done)], place):
        text.lines[line] = f"  {name} = phi {kind} [ {start}, %{before} ], [ {following}, %{text.block} ]"
    text.line(f"br i1 {more}, label %{label}, label %{after}")
    text.label(after)
    return new
