"""Pages of the report, opened in Chromium without a network.

The folder with the pages that `sample-pages` wrote is in SETUN_PAGES, the browser in SETUN_BROWSER.
"""

import os
import pathlib
import time

import pytest
from playwright.sync_api import sync_playwright

PAGES = pathlib.Path(os.environ.get("SETUN_PAGES", ".build/browser-pages")).resolve()
BROWSER = os.environ.get("SETUN_BROWSER", "/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


class Opened:
    """A page with what it asked for and complained about."""

    def __init__(self, browser, path, width=1280, height=900, scheme="light", measures=False):
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            accept_downloads=True,
            offline=True,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.requests, self.messages = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        session = self.context.new_cdp_session(self.page) if measures else None
        if session:
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
        begin = time.monotonic()
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-ready]", state="attached")
        if session:
            metrics = session.send("Performance.getMetrics")["metrics"]
            processor = next(m["value"] for m in metrics if m["name"] == "TaskDuration")
            # From the wish to the last chart: on the wall, and on the processor.
            self.page.seconds = (time.monotonic() - begin, processor)
        self.address = path.as_uri()


@pytest.fixture
def open_page(browser):
    """Opens a sample page by its name; complaints of any page fail the test."""
    opened = []

    def open_page(name, **options):
        opened.append(Opened(browser, PAGES / f"{name}.html", **options))
        return opened[-1].page

    yield open_page
    for each in opened:
        foreign = {url for url in each.requests if not url.startswith(("data:", "blob:"))}
        assert foreign == {each.address}, "a request besides the page itself"
        assert each.messages == [], "console"
        each.context.close()
