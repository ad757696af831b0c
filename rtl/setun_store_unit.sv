// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Writes finished results to memory, one beat per cycle.
//
// A result is one n-tile of the tokens that shared a weight word: `rows` values for each token, from
// a beat boundary on and y_stride_i bytes apart. Rows that do not exist, in the last n-tile or in
// the padding of the last beat, are masked by wstrb, and beats without any row are not written.

`include "setun_assert.svh"

module setun_store_unit #(
  parameter  int unsigned Rows        = 16,
  /// Tokens that share a weight word.
  parameter  int unsigned Tokens      = 1,
  /// Bytes of a value.
  parameter  int unsigned ResultBytes = 4,
  parameter  int unsigned BusBytes    = 16,
  /// Bursts that may wait for their response.
  parameter  int unsigned MaxPending  = 15,
  localparam int unsigned OutputBeats = (ResultBytes * Rows + BusBytes - 1) / BusBytes
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  clear_i,
  /// No new burst may be requested.
  input  logic                  abort_i,
  /// No burst is under way.
  output logic                  idle_o,
  /// Rows of the last n-tile that exist: 1 to Rows.
  input  logic [15:0]           last_rows_i,
  input  logic [31:0]           y_stride_i,

  // The head of the result queue.
  input  logic                  valid_i,
  input  logic [39:0]           address_i,
  input  logic                  last_tile_i,
  /// Tokens of the result, less one.
  input  logic [2:0]            extra_tokens_i,
  input  logic [Tokens*Rows-1:0][8*ResultBytes-1:0] rows_i,
  output logic                  pop_o,

  output logic                  write_error_o,

  // AXI4 write channels.
  output logic                  awvalid_o,
  input  logic                  awready_i,
  output logic [39:0]           awaddr_o,
  output logic [7:0]            awlen_o,
  output logic                  wvalid_o,
  input  logic                  wready_i,
  output logic [8*BusBytes-1:0] wdata_o,
  output logic [BusBytes-1:0]   wstrb_o,
  output logic                  wlast_o,
  input  logic                  bvalid_i,
  input  logic [1:0]            bresp_i,

  // State for the probe.
  output logic [2:0]            token_o,
  output logic [15:0]           beat_o,
  output logic [8:0]            burst_left_o,
  output logic [3:0]            pending_o
);

  localparam int unsigned RowsPerBeat = BusBytes / ResultBytes;
  localparam int unsigned ResultBits  = 8 * ResultBytes;

  logic [2:0]            token_d, token_q;
  /// Bytes from the result's first row to the token's.
  logic [39:0]           offset_d, offset_q;
  logic [15:0]           beat_d, beat_q;
  logic [8:0]            burst_left_d, burst_left_q;
  logic [3:0]            pending_d, pending_q;
  logic                  awvalid_d, awvalid_q;
  logic [39:0]           awaddr_d, awaddr_q;
  logic [7:0]            awlen_d, awlen_q;
  logic                  wvalid_d, wvalid_q;
  logic [8*BusBytes-1:0] wdata_d, wdata_q;
  logic [BusBytes-1:0]   wstrb_d, wstrb_q;
  logic                  wlast_d, wlast_q;
  logic                  write_error_q;

  logic [15:0] tile_rows, tile_beats;
  logic [39:0] address;
  logic [8:0]  burst;
  logic        first_beat, go, token_end;

  assign tile_rows  = last_tile_i ? last_rows_i : 16'(Rows);
  assign tile_beats = 16'((32'(tile_rows) + RowsPerBeat - 1) / RowsPerBeat);
  assign address    = address_i + offset_q + 40'(beat_q) * 40'(BusBytes);
  assign first_beat = burst_left_q == '0;

  setun_burst_length #(
    .BusBytes(BusBytes)
  ) u_burst_length (
    .addr_i      (address[11:0]),
    .beats_left_i(32'(tile_beats) - 32'(beat_q)),
    .beats_o     (burst)
  );

  assign go = valid_i && (!wvalid_q || wready_i) &&
              (!first_beat ||
               (!abort_i && (!awvalid_q || awready_i) && pending_q != 4'(MaxPending)));
  assign token_end = go && beat_q == tile_beats - 16'd1;

  if (Tokens > 1) begin : gen_tokens
    assign pop_o    = token_end && token_q == extra_tokens_i;
    assign token_d  = pop_o ? '0 : token_q + 3'(token_end);
    assign offset_d = pop_o ? '0 : offset_q + (token_end ? 40'(y_stride_i) : '0);
  end else begin : gen_single_token
    logic unused_token_inputs;
    assign unused_token_inputs = ^{extra_tokens_i, y_stride_i};
    assign pop_o    = token_end;
    assign token_d  = '0;
    assign offset_d = '0;
  end

  assign beat_d       = token_end ? '0 : beat_q + 16'(go);
  assign burst_left_d = !go ? burst_left_q : (first_beat ? burst : burst_left_q) - 9'd1;
  assign pending_d    = pending_q + 4'(go && first_beat) - 4'(bvalid_i);

  assign awvalid_d = (go && first_beat) || (awvalid_q && !awready_i);
  assign awaddr_d  = (go && first_beat) ? address : awaddr_q;
  assign awlen_d   = (go && first_beat) ? 8'(burst - 9'd1) : awlen_q;
  assign wvalid_d  = go || (wvalid_q && !wready_i);
  assign wlast_d   = go ? burst_left_d == '0 : wlast_q;

  // The rows of each beat; rows past the last one read as zero.
  logic [OutputBeats*RowsPerBeat-1:0][ResultBits-1:0] padded;
  logic [Rows-1:0][ResultBits-1:0]                    token_rows;
  always_comb begin
    token_rows = rows_i[Rows-1:0];
    for (int token = 1; token < Tokens; token++) begin
      if (token_q == 3'(token)) token_rows = rows_i[token*Rows +: Rows];
    end
  end
  assign padded = (ResultBits * OutputBeats * RowsPerBeat)'(token_rows);

  always_comb begin
    wdata_d = wdata_q;
    wstrb_d = wstrb_q;
    if (go) begin
      for (int slot = 0; slot < RowsPerBeat; slot++) begin
        wdata_d[ResultBits*slot +: ResultBits] = '0;
        for (int beat = 0; beat < OutputBeats; beat++) begin
          if (beat_q == 16'(beat)) begin
            wdata_d[ResultBits*slot +: ResultBits] = padded[beat*RowsPerBeat + slot];
          end
        end
        wstrb_d[ResultBytes*slot +: ResultBytes] =
          {ResultBytes{32'(beat_q) * RowsPerBeat + 32'(slot) < 32'(tile_rows)}};
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      token_q       <= '0;
      offset_q      <= '0;
      beat_q        <= '0;
      burst_left_q  <= '0;
      pending_q     <= '0;
      awvalid_q     <= 1'b0;
      awaddr_q      <= '0;
      awlen_q       <= '0;
      wvalid_q      <= 1'b0;
      wdata_q       <= '0;
      wstrb_q       <= '0;
      wlast_q       <= 1'b0;
    end else begin
      token_q       <= clear_i ? '0 : token_d;
      offset_q      <= clear_i ? '0 : offset_d;
      beat_q        <= clear_i ? '0 : beat_d;
      burst_left_q  <= burst_left_d;
      pending_q     <= pending_d;
      awvalid_q     <= awvalid_d;
      awaddr_q      <= awaddr_d;
      awlen_q       <= awlen_d;
      wvalid_q      <= wvalid_d;
      wdata_q       <= wdata_d;
      wstrb_q       <= wstrb_d;
      wlast_q       <= wlast_d;
    end
  end

  // No reset: no job runs in the cycle after one, and the controller looks at it in jobs only.
  always_ff @(posedge clk_i) write_error_q <= bvalid_i && bresp_i[1];

  assign idle_o        = !awvalid_q && !wvalid_q && burst_left_q == '0 && pending_q == '0;
  assign write_error_o = write_error_q;
  assign awvalid_o     = awvalid_q;
  assign awaddr_o      = awaddr_q;
  assign awlen_o       = awlen_q;
  assign wvalid_o      = wvalid_q;
  assign wdata_o       = wdata_q;
  assign wstrb_o       = wstrb_q;
  assign wlast_o       = wlast_q;
  assign token_o       = token_q;
  assign beat_o        = beat_q;
  assign burst_left_o  = burst_left_q;
  assign pending_o     = pending_q;

  `ASSERT(ResponseExpected_A, bvalid_i |-> pending_q != '0)
  `ASSERT(DataHeld_A, wvalid_q && !wready_i |=> wvalid_q && $stable(wdata_q))

endmodule : setun_store_unit
