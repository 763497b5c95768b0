"""The study: what reinforcement does to reasoning that is said, arm by arm, beside what was expected of each."""
