"""Changes of the tables, in order; written once and never edited after a release."""
