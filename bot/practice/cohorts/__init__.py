"""Who practises together: sessions with a code, their members, results and rechecks. Knows no transport."""
