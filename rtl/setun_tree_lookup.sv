// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Dot products of one activation word with the weights of every row, by table.
//
// The signed sums of each Group activations are built once and shared by all rows; a row selects
// one of them for each Group of its weights and adds Group times fewer terms. A sum and its
// negation share an entry: the row inverts what it selected when the highest weight that is not
// zero is -1, and counts the +1 that completes it, like setun_tree_xor_popcount.
//
// A zero weight selects entries without its activation, so that it is at rest in the rows. The
// weights are as late as the activations, hence no register between table and selection.
//
// Latency is NumRegisters + 1 cycles, one sum of each row per cycle.

`include "setun_assert.svh"

module setun_tree_lookup
  import setun_tree_pkg::*;
#(
  parameter  int unsigned Rows           = 16,
  /// Products per sum; any positive number.
  parameter  int unsigned Lanes          = 64,
  /// Bits of an activation, 2 to 8.
  parameter  int unsigned ActivationBits = 8,
  /// Activations per table, 2 to 4.
  parameter  int unsigned Group          = 2,
  /// Tree levels between pipeline registers; 0 for none.
  parameter  int unsigned RegisterEvery  = 2,
  /// Derived; do not override.
  localparam int unsigned NumTables      = (Lanes + Group - 1) / Group,
  /// Registers inside a tree. Derived; do not override.
  localparam int unsigned NumRegisters   = registers($clog2(NumTables), RegisterEvery),
  /// Bits of a sum. Derived; do not override.
  localparam int unsigned SumWidth       = sum_width(Lanes, ActivationBits)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  /// Bit s: the operands of stage s are meaningful; stage 0 is the input.
  input  logic [NumRegisters:0]         valid_i,
  /// Lane l of row r is trit r * Lanes + l.
  input  logic [2*Rows*Lanes-1:0]       weights_i,
  input  logic [ActivationBits*Lanes-1:0] activations_i,
  output logic [Rows-1:0][SumWidth-1:0] sums_o
);

  // Entry e is the sum of the activations times the digits of e in balanced ternary, lane 0 the
  // lowest: every combination of -1, 0 and +1 whose highest digit is +1. It lies in
  // -2**(ActivationBits-1) * Group to 2**(ActivationBits-1) * Group - 1.
  localparam int unsigned NumEntries = (3**Group - 1) / 2;
  localparam int unsigned EntryWidth = ActivationBits + $clog2(Group);

  typedef logic [Group-1:0][1:0] trits_t;

  /// The digits of an entry, 1 to NumEntries, as trits.
  function automatic trits_t digits(int unsigned entry);
    for (int lane = 0; lane < Group; lane++) begin
      case ((entry + NumEntries) / 3**lane % 3)
        0:       digits[lane] = 2'b11;
        1:       digits[lane] = 2'b00;
        default: digits[lane] = 2'b01;
      endcase
    end
  endfunction

  /// The highest lane whose trit is not 0.
  function automatic int unsigned highest(trits_t trits);
    highest = 0;
    for (int unsigned lane = 0; lane < Group; lane++) if (trits[lane][0]) highest = lane;
  endfunction

  // --- Tables -------------------------------------------------------------------------------

  logic [NumTables-1:0][Group-1:0][ActivationBits-1:0] activations;
  logic [EntryWidth-1:0] entries [NumTables][NumEntries+1];

  assign activations = (ActivationBits * Group * NumTables)'(activations_i);

  for (genvar entry = 1; entry <= NumEntries; entry++) begin : gen_entry
    localparam int unsigned Highest = highest(digits(entry));
    // What remains without the highest digit is an earlier entry, its negation, or nothing.
    localparam int          Rest    = entry - 3**Highest;
    localparam int unsigned Earlier = (Rest < 0) ? -Rest : Rest;

    logic [EntryWidth-1:0] sum [NumTables];

    if (Rest == 0) begin : gen_single
      always_comb begin
        for (int index = 0; index < NumTables; index++) begin
          sum[index] = EntryWidth'(signed'(activations[index][Highest]));
        end
      end
    end else begin : gen_sum
      always_comb begin
        for (int index = 0; index < NumTables; index++) begin
          sum[index] = (Rest < 0)
            ? gen_entry[3**Highest].sum[index] - gen_entry[Earlier].sum[index]
            : gen_entry[3**Highest].sum[index] + gen_entry[Earlier].sum[index];
        end
      end
    end

    always_comb begin
      for (int index = 0; index < NumTables; index++) entries[index][entry] = sum[index];
    end
  end

  // --- Rows ---------------------------------------------------------------------------------

  /// The trits, all negated if the highest of them that is not 0 is -1: the digits of an entry.
  function automatic trits_t normalised(trits_t trits, logic negative);
    for (int lane = 0; lane < Group; lane++) begin
      normalised[lane] = {(trits[lane][1] ^ negative) & trits[lane][0], trits[lane][0]};
    end
  endfunction

  for (genvar row = 0; row < Rows; row++) begin : gen_row
    trits_t [NumTables-1:0]       trits;
    logic [EntryWidth-1:0]        terms [NumTables];
    logic [0:0]                   ones  [NumTables];
    logic [EntryWidth+$clog2(NumTables)-1:0] root;
    logic [$clog2(NumTables):0]              root_ones;

    assign trits = (2 * Group * NumTables)'(weights_i[2*Lanes*row +: 2*Lanes]);

    always_comb begin
      for (int index = 0; index < NumTables; index++) begin
        ones[index]  = trits[index][highest(trits[index])][1];
        terms[index] = '0;
        for (int entry = 1; entry <= NumEntries; entry++) begin
          if (normalised(trits[index], ones[index]) == digits(entry)) begin
            terms[index] |= entries[index][entry];
          end
        end
        terms[index] ^= {EntryWidth{ones[index]}};
      end
    end

    setun_tree_sum #(
      .NumTerms     (NumTables),
      .TermWidth    (EntryWidth),
      .RegisterEvery(RegisterEvery)
    ) u_sum (
      .clk_i,
      .valid_i,
      .terms_i(terms),
      .sum_o  (root)
    );

    setun_tree_sum #(
      .NumTerms     (NumTables),
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
      if (!rst_ni) begin
        sums_o[row] <= '0;
      end else if (valid_i[NumRegisters]) begin
        sums_o[row] <= SumWidth'(signed'(root)) + SumWidth'(root_ones);
      end
    end
  end

  `ASSERT_INIT(LanesPositive_A, Lanes >= 1)
  `ASSERT_INIT(GroupSmall_A, Group >= 2 && Group <= 4)

endmodule : setun_tree_lookup
