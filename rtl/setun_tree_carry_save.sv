// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The dot product of one row of ternary weights with activations, in carry-save form.
//
// Levels of 3:2 compressors leave two words, which one carry-propagate adder adds in a cycle of its
// own. Three things make it exact:
//
// - The lanes are those of setun_tree_xor_popcount; each negation still lacks 1.
// - A signed product is its bits with the sign inverted, less 2**(ActivationBits-1). The lanes
//   are added without sign extension and one constant word makes up for it.
// - Bit 0 of the word of carries of a compressor is free: the 1 of one negation goes there. Lanes + 1
//   words take Lanes - 1 compressors; the last 1 is the carry-in of the adder.
//
// Latency is NumRegisters + 1 cycles, one sum per cycle.

`include "setun_assert.svh"

module setun_tree_carry_save
  import setun_tree_pkg::*;
#(
  /// Products per sum; any positive number.
  parameter  int unsigned Lanes          = 64,
  /// Bits of an activation, 2 to 8.
  parameter  int unsigned ActivationBits = 8,
  /// Levels of compressors between pipeline registers; 0 for none.
  parameter  int unsigned RegisterEvery  = 2,
  /// Activations of zero weights are held at zero before the first gate that could toggle.
  parameter  bit          ZeroGating     = 1'b1,
  /// Registers inside the tree. Derived; do not override.
  localparam int unsigned NumRegisters   = compressor_registers(Lanes,
                                                               RegisterEvery),
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

  always_comb begin
    for (int lane = 0; lane < Lanes; lane++) begin
      // Gated, the activation under a zero weight ends at the first gate; else at the last.
      products[lane] = ((activations_i[ActivationBits*lane +: ActivationBits]
          & {ActivationBits{weights_i[2*lane] | ~ZeroGating}})
        ^ {ActivationBits{weights_i[2*lane+1]}}) & {ActivationBits{weights_i[2*lane] | ZeroGating}};
    end
  end

  localparam int unsigned NumLevels = compressor_levels(Lanes + 1);

  for (genvar level = 0; level <= NumLevels; level++) begin : gen_level
    // Of words, and one more than of ones: every compressor takes one of both.
    localparam int unsigned NumWords = words_left(Lanes + 1, level);

    // Modulo 2**SumWidth; bits that are always 0 or 1 are left to synthesis.
    logic [SumWidth-1:0] word [NumWords];
    logic                one  [NumWords-1];

    if (level == 0) begin : gen_lanes
      always_comb begin
        // The constant enters first, above the bits of the lanes, where it costs nothing yet.
        word[0] = SumWidth'(-(2**(int'(ActivationBits) - 1)) * int'(Lanes));
        for (int lane = 0; lane < Lanes; lane++) begin
          word[lane+1] = SumWidth'({~products[lane][ActivationBits-1],
                                    products[lane][ActivationBits-2:0]});
          one[lane]    = weights_i[2*lane+1];
        end
      end
    end else begin : gen_words
      localparam int unsigned Before      = words_left(Lanes + 1, level - 1);
      localparam int unsigned Compressors = Before - NumWords;
      localparam bit          Registered  =
        RegisterEvery != 0 && (level % RegisterEvery == 0 || level == NumLevels);
      localparam int unsigned Stage       = Registered ? (level - 1) / RegisterEvery : 0;

      logic [SumWidth-1:0] word_d [NumWords];
      logic                one_d  [NumWords-1];

      always_comb begin
        if (!Registered || valid_i[Stage]) begin
          for (int node = 0; node < Compressors; node++) begin
            word_d[2*node]   = gen_level[level-1].word[3*node]
                             ^ gen_level[level-1].word[3*node+1]
                             ^ gen_level[level-1].word[3*node+2];
            word_d[2*node+1] = {majority(gen_level[level-1].word[3*node],
                                         gen_level[level-1].word[3*node+1],
                                         gen_level[level-1].word[3*node+2]),
                                gen_level[level-1].one[node]};
          end
          for (int rest = 3 * Compressors; rest < Before; rest++) begin
            word_d[rest-Compressors] = gen_level[level-1].word[rest];
          end
          for (int rest = Compressors; rest < Before - 1; rest++) begin
            one_d[rest-Compressors] = gen_level[level-1].one[rest];
          end
        end else begin
          word_d = word;
          one_d  = one;
        end
      end

      if (Registered) begin : gen_registers
        always_ff @(posedge clk_i) begin
          word <= word_d;
          one  <= one_d;
        end
      end else begin : gen_wires
        always_comb begin
          word = word_d;
          one  = one_d;
        end
      end
    end
  end

  /// The carries but the highest, which has no place in the sum.
  function automatic logic [SumWidth-2:0] majority(
    logic [SumWidth-1:0] a, logic [SumWidth-1:0] b, logic [SumWidth-1:0] c
  );
    return (SumWidth-1)'(a & b | a & c | b & c);
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sum_o <= '0;
    end else if (valid_i[NumRegisters]) begin
      sum_o <= gen_level[NumLevels].word[0] + gen_level[NumLevels].word[1]
        + SumWidth'(gen_level[NumLevels].one[0]);
    end
  end

  `ASSERT_INIT(LanesPositive_A, Lanes >= 1)

endmodule : setun_tree_carry_save
