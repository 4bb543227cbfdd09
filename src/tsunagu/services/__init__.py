"""Floor 6, what may be done: permission, then work, then ledger, then the answer."""
