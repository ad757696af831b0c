// What the processor and its memory can do at best, to set measured figures against.

#ifndef SETUN_LIMITS_H
#define SETUN_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/// Reads `bytes` bytes, a multiple of 256 at a multiple of 64, and returns something that depends
/// on all of them.
uint64_t limits_read(const void *memory, size_t bytes);

/// The same, fetching memory ahead into the second-level cache.
uint64_t limits_read_ahead(const void *memory, size_t bytes);

/// Multiplies and adds pairs of bytes, 32 at a time, `count` times; returns the number of products,
/// or 0 where the processor has no such instruction (AVX2).
uint64_t limits_multiply(size_t count);

/// Looks 32 words up in a register, `count` times; returns the number of look-ups, or 0 where the
/// processor has no such instruction (AVX-512BW).
uint64_t limits_permute(size_t count);

#endif
