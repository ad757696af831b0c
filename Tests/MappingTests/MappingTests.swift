// Tests of Mapping.
