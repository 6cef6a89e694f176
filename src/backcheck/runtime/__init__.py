"""The agent loop: a model, its tools, a journal, the audit of what it did, and a receipt."""
