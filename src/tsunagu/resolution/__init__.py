"""Floor 4, pure: observations to entities: people, accounts, addresses."""
