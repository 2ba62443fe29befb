"""The trainer's desk in a chat: figures for the trainer only, and judgements of scenes that everybody saw."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import pytest

from bot.practice.cohorts.desk import TrainersDesk
from bot.practice.cohorts.members import Members, Place
from bot.practice.cohorts.overrides import Overrides
from bot.practice.cohorts.results import PRACTICE, PRIVATE, Results
from bot.practice.repertoire import Repertoire
from bot.practice.service import texts as practice_texts
from bot.wording.catalogue import Texts
from bot.wording.renderer import Message, Renderer
from tests.unit.practice.plays import BAD, content, says_points
from tests.unit.practice.test_figures import TRAINER, Session

STRANGER = Place("9" * 32, "web", "en")


class NoLocalValues:
    not_set: tuple[str, ...] = ()

    def __call__(self, language: str) -> dict[str, str]:
        return {}


@pytest.fixture
def session(members: Members, results: Results) -> Session:
    return Session(members, results)


def desk_of(session: Session, link: Optional[str] = "https://example.org/results/x") -> TrainersDesk:
    repertoire = Repertoire.of(Path("/nowhere"))
    results = session.results
    return TrainersDesk(
        session.members,
        results,
        Overrides(results.engine, results.keyring, results.clock),
        repertoire,
        Renderer(Texts(practice_texts(repertoire)), NoLocalValues()),
        lambda code: link,
    )


def ask(desk: TrainersDesk, words: str, place: Place = TRAINER) -> Message:
    found = desk.answer(place, words)
    assert found is not None and len(found) == 1
    return found[0]


def press(desk: TrainersDesk, message: Message, title: str) -> Message:
    return ask(desk, next(b.payload for b in message.buttons if title in b.title))


def test_the_trainer_gets_words_and_a_picture(session: Session) -> None:
    session.play(session.join(6), BAD)
    for words in (f"/results {session.code}", f"results {session.code.lower()}", "/results:show"):
        message = ask(desk_of(session), words)
        assert "49.0 of 100 on average" in message.text or "49 of 100 on average" in message.text
        assert message.picture is not None and message.picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "what", ["/results {code}", "/results:page:{code}", "/results:scenes:{code}", "/results:lines:{result}"]
)
def test_nobody_else_gets_anything(session: Session, what: str) -> None:
    people = session.join(6)
    session.play(people, BAD)
    scene = session.results.keep(None, session.code, "food_queue", PRACTICE, content(BAD))
    member = Place(people[0].seat or "", "web", "en")
    for place in (STRANGER, member):
        message = ask(desk_of(session), what.format(code=session.code, result=scene), place)
        assert not says_points(message.text) and not message.picture and not message.buttons


def test_other_words_are_not_for_the_desk(session: Session) -> None:
    desk = desk_of(session)
    for words in ("results", "the results are in", "/results", "results of the food queue", "/practice"):
        assert desk.answer(TRAINER, words) is None


def test_too_few_people_give_neither_figures_nor_picture(session: Session) -> None:
    session.play(session.join(4), BAD)
    message = ask(desk_of(session), f"/results {session.code}")
    assert message.picture is None and not says_points(message.text) and "five people" in message.text


def test_a_trainer_changes_a_judgement_in_four_taps(session: Session) -> None:
    scene = session.results.keep(None, session.code, "food_queue", PRACTICE, content(BAD))
    desk = desk_of(session)
    figures = ask(desk, f"/results {session.code}")
    scenes = press(desk, figures, "Change a judgement")
    lines = press(desk, scenes, "In the food queue")
    line = press(desk, lines, "2. ")
    assert "Taken for" in line.text
    why = press(desk, line, "It is not")
    done = press(desk, why, "mean something else")
    assert "the judge alone gave 49" in done.text and not says_points(scenes.buttons[0].title)
    kept = session.results.get(scene)
    assert kept is not None and kept.points > 49 and kept.content["changes"][0]["by"] == "trainer"


def test_what_people_play_by_themselves_is_shown_to_nobody(session: Session) -> None:
    person = session.join(1)[0]
    alone = session.results.keep(
        person.id, session.code, "food_queue", PRACTICE, {**content(BAD), PRIVATE: True}
    )
    desk = desk_of(session)
    assert not ask(desk, f"/results:scenes:{session.code}").buttons
    assert ask(desk, f"/results:lines:{alone}").text == "That is not here any more."


@pytest.mark.parametrize(
    "payload", ["/results:dance", "/results:line:x:y", "/results:because:A:1:1:blame", "/results:"]
)
def test_a_button_that_is_none_of_ours_is_answered(session: Session, payload: str) -> None:
    assert ask(desk_of(session), payload).text == "That is not here any more."


def test_the_link_is_made_when_it_is_asked_for(session: Session) -> None:
    assert "https://example.org/results/x" in ask(desk_of(session), f"/results:page:{session.code}").text
    assert "not set" in ask(desk_of(session, None), f"/results:page:{session.code}").text
