// Tests of ModelFile.
