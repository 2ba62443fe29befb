from __future__ import annotations

import logging

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.web.conversations import Message
from bot.web.page import PageSettings, page_texts
from bot.web.routes import routes as web_routes

ID = "0123456789abcdef0123456789abcdef"


def test_words_reach_the_assistant_and_the_answer_comes_back(browser, conversations):
    answer = browser.post("/chat/messages", json={"text": "she is crying"})

    assert answer.status_code == 200
    assert answer.json() == {
        "messages": [{"text": "heard she is crying", "buttons": [{"title": "Next", "payload": "/next"}]}]
    }
    assert conversations.sent == [("web", browser.cookies["visitor"], "she is crying")]


def test_a_button_sends_its_payload(browser, conversations):
    browser.post("/chat/messages", json={"payload": '/inform{"age": "child"}'})

    assert conversations.texts == ['/inform{"age": "child"}']


@pytest.mark.parametrize(
    "typed",
    ["/next", "  /next", "//next", "／next", "\u200b/next", "\x01/next", "\ufeff\n/ next", "\ud800/next"],
)
def test_typed_words_never_look_like_a_button(browser, conversations, typed):
    # Written with escapes, as half a surrogate pair cannot be sent otherwise.
    body = b'{"text": "' + "".join(f"\\u{ord(c):04x}" for c in typed).encode() + b'"}'
    browser.post("/chat/messages", content=body, headers={"Content-Type": "application/json"})

    assert conversations.texts in (["next"], ["?/next"])


@pytest.mark.parametrize("typed", ["", "   ", "/", "\n\t"])
def test_no_words_are_refused_as_empty(browser, conversations, typed):
    answer = browser.post("/chat/messages", json={"text": typed})

    assert (answer.status_code, answer.json()) == (400, {"error": "empty"})
    assert conversations.sent == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"payload": "next"},
        {"payload": "/" + "x" * 2000},
        {"text": "a", "payload": "/next"},
        {"text": 5},
        {"payload": ["/next"]},
        {"text": "a", "id": "not an id"},
        {"text": "a", "id": 7},
        [],
        "text",
    ],
)
def test_other_shapes_are_refused(browser, conversations, body):
    answer = browser.post("/chat/messages", json=body)

    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})
    assert conversations.sent == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60000])
def test_what_is_not_json_is_refused(browser, body):
    answer = browser.post("/chat/messages", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


def test_a_message_sent_again_is_delivered_once(browser, conversations):
    first = browser.post("/chat/messages", json={"text": "hello", "id": ID})
    again = browser.post("/chat/messages", json={"text": "hello", "id": ID})

    assert first.json() == again.json()
    assert conversations.texts == ["hello"]


def test_a_message_that_failed_is_delivered_when_sent_again(browser, conversations):
    conversations.failure = RuntimeError("down")
    assert browser.post("/chat/messages", json={"text": "hello", "id": ID}).status_code == 503
    conversations.failure = None

    assert browser.post("/chat/messages", json={"text": "hello", "id": ID}).status_code == 200
    assert conversations.texts == ["hello"]


def test_opening_the_page_again_shows_where_the_person_is(browser, conversations):
    conversations.showing = [Message("Step 3")]

    assert browser.get("/chat/messages").json() == {"messages": [{"text": "Step 3", "buttons": []}]}
    assert conversations.sent == []


def test_a_first_visit_is_greeted(browser, conversations):
    assert browser.get("/chat/messages").json()["messages"][0]["text"] == "heard /greet"


def test_without_a_greeting_a_first_visit_stays_empty(browse, conversations):
    assert browse(start_payload=None).get("/chat/messages").json() == {"messages": []}
    assert conversations.sent == []


def test_wiping_deletes_and_makes_the_visitor_somebody_new(browser, conversations):
    before = browser.cookies["visitor"]
    answer = browser.post("/chat/wipe", json={})

    assert answer.json() == {"messages": [], "cleared": True}
    assert conversations.wiped == [("web", before)]
    assert browser.cookies["visitor"] != before
    browser.post("/chat/messages", json={"text": "hello"})
    assert conversations.sent[0][1] == browser.cookies["visitor"]


@pytest.mark.parametrize("body", [{"text": "wipe"}, {"text": "Wipe "}, {"payload": "/wipe"}])
def test_wiping_inside_the_conversation_clears_the_page_too(browser, conversations, body):
    before = browser.cookies["visitor"]
    answer = browser.post("/chat/messages", json=body)

    assert answer.json()["cleared"] is True
    assert conversations.wiped == [("web", before)]
    assert browser.cookies["visitor"] != before


def test_a_wipe_that_failed_is_not_called_done_and_can_be_repeated(browser, conversations):
    before = browser.cookies["visitor"]
    conversations.failure = RuntimeError("database gone")
    answer = browser.post("/chat/wipe", json={})

    assert (answer.status_code, answer.json()) == (503, {"error": "unavailable"})
    assert browser.cookies["visitor"] == before


def test_wiping_also_forgets_the_answers_kept_for_a_repeat(browser, conversations):
    visitor = browser.cookies["visitor"]
    browser.post("/chat/messages", json={"text": "hello", "id": ID})
    browser.post("/chat/wipe", json={})
    browser.cookies.clear()
    browser.cookies.set("visitor", visitor)
    browser.post("/chat/messages", json={"text": "hello", "id": ID})

    assert conversations.texts == ["hello", "hello"]


def test_wiping_without_a_cookie_touches_nobody(browse, conversations):
    answer = browse(opened=False).post("/chat/wipe", json={})

    assert answer.json()["cleared"] is True
    assert conversations.wiped == []


@pytest.mark.parametrize("cookie", [None, "", "x" * 32, "ABCDEF0123456789ABCDEF0123456789", "a" * 31])
def test_without_an_id_of_ours_nothing_is_sent(browse, conversations, cookie):
    browser = browse(opened=False)
    if cookie is not None:
        browser.cookies.set("visitor", cookie)
    for answer in (browser.post("/chat/messages", json={"text": "hello"}), browser.get("/chat/messages")):
        assert (answer.status_code, answer.json()) == (403, {"error": "no_cookie"})
    assert conversations.sent == []


def test_a_failure_is_told_without_its_message_and_logged_without_it(browser, conversations, caplog):
    conversations.failure = RuntimeError("she said a secret")
    with caplog.at_level(logging.DEBUG):
        answers = [
            browser.post("/chat/messages", json=body) for body in ({"text": "a"}, {"text": "a", "id": ID})
        ]

    for answer in answers:
        assert (answer.status_code, answer.json()) == (503, {"error": "unavailable"})
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_choosing_a_language_tells_the_assistant_and_changes_the_page(browse, conversations):
    browser = browse(languages=("en", "ar"))
    assert '<html lang="en" dir="ltr"' in browser.get("/").text
    assert browser.post("/chat/language", json={"language": "ar"}).status_code == 200

    assert conversations.texts == ['/change_language{"language": "ar"}']
    assert '<html lang="ar" dir="rtl"' in browser.get("/").text


@pytest.mark.parametrize("code", ["fr", "", None, 3, ["ar"]])
def test_a_language_that_is_not_offered_is_refused(browse, conversations, code):
    answer = browse(languages=("en", "ar")).post("/chat/language", json={"language": code})

    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})
    assert conversations.sent == []


def test_health(browser):
    assert browser.get("/health").json() == {"status": "ok"}


def test_health_says_when_the_assistant_is_not_ready(conversations, texts):
    async def not_yet() -> bool:
        return False

    client = TestClient(Starlette(routes=web_routes(conversations, texts, PageSettings(), not_yet)))
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "starting"})


@pytest.mark.parametrize(
    "code",
    [
        "bad_request",
        "cross_site",
        "empty",
        "no_cookie",
        "too_large",
        "unavailable",
        "wrong_type",
        "offline",
        "timeout",
    ],
)
def test_every_error_code_has_a_sentence(code):
    assert page_texts()[f"web.error.{code}"].endswith(".")


def test_a_picture_lies_in_the_answer_itself(browser, conversations):
    conversations.showing = [Message("Figures.", (), b"\x89PNG")]

    shown = browser.get("/chat/messages").json()["messages"]

    assert shown == [{"text": "Figures.", "buttons": [], "picture": "data:image/png;base64,iVBORw=="}]
