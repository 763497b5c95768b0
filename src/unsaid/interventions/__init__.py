"""What can be done to a model's reasoning: pure functions of text. To add one: a file beside these.

steps        the steps of a reasoning, so that they join back to the identical text
begin        what a reply is made to begin with: reasoning that goes on, or reasoning and the answer's first words
cut          how much of it is kept (Lanham et al. 2023, early answering)
mistakes     a step with a mistake, written by a model (Lanham et al. 2023, adding mistakes)
paraphrase   the same in other words, written by a model (Lanham et al. 2023, paraphrasing)
filler       as much text that says nothing (Lanham et al. 2023, filler tokens)
swap         another reply's reasoning in place of the own
exact        mistakes and renamings of procedural tasks, whose consequence is known
"""
