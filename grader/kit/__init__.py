"""The kit that students get: making it without a byte of an answer, reading it, and checking an answer with it."""
