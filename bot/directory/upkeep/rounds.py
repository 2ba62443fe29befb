"""What is done again and again without anybody asking: questions to owners, news of doubts, the weekly digest."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from bot.directory import models
from bot.directory.changes import Refusal
from bot.directory.gaps import FEWEST_SHOWN
from bot.directory.upkeep.office import EDITORS, Office
from bot.directory.upkeep.tables import digests, reports, told
from bot.directory.upkeep.verification import Question
from bot.wording.renderer import Message

logger = logging.getLogger(__name__)

DIGEST_DAYS: Final = 7
GAPS_NAMED: Final = 3

_DEAD: Final = ("wrong_number", "closed")
"""One report of these is news already, though it takes two to warn staff."""

Mail = Callable[[str, str, str], None]
"""Sends an e-mail: to whom, subject, text. It blocks and may fail."""


@dataclass(frozen=True)
class Post:
    """How owners without a chat are asked.

    Attributes:
        mail: sends an e-mail.
        address: where the pages are, without a slash at the end.
    """

    mail: Mail
    address: str


class Rounds:
    """The round through the directory. `run` blocks, may be called at any time and by several processes.

    Args:
        office: the upkeep.
        post: how e-mails are sent; None when they are not.
    """

    def __init__(self, office: Office, post: Post | None = None) -> None:
        self._office = office
        self._post = post

    def run(self) -> None:
        """Goes round once."""
        self.tell_doubts()
        self.ask_owners()
        for service_id in self._office.verification.escalations():
            if record := self._office.service(service_id):
                self._office.tell_focal_points(record, "told.silent")
        self.send_digests()
        self._office.reports.fade()
        self._office.notices.purge()
        self._office.verification.purge()

    def ask_owners(self) -> int:
        """Puts the questions that are due; how many."""
        questions = self._office.verification.questions()
        for question in questions:
            self._office.ask_owner(question)
            if question.email and self._post is not None:
                self._write(question, self._post)
        return len(questions)

    def _write(self, question: Question, post: Post) -> None:
        record = self._office.service(question.service_id)
        if record is None or question.email is None:
            return
        message = self._office.question(record, question.id, question.tries, "en")
        text = f"{message.text}\n\n{post.address}/confirm/{question.token}\n"
        try:
            post.mail(
                question.email, f"{record.name}: {self._office.wording.say('answer.right', 'en')}?", text
            )
        except OSError as error:
            # A silence counts: it is asked again, and then goes to the focal points.
            logger.error("an e-mail to an owner was not sent (%s)", type(error).__name__)

    def tell_doubts(self) -> int:
        """Tells focal points of doubts they do not know of yet; how many."""
        now = self._states()
        with self._office.sessions() as session, session.begin():
            known = {row.service_id: row.state for row in session.execute(sa.select(told))}
            for service_id in set(known) - set(now):
                session.execute(sa.delete(told).where(told.c.service_id == service_id))
        news = {service_id: state for service_id, state in now.items() if known.get(service_id) != state}
        for service_id, state in news.items():
            with self._office.sessions() as session, session.begin():
                session.execute(sa.delete(told).where(told.c.service_id == service_id))
                session.execute(sa.insert(told).values(service_id=service_id, state=state))
            if known.get(service_id) in ("flagged", "hidden") and state == "reported":
                continue
            if record := self._office.service(service_id):
                counts = self._office.wording.reports(self._office.reports.counts(service_id), "en")
                self._office.tell_focal_points(record, f"told.{state}", reports=counts)
        return len(news)

    def _states(self) -> dict[str, str]:
        query = sa.select(reports.c.service_id).where(reports.c.kind.in_(_DEAD)).distinct()
        with self._office.sessions() as session:
            states = dict.fromkeys(session.execute(query).scalars(), "reported")
        return {**states, **self._office.reports.in_doubt()}

    def send_digests(self) -> int:
        """Leaves the weekly digest for those whose last one is a week old; how many."""
        now, sent = self._office.clock(), 0
        people = {pseudonym for role in EDITORS for pseudonym, _ in self._office.people.holders(role)}  # type: ignore[arg-type]
        for pseudonym in sorted(people):
            with self._office.sessions() as session, session.begin():
                last = session.execute(
                    sa.select(digests.c.sent_at).where(digests.c.pseudonym == pseudonym)
                ).scalar_one_or_none()
                if last is not None and now - last < timedelta(days=DIGEST_DAYS):
                    continue
                session.execute(sa.delete(digests).where(digests.c.pseudonym == pseudonym))
                session.execute(sa.insert(digests).values(pseudonym=pseudonym, sent_at=now))
            if last is not None:  # the first week begins when somebody gets the role
                language = self._office.language(pseudonym)
                self._office.notices.add(pseudonym, Message(self.digest(language)))
                sent += 1
        return sent

    def digest(self, language: str) -> str:
        """How the directory stands, in one paragraph."""
        office, service = self._office, models.Service.__table__
        today = office.clock().date()
        active = service.c.status == "active"

        def number(*conditions: object) -> int:
            with office.sessions() as session:
                query = sa.select(sa.func.count()).select_from(service).where(active, *conditions)
                return int(session.execute(query).scalar_one())

        return office.wording.say(
            "digest",
            language,
            services=number(),
            fresh=number(service.c.assured_date > today - timedelta(days=30)),
            old=number(
                sa.or_(service.c.assured_date.is_(None), service.c.assured_date < today - timedelta(days=180))
            ),
            doubts=len(office.reports.in_doubt()),
            proposals=len(office.proposals.waiting()),
            unanswered=len(office.verification.unanswered()),
            gaps=self._gaps() or office.wording.say("digest_no_gaps", language),
        )

    def _gaps(self) -> str:
        named = [f"{gap.need.replace('_', ' ')} in {area}" for gap, area in self._office.directory.gaps()
                 if gap.searches is not None and gap.searches >= FEWEST_SHOWN]  # fmt: skip
        return ", ".join(dict.fromkeys(named[:GAPS_NAMED]))


def answer(office: Office, identity: str, given: str, actor: str, pseudonym: str | None) -> None:
    """Takes an owner's answer and tells the focal points what they must know.

    Raises:
        Refusal: the question is answered already, or not theirs.
    """
    if given not in ("right", "changed", "closed", "not_mine"):
        raise Refusal("there is no such answer")
    question = office.verification.answer(identity, given, actor, pseudonym)  # type: ignore[arg-type]
    record = office.service(question.service_id)
    if record is not None and given != "right":
        office.tell_focal_points(record, f"told.{given}", but=pseudonym)
