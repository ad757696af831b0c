// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Five trits from a byte in base 3, lowest digit first: digit 0 is 0, 1 is +1, 2 is -1.
//
// A quotient by 3 of n bits is a product with 171 / 512, exact below 512: two shifts and adds a
// digit, narrower from digit to digit.

module setun_trit_decoder (
  input  logic [7:0] byte_i,
  /// Two bits a trit: 00 is 0, 01 is +1, 11 is -1.
  output logic [9:0] trits_o,
  /// The byte is 243 or more.
  output logic       illegal_o
);

  always_comb begin
    automatic logic [7:0]  rest = byte_i;
    automatic logic [15:0] product;
    automatic logic [7:0]  quotient;
    automatic logic [1:0]  digit;
    for (int index = 0; index < 5; index++) begin
      product  = 16'(rest) * 16'd171;
      quotient = 8'(product >> 9);
      digit    = 2'(rest - 8'd3 * quotient);
      trits_o[2*index +: 2] = {digit[1], digit[1] | digit[0]};
      rest = quotient;
    end
  end

  assign illegal_o = byte_i >= 8'd243;

endmodule : setun_trit_decoder
