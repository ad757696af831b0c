"""What a host does with the accelerator, over bus models that are not Setun's.

The RAM and the AXI4-Lite manager are those of cocotbext-axi, attached by the prefixes of the ports;
registers are those of the C header of `setun emit`, sizes those that the hardware says of itself.
Expected results are sums of products in Python's integers.
"""

import os
import pathlib
import random
import re

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge, Timer
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiBus, AxiLiteBus, AxiLiteMaster, AxiRam, AxiResp

HEADER = pathlib.Path(os.environ["SETUN_REGS"]).read_text(encoding="utf-8")
OFFSETS = {name.lower(): int(value, 16) for name, value in
           re.findall(r"#define SETUN_(\w+)_OFFSET UINT32_C\((0x[0-9a-f]+)\)", HEADER)}
START, CLEAR = 1, 2


class Host:
    """The accelerator with a RAM and a host."""

    def __init__(self, dut, pauses=None):
        self.dut = dut
        cocotb.start_soon(Clock(dut.clk_i, 10, units="ns").start())
        self.ram = AxiRam(AxiBus.from_prefix(dut, "m_axi"), dut.clk_i, size=1 << 20)
        self.registers = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk_i)
        if pauses is not None:
            read, write = self.ram.read_if, self.ram.write_if
            for number, channel in enumerate((read.ar_channel, read.r_channel, write.aw_channel,
                                              write.w_channel, write.b_channel)):
                draw = random.Random(pauses + number)
                channel.set_pause_generator(iter(lambda draw=draw: draw.random() < 0.4, None))

    async def reset(self):
        models = [one for both in (self.ram, self.registers) for one in (both.read_if, both.write_if)]
        for active in (True, False):
            self.dut.rst_ni.value = not active
            for model in models:
                model.assert_reset(active)
            await Timer(95, units="ns")
        await RisingEdge(self.dut.clk_i)

    async def read(self, name, words=1):
        return int.from_bytes((await self.registers.read(OFFSETS[name], 4 * words)).data, "little")

    async def write(self, name, value, words=1):
        answer = await self.registers.write(OFFSETS[name], value.to_bytes(4 * words, "little"))
        assert answer.resp == AxiResp.OKAY, f"{name}: {answer.resp!r}"

    async def finished(self):
        """The error code of the job, after its interrupt."""
        deadline = get_sim_time("ms") + 1
        while not self.dut.irq_o.value:
            assert get_sim_time("ms") < deadline, "no interrupt in a millisecond"
            await RisingEdge(self.dut.clk_i)
        return await self.read("status") >> 8 & 0xFF


class Product:
    """Operands of one job as the accelerator wants them in memory."""

    def __init__(self, sizes, tokens, outputs, inputs, seed):
        draw = random.Random(seed)
        self.__dict__.update(sizes)
        self.tokens, self.outputs = tokens, outputs
        self.x = [[draw.choice((-128, 127, draw.randint(-128, 127))) for _ in range(inputs)]
                  for _ in range(tokens)]
        self.w = [[draw.choice((-1, 0, 1)) for _ in range(inputs)] for _ in range(outputs)]
        self.n_tiles = -(-outputs // self.rows)
        self.k_tiles = -(-inputs // self.lanes)
        self.y_stride = self.whole_beats(4 * self.rows) * self.n_tiles
        self.expected = [[sum(a * b for a, b in zip(x, w)) for w in self.w] for x in self.x]

    def whole_beats(self, count):
        return -(-count // self.bus_bytes) * self.bus_bytes

    def padded(self, word):
        return bytes(word) + bytes(self.whole_beats(len(word)) - len(word))

    @property
    def x_bytes(self):
        def at(row, index):
            return row[index] & 0xFF if index < len(row) else 0
        return b"".join(
            self.padded([at(row, tile * self.lanes + lane) for lane in range(self.lanes)])
            for row in self.x for tile in range(self.k_tiles))

    @property
    def w_bytes(self):
        def trit(row, index):
            return self.w[row][index] if row < len(self.w) and index < len(self.w[0]) else 0
        words = []
        for n_tile in range(self.n_tiles):
            for k_tile in range(self.k_tiles):
                word = 0
                for row in range(self.rows):
                    for lane in range(self.lanes):
                        code = trit(n_tile * self.rows + row, k_tile * self.lanes + lane) & 3
                        word |= code << 2 * (row * self.lanes + lane)
                words.append(self.padded(word.to_bytes(-(-2 * self.rows * self.lanes // 8), "little")))
        return b"".join(words)

    def result(self, ram, address, token, output):
        tile, row = divmod(output, self.rows)
        at = address + token * self.y_stride + tile * self.whole_beats(4 * self.rows) + 4 * row
        return int.from_bytes(ram.read(at, 4), "little", signed=True)


async def start(host, product, x_address, w_address, y_address):
    host.ram.write(x_address, product.x_bytes)
    host.ram.write(w_address, product.w_bytes)
    # What is not written keeps this: strobes of the last row.
    host.ram.write(y_address - 64, b"\xa5" * (product.y_stride * product.tokens + 128))
    block = min(product.tokens, product.accumulator_depth,
                product.activation_buffer_words // 2 // product.k_tiles)
    for name, address in (("x", x_address), ("w", w_address), ("y", y_address)):
        await host.write(f"{name}_address_low", address)
        await host.write(f"{name}_address_high", 0)
    for name, value in (
            ("y_stride", product.y_stride), ("tokens", product.tokens),
            ("n_tiles", product.n_tiles), ("k_tiles", product.k_tiles),
            ("last_rows", product.outputs - (product.n_tiles - 1) * product.rows),
            ("token_block", block), ("activation_slice", 1), ("interrupt_enable", 1)):
        await host.write(name, value)
    await host.write("control", START)


def check(host, product, address):
    for token in range(product.tokens):
        for output in range(product.outputs):
            found = product.result(host.ram, address, token, output)
            assert found == product.expected[token][output], (token, output, found)
        # Rows of the last n-tile that do not exist are not written.
        for output in range(product.outputs, product.n_tiles * product.rows):
            found = product.result(host.ram, address, token, output)
            assert found == -0x5A5A5A5B, (token, output, found)
    assert host.ram.read(address - 64, 64) == b"\xa5" * 64
    assert host.ram.read(address + product.y_stride * product.tokens, 64) == b"\xa5" * 64


async def sizes(host):
    names = ("rows", "lanes", "bus_bytes", "accumulator_depth", "activation_buffer_words")
    return {name: await host.read(name) for name in names}


@cocotb.test(timeout_time=4, timeout_unit="ms")
async def identity(dut):
    """The registers say what the hardware is; a read-only one refuses a write."""
    host = Host(dut)
    await host.reset()
    constants = dict(re.findall(r"#define SETUN_(\w+) UINT\d+_C\((0x[0-9a-f]+|\d+)\)", HEADER))
    assert await host.read("id") == int(constants["ID"], 0)
    assert await host.read("configuration_hash_low", 2) == int(constants["CONFIGURATION_HASH"], 0)
    assert (await host.registers.write(OFFSETS["rows"], bytes(4))).resp == AxiResp.SLVERR
    assert (await host.registers.read(0xFFC, 4)).resp == AxiResp.SLVERR


async def jobs(dut, pauses):
    host = Host(dut, pauses)
    await host.reset()
    known = await sizes(host)
    shapes = [(1, 1, 1), (3, known["rows"] + 1, 2 * known["lanes"] + 1), (5, 17, 101)]
    for number, (tokens, outputs, inputs) in enumerate(shapes):
        product = Product(known, tokens, outputs, inputs, seed=number)
        # Operands and results lie across 4 KiB boundaries.
        addresses = (0x10FC0, 0x20FC0, 0x40FC0)
        await start(host, product, *addresses)
        assert await host.finished() == 0
        check(host, product, addresses[2])
        await host.write("control", CLEAR)
        await ReadOnly()
        assert not dut.irq_o.value


@cocotb.test(timeout_time=4, timeout_unit="ms")
async def jobs_at_full_speed(dut):
    """Products equal those of Python's integers, over a RAM that never waits."""
    await jobs(dut, None)


@cocotb.test(timeout_time=4, timeout_unit="ms")
async def jobs_with_pauses(dut):
    """The same with pauses on every channel."""
    await jobs(dut, 1)


@cocotb.test(timeout_time=4, timeout_unit="ms")
async def reset_in_the_middle(dut):
    """A job after a reset in the middle of another is right."""
    host = Host(dut, 7)
    await host.reset()
    known = await sizes(host)
    product = Product(known, 4, 20, 90, seed=9)
    await start(host, product, 0x10000, 0x20000, 0x40000)
    await Timer(1337, units="ns")
    await host.reset()
    await start(host, product, 0x10000, 0x20000, 0x40000)
    assert await host.finished() == 0
    check(host, product, 0x40000)


@cocotb.test(timeout_time=4, timeout_unit="ms")
async def queued_jobs(dut):
    """Two jobs in the queue are done in their order."""
    host = Host(dut, 3)
    await host.reset()
    known = await sizes(host)
    products = [Product(known, 2, 9, 60, seed=20 + number) for number in range(2)]
    for number, product in enumerate(products):
        await start(host, product, *(base + 0x8000 * number for base in (0x10000, 0x30000, 0x50000)))
    while await host.read("jobs_done") < 2:
        await RisingEdge(dut.clk_i)
    for number, product in enumerate(products):
        check(host, product, 0x50000 + 0x8000 * number)
