"""One module for each process: `officer` for the command line, `serving` for the officer site."""
