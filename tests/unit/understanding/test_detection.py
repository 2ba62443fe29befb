"""The language of a message: by script, by letters, by the conversation, and two at once."""

from __future__ import annotations

import pytest

from bot.understanding.detection import detect, languages_in


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("she does not want anybody to know", "en"),
        ("elle ne veut pas que ca se sache", "fr"),
        ("ella no quiere que nadie se entere", "es"),
        ("لا تريد أن يعرف أحد", "ar"),
        ("hya msh 3ayza had ye3raf", "ar"),
        ("el me dijo q no hable con nadie", "es"),
        ("kelle service pr la fille", "fr"),
        ("😢 12345", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_message_is_told(text: str, language: str) -> None:
    assert detect(text) == language


def test_what_the_letters_do_not_tell_stays_in_the_language_of_the_conversation() -> None:
    assert detect("ok", otherwise="fr") == "fr"
    assert detect("12:30", otherwise="ar") == "ar"
    assert detect("elle ne veut pas que ça se sache", otherwise="en") == "fr"


def test_a_message_in_two_languages_is_looked_at_in_both() -> None:
    assert languages_in("she told me هو جاي يقتلني and then cried", "en") == ("en", "ar")
    assert languages_in("nobody is bleeding here", "en") == ("en",)
