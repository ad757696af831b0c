// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Types that do not depend on the architecture.

package setun_pkg;

  /// Sizes and addresses of one job, as the descriptor registers hold them.
  typedef struct packed {
    logic [39:0] x_address;
    logic [39:0] w_address;
    logic [39:0] y_address;
    /// Multipliers per row, with row_multipliers.
    logic [39:0] m_address;
    logic [31:0] y_stride;
    logic [15:0] tokens;
    logic [15:0] n_tiles;
    logic [15:0] k_tiles;
    logic [15:0] last_rows;
    logic [15:0] token_block;
    logic [15:0] activation_slice;
    /// Requantisation: of all rows, or of each row from memory.
    logic        row_multipliers;
    logic [5:0]  shift;
    logic [15:0] multiplier;
    /// X is what the job before writes: it is read when that job has ended.
    logic        dependent;
  } job_t;

  /// What the accumulators do with a sum; travels beside the operand through the tree.
  typedef struct packed {
    logic        valid;
    /// First k-tile of these tokens in this chunk, or any with weight_stationary.
    logic        first;
    /// Not the first k-tile of its n-tile: start from the stored partial sum.
    logic        resume;
    /// Last k-tile of these tokens in this chunk, or any with weight_stationary.
    logic        last;
    /// The sum is finished with its last k-tile.
    logic        emit;
    /// These are the last tokens of their block.
    logic        block_last;
    /// Tokens that share the weight word, less one.
    logic [2:0]  extra_tokens;
    /// Index of the first of them in the block.
    logic [15:0] token;
  } op_t;

  /// What the controller is doing.
  typedef enum logic [2:0] {
    ControllerIdle  = 3'd0,
    ControllerSetup = 3'd1,
    ControllerRun   = 3'd2,
    ControllerDrain = 3'd3,
    ControllerAbort = 3'd4
  } controller_state_e;

  /// What the load unit is loading.
  typedef enum logic [1:0] {
    LoadIdle       = 2'd0,
    LoadActivation = 2'd1,
    LoadWeight     = 2'd2,
    LoadMultiplier = 2'd3
  } load_phase_e;

endpackage : setun_pkg
