#!/usr/bin/env python3
# Copyright Setun contributors.
# SPDX-License-Identifier: Apache-2.0
"""Counts the LUTs, flip-flops, carries, memories and multipliers of an emitted accelerator in an FPGA.

Each block is synthesised on its own, so that it has a count; memories become block RAM or LUT RAM as
the flow of the family decides.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import tempfile

from synth import BLOCKS, TOP, TREES, UNROLL, Flow, log_to

# The flow of each family, and the cells that each of its resources is counted in. A cell may stand for
# several: CARRY4 for four bits of carry, CARRY8 for eight; a RAM of distributed kind for its LUTs.
FAMILIES = {
    "xcup": {
        "flow": "synth_xilinx -family xcup -noiopad -noclkbuf",
        "LUT": {r"LUT[1-6]": 1, r"INV": 0, r"RAM32X1D|RAM64X1D": 2, r"RAM128X1D": 4,
                r"RAM32M|RAM64M": 4, r"RAM32M16|RAM64M8": 8, r"RAM256X1D": 8, r"RAM512X1S": 8},
        "FF": {r"FD[CPRS]E(_1)?": 1},
        "carry": {r"CARRY8": 8, r"CARRY4": 4},
        "BRAM": {r"RAMB36E[12]": 1, r"RAMB18E[12]": 0.5},
        "URAM": {r"URAM288.*": 1},
        "DSP": {r"DSP48E[12]": 1},
    },
    "ecp5": {
        "flow": "synth_ecp5",
        "LUT": {r"LUT4": 1, r"CCU2C": 2, r"TRELLIS_DPR16X4": 4},
        "FF": {r"TRELLIS_FF": 1},
        "carry": {r"CCU2C": 2},
        "BRAM": {r"DP16KD|PDPW16KD": 1},
        "URAM": {},
        "DSP": {r"MULT18X18D": 1},
    },
    "ice40": {
        "flow": "synth_ice40",
        "LUT": {r"SB_LUT4": 1},
        "FF": {r"SB_DFF.*": 1},
        "carry": {r"SB_CARRY": 1},
        "BRAM": {r"SB_RAM40_4K.*": 1},
        "URAM": {},
        "DSP": {r"SB_MAC16": 1},
    },
}
RESOURCES = ["LUT", "FF", "carry", "BRAM", "URAM", "DSP"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="what 'setun emit' wrote")
    parser.add_argument("--family", choices=FAMILIES, default="xcup")
    parser.add_argument("--block", help="only this module: setun_tree_array")
    parser.add_argument("--json", type=pathlib.Path, help="the file to write as well")
    parser.add_argument("--log", type=pathlib.Path, required=True, help="where the passes report")
    return parser.parse_args()


def resources(cells, family):
    """What cells, by type, amount to."""
    counts = dict.fromkeys(RESOURCES, 0)
    for cell, number in cells.items():
        for resource in RESOURCES:
            for pattern, each in FAMILIES[family][resource].items():
                if re.fullmatch(pattern, cell):
                    counts[resource] += each * number
    return counts


def elaborated():
    """The accelerator of the working directory without its probe, rows sharing a module."""
    flow = Flow()
    flow.run(f"read_slang --keep-hierarchy {UNROLL} --top {TOP} -F setun.f")
    flow.run(f"hierarchy -check -top {TOP}")
    flow.run(f"delete -port {TOP}/probe_o")
    flow.check_drivers()
    flow.merge_trees()
    return flow


def count(family, name):
    """What one module takes with all that is in it, but for other blocks, which are not."""
    flow = elaborated()
    flow.run(f"hierarchy -top {name}")
    flow.run(f"{FAMILIES[family]['flow']} -top {name}")
    flow.run("tee -q -o stat.json stat -json")
    modules = json.loads(pathlib.Path("stat.json").read_text())
    return resources(modules["design"]["num_cells_by_type"], family)


def main():
    options = arguments()
    output = log_to(options.log)
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(options.folder, work, dirs_exist_ok=True)
        os.chdir(work)
        flow = elaborated()
        modules = flow.design.modules_.values()
        top = next(module for module in modules if module.name.str() == "\\" + TOP)
        kinds = sorted({cell.type.str().removeprefix("\\") for cell in top.cells_.values()})
        blocks = [kind for kind in kinds if kind.startswith(tuple(BLOCKS)) and "$" in kind]
        blocks = [kind for kind in blocks if not kind.startswith(tuple(TREES))]
        if options.block:
            blocks = [kind for kind in blocks if kind.startswith(options.block + "$")]
        table = {}
        for block in blocks:
            table[block.rpartition(".u_")[2]] = count(options.family, block)
        total = {key: sum(row[key] for row in table.values()) for key in RESOURCES}
        print(f"{'block':<20}" + "".join(f"{key:>9}" for key in RESOURCES), file=output)
        for name, row in {**table, "total": total}.items():
            print(f"{name:<20}" + "".join(f"{row[key]:>9,g}" for key in RESOURCES), file=output)
        if options.json:
            report = {"family": options.family, "blocks": table, "total": total}
            options.json.resolve().write_text(json.dumps(report, indent=1) + "\n")
        os.chdir("/")


if __name__ == "__main__":
    main()
