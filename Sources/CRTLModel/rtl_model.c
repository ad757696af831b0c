#include "rtl_model.h"
