// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// An operand buffer of two halves: the array reads one while the load unit fills the other.
//
// A word is Beats bus beats wide and lies in as many banks, so that a beat is written without a
// read and a whole word is read at once. Halves are claimed, filled and freed in turn.
//
// With Tokens above 1 there are as many buffers side by side, which are read at once. Runs of
// run_words_i words, one token each, go to one after the other.

`include "setun_assert.svh"

module setun_double_buffer #(
  /// Words of both halves together, of one token's buffer; even.
  parameter  int unsigned Words    = 64,
  /// Buffers side by side; a power of two.
  parameter  int unsigned Tokens   = 1,
  /// Banks: beats of a word.
  parameter  int unsigned Beats    = 16,
  /// Bits of a beat.
  parameter  int unsigned BeatBits = 128
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  /// Both halves become free.
  input  logic                      clear_i,

  /// A half is free to be claimed.
  output logic                      claimable_o,
  /// Reserves the next half for the reads that are about to be requested.
  input  logic                      claim_i,
  /// A beat has arrived.
  input  logic                      wr_valid_i,
  input  logic [BeatBits-1:0]       wr_data_i,
  /// The beat is the last one of its half.
  input  logic                      wr_last_i,
  /// Words of a token.
  input  logic [15:0]               run_words_i,

  /// The half to be read is full.
  output logic                      ready_o,
  input  logic [Tokens-1:0]         rd_en_i,
  /// Word within the half.
  input  logic [15:0]               rd_word_i,
  /// The words read by the last enabled reads.
  output logic [Tokens-1:0][Beats*BeatBits-1:0] rd_data_o,
  /// The half that was read is free again.
  input  logic                      free_i,

  // State for the probe.
  output logic [1:0]                claimed_o,
  output logic [1:0]                full_o,
  output logic                      rd_half_o,
  output logic [15:0]               wr_word_o,
  output logic [15:0]               wr_beat_o,
  output logic [2:0]                wr_bank_o
);

  localparam int unsigned HalfWords = Words / 2;
  localparam int unsigned AddrWidth = $clog2(Words);

  logic [1:0]  claimed_d, claimed_q;
  logic [1:0]  full_d, full_q;
  logic        wr_half_d, wr_half_q;
  logic        rd_half_d, rd_half_q;
  logic [15:0] wr_word_d, wr_word_q;
  logic [15:0] wr_beat_d, wr_beat_q;
  logic        wr_word_end;
  // Of several buffers: the one that is written, and the first word of the run there.
  logic [2:0]  wr_bank_d, wr_bank_q;
  logic [15:0] wr_base_d, wr_base_q;
  logic        wr_run_end;

  assign wr_word_end = wr_beat_q == 16'(Beats - 1);
  assign claimed_d   = claimed_q + 2'(claim_i) - 2'(free_i);
  assign full_d      = full_q + 2'(wr_valid_i && wr_last_i) - 2'(free_i);
  assign rd_half_d   = rd_half_q ^ free_i;

  always_comb begin
    wr_half_d = wr_half_q;
    wr_word_d = wr_word_q;
    wr_beat_d = wr_beat_q;
    wr_bank_d = wr_bank_q;
    wr_base_d = wr_base_q;
    if (wr_valid_i) begin
      wr_beat_d = wr_word_end ? '0 : wr_beat_q + 16'd1;
      if (wr_last_i) begin
        wr_half_d = ~wr_half_q;
        wr_word_d = '0;
        wr_bank_d = '0;
        wr_base_d = '0;
      end else if (wr_run_end) begin
        wr_bank_d = (32'(wr_bank_q) == Tokens - 1) ? '0 : wr_bank_q + 3'd1;
        wr_word_d = (32'(wr_bank_q) == Tokens - 1) ? wr_word_q + 16'd1 : wr_base_q;
        wr_base_d = wr_word_d;
      end else if (wr_word_end) begin
        wr_word_d = wr_word_q + 16'd1;
      end
    end
  end

  if (Tokens > 1) begin : gen_banks
    assign wr_run_end = wr_word_end && wr_word_q - wr_base_q == run_words_i - 16'd1;
  end else begin : gen_no_banks
    logic unused_run_words;
    assign unused_run_words = ^run_words_i;
    assign wr_run_end = 1'b0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      claimed_q <= '0;
      full_q    <= '0;
      wr_half_q <= 1'b0;
      rd_half_q <= 1'b0;
      wr_word_q <= '0;
      wr_beat_q <= '0;
      wr_bank_q <= '0;
      wr_base_q <= '0;
    end else if (clear_i) begin
      claimed_q <= '0;
      full_q    <= '0;
      wr_half_q <= 1'b0;
      rd_half_q <= 1'b0;
      wr_word_q <= '0;
      wr_beat_q <= '0;
      wr_bank_q <= '0;
      wr_base_q <= '0;
    end else begin
      claimed_q <= claimed_d;
      full_q    <= full_d;
      wr_half_q <= wr_half_d;
      rd_half_q <= rd_half_d;
      wr_word_q <= wr_word_d;
      wr_beat_q <= wr_beat_d;
      wr_bank_q <= wr_bank_d;
      wr_base_q <= wr_base_d;
    end
  end

  logic [AddrWidth-1:0] wr_addr, rd_addr;
  assign wr_addr = AddrWidth'(wr_word_q) + (wr_half_q ? AddrWidth'(HalfWords) : '0);
  assign rd_addr = AddrWidth'(rd_word_i) + (rd_half_q ? AddrWidth'(HalfWords) : '0);

  for (genvar token = 0; token < Tokens; token++) begin : gen_token
    for (genvar beat = 0; beat < Beats; beat++) begin : gen_beat
      setun_ram_1r1w #(
        .Width(BeatBits),
        .Depth(Words)
      ) u_ram (
        .clk_i,
        .wr_en_i  (wr_valid_i && wr_beat_q == 16'(beat) && wr_bank_q == 3'(token)),
        .wr_addr_i(wr_addr),
        .wr_data_i(wr_data_i),
        .rd_en_i  (rd_en_i[token]),
        .rd_addr_i(rd_addr),
        .rd_data_o(rd_data_o[token][beat*BeatBits +: BeatBits])
      );
    end
  end

  assign claimable_o = claimed_q != 2'd2;
  assign ready_o     = full_q != 2'd0;
  assign claimed_o   = claimed_q;
  assign full_o      = full_q;
  assign rd_half_o   = rd_half_q;
  assign wr_word_o   = wr_word_q;
  assign wr_beat_o   = wr_beat_q;
  assign wr_bank_o   = wr_bank_q;

  `ASSERT_INIT(TwoHalves_A, Words >= 2 && Words % 2 == 0)
  `ASSERT(ClaimsFreeHalf_A, claim_i |-> claimed_q != 2'd2)
  `ASSERT(FillsClaimedHalf_A, wr_valid_i |-> claimed_q != full_q)
  `ASSERT(ReadsFullHalf_A, rd_en_i != '0 |-> full_q != 2'd0)
  `ASSERT(WordInHalf_A, rd_en_i != '0 |-> 32'(rd_word_i) < HalfWords)

endmodule : setun_double_buffer
