"""The desk everybody works at: what waits for me, what I should know, my files and runs, who stands in for whom."""

from kam.desk import attachments, bulk, exports, hits, imports, inbox, notices, profile, runs, sign_ins, substitutions  # noqa: F401
