"""The keys, all of them outside the database: the master key, the data keys that it seals, and their two custodians."""
