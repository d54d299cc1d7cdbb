"""Imports and exports over the API: the same rights, limits and files as in the browser, every write safe to repeat."""

import csv
import io
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook
from rest_framework.test import APIClient

from accounts.models import Client, Territory
from kam import imports, runs
from kam.imports import Option
from kam.models import ExportLog, ImportMapping, Run, User
from tests.kam.test_browser_imports import LIST, TerritoriesImporter

pytestmark = pytest.mark.django_db
IMPORT = "/api/v1/imports/territories/"
EXPORT = "/api/v1/lists/accounts.client/export/"


class ChosenTerritories(TerritoriesImporter):
    """The small importer, asking for something beside the file."""

    options = (
        Option("kind", "Вид", choices=lambda: [("all", "Все"), ("new", "Новые")]),
        Option("starts_on", "С дня"),
    )


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path, monkeypatch):
    cache.clear()
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(imports, "importers", lambda: [ChosenTerritories()])
    monkeypatch.setattr(runs, "_sent", runs.carry_out)


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Send a request as a person and let the worker do what it started."""

    def post(user, address, data=None, *, key="", format="json"):
        headers = {"Idempotency-Key": key} if key else {}
        with django_capture_on_commit_callbacks(execute=True):
            return reader(user).post(address, data or {}, format=format, headers=headers)

    return post


def reader(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user.pk))
    return client


def a_file(text=LIST, name="territories.csv"):
    return SimpleUploadedFile(name, text.encode())


def seen(user, address) -> dict:
    return reader(user).get(address).json()


def workbook(answer) -> list[list]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    return book.get_sheet_by_index(0).to_python()


def test_the_offer_names_columns_and_options(admin):
    (offer,) = seen(admin, "/api/v1/imports/")
    assert (offer["name"], offer["label"], offer["multiple"]) == ("territories", "Территории", False)
    assert [(each["name"], each["required"]) for each in offer["columns"]] == [("name", True), ("note", False)]
    assert [(each["name"], each["choices"]) for each in offer["options"]] == [
        ("kind", [{"value": "all", "label": "Все"}, {"value": "new", "label": "Новые"}]),
        ("starts_on", None),
    ]


def test_a_file_is_checked_committed_and_its_bad_rows_taken_back(admin, sent):
    answer = sent(admin, IMPORT, {"files": a_file(), "kind": "new", "starts_on": "2026-11-21"}, format="multipart")
    assert answer.status_code == 202
    place = answer["Location"]
    run = seen(admin, place)
    assert (run["status"], run["understood"]["stage"], run["understood"]["changes"]) == ("checked", "check", 2)
    assert run["understood"]["mapping"] == {"название": "name"}
    assert run["understood"]["unknown"] == ["Прочее"]
    assert [(each["row"], each["value"]) for each in run["findings"]] == [(3, "Слишком длинное имя")]
    assert Territory.objects.count() == 0
    assert Run.objects.get().parameters["options"] == {"kind": "new", "starts_on": "2026-11-21"}

    assert sent(admin, place + "commit/").status_code == 200
    run = seen(admin, place)
    assert (run["status"], run["counts"]["territories_created"]) == ("done", 2)
    assert set(Territory.objects.values_list("name", flat=True)) == {"Урал", "Поволжье"}
    rows = workbook(reader(admin).get(run["result"]))
    assert [row[0] for row in rows] == ["Название", "Слишком длинное имя"]
    assert ImportMapping.objects.get(user=admin).headings == {"название": "name"}


def test_another_mapping_is_checked_and_an_unknown_column_refused(admin, sent):
    place = sent(admin, IMPORT, {"files": a_file("Регион;Название\nУрал;x\n")}, format="multipart")["Location"]
    answer = sent(admin, place + "check/", {"places": {"nme": 0}})
    assert (answer.status_code, answer.json()["refusals"][0]["code"]) == (409, "unknown_column")
    assert sent(admin, place + "check/", {"places": {"name": -1}}).status_code == 400
    assert sent(admin, place + "check/", {"places": {"name": 0}}).status_code == 200
    sent(admin, place + "commit/")
    assert Territory.objects.get().name == "Урал"
    answer = sent(admin, place + "commit/")
    assert (answer.status_code, answer.json()["refusals"][0]["code"]) == (409, "not_checked")


def test_headings_nobody_knows_are_told_and_the_row_can_be_said(admin, sent):
    place = sent(admin, IMPORT, {"files": a_file("Что;Где\nКто;Кому\nУрал;x\n")}, format="multipart")["Location"]
    run = seen(admin, place)
    understood = run["understood"]
    assert (run["status"], understood["headers"], understood["header_row"]) == ("failed", ["Что", "Где"], 1)
    assert sent(admin, place + "check/", {"header_row": -1}).status_code == 400
    sent(admin, place + "check/", {"header_row": 2, "places": {"name": 0}})
    run = seen(admin, place)
    assert (run["status"], run["understood"]["headers"]) == ("checked", ["Кто", "Кому"])
    sent(admin, place + "commit/")
    assert Territory.objects.get().name == "Урал"


def test_other_options_are_checked_and_wrong_ones_refused(admin, anna, sent):
    place = sent(admin, IMPORT, {"files": a_file(), "kind": "new"}, format="multipart")["Location"]
    sent(admin, place + "check/", {"places": {"name": 1}})
    assert Run.objects.get().parameters["options"] == {"kind": "new"}, "what is not sent stays"

    answer = sent(admin, place + "check/", {"options": {"kind": "some", "starts_on": "31.02.2026", "colour": "red"}})
    assert answer.status_code == 400
    assert [each["pointer"] for each in answer.json()["errors"]] == [
        "/options/colour", "/options/kind", "/options/starts_on",
    ]  # fmt: skip
    assert sent(admin, place + "check/", {"options": {"kind": ["all"]}}).status_code == 400
    assert sent(anna, place + "check/", {"options": {"kind": "all"}}).status_code == 404
    assert Run.objects.get().parameters["options"] == {"kind": "new"}

    answer = sent(admin, place + "check/", {"options": {"kind": "all", "starts_on": "2026-11-21"}})
    assert answer.status_code == 200
    parameters = Run.objects.get().parameters
    assert parameters["options"] == {"kind": "all", "starts_on": "2026-11-21"}
    assert parameters["places"] == {"name": 1}, "the mapping stays"
    sent(admin, place + "check/", {"options": {}})
    assert Run.objects.get().parameters["options"] == {}
    assert (seen(admin, place)["status"], Territory.objects.count()) == ("checked", 0)


def test_the_description_names_the_options_of_a_check(admin):
    described = reader(admin).get("/api/schema/", {"format": "json"}).json()
    body = described["paths"]["/api/v1/runs/{id}/check/"]["post"]["requestBody"]["content"]["application/json"]
    (name,) = re.findall(r"[^/]+$", body["schema"]["$ref"])
    fields = described["components"]["schemas"][name]["properties"]
    assert set(fields) == {"places", "options", "sheet", "header_row"}, "what the verb takes, not what a run is"
    assert fields["options"]["additionalProperties"] == {"type": "string"}
    assert "one without choices is a day" in fields["options"]["description"]


def test_the_same_request_twice_is_one_import(admin, sent):
    first = sent(admin, IMPORT, {"files": a_file()}, key="i1", format="multipart")
    second = sent(admin, IMPORT, {"files": a_file()}, key="i1", format="multipart")
    assert (first.status_code, second.status_code, second["Idempotency-Replayed"]) == (202, 202, "true")
    assert first.json() == second.json() and first["Location"] == second["Location"]
    place = first["Location"]
    assert [sent(admin, place + "commit/", key="c1").status_code for _time in range(2)] == [200, 200]
    assert (Run.objects.count(), Territory.objects.count()) == (1, 2)


def test_what_cannot_be_taken_is_said_and_nothing_is_kept(admin, anna, sent, settings):
    wrong = {"files": a_file(), "kind": "some", "starts_on": "31.02.2026", "colour": "red"}
    answer = sent(admin, IMPORT, wrong, format="multipart")
    assert answer.status_code == 400
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/colour", "/kind", "/starts_on"]
    answer = sent(admin, IMPORT, {"files": [a_file(), a_file()]}, format="multipart")
    assert [each["code"] for each in answer.json()["refusals"]] == ["too_many_files"]
    assert sent(admin, IMPORT, {"files": "x"}, format="json").status_code == 415
    assert sent(admin, "/api/v1/imports/nothing/", {"files": a_file()}, format="multipart").status_code == 404
    assert sent(anna, IMPORT, {"files": a_file()}, format="multipart").status_code == 404
    settings.UPLOAD_BYTES = 100
    answer = sent(admin, IMPORT, {"files": a_file("Название\n" + "Урал\n" * 100)}, format="multipart")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert Run.objects.count() == 0


def test_a_run_is_of_the_person_who_started_it(admin, anna, sent):
    place = sent(admin, IMPORT, {"files": a_file()}, format="multipart")["Location"]
    assert reader(anna).get(place).status_code == 404
    assert reader(anna).get(place + "result/").status_code == 404
    assert sent(anna, place + "commit/").status_code == 404
    assert Territory.objects.count() == 0


class TestExports:
    @pytest.fixture
    def clients(self, anna, vera):
        return [
            Client.objects.create(name=name, channel="dealer", manager=manager)
            for name, manager in (("Рассвет", anna), ("Восход", anna), ("Закат", vera))
        ]

    def names_in(self, user, place) -> set[str]:
        run = seen(user, place)
        assert run["status"] == "done"
        text = b"".join(reader(user).get(run["result"]).streaming_content).decode("utf-8-sig")
        _heading, *rows = csv.reader(io.StringIO(text), delimiter=";")
        return {name for row in rows for name in ("Рассвет", "Восход", "Закат") if name in row}

    def test_a_list_is_exported_as_its_person_sees_it_and_logged(self, anna, clients, sent):
        answer = sent(anna, EXPORT, {"format": "csv"})
        assert answer.status_code == 202
        assert self.names_in(anna, answer["Location"]) == {"Рассвет", "Восход"}
        log = ExportLog.objects.get()
        assert (log.by, log.page, log.format, log.rows) == (anna, "accounts.client", "csv", 2)
        assert log.address == "127.0.0.1"

    def test_filters_narrow_it(self, boris, clients, sent):
        body = {"format": "csv", "filters": {"manager": clients[0].manager_id}, "q": "Рас", "sort": "-name"}
        assert self.names_in(boris, sent(boris, EXPORT, body)["Location"]) == {"Рассвет"}
        assert "q=" in ExportLog.objects.get().query

    def test_a_filter_nobody_knows_is_refused_not_left_out(self, anna, clients, sent):
        body = {"filters": {"colour": "red"}, "sort": "shoe_size"}
        answer = sent(anna, EXPORT, body)
        assert answer.status_code == 400
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/filters/colour", "/sort"]
        answer = sent(anna, EXPORT, {"filters": {"channel": "nonsense"}})
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/filters/channel"]
        assert (Run.objects.count(), ExportLog.objects.count()) == (0, 0)

    def test_the_same_request_twice_is_one_export(self, anna, clients, sent):
        answers = [sent(anna, EXPORT, {"format": "csv"}, key="e1") for _time in range(2)]
        assert answers[0].json() == answers[1].json()
        assert (Run.objects.count(), ExportLog.objects.count()) == (1, 1)

    def test_without_the_right_nothing_starts(self, clients, timur, sent):
        assert sent(timur, EXPORT, {"format": "csv"}).status_code == 403
        assert Run.objects.count() == 0

    def test_the_log_is_for_those_who_look_after_it(self, anna, admin, clients, sent):
        sent(anna, EXPORT, {"format": "csv"})
        assert reader(anna).get("/api/v1/exports/").status_code == 403
        (row,) = seen(admin, "/api/v1/exports/")["results"]
        assert (row["by"], row["rows"]) == (anna.pk, 2)
