"""A real Chromium for the tests marked ``browser``: the system's own, driven by Playwright.

Without one these tests are skipped with the reason; with ``REQUIRE_BROWSER=1`` they fail instead.
"""

import os
import shutil

import pytest
from django.db import connection
from playwright.sync_api import expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000  # milliseconds; what is waited for comes at once, but not on a machine that is busy

expect.set_options(timeout=PATIENCE)


def chromium_path():
    """The browser to drive: ``CHROMIUM``, else the first known name on the PATH; empty where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the session."""
    path = chromium_path()
    if not path:
        reason = "no Chromium on this machine (Debian: apt install chromium), or name one in CHROMIUM"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Under that loop Django takes another connection, which has to know what the migrations filled in as well.
    filled = getattr(connection, "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        if filled:
            connection._test_serialized_contents = filled
        chromium = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def window(browser, live_server):
    """A fresh window on the live server, at a desk's width; ``window.goto("/")`` is its first page."""
    context = browser.new_context(
        base_url=live_server.url, locale="ru-RU", timezone_id="Europe/Moscow", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()
