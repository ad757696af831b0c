// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Walks the loop nest of one job: token block, n-tile, chunk, token, k-tile.
//
// In every cycle of ControllerRun it either issues one operand (a weight word and an activation
// word) or waits for exactly one reason. The pipeline behind it never stalls: an operand whose
// sum is finished is issued only with a credit for a place in the result queue.

`include "setun_assert.svh"

module setun_controller
  import setun_pkg::*;
#(
  parameter  int unsigned Rows                = 16,
  parameter  int unsigned WeightHalfWords     = 32,
  parameter  int unsigned ActivationHalfWords = 256,
  parameter  int unsigned AccumulatorDepth    = 32,
  parameter  int unsigned OutputQueueDepth    = 4,
  parameter  int unsigned BusBytes            = 16,
  /// Bytes of one n-tile of one token in memory.
  parameter  int unsigned OutputTileBytes     = 64,
  localparam int unsigned CreditWidth         = $clog2(OutputQueueDepth + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  /// Starts the job in job_i, which holds still until the job ends.
  input  logic                       start_i,
  input  job_t                       job_i,
  /// Forgets the result of the last job.
  input  logic                       acknowledge_i,
  output controller_state_e          state_o,
  output logic                       done_o,
  output setun_config_pkg::error_e   error_o,
  /// Every block forgets its state: a checked job begins.
  output logic                       clear_o,
  /// Nothing new is to be requested or stored.
  output logic                       abort_o,

  // Errors seen by the units on the bus.
  input  logic                       read_error_i,
  input  logic                       code_error_i,
  input  logic                       write_error_i,

  // Buffers.
  input  logic                       weight_ready_i,
  output logic [15:0]                weight_word_o,
  output logic                       weight_free_o,
  input  logic                       activation_ready_i,
  output logic [15:0]                activation_word_o,
  output logic                       activation_free_o,

  /// An operand is read from both buffers in this cycle.
  output logic                       issue_o,
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
  output logic [CreditWidth-1:0]     credits_o
);
  import setun_config_pkg::*;

  controller_state_e state_d, state_q;
  error_e            error_d, error_q;
  logic              done_d, done_q;

  // --- Descriptor check ---------------------------------------------------------------------

  localparam int unsigned BlockWidth = $clog2(AccumulatorDepth + 1);
  localparam int unsigned KWidth     = $clog2(ActivationHalfWords + 1);
  localparam int unsigned WordsWidth = BlockWidth + KWidth;

  logic                  size_bad, block_bad, rows_bad, address_bad;
  logic [WordsWidth-1:0] block_words;
  logic [39:0]           row_bytes;

  assign size_bad    = job_i.tokens == '0 || job_i.n_tiles == '0 || job_i.k_tiles == '0 ||
                       32'(job_i.k_tiles) > ActivationHalfWords;
  // Narrow operands suffice: larger ones are refused by the other terms.
  assign block_words = WordsWidth'(BlockWidth'(job_i.token_block)) *
                       WordsWidth'(KWidth'(job_i.k_tiles));
  assign block_bad   = job_i.token_block == '0 || 32'(job_i.token_block) > AccumulatorDepth ||
                       32'(block_words) > ActivationHalfWords;
  assign rows_bad    = job_i.last_rows == '0 || 32'(job_i.last_rows) > Rows;
  assign row_bytes   = 40'(job_i.n_tiles) * 40'(OutputTileBytes);
  assign address_bad = ((job_i.x_address | job_i.w_address | job_i.y_address |
                         40'(job_i.y_stride)) & (40'(BusBytes) - 40'd1)) != '0 ||
                       40'(job_i.y_stride) < row_bytes;

  // --- Loop nest ----------------------------------------------------------------------------

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

  logic last_k, last_token, last_chunk, last_n_tile, last_block, emit;
  logic chunk_end, block_end, issue;

  function automatic logic [15:0] smaller(input logic [15:0] a, input logic [15:0] b);
    return (a < b) ? a : b;
  endfunction

  function automatic logic [15:0] chunk_of(input logic [15:0] k_tiles_left);
    return (32'(k_tiles_left) < WeightHalfWords) ? k_tiles_left : 16'(WeightHalfWords);
  endfunction

  assign last_k      = k_tile_q == chunk_words_q - 16'd1;
  assign last_token  = token_q == block_tokens_q - 16'd1;
  assign last_chunk  = k_tiles_left_q == chunk_words_q;
  assign last_n_tile = n_tiles_left_q == 16'd1;
  assign last_block  = tokens_left_q == block_tokens_q;
  assign emit        = last_k && last_chunk;

  assign issue = state_q == ControllerRun && !abort_o && activation_ready_i && weight_ready_i &&
                 !(emit && credits_q == '0);

  assign stall_activation_o = state_q == ControllerRun && !abort_o && !activation_ready_i;
  assign stall_weight_o     = state_q == ControllerRun && !abort_o && activation_ready_i &&
                              !weight_ready_i;
  assign stall_output_o     = state_q == ControllerRun && !abort_o && activation_ready_i &&
                              weight_ready_i && emit && credits_q == '0;

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

    if (clear_o) begin
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
    end else if (issue && !last_k) begin
      k_tile_d = k_tile_q + 16'd1;
    end else if (issue && !last_token) begin
      k_tile_d         = '0;
      token_d          = token_q + 16'd1;
      activation_row_d = activation_row_q + job_i.k_tiles;
      y_address_d      = y_address_q + 40'(job_i.y_stride);
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
          y_block_d      = y_address_q - y_tile_q + 40'(job_i.y_stride);
          y_address_d    = y_block_d;
          y_tile_d       = '0;
        end
      end
      chunk_words_d = chunk_of(k_tiles_left_d);
    end
  end

  assign credits_d = clear_o ? CreditWidth'(OutputQueueDepth)
                             : credits_q + CreditWidth'(credit_i) - CreditWidth'(result_o);

  // --- State --------------------------------------------------------------------------------

  logic drained;
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
    state_d = state_q;
    error_d = error_q;
    done_d  = done_q;
    clear_o = 1'b0;
    if (acknowledge_i) begin
      error_d = ErrorNone;
      done_d  = 1'b0;
    end
    unique case (state_q)
      ControllerIdle: begin
        if (start_i) begin
          state_d = ControllerSetup;
          error_d = ErrorNone;
          done_d  = 1'b0;
        end
      end
      ControllerSetup: begin
        if (size_bad) error_d = ErrorSize;
        else if (block_bad) error_d = ErrorTokenBlock;
        else if (rows_bad) error_d = ErrorLastRows;
        else if (address_bad) error_d = ErrorAddress;
        if (error_d == ErrorNone) begin
          state_d = ControllerRun;
          clear_o = 1'b1;
        end else begin
          state_d = ControllerIdle;
          done_d  = 1'b1;
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
        end else if (drained && credits_q == CreditWidth'(OutputQueueDepth)) begin
          state_d = ControllerIdle;
          done_d  = 1'b1;
        end
      end
      ControllerAbort: begin
        if (drained) begin
          state_d = ControllerIdle;
          done_d  = 1'b1;
        end
      end
      default: state_d = ControllerIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q          <= ControllerIdle;
      error_q          <= ErrorNone;
      done_q           <= 1'b0;
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
    end else begin
      state_q          <= state_d;
      error_q          <= error_d;
      done_q           <= done_d;
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
    end
  end

  // --- Outputs ------------------------------------------------------------------------------

  assign issue_o            = issue;
  assign weight_word_o      = k_tile_q;
  assign activation_word_o  = activation_row_q + k_base_q + k_tile_q;
  assign weight_free_o      = chunk_end;
  assign activation_free_o  = block_end;
  assign op_o               = '{
    valid:  issue,
    first:  k_tile_q == '0,
    resume: k_base_q != '0,
    last:   last_k,
    emit:   last_chunk,
    token:  token_q
  };
  assign result_o           = issue && emit;
  assign result_addr_o      = y_address_q;
  assign result_last_tile_o = last_n_tile;

  assign state_o            = state_q;
  assign done_o             = done_q;
  assign error_o            = error_q;
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

  `ASSERT(CreditsBounded_A, 32'(credits_q) <= OutputQueueDepth)

endmodule : setun_controller
