"""What independent assessors found: reports, assessments, findings and the codebook."""
