"""One question each; typed rows out, sums made in SQL."""
