"""Benches and self-tests: what this machine manages, and whether what the app needs works here."""
