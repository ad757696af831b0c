"""The design space: chart and table are two views of the same points."""

import pytest

from content import data, download_rows

TABLE = "#space table"


@pytest.fixture
def page(open_page):
    page = open_page("sweep")
    page.data = data(page)
    return page


def count(page):
    """The points that are selected, as the line above the table says."""
    return int(page.inner_text("#space p[role=status]").split(" ")[0].replace(",", ""))


def column(page, name):
    """The cells of a column as they are shown."""
    heads = [text.split("\n")[0].strip(" ↑↓") for text in page.locator(f"{TABLE} thead th").all_inner_texts()]
    index = heads.index(name)
    rows = page.locator(f"{TABLE} tbody tr").all()
    return [row.locator("th, td").nth(index).inner_text() for row in rows]


def rectangle(page):
    page.locator("#space .plot").scroll_into_view_if_needed()
    return page.locator("#space .plot svg .background").first.bounding_box()


def middle_of_point(page, number):
    point = page.locator("#space .mark-symbol path").nth(number)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_hovering_a_point_tells_its_values(page):
    page.mouse.move(*middle_of_point(page, 40))
    page.wait_for_selector("#tooltip:not([hidden])")
    text = page.inner_text("#tooltip")
    for part in ["area", "mm²", "decode energy", "µJ/token", "rows", "datapath", "literature"]:
        assert part in text, text


def test_dragging_selects_and_the_table_follows(page):
    assert count(page) == 300
    box = rectangle(page)
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 5, steps=5)
    page.mouse.up()
    page.wait_for_function("!document.querySelector('#space p[role=status]').textContent.startsWith('300')")
    selected = count(page)
    assert 0 < selected < 300
    rows = download_rows(page, page, "Selected points as CSV")
    assert len(rows) == selected
    most = float(page.locator("#space input[type=number]").nth(1).input_value())
    areas = [float(row["area_mm2"]) for row in rows]
    assert max(areas) <= most * 1.001
    # All points left of the edge, counted from the data.
    inside = [a for a in page.data["sweep"]["values"]["area_mm2"]["typical"] if a <= max(areas)]
    assert len(inside) == selected
    page.get_by_role("button", name="Clear the selection").click()
    assert count(page) == 300


def test_number_fields_do_what_dragging_does(page):
    fields = page.locator("#space input[type=number]")
    fields.nth(1).fill("0.01")
    fields.nth(1).press("Enter")
    areas = page.data["sweep"]["values"]["area_mm2"]["typical"]
    expected = sum(area <= 0.01 for area in areas)
    assert 0 < expected < 300 and count(page) == expected
    assert page.locator("#space .plot svg path[aria-roledescription]").count() >= 0
    # The chart shows the selection too.
    page.wait_for_selector("#space .plot svg .brush_brush path, #space .plot svg [class*=brush] path")


def test_every_head_sorts_both_ways_and_back(page):
    before = column(page, "area")
    head = page.get_by_role("button", name="area, mm²: sort")
    head.click()
    largest = [float(text) for text in column(page, "area")]
    assert largest == sorted(largest, reverse=True)
    areas = sorted(page.data["sweep"]["values"]["area_mm2"]["typical"])
    assert abs(largest[0] - areas[-1]) < 0.01 * areas[-1]
    assert page.locator(f"{TABLE} thead [aria-sort=descending]").count() == 1
    head.click()
    smallest = [float(text) for text in column(page, "area")]
    assert smallest == sorted(smallest)
    assert abs(smallest[0] - areas[0]) < 0.01 * areas[0]
    head.click()
    assert page.locator(f"{TABLE} thead [aria-sort]").count() == 0
    assert column(page, "area") != before, "the page began with the front"


def test_what_is_not_known_is_last_either_way(page):
    head = page.get_by_role("button", name="decode utilisation, %: sort")
    unknown = sum(v is None for v in page.data["sweep"]["values"]["decode_utilisation"]["typical"])
    assert unknown > 0
    for _ in range(2):
        head.click()
        assert "–" not in column(page, "decode utilisation")
        page.get_by_role("button", name="Last page").first.click()
        assert column(page, "decode utilisation")[-1] == "–"


def test_pages_turn(page):
    first = column(page, "point")
    assert len(first) == 25
    page.get_by_role("button", name="Next page").first.click()
    assert not set(first) & set(column(page, "point"))
    assert "26–50 of 300" in page.inner_text("#space .pager")


def test_axes_and_colours_can_be_chosen(page):
    page.get_by_label("Vertical").select_option("decode_latency_s")
    page.wait_for_function(
        "document.querySelector('#space .plot svg').textContent.includes('decode latency, µs')")
    page.get_by_label("Colour").select_option("parameter datapath")
    page.wait_for_function(
        "document.querySelector('#space .plot svg').textContent.includes('split_sign')")
    page.get_by_label("Colour").select_option("decode_j_per_token")
    page.wait_for_selector("#space .plot svg .role-legend-gradient")
    rules = "document.querySelectorAll('#space .mark-rule.role-mark line').length"
    before = page.evaluate(rules)
    page.get_by_label("Ranges of the front").check()
    page.wait_for_function(f"{rules} > {before}")
    page.get_by_label("Horizontal").select_option("parameter rows")
    page.wait_for_function(
        "document.querySelector('#space .plot svg').textContent.includes('rows')")


def test_the_front_is_marked_as_the_data_says(page):
    front = page.data["sweep"]["front"]
    assert column(page, "front").count("●") == min(25, len(front))
    hashes = {page.data["sweep"]["hashes"][index][:8] for index in front}
    marked = {name for name, mark in zip(column(page, "point"), column(page, "front")) if mark}
    assert {name.split("\n")[-1].split(" ")[-1][-8:] for name in marked} <= hashes


def test_points_join_the_comparison_up_to_five(page):
    heads = lambda: page.locator("#comparison table").first.locator("thead th").all_inner_texts()
    assert [text[0] for text in heads()[2:4]] == ["A", "B"]
    pins = page.locator(f"{TABLE} .pin[aria-pressed=false]")
    for _ in range(3):
        pins.first.click()
    assert sum(text[0] in "ABCDE" and text[1] == " " for text in heads()) == 5
    pins.first.click()
    assert "take one out" in page.inner_text("#space p[role=status]")
    page.locator("#comparison .contenders button").first.click()
    assert sum(text[0] in "BCDE" and text[1] == " " for text in heads()) == 4
    assert page.locator("#space .plot svg text", has_text="C").count() >= 1


def test_clicking_a_point_of_the_chart_compares_it(page):
    before = page.locator("#comparison .contenders .letter").count()
    page.mouse.click(*middle_of_point(page, 40))
    page.wait_for_function(
        f"document.querySelectorAll('#comparison .contenders .letter').length !== {before}")


def test_all_points_download_with_full_figures(page):
    rows = download_rows(page, page, "All points as CSV")
    sweep = page.data["sweep"]
    assert [row["point"] for row in rows] == sweep["hashes"]
    for index, row in enumerate(rows):
        assert float(row["area_mm2"]) == sweep["values"]["area_mm2"]["typical"][index]
        assert row["datapath"] == sweep["parameters"][3]["values"][index]


def test_the_keyboard_walks_the_table_and_compares(page):
    first = page.locator(f"{TABLE} thead button").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.cellIndex") == 2
    assert "provenance" in page.inner_text("#tooltip")
    page.keyboard.press("Escape")
    assert not page.locator("#tooltip").is_visible()
    page.keyboard.press("PageDown")
    assert "26–50" in page.inner_text("#space .pager")
    page.keyboard.press("ArrowDown")
    before = page.locator("#comparison .contenders .letter").count()
    page.keyboard.press("Enter")
    assert page.locator("#comparison .contenders .letter").count() == before + 1
    # The table is one stop of the tab key: from its cell the next is outside.
    page.keyboard.press("Tab")
    assert not page.evaluate(f"document.querySelector('{TABLE}').contains(document.activeElement)")
