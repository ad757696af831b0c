// The C face of a writer of FST, the compressed waveforms of GTKWave. Verilator brings the writer;
// it is built into a shared library of its own, which exports a single symbol,
// `fst_writer_interface`.

#ifndef FST_WRITER_H
#define FST_WRITER_H

#include <stdint.h>

#define FST_WRITER_ABI 1

typedef struct fst_writer fst_writer;

/// The table of functions that the library exports.
typedef struct {
  uint32_t abi; ///< FST_WRITER_ABI of the library; the caller refuses any other.

  /// A new file with a time unit of 1 ps, or NULL when it cannot be created.
  fst_writer *(*open)(const char *path);
  void (*close)(fst_writer *w);

  void (*begin_scope)(fst_writer *w, const char *name);
  void (*end_scope)(fst_writer *w);
  /// Declares a variable of `width` bits and returns its handle.
  uint32_t (*variable)(fst_writer *w, const char *name, uint32_t width);

  /// What follows happens at `time`, in ps, not before the last time.
  void (*time)(fst_writer *w, uint64_t time);
  /// The value of a variable from now on, at most 32 bits.
  void (*value)(fst_writer *w, uint32_t variable, uint32_t width, uint32_t value);
} fst_writer_vtable;

#define FST_WRITER_SYMBOL "fst_writer_interface"

#endif
