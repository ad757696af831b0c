// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// What happens to a finished result: it is requantised, if the results are int8, and waits in a
// queue for the store unit.
//
// A result's address is known when its last operand is issued, its sums some cycles later; both
// queues fill in the same order, and the controller's credits bound both.

module setun_output_stage
  import setun_pkg::*;
#(
  parameter  int unsigned Rows                  = 16,
  /// Tokens that share a weight word.
  parameter  int unsigned Tokens                = 1,
  parameter  int unsigned AccWidth              = 23,
  /// Bytes of a result: 4 raw, 1 requantised.
  parameter  int unsigned ResultBytes           = 4,
  parameter  int unsigned MultiplierBufferWords = 0,
  parameter  int unsigned BusBytes              = 16,
  /// Results that can wait.
  parameter  int unsigned Depth                 = 4,
  localparam int unsigned MultiplierBeats       = (2 * Rows + BusBytes - 1) / BusBytes,
  localparam int unsigned CountWidth            = $clog2(Depth + 1)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  /// What was under way has ended with an error or is not wanted.
  input  logic                          clear_i,
  /// The results that wait are not wanted.
  input  logic                          drop_i,
  /// The job that the array works on, and whether it ends.
  input  job_t                          job_i,
  input  logic                          job_pop_i,

  // Multipliers of a job, from the load unit.
  output logic                          multiplier_claimable_o,
  input  logic                          multiplier_claim_i,
  input  logic                          multiplier_valid_i,
  input  logic                          multiplier_last_i,
  input  logic [8*BusBytes-1:0]         multiplier_data_i,

  input  logic                          address_valid_i,
  input  logic [39:0]                   address_i,
  /// The result belongs to the last n-tile, of which not every row may exist.
  input  logic                          last_tile_i,
  /// Tokens of the result, less one.
  input  logic [2:0]                    extra_tokens_i,
  /// The operand whose sum arrives in the next cycle; its multipliers are fetched now.
  input  op_t                           next_op_i,
  /// The operand whose sum is at result_i.
  input  op_t                           op_i,
  input  logic                          result_valid_i,
  input  logic [Tokens*Rows-1:0][AccWidth-1:0] result_i,

  /// A result is at the head.
  output logic                          valid_o,
  output logic [39:0]                   address_o,
  output logic                          last_tile_o,
  output logic [2:0]                    extra_tokens_o,
  output logic [Tokens*Rows-1:0][8*ResultBytes-1:0] rows_o,
  input  logic                          pop_i,
  /// Nothing is being requantised.
  output logic                          idle_o,

  // Events.
  /// Sums that are requantised.
  output logic [31:0]                   requantised_o,
  output logic                          multiplier_read_o,

  // State for the probe.
  output logic [CountWidth-1:0]         count_o,
  output logic [1:0]                    requantiser_valid_o,
  output logic [15:0]                   tile_o,
  output logic [1:0]                    multiplier_claimed_o,
  output logic [1:0]                    multiplier_full_o,
  output logic                          multiplier_read_half_o,
  output logic [15:0]                   multiplier_write_word_o,
  output logic [15:0]                   multiplier_write_beat_o
);

  localparam int unsigned Sums = Tokens * Rows;
  // Raw results are kept as narrow as they are.
  localparam int unsigned EntryWidth = (ResultBytes == 4) ? AccWidth : 8;

  logic                            entry_valid;
  logic [Sums-1:0][EntryWidth-1:0] entry, head;
  logic [CountWidth-1:0]           unused_address_count;

  // --- Multipliers --------------------------------------------------------------------------

  logic [Rows-1:0][15:0] multipliers;

  if (MultiplierBufferWords > 0) begin : gen_row_multipliers
    // The n-tile of the next result.
    logic [15:0] tile_d, tile_q;
    logic        tile_end;
    logic [MultiplierBeats*BusBytes*8-1:0] word;
    logic [2:0]  unused_bank;
    logic        unused_ready;

    assign multiplier_read_o = next_op_i.valid && next_op_i.last && next_op_i.emit &&
                               job_i.row_multipliers;
    assign tile_end = next_op_i.valid && next_op_i.last && next_op_i.emit &&
                      next_op_i.block_last;
    always_comb begin
      tile_d = tile_q;
      if (tile_end) tile_d = (tile_q == job_i.n_tiles - 16'd1) ? '0 : tile_q + 16'd1;
      if (clear_i) tile_d = '0;
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) tile_q <= '0;
      else tile_q <= tile_d;
    end

    setun_double_buffer #(
      .Words   (MultiplierBufferWords),
      .Beats   (MultiplierBeats),
      .BeatBits(8 * BusBytes)
    ) u_multiplier_buffer (
      .clk_i,
      .rst_ni,
      .clear_i,
      .claimable_o(multiplier_claimable_o),
      .claim_i    (multiplier_claim_i),
      .wr_valid_i (multiplier_valid_i),
      .wr_data_i  (multiplier_data_i),
      .wr_last_i  (multiplier_last_i),
      .run_words_i(16'd0),
      .ready_o    (unused_ready),
      .rd_en_i    (multiplier_read_o),
      .rd_word_i  (tile_q),
      .rd_data_o  (word),
      .free_i     (job_pop_i && job_i.row_multipliers),
      .claimed_o  (multiplier_claimed_o),
      .full_o     (multiplier_full_o),
      .rd_half_o  (multiplier_read_half_o),
      .wr_word_o  (multiplier_write_word_o),
      .wr_beat_o  (multiplier_write_beat_o),
      .wr_bank_o  (unused_bank)
    );

    assign multipliers = job_i.row_multipliers ? word[16*Rows-1:0] : {Rows{job_i.multiplier}};
    assign tile_o      = tile_q;
  end else begin : gen_job_multiplier
    logic unused_multiplier_inputs;
    assign unused_multiplier_inputs = ^{multiplier_claim_i, multiplier_valid_i, multiplier_last_i,
                                        multiplier_data_i, next_op_i, job_pop_i};
    assign multipliers             = {Rows{job_i.multiplier}};
    assign multiplier_read_o       = 1'b0;
    assign multiplier_claimable_o  = 1'b0;
    assign multiplier_claimed_o    = '0;
    assign multiplier_full_o       = '0;
    assign multiplier_read_half_o  = 1'b0;
    assign multiplier_write_word_o = '0;
    assign multiplier_write_beat_o = '0;
    assign tile_o                  = '0;
  end

  // --- Products, then rounding --------------------------------------------------------------

  if (ResultBytes == 1) begin : gen_requantise
    logic                requantised_valid;
    logic [Sums-1:0][7:0] requantised;
    logic [3:0]          result_tokens;

    setun_requantiser #(
      .Rows    (Rows),
      .Tokens  (Tokens),
      .AccWidth(AccWidth)
    ) u_requantiser (
      .clk_i,
      .rst_ni,
      .clear_i      (clear_i || drop_i),
      .valid_i      (result_valid_i),
      .sums_i       (result_i),
      .multipliers_i(multipliers),
      .shift_i      (job_i.shift),
      .valid_o      (requantised_valid),
      .values_o     (requantised),
      .stages_o     (requantiser_valid_o)
    );

    assign entry_valid   = requantised_valid;
    assign entry         = requantised;
    assign result_tokens = 4'(op_i.extra_tokens) + 4'd1;
    assign requantised_o = result_valid_i ? 32'(result_tokens) * Rows : '0;
    assign idle_o        = requantiser_valid_o == '0;
  end else begin : gen_raw
    logic unused_inputs;
    assign unused_inputs = ^{op_i, multipliers, job_i};
    assign entry_valid         = result_valid_i;
    assign entry               = result_i;
    assign requantised_o       = '0;
    assign idle_o              = 1'b1;
    assign requantiser_valid_o = '0;
  end

  // --- Queues -------------------------------------------------------------------------------

  setun_fifo #(
    .Width(44),
    .Depth(Depth)
  ) u_addresses (
    .clk_i,
    .rst_ni,
    .clear_i(clear_i || drop_i),
    .push_i (address_valid_i),
    .data_i ({extra_tokens_i, last_tile_i, address_i}),
    .pop_i,
    .data_o ({extra_tokens_o, last_tile_o, address_o}),
    .count_o(unused_address_count)
  );

  setun_fifo #(
    .Width(Sums * EntryWidth),
    .Depth(Depth)
  ) u_results (
    .clk_i,
    .rst_ni,
    .clear_i(clear_i || drop_i),
    .push_i (entry_valid),
    .data_i (entry),
    .pop_i,
    .data_o (head),
    .count_o(count_o)
  );

  for (genvar index = 0; index < Sums; index++) begin : gen_row
    assign rows_o[index] = (8 * ResultBytes)'($signed(head[index]));
  end

  assign valid_o = count_o != '0;

endmodule : setun_output_stage
