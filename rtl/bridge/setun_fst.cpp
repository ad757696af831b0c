// Copyright Setun contributors.
// SPDX-License-Identifier: Apache-2.0
//
// The C face (fst_writer.h) of the FST writer that Verilator brings. Needs zlib.

#define HAVE_LIBPTHREAD
#define LZ4_DISABLE_DEPRECATE_WARNINGS
#define FST_CONFIG_INCLUDE "fst_config.h"
#include "gtkwave/fastlz.c"
#include "gtkwave/fstapi.c"
#include "gtkwave/lz4.c"

#include "fst_writer.h"

namespace {

fst_writer *as_writer(void *context) { return static_cast<fst_writer *>(context); }
void *as_context(fst_writer *w) { return static_cast<void *>(w); }

fst_writer *writer_open(const char *path) {
  void *const context = fstWriterCreate(path, 1);
  if (!context) return nullptr;
  fstWriterSetPackType(context, FST_WR_PT_LZ4);
  fstWriterSetTimescale(context, -12);
  return as_writer(context);
}

void writer_close(fst_writer *w) { fstWriterClose(as_context(w)); }

void writer_begin_scope(fst_writer *w, const char *name) {
  fstWriterSetScope(as_context(w), FST_ST_VCD_MODULE, name, nullptr);
}

void writer_end_scope(fst_writer *w) { fstWriterSetUpscope(as_context(w)); }

uint32_t writer_variable(fst_writer *w, const char *name, uint32_t width) {
  return fstWriterCreateVar(as_context(w), FST_VT_VCD_WIRE, FST_VD_IMPLICIT, width, name, 0);
}

void writer_time(fst_writer *w, uint64_t time) { fstWriterEmitTimeChange(as_context(w), time); }

void writer_value(fst_writer *w, uint32_t variable, uint32_t width, uint32_t value) {
  fstWriterEmitValueChange32(as_context(w), variable, width, value);
}

} // namespace

extern "C" __attribute__((visibility("default"))) const fst_writer_vtable fst_writer_interface = {
    FST_WRITER_ABI,    writer_open,     writer_close, writer_begin_scope,
    writer_end_scope,  writer_variable, writer_time,  writer_value,
};
