// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Fetches activations and weights in the order in which the array consumes them.
//
// The program is static: the activations of the first token block; then, for every token block,
// each chunk of weights followed by a slice of the next block's activations. A segment (a chunk
// or a slice) is requested as soon as its half of a buffer is free, in bursts that never cross
// 4 KiB; data go straight to the reserved place, so rready is always 1.

`include "setun_assert.svh"

module setun_load_unit
  import setun_pkg::*;
#(
  parameter  int unsigned BusBytes         = 16,
  parameter  int unsigned WeightBeats      = 16,
  parameter  int unsigned ActivationBeats  = 4,
  parameter  int unsigned WeightHalfWords  = 32,
  parameter  int unsigned AccumulatorDepth = 32,
  parameter  int unsigned OutstandingReads = 4,
  localparam int unsigned CountWidth       = $clog2(OutstandingReads + 1)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  /// Begins the job in job_i.
  input  logic                  clear_i,
  input  job_t                  job_i,
  /// No new burst may be requested.
  input  logic                  abort_i,
  /// No burst is requested or under way.
  output logic                  idle_o,

  // Reservation of buffer halves.
  input  logic                  weight_claimable_i,
  output logic                  weight_claim_o,
  input  logic                  activation_claimable_i,
  output logic                  activation_claim_o,

  // Arriving beats.
  output logic                  weight_valid_o,
  output logic                  activation_valid_o,
  /// The beat is the last one of its half.
  output logic                  half_last_o,
  output logic [8*BusBytes-1:0] data_o,

  output logic                  read_error_o,
  output logic                  code_error_o,

  // AXI4 read channels.
  output logic                  arvalid_o,
  input  logic                  arready_i,
  output logic [39:0]           araddr_o,
  output logic [7:0]            arlen_o,
  input  logic                  rvalid_i,
  input  logic [8*BusBytes-1:0] rdata_i,
  input  logic [1:0]            rresp_i,
  input  logic                  rlast_i,

  // State for the probe.
  output load_phase_e           phase_o,
  output logic                  open_o,
  output logic                  final_o,
  output logic                  pending_o,
  output logic                  fresh_o,
  output logic [15:0]           tokens_left_o,
  output logic [15:0]           n_tiles_left_o,
  output logic [15:0]           k_tiles_left_o,
  output logic [15:0]           activation_left_o,
  output logic [31:0]           beats_left_o,
  output logic [39:0]           x_address_o,
  output logic [39:0]           w_address_o,
  output logic [CountWidth-1:0] outstanding_o
);

  // --- Program ------------------------------------------------------------------------------

  load_phase_e phase_d, phase_q;
  /// The segment's half is claimed; bursts are being requested.
  logic        open_d, open_q;
  /// The activations to be loaded next are all that is left of their block.
  logic        final_d, final_q;
  /// Another token block follows the one whose weights are being loaded.
  logic        pending_d, pending_q;
  /// No half is claimed yet for the next block's activations.
  logic        fresh_d, fresh_q;
  logic [15:0] tokens_left_d, tokens_left_q;
  logic [15:0] n_tiles_left_d, n_tiles_left_q;
  logic [15:0] k_tiles_left_d, k_tiles_left_q;
  logic [15:0] activation_left_d, activation_left_q;
  logic [31:0] beats_left_d, beats_left_q;
  logic [39:0] x_address_d, x_address_q;
  logic [39:0] w_address_d, w_address_q;

  logic [15:0] chunk, slice, next_tokens, next_words, tokens_before;
  logic        block_begin, segment_end, last_chunk_of_block, claimable, open_now;

  localparam int unsigned BlockWidth = $clog2(AccumulatorDepth + 1);

  assign chunk = (32'(k_tiles_left_q) < WeightHalfWords) ? k_tiles_left_q : 16'(WeightHalfWords);
  assign slice = (final_q || job_i.activation_slice > activation_left_q) ? activation_left_q
                                                                         : job_i.activation_slice;
  assign last_chunk_of_block = n_tiles_left_q == 16'd1 && k_tiles_left_q == chunk;

  // The block after the one that begins: its tokens and activation words.
  assign tokens_before = clear_i ? job_i.tokens : tokens_left_q;
  assign next_tokens   = (tokens_before < job_i.token_block) ? tokens_before : job_i.token_block;
  assign next_words    = 16'(BlockWidth'(next_tokens)) * job_i.k_tiles;

  assign claimable = (phase_q == LoadWeight) ? weight_claimable_i
                                             : !fresh_q || activation_claimable_i;
  assign open_now  = phase_q != LoadIdle && !open_q && claimable && !abort_i && !clear_i;
  assign weight_claim_o     = open_now && phase_q == LoadWeight;
  assign activation_claim_o = open_now && phase_q == LoadActivation && fresh_q;

  // --- Bursts -------------------------------------------------------------------------------

  logic        arvalid_d, arvalid_q;
  logic [39:0] araddr_d, araddr_q;
  logic [7:0]  arlen_d, arlen_q;
  logic [39:0] address;
  logic [8:0]  burst;
  logic        request;

  assign address = (phase_q == LoadWeight) ? w_address_q : x_address_q;

  setun_burst_length #(
    .BusBytes(BusBytes)
  ) u_burst_length (
    .addr_i      (address[11:0]),
    .beats_left_i(beats_left_q),
    .beats_o     (burst)
  );

  // One entry per burst under way: weights or activations, and whether it completes a half.
  logic                  head_weight, head_fills, half_filled, pop;
  logic [CountWidth-1:0] outstanding;

  assign request     = open_q && (!arvalid_q || arready_i) && !abort_i &&
                       outstanding != CountWidth'(OutstandingReads);
  assign segment_end = request && beats_left_q == 32'(burst);
  assign half_filled = segment_end && (phase_q == LoadWeight || activation_left_q == '0);

  setun_fifo #(
    .Width(2),
    .Depth(OutstandingReads)
  ) u_bursts (
    .clk_i,
    .rst_ni,
    .clear_i(clear_i),
    .push_i (request),
    .data_i ({phase_q == LoadWeight, half_filled}),
    .pop_i  (pop),
    .data_o ({head_weight, head_fills}),
    .count_o(outstanding)
  );

  assign arvalid_d = request || (arvalid_q && !arready_i);
  assign araddr_d  = request ? address : araddr_q;
  assign arlen_d   = request ? 8'(burst - 9'd1) : arlen_q;

  always_comb begin
    phase_d           = phase_q;
    open_d            = open_q;
    final_d           = final_q;
    pending_d         = pending_q;
    fresh_d           = fresh_q;
    tokens_left_d     = tokens_left_q;
    n_tiles_left_d    = n_tiles_left_q;
    k_tiles_left_d    = k_tiles_left_q;
    activation_left_d = activation_left_q;
    beats_left_d      = beats_left_q;
    x_address_d       = x_address_q;
    w_address_d       = w_address_q;
    block_begin       = 1'b0;

    if (open_now) begin
      open_d = 1'b1;
      if (phase_q == LoadWeight) begin
        beats_left_d = 32'(chunk) * WeightBeats;
      end else begin
        beats_left_d      = 32'(slice) * ActivationBeats;
        activation_left_d = activation_left_q - slice;
        fresh_d           = 1'b0;
      end
    end

    if (request) begin
      beats_left_d = beats_left_q - 32'(burst);
      if (phase_q == LoadWeight) w_address_d = w_address_q + 40'(burst) * 40'(BusBytes);
      else x_address_d = x_address_q + 40'(burst) * 40'(BusBytes);
    end

    if (segment_end) begin
      open_d = 1'b0;
      if (phase_q == LoadWeight) begin
        final_d = last_chunk_of_block;
        if (k_tiles_left_q == chunk) begin
          k_tiles_left_d = job_i.k_tiles;
          n_tiles_left_d = n_tiles_left_q - 16'd1;
        end else begin
          k_tiles_left_d = k_tiles_left_q - chunk;
        end
      end
      if (phase_q == LoadWeight && activation_left_q != '0 &&
          (last_chunk_of_block || job_i.activation_slice != '0)) begin
        phase_d = LoadActivation;
      end else if (final_d) begin
        block_begin = pending_q;
        phase_d     = pending_q ? LoadWeight : LoadIdle;
      end else begin
        phase_d = LoadWeight;
      end
    end

    if (block_begin || clear_i) begin
      activation_left_d = next_words;
      tokens_left_d     = tokens_before - next_tokens;
      fresh_d           = 1'b1;
      n_tiles_left_d    = job_i.n_tiles;
      k_tiles_left_d    = job_i.k_tiles;
      w_address_d       = job_i.w_address;
      // The first block's activations are one slice, loaded as if an empty block were ending.
      final_d           = clear_i;
      pending_d         = next_tokens != '0;
    end
    if (clear_i) begin
      phase_d     = LoadActivation;
      open_d      = 1'b0;
      x_address_d = job_i.x_address;
    end
    if (abort_i) begin
      phase_d = LoadIdle;
      open_d  = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      phase_q           <= LoadIdle;
      open_q            <= 1'b0;
      final_q           <= 1'b0;
      pending_q         <= 1'b0;
      fresh_q           <= 1'b0;
      tokens_left_q     <= '0;
      n_tiles_left_q    <= '0;
      k_tiles_left_q    <= '0;
      activation_left_q <= '0;
      beats_left_q      <= '0;
      x_address_q       <= '0;
      w_address_q       <= '0;
      arvalid_q         <= 1'b0;
      araddr_q          <= '0;
      arlen_q           <= '0;
    end else begin
      phase_q           <= phase_d;
      open_q            <= open_d;
      final_q           <= final_d;
      pending_q         <= pending_d;
      fresh_q           <= fresh_d;
      tokens_left_q     <= tokens_left_d;
      n_tiles_left_q    <= n_tiles_left_d;
      k_tiles_left_q    <= k_tiles_left_d;
      activation_left_q <= activation_left_d;
      beats_left_q      <= beats_left_d;
      x_address_q       <= x_address_d;
      w_address_q       <= w_address_d;
      arvalid_q         <= arvalid_d;
      araddr_q          <= araddr_d;
      arlen_q           <= arlen_d;
    end
  end

  // --- Arriving data ------------------------------------------------------------------------

  logic beat;
  assign beat               = rvalid_i && outstanding != '0;
  assign pop                = beat && rlast_i;
  assign weight_valid_o     = beat && head_weight;
  assign activation_valid_o = beat && !head_weight;
  assign half_last_o        = rlast_i && head_fills;
  assign data_o             = rdata_i;

  // Errors are registered, so that no output of the accelerator depends on an input directly.
  logic                  read_error_q, code_error_q;
  logic [4*BusBytes-1:0] illegal;

  // A trit of 10 is a high bit without its low bit.
  for (genvar trit = 0; trit < 4 * BusBytes; trit++) begin : gen_illegal
    assign illegal[trit] = rdata_i[2*trit+1] && !rdata_i[2*trit];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_error_q <= 1'b0;
      code_error_q <= 1'b0;
    end else begin
      read_error_q <= beat && rresp_i[1];
      code_error_q <= weight_valid_o && illegal != '0;
    end
  end

  assign read_error_o      = read_error_q;
  assign code_error_o      = code_error_q;
  assign idle_o            = !arvalid_q && outstanding == '0;
  assign arvalid_o         = arvalid_q;
  assign araddr_o          = araddr_q;
  assign arlen_o           = arlen_q;
  assign phase_o           = phase_q;
  assign open_o            = open_q;
  assign final_o           = final_q;
  assign pending_o         = pending_q;
  assign fresh_o           = fresh_q;
  assign tokens_left_o     = tokens_left_q;
  assign n_tiles_left_o    = n_tiles_left_q;
  assign k_tiles_left_o    = k_tiles_left_q;
  assign activation_left_o = activation_left_q;
  assign beats_left_o      = beats_left_q;
  assign x_address_o       = x_address_q;
  assign w_address_o       = w_address_q;
  assign outstanding_o     = outstanding;

  `ASSERT(NoUnexpectedData_A, rvalid_i |-> outstanding != '0)
  `ASSERT(AddressHeld_A, arvalid_q && !arready_i |=> arvalid_q && $stable(araddr_q))

endmodule : setun_load_unit
