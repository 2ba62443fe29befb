from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directory.generate import misspellings
from bot.directory.places import Gazetteer, Place, distance_km
from bot.directory.search import Directory
from bot.directory.spelling import fold, skeleton


@pytest.fixture
def gazetteer(directory: Directory) -> Gazetteer:
    return directory.gazetteer()


@pytest.mark.parametrize(
    ("typed", "pcode"),
    [
        ("Haddun", "QV010201"),
        ("haddun", "QV010201"),
        ("Haddun district", "QV0102"),
        ("QV010201", "QV010201"),
        ("qv 010201", "QV010201"),
        ("حدّون", "QV010201"),
        ("بحدون", "QV010201"),
        ("al-Haddun", "QV010201"),
        ("nuralla", "QV010202"),
        ("camp nuralla", "QV010202"),
        ("Camp de Nouralla", "QV010202"),
        ("portsellim", "QV010101"),
        ("gate 3", "QV01020203"),
        ("gate3 nuralla", "QV01020203"),
        ("nuralla gate 3", "QV01020203"),
        ("البوابة ٣", "QV01020203"),
        ("sector 2 sahwat", "QV02020112"),
    ],
)
def test_a_place_is_found_by_any_of_its_names(gazetteer: Gazetteer, typed: str, pcode: str) -> None:
    found = gazetteer.resolve(typed)
    assert found.best is not None and found.best.place.pcode == pcode
    assert not found.ambiguous
    assert found.best.score >= 90


@pytest.mark.parametrize(
    ("typed", "pcode"),
    [
        ("hadun", "QV010201"),
        ("Hadoon", "QV010201"),
        ("Port Salim", "QV010101"),
        ("Nurala", "QV010202"),
        ("velkash", "QV020101"),
        ("Dar Emroon", "QV020103"),
        ("Tall Amrinn", "QV020202"),
        ("Marouda", "QV010102"),
        ("نورلا", "QV010202"),
        ("Нуралла", "QV010202"),
    ],
)
def test_a_misspelt_place_is_found_first_and_marked_as_a_guess(
    gazetteer: Gazetteer, typed: str, pcode: str
) -> None:
    found = gazetteer.resolve(typed)
    assert found.best is not None and found.best.place.pcode == pcode
    assert found.best.how == "misspelt"


def test_two_places_of_one_name_are_ambiguous_until_the_camp_is_named(gazetteer: Gazetteer) -> None:
    both = gazetteer.resolve("sector 2")
    assert both.ambiguous
    assert {candidate.place.within[0] for candidate in both.tied} == {"Nuralla camp", "Sahwat camp"}


def test_a_town_wins_over_the_district_around_it(gazetteer: Gazetteer) -> None:
    found = gazetteer.resolve("velkesh")
    assert found.best is not None and found.best.place.level == "town"
    assert not found.ambiguous


@pytest.mark.parametrize("typed", ["gate 4", "sector 7", "", "  ", "🙂", "Xanderville", "a" * 500, "1"])
def test_what_is_no_place_is_not_found(gazetteer: Gazetteer, typed: str) -> None:
    assert gazetteer.resolve(typed).best is None


def test_the_code_of_a_place_always_finds_exactly_it(gazetteer: Gazetteer) -> None:
    for place in gazetteer:
        best = gazetteer.resolve(place.code).best
        assert best is not None and best.place == place


def test_lineage_and_inside_are_each_others_mirror(gazetteer: Gazetteer) -> None:
    for outer in gazetteer:
        for inner in gazetteer.inside(outer.id):
            assert outer.id in gazetteer.lineage(inner)


def test_a_circle_of_parents_ends() -> None:
    circle = Gazetteer(
        [
            Place("a", "Alpha", "town", None, "b", None, None),
            Place("b", "Beta", "district", None, "a", None, None),
        ]
    )
    assert circle.lineage("a") == ("a", "b")
    assert circle.inside("a") == {"a", "b"}


def test_a_shared_position_is_the_nearest_town_camp_or_site(gazetteer: Gazetteer) -> None:
    nearest = gazetteer.nearest(-23.70, -22.06)
    assert nearest is not None and nearest.name == "Haddun"


def test_distances_are_kilometres_and_infinite_when_unknown() -> None:
    assert distance_km((0.0, 0.0), (0.0, 1.0)) == pytest.approx(111.2, abs=0.1)
    assert distance_km(None, (0.0, 0.0)) == float("inf")


def test_folding_evens_out_what_writers_vary() -> None:
    assert fold("Ḥaddûn-2") == "haddun 2"
    assert fold("gate3") == "gate 3"
    assert fold("البَوّابة ٣") == fold("البوابه 3")
    assert fold("إيمان") == fold("ايمان")
    assert len(fold("ওরসাযাকাল").split()) == 1


def test_a_name_sounds_alike_in_three_scripts() -> None:
    assert skeleton(fold("Nuralla")) == skeleton(fold("نورالا")) == skeleton(fold("Нуралла"))


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_any_text_is_resolved_to_something_or_nothing(text: str) -> None:
    found = SMALL.resolve(text)
    assert all(0 < candidate.score <= 100 for candidate in found.candidates)
    assert found.ambiguous is False or len(found.candidates) > 1


SMALL = Gazetteer(
    [
        Place("c", "Kelvara", "country", "QV", None, -23.3, -21.7),
        Place("h", "Haddun", "town", "QV1", "c", -23.7, -22.0, names=("حدون",)),
        Place("n", "Nuralla camp", "camp", "QV2", "c", -23.6, -22.0, names=("مخيم نورالا",)),
    ]
)

_STEMS = (
    "Ash",
    "Bel",
    "Cor",
    "Dun",
    "Esk",
    "Fal",
    "Gri",
    "Hov",
    "Irm",
    "Jad",
    "Kel",
    "Lom",
    "Mar",
    "Nev",
    "Osk",
    "Pel",
)
_ENDS = (
    "abad",
    "borin",
    "cotta",
    "dorra",
    "esket",
    "fendi",
    "gorod",
    "hamra",
    "istan",
    "jubail",
    "kotto",
    "lumba",
)


def invented_places(count: int) -> list[Place]:
    """Places whose names differ as much as real ones do."""
    chance = random.Random(7)
    names: set[str] = set()
    while len(names) < count:
        middle = "".join(chance.choice("klmnrst") + chance.choice("aeiou") for _ in range(2))
        names.add(chance.choice(_STEMS) + middle + chance.choice(_ENDS))
    return [
        Place(str(n), name, "town", f"X{n:05d}", None, chance.uniform(-20, 20), chance.uniform(-20, 20))
        for n, name in enumerate(sorted(names))
    ]


def test_of_ten_thousand_places_the_misspelt_one_comes_first_and_soon() -> None:
    places = invented_places(10_000)
    gazetteer = Gazetteer(places)
    chance = random.Random(1)
    asked = chance.sample(places, 300)
    first = 0
    begun = time.thread_time()
    for place in asked:
        best = gazetteer.resolve(next(misspellings(place.name, chance))).best
        first += best is not None and best.place.id == place.id
    took = (time.thread_time() - begun) / len(asked)
    assert first / len(asked) >= 0.95
    assert took < 0.03
