// Tests of Reference.
