"""Floor 3: fingerprints to hits. The flat index is the oracle of every later one."""
