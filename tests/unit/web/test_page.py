from __future__ import annotations

import html
import json
import re

import pytest

from bot.web.page import HERE, PageSettings, direction, own_name, page_texts
from bot.web.routes import routes as web_routes
from bot.wording.catalogue import Texts

WEIGHT_LIMIT = 27 * 1024
"""Bytes of everything the page needs, uncompressed: it must open on a bad connection (about 9 KB on the way)."""

STATIC = [HERE / "static" / name for name in ("chat.js", "chat.css", "icon.svg")]


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:src|href|action|content)="([^"]*)"', page)


def data(page: str, name: str) -> object:
    match = re.search(rf"data-{name}='([^']*)'", page)
    assert match
    return json.loads(html.unescape(match.group(1)))


def test_everything_in_the_page_comes_from_this_host(browser):
    page = browser.get("/").text
    served = [page, *(path.read_text() for path in STATIC)]

    assert not any("//" in address for address in addresses(page))
    for text in served:
        without_names = text.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|@import|url\(|[\"']//", without_names)


def test_there_is_no_inline_script_or_style(browser):
    page = browser.get("/").text

    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.S) == [""]
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)


def test_the_script_keeps_nothing_in_the_browser():
    script = (HERE / "static" / "chat.js").read_text()

    assert not re.search(
        r"localStorage|sessionStorage|indexedDB|document\.cookie|pushState|caches|innerHTML", script
    )
    assert "location.replace" in script


def test_the_page_is_light(browser):
    page = browser.get("/").content

    assert len(page) + sum(path.stat().st_size for path in STATIC) < WEIGHT_LIMIT


def test_static_files_are_kept_for_long_under_a_name_that_changes_with_them(browser):
    for address in (a for a in addresses(browser.get("/").text) if "assets" in a):
        answer = browser.get("/" + address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert re.fullmatch(r"chat/assets/\w+\.[0-9a-f]{10}\.(js|css|svg)", address)


def test_static_files_come_compressed_only_when_asked_for(browser):
    address = next(a for a in addresses(browser.get("/").text) if a.endswith(".js"))
    plain = browser.get("/" + address, headers={"Accept-Encoding": "identity"})
    packed = browser.get("/" + address, headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.content == packed.content == (HERE / "static" / "chat.js").read_bytes()


@pytest.mark.parametrize("name", ["chat.js", "chat.0000000000.js", "..%2froutes.py", "%2e%2e/page.py"])
def test_other_files_are_not_served(browser, name):
    assert browser.get(f"/chat/assets/{name}").status_code == 404


def test_the_title_is_harmless_and_can_be_chosen(browse):
    assert "<title>Notes</title>" in browse().get("/").text
    assert "<title>Tea &amp; cake</title>" in browse(title="Tea & cake").get("/").text


def test_the_page_to_leave_to_can_be_chosen(browse):
    assert 'data-exit="about:blank"' in browse().get("/").text
    assert 'data-exit="https://weather.example/"' in browse(exit_to="https://weather.example/").get("/").text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "", "weather.example", "https://"]
)
def test_the_page_to_leave_to_must_be_an_address(address):
    with pytest.raises(ValueError, match="about:blank"):
        PageSettings(exit_to=address)


def test_there_is_at_least_one_language():
    with pytest.raises(ValueError, match="language"):
        PageSettings(languages=())


def test_one_language_needs_no_choice(browse):
    assert "<select" not in browse().get("/").text
    page = browse(languages=("en", "ar")).get("/").text
    assert '<option value="en" lang="en" selected>English</option>' in page
    assert '<option value="ar" lang="ar">العربية</option>' in page


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ar", "ar"),
        ("AR-eg;q=0.9, en", "ar"),
        ("fr, ar;q=0.5", "ar"),
        ("fr", "en"),
        ("", "en"),
        (";;,*", "en"),
    ],
)
def test_the_browser_s_language_is_used_until_one_is_chosen(browse, accepted, language):
    page = browse(languages=("en", "ar")).get("/", headers={"Accept-Language": accepted}).text

    assert f'<html lang="{language}"' in page


def test_a_language_cookie_that_is_not_ours_is_ignored(browse):
    browser = browse(languages=("en", "ar"))
    browser.cookies.set("language", "xx")

    assert '<html lang="en"' in browser.get("/").text


def test_translated_texts_are_used_and_missing_ones_are_english(browse):
    page = browse(languages=("ar",)).get("/").text

    assert ">إرسال</button>" in page
    assert page_texts()["web.exit"] in page


def test_the_script_knows_the_labels_of_every_language(browse):
    labels = data(browse(languages=("en", "ar")).get("/").text, "labels")

    assert [entry["say"] for entry in labels] == ["Say:", "قل:"]
    assert labels[0] == {
        "say": "Say:",
        "never": "Avoid:",
        "why": "Why:",
        "source": "From: ",
        "open": "“",
        "close": "”",
    }


def test_the_script_finds_every_word_it_shows(browser):
    script = (HERE / "static" / "chat.js").read_text()
    asked = set(re.findall(r"words\.(\w+)", script)) | set(re.findall(r"words\['([\w.]+)'\]", script))
    words = data(browser.get("/").text, "words")

    assert asked
    assert asked <= set(words)
    assert {f"error.{code}" for code in re.findall(r"failure\('(\w+)'\)", script)} - {"error.aborted"} <= set(
        words
    )


def test_texts_are_escaped_in_the_page(browse, conversations):
    hostile = {"label.say": "</body>'\"<script>", "label.never": "&", "label.why": "w", "label.source": "s"}
    routes = web_routes(conversations, Texts({**hostile, "label.quote": "{words}"}), PageSettings())
    page = next(route for route in routes if route.path == "/")
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    text = TestClient(Starlette(routes=[page])).get("/").text
    assert text.count("<script") == 1
    assert data(text, "labels")[0]["say"] == hostile["label.say"]


def test_no_sentence_stands_in_the_script_or_the_template():
    template = re.sub(r"\{[{%].*?[}%]\}", "", (HERE / "templates" / "chat.html").read_text())
    shown = re.sub(r"<[^>]*>", "", template).strip()

    assert shown == ""


@pytest.mark.parametrize(
    ("language", "expected"), [("ar", "rtl"), ("en", "ltr"), ("fr", "ltr"), ("xx", "ltr")]
)
def test_direction_of_a_language(language, expected):
    assert direction(language) == expected


@pytest.mark.parametrize(
    ("language", "name"), [("en", "English"), ("fr", "Français"), ("es", "Español"), ("xx", "xx")]
)
def test_a_language_is_named_in_itself(language, name):
    assert own_name(language) == name
