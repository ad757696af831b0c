// Tests of Machine.
