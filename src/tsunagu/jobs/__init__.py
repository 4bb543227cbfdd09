"""Floor 7: tasks that services defer by name. Translates only; decides nothing."""
