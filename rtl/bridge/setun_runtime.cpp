// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// Verilator's runtime, compiled with its printing and its exits redirected to setun_runtime.h.
// It depends on no configuration, so one object file serves all of them, and another one all that
// count their coverage.

#include "setun_runtime.h"

#include <cstdarg>
#include <cstdio>

thread_local SetunRuntimeLog *setun_runtime_log = nullptr;

__attribute__((format(printf, 1, 2))) static void setun_runtime_print(const char *format, ...) {
  if (!setun_runtime_log) return;
  va_list arguments, counted;
  va_start(arguments, format);
  va_copy(counted, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, counted);
  va_end(counted);
  if (length > 0) {
    std::string &text = setun_runtime_log->text;
    const std::string::size_type end = text.size();
    text.resize(end + static_cast<std::string::size_type>(length) + 1);
    std::vsnprintf(&text[end], static_cast<std::string::size_type>(length) + 1, format, arguments);
    text.pop_back(); // The terminating zero.
  }
  va_end(arguments);
}

#define VL_PRINTF setun_runtime_print
#define VL_USER_FINISH
#define VL_USER_STOP
#define VL_USER_FATAL
#include "verilated.cpp"
#include "verilated_threads.cpp"
#if VM_COVERAGE
#include "verilated_cov.cpp"
#endif

/// Notes that the RTL stopped and, where nothing was printed about it, where.
static void setun_runtime_stop(const char *what, const char *file, int line) {
  if (!setun_runtime_log) return;
  if (setun_runtime_log->text.empty()) setun_runtime_print("%s:%d: %s", file, line, what);
  setun_runtime_log->stopped = true;
}

void vl_finish(const char *file, int line, const char *) {
  setun_runtime_stop("the RTL called $finish", file, line);
}

void vl_stop(const char *file, int line, const char *) {
  setun_runtime_stop("the RTL called $stop", file, line);
}

void vl_fatal(const char *file, int line, const char *, const char *message) {
  setun_runtime_print("%s:%d: %s", file, line, message);
  throw SetunRuntimeFatal{};
}
