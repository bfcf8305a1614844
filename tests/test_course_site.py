"""The course as a static site: every page comes from what is declared, and plays without a server, from disk and below a path."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import landscapes
from benchmarks.site import served
from benchmarks.support.visit import lost_links, lost_progress, played
from benchmarks.support.visitor import Chromium
from exports.course import _pages, course_files, course_zip, write_course
from exports.files import CourseSite
from exports.site import lesson_pages
from exports.site import played as played_pages
from exports.site.lab_pages import RECORDINGS
from exports.site.page import Body
from exports.site.page import Page as SitePage
from exports.site.shelf import Shelf, painted
from exports.site.stops import stop_of
from exports.site.words import as_html, in_line
from figures import DARK, LIGHT
from lab.axes import default_axes
from lab.basins import Basins
from lab.quantities import alone
from lab.sweeps import Sweep
from lab.tournament import Tournament
from lab.tuning import Tuning
from player.payload import landscape_bytes
from scenario import Experiment, Scenario
from scenario.lesson import Question, Words
from scenario.lessons import lessons
from scenario.ready import READY
from scenario.setup import Setup
from scenario.symbols import text_of
from simulation import Cancelled
from tests.chromium import PATIENCE
from tests.player_page import faults_of
from tests.screen import PLAYER

pytestmark = pytest.mark.xdist_group("site")  # which is made once

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

KINDS = ("lab/basins.html", "lessons/mini-batches.html", "presets/newton-runs-into-the-saddle.html", "race.html", "lessons/adam.html")
"""Pages of every kind: a recording of the lab, networks, a preset, a free race, and a lesson that leads to what is played elsewhere."""
BRIEF = 4
SMALL = {
    "basins": lambda scenario: Basins(scenario, 64),
    "sweeps": lambda scenario: Sweep(alone(scenario, 0), *default_axes(alone(scenario, 0), 4)),
    "fair": lambda scenario: Tuning(scenario, 4, 3),
    "tournament": lambda scenario: Tournament(scenario.optimizers[:2], ("ravine", "beale"), 30, 4, 3),
}
LIVE = """async () => {
    if (!document.getElementById("player")) return "has no player";
    const until = async (condition) => {
        while (!condition()) await new Promise((done) => setTimeout(done, 5));
    };
    await until(() => document.querySelector(".descent")?.player?.race?.runs.length);
    const { player } = document.querySelector(".descent");
    if (!player.movable.length || !player.live.alone) return "plays";
    const at = player.movable[0].map((place) => Math.fround(place) + 0.125);
    if (!(await player.live.place([at]))) return "computes nothing";
    await until(() => player.race.version > 0 && player.race.runs.every(({ x, y }) => Math.hypot(x[0] - at[0], y[0] - at[1]) < 1e-5));
    return "live";
}"""
"""Whether the race that a page plays is computed anew from another start."""
DRAWN = """() => document.querySelector(".descent")?.player?.root.dataset.ready === "true"
    && [...document.querySelectorAll(".panel:not([hidden])")].every((panel) => panel.dataset.drawn !== undefined)"""


def test_every_lesson_and_preset_has_a_page() -> None:
    paths = [page.path for page in _pages(lambda to: None)]
    assert len(set(paths)) == len(paths) == 2 + len(lessons()) + len(READY) + sum(path.startswith("lab/") for path in paths)
    assert {f"lessons/{name}.html" for name in lessons()} <= set(paths)


def test_the_words_of_all_lessons_are_html() -> None:
    for lesson in lessons().values():
        for part in lesson.parts:
            text = as_html(part.text) if isinstance(part, Words) else ""
            text += "".join(in_line(each) for each in (part.question, *part.choices, part.because)) if isinstance(part, Question) else ""
            assert not set("$*\\`") & set(text), lesson.name
        assert len(text_of(lesson)) > 0


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("## A *b*\nC $x_{\\max}$", "<h2>A <em>b</em></h2>\n<p>C <math><msub><mi>x</mi><mi>max</mi></msub></math></p>"),
        ("From ($x$), on", '<p>From (<span class="whole"><math><mi>x</mi></math>),</span> on</p>'),
        ("1. **One**\n2. two\n   and", "<ol><li><strong>One</strong></li><li>two and</li></ol>"),
        ("[here](there) & [away](nowhere) <b>", '<p><a href="to/there">here</a> &amp; away &lt;b&gt;</p>'),
        ("$$\n\\sum_u u\n$$", '<math display="block"><mrow><munder><mo>∑</mo><mi>u</mi></munder><mi>u</mi></mrow></math>'),
    ],
)
def test_markdown_as_html(markdown: str, html: str) -> None:
    assert as_html(markdown, lambda to: f"to/{to}" if to == "there" else None) == html


def test_dark_colours_are_the_light_ones_exchanged_or_a_file_of_their_own() -> None:
    landscape = landscapes.get("ravine")
    assert isinstance(Shelf().text(lambda theme: landscape_bytes(landscape, theme)), str)
    assert painted(f'{{"name":"light","to":"{LIGHT.text}"}}') == f'{{"name":"dark","to":"{DARK.text}"}}'
    shelf = Shelf()
    both = shelf.text(lambda theme: f'{{"other":"{len(theme.name)}"}}'.encode())
    assert isinstance(both, dict)
    assert sorted(both) == ["dark", "light"]
    other = Shelf()
    other.take(shelf.files())
    files = list(shelf.new())
    assert len(files) == 2
    assert list(other.new()) == files
    assert list(shelf.new()) == []
    assert shelf.files() == {}


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="holds something that is no course"):
        write_course(tmp_path, only=())
    with pytest.raises(ValueError, match="is a file"):
        write_course(tmp_path / "thesis.txt", only=())
    with pytest.raises(Cancelled):
        write_course(tmp_path / "site", lambda done: False, only=())
    assert write_course(tmp_path / "site", only=()) == sum(len(content) for _, content, _ in course_files(()))


def test_a_zip_file_holds_the_same() -> None:
    with pytest.raises(Cancelled):
        CourseSite().make(lambda done: False)
    packed = zipfile.ZipFile(io.BytesIO(course_zip(only=())))
    assert {path: packed.read(f"descent-course/{path}") for path, _, _ in course_files(())} == {
        path: content for path, content, _ in course_files(())
    }


def test_progress_never_goes_back_also_where_a_page_leads_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def page(path: str, weight: int, leads: dict[str, SitePage] | None = None) -> SitePage:
        def body(shelf: Shelf) -> Body:
            for share in (0.0, 0.5, 1.0):
                shelf.tell(share)
            if leads is not None:
                leads["late"] = late
            return Body(path, "")

        return SitePage(path, path, "lesson", body, weight)

    def pages(link: Any, *rest: object) -> list[SitePage]:
        return [page("index.html", 1), page("a.html", 3, link.args[0]), page("b.html", 1)]

    late, shares = page("late.html", 9), list[float]()
    monkeypatch.setattr("exports.course._pages", pages)
    told = [done for _, _, done in course_files(progress=shares.append)]
    assert (told, shares, told[-1]) == (sorted(told), sorted(shares), 1.0)


# ---- in a browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, in a folder with a space and a letter that addresses escape; everything is played for a few steps, and what the lab
    computes is small."""
    folder = tmp_path_factory.mktemp("web") / "a course é"
    with pytest.MonkeyPatch.context() as patch:
        for module in (lesson_pages, played_pages):
            patch.setattr(module, "stop_of", lambda shelf, setup, *rest, **more: stop_of(shelf, _brief(setup), *rest, **more))
        for name, task in SMALL.items():
            patch.setitem(RECORDINGS, name, replace(RECORDINGS[name], task=task))
        write_course(folder, grounds=("ravine", "himmelblau"))
    return folder


def _brief(setup: Scenario | Experiment) -> Setup:
    return setup.replace(steps=min(setup.steps, BRIEF))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may ask for files and for nothing else, and logs no error."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    faults = faults_of(page)
    yield page
    context.close()
    assert faults == []


def test_every_page_opens_from_disk_computes_its_race_and_leads_to_pages_that_there_are(site: Path, page: Page) -> None:
    """Figures are drawn in the tests below: what draws them does not come here, which takes a third of the time."""
    page.set_viewport_size({"width": 640, "height": 400})
    page.add_init_script("globalThis.Plotly = { then() {} };")  # a promise that is never kept
    visitor, found = Chromium(page), dict[str, list[str]]()
    paths = sorted(str(path.relative_to(site)) for path in site.rglob("*.html"))
    for path in paths:
        page.goto((site / path).as_uri(), wait_until="commit")
        page.wait_for_function("document.getElementById('told')")
        found.setdefault(page.evaluate(LIVE), []).append(path)
        assert list(lost_links(visitor, site, site.as_uri())) == [], path
    assert set(found) == {"live", "plays", "has no player"}, found
    assert sum(map(len, found.values())) == len(paths) > 2 + len(lessons()) + len(READY) + len(RECORDINGS)
    assert found["has no player"] == ["index.html", "lab/tournament.html"]
    assert len(found["live"]) >= 25, "but for trainings, and what the lab has recorded"
    assert list(lost_progress(visitor, site, (site / "index.html").as_uri())) == []
    assert visitor.faults() == []


def show(page: Page, site: Path, path: str) -> None:
    page.goto((site / path).as_uri())
    page.wait_for_function(DRAWN)


def test_every_kind_of_page_plays_below_any_path(site: Path, browser: Browser) -> None:
    page, asked = browser.new_page(reduced_motion="reduce", viewport={"width": 1280, "height": 720}), list[str]()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: asked.append(request.url))
    visitor, dragged = Chromium(page), 0
    try:
        with served(site) as address:
            for path in KINDS:
                visitor.open(f"{address}/{path}")
                problem, moved = played(visitor)
                assert problem == "", path
                dragged += moved
                if path == KINDS[0]:
                    click_on_maps(page)
            assert dragged >= 3, "all but trainings and maps"
            follow_what_is_told(page)
        assert visitor.faults() == []
    finally:
        page.close()
    assert all(url.startswith((f"{address}/", "data:", "blob:")) for url in asked)


def click_on_maps(page: Page) -> None:
    """Recorded maps play a trajectory from there."""
    assert page.locator(".scoreboard.shares tbody tr").count() == 3
    page.locator(".panel[data-panel=maps]").click(position={"x": 200, "y": 200})
    page.wait_for_function("document.querySelector('.descent')?.player?.race?.count === 1")


def follow_what_is_told(page: Page) -> None:
    """A lesson links to what is played elsewhere."""
    right = lessons()["adam"].questions
    for number, question in enumerate(right):
        page.locator(f"#question-{number} button", has_text=question.right).first.click()
    page.get_by_role("link", name="the first steps of Adam").click()
    page.wait_for_function(DRAWN)
    assert page.locator(".panel[data-panel=step]").count() == 1


def test_a_question_hides_what_follows_until_it_is_answered_rightly(site: Path, page: Page) -> None:
    question = lessons()["saddles"].questions[0]
    assert isinstance(question.scenario, Scenario)
    steps = min(question.scenario.steps, BRIEF)
    show(page, site, "lessons/saddles.html")
    box, locked = page.locator("#question-0"), page.locator(".locked")
    wrong = next(choice for choice in question.choices if choice != question.right)
    box.get_by_role("button", name=wrong, exact=True).click()
    assert "Not so." in box.locator(".told").inner_text()
    assert locked.is_visible()
    box.get_by_role("button", name=question.right, exact=True).click()
    assert "Right." in box.locator(".told").inner_text()
    page.wait_for_function("(steps) => document.querySelector('.descent')?.player?.race?.steps === steps", arg=steps)
    page.locator(".descent-chart").first.scroll_into_view_if_needed()
    page.locator(".descent-chart[data-drawn=true]").first.wait_for()
    page.get_by_role("link", name="Descent", exact=True).click()
    page.go_back()
    page.wait_for_function(DRAWN)
    assert "Right." in box.locator(".told").inner_text()  # the browser has kept it
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.querySelector('.descent')?.dataset.theme === 'dark'")
    page.wait_for_function(DRAWN)


def test_a_free_race_is_the_one_that_its_address_tells_the_app(site: Path, page: Page) -> None:
    show(page, site, "race.html")
    page.locator("#ground").select_option("Himmelblau")
    page.wait_for_function("document.querySelector('.descent')?.player?.race?.title === 'Himmelblau'")
    page.locator("#methods summary").click()
    for name in ("momentum", "nesterov", "rmsprop"):  # the schedule's numbers stand over a table that leaves them room
        page.locator(f"#methods input[value={name}]").uncheck()
    page.locator("#methods input[value=lion]").check()
    page.get_by_role("button", name="One more Lion").click()
    page.wait_for_function("document.querySelector('.descent')?.player?.race?.runs.at(-1)?.label === 'Lion (2)'")
    page.locator("#methods summary").click()
    page.evaluate("""() => {
        schedule.value = "step";
        schedule.dispatchEvent(new Event("change"));
        document.querySelector('.descent').player.turnNumbers({ 'optimizers.0.lr': 0.0123, steps: 70 }, true); }""")
    page.wait_for_function("document.querySelector('.descent')?.player?.race?.steps === 70 && location.hash.includes('schedule=step')")
    page.locator('.handle[aria-label="Step, every"]').press("ArrowRight")
    page.wait_for_function("location.hash.includes('schedule=step~every:')")
    page.locator(".panel[data-panel=map]").click(position={"x": 300, "y": 150})
    page.wait_for_function("location.hash.includes('steps=70') && location.hash.includes('point=')")
    held = held_to_python(page)
    assert held.schedule.name == "step", "whose own number was turned"
    assert dict(held.optimizers[0].settings)["lr"] == 0.0123, "what was turned before the schedule had come"
    one, other = (dict(choice.settings)["lr"] for choice in held.optimizers if choice.name == "lion")
    assert other == one / 2
    page.locator("button.theme").click()
    page.wait_for_function("document.querySelector('.descent')?.dataset.theme === 'dark'")
    assert held_to_python(page) == held, "in other colours"
    page.locator(".link summary").click()
    page.locator(".link .here").wait_for()
    assert page.locator(".link a").inner_text() == page.url
    page.reload()
    page.wait_for_function("document.querySelector('.descent')?.player?.race?.steps === 70")
    assert held_to_python(page) == held
    page.goto(f"{page.url.partition('#')[0]}?landscape=himmelblau&optimizer=adam~bias_correction:0&steps=33&point=1,1&point=2,-1")
    page.wait_for_function("location.hash.includes('steps=33') && !location.search")
    assert held_to_python(page).points == ((1, 1), (2, -1)), "as the app's own link tells, and but for what no tape here can do"
    assert page.locator("#notes").inner_text() == 'Adam: "bias correction" needs the app; it was left out.'


def held_to_python(page: Page) -> Scenario:
    """The scenario that the address tells; the losses that are shown must be those that Python computes of it, to the last bit."""
    page.wait_for_function("document.querySelector('.descent')?.player?.race?.histories")
    address = page.evaluate("location.hash.slice(1)")
    losses = page.evaluate(f"{PLAYER}.race.histories.map(({{ result }}) => [...result.loss].map(String))")
    scenario = Scenario.from_query(address)
    for run, found in zip(scenario.race().runs, losses, strict=True):
        assert np.array_equal(run.losses.ravel(), np.array(found, dtype=float), equal_nan=True), run.optimizer.name
    return scenario
