// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The dot product of one row of ternary weights with activations, read naively.
//
// Every lane negates its activation completely, in one bit more because of -(-128), and a tree adds
// what the weights choose. The baseline that the other datapaths are measured against.
//
// Latency is NumRegisters + 1 cycles, one sum per cycle.

`include "setun_assert.svh"

module setun_tree_negate
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

  localparam int unsigned ProductWidth = ActivationBits + 1;

  logic [ProductWidth-1:0] products [Lanes];

  function automatic logic [ProductWidth-1:0] negating_product(
    logic [ActivationBits-1:0] activation, logic [1:0] trit
  );
    logic signed [ProductWidth-1:0] operand;
    operand = ProductWidth'(signed'(activation & {ActivationBits{trit[0] | ~ZeroGating}}));
    return (trit[1] ? -operand : operand) & {ProductWidth{trit[0] | ZeroGating}};
  endfunction

  always_comb begin
    for (int lane = 0; lane < Lanes; lane++) begin
      products[lane] = negating_product(
        activations_i[ActivationBits*lane +: ActivationBits], weights_i[2*lane +: 2]);
    end
  end

  logic [ProductWidth+$clog2(Lanes)-1:0] root;

  setun_tree_sum #(
    .NumTerms     (Lanes),
    .TermWidth    (ProductWidth),
    .RegisterEvery(RegisterEvery)
  ) u_sum (
    .clk_i,
    .valid_i,
    .terms_i(products),
    .sum_o  (root)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sum_o <= '0;
    else if (valid_i[NumRegisters]) sum_o <= SumWidth'(signed'(root));
  end

  `ASSERT_INIT(LanesPositive_A, Lanes >= 1)

endmodule : setun_tree_negate
