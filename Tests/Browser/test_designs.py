"""Designs: comparison, blocks, layers, and where every number comes from."""

import json

import pytest

from content import data, download, download_rows


def test_the_comparison_shows_designs_baselines_and_what_is_absent(open_page):
    page = open_page("sweep")
    text = page.inner_text("#comparison")
    for part in ["int8 array", "equal throughput", "FP16 array", "No figures were found"]:
        assert part in text
    row = page.locator("#comparison tbody tr", has_text="decode energy").locator("td").all()
    assert row[1].inner_text() and "×" in row[2].inner_text()
    row[1].hover()
    tip = page.inner_text("#tooltip")
    assert "assumed" in tip and "a formula" in tip and "range" in tip


def test_where_designs_differ(open_page):
    page = open_page("comparison")
    assert "CPU" in page.inner_text("#comparison thead")
    assert page.locator("#comparison figure").count() == 1
    assert len(data(page)["commands"]) == 3


def test_every_number_of_the_layers_tells_its_origin(open_page):
    page = open_page("run")
    cells = page.locator("#design table[aria-label='decode, layers'] tbody tr").first.locator("td").all()
    assert len(cells) > 15
    for cell in cells:
        if cell.evaluate("node => !node.tip && /\\d/.test(node.textContent)"):
            head = cell.evaluate(
                "node => node.closest('table').rows[0].cells[node.cellIndex].textContent")
            assert head.startswith(("M×N×K", "util")), head
    cells[5].hover()
    assert "provenance" in page.inner_text("#tooltip")


def test_layers_sort_and_keep_their_total(open_page):
    page = open_page("run")
    table = page.locator("#design table[aria-label='decode, layers']")
    total = table.locator("tfoot").inner_text()
    table.get_by_role("button", name="cycles: sort").click()
    cycles = [int(row.locator("td").nth(1).inner_text().replace(",", ""))
              for row in table.locator("tbody tr").all()]
    assert cycles == sorted(cycles, reverse=True) and len(cycles) == 28
    assert table.locator("tfoot").inner_text() == total
    assert f"{sum(cycles):,}" in total


def test_blocks_have_area_and_energy(open_page):
    page = open_page("run")
    blocks = page.locator(".diagram .block")
    assert blocks.count() == 12
    array = page.get_by_role("img", name="tree array:")
    assert "µm²" in array.text_content() or "mm²" in array.text_content()
    decode = array.text_content()
    page.locator("#design fieldset").get_by_text("prefill, 33 tokens", exact=True).click()
    assert page.get_by_role("img", name="tree array:").text_content() != decode
    page.get_by_role("img", name="weight buffer:").focus()
    tip = page.inner_text("#tooltip")
    assert "structural counts × cell areas" in tip and "of the chip" in tip


@pytest.mark.parametrize("width", [360, 1600])
def test_blocks_do_not_overlap(open_page, width):
    page = open_page("run", width=width)
    boxes = page.evaluate(
        """[...document.querySelectorAll(".diagram .block > .ground")].map(node => {
          const { left, right, top, bottom } = node.getBoundingClientRect();
          return [left, right, top, bottom];
        })""")
    for index, (left, right, top, bottom) in enumerate(boxes):
        for other in boxes[index + 1:]:
            assert right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top
    texts = page.evaluate(
        """[...document.querySelectorAll(".diagram .block")].map(block => {
          const outer = block.querySelector(".ground").getBoundingClientRect();
          return [...block.querySelectorAll("text")].every(text => {
            const box = text.getBoundingClientRect();
            return box.left >= outer.left && box.right <= outer.right && box.bottom <= outer.bottom;
          });
        })""")
    assert all(texts)


def test_every_chart_downloads_its_data_and_its_picture(open_page):
    page = open_page("run")
    figures = page.locator("figure").all()
    assert len(figures) >= 10
    for figure in figures:
        rows = download_rows(page, figure, "data as CSV")
        assert rows and all(None not in row and None not in row.values() for row in rows)
        picture = download(page, figure, "picture as SVG")
        assert picture.startswith("<svg") and "var(--" not in picture


def test_layers_are_points_of_the_roofline_below_the_roof(open_page):
    page = open_page("run")
    figure = page.locator("figure", has_text="arithmetic intensity")
    rows = download_rows(page, figure, "data as CSV")
    architecture = data(page)["designs"][0]["architecture"]
    peak = architecture["peak_throughput"]["typical"]
    assert {row["phase"] for row in rows} == {"decode", "prefill"} and len(rows) == 56
    for row in rows:
        assert float(row["rate_macs_per_s"]) <= peak


def test_the_timeline_is_as_long_as_the_layers_take(open_page):
    page = open_page("run")
    figure = page.locator("figure", has_text="Utilisation over time").first
    rows = download_rows(page, figure, "data as CSV")
    total = data(page)["designs"][0]["phases"][0]["total"]
    unit = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[rows[0]["unit"]]
    assert abs(float(rows[-1]["end"]) * unit / total["time"]["typical"] - 1) < 1e-9
    busy = sum((float(r["end"]) - float(r["begin"])) * (float(r["to"]) - float(r["from"]))
               for r in rows if r["part"] == "busy")
    assert abs(busy / float(rows[-1]["end"]) / total["utilisation"] - 1) < 1e-9


def test_energy_can_be_shown_without_the_memory_outside(open_page):
    page = open_page("run")
    figure = page.locator("figure", has_text="Energy by component").first
    assert "external memory" in figure.inner_text()
    figure.get_by_text("chip alone").click()
    page.wait_for_function(
        """![...document.querySelectorAll("figure")].find(node =>
          node.textContent.includes("Energy by component"))
          .querySelector(".plot")?.textContent.includes("external memory")""")


def test_layers_stand_beside_other_hardware(open_page):
    page = open_page("run")
    page.get_by_text("Layers on other hardware").first.click()
    table = page.locator("table[aria-label='decode, layers on other hardware']")
    heads = [head.inner_text().split("\n")[0] for head in table.locator("thead th").all()]
    assert heads[:5] == ["layer", "energy", "int8 array", "int8 array ratio", "int8 array time"]
    phase = data(page)["designs"][0]["phases"][0]
    assert table.locator("tbody tr").count() == len(phase["layers"]) == 28
    first = phase["layers"][0]
    cells = table.locator("tbody tr").first.locator("td, th").all()
    ratio = first["baselines"]["int8_array"]["energy"]["typical"] / first["energy"]["total"]["typical"]
    assert abs(float(cells[3].inner_text()) / ratio - 1) < 0.01
    cells[2].hover()
    assert "a paper" in page.inner_text("#tooltip")


def test_energies_by_other_sources_and_how_far_they_are_off(open_page):
    page = open_page("run")
    table = page.locator("table[aria-label='decode, energy by other sources']")
    rows = [row.inner_text().split("\t") for row in table.locator("tbody tr").all()]
    assert [row[0] for row in rows] == ["exact", "density", "literature"]
    assert rows[1][2:4] == ["+10.0", "+10.0"] and rows[2][2] == "−50.0"
    table.locator("tbody tr").nth(1).locator("td").nth(0).hover()
    assert "toggles of density" in page.inner_text("#tooltip")


def test_a_clock_beyond_the_cells_is_said_with_the_design(open_page):
    page = open_page("run")
    assert "tree array reaches 800 MHz" in page.inner_text("#design .warning")
    assert open_page("bare").locator(".warning").count() == 0


def test_sums_tell_which_part_is_of_which_provenance(open_page):
    page = open_page("run")
    total = data(page)["designs"][0]["phases"][0]["total"]
    memory = sum(each["amount"] for each in total["energy_sources"]
                 if each["provenance"] == "literature")
    whole = sum(each["amount"] for each in total["energy_sources"])
    card = page.locator(".card", has_text="Decode, 1 token").first
    assert f"{round(100 * memory / whole)} % literature" in card.inner_text()
    origins = page.locator("[aria-label='Origins']").inner_text()
    assert "energy, external memory" in origins and "area, tree array" in origins


def test_commands_and_inputs_are_there(open_page):
    page = open_page("sweep")
    assert page.locator(".command code").all_inner_texts() == [
        "setun explore 'my space.yaml'", "setun report 'it'\\''s.setun'"]
    page.get_by_text("my space.yaml", exact=True).click()
    assert "</script><b>&" in page.inner_text("#inputs pre")


def test_the_whole_report_downloads_as_json(open_page):
    page = open_page("sweep")
    report = json.loads(download(page, page, "Everything on this page as JSON"))
    assert report["schema"] == "setun_report_1"


def test_every_control_can_be_reached_by_the_tab_key(open_page):
    page = open_page("sweep")
    reachable = page.evaluate(
        """[...document.querySelectorAll("button, select, input, a[href]")].filter(node =>
          node.tabIndex < 0 && !node.closest("table")).map(node => node.outerHTML)""")
    assert reachable == []
    unnamed = page.evaluate(
        """[...document.querySelectorAll("button, select, input, svg.diagram .block")].filter(node =>
          !node.getAttribute("aria-label") && !node.labels?.length && !node.textContent.trim())
          .map(node => node.outerHTML)""")
    assert unnamed == []
