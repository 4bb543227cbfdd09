"""Floor 5, what is kept: tables, migrations, ledger. Nothing above this floor sees a model."""
