import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart
from django.urls import reverse
from rest_framework.test import APIClient

from kam import attaching
from kam.actions.attachments import attach_file, remove_attachment
from kam.attaching import checked_file, clean_name
from kam.clock import today
from kam.models import Attachment, Substitution, TrailEntry
from kam.refusals import Forbidden, Refused

PDF = b"%PDF-1.7\n%..."


def upload(name="Акт.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.PNG", b"\x89PNG\r\n\x1a\n....", "image/png"),
        ("a.xlsx", b"PK\x03\x04....", "application/zip"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..", "application/x-ole-storage"),
        ("a.webp", b"RIFF....WEBPVP8 ", "image/webp"),
        ("a.csv", "артикул;кол-во\n1;2\n".encode(), "text/plain"),
        ("a.txt", "Привет".encode("cp1251"), "text/plain"),
        ("long.txt", ("ж" * 4000).encode(), "text/plain"),
    ],
)
def test_kinds_we_keep(name, content, kind):
    assert checked_file(upload(name, content)) == (name, kind)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "empty_file"),
        ("a.pdf", b"MZ\x90\x00", "unknown_kind"),
        ("a.exe", b"MZ\x90\x00", "unknown_kind"),
        ("a.exe", PDF, "other_kind"),
        ("a.html", PDF, "other_kind"),
        ("a.txt", b"<!DOCTYPE html><script>", "unknown_kind"),
        ("a.txt", b"  <svg onload=alert(1)>", "unknown_kind"),
        ("a.svg", b"<svg/>", "unknown_kind"),
        ("a.txt", b"\x7fELF\x02\x01\x00", "unknown_kind"),
        ("a.png", PDF, "other_kind"),
        ("a", PDF, "other_kind"),
    ],
)
def test_kinds_we_refuse(name, content, code):
    with pytest.raises(Refused) as caught:
        checked_file(upload(name, content))
    assert [refusal.code for refusal in caught.value.refusals] == [code]


def test_the_size_has_an_end(monkeypatch):
    monkeypatch.setattr(attaching, "MOST_BYTES", len(PDF))
    assert checked_file(upload())
    monkeypatch.setattr(attaching, "MOST_BYTES", len(PDF) - 1)
    with pytest.raises(Refused):
        checked_file(upload())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\dir\\Акт сверки.pdf", "Акт сверки.pdf"),
        ('a"b\r\n.pdf', "ab.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("", "file"),
    ],
)
def test_names(given, kept):
    assert clean_name(given) == kept


@pytest.fixture
def cover(anna, dasha):
    """A document of anna and dasha that vera does not see."""
    return Substitution.objects.create(absent=anna, deputy=dasha, starts_on=today(), ends_on=today(), arranged_by=anna)


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def signed_in(client, user):
    client.force_login(user, backend="kam.sign_in.RoleBackend")
    return client


@pytest.mark.django_db
def test_a_file_goes_through_the_door_of_its_document(client, anna, vera, cover):
    add = reverse("kam:attachment_add", args=["kam.substitution", cover.pk])
    assert signed_in(client, vera).post(add, {"file": upload()}).status_code == 404
    assert Attachment.objects.count() == 0
    assert signed_in(client, anna).post(add, {"file": upload()}).status_code == 303
    file = Attachment.objects.get()
    assert (file.name, file.size, file.by_id) == ("Акт.pdf", len(PDF), anna.pk)
    assert "Акт" not in file.file.name

    address = reverse("kam:attachment_file", args=[file.pk])
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert signed_in(client, vera).get(address).status_code == 404
    assert client.post(reverse("kam:attachment_remove", args=[file.pk])).status_code == 404
    assert Attachment.objects.filter(removed_at=None).count() == 1


@pytest.mark.django_db
def test_documents_without_a_page_take_no_files(client, anna):
    signed_in(client, anna)
    for kind in ("kam.notification", "auth.group", "nonsense", "kam.nothing"):
        assert client.post(reverse("kam:attachment_add", args=[kind, 1]), {"file": upload()}).status_code == 404


@pytest.mark.django_db
def test_removing_is_for_who_added_it_and_leaves_a_trail(anna, dasha, admin, cover):
    file = attach_file(cover, upload(), by=anna)
    with pytest.raises(Forbidden):
        remove_attachment(file.pk, cover, by=dasha)
    remove_attachment(file.pk, cover, by=admin)
    assert list(Attachment.objects.of(cover)) == []
    trail = TrailEntry.objects.of(cover).values_list("verb", "changes", "by")
    assert list(trail) == [
        ("detach", {"file": ["Акт.pdf", None]}, admin.pk),
        ("attach", {"file": [None, "Акт.pdf"]}, anna.pk),
    ]
    with pytest.raises(Attachment.DoesNotExist):
        remove_attachment(file.pk, cover, by=admin)


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing(client, anna, cover, tmp_path):
    add = reverse("kam:attachment_add", args=["kam.substitution", cover.pk])
    signed_in(client, anna).post(add, {"file": upload("x.exe", b"MZ..")})
    assert Attachment.objects.count() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def api(user):
    found = APIClient()
    found.force_authenticate(user)
    return found


@pytest.mark.django_db
def test_the_same_over_the_api(anna, vera, cover):
    named = {"document_kind": "kam.substitution", "document_id": cover.pk}
    files = reverse("api:attachments")
    assert api(vera).post(files, {**named, "file": upload()}).status_code == 404
    key = {"Idempotency-Key": "f1"}
    first, again = (
        api(anna).generic(
            "POST",
            files,
            encode_multipart(boundary, {**named, "file": upload()}),
            f"multipart/form-data; boundary={boundary}",
            headers=key,
        )
        for boundary in ("one", "two")
    )
    assert (first.status_code, again.status_code, Attachment.objects.count()) == (201, 201, 1)
    assert first.json() == again.json()
    assert api(anna).post(files, {**named, "file": upload("x.exe", b"MZ")}).status_code == 409
    assert [row["name"] for row in api(anna).get(files, named).json()] == ["Акт.pdf"]
    one = reverse("api:attachment", args=[first.json()["id"]])
    assert b"".join(api(anna).get(one).streaming_content) == PDF
    trail = reverse("api:trail")
    for stranger in (
        api(vera).get(one),
        api(vera).delete(one),
        api(vera).get(files, named),
        api(vera).get(trail, named),
    ):
        assert stranger.status_code == 404
    assert api(anna).get(files).status_code == 400
    assert [row["verb"] for row in api(anna).get(trail, named).json()["results"]] == ["attach"]
    assert api(anna).delete(one).status_code == 204
    assert api(anna).get(files, named).json() == []
    assert APIClient().get(trail, named).status_code == 401
