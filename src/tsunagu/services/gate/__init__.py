"""The corroboration gate: what is found of one person of a seized list, and what people decide about him."""
