"""The first screen: one picture, two sentences, one pair."""
