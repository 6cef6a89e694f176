"""What every target of an export shares: which tools were meant, what they are called elsewhere, and how a file is written."""
