"""Practice as theatre: one answers, the others watch, freeze, suggest and vote. Knows no transport."""
