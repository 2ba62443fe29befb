"""`make evaluate`: measures understanding in every language that has an examination, and writes the reports.

Reports go to `results/understanding/<language>.md`; the table of all languages is printed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.privacy.logs import configure

configure()

from bot.settings import ROOT, Settings  # noqa: E402

EXAMINATION = ROOT / "tests" / "nlu"
RESULTS = ROOT / "results" / "understanding"


def main(languages: list[str]) -> None:
    """Measures the languages named, or all."""
    from bot.app import ensure_model
    from bot.assistant.model_file import read_models
    from bot.understanding.evaluation import Report, as_markdown, evaluate
    from bot.understanding.reading import Reader
    from bot.understanding.trained_moves import trained_moves

    def progress(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    settings = Settings.from_environment()
    reader = Reader(*read_models(ensure_model(settings, progress)))
    moves = trained_moves(settings.models, progress)
    folders = [path for path in sorted(EXAMINATION.iterdir()) if (path / "topics.yml").exists()]
    reports: list[Report] = []
    RESULTS.mkdir(parents=True, exist_ok=True)
    for folder in folders:
        if not languages or folder.name in languages:
            reports.append(evaluate(folder, reader, moves))
            _write(RESULTS / f"{folder.name}.md", as_markdown(reports[-1]))
    print("| | " + " | ".join(report.language for report in reports) + " |")
    print("|---|" + "---|" * len(reports))
    for name in dict.fromkeys(name for report in reports for name in report.figures):
        values = [report.figures.get(name, float("nan")) for report in reports]
        shown = [f"{value:.1f}" if name == "milliseconds" else f"{value:.1%}" for value in values]
        print(f"| {name} | " + " | ".join(shown) + " |")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
