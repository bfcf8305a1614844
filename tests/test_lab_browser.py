"""The lab's pages in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exports.table import read_table
from scenario import Choice, Scenario
from tests.conftest import tabs
from tests.screen import ended

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

Open = Callable[..., "Page"]
PLAYER = "document.querySelector('.descent')?.player"
TWO = (Choice.of("sgd", lr=0.06), Choice.of("momentum", lr=0.04))
WELLS = Scenario(landscape=Choice("two_wells"), optimizers=TWO, steps=150).to_query()
MAPS = f"({PLAYER}?.race?.panels == 'maps')"


def menu(page: Page, name: str) -> None:
    page.locator(".st-key-pages").get_by_role("link", name=name, exact=True).click()


def a_map_is_refined_and_told_in_numbers(page: Page) -> None:
    table = page.locator("table.shares")
    table.wait_for()
    page.get_by_role("combobox", name="Starts along each side").click()
    page.get_by_role("option", name="512 × 512").click()
    page.wait_for_function("location.search.includes('size=512')")
    page.get_by_role("button", name="Stop").wait_for(state="detached", timeout=60_000)
    rows = table.locator("tbody tr")
    assert rows.count() == 2
    sgd, momentum = (float(rows.nth(row).locator("td").first.inner_text().removesuffix("%")) for row in range(2))
    assert momentum > sgd + 10, "momentum carries more starts into the deeper well"
    assert page.evaluate(f"{PLAYER}.pictures.map((picture) => picture.width)") == [512, 512]


def test_a_map_is_told_in_numbers_and_pages_show_the_same_scenario(open_tab: Open) -> None:
    page = open_tab(WELLS)
    menu(page, "Basins")
    page.wait_for_function(f"location.pathname.endsWith('/basins') && location.search.includes('two_wells') && {MAPS}")
    page.get_by_role("heading", name="Two wells").wait_for()
    a_map_is_refined_and_told_in_numbers(page)
    page.get_by_role("radio", name="Saddle", exact=True).click()
    page.wait_for_function(f"location.search.includes('landscape=saddle') && {PLAYER}?.landscape?.name === 'Saddle'")
    menu(page, "Race")
    page.get_by_role("heading", name="Saddle").wait_for()
    page.wait_for_function(f"!location.pathname.endsWith('/basins') && {PLAYER}?.race?.panels?.includes('loss')")
    page.wait_for_function("location.search.includes('landscape=saddle')")
    page.go_back()
    page.wait_for_function(f"location.pathname.endsWith('/basins') && {MAPS}")


def test_a_map_can_be_stopped_and_gone_on_with(open_tab: Open) -> None:
    page = open_tab(path="/basins", query=f"{WELLS.replace('steps=150', 'steps=3000')}&size=1024")
    bar, stop, go_on = page.get_by_test_id("stProgress"), page.get_by_role("button", name="Stop"), page.get_by_role("button", name="Go on")
    stop.wait_for()
    page.wait_for_function("/left|beginning/.test(document.querySelector('[data-testid=stProgress]').innerText)")
    for _ in range(3):  # at once again: a click counts however busy the page is with the one before
        stop.click()
        page.get_by_text("Stopped.").wait_for()
        go_on.wait_for()
        for replaced in (stop, bar):
            replaced.wait_for(state="detached")
        go_on.click()
    stop.click()
    go_on.wait_for()


def test_a_link_to_a_map_shows_it_and_a_click_plays_from_there(open_tab: Open) -> None:
    page = open_tab(path="/basins", query=f"{WELLS}&size=64&at=1,0.5")
    page.wait_for_function(f"{MAPS} && {PLAYER}?.race?.starts?.[0]?.[0] === 1")
    page.wait_for_function("document.querySelector('[data-panel=maps]')?.dataset.drawn")
    page.locator("table.shares").wait_for()
    page.get_by_test_id("stProgress").wait_for(state="detached")  # the bar goes, and the maps move up
    ended(page)
    x, y = page.evaluate(f"""() => {{
        const panel = {PLAYER}.panels.get('maps');
        const frame = panel.plot.getBoundingClientRect();
        const [px, py] = panel.subplots()[1].view.point(1.2, 0.9, 0);
        return [frame.left + px, frame.top + py];
    }}""")
    page.mouse.click(x, y)
    start = f"{PLAYER}?.race?.starts?.[0]"
    page.wait_for_function(f"location.search.includes('at=') && Math.hypot({start}?.[0] - 1.2, {start}?.[1] - 0.9) < 0.05")
    assert "point=" not in page.evaluate("location.search"), "the scenario's own starts stay"


RAVINE = Scenario(optimizers=(Choice("momentum"), Choice("sgd")), starts=Choice.of("ring", n=4), steps=60).to_query()


def chart_point(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the sweep's map is on the screen."""
    at: tuple[float, float] = page.evaluate(
        """([x, y]) => {
            const plot = document.querySelector('.descent-chart .js-plotly-plot');
            const { xaxis, yaxis } = plot._fullLayout;
            const frame = plot.getBoundingClientRect();
            return [frame.left + xaxis._offset + xaxis.d2p(x), frame.top + yaxis._offset + yaxis.d2p(y)];
        }""",
        [x, y],
    )
    return at


def sweep_shown(page: Page) -> None:
    page.wait_for_function("document.querySelector('.descent-chart .js-plotly-plot')?._fullLayout?.xaxis?._length > 100")
    page.wait_for_function("document.querySelector('.descent')?.player?.race")


def test_a_sweep_from_coarse_to_fine_and_back_and_a_cell_of_it(open_tab: Open) -> None:
    page = open_tab(path="/sweeps", query=f"{RAVINE}&cells=7000&by=luck&boxes=nonsense")
    sweep_shown(page)
    notes = page.locator(".st-key-notes").inner_text()
    assert "7000" in notes
    assert "nonsense" in notes, "a link that cannot be is mended and told"
    page.get_by_text("Best").first.wait_for()
    (x0, y0), (x1, y1) = chart_point(page, -2.5, 0.05), chart_point(page, -1.0, 0.8)
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2)
    page.mouse.move(x1, y1)
    page.mouse.up()
    page.wait_for_function("decodeURIComponent(location.search).includes('|')")
    page.get_by_role("button", name="Whole", exact=True).wait_for()
    page.wait_for_function(
        "(() => { const range = document.querySelector('.descent-chart .js-plotly-plot')._fullLayout.xaxis.range; "
        "return range[0] > -2.7 && range[1] < -0.8; })()"
    )
    page.get_by_role("button", name="Whole", exact=True).click()
    page.get_by_role("button", name="Whole", exact=True).wait_for(state="detached")
    page.wait_for_function("document.querySelector('.descent-chart .js-plotly-plot')._fullLayout.xaxis.range[1] > 0.9")
    ended(page)
    a_cell_is_played_and_sent_to_the_race(page)


def a_cell_is_played_and_sent_to_the_race(page: Page) -> None:
    page.mouse.click(*chart_point(page, -2.0, 1.0))  # a learning rate of 0.01, a momentum of 0.9
    page.get_by_text("Chosen", exact=True).wait_for()
    page.wait_for_function(f"{PLAYER}?.race?.runs[0]?.rate.startsWith('0.01')")
    page.get_by_role("button", name="Use in the race").click()
    page.wait_for_function("decodeURIComponent(location.search).includes('momentum~lr:0.01')")
    menu(page, "Race")
    page.wait_for_function(f"{PLAYER}?.race?.runs.length === 2 && {PLAYER}?.race?.runs[0]?.rate.startsWith('0.01')")


def test_the_fair_race(open_tab: Open) -> None:
    page = open_tab(path="/fair", query=f"{RAVINE}&trials=20&starts=8")
    rows = page.locator("table.fair tbody tr:not(.found)")
    rows.first.wait_for()
    assert rows.count() == 2
    assert "learning rate" in page.locator("table.fair .found").first.inner_text()
    assert page.evaluate("[...document.querySelectorAll('table.fair tbody tr')].every((row) => row.clientHeight < 40)")
    page.wait_for_function(f"{PLAYER}?.race?.count === 8 && {PLAYER}?.race?.runs.length === 2")
    page.get_by_role("button", name="Use in the race").click()
    page.wait_for_function("decodeURIComponent(location.search).includes('starts=anywhere~n:8')")


def test_a_tournament_and_its_table(context: BrowserContext, app_url: str) -> None:
    with tabs(context, app_url) as opened:
        table_of_a_tournament(opened(f"{RAVINE}&on=ravine.two_wells.rosenbrock&trials=20&seeds=3", "/tournament"))


def table_of_a_tournament(page: Page) -> None:
    page.wait_for_function("document.querySelectorAll('.descent-chart .js-plotly-plot').length === 3", timeout=60_000)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("radio", name="Data", exact=True).click()
    page.get_by_role("radio", name="Places", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    assert download.value.suggested_filename == "descent-tournament-places.csv"
    _, columns = read_table(download.value.path().read_bytes())
    assert len(columns["place"]) == 2 * 3
