"""One module for each process: `officer` for the police side, `test` for the tests."""
