"""Measurements beside a raw lower bound, run by `make bench`; nothing here is asserted on time in the suite."""
