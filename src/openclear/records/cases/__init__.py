"""Cases, dispatch events and warrants: who owns them, with whom they are shared."""
