"""Where the browser of the journeys is."""

import os
import shutil

# The first is the same without what only a window needs, and quicker.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NAMES += ("google-chrome-stable",)


def find_chromium():
    candidates = (os.environ.get("CHROMIUM"), *NAMES)
    return next((path for name in candidates if name and (path := shutil.which(name))), None)
