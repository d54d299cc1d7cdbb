"""Declared pages of the reports' floor."""

from reports.pages import finance, finance_book, finance_paper, kept, nights, returns, turnover

__all__ = ["finance", "finance_book", "finance_paper", "kept", "nights", "returns", "turnover"]
