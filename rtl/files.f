# The accelerator in dependency order; setun_config_pkg.sv is generated and comes first.
setun_pkg.sv
prim/setun_ram_1r1w.sv
prim/setun_fifo.sv
prim/setun_burst_length.sv
setun_double_buffer.sv
setun_load_unit.sv
setun_tree_xor_popcount.sv
setun_tree_array.sv
setun_accumulators.sv
setun_output_stage.sv
setun_store_unit.sv
setun_controller.sv
setun_event_counters.sv
setun_control_registers.sv
setun_accelerator.sv
