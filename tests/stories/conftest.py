"""What every story needs: one business day for the server and the test, and a window for each person."""

import re
import shutil
import subprocess
from contextvars import ContextVar
from datetime import datetime, time

import pytest
from playwright.sync_api import expect

from kam import clock
from kam.clock import MOSCOW
from kam.runs import carry_out
from tests.browser import PATIENCE
from tests.factories import DAY

PASSWORD = "correct horse battery"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def on_day(monkeypatch):
    """Sets the business day of every thread, the server's too; it is DAY until the test sets another."""

    def set_day(day):
        noon = datetime.combine(day, time(12), MOSCOW)
        monkeypatch.setattr(clock, "_moment", ContextVar("moment", default=noon))

    set_day(DAY)
    return set_day


@pytest.fixture
def worker(monkeypatch):
    """Background work is done where it is sent, after the commit, by the code that a worker runs."""
    monkeypatch.setattr("kam.runs._sent", carry_out)


@pytest.fixture
def enter(browser, live_server, on_day):
    """`enter(anna)` signs a person in and returns their window, at a desk or with `phone=True`.

    At the end no window may have met an error of a script or of the server.
    """
    contexts, complaints = [], []

    def hear(person, page):
        page.on("console", lambda line: complaints.append(f"{person}: {line.text}") if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(f"{person}: {error}"))

    def entered(person, phone=False):
        context = browser.new_context(
            base_url=live_server.url, locale="ru-RU", timezone_id="Europe/Moscow", viewport=PHONE if phone else DESK,
            has_touch=phone, is_mobile=phone, accept_downloads=True, reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        window = context.new_page()
        window.set_default_timeout(PATIENCE)
        hear(person.email, window)
        sign_in(window, person)
        return window

    yield entered
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(window, person):
    """Sign a person in; the window stands on their first page."""
    window.goto("/")
    window.fill("[name=username]", person.email)
    window.fill("[name=password]", PASSWORD)
    follow(window, window.locator("main button.btn-primary"))
    assert path_of(window) == "/"


def follow(window, leading):
    """Click what leads to another page, and wait until that page has come and its scripts are at work."""
    with window.expect_navigation():
        leading.click()


def choose(window, name, text):
    """Pick from a searched select by typing, as a person does: what is offered has come, what is picked stands."""
    told = re.compile(re.escape(text), re.IGNORECASE)
    field = window.locator(f"select[name={name}] + .ts-wrapper")
    typing = field.get_by_role("combobox")
    field.locator(".ts-control").click()
    expect(typing).to_be_focused()
    window.keyboard.type(text)
    expect(field).not_to_have_class(re.compile(r"\bloading\b"))
    option = field.get_by_role("option", name=told).first
    expect(option).to_be_visible()
    option.click()
    expect(field.locator(".item")).to_contain_text(told)
    expect(field.locator(".ts-dropdown")).to_be_hidden()


def words(locator):
    """The text of a place with its spaces made plain, so that a sum can be compared as it is read."""
    return " ".join(locator.inner_text().split())


def path_of(window):
    """Where a window stands, as a path without its question."""
    return re.sub(r"^https?://[^/]+", "", window.url).partition("?")[0]


def text_of(pdf):
    """The words of a PDF with single spaces; nothing where this machine has no pdftotext."""
    if not shutil.which("pdftotext"):
        return ""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())
