// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The jobs that are known: the controller works on the oldest, the load unit on the oldest or the
// one after it.
//
// A job is checked when it is appended; the finding waits beside it until its turn.

`include "setun_assert.svh"

module setun_job_queue
  import setun_pkg::*;
#(
  parameter  int unsigned Depth               = 2,
  parameter  int unsigned Rows                = 16,
  /// Tokens that share a weight word.
  parameter  int unsigned Tokens              = 1,
  parameter  int unsigned ActivationHalfWords = 256,
  parameter  int unsigned MultiplierHalfWords = 0,
  parameter  int unsigned AccumulatorDepth    = 32,
  parameter  int unsigned BusBytes            = 16,
  /// Bytes of one n-tile of one token in memory.
  parameter  int unsigned OutputTileBytes     = 64,
  localparam int unsigned CountWidth          = $clog2(Depth + 1)
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     push_i,
  input  job_t                     job_i,
  output logic                     full_o,
  /// All jobs are forgotten; wins over push.
  input  logic                     flush_i,

  /// The oldest job, and what its check found.
  output logic                     valid_o,
  output job_t                     job_o,
  output setun_config_pkg::error_e error_o,
  /// There is a job after the oldest.
  output logic                     more_o,
  /// Alternates from job to job.
  output logic                     parity_o,
  input  logic                     pop_i,

  /// The job to be loaded is there and sound; it keeps its place until it is popped.
  output logic                     load_valid_o,
  output job_t                     load_job_o,
  output logic                     load_parity_o,
  /// Everything of the job to be loaded is requested.
  input  logic                     load_done_i,

  // State for the probe.
  output logic [CountWidth-1:0]    count_o,
  output logic                     ahead_o,
  output logic                     loaded_o
);
  import setun_config_pkg::*;

  localparam int unsigned IndexWidth = (Depth > 1) ? $clog2(Depth) : 1;

  job_t                  jobs   [Depth];
  error_e                errors [Depth];
  logic [IndexWidth-1:0] read_d, read_q, write_d, write_q, load_index;
  logic [CountWidth-1:0] count_d, count_q;
  logic                  parity_d, parity_q;
  /// The load unit is at the second job.
  logic                  ahead_d, ahead_q;
  /// The load unit is done with the second job too.
  logic                  loaded_d, loaded_q;
  logic                  push;

  function automatic logic [IndexWidth-1:0] next(input logic [IndexWidth-1:0] index);
    return (32'(index) == Depth - 1) ? '0 : index + IndexWidth'(1);
  endfunction

  // --- Check of a descriptor ----------------------------------------------------------------

  localparam int unsigned TokenBits  = $clog2(Tokens);
  localparam int unsigned BlockWidth = $clog2(AccumulatorDepth + 1);
  localparam int unsigned KWidth     = $clog2(ActivationHalfWords + 1);
  localparam int unsigned WordsWidth = BlockWidth + KWidth;

  logic                  size_bad, block_bad, rows_bad, address_bad, requantisation_bad;
  logic [BlockWidth-1:0] groups;
  logic [WordsWidth-1:0] block_words;
  logic [39:0]           row_bytes;
  error_e                finding;

  assign size_bad    = job_i.tokens == '0 || job_i.n_tiles == '0 || job_i.k_tiles == '0 ||
                       32'(job_i.k_tiles) > ActivationHalfWords;
  // Narrow operands suffice: larger ones are refused by the other terms.
  assign groups      = BlockWidth'((17'(job_i.token_block) + 17'(Tokens - 1)) >> TokenBits);
  assign block_words = WordsWidth'(groups) * WordsWidth'(KWidth'(job_i.k_tiles));
  assign block_bad   = job_i.token_block == '0 || 32'(job_i.token_block) > AccumulatorDepth ||
                       32'(block_words) > ActivationHalfWords;
  assign rows_bad    = job_i.last_rows == '0 || 32'(job_i.last_rows) > Rows;
  assign row_bytes   = 40'(job_i.n_tiles) * 40'(OutputTileBytes);
  assign address_bad = ((job_i.x_address | job_i.w_address | job_i.y_address | job_i.m_address |
                         40'(job_i.y_stride)) & (40'(BusBytes) - 40'd1)) != '0 ||
                       40'(job_i.y_stride) < row_bytes;
  assign requantisation_bad = job_i.shift > 6'd47 ||
    (job_i.row_multipliers && 32'(job_i.n_tiles) > MultiplierHalfWords);

  always_comb begin
    if (size_bad) finding = ErrorSize;
    else if (block_bad) finding = ErrorTokenBlock;
    else if (rows_bad) finding = ErrorLastRows;
    else if (address_bad) finding = ErrorAddress;
    else if (requantisation_bad) finding = ErrorRequantisation;
    else finding = ErrorNone;
  end

  // --- Queue --------------------------------------------------------------------------------

  assign push = push_i && !full_o;

  always_comb begin
    read_d   = read_q;
    write_d  = write_q;
    count_d  = count_q + CountWidth'(push) - CountWidth'(pop_i);
    parity_d = parity_q ^ pop_i;
    ahead_d  = ahead_q;
    loaded_d = loaded_q;
    if (push) write_d = next(write_q);
    if (load_done_i) begin
      if (ahead_q) loaded_d = 1'b1;
      else ahead_d = 1'b1;
    end
    if (pop_i) begin
      read_d = next(read_q);
      if (ahead_d && !loaded_d) ahead_d = 1'b0;
      loaded_d = 1'b0;
    end
    if (flush_i) begin
      read_d   = '0;
      write_d  = '0;
      count_d  = '0;
      parity_d = 1'b0;
      ahead_d  = 1'b0;
      loaded_d = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_q   <= '0;
      write_q  <= '0;
      count_q  <= '0;
      parity_q <= 1'b0;
      ahead_q  <= 1'b0;
      loaded_q <= 1'b0;
    end else begin
      read_q   <= read_d;
      write_q  <= write_d;
      count_q  <= count_d;
      parity_q <= parity_d;
      ahead_q  <= ahead_d;
      loaded_q <= loaded_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) begin
      jobs[write_q]   <= job_i;
      errors[write_q] <= finding;
    end
  end

  assign load_index    = ahead_q ? next(read_q) : read_q;
  assign full_o        = 32'(count_q) == Depth;
  assign valid_o       = count_q != '0;
  assign job_o         = jobs[read_q];
  assign error_o       = errors[read_q];
  assign more_o        = 32'(count_q) > 1;
  assign parity_o      = parity_q;
  assign load_valid_o  = !loaded_q && 32'(count_q) > 32'(ahead_q) && errors[load_index] == ErrorNone;
  assign load_job_o    = jobs[load_index];
  assign load_parity_o = parity_q ^ ahead_q;
  assign count_o       = count_q;
  assign ahead_o       = ahead_q;
  assign loaded_o      = loaded_q;

  `ASSERT(PopsJob_A, pop_i |-> count_q != '0)

endmodule : setun_job_queue
