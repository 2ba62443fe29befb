from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.codes import CAUTIONS, NEEDS, URGENT_NEEDS, WHYS
from bot.directory.entries import entry_id
from bot.directory.match import Match, SearchResult
from bot.directory.query import Query
from bot.directory.search import Directory
from bot.storage.engine import SessionFactory

from .conftest import NOW, ZONE, DirectoryAt


def names(result: SearchResult) -> list[str]:
    return [match.name for match in result.matches]


def all_matches(directory: Directory, query: Query) -> list[Match]:
    """Every page, one after the other."""
    found: list[Match] = []
    while True:
        result = directory.search(query)
        found += result.matches
        if not result.more:
            return found
        query = query.next_page()


def the(directory: Directory, query: Query, name: str) -> Match:
    return next(match for match in all_matches(directory, query) if match.name == name)


def test_what_is_at_the_place_comes_first_with_all_one_needs_to_know(directory: Directory) -> None:
    result = directory.search(Query("health", place="gate 3"))
    first = result.matches[0]
    assert (result.scope, result.place_state) == ("here", "found")
    assert first.name == "Nur Care clinic, gate 3"
    assert [phone.number for phone in first.phones] == ["+999 20 555 0151"]
    assert first.address == "First building inside gate 3, Nuralla camp"
    assert (first.place, first.place_within[0]) == ("Gate 3", "Nuralla camp")
    assert first.distance_km is not None and first.distance_km < 1
    assert first.hours.state == "open_until" and first.hours.at == NOW.astimezone(ZONE).replace(
        hour=22, minute=0
    )
    assert (first.verified_days, first.freshness) == (5, "fresh")
    assert (first.requires_police_report, first.has_pep) == (False, True)
    assert [cost.code for cost in first.costs] == ["free"]
    assert {language.code for language in first.languages} == {"ar", "en", "qkv"}
    assert "close_by" in first.reasons and "open_now" in first.reasons and "offers_pep" in first.reasons


def test_three_are_shown_and_more_brings_the_next_without_repeating(directory: Directory) -> None:
    query = Query("health", place="Port Sellim")
    first = directory.search(query)
    assert len(first.matches) == 3 and first.more
    everything = all_matches(directory, query)
    assert len({match.service_id for match in everything}) == len(everything) >= 6


def test_a_misspelt_place_is_taken_and_said_to_be_a_guess(directory: Directory) -> None:
    result = directory.search(Query("health", place="Port Salim"))
    assert result.place is not None and result.place.name == "Port Sellim"
    assert (result.place_state, result.scope) == ("guessed", "here")


def test_two_places_of_one_name_are_asked_about_not_guessed(directory: Directory) -> None:
    result = directory.search(Query("police", place="sector 2"))
    assert result.place_state == "ambiguous"
    assert result.matches == () and result.place is None
    for place in result.ambiguous:
        chosen = directory.search(Query("police", place=place.code))
        assert chosen.place == place


def test_an_unknown_place_gets_only_what_serves_the_whole_country(directory: Directory) -> None:
    result = directory.search(Query("health", place="Xanderville"))
    assert (result.place_state, result.scope) == ("unknown", "national")
    assert names(result) == ["Kelvara help line"]
    assert result.matches[0].need == "hotline"


def test_without_a_place_the_whole_directory_is_listed(directory: Directory) -> None:
    result = directory.search(Query("police"))
    assert (result.place_state, result.scope, result.place) == ("not_given", "national", None)
    assert len(all_matches(directory, Query("police"))) == 3


def test_nothing_near_gives_the_nearest_with_its_distance_and_lines_to_call(directory: Directory) -> None:
    result = directory.search(Query("health", place="Tal Amrin"))
    assert result.scope == "nearby"
    nearest = [match for match in result.matches if "nearest_found" in match.reasons]
    assert [match.name for match in nearest] == ["Nur Care tent clinic, Sahwat"]
    assert nearest[0].distance_km == pytest.approx(160, abs=3)
    assert all("far_away" in match.reasons for match in result.matches)
    assert [line.name for line in result.fallback] == ["Kelvara help line"]


def test_where_only_a_nation_wide_line_serves_the_scope_is_national(own_sessions: SessionFactory) -> None:
    with own_sessions() as session:
        only_lines(session, "legal")
    result = Directory(own_sessions, lambda: NOW, local_zone=ZONE).search(Query("legal", place="Haddun"))
    assert (result.scope, names(result)) == ("national", ["Legal advice by phone"])
    assert "nationwide" in result.matches[0].reasons


def only_lines(session: Session, need: str) -> None:
    """Close every entry for a need that one has to go to."""
    service, location, at = models.Service, models.Location, models.ServiceAtLocation
    standing = (
        session.query(service.__table__.c.id)
        .join(at.__table__, at.__table__.c.service_id == service.__table__.c.id)
        .join(location.__table__, location.__table__.c.id == at.__table__.c.location_id)
        .filter(location.__table__.c.location_type == "physical")
    )
    close(session, [row.id for row in standing])


def close(session: Session, ids: list[str]) -> None:
    table = models.Service.__table__
    session.execute(update(table).where(table.c.id.in_(ids)).values(status="inactive"))
    session.commit()


def test_with_no_service_and_no_line_the_scope_is_none(own_sessions: SessionFactory) -> None:
    with own_sessions() as session:
        close(
            session,
            list(session.scalars(models.Service.__table__.select().with_only_columns(models.Service.id))),
        )
    result = Directory(own_sessions, lambda: NOW, local_zone=ZONE).search(Query("health", place="Haddun"))
    assert result == SearchResult((), result.place, (), "none", False, "found")


def test_an_empty_directory_finds_no_place_and_nothing(own_sessions: SessionFactory) -> None:
    with own_sessions() as session:
        for table in reversed(models.Service.metadata.sorted_tables):
            session.execute(table.delete())
        session.commit()
    result = Directory(own_sessions, lambda: NOW).search(Query("health", place="Haddun"))
    assert (result.place_state, result.scope) == ("unknown", "none")


@pytest.mark.parametrize(
    "place", ["Port Sellim", "Haddun", "Sahwat camp", "Tal Amrin", "Velkesh", "gate 3", None]
)
@pytest.mark.parametrize("need", NEEDS)
def test_nobody_is_sent_where_they_would_be_turned_away(
    directory: Directory, need: str, place: str | None
) -> None:
    for match in all_matches(directory, Query(need, place=place, sex="male", age="adult")):
        assert match.eligibility.male and match.eligibility.safe_for_men is not False
        assert match.eligibility.maximum_age is None or match.eligibility.maximum_age >= 18
    for match in all_matches(directory, Query(need, place=place, sex="female", age_years=9)):
        assert match.eligibility.female and match.eligibility.safe_for_children is not False
        assert (match.eligibility.minimum_age or 0) <= 9


def test_what_is_not_known_about_the_person_is_said_as_a_caution(directory: Directory) -> None:
    centre = the(directory, Query("gbv_case_management", place="Port Sellim"), "Tide women's centre")
    assert {"women_and_girls_only", "age_limits"} <= set(centre.cautions)
    told = the(
        directory,
        Query("gbv_case_management", place="Port Sellim", sex="female", age="adult"),
        "Tide women's centre",
    )
    assert not {"women_and_girls_only", "age_limits"} & set(told.cautions)


def test_not_knowing_whether_men_are_safe_ranks_behind_knowing_it(directory: Directory) -> None:
    found = all_matches(directory, Query("health", place="Haddun", sex="male", age="adult"))
    order = [match.name for match in found]
    assert order.index("Nur Care clinic, gate 3") < order.index("Haddun District Hospital")
    assert "men_not_confirmed" in found[order.index("Haddun District Hospital")].cautions


def test_a_service_known_to_be_unsafe_is_not_shown(own_sessions: SessionFactory) -> None:
    table = models.Service.__table__
    with own_sessions() as session:
        session.execute(
            update(table)
            .where(table.c.id == entry_id("service", "nuralla-clinic"))
            .values(safe_for_men=False, safe_for_lgbtiq=False)
        )
        session.commit()
    directory = Directory(own_sessions, lambda: NOW, local_zone=ZONE)
    clinic = "Nur Care clinic, gate 3"
    assert clinic not in names(
        directory.search(Query("health", place="gate 3", sex="male", age="adult", limit=50))
    )
    assert clinic not in names(directory.search(Query("health", place="gate 3", lgbtiq=True, limit=50)))
    assert clinic in names(directory.search(Query("health", place="gate 3", sex="female", limit=50)))


def test_here_comes_before_near_and_near_before_far(directory: Directory) -> None:
    found = all_matches(directory, Query("police", place="Port Sellim"))
    assert [match.name for match in found] == ["Gender desk, Port Sellim police", "Marruda police post"]


def test_an_open_door_comes_before_a_closed_one_when_it_is_urgent(directory: Directory) -> None:
    assert "health" in URGENT_NEEDS
    found = directory.search(Query("health", place="Port Sellim", limit=50)).matches
    here = [match for match in found if match.distance_km is not None and match.distance_km < 5]
    without_report = [match for match in here if match.requires_police_report is False and match.has_ec]
    states = [match.hours.is_open for match in without_report]
    assert states == sorted(states, key=lambda is_open: not is_open)


def test_asking_for_open_now_brings_the_open_ones_up_even_from_further_away(
    directory_at: DirectoryAt,
) -> None:
    evening = directory_at(hours=3)
    usual = evening.search(Query("material", place="gate 3")).matches[0]
    asked = evening.search(Query("material", place="gate 3", open_now=True)).matches[0]
    assert (usual.hours.is_open, asked.hours.is_open) == (False, True)


def test_for_urgent_needs_the_open_ones_come_up_unasked(directory_at: DirectoryAt) -> None:
    first = directory_at(hours=9).search(Query("health", place="gate 3")).matches[0]
    assert (first.name, first.hours.state) == ("Haddun District Hospital", "always")


def test_tonight_means_this_evening_not_now(directory: Directory) -> None:
    result = directory.search(Query("mhpss", place="Nuralla", tonight=True, limit=50))
    assert result.matches[0].name == "Evening outreach team Nuralla"
    assert "open_tonight" in result.matches[0].reasons
    closed = next(match for match in result.matches if match.name == "Women's and girls' safe space")
    assert closed.hours.is_open and "closed_tonight" in closed.cautions


def test_a_closed_door_says_when_it_opens(directory: Directory) -> None:
    centre = the(directory, Query("legal", place="Port Sellim"), "Right Way office Port Sellim")
    assert centre.hours.state == "opens_at" and centre.hours.at is not None
    assert centre.hours.at.isoformat() == "2026-11-26T09:00:00+03:00"
    assert "closed_now" in centre.cautions


def test_a_police_report_before_care_is_a_drawback_and_is_said(directory: Directory) -> None:
    found = all_matches(directory, Query("health", place="Port Sellim", age="adult"))
    order = [match.name for match in found]
    hospital = found[order.index("Police Hospital Port Sellim")]
    assert hospital.requires_police_report is True
    assert {"police_report_required", "costs_money", "documents_required"} <= set(hospital.cautions)
    assert order.index("Sellim General Hospital, room 4") < order.index("Police Hospital Port Sellim")


def test_where_it_is_not_known_whether_the_police_are_told_this_is_said(directory: Directory) -> None:
    hospital = the(directory, Query("health", place="Velkesh"), "Velkesh Regional Hospital")
    assert hospital.requires_police_report is None and "police_report_unknown" in hospital.cautions


def test_clinical_care_that_is_asked_for_counts(directory: Directory) -> None:
    found = directory.search(Query("health", place="Orrin", capacities=("pep",))).matches
    assert found[0].has_pep is True
    post = the(directory, Query("health", place="Orrin", capacities=("pep",)), "Orrin health post")
    assert "no_pep" in post.cautions


def test_the_older_the_confirmation_the_lower(directory: Directory) -> None:
    found = all_matches(directory, Query("health", place="Velkesh", open_now=True, sex="female", age="adult"))
    order = [match.name for match in found]
    assert order.index("Velkesh Regional Hospital") < order.index("Nur Care clinic Velkesh")
    stale = found[order.index("Nur Care clinic Velkesh")]
    assert (stale.verified_days, stale.freshness) == (213, "old")
    assert "not_verified_recently" in stale.cautions


def test_an_expired_entry_comes_last_and_is_warned_of(directory: Directory) -> None:
    found = all_matches(directory, Query("gbv_case_management", place="Sahwat camp", sex="female"))
    assert found[-1].name == "Women's tent Sahwat" and found[-1].expired
    assert "verification_expired" in found[-1].cautions
    assert not any(match.expired for match in found[:-1])


def test_a_place_with_only_an_expired_entry_is_not_here(directory: Directory) -> None:
    assert directory.search(Query("gbv_case_management", place="Sahwat camp", sex="female")).scope == "nearby"


def test_a_closed_down_service_is_not_shown(directory: Directory) -> None:
    assert "Evening classes Sahwat" not in names(
        directory.search(Query("livelihood", place="Sahwat camp", limit=50))
    )


def test_a_language_asked_for_is_preferred_and_otherwise_a_caution(directory: Directory) -> None:
    found = all_matches(directory, Query("mhpss", place="Port Sellim", language="fr"))
    assert found[0].name == "Nur Care counselling" and "speaks_language" in found[0].reasons
    assert all("language_not_listed" in match.cautions for match in found[1:])


def test_access_for_people_with_disabilities_is_preferred(directory: Directory) -> None:
    found = all_matches(directory, Query("health", place="Port Sellim", accessible=True, age="adult"))
    assert "accessible" in found[0].reasons
    assert (
        "access_not_confirmed"
        in the(
            directory, Query("health", place="Port Sellim", accessible=True), "Old Port health post"
        ).cautions
    )


def test_a_desk_for_one_camp_is_behind_when_asked_from_elsewhere(directory: Directory) -> None:
    desk = the(directory, Query("material", place="Haddun"), "Relief desk Nuralla")
    assert "area_not_covered" in desk.cautions
    assert "area_not_covered" not in the(directory, Query("material", place="gate 3"), desk.name).cautions


def test_a_team_that_comes_to_the_person_is_here(directory: Directory) -> None:
    team = the(directory, Query("disability", place="Gate 2"), "All Hands visiting team Sahwat")
    assert "comes_to_you" in team.reasons and team.distance_km is None


def test_a_line_of_another_region_is_not_shown(directory: Directory) -> None:
    assert names(directory.search(Query("hotline", place="Velkesh", limit=50))) == [
        "Kelvara help line",
        "Video line in sign language",
    ]


def test_in_a_district_everything_inside_is_here_without_a_distance(directory: Directory) -> None:
    result = directory.search(Query("child_protection", place="Haddun district", age="child"))
    inside = [match for match in result.matches if "at_this_place" in match.reasons]
    assert {match.name for match in inside} == {"Child protection desk Haddun", "Child-friendly tent, gate 1"}
    assert all(match.distance_km is None for match in inside)


def test_a_shared_position_stands_for_the_place(directory: Directory) -> None:
    result = directory.search(Query("health", position=(-23.70, -22.05)))
    assert (result.place_state, result.matches[0].name) == ("found", "Haddun District Hospital")
    assert result.matches[0].distance_km is not None and result.matches[0].distance_km < 1


def test_names_come_in_the_language_of_display(directory: Directory) -> None:
    arabic = directory.search(Query("health", place="gate 3", display_language="ar")).matches[0]
    assert arabic.name == "عيادة نور، البوابة 3" and arabic.organization == "رعاية نور"
    french = directory.search(Query("health", place="gate 3", display_language="fr")).matches[0]
    assert french.name == "Nur Care clinic, gate 3"


def test_a_service_for_two_needs_is_found_by_either(directory: Directory) -> None:
    query = Query("men_and_boys", place="Port Sellim")
    assert directory.search(query).matches[0].needs == ("men_and_boys", "mhpss", "gbv_case_management")


def test_a_new_place_is_known_within_a_minute(own_sessions: SessionFactory) -> None:
    moment = [NOW]
    directory = Directory(own_sessions, lambda: moment[0], local_zone=ZONE)
    assert directory.search(Query("health", place="Newford")).place_state == "unknown"
    with own_sessions() as session:
        session.add(models.Place(name="Newford", level="town", latitude=-23.7, longitude=-22.0))
        session.commit()
    moment[0] += timedelta(seconds=59)
    assert directory.search(Query("health", place="Newford")).place_state == "found"


def test_dated_hours_win_while_they_last_and_hours_of_the_location_before_others(
    own_sessions: SessionFactory,
) -> None:
    service_id = entry_id("service", "sellim-hospital")
    today = NOW.date()
    with own_sessions() as session:
        session.add(
            models.Schedule(
                service_id=service_id,
                opening_hours="Mo-Su 05:00-06:00",
                valid_from=today - timedelta(days=1),
                valid_to=today + timedelta(days=1),
            )
        )
        session.commit()
    moment = [NOW]
    directory = Directory(own_sessions, lambda: moment[0], local_zone=ZONE)
    query = Query("health", place="Port Sellim", limit=50)
    assert the(directory, query, "Sellim General Hospital, room 4").opening_hours == "Mo-Su 05:00-06:00"
    moment[0] += timedelta(days=3)
    assert the(directory, query, "Sellim General Hospital, room 4").opening_hours == "24/7"


@pytest.mark.parametrize(
    "wrong", [{"need": "magic"}, {"need": "health", "limit": 0}, {"need": "health", "offset": -1},
              {"need": "health", "age_years": 200}]
)  # fmt: skip
def test_a_query_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Query(**wrong)  # type: ignore[arg-type]


QUERIES = st.builds(
    Query,
    need=st.sampled_from(NEEDS),
    place=st.sampled_from(
        [None, "Port Sellim", "gate 3", "Tal Amrin", "velkech", "QV02", "Nowhere", "sector 2"]
    ),
    age=st.sampled_from([None, "child", "adult"]),
    sex=st.sampled_from([None, "female", "male"]),
    language=st.sampled_from([None, "fr", "sgn"]),
    accessible=st.booleans(),
    open_now=st.booleans(),
    tonight=st.booleans(),
    lgbtiq=st.booleans(),
    capacities=st.sampled_from([(), ("pep",), ("ec", "forensic")]),
)


@given(QUERIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_the_answer_holds_together(directory: Directory, query: Query) -> None:
    result = directory.search(query)
    shown = (*result.matches, *result.fallback)
    assert len({match.service_id for match in shown}) == len(shown)
    assert (result.scope == "none") == (not result.matches)
    for match in shown:
        assert set(match.reasons) <= {*WHYS, *CAUTIONS}
        assert len(set(match.reasons)) == len(match.reasons)
        assert not {"open_now", "closed_now"} <= set(match.reasons)
        assert match.phones or match.contact_focal_point or "no_phone" in match.cautions
