"""What a page holds, and what its buttons save."""

import csv
import io
import json


def data(page):
    """The report in the page."""
    return json.loads(page.inner_text("#report"))


def download(page, part, name):
    """The text that a button of a part of the page saves: the first of that name."""
    # The browser drops what is more than ten downloads a second.
    page.wait_for_timeout(120)
    with page.expect_download() as event:
        part.get_by_role("button", name=name).first.click()
    with open(event.value.path(), encoding="utf-8") as file:
        return file.read()


def download_rows(page, part, name):
    """The same as rows of a table, by the names of its columns."""
    return list(csv.DictReader(io.StringIO(download(page, part, name))))
