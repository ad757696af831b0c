#!/usr/bin/env python3
# Copyright Setun contributors.
# SPDX-License-Identifier: Apache-2.0
"""Area of each datapath of the tree array, or a proof that its sums are right.

The array stands alone, in the sources that 'setun emit' wrote. An int8 multiplier does not get to
know that its weights are trits: its module keeps its borders.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import pyosys
from synth import UNROLL, Flow, copy_library, count, log_to

PACKAGE = "setun_config_pkg.sv"
INT8 = "setun_tree_int8_mac"
# Sizes that are proven: rows, lanes, tokens, tree levels between registers, bits of an activation.
PROVEN = [(1, 1, 1, 0, 8), (1, 2, 1, 1, 8), (1, 2, 1, 0, 8), (2, 1, 2, 1, 8), (1, 2, 1, 1, 4)]
# What a sum is made of comes over as many cycles: more lanes of eight bits are left to `make exhaust`.
PROVEN_SERIAL = [(1, 1, 1, 0, 8), (1, 1, 1, 0, 4), (1, 2, 1, 0, 2)]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=["area", "prove"])
    parser.add_argument("folder", type=pathlib.Path, help="what 'setun emit' wrote")
    parser.add_argument("--log", type=pathlib.Path, required=True, help="where the passes report")
    parser.add_argument("--datapath", help="only this one, as the package writes it")
    parser.add_argument("--liberty", type=pathlib.Path, help="area: a cell library, plain or .gz")
    parser.add_argument("--rows", type=int, default=16, help="area: default 16")
    parser.add_argument("--lanes", type=int, default=32, help="area: default 32")
    parser.add_argument("--register-every", type=int, default=0, help="area: default 0")
    parser.add_argument("--checker", type=pathlib.Path, help="prove: setun_tree_check.sv")
    return parser.parse_args()


def top(module, datapath, rows, lanes, tokens, every, gating, ports, bits=8):
    """A module `top` around one array or its checker, whose ports are connected by their names."""
    return f"""
module top
  import setun_config_pkg::*;
  import setun_tree_pkg::*;
(
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic [{2 * rows * lanes - 1}:0]                weights_i,
  input  logic [{tokens - 1}:0][{bits * lanes - 1}:0]         activations_i,
  {ports}
);
  {module} #(
    .Datapath(Datapath{datapath}), .Rows({rows}), .Lanes({lanes}), .Tokens({tokens}),
    .RegisterEvery({every}), .ZeroGating(1'b{gating}), .ActivationBits({bits})
  ) u_array (.*);
endmodule
"""


def read(text, more=()):
    """A flow that has read the array of the working directory below `top`."""
    pathlib.Path("top.sv").write_text(text)
    files = pathlib.Path("setun.f").read_text().split()
    array = [file for file in files if file.startswith("setun_tree_")]
    flow = Flow()
    flow.run(
        f"read_slang --keep-hierarchy {UNROLL} -D SYNTHESIS -I include --top top "
        + " ".join([PACKAGE, *array, *more, "top.sv"])
    )
    return flow


def area(options, datapath):
    """Flip-flops and area of one array without them, in all and for each product."""
    rows, lanes, every = options.rows, options.lanes, options.register_every
    ports = (
        f"input logic [tree_latency(Datapath{datapath}, {lanes}, {every})-1:0] valid_i,\n"
        f"  output logic [0:0][{rows - 1}:0][sum_width({lanes})-1:0] sums_o"
    )
    flow = read(top("setun_tree_array", datapath, rows, lanes, 1, every, 1, ports))
    flow.run(f"setattr -mod -set keep_hierarchy 1 {INT8}$*")
    flow.merge_trees()
    flow.run("synth -top top -flatten -latches error")
    flow.run("check -assert -nolatches")
    generic = flow.statistics()
    flip_flops = count(generic, "\\top", lambda cell: cell.startswith("$_") and "FF" in cell)
    if not options.liberty:
        return f"{flip_flops:>12,}"
    flow.map(["cells.lib"])
    mapped = flow.statistics(["cells.lib"])
    # Every flip-flop becomes one cell; the smallest sequential cell is what one costs.
    total = mapped["\\top"]["area"]
    return f"{flip_flops:>12,}{total:>14,.0f}{total / rows / lanes:>14.1f}"


def prove(datapath):
    """Proves all sizes, gated and not: no sequence of inputs makes `wrong_o` 1, however long.

    Registers begin at 0; a reset, and an operand, may come in any cycle.
    """
    began = time.monotonic()
    serial = datapath == "BitSerial"
    sizes = PROVEN_SERIAL if serial else PROVEN
    for rows, lanes, tokens, every, bits in sizes:
        for gating in (0, 1):
            text = top(
                "setun_tree_check", datapath, rows, lanes, tokens, every, gating,
                "input logic enter_i,\n  output logic wrong_o", bits)
            flow = read(text, ["setun_tree_check.sv"])
            flow.run("hierarchy -check -top top")
            flow.run("proc; flatten; memory; async2sync; opt -full; techmap; opt -full; dffunmap")
            flow.run("aigmap; opt_clean -purge; write_aiger proof.aig")
            # One finds equal signals of both sides, the other invariants over cycles.
            require_proof(
                "pdr" if serial else "dprove",
                f"{datapath}, {rows} × {lanes}, {tokens} tokens, {bits} bits, gating {gating}")
    return f"{2 * len(sizes):>12}{time.monotonic() - began:>12.1f}"


def require_proof(method, name):
    """Stops unless ABC, the one that pyosys brings, proves the output of `proof.aig` to be 0."""
    abc = pathlib.Path(pyosys.__file__).with_name("yosys-abc")
    result = subprocess.run(
        [abc, "-c", f"read_aiger proof.aig; strash; zero; scorr; {method}"],
        capture_output=True, text=True, check=True)
    # The last is what it says of a network in which no register is left.
    proofs = r"^(Networks are equivalent|Property proved|UNSATISFIABLE)"
    if not re.search(proofs, result.stdout, re.M):
        sys.exit(f"prove: {name}: no proof\n{result.stdout}")


def main():
    options = arguments()
    output = log_to(options.log)
    checker = options.checker and options.checker.resolve()
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(options.folder, work, dirs_exist_ok=True)
        if options.liberty:
            copy_library(options.liberty, f"{work}/cells.lib")
        if checker:
            shutil.copy(checker, f"{work}/setun_tree_check.sv")
        os.chdir(work)
        names = re.findall(r"Datapath(\w+) = 4'd", pathlib.Path(PACKAGE).read_text())
        if options.task == "area":
            head = f"{'datapath':<14}{'flip-flops':>12}{'area':>14}{'a product':>14}"
        else:
            head = f"{'datapath':<14}{'proofs':>12}{'seconds':>12}"
        print(head, file=output, flush=True)
        for name in [options.datapath] if options.datapath else names:
            figures = area(options, name) if options.task == "area" else prove(name)
            print(f"{name:<14}{figures}", file=output, flush=True)
        os.chdir("/")


if __name__ == "__main__":
    main()
