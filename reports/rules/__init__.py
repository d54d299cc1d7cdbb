"""Rules of the reports: pure functions of figures, each result with its explanation."""
