// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The dot product of one row of ternary weights with int8 activations.
//
// A zero weight gates its activation to zero, a weight of -1 inverts it. The missing +1 of every
// two's-complement negation is not added lane by lane: the negations are counted in a tree of
// their own and their number is added once, at the output register. That saves a carry-in per
// lane and keeps every operand eight bits wide, -(-128) included.
//
// Latency is NumRegisters + 1 cycles, one sum per cycle.

`include "setun_assert.svh"

module setun_tree_xor_popcount #(
  /// Products per sum; any positive number.
  parameter  int unsigned Lanes         = 64,
  /// Tree levels between pipeline registers; 0 for none.
  parameter  int unsigned RegisterEvery = 2,
  /// Tree levels. Derived; do not override.
  localparam int unsigned NumLevels     = $clog2(Lanes),
  /// Registers inside the tree. Derived; do not override.
  localparam int unsigned NumRegisters  = (RegisterEvery == 0) ? 0 : NumLevels / RegisterEvery,
  /// Bits of the sum, which lies in -128*Lanes to 128*Lanes. Derived; do not override.
  localparam int unsigned SumWidth      = $clog2(128 * Lanes + 1) + 1
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  /// Bit s: the operands of stage s are meaningful; stage 0 is the input.
  input  logic [NumRegisters:0]      valid_i,
  input  logic [2*Lanes-1:0]         weights_i,
  input  logic [8*Lanes-1:0]         activations_i,
  output logic signed [SumWidth-1:0] sum_o
);

  // Sums of level l stand in elements 0 to ceil(Lanes / 2**l) - 1; an odd one out moves up as it
  // is. Wires have the width of the last level, whose unused bits synthesis removes: with equal
  // widths it also merges the adders between two registers. Unused bits of registers it may keep,
  // so these have the width of their level.
  localparam int unsigned OnesWidth = $clog2(Lanes + 1);

  logic signed [SumWidth-1:0] leaf      [Lanes];
  logic [OnesWidth-1:0]       leaf_ones [Lanes];

  always_comb begin
    for (int lane = 0; lane < Lanes; lane++) begin
      leaf[lane] = SumWidth'($signed(
        (activations_i[8*lane +: 8] & {8{weights_i[2*lane]}}) ^ {8{weights_i[2*lane+1]}}));
      leaf_ones[lane] = OnesWidth'(weights_i[2*lane+1]);
    end
  end

  for (genvar level = 1; level <= NumLevels; level++) begin : gen_level
    localparam int unsigned NumIn      = (Lanes + 2**(level-1) - 1) / 2**(level-1);
    localparam int unsigned NumSums    = (NumIn + 1) / 2;
    // A sum of level l lies in -128 * 2**l to 127 * 2**l, over at most 2**l negations.
    localparam int unsigned SumBits    = level + 8;
    localparam int unsigned OnesBits   = (level + 1 < OnesWidth) ? level + 1 : OnesWidth;
    localparam bit          Registered = RegisterEvery != 0 && level % RegisterEvery == 0;

    logic signed [SumWidth-1:0] operand      [NumIn];
    logic [OnesWidth-1:0]       operand_ones [NumIn];
    logic signed [SumWidth-1:0] sum          [NumSums];
    logic [OnesWidth-1:0]       sum_ones     [NumSums];

    if (level == 1) begin : gen_leaves
      assign operand      = leaf;
      assign operand_ones = leaf_ones;
    end else begin : gen_inner
      assign operand      = gen_level[level-1].sum;
      assign operand_ones = gen_level[level-1].sum_ones;
    end

    for (genvar node = 0; node < NumSums; node++) begin : gen_node
      localparam bit          Pair  = 2 * node + 1 < NumIn;
      localparam int unsigned Right = Pair ? 2 * node + 1 : 2 * node;

      if (Registered) begin : gen_register
        logic signed [SumBits-1:0] sum_q;
        logic [OnesBits-1:0]       ones_q;

        // Stages hold still without an operand: no toggling, and nothing to simulate.
        always_ff @(posedge clk_i) begin
          if (valid_i[level/RegisterEvery-1]) begin
            sum_q  <= SumBits'(Pair ? operand[2*node] + operand[Right] : operand[2*node]);
            ones_q <= OnesBits'(Pair ? operand_ones[2*node] + operand_ones[Right]
                                     : operand_ones[2*node]);
          end
        end

        assign sum[node]      = SumWidth'(sum_q);
        assign sum_ones[node] = OnesWidth'(ones_q);
      end else begin : gen_wire
        assign sum[node]      = Pair ? operand[2*node] + operand[Right] : operand[2*node];
        assign sum_ones[node] = Pair ? operand_ones[2*node] + operand_ones[Right]
                                     : operand_ones[2*node];
      end
    end
  end

  logic signed [SumWidth-1:0] root;
  logic [OnesWidth-1:0]       root_ones;

  if (NumLevels == 0) begin : gen_root_leaf
    assign root      = leaf[0];
    assign root_ones = leaf_ones[0];
  end else begin : gen_root_tree
    assign root      = gen_level[NumLevels].sum[0];
    assign root_ones = gen_level[NumLevels].sum_ones[0];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sum_o <= '0;
    else if (valid_i[NumRegisters]) sum_o <= root + SumWidth'(root_ones);
  end

  `ASSERT_INIT(LanesPositive_A, Lanes >= 1)

endmodule : setun_tree_xor_popcount
