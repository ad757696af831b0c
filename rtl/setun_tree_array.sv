// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows dot products of each of Tokens activation words that share one weight word.
//
// Lane l of row r is trit r * Lanes + l of the weight word. The datapath decides on latency, area
// and energy, never on a sum.
//
// sums_o hold still while no operand arrives. The code 10 never reaches the array: the load unit
// ends the job before. What it would multiply by differs between the datapaths.

`include "setun_assert.svh"

module setun_tree_array
  import setun_tree_pkg::*;
#(
  parameter  setun_config_pkg::datapath_e Datapath       = setun_config_pkg::DatapathXorPopcount,
  parameter  int unsigned Rows           = 16,
  parameter  int unsigned Lanes          = 64,
  /// Bits of an activation, 2 to 8.
  parameter  int unsigned ActivationBits = 8,
  /// Activation words that are multiplied with the same weights.
  parameter  int unsigned Tokens         = 1,
  /// Tree levels between pipeline registers; 0 for none.
  parameter  int unsigned RegisterEvery  = 2,
  /// Activations of zero weights are held at zero before the first gate. Where the weight selects
  /// anyway (split_sign, the lookups, bit_serial) there is no other way, and no difference.
  parameter  bit          ZeroGating     = 1'b1,
  /// Cycles from operands to sums. Derived; do not override.
  localparam int unsigned Latency        =
    tree_latency(Datapath, Lanes, RegisterEvery, ActivationBits),
  /// Bits of a sum. Derived; do not override.
  localparam int unsigned SumWidth       = sum_width(Lanes, ActivationBits)
) (
  input  logic                                       clk_i,
  input  logic                                       rst_ni,
  /// Bit s: an operand entered s cycles ago. In bit_serial it holds still at the inputs from bit 0
  /// to bit ActivationBits - 1, and the next one enters after that.
  input  logic [Latency-1:0]                         valid_i,
  input  logic [Rows*Lanes*2-1:0]                    weights_i,
  input  logic [Tokens-1:0][Lanes*ActivationBits-1:0] activations_i,
  output logic [Tokens-1:0][Rows-1:0][SumWidth-1:0]  sums_o
);

  for (genvar token = 0; token < Tokens; token++) begin : gen_token
    if (group_size(Datapath) > 1) begin : gen_lookup
      setun_tree_lookup #(
        .Rows         (Rows),
        .Lanes        (Lanes),
        .ActivationBits(ActivationBits),
        .Group        (group_size(Datapath)),
        .RegisterEvery(RegisterEvery)
      ) u_tree (
        .clk_i,
        .rst_ni,
        .valid_i,
        .weights_i,
        .activations_i(activations_i[token]),
        .sums_o       (sums_o[token])
      );
    end else if (Datapath == setun_config_pkg::DatapathBitSerial) begin : gen_bit_serial
      // One bit of each activation, the sign bit when the operand enters.
      logic [Lanes-1:0] bits;

      always_comb begin
        for (int lane = 0; lane < Lanes; lane++) begin
          bits[lane] = 1'b0;
          for (int age = 0; age < ActivationBits; age++) begin
            bits[lane] |= valid_i[age]
              & activations_i[token][ActivationBits*(lane + 1) - 1 - age];
          end
        end
      end

      for (genvar row = 0; row < Rows; row++) begin : gen_row
        setun_tree_bit_serial #(
          .Lanes        (Lanes),
          .ActivationBits(ActivationBits),
          .RegisterEvery(RegisterEvery)
        ) u_tree (
          .clk_i,
          .rst_ni,
          .valid_i,
          .weights_i(weights_i[row*Lanes*2 +: Lanes*2]),
          .bits_i   (bits),
          .sum_o    (sums_o[token][row])
        );
      end
    end else if (Datapath == setun_config_pkg::DatapathXorPopcount) begin : gen_xor_popcount
      for (genvar row = 0; row < Rows; row++) begin : gen_row
        setun_tree_xor_popcount #(
          .Lanes        (Lanes),
          .ActivationBits(ActivationBits),
          .RegisterEvery(RegisterEvery),
          .ZeroGating   (ZeroGating)
        ) u_tree (
          .clk_i,
          .rst_ni,
          .valid_i,
          .weights_i    (weights_i[row*Lanes*2 +: Lanes*2]),
          .activations_i(activations_i[token]),
          .sum_o        (sums_o[token][row])
        );
      end
    end else if (Datapath == setun_config_pkg::DatapathCarrySave) begin : gen_carry_save
      for (genvar row = 0; row < Rows; row++) begin : gen_row
        setun_tree_carry_save #(
          .Lanes        (Lanes),
          .ActivationBits(ActivationBits),
          .RegisterEvery(RegisterEvery),
          .ZeroGating   (ZeroGating)
        ) u_tree (
          .clk_i,
          .rst_ni,
          .valid_i,
          .weights_i    (weights_i[row*Lanes*2 +: Lanes*2]),
          .activations_i(activations_i[token]),
          .sum_o        (sums_o[token][row])
        );
      end
    end else if (Datapath == setun_config_pkg::DatapathCarryIn) begin : gen_carry_in
      for (genvar row = 0; row < Rows; row++) begin : gen_row
        setun_tree_carry_in #(
          .Lanes        (Lanes),
          .ActivationBits(ActivationBits),
          .RegisterEvery(RegisterEvery),
          .ZeroGating   (ZeroGating)
        ) u_tree (
          .clk_i,
          .rst_ni,
          .valid_i,
          .weights_i    (weights_i[row*Lanes*2 +: Lanes*2]),
          .activations_i(activations_i[token]),
          .sum_o        (sums_o[token][row])
        );
      end
    end else if (Datapath == setun_config_pkg::DatapathNegate) begin : gen_negate
      for (genvar row = 0; row < Rows; row++) begin : gen_row
        setun_tree_negate #(
          .Lanes        (Lanes),
          .ActivationBits(ActivationBits),
          .RegisterEvery(RegisterEvery),
          .ZeroGating   (ZeroGating)
        ) u_tree (
          .clk_i,
          .rst_ni,
          .valid_i,
          .weights_i    (weights_i[row*Lanes*2 +: Lanes*2]),
          .activations_i(activations_i[token]),
          .sum_o        (sums_o[token][row])
        );
      end
    end else if (Datapath == setun_config_pkg::DatapathSplitSign) begin : gen_split_sign
      for (genvar row = 0; row < Rows; row++) begin : gen_row
        setun_tree_split_sign #(
          .Lanes        (Lanes),
          .ActivationBits(ActivationBits),
          .RegisterEvery(RegisterEvery)
        ) u_tree (
          .clk_i,
          .rst_ni,
          .valid_i,
          .weights_i    (weights_i[row*Lanes*2 +: Lanes*2]),
          .activations_i(activations_i[token]),
          .sum_o        (sums_o[token][row])
        );
      end
    end else if (Datapath == setun_config_pkg::DatapathInt8Mac) begin : gen_int8_mac
      for (genvar row = 0; row < Rows; row++) begin : gen_row
        logic [Lanes*8-1:0]                             weights;
        logic [$clog2(2**(ActivationBits+6)*Lanes+1):0] sum;

        always_comb begin
          for (int lane = 0; lane < Lanes; lane++) begin
            weights[8*lane +: 8] = 8'(signed'(weights_i[(row*Lanes + lane)*2 +: 2]));
          end
        end

        setun_tree_int8_mac #(
          .Lanes        (Lanes),
          .ActivationBits(ActivationBits),
          .RegisterEvery(RegisterEvery),
          .ZeroGating   (ZeroGating)
        ) u_tree (
          .clk_i,
          .rst_ni,
          .valid_i,
          .weights_i    (weights),
          .activations_i(activations_i[token]),
          .sum_o        (sum)
        );

        // Weights are trits: the sum fits.
        assign sums_o[token][row] = sum[SumWidth-1:0];
      end
    end else begin : gen_unknown
      `ASSERT_INIT(DatapathKnown_A, 1'b0)
    end
  end

endmodule : setun_tree_array
