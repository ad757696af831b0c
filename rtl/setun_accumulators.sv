// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Adds the tree sums of one token over its k-tiles, and keeps its partial sums between chunks.
//
// A running sum starts at zero, or at the stored partial sum when the chunk is not the first of
// its n-tile; after the last k-tile of a chunk it is stored, or passed on when it is finished.

module setun_accumulators #(
  parameter int unsigned Rows     = 16,
  parameter int unsigned SumWidth = 15,
  /// Bits of a partial sum.
  parameter int unsigned AccWidth = 23,
  /// Tokens whose partial sums can be kept.
  parameter int unsigned Depth    = 32
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  /// The operand whose sum arrives in the next cycle; its partial sum is fetched now.
  input  setun_pkg::op_t                next_op_i,
  /// The operand whose sum is at sums_i.
  input  setun_pkg::op_t                op_i,
  input  logic [Rows-1:0][SumWidth-1:0] sums_i,
  /// A finished result: pushed in this cycle.
  output logic                          result_valid_o,
  output logic [Rows-1:0][AccWidth-1:0] result_o,
  /// The running sums, for the probe.
  output logic [Rows-1:0][AccWidth-1:0] acc_o,
  /// Events.
  output logic                          read_o,
  output logic                          write_o
);

  localparam int unsigned AddrWidth = (Depth > 1) ? $clog2(Depth) : 1;

  logic [Rows-1:0][AccWidth-1:0] acc_d, acc_q, stored;
  logic                          forward_d, forward_q;

  assign read_o  = next_op_i.valid && next_op_i.first && next_op_i.resume;
  assign write_o = op_i.valid && op_i.last && !op_i.emit;

  // A read in the cycle of the write to the same token would miss it; the value is in acc_q.
  assign forward_d = read_o && write_o && next_op_i.token == op_i.token;

  setun_ram_1r1w #(
    .Width(Rows * AccWidth),
    .Depth(Depth)
  ) u_ram (
    .clk_i,
    .wr_en_i  (write_o),
    .wr_addr_i(AddrWidth'(op_i.token)),
    .wr_data_i(acc_d),
    .rd_en_i  (read_o),
    .rd_addr_i(AddrWidth'(next_op_i.token)),
    .rd_data_o(stored)
  );

  always_comb begin
    for (int row = 0; row < Rows; row++) begin
      automatic logic [AccWidth-1:0] start;
      if (!op_i.first || forward_q) start = acc_q[row];
      else if (op_i.resume) start = stored[row];
      else start = '0;
      acc_d[row] = start + AccWidth'($signed(sums_i[row]));
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
