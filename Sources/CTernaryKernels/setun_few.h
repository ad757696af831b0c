// Products with a few tokens, where tables of sums do not pay: a part of setun_gemm_avx2.

#ifndef SETUN_FEW_H
#define SETUN_FEW_H

#include "setun_kernels.h"

#if defined(__x86_64__)
/// Up to eight tokens share the unpacking of the weights; fastest for 2 to 28.
setun_gemm_fn setun_few_avx2;
#endif

#endif
