"""Questions of the reports, each answered by sums made in SQL."""
