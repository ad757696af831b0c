`ifndef SETUN_ASSERT_SVH
`define SETUN_ASSERT_SVH
// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0

// Checks a parameter relation once, at elaboration of the instance.
`define ASSERT_INIT(name, expr) \
  initial begin : name          \
    if (!(expr)) $fatal(1, "%m");  \
  end

// Checks a property at every clock edge outside reset. Synthesis defines SYNTHESIS and drops it.
`ifdef SYNTHESIS
`define ASSERT(name, expr)
`else
`define ASSERT(name, expr) \
  name: assert property (@(posedge clk_i) disable iff (!rst_ni) (expr)) \
    else $fatal(1, "%m");
`endif
`endif
