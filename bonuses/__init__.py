"""What we promised partners and people: trade policies, programmes, accruals, penalties, plans."""
