"""PDF documents: a template becomes paper, reading nothing but our own static files.

    file = render_pdf("orders/documents/invoice.html", {"invoice": invoice})
    return pdf_response(file, f"{invoice.number}.pdf")

The template links what it needs with `{% static %}`; text typed by people can therefore name no address of
the network and no file of this machine: such a link is left out and the document is made without it.
"""

import mimetypes
from io import BytesIO
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.http import content_disposition_header
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

BASE = "https://static.invalid/"  # nobody's host: addresses of the template resolve to it, nothing is ever asked there


class RefusedAddress(ValueError):
    """A document named something that is not a static file of ours."""


class StaticFetcher(URLFetcher):
    """Gives a document our static files and data: addresses, and nothing else."""

    def __init__(self):
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url, headers=None):
        if url.lower().startswith("data:"):
            return super().fetch(url, headers)
        name = static_name(url)
        content = static_content(name)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, BytesIO(content), {"Content-Type": kind})


def static_name(url: str) -> str:
    """The name of the static file at an address; raises RefusedAddress for any other address."""
    prefix = urlsplit(static("")).path
    parts = urlsplit(url)
    path = unquote(parts.path)
    if f"{parts.scheme}://{parts.netloc}/" != BASE or not path.startswith(prefix):
        raise RefusedAddress(url)
    name = path.removeprefix(prefix)
    if not name or "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
        raise RefusedAddress(url)
    return name


def static_content(name: str) -> bytes:
    """The content of a static file: from its source, else as it was collected under its hashed name."""
    found = finders.find(name)
    if found:
        with open(found, "rb") as file:
            return file.read()
    with staticfiles_storage.open(name) as file:
        return file.read()


def render_pdf(template: str, context: dict, *, language: str = "ru") -> bytes:
    """The template as a PDF file, in the language of the document's reader (clients read Russian)."""
    with translation.override(language):
        text = render_to_string(template, context)
    return HTML(string=text, base_url=BASE, url_fetcher=StaticFetcher()).write_pdf()


def pdf_response(file: bytes, name: str, *, inline: bool = True) -> HttpResponse:
    """A PDF file for the browser: shown there, or with `inline=False` saved under its name."""
    response = HttpResponse(file, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(not inline, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
