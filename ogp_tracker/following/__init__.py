"""Ways to follow the site or one row of it: Atom feeds, calendars of due dates, alerts by email."""
