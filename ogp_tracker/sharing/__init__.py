"""Where the tracker is read elsewhere: status cards, frames, previews, descriptions for programs."""
