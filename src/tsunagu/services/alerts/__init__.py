"""Alerts: raised, passed on hop by hop, and what became of them brought home."""
