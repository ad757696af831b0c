// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The loop nest of one job: token block, n-tile, chunk, and inside a chunk tokens and k-tiles, in
// the order of the dataflow.
//
// It stands at the operand that is issued next: a weight word and the activation words of the
// tokens that share it.

module setun_loop_nest
  import setun_pkg::*;
#(
  /// Tokens that share a weight word: a power of two.
  parameter int unsigned Tokens           = 1,
  /// k-tiles outside, tokens inside.
  parameter bit          WeightStationary = 1'b0,
  parameter int unsigned WeightHalfWords  = 32,
  /// Bytes of one n-tile of one token in memory.
  parameter int unsigned OutputTileBytes  = 64
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  job_t        job_i,
  /// Goes to the first operand of the job.
  input  logic        begin_i,
  /// Issues the operand and goes to the next one.
  input  logic        issue_i,

  // The operand.
  /// Its weight word in the half of the buffer, and whether it is the one that is held.
  output logic [15:0] weight_word_o,
  output logic        weight_held_o,
  /// Its activation word in the half of the buffer.
  output logic [15:0] activation_word_o,
  /// What the accumulators are to do with it; valid equals issue_i.
  output op_t         op_o,
  /// It finishes a result: where that goes, and whether its n-tile is the last.
  output logic        result_o,
  output logic [39:0] result_addr_o,
  output logic        result_last_tile_o,
  /// It is the last one of its chunk, of its block, of the job.
  output logic        chunk_end_o,
  output logic        block_end_o,
  output logic        job_end_o,

  output loop_state_t state_o
);

  localparam int unsigned TokenBits = $clog2(Tokens);

  logic [15:0] tokens_left_d, tokens_left_q;
  logic [15:0] block_tokens_d, block_tokens_q;
  logic [15:0] n_tiles_left_d, n_tiles_left_q;
  logic [15:0] k_tiles_left_d, k_tiles_left_q;
  logic [15:0] chunk_words_d, chunk_words_q;
  logic [15:0] token_d, token_q;
  logic [15:0] k_tile_d, k_tile_q;
  logic [15:0] k_base_d, k_base_q;
  logic [15:0] activation_row_d, activation_row_q;
  logic [39:0] y_address_d, y_address_q;
  logic [39:0] y_tile_d, y_tile_q;
  logic [39:0] y_block_d, y_block_q;

  logic [15:0] tokens_after;
  logic [3:0]  group_tokens;
  logic        last_k, last_token, last_chunk, last_n_tile, emit, chunk_end;

  function automatic logic [15:0] smaller(input logic [15:0] a, input logic [15:0] b);
    return (a < b) ? a : b;
  endfunction

  function automatic logic [15:0] chunk_of(input logic [15:0] k_tiles_left);
    return (32'(k_tiles_left) < WeightHalfWords) ? k_tiles_left : 16'(WeightHalfWords);
  endfunction

  // Tokens of the block from the ones at hand on, and how many of them share the weight word.
  assign tokens_after = block_tokens_q - token_q;
  assign last_token   = 32'(tokens_after) <= Tokens;
  assign group_tokens = (Tokens == 1) ? 4'd1 : last_token ? tokens_after[3:0] : 4'(Tokens);
  assign last_k       = k_tile_q == chunk_words_q - 16'd1;
  assign last_chunk   = k_tiles_left_q == chunk_words_q;
  assign last_n_tile  = n_tiles_left_q == 16'd1;
  assign emit         = last_k && last_chunk;
  assign chunk_end    = last_k && last_token;

  always_comb begin
    tokens_left_d    = tokens_left_q;
    block_tokens_d   = block_tokens_q;
    n_tiles_left_d   = n_tiles_left_q;
    k_tiles_left_d   = k_tiles_left_q;
    chunk_words_d    = chunk_words_q;
    token_d          = token_q;
    k_tile_d         = k_tile_q;
    k_base_d         = k_base_q;
    activation_row_d = activation_row_q;
    y_address_d      = y_address_q;
    y_tile_d         = y_tile_q;
    y_block_d        = y_block_q;

    if (begin_i) begin
      tokens_left_d    = job_i.tokens;
      block_tokens_d   = smaller(job_i.token_block, job_i.tokens);
      n_tiles_left_d   = job_i.n_tiles;
      k_tiles_left_d   = job_i.k_tiles;
      chunk_words_d    = chunk_of(job_i.k_tiles);
      token_d          = '0;
      k_tile_d         = '0;
      k_base_d         = '0;
      activation_row_d = '0;
      y_address_d      = job_i.y_address;
      y_tile_d         = '0;
      y_block_d        = job_i.y_address;
    end else if (issue_i && !chunk_end) begin
      // Inside a chunk: the inner loop advances, and at its end starts over while the outer advances.
      if (WeightStationary ? last_token : !last_k) begin
        k_tile_d = k_tile_q + 16'd1;
      end else if (!WeightStationary) begin
        k_tile_d = '0;
      end
      if (WeightStationary ? !last_token : last_k) begin
        token_d          = token_q + 16'(Tokens);
        activation_row_d = activation_row_q + job_i.k_tiles;
        y_address_d      = y_address_q + (40'(job_i.y_stride) << TokenBits);
      end else if (WeightStationary) begin
        token_d          = '0;
        activation_row_d = '0;
        y_address_d      = y_block_q + y_tile_q;
      end
    end else if (issue_i) begin
      k_tile_d         = '0;
      token_d          = '0;
      activation_row_d = '0;
      if (!last_chunk) begin
        k_tiles_left_d = k_tiles_left_q - chunk_words_q;
        k_base_d       = k_base_q + chunk_words_q;
        y_address_d    = y_block_q + y_tile_q;
      end else begin
        k_tiles_left_d = job_i.k_tiles;
        k_base_d       = '0;
        if (!last_n_tile) begin
          n_tiles_left_d = n_tiles_left_q - 16'd1;
          y_tile_d       = y_tile_q + 40'(OutputTileBytes);
          y_address_d    = y_block_q + y_tile_q + 40'(OutputTileBytes);
        end else begin
          n_tiles_left_d = job_i.n_tiles;
          tokens_left_d  = tokens_left_q - block_tokens_q;
          block_tokens_d = smaller(job_i.token_block, tokens_left_d);
          // The first row of the next block follows the row of this block's last token.
          y_block_d      = y_address_q - y_tile_q + 40'(group_tokens) * 40'(job_i.y_stride);
          y_address_d    = y_block_d;
          y_tile_d       = '0;
        end
      end
      chunk_words_d = chunk_of(k_tiles_left_d);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tokens_left_q    <= '0;
      block_tokens_q   <= '0;
      n_tiles_left_q   <= '0;
      k_tiles_left_q   <= '0;
      chunk_words_q    <= '0;
      token_q          <= '0;
      k_tile_q         <= '0;
      k_base_q         <= '0;
      activation_row_q <= '0;
      y_address_q      <= '0;
      y_tile_q         <= '0;
      y_block_q        <= '0;
    end else begin
      tokens_left_q    <= tokens_left_d;
      block_tokens_q   <= block_tokens_d;
      n_tiles_left_q   <= n_tiles_left_d;
      k_tiles_left_q   <= k_tiles_left_d;
      chunk_words_q    <= chunk_words_d;
      token_q          <= token_d;
      k_tile_q         <= k_tile_d;
      k_base_q         <= k_base_d;
      activation_row_q <= activation_row_d;
      y_address_q      <= y_address_d;
      y_tile_q         <= y_tile_d;
      y_block_q        <= y_block_d;
    end
  end

  assign weight_word_o      = k_tile_q;
  assign weight_held_o      = WeightStationary && token_q != '0;
  assign activation_word_o  = activation_row_q + k_base_q + k_tile_q;
  assign op_o               = '{
    valid:        issue_i,
    first:        WeightStationary || k_tile_q == '0,
    resume:       k_base_q != '0 || (WeightStationary && k_tile_q != '0),
    last:         WeightStationary || last_k,
    emit:         WeightStationary ? emit : last_chunk,
    block_last:   last_token,
    extra_tokens: 3'(group_tokens - 4'd1),
    token:        token_q
  };
  assign result_o           = emit;
  assign result_addr_o      = y_address_q;
  assign result_last_tile_o = last_n_tile;
  assign chunk_end_o        = chunk_end;
  assign block_end_o        = chunk_end && last_chunk && last_n_tile;
  assign job_end_o          = block_end_o && tokens_left_q == block_tokens_q;

  assign state_o = '{
    tokens_left:    tokens_left_q,
    block_tokens:   block_tokens_q,
    n_tiles_left:   n_tiles_left_q,
    k_tiles_left:   k_tiles_left_q,
    chunk_words:    chunk_words_q,
    token:          token_q,
    k_tile:         k_tile_q,
    k_base:         k_base_q,
    activation_row: activation_row_q,
    y_tile:         y_tile_q
  };

endmodule : setun_loop_nest
