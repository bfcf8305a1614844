"""A vote in a real browser: a teacher's tab, a phone, and twenty-nine more that only speak to the server."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

from exports.playlist import Entry, Playlist, to_link_text
from scenario import Choice, Scenario, View
from tests.conftest import tabs

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PLAYER = "document.querySelector('.descent')?.player"
NO_NETWORK = "() => { window.connected = fetch; window.fetch = () => Promise.reject(new TypeError('no network')); }"
NETWORK = "() => { window.fetch = window.connected; dispatchEvent(new Event('online')); }"
BALL = Scenario(landscape=Choice("himmelblau"), optimizers=(Choice.of("sgd", lr=0.003),), points=((0.5, -1.2),), steps=40)


def phone(url: str, number: int, at: list[float]) -> None:
    """Vote as a phone does, without drawing its page."""
    device = f"{number:016d}"

    def asked(request: Any) -> Any:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    known = asked(f"{url}?device={device}")
    body = json.dumps({"device": device, "round": known["round"], "at": at}).encode()
    assert asked(urllib.request.Request(url, body, {"Content-Type": "application/json"}))["mine"]["at"] == at


def test_a_class_of_thirty_taps_where_a_run_ends(context: BrowserContext, app_url: str) -> None:
    text = to_link_text(Playlist((Entry("A ball", View(BALL, ("map",)), "end"), Entry("And on", View(BALL.replace(steps=20), ("map",))))))
    with tabs(context, app_url) as opened:
        teacher = opened(f"playlist={text}")
        teacher.wait_for_function(f"{PLAYER}?.race?.steps")
        teacher.get_by_role("button", name="Playlist").click()
        teacher.get_by_role("button", name="Present", exact=True).click()
        screen = teacher.locator(".descent-class")
        screen.get_by_role("heading", name="Where does SGD end?").wait_for()
        code = teacher.evaluate("JSON.parse(sessionStorage['descent room']).code")
        assert screen.locator(".code").inner_text() == code
        student = opened(f"code={code.lower()}", "/vote", viewport={"width": 390, "height": 844})
        student.get_by_role("application", name="Map.").focus()
        student.keyboard.press("Shift+ArrowRight")
        student.keyboard.press("Enter")
        student.get_by_text("Your answer is in. It can be changed until the reveal.").wait_for()
        student.evaluate(NO_NETWORK)
        student.locator(".map").click(position={"x": 20, "y": 20})
        student.get_by_text("Your answer is kept here, and sent as soon as there is one.").wait_for()
        student.wait_for_function("document.querySelectorAll('.map .mine').length === 2")
        student.evaluate(NETWORK)
        student.get_by_text("Your answer is in. It can be changed until the reveal.").wait_for()
        for number in range(29):
            phone(f"{app_url}/vote/{code}", number, [3.5, -1.8] if number < 20 else [-3, 3])
        screen.get_by_text("30 answers").wait_for()
        teacher.reload()  # a teacher's tab that is loaded anew is in its room again
        screen.get_by_text("30 answers").wait_for()
        teacher.evaluate(NO_NETWORK)
        teacher.keyboard.press("PageDown")
        screen.get_by_text("Trying again").wait_for()
        teacher.evaluate(NETWORK)
        screen.get_by_text("20 of 30").wait_for()
        teacher.wait_for_function(f"{PLAYER}?.presenter.on && {PLAYER}?.race?.steps === 40")
        edge = screen.bounding_box()
        player = teacher.locator(".descent").bounding_box()
        assert edge
        assert player
        assert edge["x"] + edge["width"] <= player["x"] + 1
        student.get_by_text("Your mark is farther off.").wait_for()
        teacher.keyboard.press("PageDown")
        screen.wait_for(state="hidden")
        student.get_by_text("Wait for the next question.").wait_for()
