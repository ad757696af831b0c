// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The AXI4-Lite port: identity and capabilities, control and status, the job descriptor, and the
// event counters. Offsets come from the generated register map.
//
// One access at a time in each direction. A write to an unknown or a read-only register, a write of
// less than 32 bits, and a start with a full queue are answered with SLVERR and change nothing. A
// read of an unknown register returns zero and SLVERR. A start copies the descriptor: it may be
// overwritten for the next job at once.

module setun_control_registers
  import setun_pkg::*;
  import setun_config_pkg::*;
(
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic [11:0]                awaddr_i,
  input  logic                       awvalid_i,
  output logic                       awready_o,
  input  logic [31:0]                wdata_i,
  input  logic [3:0]                 wstrb_i,
  input  logic                       wvalid_i,
  output logic                       wready_o,
  output logic [1:0]                 bresp_o,
  output logic                       bvalid_o,
  input  logic                       bready_i,
  input  logic [11:0]                araddr_i,
  input  logic                       arvalid_i,
  output logic                       arready_o,
  output logic [31:0]                rdata_o,
  output logic [1:0]                 rresp_o,
  output logic                       rvalid_o,
  input  logic                       rready_i,

  /// The job in job_o is to be appended to the queue.
  output logic                       start_o,
  /// The results of the jobs so far have been noted.
  output logic                       acknowledge_o,
  /// All jobs are to end without a result.
  output logic                       soft_reset_o,
  output job_t                       job_o,
  /// No further job can be appended.
  input  logic                       full_i,
  input  logic                       busy_i,
  input  logic                       done_i,
  input  error_e                     error_i,
  input  logic [15:0]                jobs_done_i,
  input  logic [63:0]                counters_i [NumEvents],
  output logic                       irq_o
);

  localparam logic [1:0] RespOkay   = 2'b00;
  localparam logic [1:0] RespSlverr = 2'b10;

  job_t        job_d, job_q;
  logic        irq_enable_d, irq_enable_q;
  logic        start_d, start_q, acknowledge_d, acknowledge_q, soft_reset_d, soft_reset_q;
  logic        aw_full_d, aw_full_q, w_full_d, w_full_q;
  logic [11:0] awaddr_d, awaddr_q;
  logic [31:0] wdata_d, wdata_q;
  logic [3:0]  wstrb_d, wstrb_q;
  logic        bvalid_d, bvalid_q, bresp_error_d, bresp_error_q;
  logic        rvalid_d, rvalid_q, rresp_error_d, rresp_error_q;
  logic [31:0] rdata_d, rdata_q;
  logic        write;

  assign write = aw_full_q && w_full_q && !bvalid_q;

  always_comb begin
    job_d         = job_q;
    irq_enable_d  = irq_enable_q;
    start_d       = 1'b0;
    acknowledge_d = 1'b0;
    soft_reset_d  = 1'b0;
    bresp_error_d = bresp_error_q;
    if (write) begin
      bresp_error_d = wstrb_q != 4'hf;
      if (wstrb_q == 4'hf) begin
        if (awaddr_q == RegControl) begin
          acknowledge_d = wdata_q[1];
          soft_reset_d  = wdata_q[2];
          start_d       = wdata_q[0] && !full_i;
          bresp_error_d = wdata_q[0] && full_i;
        end else if (awaddr_q == RegInterruptEnable) begin
          irq_enable_d = wdata_q[0];
        end else begin
          unique case (awaddr_q)
            RegXAddressLow:     job_d.x_address[31:0]  = wdata_q;
            RegXAddressHigh:    job_d.x_address[39:32] = wdata_q[7:0];
            RegWAddressLow:     job_d.w_address[31:0]  = wdata_q;
            RegWAddressHigh:    job_d.w_address[39:32] = wdata_q[7:0];
            RegYAddressLow:     job_d.y_address[31:0]  = wdata_q;
            RegYAddressHigh:    job_d.y_address[39:32] = wdata_q[7:0];
            RegMAddressLow:     job_d.m_address[31:0]  = wdata_q;
            RegMAddressHigh:    job_d.m_address[39:32] = wdata_q[7:0];
            RegYStride:         job_d.y_stride         = wdata_q;
            RegTokens:          job_d.tokens           = wdata_q[15:0];
            RegNTiles:          job_d.n_tiles          = wdata_q[15:0];
            RegKTiles:          job_d.k_tiles          = wdata_q[15:0];
            RegLastRows:        job_d.last_rows        = wdata_q[15:0];
            RegTokenBlock:      job_d.token_block      = wdata_q[15:0];
            RegActivationSlice: job_d.activation_slice = wdata_q[15:0];
            RegDependence:      job_d.dependent        = wdata_q[0];
            RegRequantisation: begin
              job_d.multiplier      = wdata_q[15:0];
              job_d.shift           = wdata_q[21:16];
              job_d.row_multipliers = wdata_q[31];
            end
            default:            bresp_error_d          = 1'b1;
          endcase
        end
      end
    end
  end

  assign aw_full_d = write ? 1'b0 : aw_full_q || awvalid_i;
  assign w_full_d  = write ? 1'b0 : w_full_q || wvalid_i;
  assign awaddr_d  = (awvalid_i && !aw_full_q) ? awaddr_i : awaddr_q;
  assign wdata_d   = (wvalid_i && !w_full_q) ? wdata_i : wdata_q;
  assign wstrb_d   = (wvalid_i && !w_full_q) ? wstrb_i : wstrb_q;
  assign bvalid_d  = write || (bvalid_q && !bready_i);

  // --- Reads --------------------------------------------------------------------------------

  logic        known;
  logic [31:0] value;
  logic [32:0] constant;
  logic [11:0] counter_offset;
  logic        counter_known;
  logic [31:0] counter_value;

  assign constant       = capability(araddr_i);
  assign counter_offset = araddr_i - RegCounterBase;

  // Not in the default of the case below: simulators repeat that in every gap between its labels.
  always_comb begin
    counter_known = 1'b0;
    counter_value = '0;
    for (int index = 0; index < NumEvents; index++) begin
      if (counter_offset[11:3] == 9'(index) && counter_offset[1:0] == 2'd0) begin
        counter_known = 1'b1;
        counter_value = counter_offset[2] ? counters_i[index][63:32] : counters_i[index][31:0];
      end
    end
  end

  always_comb begin
    known = 1'b1;
    value = '0;
    unique case (araddr_i)
      RegStatus:          value = {16'd0, error_i, 6'd0, done_i, busy_i || start_q};
      RegJobsDone:        value = {16'd0, jobs_done_i};
      RegInterruptEnable: value = {31'd0, irq_enable_q};
      RegXAddressLow:     value = job_q.x_address[31:0];
      RegXAddressHigh:    value = {24'd0, job_q.x_address[39:32]};
      RegWAddressLow:     value = job_q.w_address[31:0];
      RegWAddressHigh:    value = {24'd0, job_q.w_address[39:32]};
      RegYAddressLow:     value = job_q.y_address[31:0];
      RegYAddressHigh:    value = {24'd0, job_q.y_address[39:32]};
      RegMAddressLow:     value = job_q.m_address[31:0];
      RegMAddressHigh:    value = {24'd0, job_q.m_address[39:32]};
      RegYStride:         value = job_q.y_stride;
      RegTokens:          value = {16'd0, job_q.tokens};
      RegNTiles:          value = {16'd0, job_q.n_tiles};
      RegKTiles:          value = {16'd0, job_q.k_tiles};
      RegLastRows:        value = {16'd0, job_q.last_rows};
      RegTokenBlock:      value = {16'd0, job_q.token_block};
      RegActivationSlice: value = {16'd0, job_q.activation_slice};
      RegRequantisation:  value = {job_q.row_multipliers, 9'd0, job_q.shift, job_q.multiplier};
      RegDependence:      value = {31'd0, job_q.dependent};
      default: begin
        known = constant[32] || counter_known;
        value = counter_known ? counter_value : constant[31:0];
      end
    endcase
  end

  logic read;
  assign read          = arvalid_i && !rvalid_q;
  assign rvalid_d      = read || (rvalid_q && !rready_i);
  assign rdata_d       = read ? value : rdata_q;
  assign rresp_error_d = read ? !known : rresp_error_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      job_q         <= '0;
      irq_enable_q  <= 1'b0;
      start_q       <= 1'b0;
      acknowledge_q <= 1'b0;
      soft_reset_q  <= 1'b0;
      aw_full_q     <= 1'b0;
      w_full_q      <= 1'b0;
      awaddr_q      <= '0;
      wdata_q       <= '0;
      wstrb_q       <= '0;
      bvalid_q      <= 1'b0;
      bresp_error_q <= 1'b0;
      rvalid_q      <= 1'b0;
      rresp_error_q <= 1'b0;
      rdata_q       <= '0;
    end else begin
      job_q         <= job_d;
      irq_enable_q  <= irq_enable_d;
      start_q       <= start_d;
      acknowledge_q <= acknowledge_d;
      soft_reset_q  <= soft_reset_d;
      aw_full_q     <= aw_full_d;
      w_full_q      <= w_full_d;
      awaddr_q      <= awaddr_d;
      wdata_q       <= wdata_d;
      wstrb_q       <= wstrb_d;
      bvalid_q      <= bvalid_d;
      bresp_error_q <= bresp_error_d;
      rvalid_q      <= rvalid_d;
      rresp_error_q <= rresp_error_d;
      rdata_q       <= rdata_d;
    end
  end

  assign awready_o     = !aw_full_q;
  assign wready_o      = !w_full_q;
  assign bvalid_o      = bvalid_q;
  assign bresp_o       = bresp_error_q ? RespSlverr : RespOkay;
  assign arready_o     = !rvalid_q;
  assign rvalid_o      = rvalid_q;
  assign rresp_o       = rresp_error_q ? RespSlverr : RespOkay;
  assign rdata_o       = rdata_q;
  assign start_o       = start_q;
  assign acknowledge_o = acknowledge_q;
  assign soft_reset_o  = soft_reset_q;
  assign job_o         = job_q;
  assign irq_o         = done_i && irq_enable_q;

endmodule : setun_control_registers
