"""Performance items: what slows a backend down under load."""
