"""Where the tracker is read elsewhere: cards, frames, previews, descriptions for programs."""
