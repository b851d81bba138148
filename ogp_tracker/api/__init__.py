"""The public data for programs: `/api/v1/`, read-only. Fields and values are those of `data`."""
