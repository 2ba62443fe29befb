# The three commands of the project; each sets up what it needs. Settings: .env.example.
PYTHON := .venv/bin/python

.PHONY: run test bench evaluate set-up lock check clean

run: set-up  ## Serve the web chat on http://127.0.0.1:8080
	@set -a; [ ! -f .env ] || . ./.env; set +a; exec $(PYTHON) -m bot serve

test: set-up  ## Format, types, architecture, unit tests, content, Rasa's own checks, conversations
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -m bot train
	@$(PYTHON) -m pytest -q -n 2 --dist loadfile

bench: set-up  ## Time text and button turns
	@$(PYTHON) -m benchmarks.turns

evaluate: set-up  ## Measure what is understood, and the judge of practice, in every language
	@$(PYTHON) -m benchmarks.understanding
	@$(PYTHON) -m benchmarks.practice
	@$(PYTHON) -m benchmarks.natural

set-up:
	@deploy/set-up

lock:  ## Make requirements.lock anew from pyproject.toml
	@.tools/uv/bin/uv pip compile pyproject.toml --extra dev --python-version 3.10 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet \
		--output-file requirements.lock

clean:  ## Remove what was made, but not the state in var/
	@rm -rf .venv .tools build *.egg-info .mypy_cache .pytest_cache .ruff_cache
