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

  /// Where the controller is in the loop nest; for the probe.
  typedef struct packed {
    logic [15:0] tokens_left;
    logic [15:0] block_tokens;
    logic [15:0] n_tiles_left;
    logic [15:0] k_tiles_left;
    logic [15:0] chunk_words;
    logic [15:0] token;
    logic [15:0] k_tile;
    logic [15:0] k_base;
    logic [15:0] activation_row;
    logic [39:0] y_tile;
  } loop_state_t;

  /// Where the load unit is in its program; for the probe.
  typedef struct packed {
    load_phase_e phase;
    logic        open;
    logic        first;
    logic        is_final;
    logic        pending;
    logic        fresh;
    logic [15:0] tokens_left;
    logic [15:0] n_tiles_left;
    logic [15:0] k_tiles_left;
    logic [15:0] activation_left;
    logic [31:0] beats_left;
    logic [39:0] x_address;
    logic [39:0] w_address;
  } load_state_t;

  /// What the blocks did in a cycle, for the event counters.
  typedef struct packed {
    controller_state_e state;
    logic              aborting;
    logic              busy;
    logic              stall_activation;
    logic              stall_weight;
    logic              stall_output;
    /// An operand was read from the buffers, for so many tokens.
    logic              issue;
    logic [3:0]        issued_tokens;
    logic              weight_read;
    // Beats that arrived.
    logic              weight_valid;
    logic              activation_valid;
    logic              multiplier_valid;
    logic              accumulator_read;
    logic              accumulator_write;
    logic [31:0]       overflows;
    /// A sum was finished, for so many tokens.
    logic              result_valid;
    logic [3:0]        result_tokens;
    logic [31:0]       requantised;
    logic              multiplier_read;
    // Handshakes on the bus.
    logic              write_beat;
    logic              read_burst;
    logic              write_burst;
    /// The array took an operand, for so many tokens.
    logic              operand_valid;
    logic [3:0]        operand_tokens;
  } activity_t;

endpackage : setun_pkg
