"""The API: bearer tokens, problem+json, OpenAPI. Thin: parse, ask the gate, one query, render."""
