"""Floor 4, pure: acts and outcomes to figures, figures to tables that give no small cell away."""
