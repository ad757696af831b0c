// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The dot product of one row of ternary weights with activations, one bit at a time.
//
// In each of ActivationBits cycles the array shows one bit of every activation, the sign bit first.
// Two popcounts take those under a weight of +1 and of -1; their difference is added to twice what was
// there before. The sign bit counts negative, so its difference is subtracted.
//
// Weights hold still for as long. sum_o is the shift-accumulator itself: after bit b it is the
// dot product with the activations divided by 2**b, rounded down. Latency is NumRegisters +
// ActivationBits cycles, one sum in ActivationBits cycles. A zero weight keeps its lane at rest in
// both popcounts.

`include "setun_assert.svh"

module setun_tree_bit_serial
  import setun_tree_pkg::*;
#(
  /// Products per sum; any positive number.
  parameter  int unsigned Lanes          = 64,
  /// Bits of an activation, 2 to 8.
  parameter  int unsigned ActivationBits = 8,
  /// Tree levels between pipeline registers; 0 for none.
  parameter  int unsigned RegisterEvery  = 2,
  /// Registers inside the tree. Derived; do not override.
  localparam int unsigned NumRegisters   = registers($clog2(Lanes), RegisterEvery),
  /// Bits of the sum. Derived; do not override.
  localparam int unsigned SumWidth       = sum_width(Lanes, ActivationBits)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  /// Bit s: stage s holds the sign bits of an operand; ActivationBits - 1 stages on, its lowest.
  input  logic [NumRegisters+ActivationBits-1:0] valid_i,
  input  logic [2*Lanes-1:0]      weights_i,
  /// One bit of each activation.
  input  logic [Lanes-1:0]        bits_i,
  output logic [SumWidth-1:0]     sum_o
);

  logic [0:0] plus  [Lanes];
  logic [0:0] minus [Lanes];

  always_comb begin
    for (int lane = 0; lane < Lanes; lane++) begin
      plus[lane]  = bits_i[lane] & weights_i[2*lane] & ~weights_i[2*lane+1];
      minus[lane] = bits_i[lane] & weights_i[2*lane+1];
    end
  end

  logic [NumRegisters:0] stage_valid;

  for (genvar stage = 0; stage <= NumRegisters; stage++) begin : gen_stage_valid
    assign stage_valid[stage] = |valid_i[stage +: ActivationBits];
  end

  localparam int unsigned CountWidth = $clog2(Lanes) + 1;

  logic [CountWidth-1:0] plus_count, minus_count;

  setun_tree_sum #(
    .NumTerms     (Lanes),
    .TermWidth    (1),
    .Signed       (1'b0),
    .RegisterEvery(RegisterEvery)
  ) u_plus (
    .clk_i,
    .valid_i(stage_valid),
    .terms_i(plus),
    .sum_o  (plus_count)
  );

  setun_tree_sum #(
    .NumTerms     (Lanes),
    .TermWidth    (1),
    .Signed       (1'b0),
    .RegisterEvery(RegisterEvery)
  ) u_minus (
    .clk_i,
    .valid_i(stage_valid),
    .terms_i(minus),
    .sum_o  (minus_count)
  );

  logic                first;
  logic [CountWidth:0] difference;
  logic [SumWidth-1:0] doubled;

  assign first      = valid_i[NumRegisters];
  assign difference = first ? minus_count - plus_count : plus_count - minus_count;
  assign doubled    = {sum_o[SumWidth-2:0], 1'b0} & {SumWidth{~first}};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sum_o <= '0;
    else if (stage_valid[NumRegisters]) sum_o <= doubled + SumWidth'(signed'(difference));
  end

  `ASSERT_INIT(LanesPositive_A, Lanes >= 1)

endmodule : setun_tree_bit_serial
