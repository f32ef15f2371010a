"""What an operator can do from a shell."""
