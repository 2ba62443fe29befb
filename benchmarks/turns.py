"""Times whole turns through the assistant: a text message and a button, one person at a time.

Prints the median, the 95th percentile and the slowest, in milliseconds, after a warm-up.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, List, Sequence

from bot.privacy.logs import configure

configure()

from bot.settings import Settings  # noqa: E402

if TYPE_CHECKING:
    from bot.assistant.gateway import Gateway

TURNS = 100
TEXTS = (
    "she asks me to promise that i tell nobody",
    "how do i report this",
    "what may i ask her",
    "my boss is the one who did it",
    "is it too late for medicine after four days",
    "he is crying and does not stop",
)
BUTTONS = ("/next", "/go_back")


async def _time(gateway: Gateway, said: Sequence[str]) -> List[float]:
    person = "bench"
    await gateway.send("bench", person, '/start_guide{"contact": "in_person"}')
    for number in range(10):
        await gateway.send("bench", person, said[number % len(said)])
    times = []
    for number in range(TURNS):
        start = time.perf_counter()
        await gateway.send("bench", person, said[number % len(said)])
        times.append((time.perf_counter() - start) * 1000)
    await gateway.wipe("bench", person)
    return times


def main() -> None:
    """Runs the benchmark and prints one line for each kind of turn."""
    from bot.app import build_foundation, build_gateway, ensure_model

    settings = Settings.from_environment()
    model = ensure_model(settings, print)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        own = replace(settings, home=home, database_url=f"sqlite:///{home / 'guide.db'}")
        started = time.perf_counter()
        gateway = build_gateway(build_foundation(own), model)
        print(f"start   {time.perf_counter() - started:7.1f} s")
        for name, said in (("text", TEXTS), ("button", BUTTONS)):
            times = sorted(asyncio.run(_time(gateway, said)))
            print(
                f"{name:7} {statistics.median(times):7.1f} ms median"
                f" {times[int(len(times) * 0.95)]:7.1f} ms p95 {times[-1]:7.1f} ms slowest ({TURNS} turns)"
            )


if __name__ == "__main__":
    main()
