"""Files that are given as evidence: judged by their content, kept, handed out, cleared away."""
