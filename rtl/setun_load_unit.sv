// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Fetches activations and weights in the order in which the array consumes them.
//
// The program of a job is static: its multipliers, if each row has one; then, for every token
// block, each chunk of weights followed by a slice of the next block's activations. The activations
// of the first block follow the first chunk, so that a job that waits for the results of the one
// before has its first weights already. A segment (multipliers, a chunk, a slice) is requested as
// soon as its half of a buffer is free, in bursts that never cross 4 KiB; data go straight to the
// reserved place, so rready is always 1. The program of the next job follows at once.

`include "setun_assert.svh"

module setun_load_unit
  import setun_pkg::*;
#(
  parameter  int unsigned BusBytes         = 16,
  /// Bits of an activation, the lowest of its byte.
  parameter  int unsigned ActivationBits   = 8,
  /// Weights come five in a byte, else four.
  parameter  bit          FiveInEight      = 1'b0,
  parameter  int unsigned WeightBeats      = 16,
  parameter  int unsigned ActivationBeats  = 4,
  parameter  int unsigned WeightHalfWords  = 32,
  parameter  int unsigned MultiplierBeats  = 2,
  /// Jobs may have multipliers in memory.
  parameter  bit          HasMultipliers   = 1'b0,
  parameter  int unsigned AccumulatorDepth = 32,
  parameter  int unsigned OutstandingReads = 4,
  localparam int unsigned WeightBeatBits   = FiveInEight ? 10 * BusBytes : 8 * BusBytes,
  localparam int unsigned CountWidth       = $clog2(OutstandingReads + 1)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  /// What was under way has ended with an error or is not wanted.
  input  logic                  clear_i,
  /// The job to be loaded.
  input  logic                  job_valid_i,
  input  job_t                  job_i,
  /// Tells this job from the one before and the one after.
  input  logic                  job_parity_i,
  /// Everything of the job is requested.
  output logic                  job_done_o,
  /// Parity of the job that the array works on.
  input  logic                  current_parity_i,
  /// No new burst may be requested.
  input  logic                  abort_i,
  /// No burst is requested or under way.
  output logic                  idle_o,

  // Reservation of buffer halves.
  input  logic                  weight_claimable_i,
  output logic                  weight_claim_o,
  input  logic                  activation_claimable_i,
  output logic                  activation_claim_o,
  input  logic                  multiplier_claimable_i,
  output logic                  multiplier_claim_o,

  // Arriving beats.
  output logic                  weight_valid_o,
  output logic                  activation_valid_o,
  output logic                  multiplier_valid_o,
  /// The beat is the last one of its half.
  output logic                  half_last_o,
  output logic [8*BusBytes-1:0] data_o,
  /// The beat as two-bit trits.
  output logic [WeightBeatBits-1:0] trits_o,
  /// The beat as activations.
  output logic [ActivationBits*BusBytes-1:0] activations_o,
  /// k-tiles of the job that the beat belongs to.
  output logic [15:0]           k_tiles_o,

  // Errors of the job that the array works on.
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
  output load_state_t           state_o,
  output logic [CountWidth-1:0] outstanding_o
);

  // --- Program ------------------------------------------------------------------------------

  load_phase_e phase_d, phase_q;
  /// The segment's half is claimed; bursts are being requested.
  logic        open_d, open_q;
  /// The activations to be loaded next are those of the first block.
  logic        first_d, first_q;
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
  logic        job_begin, weights_end, slice_end, next_block;
  /// k-tiles of the jobs of either parity, of which beats may be under way.
  logic [1:0][15:0] k_tiles_d, k_tiles_q;

  localparam int unsigned BlockWidth = $clog2(AccumulatorDepth + 1);

  assign chunk = (32'(k_tiles_left_q) < WeightHalfWords) ? k_tiles_left_q : 16'(WeightHalfWords);
  assign slice = (first_q || final_q || job_i.activation_slice > activation_left_q)
                   ? activation_left_q : job_i.activation_slice;
  assign last_chunk_of_block = n_tiles_left_q == 16'd1 && k_tiles_left_q == chunk;

  assign job_begin = job_valid_i && phase_q == LoadIdle && !abort_i;

  // The block after the one that begins: its tokens and activation words. Before the first chunk
  // the first block is that block.
  assign tokens_before = job_begin ? job_i.tokens : tokens_left_q;
  assign next_tokens   = (tokens_before < job_i.token_block) ? tokens_before : job_i.token_block;
  assign next_words    = 16'(BlockWidth'(next_tokens)) * job_i.k_tiles;

  always_comb begin
    unique case (phase_q)
      LoadIdle:       claimable = 1'b0;
      LoadWeight:     claimable = weight_claimable_i;
      LoadMultiplier: claimable = multiplier_claimable_i;
      // The results of the job before are complete when the array works on this one.
      default: claimable = (!fresh_q || activation_claimable_i) &&
        !(first_q && job_i.dependent && job_parity_i != current_parity_i);
    endcase
  end
  assign open_now  = !open_q && claimable && !abort_i;
  assign weight_claim_o     = open_now && phase_q == LoadWeight;
  assign activation_claim_o = open_now && phase_q == LoadActivation && fresh_q;
  assign multiplier_claim_o = open_now && phase_q == LoadMultiplier;

  // --- Bursts -------------------------------------------------------------------------------

  logic        arvalid_d, arvalid_q;
  logic [39:0] araddr_d, araddr_q;
  logic [7:0]  arlen_d, arlen_q;
  logic [39:0] m_address_d, m_address_q;
  logic [39:0] address;
  logic [8:0]  burst;
  logic        request;

  always_comb begin
    unique case (phase_q)
      LoadWeight:     address = w_address_q;
      LoadMultiplier: address = m_address_q;
      default:        address = x_address_q;
    endcase
  end

  setun_burst_length #(
    .BusBytes(BusBytes)
  ) u_burst_length (
    .addr_i      (address[11:0]),
    .beats_left_i(beats_left_q),
    .beats_o     (burst)
  );

  logic                  half_filled, head_parity;
  logic [CountWidth-1:0] outstanding;

  assign request     = open_q && (!arvalid_q || arready_i) && !abort_i &&
                       outstanding != CountWidth'(OutstandingReads);
  assign segment_end = request && beats_left_q == 32'(burst);
  assign half_filled = segment_end && (phase_q != LoadActivation || activation_left_q == '0);

  setun_load_receiver #(
    .BusBytes        (BusBytes),
    .ActivationBits  (ActivationBits),
    .FiveInEight     (FiveInEight),
    .HasMultipliers  (HasMultipliers),
    .OutstandingReads(OutstandingReads)
  ) u_receiver (
    .clk_i,
    .rst_ni,
    .clear_i,
    .request_i    (request),
    .phase_i      (phase_q),
    .parity_i     (job_parity_i),
    .fills_i      (half_filled),
    .outstanding_o(outstanding),
    .rvalid_i,
    .rdata_i,
    .rresp_i,
    .rlast_i,
    .weight_valid_o,
    .activation_valid_o,
    .multiplier_valid_o,
    .half_last_o,
    .data_o,
    .trits_o,
    .activations_o,
    .parity_o     (head_parity),
    .current_parity_i,
    .read_error_o,
    .code_error_o
  );

  assign k_tiles_o = k_tiles_q[head_parity];

  assign arvalid_d = request || (arvalid_q && !arready_i);
  assign araddr_d  = request ? address : araddr_q;
  assign arlen_d   = request ? 8'(burst - 9'd1) : arlen_q;

  always_comb begin
    phase_d           = phase_q;
    open_d            = open_q;
    first_d           = first_q;
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
    m_address_d       = m_address_q;
    block_begin       = 1'b0;
    weights_end       = 1'b0;
    slice_end         = 1'b0;
    next_block        = 1'b0;
    k_tiles_d         = k_tiles_q;
    job_done_o        = 1'b0;

    if (open_now) begin
      open_d = 1'b1;
      if (phase_q == LoadWeight) begin
        beats_left_d = 32'(chunk) * WeightBeats;
      end else if (phase_q == LoadMultiplier) begin
        beats_left_d = 32'(job_i.n_tiles) * MultiplierBeats;
      end else begin
        beats_left_d      = 32'(slice) * ActivationBeats;
        activation_left_d = activation_left_q - slice;
        fresh_d           = 1'b0;
      end
    end

    if (request) begin
      beats_left_d = beats_left_q - 32'(burst);
      unique case (phase_q)
        LoadWeight:     w_address_d = w_address_q + 40'(burst) * 40'(BusBytes);
        LoadMultiplier: m_address_d = HasMultipliers ? m_address_q + 40'(burst) * 40'(BusBytes) : '0;
        default:        x_address_d = x_address_q + 40'(burst) * 40'(BusBytes);
      endcase
    end

    if (segment_end) begin
      open_d = 1'b0;
      unique case (phase_q)
        LoadWeight: begin
          final_d     = last_chunk_of_block;
          weights_end = !first_q;
          if (first_q) phase_d = LoadActivation;
          if (k_tiles_left_q == chunk) begin
            k_tiles_left_d = job_i.k_tiles;
            n_tiles_left_d = n_tiles_left_q - 16'd1;
          end else begin
            k_tiles_left_d = k_tiles_left_q - chunk;
          end
        end
        LoadMultiplier: phase_d = LoadWeight;
        default: begin
          // The first block's activations end like the first chunk of weights of any other block.
          first_d     = 1'b0;
          next_block  = first_q;
          weights_end = first_q;
          slice_end   = !first_q;
        end
      endcase
    end
    if (weights_end) begin
      if ((next_block ? next_words : activation_left_q) != '0 &&
          (final_d || job_i.activation_slice != '0)) begin
        phase_d = LoadActivation;
      end else begin
        slice_end = 1'b1;
      end
    end
    if (slice_end) begin
      phase_d = LoadWeight;
      if (final_d) begin
        // Activations of a further block are never left over here.
        block_begin = pending_q && !next_block;
        if (!block_begin) begin
          phase_d    = LoadIdle;
          job_done_o = 1'b1;
        end
      end
    end

    if (job_begin || block_begin) begin
      final_d        = 1'b0;
      n_tiles_left_d = job_i.n_tiles;
      k_tiles_left_d = job_i.k_tiles;
      w_address_d    = job_i.w_address;
    end
    if (job_begin || block_begin || next_block) begin
      activation_left_d = next_words;
      tokens_left_d     = tokens_before - next_tokens;
      fresh_d           = 1'b1;
      pending_d         = next_tokens != '0;
    end
    if (job_begin) begin
      phase_d     = (HasMultipliers && job_i.row_multipliers) ? LoadMultiplier : LoadWeight;
      first_d     = 1'b1;
      x_address_d = job_i.x_address;
      m_address_d = HasMultipliers ? job_i.m_address : '0;
      k_tiles_d[job_parity_i] = job_i.k_tiles;
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
      first_q           <= 1'b0;
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
      m_address_q       <= '0;
      k_tiles_q         <= '0;
      arvalid_q         <= 1'b0;
      araddr_q          <= '0;
      arlen_q           <= '0;
    end else begin
      phase_q           <= phase_d;
      open_q            <= open_d;
      first_q           <= first_d;
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
      m_address_q       <= m_address_d;
      k_tiles_q         <= k_tiles_d;
      arvalid_q         <= arvalid_d;
      araddr_q          <= araddr_d;
      arlen_q           <= arlen_d;
    end
  end

  assign idle_o        = !arvalid_q && outstanding == '0;
  assign arvalid_o     = arvalid_q;
  assign araddr_o      = araddr_q;
  assign arlen_o       = arlen_q;
  assign outstanding_o = outstanding;
  assign state_o = '{
    phase:           phase_q,
    open:            open_q,
    first:           first_q,
    is_final:        final_q,
    pending:         pending_q,
    fresh:           fresh_q,
    tokens_left:     tokens_left_q,
    n_tiles_left:    n_tiles_left_q,
    k_tiles_left:    k_tiles_left_q,
    activation_left: activation_left_q,
    beats_left:      beats_left_q,
    x_address:       x_address_q,
    w_address:       w_address_q
  };

  `ASSERT(AddressHeld_A, arvalid_q && !arready_i |=> arvalid_q && $stable(araddr_q))

endmodule : setun_load_unit
