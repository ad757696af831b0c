// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The C face (rtl_model.h) of the Verilated top module `setun_accelerator`.
//
// The top module may have another name: Verilator is told to use this prefix for any. It may lack
// `probe_o` and the optional ports below.
//
// Compiled once per configuration with two definitions: SETUN_CONFIG_HASH, a string, and
// SETUN_PROBE_WORDS, the 32-bit words of `probe_o`, 0 without one. Each model owns a VerilatedContext, so models
// are independent and may live on different threads. No exception crosses the C functions.

#include "Vsetun_accelerator.h"
#include "setun_runtime.h"
#include "verilated.h"
#if VM_COVERAGE
#include "verilated_cov.h"
#endif

#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <type_traits>

#include "rtl_model.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "ports are copied as little-endian bytes");

struct rtl_model {
  struct Context : VerilatedContext {
    explicit Context(uint32_t mutant) {
      threads(1); // One worker thread per processor otherwise, idle.
      fatalOnError(false);
      const std::string plusarg = "+mutant=" + std::to_string(mutant);
      const char *arguments[] = {"", plusarg.c_str()};
      commandArgs(2, arguments);
    }
  };

  explicit rtl_model(uint32_t mutant) : context{mutant} {}

  SetunRuntimeLog log;
  Context context;
  Vsetun_accelerator top{&context, ""};
  std::string error;
  bool stopped = false;
};

namespace {

/// Makes one model the one that this thread works on: its log gets what the RTL prints.
class Current {
public:
  explicit Current(rtl_model &m) {
    // Verilator's evaluation and destructors look here. They set it only when a model is made,
    // which may have been on another thread, or followed by another model.
    Verilated::threadContextp(&m.context);
    setun_runtime_log = &m.log;
  }
  ~Current() { setun_runtime_log = nullptr; }
  Current(const Current &) = delete;
  Current &operator=(const Current &) = delete;
};

/// Copies a port of any width, 32 bits to a VlWide, from bytes in memory order.
template <class Port> void set_port(Port &port, const uint8_t *bytes) {
  static_assert(std::is_trivially_copyable<Port>::value, "a port is plain words");
  std::memcpy(&port, bytes, sizeof port);
}

/// The words of a port of any width, lowest bits first.
template <class Port> const uint32_t *words_of(const Port &port) {
  static_assert(sizeof port == sizeof(uint32_t) * SETUN_PROBE_WORDS,
                "probe_o must be SETUN_PROBE_WORDS words wide");
  return reinterpret_cast<const uint32_t *>(&port);
}

// Overloads with `int` are taken where the top module has the port, those with `long` elsewhere.

template <class Top> auto probe_of(const Top &top, int) -> decltype(words_of(top.probe_o)) {
  return words_of(top.probe_o);
}
template <class Top> const uint32_t *probe_of(const Top &, long) {
  static_assert(SETUN_PROBE_WORDS == 0 && sizeof(Top) != 0, "the top module has no probe_o");
  static const uint32_t nothing = 0;
  return &nothing;
}

template <class Top> auto get_wstrb(const Top &top, uint64_t *words, int)
    -> decltype(void(top.m_axi_wstrb)) {
  std::memcpy(words, &top.m_axi_wstrb, sizeof top.m_axi_wstrb);
}
template <class Top> void get_wstrb(const Top &, uint64_t *words, long) {
  words[0] = words[1] = ~uint64_t{0};
}

/// An output that a design may lack; it then shows `absent`.
#define SETUN_OPTIONAL_OUTPUT(port)                                                                \
  template <class Top>                                                                             \
  auto get_##port(const Top &top, uint8_t, int) -> decltype(static_cast<uint8_t>(top.port)) {      \
    return static_cast<uint8_t>(top.port);                                                         \
  }                                                                                                \
  template <class Top> uint8_t get_##port(const Top &, uint8_t absent, long) { return absent; }

SETUN_OPTIONAL_OUTPUT(m_axi_arlen)
SETUN_OPTIONAL_OUTPUT(m_axi_rready)
SETUN_OPTIONAL_OUTPUT(m_axi_awlen)
SETUN_OPTIONAL_OUTPUT(m_axi_wlast)
SETUN_OPTIONAL_OUTPUT(m_axi_bready)
SETUN_OPTIONAL_OUTPUT(s_axil_bresp)
SETUN_OPTIONAL_OUTPUT(s_axil_rresp)

SETUN_OPTIONAL_OUTPUT(m_axi_arid)
SETUN_OPTIONAL_OUTPUT(m_axi_arsize)
SETUN_OPTIONAL_OUTPUT(m_axi_arburst)
SETUN_OPTIONAL_OUTPUT(m_axi_arlock)
SETUN_OPTIONAL_OUTPUT(m_axi_arcache)
SETUN_OPTIONAL_OUTPUT(m_axi_arprot)
SETUN_OPTIONAL_OUTPUT(m_axi_arqos)
SETUN_OPTIONAL_OUTPUT(m_axi_awid)
SETUN_OPTIONAL_OUTPUT(m_axi_awsize)
SETUN_OPTIONAL_OUTPUT(m_axi_awburst)
SETUN_OPTIONAL_OUTPUT(m_axi_awlock)
SETUN_OPTIONAL_OUTPUT(m_axi_awcache)
SETUN_OPTIONAL_OUTPUT(m_axi_awprot)
SETUN_OPTIONAL_OUTPUT(m_axi_awqos)

/// An input that a design may lack.
#define SETUN_OPTIONAL_INPUT(port)                                                                 \
  template <class Top> auto set_##port(Top &top, uint8_t value, int)                               \
      -> decltype(void(top.port = value)) {                                                        \
    top.port = value;                                                                              \
  }                                                                                                \
  template <class Top> void set_##port(Top &, uint8_t, long) {}

SETUN_OPTIONAL_INPUT(m_axi_rlast)
SETUN_OPTIONAL_INPUT(m_axi_rresp)
SETUN_OPTIONAL_INPUT(m_axi_bresp)
SETUN_OPTIONAL_INPUT(s_axil_wstrb)

void apply(Vsetun_accelerator &top, const rtl_model_inputs &in) {
  top.rst_ni = in.rst_ni;

  top.m_axi_arready = in.m_axi_arready;
  top.m_axi_rvalid = in.m_axi_rvalid;
  set_m_axi_rlast(top, in.m_axi_rlast, 0);
  set_m_axi_rresp(top, in.m_axi_rresp, 0);
  if (in.m_axi_rvalid) set_port(top.m_axi_rdata, in.m_axi_rdata);
  top.m_axi_awready = in.m_axi_awready;
  top.m_axi_wready = in.m_axi_wready;
  top.m_axi_bvalid = in.m_axi_bvalid;
  set_m_axi_bresp(top, in.m_axi_bresp, 0);

  top.s_axil_awvalid = in.s_axil_awvalid;
  top.s_axil_awaddr = in.s_axil_awaddr;
  top.s_axil_wvalid = in.s_axil_wvalid;
  top.s_axil_wdata = in.s_axil_wdata;
  set_s_axil_wstrb(top, in.s_axil_wstrb, 0);
  top.s_axil_bready = in.s_axil_bready;
  top.s_axil_arvalid = in.s_axil_arvalid;
  top.s_axil_araddr = in.s_axil_araddr;
  top.s_axil_rready = in.s_axil_rready;
}

/// Runs `evaluate` and notes why the RTL stopped, if it did. A stopped model stays stopped: its
/// state means nothing any more.
template <class Evaluate> int guarded(rtl_model &m, Evaluate evaluate) noexcept {
  if (m.stopped) return -1;
  try {
    const Current current{m};
    m.log.clear();
    evaluate();
    m.stopped = m.log.stopped;
    if (m.stopped) m.error = m.log.text;
  } catch (const SetunRuntimeFatal &) {
    m.stopped = true;
    m.error.swap(m.log.text);
  } catch (...) {
    m.stopped = true; // Out of memory: `error` says so without allocating.
  }
  return m.stopped ? -1 : 0;
}

void model_close(rtl_model *m) {
  if (!m) return;
  const Current current{*m};
  delete m;
}

rtl_model *model_open(uint32_t mutant) {
  try {
    auto m = std::make_unique<rtl_model>(mutant);
    // Verilator sees an edge only against an earlier evaluation. This one also runs the initial
    // blocks; what stops there is reported by the first step.
    guarded(*m, [&] {
      m->top.clk_i = 0;
      m->top.eval();
    });
    return m.release();
  } catch (...) {
    return nullptr;
  }
}

int model_step(rtl_model *m, const rtl_model_inputs *inputs) {
  return guarded(*m, [&] {
    m->context.timeInc(1);
    apply(m->top, *inputs);
    m->top.clk_i = 1;
    m->top.eval();
    m->top.clk_i = 0;
    m->top.eval();
  });
}

const uint32_t *model_probe(const rtl_model *m) { return probe_of(m->top, 0); }

void model_outputs(const rtl_model *m, rtl_model_outputs *out) {
  const Vsetun_accelerator &top = m->top;
  out->irq_o = top.irq_o;

  out->m_axi_ar.id = get_m_axi_arid(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_ar.size = get_m_axi_arsize(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_ar.burst = get_m_axi_arburst(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_ar.lock = get_m_axi_arlock(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_ar.cache = get_m_axi_arcache(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_ar.prot = get_m_axi_arprot(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_ar.qos = get_m_axi_arqos(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_aw.id = get_m_axi_awid(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_aw.size = get_m_axi_awsize(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_aw.burst = get_m_axi_awburst(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_aw.lock = get_m_axi_awlock(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_aw.cache = get_m_axi_awcache(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_aw.prot = get_m_axi_awprot(top, RTL_MODEL_ABSENT, 0);
  out->m_axi_aw.qos = get_m_axi_awqos(top, RTL_MODEL_ABSENT, 0);

  out->m_axi_arvalid = top.m_axi_arvalid;
  out->m_axi_araddr = top.m_axi_araddr;
  out->m_axi_arlen = get_m_axi_arlen(top, 0, 0);
  out->m_axi_rready = get_m_axi_rready(top, 1, 0);
  out->m_axi_awvalid = top.m_axi_awvalid;
  out->m_axi_awaddr = top.m_axi_awaddr;
  out->m_axi_awlen = get_m_axi_awlen(top, 0, 0);
  out->m_axi_wvalid = top.m_axi_wvalid;
  out->m_axi_wlast = get_m_axi_wlast(top, 1, 0);
  out->m_axi_wstrb[0] = out->m_axi_wstrb[1] = 0;
  get_wstrb(top, out->m_axi_wstrb, 0);
  out->m_axi_wdata = reinterpret_cast<const uint8_t *>(&top.m_axi_wdata);
  out->m_axi_bready = get_m_axi_bready(top, 1, 0);

  out->s_axil_awready = top.s_axil_awready;
  out->s_axil_wready = top.s_axil_wready;
  out->s_axil_bvalid = top.s_axil_bvalid;
  out->s_axil_bresp = get_s_axil_bresp(top, 0, 0);
  out->s_axil_arready = top.s_axil_arready;
  out->s_axil_rvalid = top.s_axil_rvalid;
  out->s_axil_rdata = top.s_axil_rdata;
  out->s_axil_rresp = get_s_axil_rresp(top, 0, 0);
}

int model_write_coverage(rtl_model *m, const char *path) {
#if VM_COVERAGE
  return guarded(*m, [&] { m->context.coveragep()->write(path); });
#else
  (void)m;
  (void)path;
  return -1;
#endif
}

const char *model_error(const rtl_model *m) {
  if (!m->stopped) return "";
  return m->error.empty() ? "the RTL stopped without a message" : m->error.c_str();
}

} // namespace

extern "C" __attribute__((visibility("default"))) const rtl_model_vtable rtl_model_interface = {
    RTL_MODEL_ABI, SETUN_CONFIG_HASH, SETUN_PROBE_WORDS, model_open, model_close,
    model_step,    model_probe,       model_outputs,     model_write_coverage, model_error,
};
