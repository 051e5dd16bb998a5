"""A paper's full text: from the best source there is, parsed safely, into sections, paragraphs, captions and tables."""
