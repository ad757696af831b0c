// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Walks the loop nest of one job: token block, n-tile, chunk, and inside a chunk tokens and
// k-tiles, in the order of the dataflow.
//
// In every cycle of ControllerRun it issues one operand (a weight word and the activation words of
// the tokens that share it), or the array is not done with the last one, or it waits for exactly
// one reason. The pipeline behind it never stalls: an operand whose sum is finished is issued only
// with a credit for a place in the result queue.

`include "setun_assert.svh"

module setun_controller
  import setun_pkg::*;
#(
  /// Tokens that share a weight word: a power of two.
  parameter  int unsigned Tokens           = 1,
  /// k-tiles outside, tokens inside.
  parameter  bit          WeightStationary = 1'b0,
  /// Cycles that the array takes for an operand.
  parameter  int unsigned Interval         = 1,
  parameter  int unsigned WeightHalfWords  = 32,
  parameter  int unsigned OutputQueueDepth = 4,
  /// Bytes of one n-tile of one token in memory.
  parameter  int unsigned OutputTileBytes  = 64,
  localparam int unsigned CreditWidth      = $clog2(OutputQueueDepth + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // The oldest job.
  input  logic                       job_valid_i,
  input  job_t                       job_i,
  input  setun_config_pkg::error_e   job_error_i,
  /// There is a job after it.
  input  logic                       job_more_i,
  /// The job has ended well.
  output logic                       job_pop_o,
  /// All jobs are forgotten.
  output logic                       job_flush_o,

  /// Forgets the results of the jobs before.
  input  logic                       acknowledge_i,
  /// Ends all jobs.
  input  logic                       soft_reset_i,
  output controller_state_e          state_o,
  output logic                       done_o,
  output setun_config_pkg::error_e   error_o,
  output logic [15:0]                jobs_done_o,
  /// Every block forgets its state: what was under way has ended.
  output logic                       clear_o,
  /// Nothing new is to be requested or stored.
  output logic                       abort_o,

  // Errors of this job seen by the units on the bus.
  input  logic                       read_error_i,
  input  logic                       code_error_i,
  input  logic                       write_error_i,

  // Buffers.
  input  logic                       weight_ready_i,
  output logic                       weight_read_o,
  output logic [15:0]                weight_word_o,
  output logic                       weight_free_o,
  input  logic                       activation_ready_i,
  output logic [15:0]                activation_word_o,
  output logic                       activation_free_o,

  /// An operand is read from both buffers in this cycle.
  output logic                       issue_o,
  /// The array takes an operand, or is not done with the last one.
  output logic                       busy_o,
  /// What the accumulators are to do with it; valid equals issue_o.
  output op_t                        op_o,

  /// The issued operand finishes a result: where it goes, and whether its n-tile is the last.
  output logic                       result_o,
  output logic [39:0]                result_addr_o,
  output logic                       result_last_tile_o,
  /// The store unit has freed a place in the result queue.
  input  logic                       credit_i,

  /// Nothing is under way behind the controller.
  input  logic                       pipeline_empty_i,
  input  logic                       load_idle_i,
  input  logic                       store_idle_i,

  // Events: the reason for which this cycle issues nothing.
  output logic                       stall_activation_o,
  output logic                       stall_weight_o,
  output logic                       stall_output_o,

  // State for the probe.
  output logic [15:0]                tokens_left_o,
  output logic [15:0]                block_tokens_o,
  output logic [15:0]                n_tiles_left_o,
  output logic [15:0]                k_tiles_left_o,
  output logic [15:0]                chunk_words_o,
  output logic [15:0]                token_o,
  output logic [15:0]                k_tile_o,
  output logic [15:0]                k_base_o,
  output logic [15:0]                activation_row_o,
  output logic [39:0]                y_tile_o,
  output logic [CreditWidth-1:0]     credits_o,
  output logic [3:0]                 interval_left_o
);
  import setun_config_pkg::*;

  controller_state_e state_d, state_q;
  error_e            error_d, error_q;
  logic              done_d, done_q;
  logic [15:0]       jobs_done_d, jobs_done_q;
  /// The abort under way leaves no result.
  logic              quiet_d, quiet_q;

  // --- Loop nest ----------------------------------------------------------------------------

  localparam int unsigned TokenBits = $clog2(Tokens);

  logic [15:0]            tokens_left_d, tokens_left_q;
  logic [15:0]            block_tokens_d, block_tokens_q;
  logic [15:0]            n_tiles_left_d, n_tiles_left_q;
  logic [15:0]            k_tiles_left_d, k_tiles_left_q;
  logic [15:0]            chunk_words_d, chunk_words_q;
  logic [15:0]            token_d, token_q;
  logic [15:0]            k_tile_d, k_tile_q;
  logic [15:0]            k_base_d, k_base_q;
  logic [15:0]            activation_row_d, activation_row_q;
  logic [39:0]            y_address_d, y_address_q;
  logic [39:0]            y_tile_d, y_tile_q;
  logic [39:0]            y_block_d, y_block_q;
  logic [CreditWidth-1:0] credits_d, credits_q;
  logic [3:0]             interval_left_d, interval_left_q;

  logic [15:0] tokens_after;
  logic [3:0]  group_tokens;
  logic        begin_job, last_k, last_token, last_chunk, last_n_tile, last_block, emit;
  logic        chunk_end, block_end, issue, walk;

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
  assign last_block   = tokens_left_q == block_tokens_q;
  assign emit         = last_k && last_chunk;

  assign walk  = state_q == ControllerRun && !abort_o && interval_left_q == '0;
  assign issue = walk && activation_ready_i && weight_ready_i && !(emit && credits_q == '0);

  assign stall_activation_o = walk && !activation_ready_i;
  assign stall_weight_o     = walk && activation_ready_i && !weight_ready_i;
  assign stall_output_o     = walk && activation_ready_i && weight_ready_i && emit &&
                              credits_q == '0;

  assign chunk_end = issue && last_k && last_token;
  assign block_end = chunk_end && last_chunk && last_n_tile;

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

    if (begin_job) begin
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
    end else if (issue && !chunk_end) begin
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
    end else if (issue) begin
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

  assign credits_d = begin_job ? CreditWidth'(OutputQueueDepth)
                               : credits_q + CreditWidth'(credit_i) - CreditWidth'(result_o);

  assign interval_left_d = issue ? 4'(Interval - 1)
                                 : (interval_left_q == '0) ? '0 : interval_left_q - 4'd1;

  // --- State --------------------------------------------------------------------------------

  logic drained, ended;
  assign drained = pipeline_empty_i && load_idle_i && store_idle_i;

  // An error stops the units in the cycle in which it is seen.
  logic   bus_error;
  error_e bus_error_code;
  assign bus_error = read_error_i || code_error_i || write_error_i;
  always_comb begin
    if (read_error_i) bus_error_code = ErrorRead;
    else if (code_error_i) bus_error_code = ErrorWeightCode;
    else bus_error_code = ErrorWrite;
  end
  assign abort_o = state_q == ControllerAbort ||
                   (bus_error && (state_q == ControllerRun || state_q == ControllerDrain));

  always_comb begin
    state_d     = state_q;
    error_d     = error_q;
    done_d      = done_q;
    jobs_done_d = jobs_done_q;
    quiet_d     = quiet_q;
    begin_job   = 1'b0;
    ended       = 1'b0;
    job_pop_o   = 1'b0;
    job_flush_o = 1'b0;
    clear_o     = 1'b0;
    if (acknowledge_i) begin
      error_d     = ErrorNone;
      done_d      = 1'b0;
      jobs_done_d = '0;
    end
    unique case (state_q)
      ControllerIdle: if (job_valid_i) state_d = ControllerSetup;
      ControllerSetup: begin
        if (job_error_i != ErrorNone) begin
          error_d     = job_error_i;
          ended       = 1'b1;
          job_flush_o = 1'b1;
          state_d     = ControllerIdle;
        end else begin
          begin_job = 1'b1;
          state_d   = ControllerRun;
        end
      end
      ControllerRun: begin
        if (bus_error) begin
          state_d = ControllerAbort;
          error_d = bus_error_code;
        end else if (block_end && last_block) begin
          state_d = ControllerDrain;
        end
      end
      ControllerDrain: begin
        if (bus_error) begin
          state_d = ControllerAbort;
          error_d = bus_error_code;
        end else if (pipeline_empty_i && store_idle_i &&
                     credits_q == CreditWidth'(OutputQueueDepth)) begin
          ended     = 1'b1;
          job_pop_o = 1'b1;
          state_d   = job_more_i ? ControllerSetup : ControllerIdle;
        end
      end
      ControllerAbort: begin
        if (drained) begin
          ended       = !quiet_q;
          quiet_d     = 1'b0;
          job_flush_o = 1'b1;
          clear_o     = 1'b1;
          state_d     = ControllerIdle;
        end
      end
      default: state_d = ControllerIdle;
    endcase
    if (ended) begin
      done_d      = 1'b1;
      jobs_done_d = jobs_done_d + 16'd1;
    end
    if (soft_reset_i) begin
      state_d     = ControllerAbort;
      error_d     = ErrorNone;
      done_d      = 1'b0;
      jobs_done_d = '0;
      quiet_d     = 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q          <= ControllerIdle;
      error_q          <= ErrorNone;
      done_q           <= 1'b0;
      jobs_done_q      <= '0;
      quiet_q          <= 1'b0;
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
      credits_q        <= '0;
      interval_left_q  <= '0;
    end else begin
      state_q          <= state_d;
      error_q          <= error_d;
      done_q           <= done_d;
      jobs_done_q      <= jobs_done_d;
      quiet_q          <= quiet_d;
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
      credits_q        <= credits_d;
      interval_left_q  <= interval_left_d;
    end
  end

  // --- Outputs ------------------------------------------------------------------------------

  assign issue_o            = issue;
  assign busy_o             = issue || (interval_left_q != '0 && !abort_o &&
                                        (state_q == ControllerRun || state_q == ControllerDrain));
  // A weight word that is held is not read again.
  assign weight_read_o      = issue && (!WeightStationary || token_q == '0);
  assign weight_word_o      = k_tile_q;
  assign activation_word_o  = activation_row_q + k_base_q + k_tile_q;
  assign weight_free_o      = chunk_end;
  assign activation_free_o  = block_end;
  assign op_o               = '{
    valid:        issue,
    first:        WeightStationary || k_tile_q == '0,
    resume:       k_base_q != '0 || (WeightStationary && k_tile_q != '0),
    last:         WeightStationary || last_k,
    emit:         WeightStationary ? emit : last_chunk,
    block_last:   last_token,
    extra_tokens: 3'(group_tokens - 4'd1),
    token:        token_q
  };
  assign result_o           = issue && emit;
  assign result_addr_o      = y_address_q;
  assign result_last_tile_o = last_n_tile;

  assign state_o            = state_q;
  assign done_o             = done_q;
  assign error_o            = error_q;
  assign jobs_done_o        = jobs_done_q;
  assign tokens_left_o      = tokens_left_q;
  assign block_tokens_o     = block_tokens_q;
  assign n_tiles_left_o     = n_tiles_left_q;
  assign k_tiles_left_o     = k_tiles_left_q;
  assign chunk_words_o      = chunk_words_q;
  assign token_o            = token_q;
  assign k_tile_o           = k_tile_q;
  assign k_base_o           = k_base_q;
  assign activation_row_o   = activation_row_q;
  assign y_tile_o           = y_tile_q;
  assign credits_o          = credits_q;
  assign interval_left_o    = interval_left_q;

  `ASSERT(CreditsBounded_A, 32'(credits_q) <= OutputQueueDepth)

endmodule : setun_controller
