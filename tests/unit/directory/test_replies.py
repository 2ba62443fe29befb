"""What is said about services: short, true about money, and with a way on when nothing is near."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.directory.candidates import Candidate
from bot.directory.codes import NEEDS, Caution
from bot.directory.fitness import open_questions
from bot.directory.match import Cost, Match
from bot.directory.plain_words import read_request
from bot.directory.query import Query
from bot.directory.replies import REMOTE_NEEDS, result_replies
from bot.directory.search import Directory
from bot.directory.service_lines import service_parts
from bot.guidance.loader import library
from bot.guidance.organisation import LocalWording, Organisation
from bot.wording.catalogue import Texts
from bot.wording.renderer import MESSAGE_LIMIT, Renderer
from bot.wording.reply import Part, Reply, text

from .conftest import NOW, DirectoryAt

LINES = 6


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    texts = Texts(library().texts)
    return Renderer(texts, LocalWording(Organisation(), texts))


def told(directory: Directory, query: Query, renderer: Renderer) -> list[str]:
    def length(part: Part) -> int:
        return len(renderer.line(part.id, "en", part.params))

    no_service = (text("topic.no_service_available"),)
    replies = result_replies(directory.search(query), query, directory.now, (), True, length, no_service)
    return [renderer.render(reply, "en").text for reply in replies]


def one(directory: Directory, query: Query) -> Match:
    return directory.search(query).matches[0]


def lines_of(match: Match, query: Query, renderer: Renderer) -> list[str]:
    return renderer.render(Reply(service_parts(match, query, NOW)), "en").text.splitlines()


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("hours", [0, 8])
def test_three_results_fit_in_few_short_messages(
    directory_at: DirectoryAt, renderer: Renderer, need: str, hours: int
) -> None:
    directory = directory_at(hours=hours)
    for place in directory.gazetteer():
        query = Query(need, place=place.code)
        messages = told(directory, query, renderer)
        assert all(len(message) <= MESSAGE_LIMIT for message in messages), (place.name, messages)
        result = directory.search(query)
        services = len(messages) - (result.scope != "here" and need not in REMOTE_NEEDS)
        assert services <= (2 if not result.fallback else 3), (place.name, messages)
        for match in result.matches:
            assert len(lines_of(match, query, renderer)) <= LINES + bool(match.alert)


def test_services_in_one_message_stand_apart(directory: Directory, renderer: Renderer) -> None:
    messages = told(directory, Query("safety", place="Port Sellim", sex="female", age="adult"), renderer)
    assert "\n\nTide women's centre\n" in messages[0]
    assert not any(message.startswith("\n") or "\n\n\n" in message for message in messages)


@pytest.mark.parametrize(
    ("need", "heading"),
    [("health", "Health care near Port Sellim:"), ("safety", "Safe places near Port Sellim:")],
)
def test_a_heading_reads_as_a_person_would_say_it(
    directory: Directory, renderer: Renderer, need: str, heading: str
) -> None:
    assert told(directory, Query(need, place="Port Sellim"), renderer)[0].splitlines()[0] == heading


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (["free"], "Free."),
        (["free", "transport_refunded"], "Free; transport is paid back."),
        (["free_for_survivors"], "Free for survivors."),
        (["free_for_survivors", "fee"], "Free for survivors, but some things may cost."),
        (["free", "fee"], "Partly free: ask what costs money."),
        (["fee"], "Costs 40 XTS."),
        (["transport_refunded"], "Ask about the cost; transport is paid back."),
        (["unknown"], "Ask about the cost."),
        ([], "Ask about the cost."),
    ],
)
def test_the_cost_is_one_true_sentence(
    directory: Directory, renderer: Renderer, codes: list[str], sentence: str
) -> None:
    query = Query("health", place="Velkesh")
    costs = tuple(Cost(code, *(("40", "XTS") if code == "fee" else ())) for code in codes)
    lines = lines_of(replace(one(directory, query), costs=costs), query, renderer)
    about_money = [line for line in lines if any(word in line for word in ("ree", "ost"))]
    assert len(about_money) == 1 and sentence in about_money[0]


def test_no_entry_is_both_free_and_not(directory: Directory) -> None:
    for need in NEEDS:
        for match in directory.search(Query(need, limit=50)).matches:
            assert len({"free_of_charge", "costs_money", "cost_unknown"} & set(match.reasons)) == 1


def test_what_is_only_nearby_comes_with_lines_from_anywhere_and_what_to_do_else(
    directory: Directory, renderer: Renderer
) -> None:
    messages = told(directory, Query("legal", place="Haddun"), renderer)
    assert messages[0].startswith("Nothing is listed at Haddun itself for legal help. The nearest:")
    assert any("Or from anywhere:" in message and "Kelvara help line" in message for message in messages)
    assert messages[-1] == library().texts["topic.no_service_available"]


def test_a_help_line_is_never_said_to_be_missing_near_a_place(
    directory: Directory, renderer: Renderer
) -> None:
    messages = told(directory, Query("hotline", place="Port Sellim"), renderer)
    assert not any("Nothing is listed" in message for message in messages)


def test_a_shelter_is_reached_through_the_focal_point(directory: Directory, renderer: Renderer) -> None:
    said = read_request("i need a safe house in Port Sellim for a woman", directory.gazetteer())
    query = said.query()
    assert query is not None
    first = told(directory, query, renderer)[0]
    assert "Where it is stays private." in first
    assert "Call GBV focal point, Doran Coast, Tide Women's Association: +999 20 555 0101" in first


def test_a_mens_shelter_is_not_for_a_woman(directory: Directory, renderer: Renderer) -> None:
    name = "Safe rooms for men, boys and LGBTIQ+ people"
    for_her = directory.search(Query("safety", place="Velkesh", sex="female", limit=50))
    assert name not in [match.name for match in for_her.matches]
    for_her_too = directory.search(Query("safety", place="Velkesh", sex="female", lgbtiq=True, limit=50))
    assert name in [match.name for match in for_her_too.matches]
    not_said = Query("safety", place="Velkesh")
    found = directory.search(not_said).matches
    position = [match.name for match in found].index(name)
    assert position > 0
    assert lines_of(found[position], not_said, renderer)[0] == f"{name} · for men, boys and LGBTIQ+ people"


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        (Query("safety", place="Velkesh"), True),
        (Query("safety", place="Velkesh", sex="female"), True),
        (Query("safety", place="Velkesh", sex="male"), False),
        (Query("safety", place="Velkesh", lgbtiq=True), False),
        (Query("mhpss", place="Velkesh"), False),
    ],
)
def test_a_shelter_that_lists_men_sinks_where_nobody_entered_whom_it_takes(query: Query, asks: bool) -> None:
    bare = dict.fromkeys(Candidate._fields)
    entry = Candidate(**{**bare, "serves_female": True, "serves_male": True, "for_men": True})  # type: ignore[arg-type]
    caution: Caution = "meant_for_men_and_boys"
    assert (caution in open_questions(entry, query, has_place=True)) is asks


def test_where_care_cannot_wait_an_open_door_comes_before_a_closed_one(
    directory_at: DirectoryAt, renderer: Renderer
) -> None:
    night = directory_at(hours=8)
    query = Query("health", place="gate 3")
    first, second, *_ = night.search(query).matches
    assert (first.name, first.hours.is_open) == ("Haddun District Hospital", True)
    assert (second.name, second.hours.state) == ("Nur Care clinic, gate 3", "opens_at")
    assert "Closed now, opens tomorrow 07:00." in "\n".join(
        renderer.render(Reply(service_parts(second, query, night.now)), "en").text.splitlines()
    )


def test_tonight_means_now_after_midnight(directory_at: DirectoryAt) -> None:
    night = directory_at(hours=12)
    assert night.now.hour == 3
    found = night.search(Query("health", place="gate 3", tonight=True, limit=50)).matches
    assert found[0].hours.is_open
    later = next(match for match in found if match.name == "Nur Care clinic, gate 3")
    assert "closed_tonight" in later.cautions


def test_a_far_opening_is_said_with_its_date(directory: Directory, renderer: Renderer) -> None:
    query = Query("health", place="gate 3")
    match = one(directory, query)
    opens = replace(match.hours, state="opens_at", at=directory.now + timedelta(days=9))
    assert "on Friday 04.12." in "\n".join(lines_of(replace(match, hours=opens), query, renderer))
