"""The arithmetic of the log, standard library only; `verify.py` of an export is these modules joined."""
