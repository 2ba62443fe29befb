"""What is asked of the directory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from bot.directory.codes import ADULT_FROM, NEEDS, Age, Capacity, Sex

PAGE: Final = 3
"""How many results fit on a phone at once; "more" brings the next."""
LONGEST_PAGE: Final = 50


@dataclass(frozen=True)
class Query:
    """One look-up. Nothing in it identifies a person, and it is never stored.

    `place` is what the user wrote, a P-code, or a place's id; `position` is latitude and longitude (callers
    round it to 1 km) and counts when there is no `place`. `age_years` sharpens `age`. `lgbtiq` asks for
    services known to be safe. `capacities` asks for clinical care against the clock. `tonight` asks what is
    open this evening. `display_language` chooses among names that exist in several languages; it filters
    nothing.

    Raises ValueError for a need, page or age that cannot be.
    """

    need: str
    place: str | None = None
    age: Age | None = None
    sex: Sex | None = None
    language: str | None = None
    accessible: bool = False
    open_now: bool = False
    limit: int = PAGE
    offset: int = 0
    age_years: int | None = None
    lgbtiq: bool = False
    capacities: tuple[Capacity, ...] = ()
    tonight: bool = False
    position: tuple[float, float] | None = None
    display_language: str = "en"

    def __post_init__(self) -> None:
        if self.need not in NEEDS:
            raise ValueError(f"unknown need {self.need!r}")
        if not 0 < self.limit <= LONGEST_PAGE or self.offset < 0:
            raise ValueError("limit is 1 to 50, offset 0 or more")
        if self.age_years is not None and not 0 <= self.age_years <= 120:
            raise ValueError("an age is 0 to 120 years")

    @property
    def is_child(self) -> bool | None:
        """Whether the person is under 18; None when not said."""
        if self.age_years is not None:
            return self.age_years < ADULT_FROM
        return None if self.age is None else self.age == "child"

    def next_page(self) -> Query:
        return replace(self, offset=self.offset + self.limit)
