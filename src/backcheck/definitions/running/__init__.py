"""How a definition is run by our own runner: the tools that it is granted, its model, effort, turns and permission mode."""
