import base64

import pytest
from django.http import HttpResponse
from weasyprint import HTML

from kam.documents import BASE, RefusedAddress, StaticFetcher, pdf_response, static_content, static_name

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def shelf(tmp_path, settings):
    """A folder of static files with one picture in it, and a secret beside it."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "dot.png").write_bytes(PIXEL)
    (tmp_path / "secret.txt").write_text("secret")
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    return tmp_path


def test_static_files_are_found(shelf):
    assert static_name(f"{BASE}static/dot.png?v=1") == "dot.png"
    assert static_content("dot.png") == PIXEL


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:8000/static/dot.png",
        "https://static.invalid.example/static/dot.png",
        "https://user@static.invalid/static/dot.png",
        f"{BASE}media/dot.png",
        f"{BASE}static/../secret.txt",
        f"{BASE}static/%2e%2e/secret.txt",
        f"{BASE}static//etc/passwd",
        f"{BASE}static/..\\secret.txt",
        f"{BASE}static/",
        "ftp://static.invalid/static/dot.png",
    ],
)
def test_nothing_else_is_read(shelf, url):
    with pytest.raises(RefusedAddress):
        StaticFetcher().fetch(url)


def test_a_document_with_a_foreign_address_is_made_without_it(shelf):
    asked = []

    class Watching(StaticFetcher):
        def fetch(self, url, headers=None):
            asked.append(url)
            return super().fetch(url, headers)

    text = '<img src="/static/dot.png"><img src="file:///etc/passwd"><img src="http://10.0.0.1/x.png"><p>Счёт № 1</p>'
    file = HTML(string=text, base_url=BASE, url_fetcher=Watching()).write_pdf()
    assert file.startswith(b"%PDF-")
    assert sorted(asked) == ["file:///etc/passwd", "http://10.0.0.1/x.png", f"{BASE}static/dot.png"]


def test_the_answer_names_the_file():
    answer = pdf_response(b"%PDF-", "Счёт 12.pdf", inline=False)
    assert isinstance(answer, HttpResponse)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
