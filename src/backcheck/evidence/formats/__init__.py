"""One module for each format of report: `read(document)` gives what its tool measured, or None for another's document."""
