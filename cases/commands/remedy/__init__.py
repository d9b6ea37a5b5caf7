"""Putting it right: the plan, its delivery, and what the people harmed say of each step."""
