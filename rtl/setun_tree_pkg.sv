// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Sizes of the datapaths of the tree array.

package setun_tree_pkg;

  import setun_config_pkg::*;

  /// Bits of a sum of `lanes` activations of `bits` bits, which lies in -2**(bits-1) * lanes to as
  /// much.
  function automatic int unsigned sum_width(int unsigned lanes, int unsigned bits = 8);
    return $clog2(2**(bits-1) * lanes + 1) + 1;
  endfunction

  /// Activations that one selected term stands for.
  function automatic int unsigned group_size(datapath_e datapath);
    case (datapath)
      DatapathLookup2: return 2;
      DatapathLookup3: return 3;
      DatapathLookup4: return 4;
      default:         return 1;
    endcase
  endfunction

  /// Words that `levels` levels of 3:2 compressors leave of `words`, but never less than two.
  function automatic int unsigned words_left(int unsigned words, int unsigned levels);
    words_left = words;
    for (int unsigned level = 0; level < levels; level++) begin
      if (words_left > 2) words_left -= words_left / 3;
    end
  endfunction

  /// Levels of 3:2 compressors that leave two words of `words`.
  function automatic int unsigned compressor_levels(int unsigned words);
    compressor_levels = 0;
    for (int unsigned left = words; left > 2; left -= left / 3) compressor_levels++;
  endfunction

  /// Registers inside a tree of `levels` levels, one after every `every`; 0 for none.
  function automatic int unsigned registers(int unsigned levels, int unsigned every);
    return (every == 0) ? 0 : levels / every;
  endfunction

  /// Registers inside the tree of carry_save. What is left over of its levels has one too: the last
  /// adder has a cycle of its own.
  function automatic int unsigned compressor_registers(int unsigned lanes, int unsigned every);
    return (every == 0) ? 0 : (compressor_levels(lanes + 1) + every - 1) / every;
  endfunction

  /// Registers inside the tree of a datapath. Architecture.treeRegisters is the same function.
  function automatic int unsigned tree_registers(
    datapath_e datapath, int unsigned lanes, int unsigned every
  );
    if (datapath == DatapathCarrySave) return compressor_registers(lanes, every);
    return registers($clog2((lanes + group_size(datapath) - 1) / group_size(datapath)), every);
  endfunction

  /// Cycles from one operand to the next: one of the `bits` bits of the activations a cycle, or all.
  function automatic int unsigned operand_interval(datapath_e datapath, int unsigned bits = 8);
    return (datapath == DatapathBitSerial) ? bits : 1;
  endfunction

  /// Cycles from operands to sums. Architecture.treeLatency is the same function.
  function automatic int unsigned tree_latency(
    datapath_e datapath, int unsigned lanes, int unsigned every, int unsigned bits = 8
  );
    return tree_registers(datapath, lanes, every) + operand_interval(datapath, bits);
  endfunction

endpackage : setun_tree_pkg
