"""Supervised fine-tuning: an own small trainer for organisms, TRL with PEFT for checkpoints."""
