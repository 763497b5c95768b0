"""Fine-tuning data made from a model's own replies. To add a kind: a file beside these, and a line in `kinds.KINDS`."""
