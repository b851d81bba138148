"""How an officer signs in: django-allauth, with what the tracker asks on top of it.

| file | what |
|---|---|
| `urls.py`, `views.py`, `forms.py` | the pages below /accounts/ |
| `adapters.py` | what allauth is told: closed to strangers, our words, our name |
| `door.py` | who may enter the Admin section, and what the others are told |
| `held.py` | what somebody typed while the session ended, kept and sent again |
| `limits.py` | the answer to too many attempts |
| `rest.py` | the session ends after a period of rest |
| `receivers.py` | what follows when an account changes |
"""
