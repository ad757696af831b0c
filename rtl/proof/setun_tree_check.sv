// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// One tree array beside its specification: sums of products, as many cycles late as the array takes.
//
// `wrong_o` is 1 when a sum is not what it has to be. It may say so in any cycle: before the first
// sum there is nothing to compare, and between sums the last one has to stay.

module setun_tree_check
  import setun_config_pkg::*;
  import setun_tree_pkg::*;
#(
  parameter  datapath_e   Datapath      = DatapathXorPopcount,
  parameter  int unsigned Rows          = 1,
  parameter  int unsigned Lanes         = 2,
  parameter  int unsigned ActivationBits = 8,
  parameter  int unsigned Tokens        = 1,
  parameter  int unsigned RegisterEvery = 0,
  parameter  bit          ZeroGating    = 1'b1
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,
  /// An operand enters, unless the one before it still takes its time.
  input  logic                           enter_i,
  /// Trits; the code 10 stands for 0, so that any bits may be applied.
  input  logic [Rows*Lanes*2-1:0]        weights_i,
  input  logic [Tokens-1:0][Lanes*ActivationBits-1:0] activations_i,
  output logic                           wrong_o
);

  localparam int unsigned Latency  = tree_latency(Datapath, Lanes, RegisterEvery, ActivationBits);
  localparam int unsigned Interval = operand_interval(Datapath, ActivationBits);
  localparam int unsigned SumWidth = sum_width(Lanes, ActivationBits);

  typedef logic [Tokens-1:0][Rows-1:0][SumWidth-1:0] sums_t;

  // The age of operands in cycles, and what their sums have to be.
  logic [Latency:0]               valid;
  logic [Latency:1]               valid_q;
  sums_t                          expected, expected_q [Latency:1], shown_q, sums;
  logic                           any_shown_q, partial;
  // Operands hold still at the array for as long as it reads them.
  logic                           enter;
  logic [Rows*Lanes*2-1:0]        weights, weights_q;
  logic [Tokens-1:0][Lanes*ActivationBits-1:0] activations, activations_q;

  if (Interval == 1) begin : gen_every_cycle
    assign enter   = enter_i;
    assign partial = 1'b0;
  end else begin : gen_interval
    assign enter   = enter_i & ~|valid_q[Interval-1:1];
    // The shift-accumulator is visible.
    assign partial = |valid_q[Latency-1:Latency-Interval+1];
  end

  assign valid       = {valid_q, enter};
  assign weights     = enter ? weights_i & ~{Rows*Lanes{2'b10}} | legal(weights_i) : weights_q;
  assign activations = enter ? activations_i : activations_q;

  /// The sign bits of the trits that are not 0.
  function automatic logic [Rows*Lanes*2-1:0] legal(logic [Rows*Lanes*2-1:0] trits);
    return trits & (trits << 1) & {Rows*Lanes{2'b10}};
  endfunction

  always_comb begin
    for (int token = 0; token < Tokens; token++) begin
      for (int row = 0; row < Rows; row++) begin
        expected[token][row] = '0;
        for (int lane = 0; lane < Lanes; lane++) begin
          expected[token][row] +=
            SumWidth'(signed'(activations[token][ActivationBits*lane +: ActivationBits]))
            * SumWidth'(signed'(weights[2*(row*Lanes + lane) +: 2]));
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q     <= '0;
      any_shown_q <= 1'b0;
    end else begin
      valid_q <= valid[Latency-1:0];
      if (valid[Latency]) any_shown_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    weights_q     <= weights;
    activations_q <= activations;
    expected_q[1] <= expected;
    for (int age = 2; age <= Latency; age++) expected_q[age] <= expected_q[age-1];
    if (valid[Latency]) shown_q <= expected_q[Latency];
  end

  setun_tree_array #(
    .Datapath     (Datapath),
    .Rows         (Rows),
    .Lanes        (Lanes),
    .ActivationBits(ActivationBits),
    .Tokens       (Tokens),
    .RegisterEvery(RegisterEvery),
    .ZeroGating   (ZeroGating)
  ) u_tree_array (
    .clk_i,
    .rst_ni,
    .valid_i      (valid[Latency-1:0]),
    .weights_i    (weights),
    .activations_i(activations),
    .sums_o       (sums)
  );

  always_comb begin
    if (valid[Latency]) wrong_o = sums != expected_q[Latency];
    else wrong_o = any_shown_q & ~partial & (sums != shown_q);
  end

endmodule : setun_tree_check
