"""Measures what is made of messages and responder lines such as people naturally type (`development/*/*natural*`).

`python -m benchmarks.natural [--details]`

No model is trained on them; how sure it has to be is chosen on them among others. Unlike the examination, which is
hard on purpose, they tell what staff and trainees will meet. With `--details` what was misread is printed.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import chain
from typing import Collection, Dict, Iterator, List, Tuple

from bot.privacy.logs import configure

configure()

from benchmarks.practice import Figures, measure_lines  # noqa: E402
from bot.assistant.gate import EMERGENCY, decide  # noqa: E402
from bot.practice.judging import Judge  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.understanding.detection import LANGUAGES  # noqa: E402
from bot.understanding.labelled import DEVELOPMENT, read_labelled, read_lines  # noqa: E402
from bot.understanding.reading import TOPIC_PREFIX, Reader  # noqa: E402
from bot.understanding.signal_model import URGENT, read_examples  # noqa: E402
from bot.understanding.signals import DETAILS  # noqa: E402

SIGNALS = "signals_ordinary_2.jsonl"
LINES = "practice_natural.jsonl"

Row = Tuple[str, str]
"""What was measured, and the figure."""


def questions(language: str, reader: Reader, misread: List[str]) -> Iterator[Row]:
    """What becomes of questions and remarks that belong to a topic."""
    found: Counter[str] = Counter()
    signs = dict(read_examples(DEVELOPMENT / language, SIGNALS))
    for path in sorted((DEVELOPMENT / language).glob("topics_natural*.yml")):
        for text, label in read_labelled(path):
            topic = label[len(TOPIC_PREFIX) :]
            reading = reader.read(text)
            decision = decide(reading)
            offered = {value for name, value in decision.entities if name in ("topic", "candidate")}
            found["all"] += 1
            found["first"] += reading.topic == topic
            found["three"] += topic in {each.label for each in reading.topics}
            # A danger that is there is right to interrupt; where nobody labelled signs, nobody can tell.
            if decision.intent == EMERGENCY:
                found["interrupted"] += text in signs and not signs[text]
            elif decision.intent == "nlu_fallback":
                found["asked"] += 1
            elif topic not in offered:
                found["otherwise"] += 1
                misread.append(f"{topic} → {offered or decision.intent}: {text}")
    for name, shown in (
        ("first", "topic, first choice"),
        ("three", "topic, among three"),
        ("asked", "topic, asked back"),
        ("otherwise", "topic, something else is said"),
        ("interrupted", "topic, interrupted without any danger"),
    ):
        yield shown, f"{found[name] / found['all']:.1%}"


def signs(language: str, reader: Reader, misread: List[str]) -> Iterator[Row]:
    """Which signs are found, and where one is seen that is not there."""
    found: Counter[str] = Counter()
    for text, wanted in read_examples(DEVELOPMENT / language, SIGNALS):
        noticed = {signal.id: signal.is_doubtful for signal in reader.read(text).signals if signal.id != DETAILS}
        for name in wanted:
            kind = "urgent" if name in URGENT else "other"
            found[kind] += 1
            found[f"{kind} found"] += name in noticed
            found[f"{kind} in doubt"] += noticed.get(name, False)
            if name not in noticed:
                misread.append(f"{name} missed: {text}")
        if not wanted:
            found["calm"] += 1
            found["flagged"] += bool(noticed)
            found["flagged in doubt"] += bool(noticed) and all(noticed.values())
            if noticed:
                misread.append(f"{sorted(noticed)} seen: {text}")
    yield "urgent signs found", f"{found['urgent found'] / found['urgent']:.1%}"
    yield "urgent signs asked about first, of these", f"{found['urgent in doubt'] / found['urgent found']:.1%}"
    yield "other signs found", f"{found['other found'] / found['other']:.1%}"
    yield "messages without a sign flagged", f"{found['flagged'] / found['calm']:.1%}"
    yield "only asked about, of these", f"{found['flagged in doubt'] / max(found['flagged'], 1):.1%}"


def lines(language: str, judge: Judge, misread: List[str]) -> Iterator[Row]:
    """Which critical fails of trainees are found, and which harmless lines are taken for one."""
    figures = Figures()
    measure_lines(figures, read_lines(DEVELOPMENT / language / LINES), language, judge)
    misread += [*figures.missed, *figures.mistaken]
    yield "critical fails found", f"{figures.found:.1%}"
    yield "critical fails asked about", f"{figures.asked:.1%}"
    yield "harmless lines taken for one", f"{figures.wrong:.1%}"
    yield "harmless lines asked about", f"{figures.asked_wrongly:.1%}"


def main(arguments: Collection[str]) -> None:
    """Measures every language and prints a table."""
    from bot.app import ensure_model
    from bot.assistant.model_file import read_models
    from bot.practice.reading import judge_with
    from bot.understanding.trained_moves import trained_moves

    def progress(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    settings = Settings.from_environment()
    reader = Reader(*read_models(ensure_model(settings, progress)))
    judge = judge_with(trained_moves(settings.models, progress))
    rows: Dict[str, Dict[str, str]] = {}
    misread: List[str] = []
    for language in LANGUAGES:
        understood = chain(questions(language, reader, misread), signs(language, reader, misread))
        rows[language] = dict(chain(understood, lines(language, judge, misread)))
    print("| | " + " | ".join(LANGUAGES) + " |")
    print("|---|" + "---|" * len(LANGUAGES))
    for name in rows[LANGUAGES[0]]:
        print(f"| {name} | " + " | ".join(rows[language][name] for language in LANGUAGES) + " |")
    for line in misread if "--details" in arguments else ():
        print("   ", line)


if __name__ == "__main__":
    main(sys.argv[1:])
