"""Papers as PDF: a template, our own type embedded, nothing fetched from anywhere."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import content_disposition_header
from weasyprint import HTML, Document
from weasyprint.urls import URLFetcher, URLFetcherResponse

OURS = "vendor:"


class OwnFiles(URLFetcher):
    """Gives a paper the files we serve ourselves (`vendor:pt-sans/…`) and pictures written into it, nothing else."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        found = finders.find(f"vendor/{url.removeprefix(OURS)}") if url.startswith(OURS) else None
        if not found:
            raise ValueError(f"{url} is not ours")
        with open(found, "rb") as file:
            return URLFetcherResponse(url, file.read())


def pdf_of(template: str, context: dict[str, Any], language: str = "ru") -> bytes:
    """Render a template into a PDF; papers for clients are in Russian whoever prints them."""
    return laid_out(template, context, language).write_pdf(full_fonts=False)


def laid_out(template: str, context: dict[str, Any], language: str = "ru") -> Document:
    """The pages of a paper before they are written."""
    with translation.override(language):
        html = render_to_string(template, {"language": language, **context})
    return HTML(string=html, base_url=f"{OURS}/", url_fetcher=OwnFiles()).render()


def pdf_response(file: bytes, name: str) -> HttpResponse:
    """A PDF for the browser to show, named as it will be saved."""
    response = HttpResponse(file, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name)
    return response


def is_long(lines: int) -> bool:
    """Whether a paper of so many lines is made in the background instead of while the browser waits."""
    return lines > settings.PDF_INLINE_LINES
