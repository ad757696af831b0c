// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows dot products of one activation word, each with its own weights.
//
// Lane l of row r is trit r * Lanes + l of the weight word.

module setun_tree_array #(
  parameter  int unsigned Rows          = 16,
  parameter  int unsigned Lanes         = 64,
  parameter  int unsigned RegisterEvery = 2,
  /// Bits of a sum. Derived; do not override.
  localparam int unsigned SumWidth      = $clog2(128 * Lanes + 1) + 1,
  /// Registers inside a tree. Derived; do not override.
  localparam int unsigned NumRegisters  = (RegisterEvery == 0) ? 0 : $clog2(Lanes) / RegisterEvery
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  /// Bit s: the operands of tree stage s are meaningful.
  input  logic [NumRegisters:0]         valid_i,
  input  logic [Rows*Lanes*2-1:0]       weights_i,
  input  logic [Lanes*8-1:0]            activations_i,
  output logic [Rows-1:0][SumWidth-1:0] sums_o
);

  for (genvar row = 0; row < Rows; row++) begin : gen_row
    setun_tree_xor_popcount #(
      .Lanes        (Lanes),
      .RegisterEvery(RegisterEvery)
    ) u_tree (
      .clk_i,
      .rst_ni,
      .valid_i,
      .weights_i    (weights_i[row*Lanes*2 +: Lanes*2]),
      .activations_i(activations_i),
      .sum_o        (sums_o[row])
    );
  end

endmodule : setun_tree_array
