"""Sets of permissions that roles are put together from; `kam.roles` says which role holds which.

Codes are `app.verb_noun`; `app.view_*` opens every document of an app but what is guarded.
"""

EVERYONE = {
    "kam.view_notification",
    "kam.view_run",
    "kam.view_savedview",
    "kam.add_attachment",
    "kam.view_attachment",
    "kam.view_substitution",
    "kam.view_trail",
    "accounts.view_*",
    "orders.view_*",
    "stock.view_*",
    "reports.view_*",
}
# What clients are trusted with: for who sells to them, decides on it or keeps the workspace, and nobody beside.
CREDIT_VIEW = {
    "accounts.view_contract",
    "accounts.view_creditcover",
    "accounts.view_creditfact",
    "accounts.view_credithold",
    "accounts.view_creditpolicy",
    "accounts.view_creditterms",
    "orders.view_creditreview",
    "orders.view_paymentdiscipline",
}
# What clients owe and paid, how it is collected and settled, and the figures made of it: for the same people. The
# ageing, clients' accounts, the finance dashboards, key figures and expected cash ask for `orders.view_invoice`.
RECEIVABLES_VIEW = {
    "orders.view_allocation",
    "orders.view_collectionletter",
    "orders.view_creditnote",
    "orders.view_debtor",
    "orders.view_discrepancy",
    "orders.view_invoice",
    "orders.view_keyrate",
    "orders.view_letterlevel",
    "orders.view_offset",
    "orders.view_payment",
    "orders.view_paymentpromise",
    "orders.view_reconciliation",
    "orders.view_refund",
    "orders.view_shippingstop",
    "orders.view_stoplistentry",
    "orders.view_stoppolicy",
    "reports.view_nightlyrun",
}
# What nobody gets by the way: `view_*` does not open these, they are granted by name.
GUARDED = frozenset(
    {
        "orders.view_cost",
        "orders.view_margin",
        "orders.view_bankaccount",
        "orders.view_bankstatement",
        "orders.view_bankstatementline",
        "kam.view_exportlog",
    }
    | CREDIT_VIEW
    | RECEIVABLES_VIEW
)
# Everyone who has to do with clients' money.
TRUSTED = EVERYONE | CREDIT_VIEW | RECEIVABLES_VIEW
CLIENT_WORK = {
    "accounts.add_client",
    "accounts.change_client",
    "accounts.add_outlet",
    "accounts.change_outlet",
    "accounts.add_contact",
    "accounts.change_contact",
    "accounts.add_activity",
    "accounts.change_activity",
    "accounts.add_contract",
    "accounts.change_contract",
    "accounts.add_creditfact",
    "accounts.change_creditfact",
}
# A review of a client's credit: drafted and proposed by who looks after it, decided above.
REVIEW_WORK = {"orders.add_creditreview", "orders.change_creditreview", "orders.propose_creditreview"}
COVER_WORK = {"accounts.add_creditcover", "accounts.change_creditcover"}
ORDER_WORK = {
    "orders.add_order",
    "orders.change_order",
    "orders.submit_order",
    "orders.confirm_order",
    "orders.cancel_order",
    "orders.reopen_order",
    "orders.release_reservation",
    "orders.transfer_reservation",
    "orders.add_return",
    "orders.print_document",
}
WAREHOUSE_WORK = {
    "orders.change_shipment",
    "orders.ship_order",
    "orders.deliver_shipment",
    "orders.add_invoice",
    "orders.receive_return",
    "orders.close_order",
}
CATALOGUE_WORK = {
    "orders.add_product",
    "orders.change_product",
    "orders.add_brand",
    "orders.change_brand",
    "orders.add_category",
    "orders.change_category",
    "orders.add_price",
    "orders.change_price",
    "orders.import_catalogue",
    "orders.add_supply",
    "orders.change_supply",
}
MONEY_WORK = {
    "orders.add_payment",
    "orders.allocate_payment",
    "orders.undo_allocation",
    "orders.issue_credit_note",
    "orders.import_statement",
    "orders.confirm_placement",
    "orders.undo_placement",
    "orders.add_refund",
    "orders.undo_refund",
    "orders.add_bankaccount",
    "orders.change_bankaccount",
}
BANK_VIEW = {
    "orders.view_bankaccount",
    "orders.view_bankstatement",
    "orders.view_bankstatementline",
}
# The first key to money whose owner is not certain; the second is turned by another person.
BANK_WORK = BANK_VIEW | {"orders.propose_placement", "orders.park_line"}
COLLECTING = {
    "orders.follow_debts",
    "orders.add_paymentpromise",
    "orders.change_paymentpromise",
    "orders.send_letter",
    "orders.change_collectionletter",
    "orders.add_stoplistentry",
    "orders.remove_stoplistentry",
}
COLLECTING_POLICY = {
    "orders.add_letterlevel",
    "orders.change_letterlevel",
    "orders.add_keyrate",
    "orders.change_keyrate",
    "orders.add_stoppolicy",
    "orders.change_stoppolicy",
}
CLAIM_WORK = {
    "orders.add_discrepancyact",
    "orders.change_discrepancyact",
    "orders.add_correctiveaction",
    "orders.change_correctiveaction",
}
SETTLEMENT_WORK = {
    "orders.add_reconciliation",
    "orders.change_reconciliation",
    "orders.add_offset",
}
EXPORT = {"kam.export_rows"}
