// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Shows every activation and trit of two lanes to every datapath: once in each cycle, and once held
// for the eight cycles that bit_serial takes. Exits with 1 when a sum was wrong.

#include <array>
#include <cstdio>

#include "Vsetun_tree_exhaustive.h"

namespace {

constexpr int kDatapaths = 10;
constexpr std::array<int, 3> kTrits = {0b00, 0b01, 0b11};

Vsetun_tree_exhaustive array;
std::array<long, kDatapaths> wrong{};

void Cycle() {
  array.clk_i = 0;
  array.eval();
  for (int i = 0; i < kDatapaths; i++) wrong[i] += array.wrong_o >> i & 1;
  array.clk_i = 1;
  array.eval();
}

}  // namespace

int main() {
  array.rst_ni = 0;
  array.enter_i = 0;
  Cycle();
  array.rst_ni = 1;
  array.enter_i = 1;
  wrong = {};
  long operands = 0;
  for (int cycles : {1, 8}) {
    for (int low : kTrits) {
      for (int high : kTrits) {
        for (int activations = 0; activations < 1 << 16; activations++) {
          array.weights_i = low | high << 2;
          array.activations_i = activations;
          for (int cycle = 0; cycle < cycles; cycle++) Cycle();
          operands++;
        }
      }
    }
  }
  std::printf("%ld operands; wrong cycles by datapath:", operands);
  long all = 0;
  for (long count : wrong) {
    std::printf(" %ld", count);
    all += count;
  }
  std::printf("\n");
  return all != 0;
}
