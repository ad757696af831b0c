// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The queue of finished results between the accumulators and the store unit.
//
// A result's address is known when its last operand is issued, its sums some cycles later; both
// queues fill in the same order, and the controller's credits bound both.

module setun_output_stage #(
  parameter  int unsigned Rows       = 16,
  parameter  int unsigned AccWidth   = 23,
  /// Results that can wait.
  parameter  int unsigned Depth      = 4,
  localparam int unsigned CountWidth = $clog2(Depth + 1)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          clear_i,

  input  logic                          address_valid_i,
  input  logic [39:0]                   address_i,
  /// The result belongs to the last n-tile, of which not every row may exist.
  input  logic                          last_tile_i,
  input  logic                          result_valid_i,
  input  logic [Rows-1:0][AccWidth-1:0] result_i,

  /// A result is at the head.
  output logic                          valid_o,
  output logic [39:0]                   address_o,
  output logic                          last_tile_o,
  /// The sums, sign-extended.
  output logic [Rows-1:0][31:0]         rows_o,
  input  logic                          pop_i,

  // State for the probe.
  output logic [CountWidth-1:0]         count_o
);

  logic [Rows-1:0][AccWidth-1:0] head;
  logic [CountWidth-1:0]         unused_address_count;

  setun_fifo #(
    .Width(41),
    .Depth(Depth)
  ) u_addresses (
    .clk_i,
    .rst_ni,
    .clear_i,
    .push_i (address_valid_i),
    .data_i ({last_tile_i, address_i}),
    .pop_i,
    .data_o ({last_tile_o, address_o}),
    .count_o(unused_address_count)
  );

  setun_fifo #(
    .Width(Rows * AccWidth),
    .Depth(Depth)
  ) u_results (
    .clk_i,
    .rst_ni,
    .clear_i,
    .push_i (result_valid_i),
    .data_i (result_i),
    .pop_i,
    .data_o (head),
    .count_o(count_o)
  );

  for (genvar row = 0; row < Rows; row++) begin : gen_row
    assign rows_o[row] = 32'($signed(head[row]));
  end

  assign valid_o = count_o != '0;

endmodule : setun_output_stage
