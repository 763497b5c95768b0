"""A training as one HTML file: its curves, and what must be said with them."""
