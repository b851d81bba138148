"""What was promised: nations, institutions, action plans and their commitments."""
