// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// A memory with one write port and one registered read port, as SRAM macros have them.
//
// A read returns what was stored before the clock edge that samples its address. Contents are
// undefined until written.

module setun_ram_1r1w #(
  /// Bits of a word.
  parameter  int unsigned Width     = 32,
  /// Words.
  parameter  int unsigned Depth     = 16,
  /// Bits of an address. Derived; do not override.
  localparam int unsigned AddrWidth = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic                 clk_i,
  input  logic                 wr_en_i,
  input  logic [AddrWidth-1:0] wr_addr_i,
  input  logic [Width-1:0]     wr_data_i,
  input  logic                 rd_en_i,
  input  logic [AddrWidth-1:0] rd_addr_i,
  /// The word read by the last enabled read.
  output logic [Width-1:0]     rd_data_o
);

  logic [Width-1:0] words [Depth];

  always_ff @(posedge clk_i) begin
    if (wr_en_i) words[wr_addr_i] <= wr_data_i;
    if (rd_en_i) rd_data_o <= words[rd_addr_i];
  end

endmodule : setun_ram_1r1w
