import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.redaction import identifying_spans, redact

MASKS = ("[name]", "[phone]", "[email]", "[document]", "[address]", "[coordinates]", "[account]")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("her name is fatuma", "her name is [name]"),
        ("mr okello did it", "mr [name] did it"),
        ("it was john from logistics", "it was [name] from logistics"),
        ("call maria on 0772 123 456", "call [name] on [phone]"),
        ("whatsapp ٠٧٧٢١٢٣٤٥٦", "whatsapp [phone]"),
        ("mail p.w@gmail.com", "mail [email]"),
        ("her card 123-45C67890", "her card [document]"),
        ("GPS 12.6392, 37.4661", "GPS [coordinates]"),
        ("reach her at @amina_22", "reach her at [account]"),
    ],
)
def test_identifying_details_are_masked(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "call 112",
        "the hotline number is 0800 720 999",
        "we work with UNHCR and WFP in Kenya",
        "the meeting is on Monday",
        "Please tell me in English",
        "what happens after the report",
    ],
)
def test_services_places_and_dates_are_left(text: str) -> None:
    assert redact(text) == text


PIECES = st.sampled_from(
    [
        "her name is fatuma",
        "call 0712 345 678",
        "a.b@c.org",
        "tent 14",
        "Ali",
        "mr",
        "and",
        ".",
        "block C",
        *MASKS,
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join)))
def test_redaction_is_idempotent_and_what_is_masked_is_gone(text: str) -> None:
    masked = redact(text)
    assert redact(masked) == masked
    assert identifying_spans(masked) == ()


@given(st.text())
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    spans = identifying_spans(text)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))
