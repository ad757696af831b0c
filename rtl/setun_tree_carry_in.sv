// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The dot product of one row of ternary weights with activations, with carries in.
//
// The lanes are those of setun_tree_xor_popcount, but the +1 that completes a negation enters as the
// carry-in of an adder. The adder that joins two subtrees takes the +1 of the first lane of the
// right one: so every lane has one adder of its own, but for the very first. The +1 of that lane is
// added at the output register.
//
// Latency is NumRegisters + 1 cycles, one sum per cycle.

`include "setun_assert.svh"

module setun_tree_carry_in
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

  localparam int unsigned NumLevels = $clog2(Lanes);

  for (genvar level = 0; level <= NumLevels; level++) begin : gen_level
    localparam int unsigned NumSums  = (Lanes + 2**level - 1) / 2**level;
    localparam int unsigned SumBits  = ActivationBits + level;

    // A sum lacks the +1 of its first lane.
    logic [SumBits-1:0] sum [NumSums];
    logic [0:0]         one [NumSums];

    if (level == 0) begin : gen_lanes
      always_comb begin
        for (int lane = 0; lane < Lanes; lane++) begin
          // Gated, the activation under a zero weight ends at the first gate; else at the last.
          sum[lane] = ((activations_i[ActivationBits*lane +: ActivationBits]
              & {ActivationBits{weights_i[2*lane] | ~ZeroGating}})
            ^ {ActivationBits{weights_i[2*lane+1]}})
            & {ActivationBits{weights_i[2*lane] | ZeroGating}};
          one[lane] = weights_i[2*lane+1];
        end
      end
    end else begin : gen_sums
      localparam int unsigned NumTerms   = (Lanes + 2**(level-1) - 1) / 2**(level-1);
      localparam bit          Registered = RegisterEvery != 0 && level % RegisterEvery == 0;
      localparam int unsigned Stage      = Registered ? (level - 1) / RegisterEvery : 0;

      logic [SumBits-1:0] sum_d [NumSums];
      logic [0:0]         one_d [NumSums];

      always_comb begin
        if (!Registered || valid_i[Stage]) begin
          for (int node = 0; node < NumTerms / 2; node++) begin
            // One bit below the point makes the carry.
            sum_d[node] = SumBits'({SumBits'(signed'(gen_level[level-1].sum[2*node])), 1'b1}
              + {SumBits'(signed'(gen_level[level-1].sum[2*node+1])),
                 gen_level[level-1].one[2*node+1]} >> 1);
            one_d[node] = gen_level[level-1].one[2*node];
          end
          if (NumTerms % 2 == 1) begin
            sum_d[NumSums-1] = SumBits'(signed'(gen_level[level-1].sum[NumTerms-1]));
            one_d[NumSums-1] = gen_level[level-1].one[NumTerms-1];
          end
        end else begin
          sum_d = sum;
          one_d = one;
        end
      end

      if (Registered) begin : gen_registers
        always_ff @(posedge clk_i) begin
          sum <= sum_d;
          one <= one_d;
        end
      end else begin : gen_wires
        always_comb begin
          sum = sum_d;
          one = one_d;
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sum_o <= '0;
    end else if (valid_i[NumRegisters]) begin
      sum_o <= SumWidth'(signed'(gen_level[NumLevels].sum[0]))
        + SumWidth'(gen_level[NumLevels].one[0]);
    end
  end

  `ASSERT_INIT(LanesPositive_A, Lanes >= 1)

endmodule : setun_tree_carry_in
