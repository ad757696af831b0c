#!/usr/bin/env python3
# Copyright Setun contributors.
# SPDX-License-Identifier: Apache-2.0
"""Takes one tree array to a flat netlist of library cells, a statement a line.

'setun calibrate' runs this once for every design of its training. The flow is that of synth.py: rows
share a module while it is mapped, and are taken apart after that. What no library has a say in, the
array in generic gates, is kept for the next library.
"""

import argparse
import json
import os
import pathlib
import shutil
import tempfile

from datapaths import read, top
from synth import Flow, copy_library, log_to


def parser(documentation):
    """The arguments of every script that writes a netlist."""
    parser = argparse.ArgumentParser(description=documentation.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="what 'setun emit' wrote")
    parser.add_argument("--liberty", type=pathlib.Path, action="append", required=True)
    parser.add_argument(
        "--generic", type=pathlib.Path, required=True,
        help="the design in generic gates: read if it is there, else written")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="the netlist")
    parser.add_argument("--log", type=pathlib.Path, required=True, help="where the passes report")
    return parser


def arguments():
    array = parser(__doc__)
    array.add_argument("--datapath", required=True, help="as the package writes it")
    array.add_argument("--rows", type=int, required=True)
    array.add_argument("--lanes", type=int, required=True)
    array.add_argument("--tokens", type=int, required=True)
    array.add_argument("--register-every", type=int, required=True)
    array.add_argument("--gating", type=int, choices=[0, 1], required=True)
    return array.parse_args()


def statements(netlist):
    """Ports and cells of the module `top`; bits that are unknown are 0."""
    module = netlist["modules"]["top"]

    def net(bit):
        return str(bit) if isinstance(bit, int) or bit in "01" else "0"

    for name, port in module["ports"].items():
        yield " ".join([port["direction"], name, *map(net, port["bits"])])
    for cell in module["cells"].values():
        pins = [f"{pin}={net(bits[0])}" for pin, bits in cell["connections"].items() if bits]
        yield " ".join(["cell", "tree_array", cell["type"], *pins])


def in_generic_gates(options):
    """A flow that holds the array in generic gates, a module for all rows."""
    rows, lanes, every = options.rows, options.lanes, options.register_every
    datapath, tokens = options.datapath, options.tokens
    ports = (
        f"input logic [tree_latency(Datapath{datapath}, {lanes}, {every})-1:0] valid_i,\n"
        f"  output logic [{tokens - 1}:0][{rows - 1}:0][sum_width({lanes})-1:0] sums_o"
    )
    flow = read(top(
        "setun_tree_array", datapath, rows, lanes, tokens, every, options.gating, ports))
    flow.synthesise("top")
    return flow


def replace(path, text):
    """Writes in one step, so that an interrupted run leaves no half of a file."""
    pathlib.Path(f"{path}.new").write_text(text)
    os.replace(f"{path}.new", path)


def write(options, in_generic_gates, statements):
    """The netlist in library cells of what `in_generic_gates()` makes, or made in an earlier run."""
    log_to(options.log)
    generic, output = options.generic.resolve(), options.output.resolve()
    libraries = [library.resolve() for library in options.liberty]
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(options.folder, work, dirs_exist_ok=True)
        names = [f"cells{index}.lib" for index in range(len(libraries))]
        for source, name in zip(libraries, names):
            copy_library(source, f"{work}/{name}")
        os.chdir(work)
        if not generic.exists():
            in_generic_gates().run("write_rtlil generic.il")
            replace(generic, pathlib.Path("generic.il").read_text())
        # From the file in either case, so that its names never differ.
        flow = Flow()
        shutil.copy(generic, "generic.il")
        flow.run("read_rtlil generic.il")
        flow.map(names)
        flow.run("setattr -mod -unset keep_hierarchy *")
        flow.run("flatten; opt_clean -purge")
        flow.run("check -assert -mapped -nolatches")
        flow.run("write_json netlist.json")
        lines = statements(json.loads(pathlib.Path("netlist.json").read_text()))
        replace(output, "\n".join(lines) + "\n")
        os.chdir("/")


def main():
    options = arguments()
    write(options, lambda: in_generic_gates(options), statements)


if __name__ == "__main__":
    main()
