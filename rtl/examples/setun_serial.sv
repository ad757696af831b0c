// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// A design of one's own: the same jobs from the same registers and memory layouts, one product at
// a time. It has the ports that `setun verify` needs and none of those it can do without:
//
//   setun verify --architecture tiny --rtl rtl/examples/setun_serial.sv --top setun_serial
//
// Reads and writes single beats, keeps the last beat of each operand, counts nothing, and takes
// any descriptor for a good one. For two_bit weights, one token per weight and int32 results.

module setun_serial
  import setun_config_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,
  output logic                    irq_o,

  output logic [AddressWidth-1:0] m_axi_araddr,
  output logic                    m_axi_arvalid,
  input  logic                    m_axi_arready,
  input  logic [8*BusBytes-1:0]   m_axi_rdata,
  input  logic [1:0]              m_axi_rresp,
  input  logic                    m_axi_rvalid,
  output logic [AddressWidth-1:0] m_axi_awaddr,
  output logic                    m_axi_awvalid,
  input  logic                    m_axi_awready,
  output logic [8*BusBytes-1:0]   m_axi_wdata,
  output logic [BusBytes-1:0]     m_axi_wstrb,
  output logic                    m_axi_wvalid,
  input  logic                    m_axi_wready,
  input  logic [1:0]              m_axi_bresp,
  input  logic                    m_axi_bvalid,

  input  logic [11:0]             s_axil_awaddr,
  input  logic                    s_axil_awvalid,
  output logic                    s_axil_awready,
  input  logic [31:0]             s_axil_wdata,
  input  logic                    s_axil_wvalid,
  output logic                    s_axil_wready,
  output logic                    s_axil_bvalid,
  input  logic                    s_axil_bready,
  input  logic [11:0]             s_axil_araddr,
  input  logic                    s_axil_arvalid,
  output logic                    s_axil_arready,
  output logic [31:0]             s_axil_rdata,
  output logic                    s_axil_rvalid,
  input  logic                    s_axil_rready
);

  localparam int unsigned BeatBits   = 8 * BusBytes;
  localparam int unsigned OffsetBits = $clog2(BusBytes);
  // Bytes in memory of a word of X, of W and of a tile of Y.
  localparam int unsigned XBytes = (Lanes + BusBytes - 1) / BusBytes * BusBytes;
  localparam int unsigned WBytes = (2 * Rows * Lanes + BeatBits - 1) / BeatBits * BusBytes;
  localparam int unsigned YBytes = (4 * Rows + BusBytes - 1) / BusBytes * BusBytes;

  typedef enum logic [2:0] {Idle, Multiply, Read, ReadData, Write, WriteEnd} state_e;

  // --- Registers ----------------------------------------------------------------------------

  // Offsets 0x100 to 0x1ff as they were written.
  logic [31:0] registers_q [64];
  logic        aw_full_q, w_full_q, start, acknowledge, soft_reset, done_q, abandoned_q;
  logic [11:0] aw_address_q;
  logic [31:0] w_data_q;
  logic [7:0]  error_q;
  state_e      state_q;

  function automatic logic [31:0] value(input logic [11:0] offset);
    return registers_q[offset[7:2]];
  endfunction

  /// A 40-bit address; its high word follows the low one.
  function automatic logic [39:0] address(input logic [11:0] low);
    return {8'(registers_q[low[7:2] + 6'd1]), registers_q[low[7:2]]};
  endfunction

  assign s_axil_awready = !aw_full_q;
  assign s_axil_wready  = !w_full_q;
  assign s_axil_arready = !s_axil_rvalid;
  assign start       = aw_full_q && w_full_q && aw_address_q == RegControl && w_data_q[0];
  assign acknowledge = aw_full_q && w_full_q && aw_address_q == RegControl && w_data_q[1];
  assign soft_reset  = aw_full_q && w_full_q && aw_address_q == RegControl && w_data_q[2];
  assign irq_o       = done_q && registers_q[RegInterruptEnable[7:2]][0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_full_q     <= 1'b0;
      w_full_q      <= 1'b0;
      s_axil_bvalid <= 1'b0;
      s_axil_rvalid <= 1'b0;
      s_axil_rdata  <= '0;
      aw_address_q  <= '0;
      w_data_q      <= '0;
      for (int i = 0; i < 64; i++) registers_q[i] <= '0;
    end else begin
      if (s_axil_awvalid && s_axil_awready) begin
        aw_full_q    <= 1'b1;
        aw_address_q <= s_axil_awaddr;
      end
      if (s_axil_wvalid && s_axil_wready) begin
        w_full_q <= 1'b1;
        w_data_q <= s_axil_wdata;
      end
      if (s_axil_bready) s_axil_bvalid <= 1'b0;
      if (aw_full_q && w_full_q) begin
        aw_full_q     <= 1'b0;
        w_full_q      <= 1'b0;
        s_axil_bvalid <= 1'b1;
        if (aw_address_q[11:8] == 4'h1) registers_q[aw_address_q[7:2]] <= w_data_q;
      end
      if (s_axil_rready) s_axil_rvalid <= 1'b0;
      if (s_axil_arvalid && s_axil_arready) begin
        s_axil_rvalid <= 1'b1;
        s_axil_rdata  <= (s_axil_araddr == RegStatus)
          ? {16'd0, error_q, 6'd0, done_q, state_q != Idle} : '0;
      end
    end
  end

  // --- The product at hand ------------------------------------------------------------------

  logic [15:0]         token_q, n_tile_q, row_q, k_tile_q, lane_q;
  logic signed [31:0]  sum_q, product;
  logic [39:0]         x_address, w_address, y_address, x_tag_q, w_tag_q, trit;
  logic [BeatBits-1:0] x_beat_q, w_beat_q;
  logic                x_valid_q, w_valid_q, illegal;
  logic signed [ActivationBits-1:0] x;
  logic [1:0]          w;
  logic                last_lane, last_k_tile, last_row, last_n_tile, exists;

  function automatic logic [39:0] beat(input logic [39:0] byte_address);
    return byte_address & ~(40'(BusBytes) - 40'd1);
  endfunction

  assign trit      = 40'(row_q) * 40'(Lanes) + 40'(lane_q);
  assign x_address = address(RegXAddressLow) + 40'(lane_q) +
    (40'(token_q) * 40'(value(RegKTiles)) + 40'(k_tile_q)) * 40'(XBytes);
  assign w_address = address(RegWAddressLow) + (trit >> 2) +
    (40'(n_tile_q) * 40'(value(RegKTiles)) + 40'(k_tile_q)) * 40'(WBytes);
  assign y_address = address(RegYAddressLow) + (40'(row_q) << 2) +
    40'(token_q) * 40'(value(RegYStride)) + 40'(n_tile_q) * 40'(YBytes);

  assign x       = x_beat_q[{x_address[OffsetBits-1:0], 3'd0} +: ActivationBits];
  assign w       = w_beat_q[{w_address[OffsetBits-1:0], trit[1:0], 1'b0} +: 2];
  assign product = w[0] ? (w[1] ? -32'(x) : 32'(x)) : '0;
  assign illegal = |(w_beat_q & ~(w_beat_q << 1) & {BusBytes{8'hAA}});

  assign last_lane   = lane_q == 16'(Lanes - 1);
  assign last_k_tile = 32'(k_tile_q) == value(RegKTiles) - 1;
  assign last_row    = row_q == 16'(Rows - 1);
  assign last_n_tile = 32'(n_tile_q) == value(RegNTiles) - 1;
  assign exists      = !last_n_tile || 32'(row_q) < value(RegLastRows);

  // --- One step after the other -------------------------------------------------------------

  assign m_axi_arvalid = state_q == Read;
  assign m_axi_araddr  = beat(x_valid_q && x_tag_q == beat(x_address) ? w_address : x_address);
  assign m_axi_wdata   = BeatBits'(unsigned'(sum_q)) << {y_address[OffsetBits-1:0], 3'd0};
  assign m_axi_wstrb   = BusBytes'(4'hF) << y_address[OffsetBits-1:0];
  assign m_axi_awaddr  = beat(y_address);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q       <= Idle;
      done_q        <= 1'b0;
      abandoned_q   <= 1'b0;
      error_q       <= ErrorNone;
      m_axi_awvalid <= 1'b0;
      m_axi_wvalid  <= 1'b0;
      {x_valid_q, w_valid_q, x_tag_q, w_tag_q, x_beat_q, w_beat_q} <= '0;
      {token_q, n_tile_q, row_q, k_tile_q, lane_q, sum_q} <= '0;
    end else begin
      if (acknowledge) {done_q, error_q} <= '0;
      if (m_axi_awready) m_axi_awvalid <= 1'b0;
      if (m_axi_wready) m_axi_wvalid <= 1'b0;
      unique case (state_q)
        Idle: if (start) begin
          state_q <= Multiply;
          {x_valid_q, w_valid_q} <= '0;
          {token_q, n_tile_q, row_q, k_tile_q, lane_q, sum_q} <= '0;
        end
        Multiply: begin
          if (!x_valid_q || x_tag_q != beat(x_address) || !w_valid_q ||
              w_tag_q != beat(w_address)) begin
            state_q <= Read;
          end else if (illegal) begin
            finish(ErrorWeightCode);
          end else begin
            sum_q    <= sum_q + product;
            lane_q   <= last_lane ? '0 : lane_q + 16'd1;
            k_tile_q <= last_lane ? (last_k_tile ? '0 : k_tile_q + 16'd1) : k_tile_q;
            if (last_lane && last_k_tile) begin
              state_q       <= Write;
              m_axi_awvalid <= exists;
              m_axi_wvalid  <= exists;
            end
          end
        end
        Read: if (m_axi_arready) state_q <= ReadData;
        ReadData: if (m_axi_rvalid) begin
          if (m_axi_araddr == beat(x_address) && !(x_valid_q && x_tag_q == beat(x_address))) begin
            {x_valid_q, x_tag_q, x_beat_q} <= {1'b1, m_axi_araddr, m_axi_rdata};
          end else begin
            {w_valid_q, w_tag_q, w_beat_q} <= {1'b1, m_axi_araddr, m_axi_rdata};
          end
          state_q <= Multiply;
          if (m_axi_rresp[1]) finish(ErrorRead);
        end
        Write: if (!exists || m_axi_bvalid) begin
          if (exists && m_axi_bresp[1]) finish(ErrorWrite);
          else state_q <= WriteEnd;
        end
        WriteEnd: begin
          state_q  <= Multiply;
          sum_q    <= '0;
          row_q    <= last_row ? '0 : row_q + 16'd1;
          n_tile_q <= last_row ? (last_n_tile ? '0 : n_tile_q + 16'd1) : n_tile_q;
          if (last_row && last_n_tile) begin
            token_q <= token_q + 16'd1;
            if (32'(token_q) == value(RegTokens) - 1) finish(ErrorNone);
          end
        end
        default: state_q <= Idle;
      endcase
      // A soft reset waits for what is under way on the bus.
      if (soft_reset && state_q != Idle) abandoned_q <= 1'b1;
      if (abandoned_q && state_q inside {Idle, Multiply, WriteEnd}) begin
        state_q     <= Idle;
        abandoned_q <= 1'b0;
        {done_q, error_q} <= '0;
        {m_axi_awvalid, m_axi_wvalid} <= '0;
      end
    end
  end

  // Ends the job; the last assignments of a cycle win.
  task automatic finish(input error_e error);
    state_q <= Idle;
    done_q  <= 1'b1;
    error_q <= error;
  endtask

endmodule : setun_serial
