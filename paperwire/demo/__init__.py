"""A small built-in day, to try everything without any network, key or data folder.

Titles, ids, authors and figures are those of real papers; abstracts and summaries were written for this demonstration.
"""
