// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The longest legal AXI4 INCR burst from an address: as many beats as are left, at most 256, and
// never across a 4 KiB boundary.

module setun_burst_length #(
  /// Bytes of a beat; a power of two.
  parameter int unsigned BusBytes = 16
) (
  /// Bits 11:0 of the first address; a multiple of BusBytes.
  input  logic [11:0] addr_i,
  /// Beats still to be transferred; at least 1.
  input  logic [31:0] beats_left_i,
  /// Beats of the burst, 1 to 256.
  output logic [8:0]  beats_o
);

  localparam int unsigned Shift    = $clog2(BusBytes);
  localparam int unsigned PageBits = 12 - Shift;

  logic [PageBits:0] to_boundary;
  logic [8:0]        limit;

  // The byte offset within a beat is zero by contract.
  logic unused_offset;
  assign unused_offset = ^addr_i[Shift-1:0];

  assign to_boundary = {1'b1, PageBits'(0)} - {1'b0, addr_i[11:Shift]};
  assign limit       = (32'(to_boundary) < 32'd256) ? 9'(to_boundary) : 9'd256;
  assign beats_o     = (beats_left_i < 32'(limit)) ? 9'(beats_left_i) : limit;

endmodule : setun_burst_length
