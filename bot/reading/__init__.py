"""What a model makes of papers: summaries, passages, answers, grounding."""
