"""Votes by phone: rooms and their codes, polls out of lessons and races, and what phones and the class's screen are told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from starlette.applications import Starlette

from app_pages import classroom, playlist
from app_pages.classroom import home_for_phones
from app_pages.session import Session
from exports.playlist import Entry, Playlist
from limits import ROOM_DEVICES, ROOMS, WRONG_CODES, WRONG_CODES_OF_ONE
from scenario import Choice, Scenario
from scenario.lessons import lessons
from scenario.questions import END, FIRST
from tests.test_pages import kept, open_page
from votes import NoRoom, Poll, Room, Rooms, TapMap, TooMany, rooms, web
from votes.asking import NOBODY, of_lesson, of_played
from votes.plain import plain_text
from votes.poll import Vote
from votes.rooms import ALPHABET, LIFE, WHILE, shown, tidied

YES_NO = Poll("Does it?", ("Yes", "No"), ("Yes",), "It does.", {"No": "Look again."})
BOWL = Scenario(landscape=Choice("sphere"), optimizers=(Choice.of("sgd", lr=0.1), Choice.of("momentum", lr=0.001)), steps=60)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(clock: Clock) -> Rooms:
    return Rooms(clock)


def device(number: int) -> str:
    return f"{number:016d}"


def asked(house: Rooms, poll: Poll = YES_NO) -> Room:
    room = house.open()
    house.ask(room, poll)
    return room


# ---- rooms


def test_a_code_is_six_signs_that_cannot_be_taken_for_one_another(house: Rooms) -> None:
    codes = {house.open().code for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == 6 and set(code) <= set(ALPHABET) for code in codes)
    assert not set("01OI") & set(ALPHABET)
    assert {Rooms(letter="K").open().code[0] for _ in range(5)} == {"K"}
    with pytest.raises(ValueError, match="DESCENT_ROOM_LETTER = '0'"):
        Rooms(letter="0")


def test_a_code_is_found_however_it_is_typed(house: Rooms) -> None:
    room = asked(house)
    assert house.enter(f" {shown(room.code).lower()} ", device(1), "a") is room
    assert tidied("k7p-x3m") == "K7PX3M"


def test_a_room_is_gone_after_two_hours_without_a_question(house: Rooms, clock: Clock) -> None:
    room = asked(house)
    clock.now = LIFE - 1
    house.ask(room, YES_NO)
    clock.now = 2 * LIFE - 2
    assert house.led(room.code, room.secret) is room
    clock.now = 2 * LIFE
    with pytest.raises(NoRoom, match="ask the class again"):
        house.led(room.code, room.secret)
    with pytest.raises(NoRoom, match="no question with the code"):
        house.enter(room.code, device(1), "a")


def test_there_is_an_end_to_rooms_and_devices(house: Rooms, clock: Clock) -> None:
    room, *_ = [asked(house) for _ in range(ROOMS.value)]
    with pytest.raises(TooMany, match="all 200 rooms"):
        house.open()
    for number in range(ROOM_DEVICES.value):
        house.enter(room.code, device(number), "a")
    with pytest.raises(TooMany, match="1,000 devices"):
        house.enter(room.code, device(ROOM_DEVICES.value), "b")
    clock.now = LIFE
    house.open()  # what is over makes room


def test_only_its_teacher_leads_a_room(house: Rooms) -> None:
    room = asked(house)
    for secret in ("", room.code, room.secret[:-1]):
        with pytest.raises(NoRoom):
            house.led(room.code, secret)


def test_codes_cannot_be_guessed(house: Rooms, clock: Clock) -> None:
    room = asked(house)
    house.enter(room.code, device(1), "class")
    for _ in range(WRONG_CODES_OF_ONE.value):
        with pytest.raises(NoRoom):
            house.enter("AAAAAA", device(9), "thief")
    with pytest.raises(TooMany, match="wait for a minute"):
        house.enter(room.code, device(9), "thief")  # though it would be right now
    assert house.enter(room.code, device(1), "thief") is room, "who was in the room already stays in it"
    assert house.enter(room.code, device(2), "class") is room
    for number in range(WRONG_CODES.value - WRONG_CODES_OF_ONE.value):
        with pytest.raises(NoRoom):
            house.enter("AAAAAA", device(9), f"thief {number}")
    with pytest.raises(TooMany):
        house.enter(room.code, device(3), "another")
    clock.now = WHILE
    assert house.enter(room.code, device(9), "thief") is room


def test_one_vote_a_device_changeable_until_the_reveal(house: Rooms) -> None:
    room = asked(house)
    for choice in (1, 0, 1):
        house.vote(room, device(1), room.round, lambda poll, choice=choice: Vote.of(poll, choice))  # type: ignore[misc]
    house.vote(room, device(2), room.round, lambda poll: Vote.of(poll, 0))
    assert (room.tally.count, room.tally.choices, room.tally.right) == (2, (1, 1), 1)
    with pytest.raises(ValueError, match="choice = 2 is none of the 2"):
        house.vote(room, device(3), room.round, lambda poll: Vote.of(poll, 2))
    house.reveal(room)
    with pytest.raises(ValueError, match="cannot be changed any more"):
        house.vote(room, device(1), room.round, lambda poll: Vote.of(poll, 0))
    before = room.round
    house.ask_again(room)
    assert (room.tally.count, room.state, room.round) == (0, "open", before + 1)
    with pytest.raises(ValueError, match="this question is over"):
        house.vote(room, device(1), before, lambda poll: Vote.of(poll, 0))
    house.end(room)
    assert room.state == "waiting"


def test_a_hundred_phones_at_once_are_counted_once_each(house: Rooms) -> None:
    room = asked(house)

    def phone(number: int) -> None:
        for choice in range(20):
            entered = house.enter(room.code, device(number), "class")
            house.vote(entered, device(number), entered.round, lambda poll, choice=choice: Vote.of(poll, (choice + number) % 2))  # type: ignore[misc]

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(phone, range(100)))
    assert room.tally.choices == (50, 50)
    assert len(room.devices) == 100


# ---- polls


def test_every_lessons_question_can_be_asked_in_plain_words() -> None:
    for lesson in lessons().values():
        for question in lesson.questions:
            if question.places and lesson.name != "two-weights":
                continue  # their races are looked at below
            poll = of_lesson(question)
            for text in (poll.question, *poll.choices, poll.because, *poll.why.values()):
                assert not set("$\\{}`") & set(text), text
            assert len(poll.choices) == len(question.choices)
            assert set(poll.why) | set(poll.right) == set(poll.choices)


def test_formulas_become_what_unicode_has_for_them() -> None:
    assert plain_text(r"so $(1 - \sqrt{\eta\lambda})^2$ and $-H^{-1} g$, *not* **yes** a*b") == "so (1 − √(ηλ))² and −H⁻¹ g, not yes a*b"
    assert plain_text(r"$\frac{1}{2}$ of $\lambda_{\max}$, $g/\sqrt{s}$") == "1/2 of λmax, g/√s"


def test_a_lessons_map_takes_a_tap_for_the_nearest_choice() -> None:
    poll = of_lesson(lessons()["descent"].questions[0])
    assert poll.map
    assert poll.map.hint == "Tap where SGD from (0.5, −1.2) will end."
    assert poll.map.starts == ((0.5, -1.2),)
    assert poll.map.ends[0] == pytest.approx((3.58, -1.83), abs=0.01)
    assert Vote.of(poll, at=[3.3, -1.6]) == Vote(1, (3.3, -1.6))
    assert Vote.of(poll, at=[3.3, -1.6]).is_right(poll)
    assert not Vote.of(poll, at=[-3.5, -3]).is_right(poll)
    wrong: Any
    for wrong in ([99, 0], [float("nan"), 0], [1], "1,2", [True, None], {}, [10**400, 0], ["a", 1, 1]):
        with pytest.raises(ValueError, match="is no point"):
            Vote.of(poll, at=wrong)
    with pytest.raises(ValueError, match="has no map"):
        Vote.of(YES_NO, at=[0, 0])


def test_a_race_is_asked_who_arrives_first_and_where_it_ends() -> None:
    race = BOWL.race()
    first = of_played(race, FIRST)
    assert first.choices == (*race.labels, NOBODY)
    assert first.right == (race.labels[0],)
    arrived = int(race.verdicts[0].since[0])
    assert first.because == f"{race.labels[0]} arrived first, at step {arrived}."
    slow = BOWL.replace(steps=2).race()
    assert of_played(slow, FIRST).right == (NOBODY,)
    end = of_played(race, END)
    assert end.map
    assert Vote.of(end, at=list(end.map.ends[0])).is_right(end)
    assert not Vote.of(end, at=[low for low, _ in race.landscape.window]).is_right(end)
    assert end.question == f"Where does {race.labels[0]} end?"
    several = of_played(BOWL.replace(points=((1, 1), (-1, 1))).race(), END)
    assert several.question == f"Where does {race.labels[0]} end from the marked start?", "from the others it may end elsewhere"
    with pytest.raises(ValueError, match="not on the map"):
        of_played(BOWL.replace(optimizers=(Choice.of("sgd", lr=5),)).race(), END)
    with pytest.raises(ValueError, match="add another optimizer"):
        of_played(BOWL.replace(optimizers=(Choice("sgd"),)).race(), FIRST)


def test_a_poll_without_an_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="choices or a map"):
        Poll("Well?")
    with pytest.raises(ValueError, match="is none of the choices"):
        Poll("Well?", ("Yes",), ("No",))


# ---- what is told


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rooms]:
    rooms.cache_clear()
    yield rooms()
    rooms.cache_clear()


def asks(path: str, body: object = None, kind: str = "application/json", base: str = "") -> tuple[int, bytes]:
    """The status and the content of what the server answers; with a body it is sent something."""
    sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    parts = urlsplit(path)
    scope = {
        "type": "http", "method": "GET" if body is None else "POST", "path": parts.path, "query_string": parts.query.encode(),
        "headers": [(b"content-type", kind.encode())], "client": ("10.0.0.1", 5), "root_path": "", "scheme": "http", "server": ("here", 80),
    }  # fmt: skip
    answers: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    with ThreadPoolExecutor(1) as thread:  # where Playwright has run before, this one has a loop that never ends
        thread.submit(lambda: asyncio.run(Starlette(routes=web.routes(base))(scope, receive, send))).result()
    return answers[0]["status"], b"".join(answer.get("body", b"") for answer in answers)


def told(path: str, body: object = None) -> dict[str, Any]:
    status, content = asks(path, body)
    assert status == 200, content
    found: dict[str, Any] = json.loads(content)
    return found


def test_a_phone_votes_and_is_told_what_is_right_after_the_reveal(here: Rooms) -> None:
    room, me = asked(here), device(1)
    path, lead = f"/vote/{room.code.lower()}", f"/vote/{room.code}/lead"
    seen = told(f"{path}?device={me}")
    assert (seen["question"], seen["choices"], seen["state"]) == ("Does it?", ["Yes", "No"], "open")
    assert not {"right", "because", "why", "mine", "secret"} & set(seen)
    assert asks(f"{path}?device={me}&seen={seen['seen']}") == (204, b"")
    assert told(path, {"device": me, "round": seen["round"], "choice": 1})["mine"]["choice"] == 1
    board = told(lead, {"secret": room.secret})
    assert (board["count"], board["devices"]) == (1, 1)
    assert not {"tally", "right", "because"} & set(board), "the screen must not know what it must not show"
    board = told(lead, {"secret": room.secret, "do": "reveal"})
    assert board["tally"] == {"count": 1, "choices": [0, 1], "percents": [0, 100], "right": 0, "taps": []}
    after = told(f"{path}?device={me}&seen={seen['seen']}")
    assert (after["correct"], after["right"], after["why"], after["because"]) == (False, [0], "Look again.", "It does.")
    assert told(lead, {"secret": room.secret, "do": "again"})["state"] == "open"
    assert told(lead, {"secret": room.secret, "do": "end"}) == {"round": 2, "state": "waiting"}
    assert told(f"{path}?device={me}")["state"] == "waiting"


@pytest.mark.parametrize(
    ("path", "body", "kind", "status", "said"),
    [
        ("/vote/AAAAAA?device=0000000000000001", None, "", 404, "There is no question with the code AAA AAA; look at the screen again."),
        ("/vote/CODE?device=x", None, "", 400, "Device = 'x' should be 16 to 64 letters"),
        ("/vote/CODE", {"device": device(1), "round": 9, "choice": 0}, "application/json", 400, "This question is over"),
        ("/vote/CODE", {"device": device(1), "round": 1, "choice": True}, "application/json", 400, "Choice = True is none of the 2"),
        ("/vote/CODE", {"device": device(1)}, "text/plain", 400, "This should be JSON, and say so."),
        ("/vote/CODE", b"{" * 3000, "application/json", 400, "more than 2,000 bytes"),
        ("/vote/CODE", b"{" * 1000, "application/json", 400, "This is no JSON."),
        ("/vote/CODE", [1], "application/json", 400, "This should be a JSON object."),
        ("/vote/CODE/lead", {"secret": "guess", "do": "reveal"}, "application/json", 404, "This room is gone"),
        ("/vote/CODE/lead", {"secret": "\ud800", "do": "reveal"}, "application/json", 404, "This room is gone"),
        ("/vote/CODE/lead", {"secret": "SECRET", "do": ["end"]}, "application/json", 400, "Do = ['end'] is nothing that can be done"),
        ("/vote/CODE/lead", {"secret": "SECRET", "do": "cheat"}, "application/json", 400, "Do = 'cheat' is nothing that can be done"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(here: Rooms, path: str, body: Any, kind: str, status: int, said: str) -> None:
    room = asked(here)
    if isinstance(body, dict) and body.get("secret") == "SECRET":
        body = body | {"secret": room.secret}
    got, content = asks(path.replace("CODE", room.code), body, kind)
    assert got == status
    assert said in json.loads(content)["problem"]
    assert room.state == "open"


def test_a_map_is_sent_as_a_small_picture(here: Rooms) -> None:
    scenario = BOWL.race()
    room = asked(here, Poll("Where?", map=TapMap(scenario.landscape, ((1.0, 1.0),), ((0.0, 0.0),), hint="Tap.")))
    status, picture = asks(f"/vote/{room.code}/map.png?device={device(1)}&theme=dark")
    assert status == 200
    assert len(picture) < 20_000
    image = Image.open(BytesIO(picture)).convert("RGB")
    (x0, x1), (y0, y1) = scenario.landscape.window
    lowest = min(((x, y) for x in range(0, image.width, 8) for y in range(0, image.height, 8)), key=lambda at: sum(image.getpixel(at)))  # type: ignore[arg-type]
    assert abs(x0 + lowest[0] / image.width * (x1 - x0)) < 0.2 * (x1 - x0)
    assert abs(y1 - lowest[1] / image.height * (y1 - y0)) < 0.2 * (y1 - y0)
    board = told(f"/vote/{room.code}/lead", {"secret": room.secret, "picture": "light"})
    assert board["picture"].startswith("data:image/png;base64,")
    assert asks(f"/vote/AAAAAA/map.png?device={device(1)}")[0] == 404


def test_the_phones_page_is_small_and_loads_nothing_else() -> None:
    for base, path in (("", "/vote"), ("", "/vote/"), ("course/descent", "/course/descent/vote")):
        status, page = asks(path, base=base)
        assert status == 200
    assert len(page) < 25_000
    text = page.decode()
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text
    assert "cookie" not in text.lower()


# ---- the teacher's page


def test_a_lessons_question_is_asked_in_the_room_of_the_tab(here: Rooms) -> None:
    app = open_page("lesson=ravine", "lessons")
    app.button(key="ask class ravine 0").click().run()
    assert not app.exception
    code, secret = kept(app).room or ("", "")
    room = here.led(code, secret)
    assert room.poll == of_lesson(lessons()["ravine"].questions[0])
    shown_to_class = kept(app).asked or {}
    assert (shown_to_class["code"], shown_to_class["source"]) == (code, "ravine.0")
    assert str(shown_to_class["address"]).endswith(f"vote?code={code}")
    app.button(key="ask class ravine 0").click().run()
    assert (kept(app).room, room.round) == ((code, secret), 2), "whoever is in the room is asked there"


def test_who_is_in_a_room_is_asked_there_though_its_tab_was_loaded_anew(here: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    before, now = asked(here, Poll("Before?", ("Yes",), ("Yes",))), Session()
    monkeypatch.setattr(classroom, "session", lambda: now)
    classroom.ask(lambda: YES_NO, "here", "key")  # sooner than the browser could tell of its room
    other = here.led(*(now.room or ("", "")))
    assert other is not before
    classroom._take_over(before.code, before.secret)
    assert now.room == (before.code, before.secret)
    assert (now.asked or {})["code"] == before.code
    assert (before.poll, before.state, other.state) == (YES_NO, "open", "waiting")
    classroom._take_over("AAAAAA", "gone")
    assert now.room == (before.code, before.secret)


@pytest.mark.parametrize(
    ("url", "home", "said"),
    [
        ("http://school.example/descent/lessons", "http://school.example/descent/", ""),
        ("http://192.168.1.20:8501", "http://192.168.1.20:8501/", ""),
        ("http://localhost:8501/lessons", "http://10.1.2.3:8501/", "same network"),
    ],
)  # fmt: skip
def test_phones_are_sent_where_they_can_reach_the_app(monkeypatch: pytest.MonkeyPatch, url: str, home: str, said: str) -> None:
    monkeypatch.setattr("streamlit.net_util.get_internal_ip", lambda: "10.1.2.3")
    found, note = home_for_phones(url)
    assert found == home
    assert said in note
    assert bool(said) == bool(note)


def test_presenting_asks_the_question_of_the_entry_that_is_shown_already(monkeypatch: pytest.MonkeyPatch) -> None:
    now = Session()
    monkeypatch.setattr(playlist, "session", lambda: now)
    monkeypatch.setattr(playlist, "set_value", lambda *_: None)
    monkeypatch.setattr(playlist, "_now", lambda: Playlist((Entry("As it was left", now.view, FIRST),), 1))
    playlist._present()
    assert (now.to_ask, now.presentations) == (FIRST, 1)
