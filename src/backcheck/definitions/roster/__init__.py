"""Definitions as a person or a program sees them: which there are, what each can do, what it costs, and accounts of it."""
