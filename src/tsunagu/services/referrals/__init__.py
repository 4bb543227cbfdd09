"""Referrals: packages about one suspect, from one agency to another, with their outcomes."""
