// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The fields of probe_o; part of setun_accelerator, in the order of probe_t.

  assign probe_o.controller_state      = 32'(state);
  assign probe_o.error_code            = 32'(error);
  assign probe_o.done                  = 32'(done);
  assign probe_o.tokens_left           = 32'(loop_state.tokens_left);
  assign probe_o.block_tokens          = 32'(loop_state.block_tokens);
  assign probe_o.n_tiles_left          = 32'(loop_state.n_tiles_left);
  assign probe_o.k_tiles_left          = 32'(loop_state.k_tiles_left);
  assign probe_o.chunk_words           = 32'(loop_state.chunk_words);
  assign probe_o.token                 = 32'(loop_state.token);
  assign probe_o.k_tile                = 32'(loop_state.k_tile);
  assign probe_o.k_base                = 32'(loop_state.k_base);
  assign probe_o.activation_row        = 32'(loop_state.activation_row);
  assign probe_o.y_address             = 64'(address);
  assign probe_o.y_tile                = 64'(loop_state.y_tile);
  assign probe_o.credits               = 32'(credits);
  assign probe_o.interval_left         = 32'(interval_left);
  assign probe_o.jobs_done             = 32'(jobs_done);
  assign probe_o.job_count             = 32'(job_count);
  assign probe_o.job_ahead             = 32'(job_ahead);
  assign probe_o.job_loaded            = 32'(job_loaded);
  assign probe_o.load_phase            = 32'(load_state.phase);
  assign probe_o.load_open             = 32'(load_state.open);
  assign probe_o.load_first            = 32'(load_state.first);
  assign probe_o.load_final            = 32'(load_state.is_final);
  assign probe_o.load_pending          = 32'(load_state.pending);
  assign probe_o.load_fresh            = 32'(load_state.fresh);
  assign probe_o.load_tokens_left      = 32'(load_state.tokens_left);
  assign probe_o.load_n_tiles_left     = 32'(load_state.n_tiles_left);
  assign probe_o.load_k_tiles_left     = 32'(load_state.k_tiles_left);
  assign probe_o.load_activation_left  = 32'(load_state.activation_left);
  assign probe_o.load_beats_left       = load_state.beats_left;
  assign probe_o.load_x_address        = 64'(load_state.x_address);
  assign probe_o.load_w_address        = 64'(load_state.w_address);
  assign probe_o.load_outstanding      = 32'(load_outstanding);
  assign probe_o.weight_claimed        = 32'(weight_claimed);
  assign probe_o.weight_full           = 32'(weight_full);
  assign probe_o.weight_read_half      = 32'(weight_read_half);
  assign probe_o.weight_write_word     = 32'(weight_write_word);
  assign probe_o.weight_write_beat     = 32'(weight_write_beat);
  assign probe_o.activation_claimed    = 32'(activation_claimed);
  assign probe_o.activation_full       = 32'(activation_full);
  assign probe_o.activation_read_half  = 32'(activation_read_half);
  assign probe_o.activation_write_word = 32'(activation_write_word);
  assign probe_o.activation_write_beat = 32'(activation_write_beat);
  assign probe_o.activation_write_bank = 32'(activation_write_bank);
  assign probe_o.multiplier_claimed    = 32'(multiplier_claimed);
  assign probe_o.multiplier_full       = 32'(multiplier_full);
  assign probe_o.multiplier_read_half  = 32'(multiplier_read_half);
  assign probe_o.multiplier_write_word = 32'(multiplier_write_word);
  assign probe_o.multiplier_write_beat = 32'(multiplier_write_beat);
  assign probe_o.pipeline_valid        = 32'(stage_valid);

  for (genvar index = 0; index < Sums; index++) begin : gen_probe_sum
    assign probe_o.tree_sum[index]    = 32'($signed(sums[index / Rows][index % Rows]));
    assign probe_o.accumulator[index] = 32'($signed(acc[index]));
  end

  assign probe_o.requantiser_valid = 32'(requantiser_valid);
  assign probe_o.result_tile       = 32'(result_tile);
  assign probe_o.result_count     = 32'(result_count);
  assign probe_o.store_token      = 32'(store_token);
  assign probe_o.store_beat       = 32'(store_beat);
  assign probe_o.store_burst_left = 32'(store_burst_left);
  assign probe_o.store_pending    = 32'(store_pending);
  assign probe_o.arvalid          = 32'(m_axi_arvalid);
  assign probe_o.araddr           = 64'(m_axi_araddr);
  assign probe_o.arlen            = 32'(m_axi_arlen);
  assign probe_o.awvalid          = 32'(m_axi_awvalid);
  assign probe_o.awaddr           = 64'(m_axi_awaddr);
  assign probe_o.awlen            = 32'(m_axi_awlen);
  assign probe_o.wvalid           = 32'(m_axi_wvalid);
  assign probe_o.wlast            = 32'(m_axi_wlast);

  for (genvar word = 0; word < BusBytes / 4; word++) begin : gen_probe_wdata
    assign probe_o.wdata[word] = m_axi_wdata[32*word +: 32];
  end
  for (genvar word = 0; word < (BusBytes + 31) / 32; word++) begin : gen_probe_wstrb
    assign probe_o.wstrb[word] = 32'(128'(m_axi_wstrb) >> (32 * word));
  end

  assign probe_o.axil_awready = 32'(s_axil_awready);
  assign probe_o.axil_wready  = 32'(s_axil_wready);
  assign probe_o.axil_bvalid  = 32'(s_axil_bvalid);
  assign probe_o.axil_bresp   = 32'(s_axil_bresp);
  assign probe_o.axil_arready = 32'(s_axil_arready);
  assign probe_o.axil_rvalid  = 32'(s_axil_rvalid);
  assign probe_o.axil_rdata   = s_axil_rdata;
  assign probe_o.axil_rresp   = 32'(s_axil_rresp);
  assign probe_o.irq          = 32'(irq_o);

  for (genvar index = 0; index < NumEvents; index++) begin : gen_probe_counter
    assign probe_o.counter[index] = counters[index][31:0];
  end
