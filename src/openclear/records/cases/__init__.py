"""Cases, dispatch events and warrants: whose they are, with whom they are shared."""
