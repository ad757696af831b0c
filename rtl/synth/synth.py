#!/usr/bin/env python3
# Copyright Setun contributors.
# SPDX-License-Identifier: Apache-2.0
"""Takes an emitted accelerator to gates and prints what each block consists of.

The blocks stay modules, so that each has an area; constants and unused ports are propagated
through their borders all the same. Memories stay black boxes: they are macros. Latches, nets
without a driver and cells that are not in the library are errors.
"""

import argparse
import gzip
import json
import multiprocessing
import os
import pathlib
import re
import shutil
import sys
import tempfile

from pyosys import libyosys as ys

TOP = "setun_accelerator"
MEMORY = "setun_ram_1r1w"
# The tables of a lookup are loops in loops.
UNROLL = "--unroll-limit=1000000"
# One row of the tree array.
TREES = [
    "setun_tree_bit_serial", "setun_tree_carry_in", "setun_tree_carry_save",
    "setun_tree_int8_mac", "setun_tree_negate", "setun_tree_split_sign",
    "setun_tree_xor_popcount",
]
# Modules that keep their borders.
BLOCKS = [
    "setun_accumulators", "setun_control_registers", "setun_controller", "setun_double_buffer",
    "setun_event_counters", "setun_job_queue", "setun_load_unit", "setun_loop_nest",
    "setun_output_stage", "setun_store_unit", "setun_tree_array", *TREES,
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="what 'setun emit' wrote")
    parser.add_argument(
        "--liberty", type=pathlib.Path, action="append", default=[],
        help="a cell library, plain or .gz, several times for one in parts; generic gates without",
    )
    parser.add_argument("--netlist", type=pathlib.Path, help="the Verilog file to write")
    parser.add_argument("--log", type=pathlib.Path, required=True, help="where the passes report")
    return parser.parse_args()


class Flow:
    """A design and the passes that it goes through."""

    def __init__(self):
        self.design = ys.Design()

    def run(self, command):
        ys.run_pass(command, self.design)

    def read(self):
        """Elaborates the sources in the working directory and checks what they describe."""
        self.run(f"read_slang --keep-hierarchy {UNROLL} --top {TOP} -F setun.f")
        self.run(f"blackbox {MEMORY}$*")
        self.run(f"hierarchy -check -top {TOP}")
        # The probe is for lock-step, and open in hardware.
        self.run(f"delete -port {TOP}/probe_o")
        self.check_drivers()
        self.run("check -assert -nolatches")

    def check_drivers(self):
        """Stops at nets without a driver, to which the front end gives an x."""
        source, target = ys.IdString("\\A"), ys.IdString("\\Y")
        undriven = [
            f"{module.name.str()}: {ys.log_signal(cell.getPort(target))}"
            for module in self.design.modules_.values()
            for cell in module.cells_.values()
            if cell.type.str() == "$buf" and cell.getPort(source).has_const(ys.State.Sx)
        ]
        if undriven:
            sys.exit("synth: nets without a driver: " + ", ".join(sorted(undriven)))

    def merge_trees(self):
        """Lets all rows share one module: their trees are equal."""
        trees = [
            cell
            for module in self.design.modules_.values()
            for cell in module.cells_.values()
            if cell.type.str().removeprefix("\\").startswith(tuple(TREES))
        ]
        for tree in trees:
            tree.type = trees[0].type

    def take_tree(self):
        """Takes the tree, if there is one, out to `tree.il`, and leaves its ports; its name."""
        for name in [name.str() for name in self.design.modules_.keys()]:
            if name.removeprefix("\\").startswith(tuple(TREES)):
                self.run(f"rename -enumerate -pattern _%_ {name}/*")
                self.run(f"select {name}; write_rtlil -selected tree.il; select -clear")
                self.run(f"blackbox {name}")
                lines = pathlib.Path("tree.il").read_text().replace(name, "\\tree").splitlines()
                words = [line for line in lines if not re.match("autoidx| *attribute", line)]
                pathlib.Path("tree.il").write_text("\n".join(words))
                return name
        return None

    def synthesise(self, top=TOP):
        """Takes words to gates.

        The tree of the array goes by itself, in a process of its own and under names that say
        nothing of what stands around it. Yosys goes by names and ages where several orders would do,
        and two arrays of the same tree would differ in energy by a tenth.
        """
        self.merge_trees()
        for block in BLOCKS:
            self.run(f"setattr -mod -set keep_hierarchy 1 {block}$*")
        # Once more between words and gates: a constant that was only found inside one block may
        # make whole flip-flops of another constant.
        synth = f"synth -top {top} -flatten -hieropt -latches error"
        self.run(f"{synth} -run :fine")
        self.run("opt -full -hier")
        if tree := self.take_tree():
            process = multiprocessing.get_context("spawn").Process(target=tree_in_gates)
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(f"synth: {tree}: Yosys ended with {process.exitcode}")
        self.run(f"{synth} -run fine:")
        if tree:
            self.run(f"delete ={tree}; read_rtlil gates.il; rename tree {tree}")
            self.run(f"setattr -mod -set keep_hierarchy 1 {tree}")
        self.run("check -assert -nolatches")

    def map(self, libraries):
        """Replaces generic gates by the cells of the libraries."""
        options = " ".join(f"-liberty {library}" for library in libraries)
        for library in libraries:
            self.run(f"read_liberty -lib -ignore_miss_func {library}")
        self.run(f"dfflibmap {options}")
        self.run(f"abc {options}")
        self.run("opt_clean -purge")
        self.run("check -assert -mapped -nolatches")

    def statistics(self, libraries=()):
        """Cells of each module without, and area with, the modules inside it."""
        options = " ".join(f"-liberty {library}" for library in libraries)
        self.run(f"tee -q -o stat.json stat -json {options}")
        return json.loads(pathlib.Path("stat.json").read_text())["modules"]


def tree_in_gates():
    """Takes `tree.il` from words to the gates of `gates.il`."""
    flow = Flow()
    flow.run("read_rtlil tree.il; synth -top tree -latches error -run fine:; write_rtlil gates.il")


def count(modules, name, is_wanted):
    """Counts cells of a module and of everything inside it, memories left out."""
    total = 0
    for cell, number in modules[name]["num_cells_by_type"].items():
        if "\\" + cell in modules:
            total += number * count(modules, "\\" + cell, is_wanted)
        elif MEMORY not in cell:
            total += number * is_wanted(cell)
    return total


def report(generic, mapped):
    """Flip-flops, other cells and area of each block, by its name; `top` is what is outside them."""

    def figures(name):
        # Every flip-flop becomes one cell, so that no library has to say which cells these are.
        flip_flops = count(generic, name, lambda cell: cell.startswith("$_") and "FF" in cell)
        return {
            "flip_flops": flip_flops,
            "gates": count(mapped, name, lambda _: True) - flip_flops,
            "area": mapped[name].get("area", 0.0),
        }

    top = "\\" + TOP
    blocks = {
        name.rpartition(".u_")[2]: figures("\\" + name)
        for name in mapped[top]["num_cells_by_type"]
        if "\\" + name in mapped
    }
    total = figures(top)
    outside = {key: total[key] - sum(block[key] for block in blocks.values()) for key in total}
    return {**dict(sorted(blocks.items())), "top": outside, "total": total}


def table(blocks, has_area):
    """The report as text; areas are in the unit of the library, by custom square micrometres."""
    lines = [f"{'block':<20}{'flip-flops':>12}{'gates':>10}{'area' if has_area else '':>14}"]
    for name, block in blocks.items():
        area = f"{block['area']:>14,.1f}" if has_area else ""
        lines.append(f"{name:<20}{block['flip_flops']:>12,}{block['gates']:>10,}{area}")
    return "\n".join(lines)


def copy_library(source, target):
    """Copies a library to a plain name, which no pass can misread."""
    opened = gzip.open(source) if source.suffix == ".gz" else open(source, "rb")
    with opened as packed, open(target, "wb") as plain:
        shutil.copyfileobj(packed, plain)


def log_to(path):
    """Sends what the passes print to a file and returns the standard output that was."""
    output = os.fdopen(os.dup(1), "w")
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    return output


def main():
    options = arguments()
    output = log_to(options.log)
    netlist = options.netlist and options.netlist.resolve()
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(options.folder, work, dirs_exist_ok=True)
        libraries = [f"cells{index}.lib" for index in range(len(options.liberty))]
        for source, name in zip(options.liberty, libraries):
            copy_library(source, f"{work}/{name}")
        os.chdir(work)
        flow = Flow()
        flow.read()
        flow.synthesise()
        generic = flow.statistics()
        if libraries:
            flow.map(libraries)
        blocks = report(generic, flow.statistics(libraries))
        if netlist:
            flow.run("write_verilog -noattr netlist.v")
            shutil.copy("netlist.v", netlist)
        os.chdir("/")
    print(table(blocks, bool(libraries)), file=output)


if __name__ == "__main__":
    main()
