// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The dot product of one row of int8 weights with int8 activations: the reference to save against.
//
// A signed multiplier of 8 x 8 bits per lane and a tree of 16-bit terms, with the registers of the
// ternary trees. The multipliers have no registers of their own, which flatters the area.
//
// Latency is NumRegisters + 1 cycles, one sum per cycle.

`include "setun_assert.svh"

module setun_tree_int8_mac
  import setun_tree_pkg::*;
#(
  /// Products per sum; any positive number.
  parameter  int unsigned Lanes         = 64,
  /// Tree levels between pipeline registers; 0 for none.
  parameter  int unsigned RegisterEvery = 2,
  /// Activations of zero weights are held at zero before the first gate that could toggle.
  parameter  bit          ZeroGating    = 1'b1,
  /// Registers inside the tree. Derived; do not override.
  localparam int unsigned NumRegisters  = registers($clog2(Lanes), RegisterEvery),
  /// Bits of the sum. Derived; do not override.
  localparam int unsigned SumWidth      = $clog2(16384 * Lanes + 1) + 1
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  /// Bit s: the operands of stage s are meaningful; stage 0 is the input.
  input  logic [NumRegisters:0] valid_i,
  input  logic [8*Lanes-1:0]    weights_i,
  input  logic [8*Lanes-1:0]    activations_i,
  output logic [SumWidth-1:0]   sum_o
);

  logic [15:0] products [Lanes];

  always_comb begin
    for (int lane = 0; lane < Lanes; lane++) begin
      products[lane] = multiply(activations_i[8*lane +: 8], weights_i[8*lane +: 8]);
    end
  end

  /// A product of -128 with itself needs the sixteenth bit.
  function automatic logic [15:0] multiply(
    logic signed [7:0] activation, logic signed [7:0] weight
  );
    logic signed [7:0] operand;
    operand = activation & {8{|weight | ~ZeroGating}};
    return operand * weight;
  endfunction

  logic [16+$clog2(Lanes)-1:0] root;

  setun_tree_sum #(
    .NumTerms     (Lanes),
    .TermWidth    (16),
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

endmodule : setun_tree_int8_mac
