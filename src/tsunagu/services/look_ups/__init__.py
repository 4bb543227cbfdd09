"""Look-ups: whether something is known anywhere, asked by officers and programs."""
