"""A class on one server: how long a change takes, what it costs, and what memory does, with up to 100 tabs on one link."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import quantiles

from benchmarks.support.phones import voted
from benchmarks.support.report import Report, Row
from benchmarks.support.serving import Server, served
from benchmarks.support.students import KINDS, LINK, Student, labour
from benchmarks.support.tab import Failure, Tab

APP = Path(__file__).parents[1] / "app.py"
SESSIONS = (1, 30, 60, 100)
LAB = 8
"""Sessions that keep the lab busy: three tournaments, three maps of basins from 1,024 x 1,024 starts, two films."""
THINK = 5.0
"""Seconds between an answer and the next change, on average: from half of it to one and a half."""
_OPENING = "opening"
_ROUNDS = 10
"""In how many parts the memory of many changes is told."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--app", type=Path, default=APP, help="the app.py that is served, of this or another checkout")
    parser.add_argument(
        "--sessions", type=int, nargs="+", default=None, metavar="N", help=f"students, if not {SESSIONS} (1 and 10 if quick)"
    )
    parser.add_argument("--lab", choices=("with", "without", "both"), default="both", help=f"{LAB} more sessions that keep the lab busy")
    parser.add_argument("--seconds", type=float, default=None, help="for which they change something, if not 60 (10 if quick)")
    parser.add_argument(
        "--settle", type=float, default=None, help="seconds from closing to the last look at the memory, if not 30 (2 if quick)"
    )
    parser.add_argument("--think", type=float, default=THINK, help="seconds between an answer and the next change, on average")
    parser.add_argument("--changes", type=int, default=None, metavar="N", help="so many changes without thinking in place of the tables")
    parser.add_argument(
        "--repeats", type=int, default=None, metavar="N", help="changes of each kind that are priced, if not 30 (5 if quick)"
    )


def run(options: argparse.Namespace) -> int:
    """Print what a change costs and the table of sessions, or what memory does over many changes; 1 where something failed."""
    report = Report("class", ("streamlit", "protobuf", "uvicorn"), options.json)
    report.say(f"Serves {options.app.name}; processor time is that of the server's own process, memory that of its workers, too.")
    quick = options.quick
    app = options.app.resolve()
    if options.changes:
        failures = _flatness(report, app, options.changes, (options.sessions or [4])[0])
    else:
        failures = _prices(report, app, options.repeats or (5 if quick else 30))
        plan = Plan(
            options.seconds or (10.0 if quick else 60.0),
            options.settle if options.settle is not None else 2.0 if quick else 30.0,
            options.think,
        )
        failures += _classes(report, app, options.sessions or ((1, 10) if quick else SESSIONS), options.lab, plan)
        failures += _votes(report, app, (options.sessions or ((10,) if quick else SESSIONS))[-1])
    report.close()
    return 1 if failures else 0


@dataclass(frozen=True)
class Plan:
    """How long a class works: seconds of changes, seconds from closing to the last look at the memory, seconds between changes."""

    seconds: float
    settle: float
    think: float


@dataclass
class Outcome:
    """What came of a class: seconds that each opening and each change took, and why others failed."""

    openings: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)


# ---- what a change costs


def _prices(report: Report, app: Path, repeats: int) -> int:
    """Print the processor time of each kind of change, of one student alone, and of opening the link that others have open."""
    with served(app) as server:
        rows = asyncio.run(priced(server, repeats))
    report.table("One session: processor time of the server for a change, and for opening a link that is open elsewhere", rows)
    return 0


async def priced(server: Server, repeats: int) -> list[Row]:
    """Processor time and bytes of each kind of change, of one student alone, and of opening the link that others have open."""
    spent: dict[str, float] = defaultdict(float)
    sizes: dict[str, int] = defaultdict(int)
    times: Counter[str] = Counter()
    for kind in KINDS:
        async with Tab(server.url, query=LINK) as tab:
            student = Student(tab, Random(0))
            await tab.open()
            while await student.change(kind) != kind:  # once in advance, with the list that has to be opened
                pass
            while times[kind] < repeats:
                began, tab.received = server.seconds(), 0
                done = await student.change(kind)
                spent[done] += server.seconds() - began
                sizes[done] += tab.received
                times[done] += 1
    async with AsyncExitStack() as stack:
        for turn in range(repeats + 1):
            began = server.seconds()
            other = await stack.enter_async_context(Tab(server.url, query=LINK))
            answer = await other.open()
            if turn:
                spent[_OPENING] += server.seconds() - began
                sizes[_OPENING] += answer.size
                times[_OPENING] += 1
    return [
        {"what": kind, "ms of processor": 1e3 * spent[kind] / count, "kB sent": sizes[kind] / 1e3 / count, "times": count}
        for kind, count in times.items()
    ]


# ---- a class


def _classes(report: Report, app: Path, sizes: tuple[int, ...], lab: str, plan: Plan) -> int:
    rows, kinds = [], Counter[str]()
    for busy in {"with": (True,), "without": (False,), "both": (False, True)}[lab]:
        for count in sizes:
            with served(app) as server:
                row, outcome = asyncio.run(class_of(server, count, busy, plan))
            report.say(", ".join(f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in row.items()))
            rows.append(row)
            kinds += outcome.failures
    title = f"Sessions on one link, a change every {plan.think:g} s for {plan.seconds:g} s; MB after {plan.settle:g} s closed"
    report.table(title, rows)
    for why, times in kinds.most_common():
        report.say(f"failed {times} times: {why}")
    return kinds.total()


async def class_of(server: Server, count: int, busy: bool, plan: Plan) -> tuple[Row, Outcome]:
    """One row, and what came of a class on a server.

    Args:
        server: running.
        count: how many students there are.
        busy: whether others keep the lab busy.
        plan: how long they work.
    """
    outcome, over = Outcome(), asyncio.Event()
    before = await _warmed(server)
    memory = [before]
    lab = [asyncio.create_task(_laboured(server.url, number, over, outcome)) for number in range(LAB if busy else 0)]
    watch = asyncio.create_task(_watched(server, memory))
    await asyncio.sleep(3 if busy else 0)
    opened = asyncio.Event()
    students = [asyncio.create_task(_student(server.url, number, plan, outcome, opened, count)) for number in range(count)]
    await opened.wait()
    spent = server.seconds()
    await asyncio.gather(*students)
    spent = server.seconds() - spent
    over.set()
    await asyncio.gather(*lab)
    await asyncio.sleep(plan.settle)
    watch.cancel()
    changes = sorted(outcome.changes) or [0.0]
    cuts = quantiles(changes, n=20, method="inclusive") if len(changes) > 1 else changes * 19
    row = {
        "sessions": count,
        "lab": LAB if busy else 0,
        "last open s": max(outcome.openings, default=None),
        "changes": len(outcome.changes),
        "p50 s": cuts[9],
        "p95 s": cuts[18],
        "max s": changes[-1],
        "ms of processor a change": 1e3 * spent / max(len(outcome.changes), 1),
        "failed": outcome.failures.total(),
        "MB before": before,
        "MB peak": max(memory),
        "MB after": server.megabytes(),
    }
    return row, outcome


async def _warmed(server: Server) -> float:
    """The memory of a server that has drawn a page for somebody, the teacher say, who has left."""
    async with Tab(server.url, query=LINK) as tab:
        await tab.open()
    return server.megabytes()


async def _watched(server: Server, memory: list[float]) -> None:
    while True:
        memory.append(server.megabytes())
        await asyncio.sleep(1)


async def _laboured(url: str, number: int, over: asyncio.Event, outcome: Outcome) -> None:
    try:
        await labour(url, number, over)
    except Failure as failure:
        outcome.failures[f"lab: {failure}"] += 1


async def _student(url: str, number: int, plan: Plan, outcome: Outcome, opened: asyncio.Event, count: int) -> None:
    """Open the link, and change something again and again, as long as the plan says from when all have it open."""
    random = Random(number)
    began = time.monotonic()
    try:
        async with Tab(url, query=LINK) as tab:
            await tab.open()
            outcome.openings.append(time.monotonic() - began)
            _tell_opened(outcome, opened, count)
            student = Student(tab, random)
            until = time.monotonic() + plan.seconds
            while (pause := plan.think * random.uniform(0.5, 1.5)) < until - time.monotonic():
                await asyncio.sleep(pause)
                asked = time.monotonic()
                await student.change()
                outcome.changes.append(time.monotonic() - asked)
    except Failure as failure:
        outcome.failures[str(failure)] += 1
        _tell_opened(outcome, opened, count)


def _tell_opened(outcome: Outcome, opened: asyncio.Event, count: int) -> None:
    if len(outcome.openings) + outcome.failures.total() >= count:
        opened.set()


# ---- a vote


def _votes(report: Report, app: Path, phones: int) -> int:
    """Print what it takes and costs where so many phones vote at the same moment."""
    with served(app) as server:
        try:
            rows = asyncio.run(voted(server, phones))
        except Failure as failure:
            report.say(f"failed: {failure}")
            return 1
    report.table(f"A vote: {phones} phones do each of these at the same moment; of each phone", rows)
    return 0


# ---- many changes


def _flatness(report: Report, app: Path, changes: int, sessions: int) -> int:
    """Print the memory of the server over many changes, without thinking between them."""
    with served(app) as server:
        outcome = Outcome()
        rows = asyncio.run(_many(server, changes, sessions, outcome))
    report.table(f"{changes:,} changes by {sessions} sessions, without a pause", rows)
    for why, times in outcome.failures.most_common():
        report.say(f"failed {times} times: {why}")
    return outcome.failures.total()


async def _many(server: Server, changes: int, sessions: int, outcome: Outcome) -> list[Row]:
    rows: list[Row] = [{"changes": 0, "MB": await _warmed(server), "ms of processor a change": None}]
    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(Tab(server.url, query=LINK)) for _ in range(sessions)]
        students = [Student(tab, Random(number)) for number, tab in enumerate(tabs)]
        for tab in tabs:
            await tab.open()
        for part in range(1, _ROUNDS + 1):
            spent = server.seconds()
            await asyncio.gather(
                *(_hurried(student, share, outcome) for student, share in zip(students, _shares(changes, sessions), strict=True))
            )
            cost = 1e3 * (server.seconds() - spent) / max(changes // _ROUNDS, 1)
            rows.append({"changes": changes * part // _ROUNDS, "MB": server.megabytes(), "ms of processor a change": cost})
    return rows


def _shares(changes: int, sessions: int) -> Iterator[int]:
    """How many changes of one part each session makes."""
    part = max(changes // _ROUNDS, 1)
    return (part // sessions + (number < part % sessions) for number in range(sessions))


async def _hurried(student: Student, changes: int, outcome: Outcome) -> None:
    for _ in range(changes):
        try:
            await student.change()
        except Failure as failure:
            outcome.failures[str(failure)] += 1
