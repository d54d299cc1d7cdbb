"""What a person can do or ask for in the browser, a program can over the API: page by page, address by address.

Whatever has no route stands in one of the tables below with its reason; a reason that is no longer needed fails too.
"""

import pytest
from django.urls import URLPattern, get_resolver
from drf_spectacular.generators import SchemaGenerator

from kam.api.sorting import searched_page, sorts_of
from kam.api.urls import VIEWSETS
from kam.api.verbs import ReasonSerializer
from kam.api.views import PAGING_PARAMETERS, parameters_of, view_of
from kam.pages.filters import searchable
from kam.pages.registry import PAGES

DECLARED = ("list", "detail", "new", "edit", "step", "bulk", "export", "columns", "save")

# Steps without a route of their own: who takes them instead.
STEPS_TAKEN_OTHERWISE = {
    "orders.paymentpromise.keep": "by the night, once the money is there",
    "orders.paymentpromise.break": "by the night, once it is late",
    "orders.creditreview.replace": "by the next decision on the same client",
    "orders.collectionletter.deliver": "by what the mail server answers",
    "orders.collectionletter.fail": "by what the mail server answers",
    "orders.reconciliation.differ": "by the first difference that is recorded",
}
# Fields of forms that only a person who types needs, by page and form: what a program sends instead.
TYPED_BY_HAND = {
    "orders.bankstatementline propose": {"client": "a share of one client", "more": "further shares"},
    "orders.intake new": {"many": "lines"},
    "orders.intake edit": {"many": "lines"},
}
# Addresses beside those that every page declares: the route that does the same.
SERVED = {
    "accounts:activity_complete": "POST activities/{id}/complete/",
    "accounts:client_hand_over": "POST clients/{id}/hand-over/",
    "accounts:client_log": "POST clients/{id}/log/",
    "accounts:clients_hand_over": "POST clients/hand-over/",
    "accounts:credithold_lift": "POST holds/{id}/lift/",
    "accounts:decreedday_clear": "DELETE decreed-days/{id}/",
    "kam:attachment_add": "POST attachments/",
    "kam:attachment_file": "GET attachments/{id}/",
    "kam:attachment_remove": "DELETE attachments/{id}/",
    "kam:counters": "GET counters/",
    "kam:import_check": "POST runs/{id}/check/",
    "kam:import_commit": "POST runs/{id}/commit/",
    "kam:import_new": "POST imports/{importer}/",
    "kam:imports": "GET imports/",
    "kam:inbox": "GET inbox/",
    "kam:notification_open": "POST notifications/{id}/read/",
    "kam:notifications": "POST notifications/read/",
    "kam:own_setting": "PATCH profile/",
    "kam:password": "POST profile/password/",
    "kam:profile": "PATCH profile/",
    "kam:run_cancel": "POST runs/{id}/cancel/",
    "kam:run_file": "GET runs/{id}/result/",
    "kam:run_progress": "GET runs/{id}/",
    "kam:search": "GET search/",
    "kam:sign_in": "POST tokens/",
    "kam:sign_out": "DELETE tokens/{id}/",
    "kam:substitution_end": "POST substitutions/{id}/end/",
    "kam:token_revoke": "DELETE tokens/{id}/",
    "orders:act_settle": "POST discrepancy-acts/{id}/settle/",
    "orders:act_torg2": "GET discrepancy-acts/{id}/torg-2.pdf/",
    "orders:ageing": "GET invoices/ageing/",
    "orders:allocation_undo": "POST allocations/{id}/undo/",
    "orders:client_ledger": "GET reconciliations/ledger/",
    "orders:debtor_call": "POST debtors/{id}/call/",
    "orders:debtor_letter": "POST debtors/{id}/prepare-letter/",
    "orders:debtor_promise": "POST payment-promises/",
    "orders:debtor_stop_letters": "POST stop-list/",
    "orders:held": "POST orders/release-held/",
    "orders:intake_enter": "POST intakes/{id}/enter/",
    "orders:invoice_bill": "GET invoices/{id}/bill.pdf/",
    "orders:invoice_credit": "POST credit-notes/",
    "orders:invoice_return": "POST returns/",
    "orders:invoice_settle": "POST invoices/{id}/settle/",
    "orders:letter_claim": "GET letters/{id}/claim.pdf/",
    "orders:line_invoices": "POST bank-lines/{id}/propose/",
    "orders:order_amend": "POST orders/{id}/amend/",
    "orders:order_bill": "GET orders/{id}/bill.pdf/",
    "orders:order_copy": "POST orders/{id}/copy/",
    "orders:order_entry": "GET orders/{id}/entry/",
    "orders:order_entry_lines": "POST orders/{id}/lines/",
    "orders:order_entry_products": "GET orders/{id}/goods/",
    "orders:order_entry_submit": "POST orders/{id}/submit/",
    "orders:order_offer": "GET orders/{id}/offer.pdf/",
    "orders:order_ship": "POST orders/{id}/ship/",
    "orders:payment_allocate": "POST payments/{id}/allocate/",
    "orders:payment_refund": "POST payments/{id}/refund/",
    "orders:placements": "POST steps/",
    "orders:reconciliation_act": "GET reconciliations/{id}/act.pdf/",
    "orders:reconciliation_differences": "POST reconciliations/{id}/differences/",
    "orders:reconciliation_redraw": "POST reconciliations/{id}/redraw/",
    "orders:reconciliations_prepare": "POST reconciliations/prepare/",
    "orders:refund_undo": "POST refunds/{id}/undo/",
    "orders:reservation_prolong": "POST reservations/{id}/prolong/",
    "orders:reservation_release": "POST reservations/{id}/release/",
    "orders:reservation_transfer": "POST reservations/{id}/transfer/",
    "orders:shipment_act": "POST discrepancy-acts/",
    "orders:shipment_invoice": "POST shipments/{id}/invoice/",
    "orders:shipment_note": "GET shipments/{id}/note.pdf/",
    "orders:stoplistentry_remove": "POST stop-list/{id}/remove/",
    "orders:supply_cancel": "POST supplies/{id}/cancel/",
    "orders:supply_receive": "POST supplies/{id}/receive/",
    "reports:finance": "GET key-figures/finance/",
    "reports:finance_book": "GET key-figures/finance.xlsx/",
    "reports:finance_paper": "GET key-figures/finance.pdf/",
    "reports:night_again": "POST nights/again/",
    "reports:returns": "GET key-figures/returns/",
    "reports:turnover": "GET key-figures/finance/",
}
# What belongs to the browser alone, and why.
OF_THE_BROWSER = {
    "kam:choices": "fills the selects of forms; a program searches a list with ?q=",
    "kam:today": "puts the inbox and short lists together, each of which has its route",
    "orders:order_entry_earlier": "reads the lines of an earlier order, which a program gets from GET orders/{id}/",
    "orders:order_entry_file": "reads a spreadsheet into lines, which a program sends as they are",
    "set_language": "the language of a browser that nobody is signed in at",
}


@pytest.fixture(scope="module")
def routes() -> set[str]:
    """`POST orders/{id}/confirm/` of every route of the description."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {
        f"{verb.upper()} {path.removeprefix('/api/v1/')}" for path, operations in paths.items() for verb in operations
    }


def served(page) -> str:
    """The prefix under which the API serves the page's documents."""
    found = view_of(page.model)
    assert found, f"{page.key()} has no route in the API"
    return found[0]


def fields_of(serializer) -> set[str]:
    """What a serializer takes, by its own names and by those of the action."""
    fields = serializer().fields if serializer else {}
    names = {name for pair in fields.items() for name in (pair[0], pair[1].source)}
    return names | {name.removesuffix("_id") for name in names}


def forms_of(page) -> dict[str, tuple]:
    """Every form of a page with the serializer of its route."""
    view = VIEWSETS[served(page)]
    verbs = {verb.name: verb.serializer for verb in view.verbs}
    found = {}
    if page.can_create():
        found["new"] = page.new_form or page.form, view.create_serializer
    if page.can_change():
        found["edit"] = page.form, view.change_serializer
    for step, form in page.step_forms.items():
        found[step] = form, view.step_serializers.get(step) or verbs.get(step) or ReasonSerializer
    return found


def addresses(patterns=None, namespace="") -> set[str]:
    """The names of every address of the workspace, those of the API and of the back office left out."""
    found = set()
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLPattern):
            found.add(f"{namespace}{each.name}")
        elif each.namespace not in ("admin", "api"):
            found |= addresses(each.url_patterns, f"{each.namespace}:" if each.namespace else namespace)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key())
def test_what_a_page_makes_and_changes_the_api_does(page, routes):
    prefix = served(page)
    wanted = {f"GET {prefix}/", f"GET {prefix}/{{id}}/"}
    if page.can_create():
        wanted.add(f"POST {prefix}/")
    if page.can_change():
        wanted.add(f"PATCH {prefix}/{{id}}/")
    assert wanted <= routes


@pytest.mark.parametrize("page", [page for page in PAGES if page.flow], ids=lambda page: page.key())
def test_every_step_of_a_page_has_its_verb(page, routes):
    prefix = served(page)
    lacking = {
        f"{page.key()}.{step.name}" for step in page.flow.steps if f"POST {prefix}/{{id}}/{step.name}/" not in routes
    }
    assert lacking == {key for key in STEPS_TAKEN_OTHERWISE if key.startswith(f"{page.key()}.")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key())
def test_what_a_form_asks_for_can_be_sent(page):
    for name, (form, serializer) in forms_of(page).items():
        lacking = set(form.base_fields) - fields_of(serializer)
        assert lacking == set(TYPED_BY_HAND.get(f"{page.key()} {name}", ())), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key())
def test_a_list_is_filtered_searched_and_ordered_as_its_page(page):
    view = VIEWSETS[served(page)]
    filterset = getattr(view, "filterset_class", None)
    known = parameters_of(filterset()) if filterset else set(getattr(view, "filterset_fields", ()))
    wanted = parameters_of(page.filterset()) if page.filterset else set()
    assert wanted <= known | PAGING_PARAMETERS
    assert bool(searched_page(view)) == searchable(page)
    sorted_by = {name for name, column in page.table.columns.items() if column.sort_paths}
    assert sorted_by <= {*sorts_of(view), *view.orderings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key())
def test_the_same_rights_open_a_page_and_its_route(page):
    view = VIEWSETS[served(page)]
    if page.key() == "kam.user":  # colleagues are known to everybody, their accounts to the administrator
        assert view.permission("view") == page.model._default_manager.all().permission_to_view()
        return
    assert view.permission("view") == page.permission("view")
    if page.can_create():
        assert view.permission("add") == page.permission("add")
    if page.can_change():
        assert view.permission("change") == page.permission("change")


def test_every_other_address_has_a_route_or_a_reason(routes):
    declared = {page.url_name(verb) for page in PAGES for verb in DECLARED}
    others = addresses() - declared - {"healthz", "readyz"}
    assert others == {*SERVED, *OF_THE_BROWSER}
    assert not {name: route for name, route in SERVED.items() if route not in routes}
    assert not set(SERVED) & set(OF_THE_BROWSER)


def test_every_reason_is_of_something_there_is():
    keys = {f"{page.key()}.{step.name}" for page in PAGES if page.flow for step in page.flow.steps}
    assert set(STEPS_TAKEN_OTHERWISE) <= keys
    assert set(TYPED_BY_HAND) <= {f"{page.key()} {name}" for page in PAGES for name in forms_of(page)}
