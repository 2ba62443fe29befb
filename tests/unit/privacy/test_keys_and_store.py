"""Pseudonyms, encryption, wiping and purging."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.people.invitations import People
from bot.privacy.conversations import ConversationStore, metadata
from bot.privacy.keys import KeyFileError, Keyring
from bot.storage.engine import open_engine
from bot.storage.migrations import migrate_engine
from bot.storage.reencryption import reencrypt
from bot.telegram.store import ChatStore


def store(home: Path, now: float = 1000.0) -> ConversationStore:
    engine = open_engine(f"sqlite:///{home / 'test.db'}")
    metadata.create_all(engine)
    return ConversationStore(engine, Keyring(home), lambda: now)


def test_a_pseudonym_is_stable_and_says_nothing(tmp_path: Path) -> None:
    keys = Keyring(tmp_path)
    first = keys.pseudonym("telegram", "123456789")
    assert first == Keyring(tmp_path).pseudonym("telegram", "123456789")
    assert len(first) == 32 and "123456789" not in first
    assert first != keys.pseudonym("web", "123456789")


def test_another_installation_gives_another_pseudonym(tmp_path: Path) -> None:
    assert Keyring(tmp_path / "a").pseudonym("web", "x") != Keyring(tmp_path / "b").pseudonym("web", "x")


def test_only_the_owner_can_read_the_keys(tmp_path: Path) -> None:
    Keyring(tmp_path)
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_broken_key_file_is_named(tmp_path: Path) -> None:
    Keyring(tmp_path)
    (tmp_path / "keys" / "encryption.keys").write_text("nonsense\n")
    with pytest.raises(KeyFileError, match=r"encryption\.keys"):
        Keyring(tmp_path)


def test_what_is_written_can_be_read_and_is_not_in_the_file(tmp_path: Path) -> None:
    conversations = store(tmp_path)
    conversations.write("p", {"slots": {"need": "planted-need"}})
    assert conversations.read("p") == {"slots": {"need": "planted-need"}}
    assert all(b"planted-need" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_another_key_cannot_read_it(tmp_path: Path) -> None:
    store(tmp_path).write("p", {})
    (tmp_path / "keys" / "encryption.keys").unlink()
    with pytest.raises(KeyFileError):
        store(tmp_path).read("p")


def test_a_wipe_leaves_no_row(tmp_path: Path) -> None:
    conversations = store(tmp_path)
    conversations.write("p", {"a": 1})
    assert conversations.wipe("p") is True
    assert conversations.wipe("p") is False
    with open_engine(f"sqlite:///{tmp_path / 'test.db'}").connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM conversation")).scalar() == 0


def test_the_purge_takes_what_is_past_its_time_and_nothing_else(tmp_path: Path) -> None:
    store(tmp_path, now=0.0).write("old", {})
    later = store(tmp_path, now=24 * 3600 + 1.0)
    later.write("new", {})
    assert later.purge(24) == 1
    assert later.pseudonyms() == ["new"]


def test_keys_can_be_rotated_for_everything_that_is_kept(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'guide.db'}")
    migrate_engine(engine)
    keys = Keyring(tmp_path)
    conversations = ConversationStore(engine, keys)
    conversations.write("p", {"a": 1})
    people, chats = People(engine, keys), ChatStore(engine, keys, conversations, 12)
    people.invite("trainer", label="Tesh")
    chat = chats.record(1, 77, {"update_id": 1})
    assert chat is not None
    before = (tmp_path / "keys" / "encryption.keys").read_text().split()
    keys.add_key()
    assert reencrypt(engine, keys.rotate) == 4
    keys.drop_older_keys()
    after = (tmp_path / "keys" / "encryption.keys").read_text().split()
    assert len(after) == 1 and after != before
    assert conversations.read("p") == {"a": 1}
    assert people.invitations()[0].label == "Tesh"
    assert chats.unanswered(chat) == [(1, {"update_id": 1})]
