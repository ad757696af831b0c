// Tests of Energy.
