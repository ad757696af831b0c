// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Adds the tree sums of one token over its k-tiles, and keeps its partial sums between chunks.
//
// A running sum starts at zero, or at the stored partial sum when the chunk is not the first of
// its n-tile; after the last k-tile of a chunk it is stored, or passed on when it is finished.
// With the weight_stationary dataflow both happen with every k-tile. A sum that does not fit wraps.

module setun_accumulators #(
  /// Sums that arrive at once: of all rows, and of all tokens that share a weight word.
  parameter  int unsigned Sums          = 16,
  parameter  int unsigned SumWidth      = 15,
  /// Bits of a partial sum.
  parameter  int unsigned AccWidth      = 23,
  /// Sums may be too large for a partial sum.
  parameter  bit          MayOverflow   = 1'b0,
  /// Groups of tokens whose partial sums can be kept.
  parameter  int unsigned Depth         = 32,
  /// Tokens of a group, as a power of two.
  parameter  int unsigned TokenBits     = 0,
  localparam int unsigned OverflowWidth = $clog2(Sums + 1)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  /// The operand whose sum arrives in the next cycle; its partial sum is fetched now.
  input  setun_pkg::op_t                next_op_i,
  /// The operand whose sum is at sums_i.
  input  setun_pkg::op_t                op_i,
  input  logic [Sums-1:0][SumWidth-1:0] sums_i,
  /// A finished result: pushed in this cycle.
  output logic                          result_valid_o,
  output logic [Sums-1:0][AccWidth-1:0] result_o,
  /// The running sums, for the probe.
  output logic [Sums-1:0][AccWidth-1:0] acc_o,
  /// Events.
  output logic                          read_o,
  output logic                          write_o,
  /// Sums that wrapped.
  output logic [OverflowWidth-1:0]      overflows_o
);

  localparam int unsigned AddrWidth = (Depth > 1) ? $clog2(Depth) : 1;

  // Holds any start plus any sum.
  localparam int unsigned FullWidth = ((AccWidth > SumWidth) ? AccWidth : SumWidth) + 1;

  logic [Sums-1:0][AccWidth-1:0] acc_d, acc_q, stored;
  logic [Sums-1:0]               overflow;
  logic                          forward_d, forward_q;

  assign read_o  = next_op_i.valid && next_op_i.first && next_op_i.resume;
  assign write_o = op_i.valid && op_i.last && !op_i.emit;

  // A read in the cycle of the write to the same token would miss it; the value is in acc_q.
  assign forward_d = read_o && write_o && next_op_i.token == op_i.token;

  setun_ram_1r1w #(
    .Width(Sums * AccWidth),
    .Depth(Depth)
  ) u_ram (
    .clk_i,
    .wr_en_i  (write_o),
    .wr_addr_i(AddrWidth'(op_i.token >> TokenBits)),
    .wr_data_i(acc_d),
    .rd_en_i  (read_o),
    .rd_addr_i(AddrWidth'(next_op_i.token >> TokenBits)),
    .rd_data_o(stored)
  );

  always_comb begin
    for (int index = 0; index < Sums; index++) begin
      automatic logic [AccWidth-1:0]  start;
      automatic logic [FullWidth-1:0] full;
      if (!op_i.first || forward_q) start = acc_q[index];
      else if (op_i.resume) start = stored[index];
      else start = '0;
      full = FullWidth'($signed(start)) + FullWidth'($signed(sums_i[index]));
      acc_d[index]    = AccWidth'(full);
      overflow[index] = full != FullWidth'($signed(acc_d[index]));
    end
  end

  always_comb begin
    overflows_o = '0;
    for (int index = 0; index < Sums; index++) begin
      overflows_o += OverflowWidth'(MayOverflow && op_i.valid && overflow[index]);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      acc_q     <= '0;
      forward_q <= 1'b0;
    end else begin
      forward_q <= forward_d;
      if (op_i.valid) acc_q <= acc_d;
    end
  end

  assign result_valid_o = op_i.valid && op_i.last && op_i.emit;
  assign result_o       = acc_d;
  assign acc_o          = acc_q;

endmodule : setun_accumulators
