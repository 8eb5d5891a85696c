"""Words that every room shares. Standard library only; knows no other room."""
