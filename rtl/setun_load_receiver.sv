// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Receives the beats of the bursts that the load unit requested: knows what each carries and for
// which job, turns weights into two-bit trits, takes the activations from their bytes, and keeps the
// errors.

`include "setun_assert.svh"

module setun_load_receiver
  import setun_pkg::*;
#(
  parameter  int unsigned BusBytes         = 16,
  /// Bits of an activation, the lowest of its byte.
  parameter  int unsigned ActivationBits   = 8,
  /// Weights come five in a byte, else four.
  parameter  bit          FiveInEight      = 1'b0,
  /// Jobs may have multipliers in memory.
  parameter  bit          HasMultipliers   = 1'b0,
  parameter  int unsigned OutstandingReads = 4,
  localparam int unsigned WeightBeatBits   = FiveInEight ? 10 * BusBytes : 8 * BusBytes,
  localparam int unsigned CountWidth       = $clog2(OutstandingReads + 1)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  /// What was under way has ended with an error or is not wanted.
  input  logic                      clear_i,

  /// A burst is requested: what it carries, for the job of which parity, and whether its last beat
  /// completes a half.
  input  logic                      request_i,
  input  load_phase_e               phase_i,
  input  logic                      parity_i,
  input  logic                      fills_i,
  /// Bursts under way.
  output logic [CountWidth-1:0]     outstanding_o,

  // AXI4 read data channel.
  input  logic                      rvalid_i,
  input  logic [8*BusBytes-1:0]     rdata_i,
  input  logic [1:0]                rresp_i,
  input  logic                      rlast_i,

  // The beat.
  output logic                      weight_valid_o,
  output logic                      activation_valid_o,
  output logic                      multiplier_valid_o,
  /// It is the last one of its half.
  output logic                      half_last_o,
  output logic [8*BusBytes-1:0]     data_o,
  /// The beat as two-bit trits.
  output logic [WeightBeatBits-1:0] trits_o,
  /// The beat as activations.
  output logic [ActivationBits*BusBytes-1:0] activations_o,
  /// Parity of the job that it belongs to.
  output logic                      parity_o,

  // Errors of the job of this parity.
  input  logic                      current_parity_i,
  output logic                      read_error_o,
  output logic                      code_error_o
);

  load_phase_e phase;
  logic        parity, fills, beat;

  setun_fifo #(
    .Width(4),
    .Depth(OutstandingReads)
  ) u_bursts (
    .clk_i,
    .rst_ni,
    .clear_i(clear_i),
    .push_i (request_i),
    .data_i ({phase_i, parity_i, fills_i}),
    .pop_i  (beat && rlast_i),
    .data_o ({phase, parity, fills}),
    .count_o(outstanding_o)
  );

  assign beat               = rvalid_i && outstanding_o != '0;
  assign weight_valid_o     = beat && phase == LoadWeight;
  assign activation_valid_o = beat && phase == LoadActivation;
  assign multiplier_valid_o = HasMultipliers && beat && phase == LoadMultiplier;
  assign half_last_o        = rlast_i && fills;
  assign data_o             = rdata_i;
  assign parity_o           = parity;

  for (genvar index = 0; index < BusBytes; index++) begin : gen_activation
    assign activations_o[ActivationBits*index +: ActivationBits] =
      rdata_i[8*index +: ActivationBits];
  end

  logic illegal;

  if (FiveInEight) begin : gen_five_in_eight
    logic [BusBytes-1:0] illegal_byte;
    for (genvar index = 0; index < BusBytes; index++) begin : gen_byte
      setun_trit_decoder u_decoder (
        .byte_i   (rdata_i[8*index +: 8]),
        .trits_o  (trits_o[10*index +: 10]),
        .illegal_o(illegal_byte[index])
      );
    end
    assign illegal = illegal_byte != '0;
  end else begin : gen_two_bit
    logic [4*BusBytes-1:0] illegal_trit;
    // A trit of 10 is a high bit without its low bit.
    for (genvar trit = 0; trit < 4 * BusBytes; trit++) begin : gen_illegal
      assign illegal_trit[trit] = rdata_i[2*trit+1] && !rdata_i[2*trit];
    end
    assign illegal = illegal_trit != '0;
    assign trits_o = rdata_i;
  end

  // Errors are kept apart by job, until the array works on it: its weights may be loaded while the
  // job before still runs.
  logic [1:0] read_error_d, read_error_q, code_error_d, code_error_q;

  always_comb begin
    read_error_d = read_error_q;
    code_error_d = code_error_q;
    if (beat && rresp_i[1]) read_error_d[parity] = 1'b1;
    if (weight_valid_o && illegal) code_error_d[parity] = 1'b1;
    if (clear_i) begin
      read_error_d = '0;
      code_error_d = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_error_q <= '0;
      code_error_q <= '0;
    end else begin
      read_error_q <= read_error_d;
      code_error_q <= code_error_d;
    end
  end

  assign read_error_o = read_error_q[current_parity_i];
  assign code_error_o = code_error_q[current_parity_i];

  `ASSERT(NoUnexpectedData_A, rvalid_i |-> outstanding_o != '0)

endmodule : setun_load_receiver
