"""The desk everybody works at: what waits for me, what I should know, my files and runs, who stands in for whom."""

from kam.desk import exports, inbox, notices, runs, substitutions  # noqa: F401
