#!/usr/bin/env python3
"""Blocks of GGUF files and their values, from llama.cpp's own package (pip install gguf).

Writes blocks.gguf: for each type a tensor of two rows, and beside it, as F32, what
gguf.quants.dequantize makes of it (`<name>.values`). Types that the package can quantise are made
from normal floats, or from {-s, 0, s} where they are ternary; Q6_K is random bytes with sane scales.
"""
import os

import gguf
import numpy as np
from gguf.quants import dequantize, quantize

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(1611)
writer = gguf.GGUFWriter(here + "/blocks.gguf", "bitnet")
writer.add_string("general.name", "blocks")
writer.add_array("numbers", [1, -2, 3])
types = gguf.GGMLQuantizationType


def add(name, type, data):
    writer.add_tensor(name, data, raw_dtype=type)
    writer.add_tensor(name + ".values", dequantize(data, type).astype(np.float32))


for name, type in [("f16", types.F16), ("bf16", types.BF16), ("q8_0", types.Q8_0), ("q4_0", types.Q4_0)]:
    add(name, type, quantize(random.normal(size=(2, 64)).astype(np.float32), type))
for name, type in [("tq1_0", types.TQ1_0), ("tq2_0", types.TQ2_0)]:
    trits = random.integers(-1, 2, size=(2, 512)).astype(np.float32)
    add(name, type, quantize(trits * np.float32(0.75), type))
blocks = random.integers(0, 256, size=(2, 2 * 210), dtype=np.uint8)
for row in range(2):
    for block in range(2):
        blocks[row, 210 * block + 208:210 * block + 210] = np.array([0.01 * (1 + row + block)], np.float16).view(np.uint8)
add("q6_k", types.Q6_K, blocks)

writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
