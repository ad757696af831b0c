// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Takes the jobs from the queue one after the other, through set-up, run and drain or abort.
//
// In every cycle of ControllerRun it issues the operand at which the loop nest stands, or the array
// is not done with the last one, or it waits for exactly one reason. The pipeline behind it never
// stalls: an operand whose sum is finished is issued only with a credit for a place in the result
// queue.

`include "setun_assert.svh"

module setun_controller
  import setun_pkg::*;
#(
  /// Cycles that the array takes for an operand.
  parameter  int unsigned Interval         = 1,
  parameter  int unsigned OutputQueueDepth = 4,
  localparam int unsigned CreditWidth      = $clog2(OutputQueueDepth + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // The oldest job.
  input  logic                       job_valid_i,
  input  setun_config_pkg::error_e   job_error_i,
  /// There is a job after it.
  input  logic                       job_more_i,
  /// The job has ended well.
  output logic                       job_pop_o,
  /// All jobs are forgotten.
  output logic                       job_flush_o,

  /// Forgets the results of the jobs before.
  input  logic                       acknowledge_i,
  /// Ends all jobs.
  input  logic                       soft_reset_i,
  output controller_state_e          state_o,
  output logic                       done_o,
  output setun_config_pkg::error_e   error_o,
  output logic [15:0]                jobs_done_o,
  /// Every block forgets its state: what was under way has ended.
  output logic                       clear_o,
  /// Nothing new is to be requested or stored.
  output logic                       abort_o,

  // Errors of this job seen by the units on the bus.
  input  logic                       read_error_i,
  input  logic                       code_error_i,
  input  logic                       write_error_i,

  // Buffers and loop nest.
  input  logic                       weight_ready_i,
  input  logic                       activation_ready_i,
  /// The operand at hand finishes a result.
  input  logic                       result_i,
  /// It is the last one of the job.
  input  logic                       job_end_i,
  /// The loop nest goes to the first operand of the job.
  output logic                       begin_o,
  /// The operand is read from both buffers in this cycle.
  output logic                       issue_o,
  /// The array takes an operand, or is not done with the last one.
  output logic                       busy_o,

  /// The store unit has freed a place in the result queue.
  input  logic                       credit_i,

  /// Nothing is under way behind the controller.
  input  logic                       pipeline_empty_i,
  input  logic                       load_idle_i,
  input  logic                       store_idle_i,

  // Events: the reason for which this cycle issues nothing.
  output logic                       stall_activation_o,
  output logic                       stall_weight_o,
  output logic                       stall_output_o,

  // State for the probe.
  output logic [CreditWidth-1:0]     credits_o,
  output logic [3:0]                 interval_left_o
);
  import setun_config_pkg::*;

  controller_state_e state_d, state_q;
  error_e            error_d, error_q;
  logic              done_d, done_q;
  logic [15:0]       jobs_done_d, jobs_done_q;
  /// The abort under way leaves no result.
  logic              quiet_d, quiet_q;

  // --- Operands -----------------------------------------------------------------------------

  logic [CreditWidth-1:0] credits_d, credits_q;
  logic [3:0]             interval_left_d, interval_left_q;
  logic                   walk, has_place;

  assign walk      = state_q == ControllerRun && !abort_o && interval_left_q == '0;
  assign has_place = !result_i || credits_q != '0;
  assign issue_o   = walk && activation_ready_i && weight_ready_i && has_place;

  assign stall_activation_o = walk && !activation_ready_i;
  assign stall_weight_o     = walk && activation_ready_i && !weight_ready_i;
  assign stall_output_o     = walk && activation_ready_i && weight_ready_i && !has_place;

  assign credits_d = begin_o ? CreditWidth'(OutputQueueDepth)
                             : credits_q + CreditWidth'(credit_i)
                               - CreditWidth'(issue_o && result_i);

  assign interval_left_d = issue_o ? 4'(Interval - 1)
                                 : (interval_left_q == '0) ? '0 : interval_left_q - 4'd1;

  // --- State --------------------------------------------------------------------------------

  logic drained, ended;
  assign drained = pipeline_empty_i && load_idle_i && store_idle_i;

  // An error stops the units in the cycle in which it is seen.
  logic   bus_error;
  error_e bus_error_code;
  assign bus_error = read_error_i || code_error_i || write_error_i;
  always_comb begin
    if (read_error_i) bus_error_code = ErrorRead;
    else if (code_error_i) bus_error_code = ErrorWeightCode;
    else bus_error_code = ErrorWrite;
  end
  assign abort_o = state_q == ControllerAbort ||
                   (bus_error && (state_q == ControllerRun || state_q == ControllerDrain));

  always_comb begin
    state_d     = state_q;
    error_d     = error_q;
    done_d      = done_q;
    jobs_done_d = jobs_done_q;
    quiet_d     = quiet_q;
    begin_o     = 1'b0;
    ended       = 1'b0;
    job_pop_o   = 1'b0;
    job_flush_o = 1'b0;
    clear_o     = 1'b0;
    if (acknowledge_i) begin
      error_d     = ErrorNone;
      done_d      = 1'b0;
      jobs_done_d = '0;
    end
    unique case (state_q)
      ControllerIdle: if (job_valid_i) state_d = ControllerSetup;
      ControllerSetup: begin
        if (job_error_i != ErrorNone) begin
          error_d     = job_error_i;
          ended       = 1'b1;
          job_flush_o = 1'b1;
          state_d     = ControllerIdle;
        end else begin
          begin_o = 1'b1;
          state_d = ControllerRun;
        end
      end
      ControllerRun: begin
        if (bus_error) begin
          state_d = ControllerAbort;
          error_d = bus_error_code;
        end else if (issue_o && job_end_i) begin
          state_d = ControllerDrain;
        end
      end
      ControllerDrain: begin
        if (bus_error) begin
          state_d = ControllerAbort;
          error_d = bus_error_code;
        end else if (pipeline_empty_i && store_idle_i &&
                     credits_q == CreditWidth'(OutputQueueDepth)) begin
          ended     = 1'b1;
          job_pop_o = 1'b1;
          state_d   = job_more_i ? ControllerSetup : ControllerIdle;
        end
      end
      ControllerAbort: begin
        if (drained) begin
          ended       = !quiet_q;
          quiet_d     = 1'b0;
          job_flush_o = 1'b1;
          clear_o     = 1'b1;
          state_d     = ControllerIdle;
        end
      end
      default: state_d = ControllerIdle;
    endcase
    if (ended) begin
      done_d      = 1'b1;
      jobs_done_d = jobs_done_d + 16'd1;
    end
    if (soft_reset_i) begin
      state_d     = ControllerAbort;
      error_d     = ErrorNone;
      done_d      = 1'b0;
      jobs_done_d = '0;
      quiet_d     = 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q         <= ControllerIdle;
      error_q         <= ErrorNone;
      done_q          <= 1'b0;
      jobs_done_q     <= '0;
      quiet_q         <= 1'b0;
      credits_q       <= '0;
      interval_left_q <= '0;
    end else begin
      state_q         <= state_d;
      error_q         <= error_d;
      done_q          <= done_d;
      jobs_done_q     <= jobs_done_d;
      quiet_q         <= quiet_d;
      credits_q       <= credits_d;
      interval_left_q <= interval_left_d;
    end
  end

  // --- Outputs ------------------------------------------------------------------------------

  assign busy_o          = issue_o || (interval_left_q != '0 && !abort_o &&
                                       (state_q == ControllerRun || state_q == ControllerDrain));
  assign state_o         = state_q;
  assign done_o          = done_q;
  assign error_o         = error_q;
  assign jobs_done_o     = jobs_done_q;
  assign credits_o       = credits_q;
  assign interval_left_o = interval_left_q;

  `ASSERT(CreditsBounded_A, 32'(credits_q) <= OutputQueueDepth)

endmodule : setun_controller
