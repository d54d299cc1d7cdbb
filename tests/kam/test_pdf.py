import pytest
from weasyprint import HTML

from kam.pdf import OURS, OwnFiles


@pytest.fixture
def shelf(tmp_path, settings):
    """A folder of our own files with one in it, and a secret beside it."""
    (tmp_path / "static" / "vendor").mkdir(parents=True)
    (tmp_path / "static" / "vendor" / "own.css").write_text("p { color: red }")
    (tmp_path / "secret.txt").write_text("secret")
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    return tmp_path


def test_our_own_files_are_given(shelf):
    assert OwnFiles().fetch("vendor:own.css").read() == b"p { color: red }"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:8000/x.png",
        "https://example.org/x.png",
        "ftp://example.org/x",
        "vendor:../../secret.txt",
        "vendor:/etc/passwd",
        "vendor:nothing.css",
        "/etc/passwd",
    ],
)
def test_nothing_else_is_read(shelf, url):
    with pytest.raises(Exception, match=r"is not ours|outside of the base path|Suspicious"):
        OwnFiles().fetch(url)


def test_a_paper_with_a_foreign_address_is_made_without_it(shelf):
    given = []

    class Watching(OwnFiles):
        def fetch(self, url, headers=None):
            answer = super().fetch(url, headers)
            given.append(url)
            return answer

    text = (
        '<link rel=stylesheet href="vendor:own.css"><img src="file:///etc/passwd"><img src="http://10.0.0.1/x"><p>1</p>'
    )
    assert HTML(string=text, base_url=f"{OURS}/", url_fetcher=Watching()).write_pdf().startswith(b"%PDF-")
    assert given == ["vendor:own.css"]
