"""Law as dated rules: which texts apply to a deed on its day, and what has not been shown. Never who is guilty."""
