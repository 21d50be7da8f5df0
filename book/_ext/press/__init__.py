"""Finishing: citations, metadata, cards of shared links, accessible and light pages, fresh builds."""
