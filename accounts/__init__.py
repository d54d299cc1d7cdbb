"""Clients and what we agreed with them: requisites, outlets, contacts, contracts, credit terms, the KAM's week."""
