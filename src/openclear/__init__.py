"""OpenCLEAR: police records behind one gate and one log that anyone can check."""
