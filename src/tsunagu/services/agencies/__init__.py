"""Agencies and their officers: who they are, what they may do, and by which rules of law they go."""
