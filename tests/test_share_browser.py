"""Sharing in a real browser: the link, its code on the screen, every file that is saved, and opening them again."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from exports import View, opened, to_csv, to_file
from exports.page_link import page_link
from player import as_page
from scenario import Choice, Scenario
from tests.screen import ended
from version import VERSION

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Open = Callable[..., "Page"]
SHOWN = View(
    Scenario(
        landscape=Choice.of("two_wells", left=4.0),
        optimizers=(Choice.of("sgd", lr=0.03), Choice("adam")),
        starts=Choice.of("ring", n=4),
        steps=12,
    ),
    ("map", "loss"),
)
QUERY = f"{SHOWN.scenario.to_query()}&show=map.loss&version={VERSION}"


@pytest.fixture
def page(open_tab: Open) -> Page:
    tab = open_tab(QUERY)
    share(tab)
    return tab


def share(tab: Page) -> None:
    tab.get_by_role("button", name="Share").click()
    tab.locator(".st-key-share_body").wait_for()


def part(tab: Page, name: str) -> Locator:
    """The list with this part of it chosen, on the screen as a whole."""
    body = tab.locator(".st-key-share_body")
    tab.mouse.move(1, 1)  # lest the tip of what was clicked before lies over the choice
    choice = body.get_by_role("radio", name=name, exact=True)
    choice.click()
    expect(choice).to_be_checked()
    tab.wait_for_function(
        "() => { const box = document.querySelector('.st-key-share_body').getBoundingClientRect();"
        " return box.width > 0 && box.left >= 0 && box.right <= innerWidth; }"
    )
    return body


def saved(tab: Page, button: str) -> tuple[str, bytes]:
    """The name and the content of the file that a button saves."""
    with tab.expect_download() as download:
        tab.locator(".st-key-share_body").get_by_role("button", name=button).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def decoded(tab: Page, image: str, whole: bool = False) -> str:
    """The text of the QR code in an image, or on the whole screen, once the browser has loaded it."""
    tab.wait_for_function(
        "(image) => { const { complete, naturalWidth } = document.querySelector(image); return complete && naturalWidth; }", arg=image
    )
    shown = tab if whole else tab.locator(image)
    (found,) = zxingcpp.read_barcodes(np.asarray(Image.open(io.BytesIO(shown.screenshot())).convert("L")))
    text: str = found.text
    return text


def test_the_link_is_the_address_and_the_code_reads_back_as_it_large_and_with_nothing_over_it(page: Page) -> None:
    assert page.locator(".st-key-share_body").get_by_test_id("stCode").inner_text().strip() == page.url
    assert opened(page.url) == SHOWN
    code = ".st-key-qr img"
    before = page.locator(code).get_attribute("src")
    assert decoded(page, code) == page.url
    page.keyboard.press("Escape")
    page.locator(".st-key-share_body").wait_for(state="hidden")
    page.get_by_role("radio", name="Saddle", exact=True).click()
    page.wait_for_function("location.search.includes('landscape=saddle')")
    share(page)
    page.wait_for_function(
        "([image, before]) => ![null, before].includes(document.querySelector(image).getAttribute('src'))", arg=[code, before]
    )
    read = decoded(page, code)
    assert read.startswith(page.url.partition("?")[0] + "?")
    assert opened(read) == opened(page.url)  # the browser's own address escapes more letters
    assert opened(read).scenario.landscape.name == "saddle"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.querySelector('.descent').dataset.theme === 'dark'")
    ended(page)
    page.get_by_role("button", name="Show it large").click()
    large = page.locator(".st-key-qr_large img")
    large.wait_for()
    page.locator(".st-key-share_body").wait_for(state="hidden")
    assert decoded(page, ".st-key-qr_large img", whole=True) == read
    box = large.bounding_box()
    assert box is not None
    assert box["height"] > 0.6 * 720
    assert box["y"] + box["height"] <= 720


def test_every_file_is_made_and_saved(page: Page) -> None:
    part(page, "Picture").get_by_role("button", name="Draw the picture").click()
    name, content = saved(page, "Save the picture")
    assert name == "descent-two-wells.png"
    assert Image.open(io.BytesIO(content)).size == (1280, 720)
    part(page, "Film").get_by_role("button", name="Make the film").click()
    name, content = saved(page, "Save the film")
    assert name == "descent-two-wells.gif"
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (640, 400)
        image.seek(12)
        with pytest.raises(EOFError):
            image.seek(13)
    part(page, "Data").get_by_role("button", name="Table (CSV)").wait_for()
    name, content = saved(page, "Table (CSV)")
    assert name == "descent-two-wells.csv"
    assert content.decode() == to_csv(SHOWN.scenario.race(), link=page.url)
    _, content = saved(page, "Arrays for NumPy")
    with np.load(io.BytesIO(content)) as arrays:
        assert arrays["positions"].shape == (2, 13, 2, 4)
    part(page, "Code").get_by_text("from torch import optim").wait_for()
    name, content = saved(page, "Save the script")
    assert name == "descent-two-wells.py"
    assert b"optim.Adam(points, lr=" in content
    part(page, "Open").get_by_role("button", name="Save as a file").wait_for()
    name, content = saved(page, "Save as a file")
    assert name == "descent-two-wells.json"
    assert opened(content.decode()) == SHOWN
    body = part(page, "Page")
    body.get_by_role("button", name="Make the page").wait_for()
    body.get_by_role("radio", name="This one", exact=True).click()
    body.get_by_role("button", name="Save the page").wait_for()
    name, content = saved(page, "Save the page")
    assert name == "descent-two-wells.html"
    assert content.decode() == as_page(SHOWN.scenario.race(), panels=SHOWN.panels, below=page_link(page.url))
    page.set_viewport_size({"width": 390, "height": 844})
    for each in ("Picture", "Film", "Page", "Course", "Data", "Code", "Open", "Link"):
        part(page, each)


def test_a_saved_file_and_a_pasted_link_restore_everything_and_what_is_no_link_is_refused(open_tab: Open, tmp_path: Path) -> None:
    other = View(Scenario(landscape=Choice("saddle"), steps=7), ("loss",))
    file = tmp_path / "race.json"
    file.write_text(to_file(other), encoding="utf-8")
    page = open_tab()
    share(page)
    part(page, "Open").locator("input[type=file]").set_input_files(file)
    page.get_by_role("heading", name="Saddle").wait_for()
    page.wait_for_function("location.search.includes('landscape=saddle')")
    assert opened(page.url) == other
    page.wait_for_function("[...document.querySelectorAll('.descent .panel')].map((panel) => panel.dataset.panel).join() === 'loss'")
    ended(page)
    page.keyboard.press("Escape")
    page.locator(".st-key-share_body").wait_for(state="hidden")
    share(page)
    box = part(page, "Open").get_by_role("textbox", name="Or paste a link")
    box.fill("https://www.example.org/?q=1")
    box.press("Enter")
    alert = page.locator(".st-key-share_body [data-testid=stAlert]:visible")
    alert.wait_for()
    assert "This is no link to a scenario" in alert.inner_text()
    box.fill(f"http://elsewhere.example:8501/?{QUERY}")
    box.press("Enter")
    page.get_by_role("heading", name="Two wells").wait_for()
    page.wait_for_function("location.search.includes('two_wells')")
    assert opened(page.url) == SHOWN
