// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// One checker for each datapath, side by side, for exhaustive.cpp.

module setun_tree_exhaustive
  import setun_config_pkg::*;
#(
  parameter bit ZeroGating = 1'b1
) (
  input  logic            clk_i,
  input  logic            rst_ni,
  input  logic            enter_i,
  input  logic [3:0]      weights_i,
  input  logic [0:0][15:0] activations_i,
  output logic [9:0]      wrong_o
);

  setun_tree_check #(
    .Datapath(DatapathXorPopcount), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_0 (.wrong_o(wrong_o[0]), .*);

  setun_tree_check #(
    .Datapath(DatapathCarrySave), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_1 (.wrong_o(wrong_o[1]), .*);

  setun_tree_check #(
    .Datapath(DatapathCarryIn), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_2 (.wrong_o(wrong_o[2]), .*);

  setun_tree_check #(
    .Datapath(DatapathNegate), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_3 (.wrong_o(wrong_o[3]), .*);

  setun_tree_check #(
    .Datapath(DatapathSplitSign), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_4 (.wrong_o(wrong_o[4]), .*);

  setun_tree_check #(
    .Datapath(DatapathLookup2), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_5 (.wrong_o(wrong_o[5]), .*);

  setun_tree_check #(
    .Datapath(DatapathLookup3), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_6 (.wrong_o(wrong_o[6]), .*);

  setun_tree_check #(
    .Datapath(DatapathLookup4), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_7 (.wrong_o(wrong_o[7]), .*);

  setun_tree_check #(
    .Datapath(DatapathBitSerial), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_8 (.wrong_o(wrong_o[8]), .*);

  setun_tree_check #(
    .Datapath(DatapathInt8Mac), .Lanes(2), .RegisterEvery(1), .ZeroGating(ZeroGating)
  ) u_check_9 (.wrong_o(wrong_o[9]), .*);

endmodule : setun_tree_exhaustive
