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

  // A stage adds groups of Fanin sums and registers them. Groups are filled up with zeros, so that
  // sum i of a stage is the sum of elements i * Fanin and following of the stage before. Plain
  // loops over arrays keep large trees small in the simulator: unrolled, 64 rows of 256 lanes ran
  // at a seventh of the speed.
  localparam int unsigned Fanin  = 2**RegisterEvery;
  localparam int unsigned Last   = (Lanes + Fanin**NumRegisters - 1) / Fanin**NumRegisters;
  localparam int unsigned Leaves = Last * Fanin**NumRegisters;

  for (genvar stage = 0; stage <= NumRegisters; stage++) begin : gen_stage
    // A sum of Fanin**stage leaves lies in -128 * Fanin**stage to 127 * Fanin**stage.
    localparam int unsigned NumSums  = Leaves / Fanin**stage;
    localparam int unsigned SumBits  = 8 + stage * RegisterEvery;
    localparam int unsigned OnesBits = 1 + stage * RegisterEvery;

    logic signed [SumBits-1:0] sum  [NumSums];
    logic [OnesBits-1:0]       ones [NumSums];

    if (stage == 0) begin : gen_leaves
      always_comb begin
        for (int lane = 0; lane < Leaves; lane++) begin
          sum[lane]  = '0;
          ones[lane] = 1'b0;
        end
        for (int lane = 0; lane < Lanes; lane++) begin
          sum[lane]  = (activations_i[8*lane +: 8] & {8{weights_i[2*lane]}}) ^
                       {8{weights_i[2*lane+1]}};
          ones[lane] = weights_i[2*lane+1];
        end
      end
    end else begin : gen_sums
      logic signed [SumBits-1:0] sum_d  [NumSums];
      logic [OnesBits-1:0]       ones_d [NumSums];

      always_comb begin
        // Stages hold still without an operand: no toggling, and nothing to simulate.
        sum_d  = sum;
        ones_d = ones;
        if (valid_i[stage-1]) begin
          for (int node = 0; node < NumSums; node++) begin
            sum_d[node]  = '0;
            ones_d[node] = '0;
            for (int term = 0; term < Fanin; term++) begin
              sum_d[node]  += SumBits'(gen_stage[stage-1].sum[node*Fanin + term]);
              ones_d[node] += OnesBits'(gen_stage[stage-1].ones[node*Fanin + term]);
            end
          end
        end
      end

      always_ff @(posedge clk_i) begin
        sum  <= sum_d;
        ones <= ones_d;
      end
    end
  end

  // What is left to add: all lanes when there are no registers in the tree. The negations are added
  // on their own, where they need few bits.
  localparam int unsigned OnesWidth = $clog2(Lanes + 1);

  logic signed [SumWidth-1:0] root;
  logic [OnesWidth-1:0]       root_ones;

  always_comb begin
    root      = '0;
    root_ones = '0;
    for (int node = 0; node < Last; node++) begin
      root      += SumWidth'(gen_stage[NumRegisters].sum[node]);
      root_ones += OnesWidth'(gen_stage[NumRegisters].ones[node]);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sum_o <= '0;
    else if (valid_i[NumRegisters]) sum_o <= root + SumWidth'(root_ones);
  end

  `ASSERT_INIT(LanesPositive_A, Lanes >= 1)

endmodule : setun_tree_xor_popcount
