"""Property under the department's control."""
