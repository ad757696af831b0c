// Tests of Ternary.
