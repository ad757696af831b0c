// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// One 64-bit counter per event, from the start of a job to its end.
//
// Events are unpacked arrays: Verilator 5.006 packs neighbouring elements of a packed one into a
// single concatenation, and gets the width of a $countones in it wrong.

module setun_event_counters
  import setun_config_pkg::NumEvents;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  /// All counters return to zero.
  input  logic        clear_i,
  /// How often each event happens in this cycle.
  input  logic [31:0] increment_i [NumEvents],
  output logic [63:0] counters_o [NumEvents]
);

  for (genvar index = 0; index < NumEvents; index++) begin : gen_counter
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) counters_o[index] <= '0;
      else if (clear_i) counters_o[index] <= '0;
      else counters_o[index] <= counters_o[index] + 64'(increment_i[index]);
    end
  end

endmodule : setun_event_counters
