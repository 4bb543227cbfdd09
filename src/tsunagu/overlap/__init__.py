"""Floor 4, pure: the hits of two holdings to one overlap, with its evidence, commonness and strength."""
