"""A design in an FPGA: resources in place of areas and energies."""

import re

from content import data, download_rows


def rows(page, label):
    """The cells of a table's body, as text."""
    return [[cell.inner_text().strip() for cell in row.locator("td, th").all()]
            for row in page.locator(f"table[aria-label='{label}'] tbody tr").all()]


def test_blocks_have_resources_and_add_up(open_page):
    page = open_page("fpga")
    assert "Resources in Kria K26" in page.inner_text("#design")
    resources = data(page)["designs"][0]["fpga"]["resources"]
    blocks = rows(page, "Resources by block")
    assert len(blocks) == 11
    luts = [int(row[1].replace(",", "")) for row in blocks if row[1] != "–"]
    assert abs(sum(luts) - resources["lut"]["used"]["typical"]) <= len(luts)
    total = page.locator("table[aria-label='Resources by block'] tfoot").inner_text()
    assert f"{round(resources['lut']['used']['typical']):,}" in total


def test_shares_are_of_what_the_device_has(open_page):
    page = open_page("fpga")
    shares = {row[0]: row[1:] for row in rows(page, "Share of the device")}
    assert shares["FF"][1] == "234,240" and shares["BRAM18"][1] == "288"
    used = int(shares["FF"][0].replace(",", ""))
    assert abs(float(shares["FF"][2]) - 100 * used / 234_240) < 0.1
    page.locator("table[aria-label='Share of the device'] tbody tr").first.locator("td").nth(0).hover()
    assert "fit to synthesis" in page.inner_text("#tooltip")


def test_what_does_not_fit_is_said(open_page):
    page = open_page("small-fpga")
    assert "does not fit iCE40 UP5K" in page.inner_text("#design")
    assert page.locator("#design table[aria-label='Share of the device'] .bad").count() >= 1
    assert open_page("fpga").locator("#design .bad").count() == 0


def test_no_energy_and_no_area_is_shown(open_page):
    page = open_page("fpga")
    design = page.inner_text("#design")
    assert not re.search(r"mm²|µm²|NaN|undefined|Energy of|Energy by", design)
    # What is left of energies is the CPU's.
    heads = page.locator("#design table[aria-label='decode, layers'] thead").inner_text()
    assert "CPU energy" in heads and "array" not in heads and "memory" not in heads
    array = page.get_by_role("img", name="tree array:").get_attribute("aria-label")
    assert re.fullmatch(r"tree array: LUTs [\d,]+ LUT · \d+(\.\d+)? %", array)
    assert "Energy in an FPGA does not follow from synthesis" in page.inner_text("body")


def test_the_resources_download(open_page):
    page = open_page("fpga")
    table = download_rows(page, page, "Resources of")
    assert len(table) == 11 and table[0]["block"] == "tree_array"
    lut = data(page)["designs"][0]["fpga"]["resources"]["lut"]["blocks"]
    assert all(float(row["lut_typical"]) == lut[row["block"]]["typical"] for row in table)
