"""Security items: what an attacker would try first."""
