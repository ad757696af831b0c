"""Runs the benchmark's products and models in llama.cpp, one request a line.

    {"kind": "product", "type": "TQ2_0", "rows": N, "columns": K, "tokens": M, "threads": T,
     "matrices": L}
        -> {"seconds": [s, ...]}    of each of L matrices
    {"kind": "model", "path": "model.gguf", "threads": T, "prompt": P, "generate": G}
        -> {"load": s, "prefill": s, "decode": [s, ...], "resident": bytes}

Both sides speak JSON; an answer with "error" says what failed. ggml comes from the libraries of
llama-cpp-python and is called as its headers declare.
"""

import ctypes
import json
import os
import sys
import time

TYPES = {"F16": (1, 1, 2), "Q8_0": (8, 32, 34), "TQ1_0": (34, 256, 54), "TQ2_0": (35, 256, 66)}
F32 = 0


def clock(threads):
    """As the benchmark measures: with one thread, its own time."""
    return time.thread_time() if threads == 1 else time.perf_counter()


class InitParams(ctypes.Structure):
    _fields_ = [
        ("mem_size", ctypes.c_size_t),
        ("mem_buffer", ctypes.c_void_p),
        ("no_alloc", ctypes.c_bool),
    ]


def load_ggml():
    import llama_cpp

    folder = os.path.join(os.path.dirname(llama_cpp.__file__), "lib")

    def library(name):
        path = os.path.join(folder, name)
        for suffix in (".so", ".dylib"):
            if os.path.exists(path + suffix):
                return ctypes.CDLL(path + suffix, mode=ctypes.RTLD_GLOBAL)
        raise OSError(f"{path}: expected a library, found none")

    base, cpu = library("libggml-base"), library("libggml-cpu")
    pointer = ctypes.c_void_p
    base.ggml_init.restype, base.ggml_init.argtypes = pointer, [InitParams]
    base.ggml_free.argtypes = [pointer]
    base.ggml_new_tensor_2d.restype = pointer
    base.ggml_new_tensor_2d.argtypes = [pointer, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    base.ggml_mul_mat.restype, base.ggml_mul_mat.argtypes = pointer, [pointer] * 3
    base.ggml_get_data.restype, base.ggml_get_data.argtypes = pointer, [pointer]
    base.ggml_nbytes.restype, base.ggml_nbytes.argtypes = ctypes.c_size_t, [pointer]
    base.ggml_new_graph_custom.restype = pointer
    base.ggml_new_graph_custom.argtypes = [pointer, ctypes.c_size_t, ctypes.c_bool]
    base.ggml_build_forward_expand.argtypes = [pointer, pointer]
    cpu.ggml_graph_compute_with_ctx.restype = ctypes.c_int
    cpu.ggml_graph_compute_with_ctx.argtypes = [pointer, pointer, ctypes.c_int]
    cpu.ggml_cpu_init()
    return base, cpu


def weights(name, count):
    """`count` bytes of blocks that are valid: random codes, and 1 for every scale."""
    import numpy

    _, _, size = TYPES[name]
    random = numpy.random.default_rng(1)
    if name == "F16":
        return random.standard_normal(count // 2, dtype=numpy.float32).astype("<f2").tobytes()
    one = [0x00, 0x3C]
    blocks = random.integers(0, 243 if name == "TQ1_0" else 256, (count // size, size), "uint8")
    if name == "TQ2_0":
        # Codes 0, 1 and 2.
        blocks = blocks & 0x55 | (blocks & 0xAA & ~(blocks << 1))
    if name == "Q8_0":
        blocks[:, :2] = one
    else:
        blocks[:, -2:] = one
    return blocks.tobytes()


class Products:
    """The matrices of one shape, kept for the requests that follow."""

    def __init__(self):
        self.base, self.cpu = load_ggml()
        self.key, self.context = None, None

    def prepare(self, name, rows, columns, tokens, matrices):
        key = (name, rows, columns, tokens, matrices)
        if key == self.key:
            return
        if self.context:
            self.base.ggml_free(self.context)
        number, block, size = TYPES[name]
        matrix = rows * columns // block * size
        work = 64 << 20
        total = matrices * (matrix + 4 * rows * tokens + 8192) + 8 * tokens * columns + work
        self.context = self.base.ggml_init(InitParams(total, None, False))
        data = weights(name, matrix)
        inputs = self.base.ggml_new_tensor_2d(self.context, F32, columns, tokens)
        values = (ctypes.c_float * (columns * tokens))(
            *[((i * 37) % 255 - 127) / 64 for i in range(columns * tokens)])
        ctypes.memmove(self.base.ggml_get_data(inputs), values, ctypes.sizeof(values))
        self.graphs = []
        for _ in range(matrices):
            tensor = self.base.ggml_new_tensor_2d(self.context, number, columns, rows)
            assert self.base.ggml_nbytes(tensor) == len(data)
            ctypes.memmove(self.base.ggml_get_data(tensor), data, len(data))
            product = self.base.ggml_mul_mat(self.context, tensor, inputs)
            graph = self.base.ggml_new_graph_custom(self.context, 16, False)
            self.base.ggml_build_forward_expand(graph, product)
            self.graphs.append(graph)
        self.key = key
        self.left = work

    def run(self, request):
        shape = [request[k] for k in ("type", "rows", "columns", "tokens", "matrices")]
        self.prepare(*shape)
        # Every computation takes its work buffer from the context: a new one before it is full.
        self.left -= len(self.graphs) * (8 * request["tokens"] * request["columns"] + 16384)
        if self.left < 0:
            self.key = None
            self.prepare(*shape)
        seconds = []
        for graph in self.graphs:
            begin = clock(request["threads"])
            status = self.cpu.ggml_graph_compute_with_ctx(self.context, graph, request["threads"])
            seconds.append(clock(request["threads"]) - begin)
            if status != 0:
                raise RuntimeError(f"ggml_graph_compute_with_ctx: status {status}")
        return {"seconds": seconds}


def run_model(request):
    import llama_cpp

    begin = time.perf_counter()
    model = llama_cpp.Llama(
        request["path"], n_ctx=request["prompt"] + request["generate"] + 8, n_batch=512,
        n_threads=request["threads"], n_threads_batch=request["threads"], verbose=False)
    # Loading maps the file; reading it is part of the first pass, which is not timed.
    load = time.perf_counter() - begin
    tokens = [(i * 7919) % 1000 + 100 for i in range(request["prompt"])]
    model.eval(tokens[:8])
    model.reset()
    threads = request["threads"]
    begin = clock(threads)
    model.eval(tokens)
    prefill = clock(threads) - begin
    decode = []
    for token in range(request["generate"]):
        begin = clock(threads)
        model.eval([200 + token])
        decode.append(clock(threads) - begin)
    with open("/proc/self/status") as status:
        resident = next(line for line in status if line.startswith("VmRSS"))
    return {
        "load": load, "prefill": prefill, "decode": decode,
        "resident": int(resident.split()[1]) * 1024}


def main():
    answers = os.fdopen(os.dup(1), "w")
    # What libraries print must not stand between the answers.
    os.dup2(2, 1)
    products = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request["kind"] == "model":
                answer = run_model(request)
            else:
                products = products or Products()
                answer = products.run(request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


main()
