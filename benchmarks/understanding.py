"""`make evaluate`: measures understanding in every language that has an examination, and writes the reports.

`python -m benchmarks.understanding [--development] [LANGUAGE …]`

Reports go to `results/understanding/<language>.md`; the table of all languages is printed. With `--development` the
development messages are measured in place of the examination: thresholds are chosen on them, so their figures are a
little too good, but they may be read and corrected against. Of signals only the second lot
counts: no rule was written for it. What is to be masked has been corrected against in every lot.
"""

from __future__ import annotations

import argparse
import sys

from bot.privacy.logs import configure

configure()

from bot.settings import ROOT, Settings  # noqa: E402

EXAMINATION = ROOT / "tests" / "nlu"
RESULTS = ROOT / "results"
UNSEEN_BY_RULES = "_2"
"""What the names of development files end in for which no rule was written."""


def main(languages: list[str], development: bool = False) -> None:
    """Measures the languages named, or all."""
    from bot.app import ensure_model
    from bot.assistant.model_file import read_models
    from bot.understanding.evaluation import Report, as_markdown, evaluate
    from bot.understanding.labelled import DEVELOPMENT
    from bot.understanding.reading import Reader
    from bot.understanding.trained_moves import trained_moves

    def progress(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    settings = Settings.from_environment()
    reader = Reader(*read_models(ensure_model(settings, progress)))
    moves = trained_moves(settings.models, progress)
    messages = DEVELOPMENT if development else EXAMINATION
    folders = [path for path in sorted(messages.iterdir()) if (path / "topics.yml").exists()]
    reports: list[Report] = []
    results = RESULTS / ("development" if development else "understanding")
    results.mkdir(parents=True, exist_ok=True)
    for folder in folders:
        if not languages or folder.name in languages:
            reports.append(evaluate(folder, reader, moves, UNSEEN_BY_RULES if development else ""))
            (results / f"{folder.name}.md").write_text(as_markdown(reports[-1]), encoding="utf-8")
    print("| | " + " | ".join(report.language for report in reports) + " |")
    print("|---|" + "---|" * len(reports))
    for name in dict.fromkeys(name for report in reports for name in report.figures):
        values = [report.figures.get(name, float("nan")) for report in reports]
        shown = [f"{value:.1f}" if name == "milliseconds" else f"{value:.1%}" for value in values]
        print(f"| {name} | " + " | ".join(shown) + " |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE")
    parser.add_argument("--development", action="store_true", help="measure the development messages")
    arguments = parser.parse_args()
    main(arguments.languages, arguments.development)
