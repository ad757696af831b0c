// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The dot product of one row of ternary weights with activations.
//
// A zero weight gates its activation to zero, a weight of -1 inverts it. The missing +1 of every
// two's-complement negation is not added lane by lane: the negations are counted in a tree of
// their own and their number is added once, at the output register. That saves a carry-in per
// lane and keeps every operand as wide as an activation, -(-128) included.
//
// Latency is NumRegisters + 1 cycles, one sum per cycle.

`include "setun_assert.svh"

module setun_tree_xor_popcount
  import setun_tree_pkg::*;
#(
  /// Products per sum; any positive number.
  parameter  int unsigned Lanes          = 64,
  /// Bits of an activation, 2 to 8.
  parameter  int unsigned ActivationBits = 8,
  /// Tree levels between pipeline registers; 0 for none.
  parameter  int unsigned RegisterEvery  = 2,
  /// Activations of zero weights are held at zero before the first gate that could toggle.
  parameter  bit          ZeroGating     = 1'b1,
  /// Registers inside the tree. Derived; do not override.
  localparam int unsigned NumRegisters   = registers($clog2(Lanes), RegisterEvery),
  /// Bits of the sum. Derived; do not override.
  localparam int unsigned SumWidth       = sum_width(Lanes, ActivationBits)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  /// Bit s: the operands of stage s are meaningful; stage 0 is the input.
  input  logic [NumRegisters:0] valid_i,
  input  logic [2*Lanes-1:0]    weights_i,
  input  logic [ActivationBits*Lanes-1:0] activations_i,
  output logic [SumWidth-1:0]   sum_o
);

  logic [ActivationBits-1:0] products [Lanes];
  logic [0:0]                ones     [Lanes];

  always_comb begin
    for (int lane = 0; lane < Lanes; lane++) begin
      // Gated, the activation under a zero weight ends at the first gate; else at the last.
      products[lane] = ((activations_i[ActivationBits*lane +: ActivationBits]
          & {ActivationBits{weights_i[2*lane] | ~ZeroGating}})
        ^ {ActivationBits{weights_i[2*lane+1]}}) & {ActivationBits{weights_i[2*lane] | ZeroGating}};
      ones[lane] = weights_i[2*lane+1];
    end
  end

  logic [ActivationBits+$clog2(Lanes)-1:0] root;
  logic [$clog2(Lanes):0]                  root_ones;

  setun_tree_sum #(
    .NumTerms     (Lanes),
    .TermWidth    (ActivationBits),
    .RegisterEvery(RegisterEvery)
  ) u_sum (
    .clk_i,
    .valid_i,
    .terms_i(products),
    .sum_o  (root)
  );

  // The negations are added on their own, where they need few bits.
  setun_tree_sum #(
    .NumTerms     (Lanes),
    .TermWidth    (1),
    .Signed       (1'b0),
    .RegisterEvery(RegisterEvery)
  ) u_ones (
    .clk_i,
    .valid_i,
    .terms_i(ones),
    .sum_o  (root_ones)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sum_o <= '0;
    else if (valid_i[NumRegisters]) sum_o <= SumWidth'(signed'(root)) + SumWidth'(root_ones);
  end

  `ASSERT_INIT(LanesPositive_A, Lanes >= 1)

endmodule : setun_tree_xor_popcount
