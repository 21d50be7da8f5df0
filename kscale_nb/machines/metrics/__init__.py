"""Twelve metrics of systems that compute."""
