from __future__ import annotations

import re
from http.cookies import Morsel, SimpleCookie

from bot.web.visitors import new_visitor


def set_cookies(response) -> dict[str, Morsel[str]]:
    cookies: SimpleCookie = SimpleCookie()
    for header in response.headers.get_list("set-cookie"):
        cookies.load(header)
    return dict(cookies)


def test_the_id_has_128_random_bits():
    ids = {new_visitor() for _ in range(100)}

    assert len(ids) == 100
    assert all(re.fullmatch("[0-9a-f]{32}", visitor) for visitor in ids)


def test_the_cookie_ends_with_the_browser_and_stays_on_the_site(browse):
    cookie = set_cookies(browse(opened=False).get("/"))["visitor"]

    assert cookie["httponly"] is True
    assert cookie["samesite"].lower() == "strict"
    assert cookie["path"] == "/"
    assert cookie["max-age"] == cookie["expires"] == cookie["domain"] == ""
    assert not cookie["secure"]


def test_by_https_the_cookie_is_secure_and_bound_to_the_host(browse):
    cookie = set_cookies(browse(opened=False, base="https://testserver").get("/"))["__Host-visitor"]

    assert cookie["secure"] is True
    assert cookie["httponly"] is True
    assert cookie["domain"] == ""


def test_behind_a_proxy_the_setting_makes_the_cookie_secure(browse):
    cookies = set_cookies(browse(opened=False, https=True).get("/"))

    assert cookies["__Host-visitor"]["secure"] is True


def test_the_language_cookie_has_the_same_flags(browse):
    answer = browse(languages=("en", "ar")).post("/chat/language", json={"language": "ar"})
    cookie = set_cookies(answer)["language"]

    assert cookie["httponly"] is True
    assert cookie["samesite"].lower() == "strict"
    assert cookie["max-age"] == cookie["expires"] == ""


def test_somebody_who_has_an_id_keeps_it(browser):
    assert set_cookies(browser.get("/")) == {}


def test_two_browsers_are_two_people(browse):
    assert browse().cookies["visitor"] != browse().cookies["visitor"]


def test_the_id_is_not_in_the_page(browser):
    assert browser.cookies["visitor"] not in browser.get("/").text
