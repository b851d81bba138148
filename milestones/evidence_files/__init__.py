"""Files of evidence: judged by their content, kept, handed out, cleared away."""
