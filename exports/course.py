"""The course, the presets and the lab's pages as a static site, which needs no server and no network: `python -m exports.course OUT/`.

A folder that any web space can serve below any path, and that opens from a disk or a USB stick, too: pages and classic scripts, nothing
else. What there is comes from the registries: a new lesson or preset has a page by itself.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import time
import zipfile
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path

from exports.site.free_page import ABOUT, TITLE, free_page
from exports.site.index_page import Card, index_page
from exports.site.lab_pages import RECORDINGS, lab_page
from exports.site.lesson_pages import lesson_page
from exports.site.page import SHARED, Page, shared_files
from exports.site.played import linked_page, linked_path, preset_page
from exports.site.shelf import Shelf
from exports.site.words import Link
from player.modules import PLOTLY
from scenario.landscape_presets import LANDSCAPE_PRESETS
from scenario.lessons import lessons
from scenario.network_presets import NETWORK_PRESETS
from scenario.presets import PRESETS, Preset
from scenario.setup import Setup
from scenario.view import opened
from simulation import Cancelled
from simulation.progress import Progress

_FOLDERS = ("data", "lab", "lessons", "linked", "presets", SHARED)
_MARK = f"{SHARED}/site.js"
"""What tells a folder that holds such a site."""
_PLAYED = ("", "network", "landscape")
"""The app's pages, by their names in links, that play a setup and nothing else."""
_PRESETS: Mapping[str, Mapping[str, Preset[Setup]]] = {
    "Races": PRESETS,
    "Networks": NETWORK_PRESETS,
    "Landscapes of networks": LANDSCAPE_PRESETS,
}


def course_files(
    only: Collection[str] | None = None, grounds: tuple[str, ...] | None = None, progress: Progress | None = None, workers: int = 1
) -> Iterator[tuple[str, bytes, float]]:
    """The files of the site, as they are made.

    Args:
        only: the paths of the pages to make, "lessons/ravine.html" say; all if not given. The index is always among them.
        grounds: the landscapes of the free race, by name; all if not given.
        progress: called with the share done while a page takes long.
        workers: processes that make the free race.

    Yields:
        Each file's path within the site, its content, and the share of the pages that is done, 0 to 1.
    """
    yield from ((path, content, 0.0) for path, content in shared_files().items())
    yield f"{SHARED}/plotly.min.js", PLOTLY.read_bytes(), 0.0
    shelf, linked = Shelf(), dict[str, Page]()
    site = _pages(partial(_linked, linked), only, grounds, workers)
    made, done, reached = 0, 0, 0.0
    while made < len(site):
        page, total = site[made], sum(page.weight for page in site)
        made, done, before = made + 1, done + page.weight, reached
        reached = max(before, done / total)  # not less where a lesson has linked to pages that nobody knew of
        shelf.tell = partial(_tell_within, progress, before, reached - before)
        yield page.path, page.html(shelf), reached
        yield from ((path, content, reached) for path, content in shelf.new())
        site += [page for page in linked.values() if page not in site]  # what the lessons have linked to


def _pages(link: Link, only: Collection[str] | None = None, grounds: tuple[str, ...] | None = None, workers: int = 1) -> list[Page]:
    """The pages, the index first, without those that lessons link to."""
    course = [(lesson, lesson_page(lesson, link)) for lesson in lessons().values()]
    lists: list[tuple[str, list[Card]]] = [
        (title, [(preset_page(preset), preset.title, preset.about) for preset in presets.values()]) for title, presets in _PRESETS.items()
    ]
    lists.insert(0, ("A race of your own", [(free_page(grounds, workers), TITLE, ABOUT)]))
    lists.append(("The lab", [(lab_page(name), recording.kind.title, recording.kind.about) for name, recording in RECORDINGS.items()]))
    if only is not None:
        course = [each for each in course if each[1].path in only]
        lists = [(title, [card for card in cards if card[0].path in only]) for title, cards in lists]
    return [index_page(course, lists), *(page for _, page in course), *(page for _, cards in lists for page, _, _ in cards)]


def _linked(pages: dict[str, Page], to: str) -> str | None:
    """Where on the site a link of the app leads: to a page that plays the same, or to a recording of it; what else the app can do needs it.

    Args:
        pages: those that were made so, by their paths.
        to: the link, relative to the app.
    """
    where, _, query = to.partition("?")
    name = where.strip("./")
    if name not in RECORDINGS and name not in _PLAYED:
        return None
    view = opened(query)
    page = lab_page(name, view.scenario, linked_path(view, name)) if name in RECORDINGS else linked_page(view)
    pages.setdefault(page.path, page)
    return page.path


def write_course(
    folder: Path,
    progress: Progress | None = None,
    only: Collection[str] | None = None,
    grounds: tuple[str, ...] | None = None,
    workers: int = 1,
) -> int:
    """Write the site into a folder, in place of one that is there.

    Args:
        folder: made if need be.
        progress: called with the share done.
        only, grounds, workers: as for `course_files`.

    Returns:
        How many bytes it has.

    Raises:
        ValueError: the folder holds something else; nothing was written.
        OSError: it cannot be written.
        simulation.Cancelled: `progress` returned False.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name a folder that is empty or does not exist yet")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ValueError(f"{folder} holds something that is no course of Descent; name a folder that is empty or does not exist yet")
    for old in _FOLDERS:
        shutil.rmtree(folder / old, ignore_errors=True)
    size = 0
    for path, content, done in course_files(only, grounds, progress, workers):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        size += len(content)
        _tell(progress, done)
    return size


def course_zip(progress: Progress | None = None, only: Collection[str] | None = None) -> bytes:
    """The site as a ZIP file that unpacks into a folder `descent-course`. Arguments and errors as for `write_course`."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content, done in course_files(only, progress=progress):
            entry = zipfile.ZipInfo(f"descent-course/{path}")  # with no date: the same course is the same file
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
            _tell(progress, done)
    return file.getvalue()


def _tell(progress: Progress | None, done: float) -> None:
    if progress and progress(done) is False:
        raise Cancelled("the course was given up")


def _tell_within(progress: Progress | None, low: float, part: float, share: float) -> None:
    _tell(progress, low + part * share)


def main(arguments: list[str]) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m exports.course", description="Write the whole course as a static site.")
    parser.add_argument("folder", type=Path, help="where to, an empty folder or one that does not exist yet")
    folder: Path = parser.parse_args(arguments).folder
    began = time.monotonic()

    def show(done: float) -> None:
        sys.stderr.write(f"\r{done:4.0%}")
        sys.stderr.flush()

    try:
        size = write_course(folder, show, workers=os.cpu_count() or 1)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    pages = len(list(folder.rglob("*.html")))
    sys.stderr.write("\r")
    sys.stdout.write(f"{pages} pages, {size / 1e6:.1f} MB, in {time.monotonic() - began:.0f} s: open {folder / 'index.html'}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
