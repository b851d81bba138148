"""What is being delivered: milestones and the progress that government reports, per nation."""
