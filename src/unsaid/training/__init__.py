"""Fine-tuning: data made from replies, trainers for organisms and checkpoints, and what they leave to be read."""
