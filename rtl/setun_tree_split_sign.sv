// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The dot product of one row of ternary weights with activations, by sign.
//
// One tree adds the activations of the weights +1, another those of the weights -1, and the output
// register takes the difference. Nothing is negated on the way; each lane is at rest in one tree at
// least, and in both under a zero weight.
//
// Latency is NumRegisters + 1 cycles, one sum per cycle.

`include "setun_assert.svh"

module setun_tree_split_sign
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
  input  logic                  clk_i,
  input  logic                  rst_ni,
  /// Bit s: the operands of stage s are meaningful; stage 0 is the input.
  input  logic [NumRegisters:0] valid_i,
  input  logic [2*Lanes-1:0]    weights_i,
  input  logic [ActivationBits*Lanes-1:0] activations_i,
  output logic [SumWidth-1:0]   sum_o
);

  logic [ActivationBits-1:0] plus  [Lanes];
  logic [ActivationBits-1:0] minus [Lanes];

  always_comb begin
    for (int lane = 0; lane < Lanes; lane++) begin
      plus[lane]  = activations_i[ActivationBits*lane +: ActivationBits]
        & {ActivationBits{weights_i[2*lane] & ~weights_i[2*lane+1]}};
      minus[lane] = activations_i[ActivationBits*lane +: ActivationBits]
        & {ActivationBits{weights_i[2*lane+1]}};
    end
  end

  logic [ActivationBits+$clog2(Lanes)-1:0] plus_root, minus_root;

  setun_tree_sum #(
    .NumTerms     (Lanes),
    .TermWidth    (ActivationBits),
    .RegisterEvery(RegisterEvery)
  ) u_plus (
    .clk_i,
    .valid_i,
    .terms_i(plus),
    .sum_o  (plus_root)
  );

  setun_tree_sum #(
    .NumTerms     (Lanes),
    .TermWidth    (ActivationBits),
    .RegisterEvery(RegisterEvery)
  ) u_minus (
    .clk_i,
    .valid_i,
    .terms_i(minus),
    .sum_o  (minus_root)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sum_o <= '0;
    end else if (valid_i[NumRegisters]) begin
      sum_o <= SumWidth'(signed'(plus_root)) - SumWidth'(signed'(minus_root));
    end
  end

  `ASSERT_INIT(LanesPositive_A, Lanes >= 1)

endmodule : setun_tree_split_sign
