// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The ternary matmul accelerator: Y = X * transpose(W), W in {-1, 0, +1}, Y int32 or
// requantised to int8. X is bytes, of which the lowest ActivationBits count.
//
// Every output is a function of registers: nothing runs from an input straight to an output.

`include "setun_assert.svh"

module setun_accelerator
  import setun_pkg::*;
  import setun_config_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,
  /// A job has ended and the interrupt is enabled.
  output logic                    irq_o,

  // AXI4 manager.
  output logic [0:0]              m_axi_arid,
  output logic [AddressWidth-1:0] m_axi_araddr,
  output logic [7:0]              m_axi_arlen,
  output logic [2:0]              m_axi_arsize,
  output logic [1:0]              m_axi_arburst,
  output logic                    m_axi_arlock,
  output logic [3:0]              m_axi_arcache,
  output logic [2:0]              m_axi_arprot,
  output logic [3:0]              m_axi_arqos,
  output logic                    m_axi_arvalid,
  input  logic                    m_axi_arready,
  input  logic [0:0]              m_axi_rid,
  input  logic [8*BusBytes-1:0]   m_axi_rdata,
  input  logic [1:0]              m_axi_rresp,
  input  logic                    m_axi_rlast,
  input  logic                    m_axi_rvalid,
  output logic                    m_axi_rready,
  output logic [0:0]              m_axi_awid,
  output logic [AddressWidth-1:0] m_axi_awaddr,
  output logic [7:0]              m_axi_awlen,
  output logic [2:0]              m_axi_awsize,
  output logic [1:0]              m_axi_awburst,
  output logic                    m_axi_awlock,
  output logic [3:0]              m_axi_awcache,
  output logic [2:0]              m_axi_awprot,
  output logic [3:0]              m_axi_awqos,
  output logic                    m_axi_awvalid,
  input  logic                    m_axi_awready,
  output logic [8*BusBytes-1:0]   m_axi_wdata,
  output logic [BusBytes-1:0]     m_axi_wstrb,
  output logic                    m_axi_wlast,
  output logic                    m_axi_wvalid,
  input  logic                    m_axi_wready,
  input  logic [0:0]              m_axi_bid,
  input  logic [1:0]              m_axi_bresp,
  input  logic                    m_axi_bvalid,
  output logic                    m_axi_bready,

  // AXI4-Lite subordinate.
  input  logic [11:0]             s_axil_awaddr,
  input  logic [2:0]              s_axil_awprot,
  input  logic                    s_axil_awvalid,
  output logic                    s_axil_awready,
  input  logic [31:0]             s_axil_wdata,
  input  logic [3:0]              s_axil_wstrb,
  input  logic                    s_axil_wvalid,
  output logic                    s_axil_wready,
  output logic [1:0]              s_axil_bresp,
  output logic                    s_axil_bvalid,
  input  logic                    s_axil_bready,
  input  logic [11:0]             s_axil_araddr,
  input  logic [2:0]              s_axil_arprot,
  input  logic                    s_axil_arvalid,
  output logic                    s_axil_arready,
  output logic [31:0]             s_axil_rdata,
  output logic [1:0]              s_axil_rresp,
  output logic                    s_axil_rvalid,
  input  logic                    s_axil_rready,

  /// The architectural state that lock-step compares; left open in synthesis.
  output probe_t                  probe_o
);

  localparam int unsigned BeatBits        = 8 * BusBytes;
  localparam int unsigned WeightBeatTrits = (FiveInEight != 0 ? 5 : 4) * BusBytes;
  localparam int unsigned WeightBeats     = (Rows * Lanes + WeightBeatTrits - 1) / WeightBeatTrits;
  localparam int unsigned ActivationBeats = (Lanes + BusBytes - 1) / BusBytes;
  localparam int unsigned OutputBeats     = (ResultBytes * Rows + BusBytes - 1) / BusBytes;
  localparam int unsigned MultiplierBeats = (2 * Rows + BusBytes - 1) / BusBytes;
  localparam int unsigned Tokens          = TokensPerWeight;
  localparam int unsigned Sums            = Tokens * Rows;
  // Words in half of one token's activation buffer.
  localparam int unsigned ActivationWords = ActivationBufferWords / Tokens;
  localparam int unsigned SumWidth        = setun_tree_pkg::sum_width(Lanes, ActivationBits);
  localparam int unsigned TreeLatency     =
    setun_tree_pkg::tree_latency(Datapath, Lanes, TreeRegisterEvery, ActivationBits);

  // --- Control ------------------------------------------------------------------------------

  logic                       start, acknowledge, soft_reset, done, clear, abort;
  job_t                       descriptor, job, load_job;
  logic                       job_full, job_valid, job_more, job_pop, job_flush, job_parity;
  logic                       load_valid, load_parity, load_done;
  error_e                     job_error;
  logic [15:0]                jobs_done;
  logic [$clog2(JobQueueDepth+1)-1:0] job_count;
  logic                       job_ahead, job_loaded;
  controller_state_e          state;
  error_e                     error;
  logic [63:0]                counters [NumEvents];

  setun_control_registers u_control_registers (
    .clk_i,
    .rst_ni,
    .awaddr_i     (s_axil_awaddr),
    .awvalid_i    (s_axil_awvalid),
    .awready_o    (s_axil_awready),
    .wdata_i      (s_axil_wdata),
    .wstrb_i      (s_axil_wstrb),
    .wvalid_i     (s_axil_wvalid),
    .wready_o     (s_axil_wready),
    .bresp_o      (s_axil_bresp),
    .bvalid_o     (s_axil_bvalid),
    .bready_i     (s_axil_bready),
    .araddr_i     (s_axil_araddr),
    .arvalid_i    (s_axil_arvalid),
    .arready_o    (s_axil_arready),
    .rdata_o      (s_axil_rdata),
    .rresp_o      (s_axil_rresp),
    .rvalid_o     (s_axil_rvalid),
    .rready_i     (s_axil_rready),
    .start_o      (start),
    .acknowledge_o(acknowledge),
    .soft_reset_o (soft_reset),
    .job_o        (descriptor),
    .full_i       (job_full),
    .busy_i       (state != ControllerIdle || job_valid),
    .done_i       (done),
    .error_i      (error),
    .jobs_done_i  (jobs_done),
    .counters_i   (counters),
    .irq_o
  );

  setun_job_queue #(
    .Depth              (JobQueueDepth),
    .Rows               (Rows),
    .Tokens             (Tokens),
    .ActivationHalfWords(ActivationWords / 2),
    .MultiplierHalfWords(MultiplierBufferWords / 2),
    .AccumulatorDepth   (AccumulatorDepth),
    .BusBytes           (BusBytes),
    .OutputTileBytes    (OutputBeats * BusBytes)
  ) u_job_queue (
    .clk_i,
    .rst_ni,
    .push_i       (start),
    .job_i        (descriptor),
    .full_o       (job_full),
    .flush_i      (job_flush),
    .valid_o      (job_valid),
    .job_o        (job),
    .error_o      (job_error),
    .more_o       (job_more),
    .parity_o     (job_parity),
    .pop_i        (job_pop),
    .load_valid_o (load_valid),
    .load_job_o   (load_job),
    .load_parity_o(load_parity),
    .load_done_i  (load_done),
    .count_o      (job_count),
    .ahead_o      (job_ahead),
    .loaded_o     (job_loaded)
  );

  // Operands, from the controller through the tree to the accumulators: stage 0 is at the
  // buffers' outputs, stage TreeLatency at the sums.
  op_t                  op;
  op_t                  op_q [TreeLatency+1];
  logic [TreeLatency:0] stage_valid;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int stage = 0; stage <= TreeLatency; stage++) op_q[stage] <= '0;
    end else begin
      op_q[0] <= op;
      for (int stage = 1; stage <= TreeLatency; stage++) op_q[stage] <= op_q[stage-1];
    end
  end

  for (genvar stage = 0; stage <= TreeLatency; stage++) begin : gen_stage_valid
    assign stage_valid[stage] = op_q[stage].valid;
  end

  logic        read_error, code_error, write_error;
  logic        weight_ready, weight_read, weight_free, activation_ready, activation_free;
  logic        issue, busy;
  logic [15:0] weight_word, activation_word;
  logic        job_begin, result, chunk_end, block_end, job_end, weight_held;
  logic        address_last_tile, pop, load_idle, store_idle, output_idle;
  logic [39:0] address;
  logic        stall_activation, stall_weight, stall_output;
  loop_state_t loop_state;
  logic [$clog2(OutputQueueDepth+1)-1:0] credits;
  logic [3:0]  interval_left;

  setun_controller #(
    .Interval        (OperandInterval),
    .OutputQueueDepth(OutputQueueDepth)
  ) u_controller (
    .clk_i,
    .rst_ni,
    .job_valid_i       (job_valid),
    .job_error_i       (job_error),
    .job_more_i        (job_more),
    .job_pop_o         (job_pop),
    .job_flush_o       (job_flush),
    .acknowledge_i     (acknowledge),
    .soft_reset_i      (soft_reset),
    .state_o           (state),
    .done_o            (done),
    .error_o           (error),
    .jobs_done_o       (jobs_done),
    .clear_o           (clear),
    .abort_o           (abort),
    .read_error_i      (read_error),
    .code_error_i      (code_error),
    .write_error_i     (write_error),
    .weight_ready_i    (weight_ready),
    .activation_ready_i(activation_ready),
    .result_i          (result),
    .job_end_i         (job_end),
    .begin_o           (job_begin),
    .issue_o           (issue),
    .busy_o            (busy),
    .credit_i          (pop),
    .pipeline_empty_i  (stage_valid == '0 && output_idle),
    .load_idle_i       (load_idle),
    .store_idle_i      (store_idle),
    .stall_activation_o(stall_activation),
    .stall_weight_o    (stall_weight),
    .stall_output_o    (stall_output),
    .credits_o         (credits),
    .interval_left_o   (interval_left)
  );

  setun_loop_nest #(
    .Tokens          (Tokens),
    .WeightStationary(WeightStationary != 0),
    .WeightHalfWords (WeightBufferWords / 2),
    .OutputTileBytes (OutputBeats * BusBytes)
  ) u_loop_nest (
    .clk_i,
    .rst_ni,
    .job_i             (job),
    .begin_i           (job_begin),
    .issue_i           (issue),
    .weight_word_o     (weight_word),
    .weight_held_o     (weight_held),
    .activation_word_o (activation_word),
    .op_o              (op),
    .result_o          (result),
    .result_addr_o     (address),
    .result_last_tile_o(address_last_tile),
    .chunk_end_o       (chunk_end),
    .block_end_o       (block_end),
    .job_end_o         (job_end),
    .state_o           (loop_state)
  );

  // A weight word that is held is not read again.
  assign weight_read     = issue && !weight_held;
  assign weight_free     = issue && chunk_end;
  assign activation_free = issue && block_end;

  // --- Operands -----------------------------------------------------------------------------

  logic                weight_claimable, weight_claim, weight_valid;
  logic                activation_claimable, activation_claim, activation_valid;
  logic                multiplier_claimable, multiplier_claim, multiplier_valid;
  logic                half_last;
  logic [BeatBits-1:0] load_data;
  logic [ActivationBits*BusBytes-1:0] load_activations;
  logic [2*WeightBeatTrits-1:0] load_trits;
  logic [15:0]         load_k_tiles;

  load_state_t         load_state;
  logic [$clog2(OutstandingReads+1)-1:0] load_outstanding;

  setun_load_unit #(
    .BusBytes        (BusBytes),
    .ActivationBits  (ActivationBits),
    .FiveInEight     (FiveInEight != 0),
    .WeightBeats     (WeightBeats),
    .ActivationBeats (ActivationBeats),
    .MultiplierBeats (MultiplierBeats),
    .HasMultipliers  (MultiplierBufferWords > 0),
    .WeightHalfWords (WeightBufferWords / 2),
    .AccumulatorDepth(AccumulatorDepth),
    .OutstandingReads(OutstandingReads)
  ) u_load_unit (
    .clk_i,
    .rst_ni,
    .clear_i               (clear),
    .job_valid_i           (load_valid),
    .job_i                 (load_job),
    .job_parity_i          (load_parity),
    .job_done_o            (load_done),
    .current_parity_i      (job_parity),
    .abort_i               (abort),
    .idle_o                (load_idle),
    .weight_claimable_i    (weight_claimable),
    .weight_claim_o        (weight_claim),
    .activation_claimable_i(activation_claimable),
    .activation_claim_o    (activation_claim),
    .multiplier_claimable_i(multiplier_claimable),
    .multiplier_claim_o    (multiplier_claim),
    .weight_valid_o        (weight_valid),
    .activation_valid_o    (activation_valid),
    .multiplier_valid_o    (multiplier_valid),
    .half_last_o           (half_last),
    .data_o                (load_data),
    .trits_o               (load_trits),
    .activations_o         (load_activations),
    .k_tiles_o             (load_k_tiles),
    .read_error_o          (read_error),
    .code_error_o          (code_error),
    .arvalid_o             (m_axi_arvalid),
    .arready_i             (m_axi_arready),
    .araddr_o              (m_axi_araddr),
    .arlen_o               (m_axi_arlen),
    .rvalid_i              (m_axi_rvalid),
    .rdata_i               (m_axi_rdata),
    .rresp_i               (m_axi_rresp),
    .rlast_i               (m_axi_rlast),
    .state_o               (load_state),
    .outstanding_o         (load_outstanding)
  );

  logic [WeightBeats*2*WeightBeatTrits-1:0]        weights;
  logic [Tokens-1:0][ActivationBeats*ActivationBits*BusBytes-1:0] activations;
  logic [Tokens-1:0][ActivationBits*Lanes-1:0]     operands;
  logic [Tokens-1:0]                               activation_read;
  logic [2:0]                          unused_weight_bank, activation_write_bank;
  logic [1:0]                          weight_claimed, weight_full;
  logic [1:0]                          activation_claimed, activation_full;
  logic                                weight_read_half, activation_read_half;
  logic [15:0]                         weight_write_word, weight_write_beat;
  logic [15:0]                         activation_write_word, activation_write_beat;

  setun_double_buffer #(
    .Words   (WeightBufferWords),
    .Beats   (WeightBeats),
    .BeatBits(2 * WeightBeatTrits)
  ) u_weight_buffer (
    .clk_i,
    .rst_ni,
    .clear_i    (clear),
    .claimable_o(weight_claimable),
    .claim_i    (weight_claim),
    .wr_valid_i (weight_valid),
    .wr_data_i  (load_trits),
    .wr_last_i  (half_last),
    .run_words_i(16'd0),
    .ready_o    (weight_ready),
    .rd_en_i    (weight_read),
    .rd_word_i  (weight_word),
    .rd_data_o  (weights),
    .free_i     (weight_free),
    .claimed_o  (weight_claimed),
    .full_o     (weight_full),
    .rd_half_o  (weight_read_half),
    .wr_word_o  (weight_write_word),
    .wr_beat_o  (weight_write_beat),
    .wr_bank_o  (unused_weight_bank)
  );

  setun_double_buffer #(
    .Words   (ActivationWords),
    .Tokens  (Tokens),
    .Beats   (ActivationBeats),
    .BeatBits(ActivationBits * BusBytes)
  ) u_activation_buffer (
    .clk_i,
    .rst_ni,
    .clear_i    (clear),
    .claimable_o(activation_claimable),
    .claim_i    (activation_claim),
    .wr_valid_i (activation_valid),
    .wr_data_i  (load_activations),
    .wr_last_i  (half_last),
    .run_words_i(load_k_tiles),
    .ready_o    (activation_ready),
    .rd_en_i    (activation_read),
    .rd_word_i  (activation_word),
    .rd_data_o  (activations),
    .free_i     (activation_free),
    .claimed_o  (activation_claimed),
    .full_o     (activation_full),
    .rd_half_o  (activation_read_half),
    .wr_word_o  (activation_write_word),
    .wr_beat_o  (activation_write_beat),
    .wr_bank_o  (activation_write_bank)
  );

  // Of tokens that do not exist nothing is read, and the array sees zeros.
  logic [Tokens-1:0] issued, present_q;
  assign issued          = Tokens'((9'd2 << op.extra_tokens) - 9'd1);
  assign activation_read = issue ? issued : '0;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) present_q <= '0;
    else if (issue) present_q <= issued;
  end
  for (genvar index = 0; index < Tokens; index++) begin : gen_operand
    assign operands[index] =
      (Tokens == 1 || present_q[index]) ? activations[index][ActivationBits*Lanes-1:0] : '0;
  end

  // --- Arithmetic ---------------------------------------------------------------------------

  logic [Tokens-1:0][Rows-1:0][SumWidth-1:0] sums;
  logic [Sums-1:0][AccumulatorBits-1:0] finished, acc;
  logic [$clog2(Sums+1)-1:0]            overflows;
  logic                                 result_valid, accumulator_read, accumulator_write;

  setun_tree_array #(
    .Datapath     (Datapath),
    .Rows         (Rows),
    .Lanes        (Lanes),
    .ActivationBits(ActivationBits),
    .Tokens       (Tokens),
    .RegisterEvery(TreeRegisterEvery),
    .ZeroGating   (ZeroGating)
  ) u_tree_array (
    .clk_i,
    .rst_ni,
    .valid_i      (stage_valid[TreeLatency-1:0]),
    .weights_i    (weights[2*Rows*Lanes-1:0]),
    .activations_i(operands),
    .sums_o       (sums)
  );

  setun_accumulators #(
    .Sums       (Sums),
    .SumWidth   (SumWidth),
    .AccWidth   (AccumulatorBits),
    .MayOverflow(AccumulatorBits <
                 setun_tree_pkg::sum_width(Lanes * (ActivationWords / 2), ActivationBits)),
    .Depth      (AccumulatorDepth / Tokens),
    .TokenBits  ($clog2(Tokens))
  ) u_accumulators (
    .clk_i,
    .rst_ni,
    .next_op_i     (op_q[TreeLatency-1]),
    .op_i          (op_q[TreeLatency]),
    .sums_i        (sums),
    .result_valid_o(result_valid),
    .result_o      (finished),
    .acc_o         (acc),
    .read_o        (accumulator_read),
    .write_o       (accumulator_write),
    .overflows_o   (overflows)
  );

  // --- Results ------------------------------------------------------------------------------

  logic                  head_valid, head_last_tile;
  logic [39:0]           head_address;
  logic [2:0]            head_extra_tokens;
  logic [Sums-1:0][8*ResultBytes-1:0] head_rows;
  logic [31:0]           requantised;
  logic                  multiplier_read;
  logic [1:0]            requantiser_valid, multiplier_claimed, multiplier_full;
  logic [15:0]           result_tile, multiplier_write_word, multiplier_write_beat;
  logic                  multiplier_read_half;
  logic [2:0]            store_token;
  logic [$clog2(OutputQueueDepth+1)-1:0] result_count;
  logic [15:0]           store_beat;
  logic [8:0]            store_burst_left;
  logic [3:0]            store_pending;

  setun_output_stage #(
    .Rows                 (Rows),
    .Tokens               (Tokens),
    .AccWidth             (AccumulatorBits),
    .ResultBytes          (ResultBytes),
    .MultiplierBufferWords(MultiplierBufferWords),
    .BusBytes             (BusBytes),
    .Depth                (OutputQueueDepth)
  ) u_output_stage (
    .clk_i,
    .rst_ni,
    .clear_i                (clear),
    // The results of a failed job must not be stored after its end.
    .drop_i                 (abort && store_idle),
    .job_i                  (job),
    .job_pop_i              (job_pop),
    .multiplier_claimable_o (multiplier_claimable),
    .multiplier_claim_i     (multiplier_claim),
    .multiplier_valid_i     (multiplier_valid),
    .multiplier_last_i      (half_last),
    .multiplier_data_i      (load_data),
    .address_valid_i        (issue && result),
    .address_i              (address),
    .last_tile_i            (address_last_tile),
    .extra_tokens_i         (op.extra_tokens),
    .next_op_i              (op_q[TreeLatency-1]),
    .op_i                   (op_q[TreeLatency]),
    .result_valid_i         (result_valid),
    .result_i               (finished),
    .valid_o                (head_valid),
    .address_o              (head_address),
    .last_tile_o            (head_last_tile),
    .extra_tokens_o         (head_extra_tokens),
    .rows_o                 (head_rows),
    .pop_i                  (pop),
    .idle_o                 (output_idle),
    .requantised_o          (requantised),
    .multiplier_read_o      (multiplier_read),
    .count_o                (result_count),
    .requantiser_valid_o    (requantiser_valid),
    .tile_o                 (result_tile),
    .multiplier_claimed_o   (multiplier_claimed),
    .multiplier_full_o      (multiplier_full),
    .multiplier_read_half_o (multiplier_read_half),
    .multiplier_write_word_o(multiplier_write_word),
    .multiplier_write_beat_o(multiplier_write_beat)
  );

  setun_store_unit #(
    .Rows       (Rows),
    .Tokens     (Tokens),
    .ResultBytes(ResultBytes),
    .BusBytes   (BusBytes)
  ) u_store_unit (
    .clk_i,
    .rst_ni,
    .clear_i      (clear),
    .abort_i      (abort),
    .idle_o       (store_idle),
    .last_rows_i  (job.last_rows),
    .y_stride_i   (job.y_stride),
    .valid_i      (head_valid),
    .address_i    (head_address),
    .last_tile_i  (head_last_tile),
    .extra_tokens_i(head_extra_tokens),
    .rows_i       (head_rows),
    .pop_o        (pop),
    .write_error_o(write_error),
    .awvalid_o    (m_axi_awvalid),
    .awready_i    (m_axi_awready),
    .awaddr_o     (m_axi_awaddr),
    .awlen_o      (m_axi_awlen),
    .wvalid_o     (m_axi_wvalid),
    .wready_i     (m_axi_wready),
    .wdata_o      (m_axi_wdata),
    .wstrb_o      (m_axi_wstrb),
    .wlast_o      (m_axi_wlast),
    .bvalid_i     (m_axi_bvalid),
    .bresp_i      (m_axi_bresp),
    .token_o      (store_token),
    .beat_o       (store_beat),
    .burst_left_o (store_burst_left),
    .pending_o    (store_pending)
  );

  // --- Events -------------------------------------------------------------------------------

  activity_t activity;

  assign activity = '{
    state:             state,
    aborting:          abort,
    busy:              busy,
    stall_activation:  stall_activation,
    stall_weight:      stall_weight,
    stall_output:      stall_output,
    issue:             issue,
    issued_tokens:     4'(op.extra_tokens) + 4'd1,
    weight_read:       weight_read,
    weight_valid:      weight_valid,
    activation_valid:  activation_valid,
    multiplier_valid:  multiplier_valid,
    accumulator_read:  accumulator_read,
    accumulator_write: accumulator_write,
    overflows:         32'(overflows),
    result_valid:      result_valid,
    result_tokens:     4'(op_q[TreeLatency].extra_tokens) + 4'd1,
    requantised:       requantised,
    multiplier_read:   multiplier_read,
    write_beat:        m_axi_wvalid && m_axi_wready,
    read_burst:        m_axi_arvalid && m_axi_arready,
    write_burst:       m_axi_awvalid && m_axi_awready,
    operand_valid:     stage_valid[0],
    operand_tokens:    4'(op_q[0].extra_tokens) + 4'd1
  };

  setun_event_counters u_event_counters (
    .clk_i,
    .rst_ni,
    .clear_i   (soft_reset || (start && state == ControllerIdle && !job_valid)),
    .activity_i(activity),
    .weights_i (weights[2*Rows*Lanes-1:0]),
    .counters_o(counters)
  );

  // --- Constant ports and probe -------------------------------------------------------------

  localparam logic [2:0] BeatSize  = 3'($clog2(BusBytes));
  localparam logic [1:0] BurstIncr = 2'b01;

  assign m_axi_arid    = '0;
  assign m_axi_arsize  = BeatSize;
  assign m_axi_arburst = BurstIncr;
  assign m_axi_arlock  = 1'b0;
  assign m_axi_arcache = 4'b0011;
  assign m_axi_arprot  = 3'b000;
  assign m_axi_arqos   = 4'd0;
  assign m_axi_rready  = 1'b1;
  assign m_axi_awid    = '0;
  assign m_axi_awsize  = BeatSize;
  assign m_axi_awburst = BurstIncr;
  assign m_axi_awlock  = 1'b0;
  assign m_axi_awcache = 4'b0011;
  assign m_axi_awprot  = 3'b000;
  assign m_axi_awqos   = 4'd0;
  assign m_axi_bready  = 1'b1;

  // Everything is read in order and nothing is protected.
  logic unused_ports;
  assign unused_ports = ^{m_axi_rid, m_axi_bid, s_axil_awprot, s_axil_arprot};

  `include "setun_probe.svh"

  `ASSERT_INIT(BusBytesLegal_A, BusBytes >= 4 && BusBytes <= 128 && 2**$clog2(BusBytes) == BusBytes)
  // Every cycle of a job is busy or has one reason not to be.
  logic accounted;
  assign accounted = counters[EvCycles] ==
    counters[EvBusy] + counters[EvStallSetup] + counters[EvStallActivation] +
    counters[EvStallWeight] + counters[EvStallOutput] + counters[EvStallDrain];
  `ASSERT(BusyPlusStallsIsCycles_A, accounted)

endmodule : setun_accelerator
