"""What the reasons of this floor's rules say to people."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from kam.phrases import Phrase

CREDIT = {
    "client_is_prospect": _("The client is a prospect: make it an active client first."),
    "client_not_active": _("The client is not active."),
    "contract_missing": _("There is no contract with the client."),
    "contract_not_yet_valid": _("The contract is valid from %(starts_on)s only."),
    "contract_expired": _("The contract expired on %(ends_on)s."),
    "on_hold": _("On hold since %(placed_on)s (%(placed_by)s): %(reason)s"),
    "group_on_hold": _("The client's group is on hold since %(placed_on)s (%(placed_by)s): %(reason)s"),
    "terms_missing": _("The client has no credit terms."),
    "terms_not_yet_valid": _("The credit terms are valid from %(starts_on)s only."),
    "terms_expired": _("The credit terms expired on %(ends_on)s."),
    "over_limit": _("Over the credit limit by %(over_by)s: limit %(limit)s, exposure %(exposure)s, order %(order)s."),
    "over_group_limit": _(
        "Over the group's credit limit by %(over_by)s: limit %(limit)s, exposure %(exposure)s, order %(order)s."
    ),
    "automatic_stop": _("Shipping is stopped by the program since %(placed_on)s: %(reason)s"),
    "overdue": _("Overdue: %(amount)s, the oldest by %(days)s days."),
    "group_overdue": _("Other clients of the group are overdue: %(amount)s, the oldest by %(days)s days."),
    "rate_missing": _("There is no exchange rate of %(currency)s on %(day)s: foreign documents cannot be counted."),
}

# The same without figures, for who looks after an outlet only and may not know what the client owes and may.
BRIEFLY = {
    "over_limit": _("Over the credit limit."),
    "over_group_limit": _("Over the group's credit limit."),
    "overdue": _("There are overdue debts."),
    "group_overdue": _("Other clients of the group have overdue debts."),
    "automatic_stop": _("Shipping is stopped by the program."),
}


def credit_texts(knows_money: bool) -> dict:
    """What the reasons of a credit check say to somebody who may or may not know the payer's money."""
    return CREDIT if knows_money else CREDIT | BRIEFLY


CRITERIA = {
    "requisites": _("Requisites"),
    "age": _("Age of the company"),
    "history": _("How long it buys from us"),
    "claims": _("Court claims"),
    "levies": _("Enforcement and tax debts"),
    "days_late": _("Days beyond terms"),
    "late_share": _("Share paid late"),
    "promises": _("Broken promises"),
    "covers": _("Guarantees and insurance"),
}

SCORE = {
    "requisites_complete": _("Name, INN, OGRN, address and account are known."),
    "requisites_missing": _("Some requisites are missing: fill in the legal entity and the bank."),
    "age_unknown": _("The day of registration is not entered."),
    "age": _("Full years since the registration on %(since)s: %(years)s."),
    "history": _("Months since the first invoice: %(months)s."),
    "no_claims": _("No claims are known."),
    "claims": _("Claimed: %(amount)s; monthly sales: %(sales)s."),
    "claims_without_sales": _("Claimed: %(amount)s; there are no sales to compare with."),
    "no_levies": _("Neither enforcement nor tax debts are known."),
    "levies": _("Levied: %(amount)s; monthly sales: %(sales)s."),
    "levies_without_sales": _("Levied: %(amount)s; there are no sales to compare with."),
    "never_paid_yet": _("There was nothing to pay in the last year: a middle value is taken."),
    "days_late": _("On average %(average)s days beyond terms, weighted by money."),
    "late_share": _("Of the money of the last year, %(late_percent)s came late or is overdue."),
    "promises": _("Promises to pay that were broken in the last year: %(broken)s."),
    "no_covers": _("Nothing covers the client's debts."),
    "covers": _("Covers in force: %(amount)s."),
    "graded": _("Grade %(grade)s: %(points)s points of 100."),
    "rates_left_out": _("There is no exchange rate of %(currencies)s: sums in it are left out."),
    "measured_sales": _("Average monthly sales: %(amount)s (months of sales: %(months)s)."),
    "expected_sales": _("Sales expected a month are %(amount)s; with so short a history half counts: %(counted)s."),
    "days_of_grade": _("Grade %(grade)s allows %(days)s days, %(asked)s are asked for."),
    "need": _("The client needs %(amount)s to buy as it does with %(days)s days of credit."),
    "unsecured": _("Without cover grade %(grade)s gives %(share_percent)s of the need: %(amount)s."),
    "secured": _(
        "Covers add %(amount)s: insurer and bank %(secured)s in full, pledge and surety %(promised)s by half."
    ),
    "ceiling": _("No more than %(times)s times the need: %(amount)s."),
    "prepayment_only": _("Nothing is left to give: payment in advance only."),
    "stop_bankruptcy": _("Bankruptcy since %(since)s: no credit."),
    "stop_liquidation": _("Liquidation since %(since)s: no credit."),
    "stop_overdue": _("A debt is overdue by %(days)s days, %(amount)s in all: no credit until it is paid."),
}

PRICES = {
    "column_price": _("Price of the column since %(since)s: %(price)s"),
    "standing_discount": _("Standing discount of the client: %(percent)s"),
    "special_price": _("Special price of the client: %(price)s"),
    "special_discount": _("Special discount of the client: %(percent)s"),
    "given_discount": _("Discount given by hand: %(percent)s"),
    "given_price": _("Price given by hand: %(price)s"),
    "no_column_price": _("No price in the client's column on %(day)s."),
    "discount_over_limit": _("The discount of %(percent)s is over your limit of %(limit_percent)s."),
    "margin_below_least": _("The margin of %(percent)s is below the least, %(least_percent)s."),
    "no_list_price": _("There is no price to compare with."),
    "cost_unknown": _("The cost is unknown, so the margin could not be checked."),
}

RESERVATION = {
    "short_of_quota": _("Short of %(short)s: the quota allows %(quota)s of %(wanted)s."),
    "short_of_goods": _("Short of %(short)s: %(free)s of %(wanted)s are free."),
}

# Kinds of documents on a client's account.
ENTRIES = {
    "invoice": _("Invoice"),
    "credit_note": _("Credit note"),
    "payment": _("Payment"),
    "offset": pgettext_lazy("kind of a payment", "Offset"),
    "refund": pgettext_lazy("on an account", "Refund"),
    "undone": pgettext_lazy("on an account", "Undone"),
}

CURRENCIES = [(code, code) for code in ("RUB", "USD", "EUR", "CNY")]

BUCKETS = {
    "not_due": _("Not due"),
    "days_1_30": _("1–30 days"),
    "days_31_60": _("31–60 days"),
    "days_61_90": _("61–90 days"),
    "over_90": _("Over 90 days"),
}

ALLOCATION = {
    "kept_for_order": _("Kept on account: order %(number)s is not invoiced yet."),
    "stated_ambiguous": _("The purpose names %(number)s: several open invoices end so."),
    "stated_not_open": _("The purpose names %(number)s: there is no such open invoice."),
}

# Reasons that name a margin, or the want of a cost: told only to those who may see margins.
OF_MARGIN = frozenset({"margin_below_least", "cost_unknown"})

STATEMENT = {
    "received_differs": _("The bank says %(declared)s came in, its documents make %(counted)s: %(difference)s apart."),
    "spent_differs": _("The bank says %(declared)s went out, its documents make %(counted)s: %(difference)s apart."),
    "closing_differs": _("The closing balance is %(declared)s, the documents make %(counted)s: %(difference)s apart."),
    "opening_differs": _(
        "The opening balance is %(declared)s, but the last statement closed with %(counted)s on %(day)s: "
        "%(difference)s apart."
    ),
}

MATCH = {
    **ALLOCATION,
    "payer_by_inn": _("The payer by INN %(inn)s."),
    "payer_by_inn_and_kpp": _("The payer by INN %(inn)s and KPP."),
    "payer_by_inn_and_account": _("The payer by INN %(inn)s and its account."),
    "payer_by_inn_and_number": _("The payer by INN %(inn)s and the invoice named."),
    "payer_by_inn_and_name": _("The payer by INN %(inn)s and its name."),
    "several_of_inn": _("%(count)s clients have INN %(inn)s, and nothing tells which."),
    "payer_unknown": _("No client fits the payer."),
    "payer_by_account": _("The payer by its account; the bank gave no INN."),
    "payer_by_number": _("The client by the invoice named; the bank gave no INN."),
    "payer_by_name": _("The payer by name alone; the bank gave no INN."),
    "third_party_names_invoice": _("Somebody else (INN %(inn)s) pays an invoice it names."),
    "third_party_known": _("Somebody else (INN %(inn)s) who paid for this client before."),
    "name_but_other_inn": _("The name is alike, but the INN is another: %(inn)s."),
    "named_exact": _("The purpose names %(numbers)s, and the sum is just that."),
    "part_of_named": _("A part of %(numbers)s, named in the purpose; %(amount)s stays unpaid."),
    "more_than_named": _("The purpose names %(numbers)s; %(amount)s is over."),
    "exact_sum": _("The sum is just that of %(number)s."),
    "several_of_sum": _("%(count)s invoices have just this sum; the earliest due is taken."),
    "exact_earliest": _("The sum is just that of the earliest due: %(count)s invoices."),
    "exact_few": _("The sum is just that of %(numbers)s together."),
    "earliest_due": _("No invoice is named and no sum fits: the earliest due are paid."),
    "only_invoice": _("%(number)s is the client's only open invoice."),
    "everything_open": _("Everything the client owes is paid."),
    "nothing_open": _("The client owes nothing: the money stays on account."),
    "entered_before": _("A person entered this payment before; the line is its proof."),
    "maybe_entered": _("A payment of this client, day and sum is entered already under another number."),
    "maybe_twin": _("A line of this day and sum came in a statement of another format."),
    "chosen_by_person": _("Chosen by a person: %(name)s."),
}

PENALTY = {
    "agreed": _("The contract sets %(rate)s a day; the law's interest is not asked for beside it."),
    "grace": _("%(days)s days late are free of it: it is counted from %(first_on)s."),
    "capped": _("The contract allows no more than %(percent)s of the debt: %(amount)s."),
    "by_law": _("No penalty is agreed: the key rate by art. 395 of the Civil Code, 365 or 366 days by the year."),
    "no_key_rate": _("The key rate from %(first_on)s to %(last_on)s is not known: these days bear nothing."),
    "rate_carried": _(
        "The last key rate entered, %(rate)s from %(starts_on)s, is carried on: check whether a newer one is in force."
    ),
    "another_currency": _("The law's interest is computed for roubles only; the debt is in %(currency)s."),
}


STOPPED = gettext_noop("%(amount)s late by more than %(days)d days, the oldest by %(oldest)d.")


def why_stopped(overdue: Decimal, days_allowed: int, oldest: int) -> Phrase:
    """Why the program stops shipping to a client: so much is late by more than the rule allows, the oldest by so many
    days."""
    return Phrase(STOPPED, {"amount": (overdue, "RUB"), "days": days_allowed, "oldest": oldest})
