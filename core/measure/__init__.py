"""Measures that two topics or more use."""
