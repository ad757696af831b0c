// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The sum of NumTerms numbers through a pipelined tree of adders.
//
// There is no register at the sum: what remains to be done with it fits before the output register
// of the datapath. A new set of terms may enter in every cycle.

module setun_tree_sum
  import setun_tree_pkg::*;
#(
  /// Any positive number.
  parameter  int unsigned NumTerms      = 64,
  parameter  int unsigned TermWidth     = 8,
  /// Terms are in two's complement.
  parameter  bit          Signed        = 1'b1,
  /// Tree levels between registers; 0 for none.
  parameter  int unsigned RegisterEvery = 2,
  /// Cycles from terms to sum. Derived; do not override.
  localparam int unsigned NumRegisters  = registers($clog2(NumTerms), RegisterEvery),
  /// Derived; do not override.
  localparam int unsigned SumWidth      = TermWidth + $clog2(NumTerms)
) (
  input  logic                  clk_i,
  /// Bit s: the numbers at stage s are meaningful; stage 0 is the terms, the last is the sum.
  input  logic [NumRegisters:0] valid_i,
  input  logic [TermWidth-1:0]  terms_i [NumTerms],
  output logic [SumWidth-1:0]   sum_o
);

  // A stage adds groups of Fanin numbers and registers their sums. Plain loops over arrays keep
  // large trees small in the simulator: unrolled, 64 rows of 256 lanes ran at a seventh of the
  // speed. The terms are used where they are, since a copy of them cost another tenth.
  localparam int unsigned Fanin = 2**RegisterEvery;
  localparam int unsigned Last  = (NumTerms + Fanin**NumRegisters - 1) / Fanin**NumRegisters;

  for (genvar stage = 1; stage <= NumRegisters; stage++) begin : gen_stage
    localparam int unsigned NumBefore = (NumTerms + Fanin**(stage-1) - 1) / Fanin**(stage-1);
    localparam int unsigned NumSums   = (NumTerms + Fanin**stage - 1) / Fanin**stage;
    localparam int unsigned SumBits   = TermWidth + stage * RegisterEvery;

    logic [SumBits-1:0] sum [NumSums], sum_d [NumSums];

    // Stages hold still without an operand: no toggling, and nothing to simulate.
    if (stage == 1) begin : gen_terms
      always_comb begin
        sum_d = sum;
        if (valid_i[0]) begin
          for (int node = 0; node < NumSums; node++) begin
            sum_d[node] = '0;
            for (int term = 0; term < Fanin; term++) begin
              if (node*Fanin + term < NumBefore) begin
                sum_d[node] += Signed ? SumBits'(signed'(terms_i[node*Fanin + term]))
                                      : SumBits'(terms_i[node*Fanin + term]);
              end
            end
          end
        end
      end
    end else begin : gen_sums
      always_comb begin
        sum_d = sum;
        if (valid_i[stage-1]) begin
          for (int node = 0; node < NumSums; node++) begin
            sum_d[node] = '0;
            for (int term = 0; term < Fanin; term++) begin
              if (node*Fanin + term < NumBefore) begin
                sum_d[node] += Signed ? SumBits'(signed'(gen_stage[stage-1].sum[node*Fanin + term]))
                                      : SumBits'(gen_stage[stage-1].sum[node*Fanin + term]);
              end
            end
          end
        end
      end
    end

    always_ff @(posedge clk_i) sum <= sum_d;
  end

  // What is left to add: all terms when there are no registers in the tree.
  if (NumRegisters == 0) begin : gen_flat
    always_comb begin
      sum_o = '0;
      for (int node = 0; node < NumTerms; node++) begin
        sum_o += Signed ? SumWidth'(signed'(terms_i[node])) : SumWidth'(terms_i[node]);
      end
    end
  end else begin : gen_root
    always_comb begin
      sum_o = '0;
      for (int node = 0; node < Last; node++) begin
        sum_o += Signed ? SumWidth'(signed'(gen_stage[NumRegisters].sum[node])) : SumWidth'(gen_stage[NumRegisters].sum[node]);
      end
    end
  end

endmodule : setun_tree_sum
