// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The C face (rtl_model.h) of the Verilated top module `setun_accelerator`.
//
// Compiled once per configuration with two definitions: SETUN_CONFIG_HASH, a string, and
// SETUN_PROBE_WORDS, the 32-bit words of `probe_o`. Each model owns a VerilatedContext, so models
// are independent and may live on different threads. No exception crosses the C functions.

#include "Vsetun_accelerator.h"
#include "setun_runtime.h"
#include "verilated.h"

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
    Context() {
      threads(1); // One worker thread per processor otherwise, idle.
      fatalOnError(false);
    }
  };

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

void apply(Vsetun_accelerator &top, const rtl_model_inputs &in) {
  top.rst_ni = in.rst_ni;

  top.m_axi_arready = in.m_axi_arready;
  top.m_axi_rvalid = in.m_axi_rvalid;
  top.m_axi_rlast = in.m_axi_rlast;
  top.m_axi_rresp = in.m_axi_rresp;
  if (in.m_axi_rvalid) set_port(top.m_axi_rdata, in.m_axi_rdata);
  top.m_axi_awready = in.m_axi_awready;
  top.m_axi_wready = in.m_axi_wready;
  top.m_axi_bvalid = in.m_axi_bvalid;
  top.m_axi_bresp = in.m_axi_bresp;

  top.s_axil_awvalid = in.s_axil_awvalid;
  top.s_axil_awaddr = in.s_axil_awaddr;
  top.s_axil_wvalid = in.s_axil_wvalid;
  top.s_axil_wdata = in.s_axil_wdata;
  top.s_axil_wstrb = in.s_axil_wstrb;
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

rtl_model *model_open() {
  try {
    auto m = std::make_unique<rtl_model>();
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

const uint32_t *model_probe(const rtl_model *m) { return words_of(m->top.probe_o); }

const char *model_error(const rtl_model *m) {
  if (!m->stopped) return "";
  return m->error.empty() ? "the RTL stopped without a message" : m->error.c_str();
}

} // namespace

extern "C" __attribute__((visibility("default"))) const rtl_model_vtable rtl_model_interface = {
    RTL_MODEL_ABI, SETUN_CONFIG_HASH, SETUN_PROBE_WORDS, model_open,
    model_close,   model_step,        model_probe,       model_error,
};
