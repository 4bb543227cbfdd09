"""The ledger outside the database: its hash chain, its signed Merkle roots, and the check of one against the other."""
