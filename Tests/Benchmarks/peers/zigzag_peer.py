"""Evaluations a CPU second of ZigZag and of Setun, of the same layer in one run.

    python zigzag_peer.py .build/release/setun [--tokens 32] [--json FILE]

The layer is the query projection of BitNet b1.58 2B-4T, 2560×2560, for one token and for several.
ZigZag (https://github.com/KULeuven-MICAS/zigzag) searches its temporal mappings on an array of
16 × 64 products with an 8 MiB weight buffer, since it finds no mapping with the 16 KiB of Setun's
default architecture; an evaluation of its cost model is a mapping of the layer. Setun's evaluations
come from `setun benchmark --points`: a design point is cycles, energy and area of the layer on one
architecture, each of them another. Both are divided by CPU time; they take turns.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time

OUTPUTS, INPUTS = 2560, 2560
ROUNDS = 3


def port(name, kind, bits, allocation):
    return {
        "name": name,
        "type": kind,
        "bandwidth_min": bits,
        "bandwidth_max": bits,
        "allocation": allocation,
    }


def buffer(kibibytes, bits, operand):
    """A double buffer of one operand; every access takes 1, which does not change the time."""
    return {
        "size": kibibytes * 8192,
        "r_cost": 1,
        "w_cost": 1,
        "area": 0,
        "latency": 1,
        "operands": [operand],
        "ports": [
            port("r_port_1", "read", bits, [f"{operand}, tl"]),
            port("w_port_1", "write", 128, [f"{operand}, fh"]),
        ],
        "served_dimensions": ["D1", "D2"],
    }


def accelerator():
    """16 rows (D1) of 64 lanes (D2)."""
    sums = {
        "size": 32 * 1024,
        "r_cost": 1,
        "w_cost": 1,
        "area": 0,
        "latency": 1,
        "operands": ["O"],
        "ports": [
            port("r_port_1", "read", 512, ["O, tl", "O, th"]),
            port("w_port_1", "write", 512, ["O, fl", "O, fh"]),
        ],
        "served_dimensions": ["D1", "D2"],
    }
    memory = {
        "size": 10**10,
        "r_cost": 8,
        "w_cost": 8,
        "area": 0,
        "latency": 1,
        "operands": ["I1", "I2", "O"],
        "ports": [
            port(
                "rw_port_1",
                "read_write",
                128,
                ["I1, fh", "I1, tl", "I2, fh", "I2, tl", "O, fh", "O, tl", "O, fl", "O, th"],
            )
        ],
        "served_dimensions": ["D1", "D2"],
    }
    return {
        "name": "ternary",
        "memories": {
            "activations": buffer(32, 512, "I1"),
            "weights": buffer(8192, 2048, "I2"),
            "accumulators": sums,
            "memory": memory,
        },
        "operational_array": {
            "input_precision": [8, 2],
            "unit_energy": 0.04,
            "unit_area": 1,
            "dimensions": ["D1", "D2"],
            "sizes": [16, 64],
        },
    }


def workload(tokens):
    """Y[b][k] += X[b][c] · W[k][c]."""
    return [
        {
            "id": 0,
            "name": f"{OUTPUTS}x{INPUTS}",
            "operator_type": "Gemm",
            "equation": "O[b][k]+=I[b][c]*W[c][k]",
            "dimension_relations": [],
            "loop_dims": ["B", "K", "C"],
            "loop_sizes": [tokens, OUTPUTS, INPUTS],
            "operand_precision": {"O": 32, "O_final": 32, "W": 2, "I": 8},
            "operand_source": {"I": 0, "W": 0},
        }
    ]


MAPPING = [
    {
        "name": "default",
        "spatial_mapping": {"D1": ["K, 16"], "D2": ["C, 64"]},
        "memory_operand_links": {"O": "O", "W": "I2", "I": "I1"},
    }
]


def measure_zigzag(tokens, folder):
    """Mappings, CPU seconds, and cycles of the best one."""
    import yaml
    from zigzag.api import get_hardware_performance_zigzag
    from zigzag.stages.evaluation.cost_model_evaluation import CostModelStage

    paths = {}
    for name, value in [("hardware", accelerator()), ("mapping", MAPPING)]:
        paths[name] = os.path.join(folder, name + ".yaml")
        with open(paths[name], "w") as file:
            yaml.safe_dump(value, file)
    count = 0
    run = CostModelStage.run

    def counted(self):
        nonlocal count
        count += 1
        yield from run(self)

    CostModelStage.run = counted
    try:
        begin = time.process_time()
        result = get_hardware_performance_zigzag(
            workload(tokens),
            paths["hardware"],
            paths["mapping"],
            dump_folder=os.path.join(folder, "out"),
            loma_show_progress_bar=False,
        )
        seconds = time.process_time() - begin
    finally:
        CostModelStage.run = run
    return {"mappings": count, "cpuSeconds": seconds, "cycles": result[1]}


def measure_setun(setun, tokens):
    """The points a second of `setun benchmark --points`, by workload."""
    command = [setun, "benchmark", "--points", "--json", "--runs", "3", "--tokens", str(tokens)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {points["name"]: points["pointsPerSecond"]["median"] for points in json.loads(output)["points"]}


def median(values):
    return sorted(values)[len(values) // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("setun", help="the command, a release build")
    parser.add_argument("--tokens", type=int, default=32, help="tokens of the prompt")
    parser.add_argument("--json", help="where to write all figures")
    options = parser.parse_args()
    phases = [("decode", 1), ("prefill", options.tokens)]
    rounds = []
    for _ in range(ROUNDS):
        setun = measure_setun(options.setun, options.tokens)
        zigzag = {}
        for phase, tokens in phases:
            with tempfile.TemporaryDirectory() as folder:
                logging.disable(logging.CRITICAL)
                zigzag[phase] = measure_zigzag(tokens, folder)
        rounds.append({"setun": setun, "zigzag": zigzag})
    print(f"{'a CPU second':28}{'ZigZag, mappings':>18}{'Setun, points':>16}{'ratio':>10}")
    for phase, tokens in phases:
        mappings = median(
            [r["zigzag"][phase]["mappings"] / r["zigzag"][phase]["cpuSeconds"] for r in rounds])
        points = median([r["setun"][f"one layer, {phase}"] for r in rounds])
        name = f"one layer, {phase}, M = {tokens}"
        print(f"{name:28}{mappings:18,.0f}{points:16,.0f}{points / mappings:9,.0f}×")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rounds, file, indent=2)


if __name__ == "__main__":
    sys.exit(main())
