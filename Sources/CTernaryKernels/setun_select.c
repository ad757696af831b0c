#include "setun_kernels.h"

setun_gemv_fn *setun_gemv_select(void) { return setun_gemv_generic; }

const char *setun_gemv_name(void) { return "generic"; }
