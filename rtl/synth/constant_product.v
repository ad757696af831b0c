// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// A product with an unsigned constant as a sum of shifts, for Yosys's techmap.
//
// The flows for FPGAs would spend a multiplier on each, which the vendors' tools do not.

(* techmap_celltype = "$mul" *)
module setun_constant_product #(
  parameter A_SIGNED = 0,
  parameter B_SIGNED = 0,
  parameter A_WIDTH  = 1,
  parameter B_WIDTH  = 1,
  parameter Y_WIDTH  = 1,
  // What techmap knows of the operands.
  parameter [A_WIDTH-1:0] _TECHMAP_CONSTMSK_A_ = 0,
  parameter [A_WIDTH-1:0] _TECHMAP_CONSTVAL_A_ = 0,
  parameter [B_WIDTH-1:0] _TECHMAP_CONSTMSK_B_ = 0,
  parameter [B_WIDTH-1:0] _TECHMAP_CONSTVAL_B_ = 0
) (
  input  [A_WIDTH-1:0] A,
  input  [B_WIDTH-1:0] B,
  output [Y_WIDTH-1:0] Y
);
  wire _TECHMAP_FAIL_ =
    A_SIGNED || B_SIGNED || !(&_TECHMAP_CONSTMSK_A_ || &_TECHMAP_CONSTMSK_B_);

  wire [Y_WIDTH-1:0] factor = &_TECHMAP_CONSTMSK_B_ ? A : B;
  localparam [Y_WIDTH-1:0] Constant =
    &_TECHMAP_CONSTMSK_B_ ? _TECHMAP_CONSTVAL_B_ : _TECHMAP_CONSTVAL_A_;

  // The sum over the places below each place.
  wire [(Y_WIDTH+1)*Y_WIDTH-1:0] sums;
  assign sums[0 +: Y_WIDTH] = 0;
  genvar place;
  generate
    for (place = 0; place < Y_WIDTH; place = place + 1) begin : gen_place
      if (Constant[place]) begin : gen_add
        assign sums[(place+1)*Y_WIDTH +: Y_WIDTH] =
          sums[place*Y_WIDTH +: Y_WIDTH] + (factor << place);
      end else begin : gen_pass
        assign sums[(place+1)*Y_WIDTH +: Y_WIDTH] = sums[place*Y_WIDTH +: Y_WIDTH];
      end
    end
  endgenerate
  assign Y = sums[Y_WIDTH*Y_WIDTH +: Y_WIDTH];
endmodule
