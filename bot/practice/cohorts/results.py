"""What is kept of scenarios that were played: the score as plain data, and the words only of those who agreed.

A result belongs to a member, or, when several played a scene together, to the session alone. Its content holds moves,
never words, so that it can be scored again when somebody changes a judgement.

Used by the theatre: `Results.keep(member, cohort, scenario, occasion, content_of(debrief), observers, transcript)`.
"""

from __future__ import annotations

import json
import re
import secrets
import time
import unicodedata
from dataclasses import dataclass
from typing import Any, Callable, Final, Mapping, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Engine, Row

from bot.people.invitations import ID_LETTERS
from bot.practice.cohorts import tables
from bot.practice.debrief import Debrief
from bot.privacy.keys import Keyring
from bot.understanding.redaction import redact
from bot.wording.catalogue import SOURCE_LANGUAGE

PRACTICE: Final = "practice"
"""The occasion of a scenario that somebody chose to play."""

RECHECK_DAYS: Final[Mapping[str, int]] = {"week": 7, "month": 30, "half_year": 182}
"""The occasions of rechecks, and after how many days each comes: one week, one month and six months (issue 6)."""

PRIVATE: Final = "private"
"""Set in the content of what somebody played by themselves: it counts in figures, and is shown to nobody else."""

OCCASIONS: Final = (PRACTICE, *RECHECK_DAYS)

NOT_KEPT: Final = "…"
"""Stands for a sentence that is not kept."""

_CAPITAL_INSIDE: Final = re.compile(r"(?<=[\w\],;:’']\s)[A-ZÀ-ÖØ-Þ][\w’'-]*\w")

Json = Mapping[str, Any]
Transcript = Sequence[Sequence[str]]
"""The lines somebody said, each as its sentences."""


def content_of(result: Debrief, knows_care: Optional[bool] = None) -> dict[str, Any]:
    """What is kept of a debrief: its score, the moves it rests on, and what was missing. No words.

    Args:
        knows_care: what the trainee answered to whether they know whom to turn to; None when nobody asked.
    """
    return {
        **result.score.as_json(),
        "lacking": {
            mark.item: [sorted(group) for group in mark.missing] for mark in result.score.marks if mark.missing
        },
        "ending": result.ending.value if result.ending else None,
        "steps": {step: round(share, 2) for step, share in result.steps.items()},
        "run": result.run.as_json(),
        "knows_care": knows_care,
    }


def masked(sentence: str, language: str) -> str:
    """A sentence without what could identify anybody.

    Beyond what is masked everywhere, in languages of Latin script other than English every word with a capital inside a
    sentence goes too, because there only names have one. In scripts without capitals a name may look like any word, so
    nothing is kept: `NOT_KEPT`.
    """
    if not all(not letter.isalpha() or "LATIN" in unicodedata.name(letter, "") for letter in sentence):
        return NOT_KEPT
    redacted = redact(sentence, language)
    if language == SOURCE_LANGUAGE:
        return redacted
    hidden = _CAPITAL_INSIDE.sub("[name]", redacted)
    return re.sub(r"\[name\](?:[\s-]+\[name\])+", "[name]", hidden)


@dataclass(frozen=True)
class Result:
    """A scenario that was played.

    Attributes:
        member: who played it; None when several did, or when who did is not a member any more.
        points: 0 to 100, after changed judgements.
        content: see `content_of`; with `judged_points`, what the judge alone gave, once a judgement was changed, and
            `observers`, the marks observers gave.
        transcript: what was said, without what could identify anybody; None unless the member agreed.
    """

    id: str
    member: Optional[str]
    cohort: Optional[str]
    scenario: str
    occasion: str
    at: float
    points: int
    content: Json
    transcript: Optional[Transcript]


class Results:
    """Results of people and of sessions. Every method blocks.

    Args:
        engine: the database.
        keyring: encrypts contents and transcripts.
        clock: seconds since 1970.
    """

    def __init__(self, engine: Engine, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self.keyring = keyring
        self.clock = clock

    def keep(
        self,
        member: Optional[str],
        cohort: Optional[str],
        scenario: str,
        occasion: str,
        content: Json,
        observers: Optional[Json] = None,
        transcript: Optional[Transcript] = None,
        language: str = "en",
    ) -> str:
        """Keeps a result.

        Args:
            member: id of who played; None when several did.
            cohort: code of the session it was played in; None outside any.
            occasion: one of `OCCASIONS`.
            content: see `content_of`.
            observers: what observers saw, as plain data without words: their marks by item.
            transcript: what the member said; kept, redacted, only when they agreed to that.
            language: of the transcript, for redaction.

        Returns:
            The result's id.
        """
        identity = "".join(secrets.choice(ID_LETTERS) for _ in range(8))
        whole = {**content, **({"observers": dict(observers)} if observers else {})}
        with self.engine.begin() as connection:
            agreed = member is not None and connection.execute(
                sa.select(tables.members.c.keeps_words).where(tables.members.c.id == member)
            ).scalar_one_or_none()
            said = [[masked(sentence, language) for sentence in line] for line in transcript or ()]
            connection.execute(
                sa.insert(tables.results).values(
                    id=identity,
                    member=member,
                    cohort=cohort,
                    scenario=scenario,
                    occasion=occasion,
                    at=self.clock(),
                    points=content["points"],
                    content=self._seal(whole),
                    transcript=self._seal(said) if agreed and said else None,
                )
            )
            if cohort is not None:
                table = tables.cohorts
                connection.execute(
                    sa.update(table).where(table.c.code == cohort).values(last_at=self.clock())
                )
        return identity

    def get(self, identity: str) -> Optional[Result]:
        found = self._where(tables.results.c.id == identity)
        return found[0] if found else None

    def of_members(self, members: Sequence[str]) -> list[Result]:
        """The results of some members, the oldest first."""
        return self._where(tables.results.c.member.in_(list(members)))

    def of_cohort(self, code: str) -> list[Result]:
        """The results of a session, the oldest first."""
        return self._where(tables.results.c.cohort == code.upper())

    def change(self, result: Result, content: Json) -> None:
        """Puts another content in a result's place."""
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(tables.results)
                .where(tables.results.c.id == result.id)
                .values(points=content["points"], content=self._seal(content))
            )

    def count(self) -> tuple[int, int]:
        """How many results are kept, and how many of them with words."""
        table = tables.results
        query = sa.select(sa.func.count(), sa.func.count(table.c.transcript)).select_from(table)
        with self.engine.connect() as connection:
            results, worded = connection.execute(query).one()
        return int(results), int(worded)

    def forget(self, members: Sequence[str]) -> int:
        """Deletes what members played, their invitations and changed judgements; how many results there were."""
        with self.engine.begin() as connection:
            for table in (tables.rechecks, tables.overrides):
                connection.execute(sa.delete(table).where(table.c.member.in_(list(members))))
            gone = connection.execute(
                sa.delete(tables.results).where(tables.results.c.member.in_(list(members)))
            )
        return int(gone.rowcount)

    def _where(self, *conditions: Any) -> list[Result]:
        table = tables.results
        query = sa.select(table).where(*conditions).order_by(table.c.at, table.c.id)
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [self._read(row) for row in rows]

    def _read(self, row: Row) -> Result:
        return Result(
            id=row.id,
            member=row.member,
            cohort=row.cohort,
            scenario=row.scenario,
            occasion=row.occasion,
            at=row.at,
            points=row.points,
            content=self._open(row.content),
            transcript=self._open(row.transcript) if row.transcript else None,
        )

    def _seal(self, data: Any) -> bytes:
        return self.keyring.encrypt(json.dumps(data, ensure_ascii=False).encode())

    def _open(self, token: bytes) -> Any:
        return json.loads(self.keyring.decrypt(token))
