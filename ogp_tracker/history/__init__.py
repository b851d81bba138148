"""What changed on the public pages, newest first: on the whole site, or of one row of it."""
