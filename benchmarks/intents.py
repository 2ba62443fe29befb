"""Trains and tests the classifier of topics on any labelled messages.

`python -m benchmarks.intents --train FILE --test FILE [--development FILE]`

Files are JSON, `[[text, label], …]`; messages that belong to no label are labelled `oos`. Thresholds are chosen on the
development file, or else on a share of the training messages by a model that has not seen them. Prints accuracy on what
is in scope, recall of what is not, and the time taken; the component is the very one the assistant uses.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Optional

from sklearn.model_selection import train_test_split

from bot.understanding.concept_features import concept_ids
from bot.understanding.topics import OUT_OF_SCOPE, Labelled, TopicModel

OUTSIDE = "oos"
HELD_OUT = 0.1


def read(path: Path) -> list[tuple[str, str]]:
    """The messages of a file, what is out of scope under our own label."""
    pairs = json.loads(path.read_text(encoding="utf-8"))
    return [(text, OUT_OF_SCOPE if label == OUTSIDE else label) for text, label in pairs]


def trained_on(train: Labelled, development: Optional[Labelled]) -> TopicModel:
    """The classifier trained on messages, its thresholds chosen on others."""
    if development is not None:
        return TopicModel.train(train, development, concept_ids)
    counts = Counter(label for _, label in train)
    labels = [label for _, label in train]
    known, unknown = train_test_split(
        train, test_size=HELD_OUT, random_state=7, stratify=labels if min(counts.values()) > 1 else None
    )
    calibrated = TopicModel.train(known, unknown, concept_ids)
    model = TopicModel.train(train, (), concept_ids)
    model.temperature = calibrated.temperature
    model.ask_back_below = calibrated.ask_back_below
    model.out_of_scope_bonus = calibrated.out_of_scope_bonus
    return model


def main() -> None:
    """Reads the arguments, trains, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--development", type=Path)
    arguments = parser.parse_args()
    train, test = read(arguments.train), read(arguments.test)
    start = time.perf_counter()
    model = trained_on(train, read(arguments.development) if arguments.development else None)
    trained = time.perf_counter() - start
    inside: list[bool] = []
    outside: list[bool] = []
    milliseconds: list[float] = []
    for text, label in test:
        start = time.perf_counter()
        found = model.rank(text, most=1)[0].label
        milliseconds.append(1000 * (time.perf_counter() - start))
        (outside if label == OUT_OF_SCOPE else inside).append(found == label)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        model.save(path)
        size = path.stat().st_size / 1e6
    print(f"trained on {len(train)} messages in {trained:.1f} s; {size:.1f} MB")
    print(f"in scope: {sum(inside) / len(inside):.1%} of {len(inside)} right")
    if outside:
        print(f"out of scope: {sum(outside) / len(outside):.1%} of {len(outside)} caught")
    print(f"a message: {statistics.median(milliseconds):.2f} ms (median)")


if __name__ == "__main__":
    main()
