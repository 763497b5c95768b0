"""What the instruments say of models whose truth is known: organisms, and the scripted model with dials.

running          every protocol on every organism, each in a run folder of its own
planted, truth   what a habit makes true; what an organism did, read off the raw text
conclude         what the instruments said beside both
scripted, dials_planted, simulated      the same for the scripted model
coverage, coverage_exact                how often intervals hold the truth
labels           instruments against the labels of people
"""

from __future__ import annotations
