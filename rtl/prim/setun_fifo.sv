// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// A first-in first-out queue whose head is visible without a pop.
//
// The owner never pushes when full nor pops when empty: every queue of the accelerator is guarded
// by credits or by its own count.

`include "setun_assert.svh"

module setun_fifo #(
  /// Bits of an entry.
  parameter  int unsigned Width      = 8,
  /// Entries; any positive number.
  parameter  int unsigned Depth      = 4,
  /// Bits of the count. Derived; do not override.
  localparam int unsigned CountWidth = $clog2(Depth + 1)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  /// Empties the queue; wins over push and pop.
  input  logic                  clear_i,
  input  logic                  push_i,
  input  logic [Width-1:0]      data_i,
  input  logic                  pop_i,
  /// The oldest entry; meaningful while count_o is not zero.
  output logic [Width-1:0]      data_o,
  output logic [CountWidth-1:0] count_o
);

  localparam int unsigned PtrWidth = (Depth > 1) ? $clog2(Depth) : 1;

  logic [Width-1:0]      entries [Depth];
  logic [PtrWidth-1:0]   wr_ptr_q, rd_ptr_q;
  logic [CountWidth-1:0] count_q;

  function automatic logic [PtrWidth-1:0] next(input logic [PtrWidth-1:0] ptr);
    return (ptr == PtrWidth'(Depth - 1)) ? '0 : ptr + PtrWidth'(1);
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wr_ptr_q <= '0;
      rd_ptr_q <= '0;
      count_q  <= '0;
    end else if (clear_i) begin
      wr_ptr_q <= '0;
      rd_ptr_q <= '0;
      count_q  <= '0;
    end else begin
      if (push_i) wr_ptr_q <= next(wr_ptr_q);
      if (pop_i) rd_ptr_q <= next(rd_ptr_q);
      if (push_i && !pop_i) count_q <= count_q + CountWidth'(1);
      if (pop_i && !push_i) count_q <= count_q - CountWidth'(1);
    end
  end

  // Entries carry no reset: the count says which of them mean something.
  always_ff @(posedge clk_i) begin
    if (push_i) entries[wr_ptr_q] <= data_i;
  end

  assign data_o  = entries[rd_ptr_q];
  assign count_o = count_q;

  `ASSERT(NeverOverflows_A, push_i && !pop_i |-> count_q != CountWidth'(Depth))
  `ASSERT(NeverUnderflows_A, pop_i |-> count_q != '0)

endmodule : setun_fifo
