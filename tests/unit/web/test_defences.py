from __future__ import annotations

import pytest

POSTS = ["/chat/messages", "/chat/wipe", "/chat/language"]
ALL = [("GET", "/"), ("GET", "/chat/messages"), ("GET", "/health"), *(("POST", path) for path in POSTS)]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_post_from_another_site_is_refused(browser, conversations, path, site):
    answer = browser.post(path, json={"text": "hello"}, headers={"Sec-Fetch-Site": site})

    assert (answer.status_code, answer.json()) == (403, {"error": "cross_site"})
    assert conversations.sent == conversations.wiped == []
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.example", "http://testserver.evil.example", "http://testserver:81", ""],
)
def test_without_fetch_metadata_the_origin_must_be_ours(browser, conversations, origin):
    del browser.headers["Sec-Fetch-Site"]
    headers = {} if origin is None else {"Origin": origin}
    answer = browser.post("/chat/messages", json={"text": "hello"}, headers=headers)

    assert (answer.status_code, answer.json()) == (403, {"error": "cross_site"})
    assert conversations.sent == []


def test_a_browser_without_fetch_metadata_is_served_when_its_origin_is_ours(browser, conversations):
    del browser.headers["Sec-Fetch-Site"]
    answer = browser.post("/chat/messages", json={"text": "hello"}, headers={"Origin": "http://testserver"})

    assert answer.status_code == 200


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonp"],
)
def test_only_json_is_accepted(browser, conversations, path, content_type):
    answer = browser.post(path, content=b'{"text": "hello"}', headers={"Content-Type": content_type})

    assert (answer.status_code, answer.json()) == (415, {"error": "wrong_type"})
    assert conversations.sent == conversations.wiped == []


def test_the_content_type_may_name_a_charset(browser):
    answer = browser.post(
        "/chat/messages",
        content=b'{"text": "hi"}',
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("size", [64 * 1024, 2 * 1024 * 1024])
def test_a_body_over_64_kib_is_refused(browser, conversations, path, size):
    answer = browser.post(path, json={"text": "a" * size})

    assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})
    assert conversations.sent == conversations.wiped == []


def test_a_body_sent_in_pieces_is_counted_as_a_whole(browser):
    pieces = (b" " * 1024 for _ in range(70))
    answer = browser.post("/chat/messages", content=pieces, headers={"Content-Type": "application/json"})

    assert answer.status_code == 413


def test_a_long_message_within_the_limit_reaches_the_assistant_whole(browser, conversations):
    browser.post("/chat/messages", json={"text": "a" * 60_000})

    assert len(conversations.texts[0]) == 60_000


@pytest.mark.parametrize(("method", "path"), ALL)
def test_nothing_is_cached_and_everything_is_guarded(browser, method, path):
    headers = browser.request(method, path, json={} if method == "POST" else None).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("method", "path"), ALL)
def test_the_content_security_policy_allows_ourselves_only(browser, method, path):
    header = browser.request(method, path, json={} if method == "POST" else None).headers[
        "content-security-policy"
    ]
    policy = dict(directive.strip().split(" ", 1) for directive in header.split(";"))

    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
