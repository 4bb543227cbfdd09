"""The ledger read: verified, proven entry by entry, and told as time-lines."""
