// GNU MP, the integers of the exact oracle.
//
// GMP's functions are macros (`mpz_add` is `__gmpz_add`); Swift sees only the underscored names.
#include <gmp.h>
