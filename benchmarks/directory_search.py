"""How long a search of the directory takes, and how well misspelt places are found.

    python -m benchmarks.directory_search [SERVICES ...]

Makes directories of 1,000, 10,000 and 100,000 services (or of the sizes given) in temporary SQLite files, searches each
in many ways, and prints medians in milliseconds of processor time of the searching thread, with what the clock says
beside it. DATABASE_URL is not used.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.directory.codes import NEEDS
from bot.directory.generate import generate
from bot.directory.places import Place
from bot.directory.query import Query
from bot.directory.search import Directory
from bot.storage.engine import open_engine, session_factory
from bot.storage.migrations import migrate_engine

SIZES = (1_000, 10_000, 100_000)
SEARCHES = 300
THREADS = 20
AT = datetime(2026, 11, 25, 12, 30, tzinfo=timezone.utc)


def main(sizes: tuple[int, ...]) -> None:
    """Prints a line for each size."""
    print(f"{'services':>9} {'median':>8} {'p95':>8} {'slowest':>8} {'clock':>8}  {THREADS} threads, searches/s")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            directory = _directory(Path(folder) / "directory.db", size)
            queries = _queries(directory)
            for query in queries[:20]:
                directory.search(query)
            times, clock = [], []
            for query in queries:
                begun, clock_begun = time.thread_time(), time.perf_counter()
                directory.search(query)
                times.append((time.thread_time() - begun) * 1000)
                clock.append((time.perf_counter() - clock_begun) * 1000)
            p95 = statistics.quantiles(times, n=20)[-1]
            print(
                f"{size:>9,} {statistics.median(times):>8.1f} {p95:>8.1f} {max(times):>8.1f} "
                f"{statistics.median(clock):>8.1f}  {_at_once(directory, queries):.0f}"
            )
            if size == sizes[min(1, len(sizes) - 1)]:
                found = _misspelt(directory)
    for error, share in found.items():
        print(f"place found first, {error}: {share:.1%}")


def _directory(path: Path, size: int) -> Directory:
    engine = open_engine(f"sqlite:///{path}")
    migrate_engine(engine)
    sessions = session_factory(engine)
    with sessions() as session:
        generate(session, size, today=AT.date(), seed=1)
        session.commit()
    return Directory(sessions, lambda: AT, local_zone=ZoneInfo("UTC"))


def _queries(directory: Directory) -> list[Query]:
    chance = random.Random(2)
    towns = _towns(directory)
    found = []
    for number in range(SEARCHES):
        town = chance.choice(towns)
        extra = chance.choice(
            [
                {"place": town.code},
                {"place": town.name},
                {"place": chance.choice(town.names)},
                {"place": _swapped(town.name, chance)},
                {"position": (round(town.latitude or 0, 2), round(town.longitude or 0, 2))},
            ]
        )
        asked = chance.choice(
            [{}, {"sex": "female"}, {"sex": "male"}, {"age": "child"}, {"language": "ar"}, {"accessible": True},
             {"open_now": True}, {"tonight": True}, {"offset": 3}]
        )  # fmt: skip
        found.append(Query(NEEDS[number % len(NEEDS)], **extra, **asked))  # type: ignore[arg-type]
    return found


def _towns(directory: Directory) -> list[Place]:
    return [place for place in directory.gazetteer() if place.level in ("town", "camp")]


def _at_once(directory: Directory, queries: list[Query]) -> float:
    """Searches a second when many threads search."""
    shares = [queries[number::THREADS] for number in range(THREADS)]

    def work(share: list[Query]) -> None:
        for query in share:
            directory.search(query)

    threads = [threading.Thread(target=work, args=(share,)) for share in shares]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(queries) / (time.perf_counter() - begun)


def _misspelt(directory: Directory) -> dict[str, float]:
    """Share of misspelt names for which the place meant came first (or shared the first place), by kind of error.

    Names that another place has too are left out: nobody could tell.
    """
    chance = random.Random(3)
    towns = _towns(directory)
    names = [name for place in towns for name in (place.name, *place.names)]
    alone = {name for name in names if names.count(name) == 1}
    kinds: dict[str, Callable[[str, random.Random], str]] = {
        "swapped letters": _swapped,
        "missing letter": _missing,
        "doubled letter": _doubled,
        "wrong letter": _wrong,
    }
    found = {}
    for kind, misspell in kinds.items():
        right = tried = 0
        for place in chance.sample(towns, min(300, len(towns))):
            name = chance.choice([place.name, *place.names])
            if name not in alone or len(name) < 5:
                continue
            tried += 1
            resolution = directory.resolve_place(misspell(name, chance))
            right += resolution.best is not None and place.id in {each.place.id for each in resolution.tied}
        found[kind] = right / max(1, tried)
    return found


def _swapped(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _missing(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name) - 1)
    return name[:at] + name[at + 1 :]


def _doubled(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name) - 1)
    return name[:at] + name[at] + name[at:]


def _wrong(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name) - 1)
    return name[:at] + chance.choice(name) + name[at + 1 :]


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
