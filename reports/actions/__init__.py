"""What the reports write: the nights and the figures of each day."""
