"""Asking: the calls about one question, what came back to them, and what follows from that."""
