#!/usr/bin/env python3
# Copyright Setun contributors.
# SPDX-License-Identifier: Apache-2.0
"""Takes a whole accelerator to a flat netlist of library cells, each with the block that it is of.

'setun calibrate' runs this once for every accelerator that it measures the blocks of. Memories are
macros: their ports become ports of the netlist, 'MEMORY/PORT'. The array is mapped like the rest, so
that what stands around it sees real loads.
"""

import re

from netlist import parser, write
from synth import MEMORY, TOP, Flow

# The block of a cell is the first instance on its path; what stands between blocks is `top`.
BLOCK = re.compile(r"^(?:\$flatten\\)?u_(\w+)\.")


def statements(netlist):
    """Ports and cells of the accelerator; bits that are unknown are 0."""
    module = netlist["modules"][TOP]

    def nets(bits):
        return [str(bit) if isinstance(bit, int) or bit in "01" else "0" for bit in bits]

    for name, port in module["ports"].items():
        yield " ".join([port["direction"], name, *nets(port["bits"])])
    for name, cell in module["cells"].items():
        pins = cell["connections"]
        if MEMORY in cell["type"]:
            for pin, bits in pins.items():
                # What the memory drives comes into the netlist.
                direction = "input" if pin == "rd_data_o" else "output"
                yield " ".join([direction, f"{name}/{pin}", *nets(bits)])
            continue
        block = BLOCK.match(name)
        yield " ".join(
            ["cell", block[1] if block else "top", cell["type"]]
            + [f"{pin}={nets(bits)[0]}" for pin, bits in pins.items() if bits])


def in_generic_gates():
    flow = Flow()
    flow.read()
    flow.synthesise()
    return flow


if __name__ == "__main__":
    write(parser(__doc__).parse_args(), in_generic_gates, statements)
