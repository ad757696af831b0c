#!/usr/bin/env python3
# Copyright Setun contributors.
# SPDX-License-Identifier: Apache-2.0
"""Counts the LUTs, flip-flops, carries, memories and multipliers of an emitted accelerator in an FPGA.

The whole accelerator is elaborated, constants travel through its hierarchy, and the blocks are mapped
inside their borders, so that each has a count. Memories become block RAM or LUT RAM as the flow of the
family decides. 'setun calibrate --fpga' runs this once for every design of its training.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import tempfile

from synth import BLOCKS, MEMORY, TOP, TREES, UNROLL, Flow, log_to

# The flow of each family, and the cells that each of its resources is counted in. A cell may stand for
# several: CARRY8 for eight bits of carry, a distributed RAM for its LUTs.
FAMILIES = {
    "xilinx_up": {
        "flow": "synth_xilinx -family xcup -flatten -noiopad -noclkbuf",
        "lut": {r"LUT[1-6]": 1},
        "lut_ram": {
            r"RAM(32|64)X1D(_1)?": 2, r"RAM128X1D(_1)?": 4, r"RAM256X1D": 8, r"RAM32M|RAM64M": 4,
            r"RAM32M16|RAM64M8": 8, r"RAM(32|64)X1S": 1, r"RAM128X1S": 2, r"RAM256X1S": 4,
            r"RAM512X1S": 8, r"SRL(16E|C32E)": 1,
        },
        "ff": {r"FD[CPRS]E(_1)?": 1},
        "carry": {r"CARRY8": 8, r"CARRY4": 4},
        "ram": {r"RAMB36E2": 2, r"RAMB18E2": 1},
        "large_ram": {r"URAM288.*": 1},
        "dsp": {r"DSP48E2": 1},
    },
    "ecp5": {
        "flow": "synth_ecp5 -no-rw-check",
        "lut": {r"LUT4": 1, r"CCU2C": 2},
        "lut_ram": {r"TRELLIS_DPR16X4": 4},
        "ff": {r"TRELLIS_FF": 1},
        "carry": {r"CCU2C": 2},
        "ram": {r"DP16KD|PDPW16KD": 1},
        "large_ram": {},
        "dsp": {r"MULT18X18D": 1},
    },
    "ice40": {
        "flow": "synth_ice40 -no-rw-check",
        "lut": {r"SB_LUT4": 1},
        "lut_ram": {},
        "ff": {r"SB_DFF.*": 1},
        "carry": {r"SB_CARRY": 1},
        "ram": {r"SB_RAM40_4K.*": 1},
        "large_ram": {},
        "dsp": {},
    },
}
RESOURCES = ["lut", "lut_ram", "ff", "carry", "ram", "large_ram", "dsp"]
# Builds products with constants without multipliers.
CONSTANT_PRODUCT = pathlib.Path(__file__).resolve().with_name("constant_product.v")
# Cells that are wires, or inverters that the LUTs behind them take in.
FREE = r"INV|BUFG|GND|VCC|MUXF[789]|L6MUX21|PFUMX|IB|OB|GSR|PUR|\$scopeinfo"
# Blocks of which an accelerator's have more than one module.
PARTS = {"loop_nest": "controller"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="what 'setun emit' wrote")
    parser.add_argument("--family", choices=FAMILIES, default="xilinx_up")
    parser.add_argument(
        "--block", action="append",
        help="only this block, such as tree_array, or side_band; several times")
    parser.add_argument(
        "--memory", action="append", default=[], metavar="WORDSxBITS",
        help="memories of this size instead of blocks; several times")
    parser.add_argument(
        "--array", action="append", default=[], metavar="DATAPATH:ROWS:LANES:TOKENS:EVERY",
        help="tree arrays alone instead of blocks, such as XorPopcount:2:8:1:1; several times")
    parser.add_argument("--json", type=pathlib.Path, help="the file to write as well")
    parser.add_argument("--log", type=pathlib.Path, required=True, help="where the passes report")
    return parser.parse_args()


def resources(cells, family):
    """What cells, by type, amount to; LUTs also by their inputs."""
    counts = dict.fromkeys(RESOURCES, 0)
    for cell, number in cells.items():
        known = re.fullmatch(FREE, cell) is not None
        for resource in RESOURCES:
            for pattern, each in FAMILIES[family][resource].items():
                if re.fullmatch(pattern, cell):
                    counts[resource] += each * number
                    known = True
        if not known:
            raise SystemExit(f"fpga: {cell}: expected a cell of {family}, found an unknown one")
        if match := re.fullmatch(r"LUT([1-6])", cell):
            counts[f"lut{match[1]}"] = number
    return counts


def cells(modules, name):
    """The cells of a module and of everything inside it but other blocks."""
    total = {}
    for cell, number in modules[name].get("num_cells_by_type", {}).items():
        inner = "\\" + cell
        if cell.startswith(tuple(BLOCKS)) and not cell.startswith(tuple(TREES)):
            inside = {}
        else:
            inside = cells(modules, inner) if inner in modules else {cell: 1}
        for kind, count in inside.items():
            total[kind] = total.get(kind, 0) + number * count
    return total


def add(table, name, row):
    """Adds a row to that of its block."""
    known = table.setdefault(name, {})
    for key, value in row.items():
        known[key] = known.get(key, 0) + value


def merge_trees(flow):
    """Lets all rows of an array share one module: their trees are equal."""
    for module in flow.design.modules_.values():
        trees = [
            cell for cell in module.cells_.values()
            if cell.type.str().removeprefix("\\").startswith(tuple(TREES))
        ]
        for tree in trees:
            tree.type = trees[0].type


def count_blocks(family, wanted):
    """What each block takes; what lies between them is the side band of the tree array."""
    flow = Flow()
    flow.run(f"read_slang --keep-hierarchy {UNROLL} --top {TOP} -F setun.f")
    flow.run(f"hierarchy -check -top {TOP}")
    # The probe is for lock-step, and open in hardware.
    flow.run(f"delete -port {TOP}/probe_o")
    flow.check_drivers()
    propagate(flow, TOP)
    top = next(m for m in flow.design.modules_.values() if m.name.str() == "\\" + TOP)
    kinds = {cell.type.str().removeprefix("\\") for cell in top.cells_.values()}
    names = {
        kind: PARTS.get(name := kind.rpartition(".u_")[2], name)
        for kind in sorted(kinds) if kind.startswith(tuple(BLOCKS)) and "$" in kind
    }
    for kind, name in names.items():
        if wanted and name not in wanted:
            flow.run(f"blackbox {kind}")
    modules = mapped(flow, family, TOP)
    table = {}
    for kind, name in names.items():
        if not wanted or name in wanted:
            add(table, name, resources(cells(modules, "\\" + kind), family))
    if not wanted or "side_band" in wanted:
        table["side_band"] = resources(cells(modules, "\\" + TOP), family)
    return table


def count_arrays(family, arrays):
    """What tree arrays take, each by itself."""
    ports, instances = ["input logic clk_i, rst_ni"], []
    for index, array in enumerate(arrays):
        datapath, *sizes = array.split(":")
        rows, lanes, tokens, every = map(int, sizes)
        valid = f"tree_latency(Datapath{datapath}, {lanes}, {every})"
        ports += [
            f"input logic [{2 * rows * lanes - 1}:0] w_{index}",
            f"input logic [{tokens - 1}:0][{8 * lanes - 1}:0] a_{index}",
            f"input logic [{valid}-1:0] v_{index}",
            f"output logic [{tokens - 1}:0][{rows - 1}:0][sum_width({lanes})-1:0] s_{index}"]
        instances.append(
            f"setun_tree_array #(.Datapath(Datapath{datapath}), .Rows({rows}), .Lanes({lanes}), "
            f".Tokens({tokens}), .RegisterEvery({every}), .ZeroGating(1'b1)) u_{index} "
            f"(.clk_i, .rst_ni, .weights_i(w_{index}), .activations_i(a_{index}), "
            f".valid_i(v_{index}), .sums_o(s_{index}));")
    flow = alone("import setun_config_pkg::*;\n  import setun_tree_pkg::*;", ports, instances)
    return {
        arrays[int(name)]: row for name, row in counted(flow, family, "setun_tree_array").items()
    }


def count_memories(family, sizes):
    """What memories of these sizes take, each by itself."""
    ports, instances = ["input logic clk_i, wr_en_i, rd_en_i"], []
    for size in sizes:
        words, bits = map(int, size.split("x"))
        address = max(1, (words - 1).bit_length())
        ports += [
            f"input logic [{address - 1}:0] w_{size}, r_{size}",
            f"input logic [{bits - 1}:0] d_{size}", f"output logic [{bits - 1}:0] q_{size}"]
        instances.append(
            f"{MEMORY} #(.Width({bits}), .Depth({words})) u_{size} (.clk_i, .wr_en_i, .rd_en_i, "
            f".wr_addr_i(w_{size}), .wr_data_i(d_{size}), .rd_addr_i(r_{size}), "
            f".rd_data_o(q_{size}));")
    return counted(alone("", ports, instances), family, MEMORY)


def alone(imports, ports, instances):
    """A flow that has read modules without the rest of the accelerator."""
    text = f"module top\n  {imports}\n(\n  " + ",\n  ".join(ports) + "\n);\n"
    pathlib.Path("top.sv").write_text(text + "\n".join(instances) + "\nendmodule\n")
    files = pathlib.Path("setun.f").read_text().split()
    needed = [file for file in files if file.startswith(("setun_tree_", "prim/"))]
    flow = Flow()
    flow.run(
        f"read_slang --keep-hierarchy {UNROLL} -Iinclude --top top setun_config_pkg.sv "
        f"{' '.join(needed)} top.sv")
    flow.run("hierarchy -check -top top")
    flow.run(f"setattr -mod -set keep_hierarchy 1 {MEMORY}$*")
    propagate(flow, "top")
    return flow


def counted(flow, family, module):
    """The counts of the instances of a module in `top`, by name."""
    modules = mapped(flow, family, "top")
    return {
        name.rpartition(".u_")[2]: resources(cells(modules, name), family)
        for name in modules if name.startswith(f"\\{module}$")
    }


def propagate(flow, top):
    """Lets rows share a tree, and constants travel through the borders of blocks and become sums."""
    merge_trees(flow)
    for block in BLOCKS:
        flow.run(f"setattr -mod -set keep_hierarchy 1 {block}$*")
    flow.run(f"hierarchy -top {top}")
    flow.run("proc; flatten; opt -full -hier; opt -full -hier")
    flow.run(f"techmap -map {CONSTANT_PRODUCT}")
    flow.run("opt -full")


def mapped(flow, family, top):
    """The statistics of every module once the design consists of the cells of the family."""
    flow.run(f"{FAMILIES[family]['flow']} -top {top}")
    flow.run("tee -q -o stat.json stat -json")
    return json.loads(pathlib.Path("stat.json").read_text())["modules"]


def text(table):
    """The counts as a table for reading."""
    total = {key: sum(row[key] for row in table.values()) for key in RESOURCES}
    lines = [f"{'':<20}" + "".join(f"{key:>10}" for key in RESOURCES)]
    for name, row in {**dict(sorted(table.items())), "total": total}.items():
        lines.append(f"{name:<20}" + "".join(f"{row[key]:>10,}" for key in RESOURCES))
    return "\n".join(lines)


def main():
    options = arguments()
    output = log_to(options.log)
    target = options.json and options.json.resolve()
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(options.folder, work, dirs_exist_ok=True)
        os.chdir(work)
        if options.memory:
            table = count_memories(options.family, options.memory)
        elif options.array:
            table = count_arrays(options.family, options.array)
        else:
            table = count_blocks(options.family, options.block)
        os.chdir("/")
    print(text(table), file=output)
    if target:
        # In one step, so that an interrupted run leaves no half of a file.
        pathlib.Path(f"{target}.new").write_text(json.dumps(table, indent=1) + "\n")
        os.replace(f"{target}.new", target)


if __name__ == "__main__":
    main()
