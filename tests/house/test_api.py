"""Every route of the API, whoever declared it: rights, strangers' ids, a constant number of queries, a description."""

import inspect
import re

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from accounts.models import Client
from kam.access import ScopedQuerySet
from kam.actions.attachments import attach_file
from kam.api.sorting import searched_page, sorts_of
from kam.api.urls import VIEWSETS
from kam.imports import importers
from kam.models import User
from kam.pages import PaperScreen
from kam.pages.filters import found_by
from kam.pages.registry import PAGES, SCREENS, page_named
from kam.roles import ROLES
from kam.runs import create_run
from tests.conftest import person
from tests.factories import our_company, system_user
from tests.house.rows import FIRST, make_row, make_rows

pytestmark = pytest.mark.django_db
ROUTES = sorted(VIEWSETS)


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def api(user=None) -> APIClient:
    """A client whose user is read anew, as every request reads them."""
    client = APIClient()
    if user:
        client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def address(prefix: str, pk=None, verb: str = "") -> str:
    name = prefix.replace("/", "-")
    if pk is None:
        return reverse(f"api:{name}-list")
    return reverse(f"api:{name}-{verb or 'detail'}", args=[pk])


def verbs_of(view) -> list[str]:
    """The names of every `POST …/{id}/{verb}/` of the view set."""
    return [action.url_name for action in view.get_extra_actions() if action.detail and "post" in action.mapping]


@pytest.mark.parametrize("prefix", ROUTES)
def test_nothing_without_signing_in(prefix):
    assert api().get(address(prefix)).status_code == 401
    assert api().get(address(prefix, 1)).status_code == 401
    assert api().post(address(prefix), {}, format="json").status_code == 401


@pytest.mark.parametrize("prefix", ROUTES)
def test_every_role_gets_what_its_grants_say(prefix):
    view = VIEWSETS[prefix]
    for role in ROLES:
        user = person(f"probe-{role}", "Проверкин", "Пров", role)
        listed = api(user).get(address(prefix)).status_code
        assert listed == (200 if view.may(user, "view") else 403), role
        posted = api(user).post(address(prefix), {}, format="json").status_code
        if not hasattr(view, "create"):
            assert posted in (403, 405), role
        elif view.may(user, "view") and view.may(user, "add"):
            assert posted in (400, 409), role
        else:
            assert posted == 403, role


def is_scoped(view) -> bool:
    """Whether rows of the model belong to somebody, so that another KAM must not see them."""
    rows = view.model._default_manager.all()
    own_rule = type(rows).visible_to is not ScopedQuerySet.visible_to
    return bool(own_rule or getattr(rows, "manager_paths", ()))


@pytest.mark.parametrize("prefix", [prefix for prefix in ROUTES if is_scoped(VIEWSETS[prefix])])
def test_a_strangers_id_is_not_there(prefix, anna, vera):
    view = VIEWSETS[prefix]
    row = make_row(view.model, anna, 1)
    if not view.may(anna, "view"):  # not even their own: what such a log says is for those who look after it
        assert api(anna).get(address(prefix, row.pk)).status_code == 403
        return
    assert api(anna).get(address(prefix, row.pk)).status_code == 200
    stranger = api(vera)
    assert stranger.get(address(prefix, row.pk)).status_code == 404
    assert str(row.pk) not in [str(found["id"]) for found in stranger.get(address(prefix)).json()["results"]]
    if hasattr(view, "partial_update"):
        assert stranger.patch(address(prefix, row.pk), {}, format="json").status_code == 404
    if hasattr(view, "destroy"):
        assert stranger.delete(address(prefix, row.pk)).status_code == 404
        assert view.model._default_manager.filter(pk=row.pk).exists()
    for verb in verbs_of(view):
        assert stranger.post(address(prefix, row.pk, verb), {}, format="json").status_code == 404, verb


# A kind of which there is only one row has no long list.
@pytest.mark.parametrize("prefix", [each for each in ROUTES if not hasattr(VIEWSETS[each].model, "THE_ONE")])
def test_a_list_asks_as_much_for_fifty_rows_as_for_one(prefix, anna):
    view = VIEWSETS[prefix]
    if not view.may(anna, "view"):
        anna.groups.add(*[each.pk for each in person("all", "Всемогущая", "Вера", *ROLES).groups.all()])

    def queries() -> tuple[int, int]:
        client = api(anna)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(address(prefix), {"limit": 200})
        return len(asked), len(answer.json()["results"])

    make_row(view.model, anna, 1)
    once, few = queries()
    make_rows(view.model, anna, 49)
    often, many = queries()
    assert many >= few + 49, "the rows were not shown, so nothing was counted"
    assert often == once


PAPERS = [(prefix, kind) for prefix in ROUTES for kind in getattr(VIEWSETS[prefix], "papers", ())]
PAPER_SCREENS = {screen.kind: screen for screen in SCREENS if issubclass(screen, PaperScreen)}


def test_the_api_has_every_paper_of_the_browser():
    assert sorted(kind.name for _prefix, kind in PAPERS) == sorted(kind.name for kind in PAPER_SCREENS)


@pytest.mark.parametrize(("prefix", "kind"), PAPERS, ids=lambda each: getattr(each, "name", each))
def test_a_paper_goes_to_who_may_have_it_in_the_browser_and_to_nobody_else(prefix, kind, client, settings):
    """Handed to a worker, so that no paper is laid out: what is asked before is the same."""
    settings.PDF_INLINE_LINES = -1
    view, had = VIEWSETS[prefix], set()
    for number, role in enumerate(ROLES, FIRST):
        user = person(f"probe-{role}", "Проверкин", "Пров", role)
        row = make_row(kind.model, user, number)
        seen, may = kind.seen(row.pk, user), user.has_perm(kind.right)
        given = 409 if seen is not None and not kind.fits(seen) else 202
        expected = 403 if not view.may(user, "view") else 404 if seen is None else given if may else 403
        assert api(user).get(address(prefix, row.pk, f"{kind.file}-pdf")).status_code == expected, role
        client.force_login(user, backend="kam.sign_in.RoleBackend")
        opened = client.get(PAPER_SCREENS[kind].url(pk=row.pk)).status_code
        assert opened == (404 if seen is None else 303 if may else 403), role
        had.add(expected)
        stranger = person(f"stranger-{role}", "Чужова", "Чужая", "kam")
        assert kind.seen(row.pk, stranger) is None
        assert api(stranger).get(address(prefix, row.pk, f"{kind.file}-pdf")).status_code == 404
    assert had & {202, 409}, "nobody could have it, so nothing was told"


def listed(client, query) -> list[int]:
    """The ids of every page of a list."""
    found, place = [], query
    while place:
        answer = client.get(place)
        assert answer.status_code == 200, (place, answer.json())
        found += [row["id"] for row in answer.json()["results"]]
        place = answer.json()["next"]
    return found


@pytest.mark.parametrize("prefix", [each for each in ROUTES if not hasattr(VIEWSETS[each].model, "THE_ONE")])
def test_rows_come_in_every_order_of_the_page_each_of_them_once(prefix, anna):
    view = VIEWSETS[prefix]
    anna.groups.add(*[each.pk for each in person("all", "Всемогущая", "Вера", *ROLES).groups.all()])
    made = {str(row.pk) for row in make_rows(view.model, anna, 3)}
    client = api(anna)
    for name in sorts_of(view):
        falling = listed(client, f"{address(prefix)}?ordering=-{name}&limit=2")
        rising = listed(client, f"{address(prefix)}?ordering={name}&limit=2")
        assert made <= {str(pk) for pk in rising}, name
        assert len(rising) == len(set(rising)) and sorted(rising) == sorted(falling), name


@pytest.mark.parametrize(
    "prefix", [key for key in ROUTES if searched_page(VIEWSETS[key]) and not hasattr(VIEWSETS[key].model, "THE_ONE")]
)
def test_words_find_what_the_list_of_the_page_finds(prefix, anna):
    view, page = VIEWSETS[prefix], searched_page(VIEWSETS[prefix])
    anna.groups.add(*[each.pk for each in person("all", "Всемогущая", "Вера", *ROLES).groups.all()])
    anna = User.objects.get(pk=anna.pk)
    make_rows(view.model, anna, 3)
    for text in ("1001", "ничего такого"):
        found = [str(row["id"]) for row in api(anna).get(address(prefix), {"q": text, "limit": 200}).json()["results"]]
        rows = found_by(page, view.model._default_manager.visible_to(anna), text)
        assert sorted(found) == sorted(str(row.pk) for row in rows)


class Unlaid:
    """Instead of the layout of a paper: its template is filled, its pages are not laid out."""

    def __init__(self, **given):
        assert given["string"]

    def render(self):
        return self

    def write_pdf(self, **options) -> bytes:
        return b"%PDF-"


# What a row needs to have its paper.
FITTING = {"order_bill": {"status": "submitted"}, "letter_claim": {"channel": "claim"}}


@pytest.mark.parametrize(("prefix", "kind"), PAPERS, ids=lambda each: getattr(each, "name", each))
def test_a_paper_asks_as_much_for_twenty_lines_as_for_two(prefix, kind, anna, monkeypatch):
    monkeypatch.setattr("kam.pdf.HTML", Unlaid)
    our_company()
    anna.groups.add(*[each.pk for each in person("all", "Всемогущая", "Вера", *ROLES).groups.all()])
    row, lines = make_row(kind.model, anna, 1, **FITTING.get(kind.name, {})), kind.model._meta.get_field("lines")

    def queries(first: int, count: int) -> int:
        for number in range(first, first + count):
            make_row(lines.related_model, anna, number, **{lines.field.name: row})
        client = api(anna)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address(prefix, row.pk, f"{kind.file}-pdf"))
        assert (answer.status_code, answer.content) == (200, b"%PDF-")
        return len(asked)

    assert queries(FIRST, 2) == queries(FIRST + 2, 18)


# Screens that give a file -> what they are asked for it, and where the API gives the same; papers are told above.
FILES = {
    "orders.ageing": ("receivables/?format=xlsx", "invoices/ageing.xlsx/"),
    "orders.client_ledger": ("clients/{client}/account/?format=xlsx", "reconciliations/ledger.xlsx/?client={client}"),
    "reports.finance_book": ("reports/finance.xlsx", "key-figures/finance.xlsx/"),
    "reports.finance_paper": ("reports/finance.pdf", "key-figures/finance.pdf/"),
    "reports.returns": ("reports/returns/?format=xlsx", "key-figures/returns.xlsx/"),
    "kam.run_file": ("runs/{run}/source/file/", "runs/{run}/source/"),
    "kam.attachment_file": ("attachments/{file}/file/", "attachments/{file}/"),
}
GIVES_A_FILE = re.compile(
    r"\b(book_response|xlsx_response|pdf_response|file_of|saved_as|\w*FileResponse|HttpResponse)\("
)


def test_the_api_has_every_file_of_the_browser():
    giving = {
        f"{screen.app}.{screen.name}" for screen in SCREENS
        if GIVES_A_FILE.search(inspect.getsource(screen)) and not issubclass(screen, PaperScreen)
    }  # fmt: skip
    assert giving == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_goes_to_who_may_have_it_in_the_browser_and_to_nobody_else(name, client, monkeypatch):
    monkeypatch.setattr("reports.documents.board.pdf_of", lambda template, context: b"%PDF-")
    in_browser, over_api = FILES[name]
    given, office = [], User.objects.get(pk=system_user().pk)
    for number, role in enumerate(ROLES, FIRST):
        user = person(f"probe-{role}", "Проверкин", "Пров", role)
        row = make_row(Client, user, number)
        run = create_run("paper", "Файл", by=user, source=ContentFile(b"1", "1.csv"))
        file = attach_file(row, SimpleUploadedFile("1.txt", b"1"), by=office)
        ids = {"client": row.pk, "run": run.pk, "file": file.pk}
        client.force_login(user, backend="kam.sign_in.RoleBackend")
        opened = client.get(f"/{in_browser.format(**ids)}").status_code
        route = f"/api/v1/{over_api.format(**ids)}"
        answered = api(user).get(route, headers={"Accept": "application/pdf"}).status_code
        assert {opened, answered} == {200} or {opened, answered} <= {403, 404}, (role, opened, answered)
        if "{" in over_api:
            stranger = person(f"stranger-{role}", "Чужова", "Чужая", "kam")
            assert api(stranger).get(route).status_code == 404
        given.append(answered == 200)
        run.source.delete(save=False)
        file.file.delete(save=False)
    assert any(given)
    assert api().get(route).status_code == 401


def test_the_description_is_valid_and_names_every_route():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    imports = ("imports", "imports/{importer}", "runs/{id}/commit", "runs/{id}/result")
    beside = ("search", "profile", "counters", "steps", "lists", "lists/{key}/export", *imports)
    for prefix in (*ROUTES, *beside):
        assert f"/api/v1/{prefix}/" in schema["paths"], prefix
    described = {path: about["get"]["responses"] for path, about in schema["paths"].items() if "get" in about}
    for _in_browser, over_api in FILES.values():
        path = f"/api/v1/{over_api.partition('?')[0]}".replace("{run}", "{id}").replace("{file}", "{id}")
        (kind,) = described[path]["200"]["content"]
        assert described[path]["200"]["content"][kind]["schema"] == {"type": "string", "format": "binary"}, path
    for prefix, kind in PAPERS:
        answers = schema["paths"][f"/api/v1/{prefix}/{{id}}/{kind.file}.pdf/"]["get"]["responses"]
        assert answers["200"]["content"] == {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
        assert answers["202"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Run"}


@pytest.mark.parametrize("key", [page.key() for page in PAGES if page.exportable])
def test_an_export_is_started_by_those_who_may_and_says_what_it_takes(key):
    page = page_named(key)
    for role in ROLES:
        user = person(f"probe-{role}", "Проверкин", "Пров", role)
        listed = [each["key"] for each in api(user).get("/api/v1/lists/").json()]
        may = page.may(user, "view") and page.may(user, "export")
        assert (key in listed) == may, role
        answer = api(user).post(f"/api/v1/lists/{key}/export/", {"format": "csv"}, format="json")
        assert answer.status_code == (202 if may else 403 if page.may(user, "view") else 404), role


def test_an_import_is_offered_to_those_who_may_and_nobody_else():
    for role in ROLES:
        user = person(f"probe-{role}", "Проверкин", "Пров", role)
        offered = [each["name"] for each in api(user).get("/api/v1/imports/").json()]
        assert offered == [each.name for each in importers() if user.has_perm(each.permission)]
        for importer in importers():
            answer = api(user).post(f"/api/v1/imports/{importer.name}/", {}, format="multipart")
            assert answer.status_code == (409 if importer.name in offered else 404), (role, importer.name)


def test_the_description_opens_in_the_browser(client, anna):
    assert client.get(reverse("api:docs")).status_code in (401, 403)
    client.force_login(anna, backend="kam.sign_in.RoleBackend")
    page = client.get(reverse("api:docs"))
    assert page.status_code == 200
    assert "<script>" not in page.content.decode()
    assert client.get(reverse("api:schema"), headers={"Accept": "application/json"}).status_code == 200
