"""Finding papers: search, similar papers, ranking, interests."""
