"""What a person runs: the door (`scripts/raymi`), its sub-commands, and the embedded database they share."""
