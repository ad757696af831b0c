// Tests of LockStep.
