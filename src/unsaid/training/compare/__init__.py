"""What a training did: a model before, its control and the model after it, on what no row showed."""
