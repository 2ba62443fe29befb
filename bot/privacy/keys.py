"""The installation's keys: one for pseudonyms, one or more for encryption.

They live in `<home>/keys`, readable by the owner only, and are made at the first start. Without them
nothing stored can be read or linked to anybody, so deleting the folder is the last resort of a wipe.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

KEY_FOLDER = "keys"
_PSEUDONYM_KEY = "pseudonym.key"
_ENCRYPTION_KEYS = "encryption.keys"


class KeyFileError(RuntimeError):
    """A key file cannot be read or used; the message names the file."""


class Keyring:
    """Pseudonyms and encryption with the installation's keys.

    Args:
        home: the state folder; missing keys are made there.

    Raises:
        KeyFileError: a key file is unreadable or holds no usable key.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / KEY_FOLDER
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._pseudonym_key = self._read(_PSEUDONYM_KEY, lambda: secrets.token_hex(32)).strip().encode()
        keys = self._read(_ENCRYPTION_KEYS, lambda: Fernet.generate_key().decode()).split()
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise KeyFileError(
                f"{self._folder / _ENCRYPTION_KEYS} holds a key that is not a Fernet key."
            ) from error

    def _read(self, name: str, make: object) -> str:
        path = self._folder / name
        try:
            if not path.exists():
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="ascii") as file:
                    file.write(make() + "\n")  # type: ignore[operator]
            return path.read_text(encoding="ascii")
        except FileExistsError:
            return path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise KeyFileError(f"The key file {path} cannot be read: {error}.") from error

    def pseudonym(self, channel: str, person: str) -> str:
        """The id under which a person's conversation is known inside: 128 bits in hex, the same every time,
        and nothing that leads back to the person without the key."""
        digest = hmac.new(self._pseudonym_key, f"{channel}\0{person}".encode(), hashlib.sha256)
        return digest.hexdigest()[:32]

    def encrypt(self, data: bytes) -> bytes:
        return self._fernet.encrypt(data)

    def decrypt(self, token: bytes) -> bytes:
        """The plain bytes.

        Raises:
            KeyFileError: none of the keys fits.
        """
        try:
            return self._fernet.decrypt(token)
        except InvalidToken as error:
            raise KeyFileError("A stored record does not fit any of the encryption keys.") from error

    def rotate(self, token: bytes) -> bytes:
        """The same content under the newest key."""
        return self._fernet.rotate(token)

    def add_key(self) -> None:
        """Makes a new encryption key the first one; the older ones still read what they wrote."""
        path = self._folder / _ENCRYPTION_KEYS
        older = path.read_text(encoding="ascii")
        replacement = path.with_suffix(".new")
        descriptor = os.open(replacement, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(Fernet.generate_key().decode() + "\n" + older)
        replacement.replace(path)
        self._fernet = MultiFernet([Fernet(key) for key in path.read_text(encoding="ascii").split()])

    def drop_older_keys(self) -> None:
        """Forgets every key but the newest, once everything stored is under it."""
        path = self._folder / _ENCRYPTION_KEYS
        newest = path.read_text(encoding="ascii").split()[0]
        path.write_text(newest + "\n", encoding="ascii")
        self._fernet = MultiFernet([Fernet(newest)])
