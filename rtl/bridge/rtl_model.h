// The C face of one Verilated accelerator. Each configuration is built into its own shared
// library, which exports a single symbol, `rtl_model_interface`.

#ifndef RTL_MODEL_H
#define RTL_MODEL_H

#include <stdint.h>

#define RTL_MODEL_ABI 2

typedef struct rtl_model rtl_model;

/// Every input port but the clock, for one cycle. Field names are the port names.
typedef struct {
  uint8_t rst_ni;

  uint8_t m_axi_arready;
  uint8_t m_axi_rvalid;
  uint8_t m_axi_rlast;
  uint8_t m_axi_rresp;
  const uint8_t *m_axi_rdata; ///< `bus_bytes` bytes; never NULL, read only when rvalid is 1.
  uint8_t m_axi_awready;
  uint8_t m_axi_wready;
  uint8_t m_axi_bvalid;
  uint8_t m_axi_bresp;

  uint8_t s_axil_awvalid;
  uint32_t s_axil_awaddr;
  uint8_t s_axil_wvalid;
  uint32_t s_axil_wdata;
  uint8_t s_axil_wstrb;
  uint8_t s_axil_bready;
  uint8_t s_axil_arvalid;
  uint32_t s_axil_araddr;
  uint8_t s_axil_rready;
} rtl_model_inputs;

/// The ports of an address channel that say what kind of burst it is. RTL_MODEL_ABSENT for those
/// that a design has not.
typedef struct {
  uint8_t id;
  uint8_t size;
  uint8_t burst;
  uint8_t lock;
  uint8_t cache;
  uint8_t prot;
  uint8_t qos;
} rtl_model_attributes;

#define RTL_MODEL_ABSENT 0xff

/// Every output port that the harness looks at. Field names are the port names. A design without
/// `m_axi_rready` or `m_axi_bready` shows 1 there, one without a response shows OKAY, one without
/// `m_axi_wstrb` writes every byte.
typedef struct {
  uint8_t irq_o;

  rtl_model_attributes m_axi_ar;
  rtl_model_attributes m_axi_aw;

  uint8_t m_axi_arvalid;
  uint64_t m_axi_araddr;
  uint8_t m_axi_arlen;
  uint8_t m_axi_rready;
  uint8_t m_axi_awvalid;
  uint64_t m_axi_awaddr;
  uint8_t m_axi_awlen;
  uint8_t m_axi_wvalid;
  uint8_t m_axi_wlast;
  uint64_t m_axi_wstrb[2];    ///< Bit b % 64 of word b / 64 is for byte b.
  const uint8_t *m_axi_wdata; ///< `bus_bytes` bytes, valid until the next call on the model.
  uint8_t m_axi_bready;

  uint8_t s_axil_awready;
  uint8_t s_axil_wready;
  uint8_t s_axil_bvalid;
  uint8_t s_axil_bresp;
  uint8_t s_axil_arready;
  uint8_t s_axil_rvalid;
  uint32_t s_axil_rdata;
  uint8_t s_axil_rresp;
} rtl_model_outputs;

/// The table of functions that a library exports.
typedef struct {
  uint32_t abi;            ///< RTL_MODEL_ABI of the library; the caller refuses any other.
  const char *config_hash; ///< 16 hex digits, of the architecture the RTL was elaborated for.
  uint32_t probe_words;    ///< 32-bit words of the probe; 0 for a design without one.

  /// A model before its first clock edge, or NULL when out of memory. `mutant` is the number that
  /// the plusarg `mutant` has in the RTL: 0 for the design as it is.
  rtl_model *(*open)(uint32_t mutant);
  void (*close)(rtl_model *m); ///< Accepts NULL.

  /// One full clock period: applies the inputs, raises the edge, lets the outputs settle.
  /// Returns 0, or -1 when an assertion in the RTL fired; `error` then says which.
  int (*step)(rtl_model *m, const rtl_model_inputs *inputs);
  /// The probe after the last step: word `i` of `probe_words` is bits 32 * i + 31 to 32 * i of
  /// `probe_o`. Valid until the next call on `m`. Never NULL.
  const uint32_t *(*probe)(const rtl_model *m);
  /// The output ports after the last step.
  void (*outputs)(const rtl_model *m, rtl_model_outputs *outputs);
  /// Writes what was covered since `open` to the file `path`, in Verilator's format. Returns 0, or
  /// -1 when the library was built without coverage.
  int (*write_coverage)(rtl_model *m, const char *path);
  /// Valid until the next call on `m`. Never NULL.
  const char *(*error)(const rtl_model *m);
} rtl_model_vtable;

#define RTL_MODEL_SYMBOL "rtl_model_interface"

#endif
