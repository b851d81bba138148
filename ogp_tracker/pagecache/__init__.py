"""The page cache: answers of public pages, kept under the version of the public data.

`handler.py` stands between the server and Django: it answers from what is kept (`shelf.py`, and
`shared.py` for several processes), or has Django answer and keeps that, if it is a public page
(`public.py`). What is kept counts as long as the data (`mark.py`) and the day are those of which it
was made. docs/decisions/0020-page-cache.md says why, and what it brings.
"""
