"""Signing in, by allauth: what it is told of officers, agencies, seals and the ledger."""
