// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// One 64-bit counter per event, from the start of a job to its end.
//
// Events are unpacked arrays: Verilator 5.006 packs neighbouring elements of a packed one into a
// single concatenation, and gets the width of a $countones in it wrong.

module setun_event_counters
  import setun_pkg::*;
  import setun_config_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,
  /// All counters return to zero.
  input  logic                    clear_i,
  input  activity_t               activity_i,
  /// The weights of the operand that the array takes.
  input  logic [2*Rows*Lanes-1:0] weights_i,
  output logic [63:0]             counters_o [NumEvents]
);

  logic [31:0] increment [NumEvents];
  logic [31:0] lanes_nonzero, lanes_negative, operand_tokens;

  if (LaneCounters != 0) begin : gen_lane_counters
    always_comb begin
      lanes_nonzero  = '0;
      lanes_negative = '0;
      // Bit 0 of a trit says that it is not zero, bit 1 that it is negative.
      for (int row = 0; row < Rows; row++) if (activity_i.operand_valid) begin
        lanes_nonzero  += 32'($countones(weights_i[2*Lanes*row +: 2*Lanes] & {Lanes{2'b01}}));
        lanes_negative += 32'($countones(weights_i[2*Lanes*row +: 2*Lanes] & {Lanes{2'b10}}));
      end
    end
  end else begin : gen_no_lane_counters
    assign lanes_nonzero  = '0;
    assign lanes_negative = '0;
    logic unused_weights;
    assign unused_weights = ^weights_i;
  end

  assign operand_tokens = 32'(activity_i.operand_tokens);

  always_comb begin
    for (int event_index = 0; event_index < NumEvents; event_index++) increment[event_index] = '0;
    if (activity_i.state != ControllerIdle) begin
      increment[EvCycles]                = 32'd1;
      increment[EvBusy]                  = 32'(activity_i.busy);
      increment[EvStallSetup]            = 32'(activity_i.state == ControllerSetup);
      increment[EvStallActivation]       = 32'(activity_i.stall_activation);
      increment[EvStallWeight]           = 32'(activity_i.stall_weight);
      increment[EvStallOutput]           = 32'(activity_i.stall_output);
      increment[EvStallDrain]            = 32'(activity_i.aborting ||
        (activity_i.state == ControllerDrain && !activity_i.busy));
      increment[EvWeightBufferRead]      = 32'(activity_i.weight_read);
      increment[EvWeightBufferWrite]     = 32'(activity_i.weight_valid);
      increment[EvActivationBufferRead]  = activity_i.issue ? 32'(activity_i.issued_tokens) : '0;
      increment[EvActivationBufferWrite] = 32'(activity_i.activation_valid);
      increment[EvAccumulatorRead]       = 32'(activity_i.accumulator_read);
      increment[EvAccumulatorWrite]      = 32'(activity_i.accumulator_write);
      increment[EvOutputResult]          = activity_i.result_valid ? 32'(activity_i.result_tokens)
                                                                   : '0;
      increment[EvAccumulatorOverflow]   = activity_i.overflows;
      increment[EvRequantisation]        = activity_i.requantised;
      increment[EvMultiplierBufferWrite] = 32'(activity_i.multiplier_valid);
      increment[EvMultiplierBufferRead]  = 32'(activity_i.multiplier_read);
      increment[EvMultiplierBytesRead]   = activity_i.multiplier_valid ? BusBytes : '0;
      increment[EvWeightBytesRead]       = activity_i.weight_valid ? BusBytes : '0;
      increment[EvActivationBytesRead]   = activity_i.activation_valid ? BusBytes : '0;
      increment[EvOutputBytesWritten]    = activity_i.write_beat ? BusBytes : '0;
      increment[EvReadBurst]             = 32'(activity_i.read_burst);
      increment[EvWriteBurst]            = 32'(activity_i.write_burst);
      if (LaneCounters != 0 && activity_i.operand_valid) begin
        increment[EvLaneAdd]      = (lanes_nonzero - lanes_negative) * operand_tokens;
        increment[EvLaneSubtract] = lanes_negative * operand_tokens;
        increment[EvLaneSkip]     = (Rows * Lanes - lanes_nonzero) * operand_tokens;
      end
    end
  end

  for (genvar index = 0; index < NumEvents; index++) begin : gen_counter
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) counters_o[index] <= '0;
      else if (clear_i) counters_o[index] <= '0;
      else counters_o[index] <= counters_o[index] + 64'(increment[index]);
    end
  end

endmodule : setun_event_counters
