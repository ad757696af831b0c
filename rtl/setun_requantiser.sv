// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// From sums to int8: sum * multiplier / 2^shift, rounded half to even, saturated to -128...127.
//
// Exact: the product is formed whole, and only then rounded. Two cycles, one result per cycle.

module setun_requantiser #(
  parameter  int unsigned Rows     = 16,
  /// Tokens of a result; rows of all of them share a multiplier.
  parameter  int unsigned Tokens   = 1,
  /// Bits of a sum.
  parameter  int unsigned AccWidth = 23,
  localparam int unsigned Sums     = Tokens * Rows
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  /// What is under way is not wanted.
  input  logic                          clear_i,
  input  logic                          valid_i,
  input  logic [Sums-1:0][AccWidth-1:0] sums_i,
  /// Unsigned; one for each row.
  input  logic [Rows-1:0][15:0]         multipliers_i,
  /// 0 to 47; holds still from a result's sums to its values.
  input  logic [5:0]                    shift_i,
  output logic                          valid_o,
  output logic [Sums-1:0][7:0]          values_o,
  /// Bit s: stage s holds a result.
  output logic [1:0]                    stages_o
);

  // A product with a sign bit and 16 bits of an unsigned multiplier.
  localparam int unsigned ProductWidth = AccWidth + 16;

  logic                              product_valid_q, value_valid_q;
  logic [Sums-1:0][ProductWidth-1:0] product_q;
  logic [Sums-1:0][7:0]              value_d, value_q;

  // Bits of a product below the point, of which the highest is a half.
  logic [ProductWidth-1:0] fraction, half;
  always_comb begin
    for (int bit_index = 0; bit_index < ProductWidth; bit_index++) begin
      fraction[bit_index] = bit_index < 32'(shift_i);
      half[bit_index]     = bit_index + 1 == 32'(shift_i);
    end
  end

  always_comb begin
    for (int index = 0; index < Sums; index++) begin
      automatic logic signed [ProductWidth:0] whole;
      automatic logic [ProductWidth-1:0]      rest;
      whole = (ProductWidth + 1)'($signed(product_q[index])) >>> shift_i;
      rest  = product_q[index] & fraction;
      // Up from more than a half, and from a half to an even value. A shift past the product
      // leaves a fraction below a half, of either sign.
      if (32'(shift_i) > ProductWidth) whole = '0;
      else if (rest > half || (rest == half && half != '0 && whole[0])) whole = whole + 1;
      if (whole > 127) value_d[index] = 8'sd127;
      else if (whole < -128) value_d[index] = -8'sd128;
      else value_d[index] = whole[7:0];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      product_valid_q <= 1'b0;
      value_valid_q   <= 1'b0;
    end else begin
      product_valid_q <= valid_i && !clear_i;
      value_valid_q   <= product_valid_q && !clear_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      for (int token = 0; token < Tokens; token++) begin
        for (int row = 0; row < Rows; row++) begin
          product_q[token*Rows + row] <=
            ProductWidth'($signed(sums_i[token*Rows + row])) * ProductWidth'(multipliers_i[row]);
        end
      end
    end
    if (product_valid_q) value_q <= value_d;
  end

  assign valid_o  = value_valid_q;
  assign values_o = value_q;
  assign stages_o = {value_valid_q, product_valid_q};

endmodule : setun_requantiser
