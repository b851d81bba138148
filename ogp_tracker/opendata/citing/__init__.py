"""How to cite a page: in words, as BibTeX and as RIS."""
