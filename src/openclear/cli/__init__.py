"""The command line: parse, ask the gate, one query or command, print."""
