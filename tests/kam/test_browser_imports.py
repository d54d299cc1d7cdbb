import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import Territory
from kam import imports, runs
from kam.files import Column
from kam.imports import Importer, good_rows
from kam.models import ImportMapping, Run

pytestmark = pytest.mark.django_db


class TerritoriesImporter(Importer):
    """A small importer of this test: names of territories."""

    name = "territories"
    label = "Территории"
    permission = "accounts.add_territory"

    def columns(self, upload=None):
        return (
            Column("name", "Название", required=True, longest=10),
            Column("note", "Заметка"),
        )

    def perform(self, upload, who, report):
        table = self.opened(upload, report)
        known = set(Territory.objects.values_list("name", flat=True))
        fresh = [row.values[0] for row in good_rows(table.rows(), report) if row.values[0] not in known]
        Territory.objects.bulk_create([Territory(name=name) for name in fresh])
        report.count("territories_created", len(fresh))


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(imports, "importers", lambda: [TerritoriesImporter()])
    monkeypatch.setattr(runs, "_sent", runs.carry_out)


@pytest.fixture
def signed_in(client, admin):
    client.force_login(admin, backend="kam.sign_in.RoleBackend")
    return client


@pytest.fixture
def sent(signed_in, django_capture_on_commit_callbacks):
    """Send a form and let the worker do what it started; returns the run."""

    def post(name, *args, **data):
        with django_capture_on_commit_callbacks(execute=True):
            answer = signed_in.post(reverse(f"kam:{name}", args=args), data)
        return answer

    return post


def csv(text, name="territories.csv"):
    return SimpleUploadedFile(name, text.encode())


LIST = "Название;Прочее\nУрал;1\nСлишком длинное имя;2\nПоволжье;3\n"


def test_a_file_is_checked_then_committed(sent, signed_in, admin):
    answer = sent("import_new", "territories", files=csv(LIST))
    run = Run.objects.get()
    assert (answer.status_code, run.status, run.counts["territories_created"]) == (303, "checked", 2)
    assert Territory.objects.count() == 0
    page = signed_in.get(reverse("kam:run_detail", args=[run.pk])).content.decode()
    assert "Прочее" in page and "Урал" in page and reverse("kam:import_commit", args=[run.pk]) in page

    sent("import_commit", run.pk)
    run.refresh_from_db()
    assert run.status == "done"
    assert set(Territory.objects.values_list("name", flat=True)) == {"Урал", "Поволжье"}
    assert [(each["row"], each["value"]) for each in run.findings] == [(3, "Слишком длинное имя")]


def test_the_bad_rows_come_back_as_they_were(sent, signed_in):
    sent("import_new", "territories", files=csv(LIST))
    run = Run.objects.get()
    answer = signed_in.get(reverse("kam:run_file", args=[run.pk, "report"]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == ["Название", "Прочее", "Что не так"]
    assert rows[1][:2] == ["Слишком длинное имя", "2"]
    assert len(rows) == 2


def test_the_same_file_again_changes_nothing_and_says_so(sent, signed_in):
    for _time in range(2):
        sent("import_new", "territories", files=csv("Название\nУрал\n"))
        run = Run.objects.latest("pk")
        sent("import_commit", run.pk)
    run.refresh_from_db()
    assert (run.status, run.parameters["report"]["changes"]) == ("done", 0)
    assert Territory.objects.count() == 1
    page = signed_in.get(reverse("kam:run_detail", args=[run.pk])).content.decode()
    assert "Файл не принёс ничего нового" in page


def test_a_mapping_chosen_by_hand_is_remembered(sent, admin):
    sent("import_new", "territories", files=csv("Регион;Название\nУрал;x\n"))
    run = Run.objects.get()
    assert run.parameters["report"]["mapping"] == {"название": "name"}
    sent("import_check", run.pk, **{"place-0": "name", "place-1": "", "place-x": "name", "place-7": "nonsense"})
    run.refresh_from_db()
    assert (run.status, run.parameters["places"]) == ("checked", {"name": 0})
    assert Territory.objects.count() == 0
    sent("import_commit", run.pk)
    assert Territory.objects.get().name == "Урал"
    assert ImportMapping.objects.get(user=admin).headings == {"регион": "name"}
    sent("import_new", "territories", files=csv("Регион\nКавказ\n"))
    assert Run.objects.latest("pk").parameters["report"]["mapping"] == {"регион": "name"}


def test_a_file_that_cannot_be_read_says_why_and_keeps_nothing(sent, signed_in):
    sent("import_new", "territories", files=SimpleUploadedFile("x.csv", b"%PDF-1.7 \x00\x01"))
    run = Run.objects.get()
    assert run.status == "failed"
    assert run.error
    page = signed_in.get(reverse("kam:run_detail", args=[run.pk]))
    assert page.status_code == 200
    assert Territory.objects.count() == 0


def test_only_those_who_may_and_only_their_own(sent, client, admin, anna, sonya):
    sent("import_new", "territories", files=csv(LIST))
    run = Run.objects.get()
    for user in (anna, sonya):
        client.force_login(user, backend="kam.sign_in.RoleBackend")
        assert client.get(reverse("kam:import_new", args=["territories"])).status_code == 404
        assert client.post(reverse("kam:import_commit", args=[run.pk])).status_code == 404
        assert client.post(reverse("kam:import_check", args=[run.pk])).status_code == 404
    assert Territory.objects.count() == 0


def test_a_commit_is_taken_once(sent, signed_in):
    sent("import_new", "territories", files=csv(LIST))
    run = Run.objects.get()
    sent("import_commit", run.pk)
    sent("import_commit", run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempts, Territory.objects.count()) == ("done", 1, 2)


def test_the_size_has_an_end(settings, sent, signed_in):
    settings.UPLOAD_BYTES = 1000
    assert sent("import_new", "territories", files=csv("Название\n" + "Урал\n" * 500)).status_code in (400, 413)
    assert Run.objects.count() == 0


def test_a_file_with_unknown_headings_can_be_mended_by_hand(sent, signed_in):
    sent("import_new", "territories", files=csv("Список\nЧто;Где\n;x\nУрал;y\n"))
    run = Run.objects.get()
    assert (run.status, run.parameters["report"]["headers"]) == ("failed", ["Что", "Где"])
    page = signed_in.get(reverse("kam:run_detail", args=[run.pk])).content.decode()
    assert "Что" in page and 'name="place-0"' in page and 'name="header_row"' in page
    assert reverse("kam:import_commit", args=[run.pk]) not in page

    sent("import_check", run.pk, **{"place-0": "name", "header_row": "2"})
    sent("import_commit", run.pk)
    run.refresh_from_db()
    assert (run.status, run.findings, Territory.objects.get().name) == ("done", [], "Урал")


def test_a_list_without_headings_goes_by_letters(sent, signed_in):
    sent("import_new", "territories", files=csv("7;Урал\n8;Кавказ\n"))
    run = Run.objects.get()
    assert run.status == "failed"
    sent("import_check", run.pk, **{"header_row": "0", "place-0": "name"})
    run.refresh_from_db()
    assert (run.status, run.parameters["places"], run.parameters["report"]["header_row"]) == ("failed", None, 0)
    page = signed_in.get(reverse("kam:run_detail", args=[run.pk])).content.decode()
    assert '<th scope="col">A</th><th scope="col">B</th>' in page

    sent("import_check", run.pk, **{"header_row": "0", "place-1": "name"})
    run.refresh_from_db()
    assert (run.status, run.counts["territories_created"]) == ("checked", 2)
    sent("import_commit", run.pk)
    assert set(Territory.objects.values_list("name", flat=True)) == {"Урал", "Кавказ"}


def test_another_sheet_of_a_workbook_can_be_chosen(sent, signed_in):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name, rows in {
            "Обложка": ["Добрый день"],
            "Первый": ["Название", "Урал"],
            "Второй": ["Название", "Кавказ"],
        }.items():
            book.add_worksheet(name).write_column(0, 0, rows)
    sent("import_new", "territories", files=SimpleUploadedFile("x.xlsx", file.getvalue()))
    run = Run.objects.get()
    report = run.parameters["report"]
    assert (report["sheet"], report["sheets"]) == ("Первый", ["Обложка", "Первый", "Второй"])
    page = signed_in.get(reverse("kam:run_detail", args=[run.pk])).content.decode()
    assert "<option selected>Первый</option>" in page

    sent("import_check", run.pk, sheet="Второй", header_row="1", **{"place-0": "name"})
    sent("import_commit", run.pk)
    assert Territory.objects.get().name == "Кавказ"
