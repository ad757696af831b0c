// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Verilator's runtime without its habits of printing to stdout and of ending the process.

#ifndef SETUN_RUNTIME_H
#define SETUN_RUNTIME_H

#include <string>

/// What the RTL said while one model evaluated.
struct SetunRuntimeLog {
  /// Everything printed: $display, $error, failed assertions.
  std::string text;
  /// $stop, $finish, $error or $fatal was executed.
  bool stopped = false;

  void clear() {
    text.clear();
    stopped = false;
  }
};

/// Thrown where Verilator's runtime would abort; the log holds the reason.
struct SetunRuntimeFatal {};

/// Where the runtime writes on this thread, or nullptr when nothing evaluates.
extern thread_local SetunRuntimeLog *setun_runtime_log;

#endif
