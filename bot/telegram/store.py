"""The database side of Telegram chats: what has come in, what is to go out, and how both are forgotten.

All methods block; callers run them in a thread. Whatever changes together is one transaction, because the
process may die between any two lines.
"""

from __future__ import annotations

import json
import secrets
import time
from typing import Callable, List, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from bot.privacy.conversations import ConversationStore
from bot.privacy.keys import Keyring
from bot.settings import DELETABLE_HOURS
from bot.telegram import tables
from bot.telegram.errands import REMIND
from bot.telegram.limits import BUTTON_HOURS, DOUBLE_TAP_SECONDS, GIVE_UP_HOURS, REORDER_SECONDS
from bot.telegram.records import Answer, Chat, Content, Waiting

HOUR = 3600.0

_TRIES = 3
"""Tries at recording an update while another process does the same."""

LEASE_SECONDS = 120.0
"""How long a chat belongs to one process without a sign of life."""

CHANNEL = "telegram"


class ChatStore:
    """Chats in the database.

    Args:
        engine: the database.
        keyring: for pseudonyms and encryption.
        conversations: where the gateway's conversations are kept.
        auto_wipe_hours: quiet hours after which a new chat is wiped.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        engine: Engine,
        keyring: Keyring,
        conversations: ConversationStore,
        auto_wipe_hours: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._keyring = keyring
        self._conversations = conversations
        self._auto_wipe_hours = auto_wipe_hours
        self._clock = clock

    # What comes in ------------------------------------------------------------------------------------

    def pseudonym(self, address: int) -> str:
        return self._keyring.pseudonym(CHANNEL, f"chat {address}")

    def record(self, update_id: int, address: int, content: Content) -> Optional[str]:
        """Keeps an update before Telegram is told that it arrived; the chat's pseudonym, or None when the same
        update was recorded before."""
        chat = self.pseudonym(address)
        for _ in range(_TRIES):
            try:
                with self._engine.begin() as connection:
                    known = sa.select(tables.updates.c.update_id).where(
                        tables.updates.c.update_id == update_id
                    )
                    if connection.execute(known).first() is not None:
                        return None
                    connection.execute(
                        sa.insert(tables.updates).values(
                            update_id=update_id,
                            chat=chat,
                            content=self._seal(content),
                            received_at=self._clock(),
                        )
                    )
                    self._open_chat(connection, chat, address)
                return chat
            except IntegrityError:
                continue  # another process recorded the update, or opened the chat, in this moment
        return None

    def _open_chat(self, connection: Connection, chat: str, address: int) -> None:
        table, now = tables.chats, self._clock()
        known = connection.execute(sa.update(table).where(table.c.pseudonym == chat).values(last_at=now))
        if not known.rowcount:
            connection.execute(
                sa.insert(table).values(
                    pseudonym=chat,
                    address=self._keyring.encrypt(str(address).encode()),
                    conversation=secrets.token_hex(16),
                    last_at=now,
                    auto_wipe_hours=self._auto_wipe_hours,
                )
            )

    def next_update(self) -> Optional[int]:
        """The first update id that Telegram has not been asked for yet; None when nothing is known."""
        with self._engine.connect() as connection:
            newest = connection.execute(sa.select(sa.func.max(tables.updates.c.update_id))).scalar_one()
        return None if newest is None else int(newest) + 1

    def chat(self, pseudonym: str) -> Optional[Chat]:
        table = tables.chats
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(table).where(table.c.pseudonym == pseudonym)).first()
        if row is None:
            return None
        address = int(self._keyring.decrypt(row.address))
        return Chat(pseudonym, address, row.conversation, row.auto_wipe_hours)

    def unanswered(self, chat: str) -> List[tuple[int, Content]]:
        """Updates of a chat that wait for an answer, in Telegram's order."""
        table = tables.updates
        query = (
            sa.select(table.c.update_id, table.c.content)
            .where(table.c.chat == chat, table.c.content.is_not(None))
            .order_by(table.c.update_id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [(int(row.update_id), self._open(row.content)) for row in rows]

    def seconds_until_settled(self, update_id: int) -> float:
        """How long to wait for an earlier update that has not come yet: none when the number before is known, or
        when the wait is over."""
        table = tables.updates
        received = sa.select(table.c.received_at).where(table.c.update_id == update_id)
        before = sa.select(sa.func.max(table.c.update_id)).where(table.c.update_id < update_id)
        with self._engine.connect() as connection:
            newest = connection.execute(before).scalar_one()
            if newest is None or newest == update_id - 1:
                return 0.0
            since = connection.execute(received).scalar_one()
        return max(0.0, float(since) + REORDER_SECONDS - self._clock())

    def with_work(self) -> List[str]:
        """Chats in which something waits and that no process answers now."""
        chats, updates, messages = tables.chats, tables.updates, tables.messages
        free = sa.or_(chats.c.leased_until.is_(None), chats.c.leased_until < self._clock())
        waits = sa.or_(
            chats.c.pseudonym.in_(sa.select(updates.c.chat).where(updates.c.content.is_not(None))),
            chats.c.pseudonym.in_(sa.select(messages.c.chat).where(messages.c.content.is_not(None))),
        )
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(chats.c.pseudonym).where(free, waits)).scalars())

    def lease(self, chat: str, worker: str) -> bool:
        """Takes the chat for a process, or prolongs that; False when another one has it."""
        table, now = tables.chats, self._clock()
        free = sa.or_(table.c.leased_until.is_(None), table.c.leased_until < now, table.c.leased_by == worker)
        with self._engine.begin() as connection:
            taken = connection.execute(
                sa.update(table)
                .where(table.c.pseudonym == chat, free)
                .values(leased_by=worker, leased_until=now + LEASE_SECONDS)
            )
        return bool(taken.rowcount)

    def release(self, chat: str, worker: str) -> None:
        table = tables.chats
        with self._engine.begin() as connection:
            connection.execute(
                sa.update(table)
                .where(table.c.pseudonym == chat, table.c.leased_by == worker)
                .values(leased_by=None, leased_until=None)
            )

    def release_all(self, worker: str) -> None:
        """Gives every chat of a process back, because it stops."""
        table = tables.chats
        with self._engine.begin() as connection:
            connection.execute(
                sa.update(table).where(table.c.leased_by == worker).values(leased_by=None, leased_until=None)
            )

    # What goes out ------------------------------------------------------------------------------------

    def answer(self, chat: str, update_id: int, answer: Answer) -> bool:
        """Commits an answer: the conversation's new state, the calls to make, and that the update is done.
        False when it was answered already."""
        now = self._clock()
        with self._engine.begin() as connection:
            if not self._done(connection, update_id):
                return False
            if answer.held is not None:
                self._conversations.commit(connection, answer.held)
            if answer.read is not None:
                connection.execute(
                    sa.insert(tables.messages).values(chat=chat, message_id=answer.read, at=now)
                )
            self._put(connection, chat, answer, now)
            if answer.auto_wipe_hours is not None:
                connection.execute(
                    sa.update(tables.chats)
                    .where(tables.chats.c.pseudonym == chat)
                    .values(auto_wipe_hours=answer.auto_wipe_hours)
                )
            if answer.remind_after is not None:
                self._remind(connection, chat, now + answer.remind_after)
        return True

    def _put(self, connection: Connection, chat: str, answer: Answer, now: float) -> None:
        """Lets calls wait, and keeps what their buttons stand for."""
        for identity, payload in answer.buttons.items():
            connection.execute(
                sa.insert(tables.buttons).values(
                    id=identity,
                    chat=chat,
                    payload=self._keyring.encrypt(payload.encode()),
                    expires_at=now + BUTTON_HOURS * HOUR,
                )
            )
        for call in answer.calls:
            connection.execute(
                sa.insert(tables.messages).values(chat=chat, content=self._seal(call), at=now)
            )

    def _remind(self, connection: Connection, chat: str, due_at: float) -> None:
        table = tables.chats
        address = sa.select(table.c.address).where(table.c.pseudonym == chat)
        connection.execute(
            sa.insert(tables.errands).values(
                id=secrets.token_urlsafe(16),
                chat=chat,
                kind=REMIND,
                address=connection.execute(address).scalar_one(),
                due_at=due_at,
            )
        )

    def _done(self, connection: Connection, update_id: int) -> bool:
        table = tables.updates
        changed = connection.execute(
            sa.update(table)
            .where(table.c.update_id == update_id, table.c.content.is_not(None))
            .values(chat=None, content=None)
        )
        return bool(changed.rowcount)

    def waiting(self, chat: str) -> List[Waiting]:
        """Calls of a chat that are still to be made, in order."""
        table = tables.messages
        query = (
            sa.select(table).where(table.c.chat == chat, table.c.content.is_not(None)).order_by(table.c.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [Waiting(int(row.id), self._open(row.content), row.at) for row in rows]

    def made(self, message: int, message_id: Optional[int]) -> None:
        """A call was made; `message_id` is the new message's number, or None when there is nothing to delete."""
        table = tables.messages
        with self._engine.begin() as connection:
            if message_id is None:
                connection.execute(sa.delete(table).where(table.c.id == message))
            else:
                connection.execute(
                    sa.update(table)
                    .where(table.c.id == message)
                    .values(content=None, message_id=message_id, at=self._clock())
                )

    def is_too_late(self, waiting: Waiting) -> bool:
        return self._clock() - waiting.since > GIVE_UP_HOURS * HOUR

    def leave_message(
        self, address: int, calls: Sequence[Content], take: Callable[[Connection], bool] = lambda _: True
    ) -> Optional[str]:
        """Lets messages wait that answer no update, such as notices; the chat's pseudonym.

        A call with `keep` stays in the chat when the chat is wiped: it is about a service and about nobody.

        Args:
            take: takes them from where they waited before, in the same transaction; when it says no, somebody else
                has them, and None is returned.
        """
        chat = self.pseudonym(address)
        with self._engine.begin() as connection:
            if not take(connection):
                return None
            self._open_chat(connection, chat, address)
            self._put(connection, chat, Answer(calls=list(calls)), self._clock())
        return chat

    # Buttons --------------------------------------------------------------------------------------------

    def press(self, chat: str, button: str) -> tuple[Optional[str], bool]:
        """The payload of a button shown in this chat, and whether this press is the first of a double tap.
        (None, True) for a button that is not, or no longer, known."""
        table, now = tables.buttons, self._clock()
        query = sa.select(table).where(table.c.id == button, table.c.chat == chat, table.c.expires_at > now)
        with self._engine.begin() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None, True
            first = row.pressed_at is None or now - row.pressed_at > DOUBLE_TAP_SECONDS
            connection.execute(sa.update(table).where(table.c.id == button).values(pressed_at=now))
        return self._keyring.decrypt(row.payload).decode(), first

    def peek(self, chat: str, button: str) -> Optional[str]:
        """The payload of a button shown in this chat, without pressing it."""
        table = tables.buttons
        query = sa.select(table.c.payload).where(table.c.id == button, table.c.chat == chat)
        with self._engine.connect() as connection:
            token = connection.execute(query).scalar_one_or_none()
        return None if token is None else self._keyring.decrypt(token).decode()

    # Forgetting -----------------------------------------------------------------------------------------

    def deletable(self, chat: str) -> tuple[List[int], int]:
        """Numbers of the messages in a chat that a bot may still delete, and how many are too old."""
        table, errands = tables.messages, tables.errands
        oldest = self._clock() - DELETABLE_HOURS * HOUR
        query = sa.select(table.c.message_id, table.c.at).where(
            table.c.chat == chat, table.c.message_id.is_not(None)
        )
        confirmations = sa.select(errands.c.message_id).where(
            errands.c.chat == chat, errands.c.message_id.is_not(None)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
            young = [int(number) for number in connection.execute(confirmations).scalars()]
        young += [int(row.message_id) for row in rows if row.at > oldest]
        return young, sum(row.at <= oldest for row in rows)

    def forget(self, chat: Chat, answered: Optional[int] = None) -> None:
        """Deletes every row about a chat, and its conversation.

        What the person wrote meanwhile is still answered, in a new conversation under a new pseudonym.

        Args:
            answered: the update that asked for it, which is done with this.
        """
        table = tables.chats
        with self._engine.begin() as connection:
            if answered is not None:
                self._done(connection, answered)
            self._conversations.wipe_within(connection, self._keyring.pseudonym(CHANNEL, chat.conversation))
            for other in (tables.messages, tables.buttons, tables.errands):
                connection.execute(sa.delete(other).where(other.c.chat == chat.pseudonym))
            if self._has_unanswered(connection, chat.pseudonym):
                afresh = {
                    "conversation": secrets.token_hex(16),
                    "auto_wipe_hours": self._auto_wipe_hours,
                }
                connection.execute(
                    sa.update(table).where(table.c.pseudonym == chat.pseudonym).values(**afresh)
                )
            else:
                connection.execute(sa.delete(table).where(table.c.pseudonym == chat.pseudonym))

    def abandon(self, chat: Chat) -> None:
        """As `forget`, for somebody who is gone: nothing that still waits is answered."""
        updates = tables.updates
        with self._engine.begin() as connection:
            connection.execute(
                sa.update(updates).where(updates.c.chat == chat.pseudonym).values(chat=None, content=None)
            )
        self.forget(chat)

    def _has_unanswered(self, connection: Connection, chat: str) -> bool:
        table = tables.updates
        query = (
            sa.select(table.c.update_id).where(table.c.chat == chat, table.c.content.is_not(None)).limit(1)
        )
        return connection.execute(query).first() is not None

    def quiet_too_long(self) -> List[Chat]:
        """Chats whose person wants them wiped after the time that has passed now."""
        table = tables.chats
        query = sa.select(table.c.pseudonym).where(
            table.c.auto_wipe_hours > 0,
            table.c.last_at < self._clock() - table.c.auto_wipe_hours * HOUR,
        )
        with self._engine.connect() as connection:
            due: Sequence[str] = list(connection.execute(query).scalars())
        return [chat for pseudonym in due if (chat := self.chat(pseudonym))]

    def purge(self) -> None:
        """Drops expired buttons, the numbers of messages that can no longer be deleted, and old update ids.
        The newest update id stays: polling goes on from it."""
        now = self._clock()
        buttons, messages, updates = tables.buttons, tables.messages, tables.updates
        newest = sa.select(sa.func.max(updates.c.update_id)).scalar_subquery()
        with self._engine.begin() as connection:
            connection.execute(sa.delete(buttons).where(buttons.c.expires_at < now))
            connection.execute(
                sa.delete(messages).where(
                    messages.c.content.is_(None), messages.c.at < now - DELETABLE_HOURS * HOUR
                )
            )
            connection.execute(
                sa.delete(updates).where(
                    updates.c.content.is_(None),
                    updates.c.received_at < now - DELETABLE_HOURS * HOUR,
                    updates.c.update_id != newest,
                )
            )

    def _seal(self, content: Content) -> bytes:
        return self._keyring.encrypt(json.dumps(content, ensure_ascii=False).encode())

    def _open(self, token: bytes) -> Content:
        content: Content = json.loads(self._keyring.decrypt(token))
        return content
