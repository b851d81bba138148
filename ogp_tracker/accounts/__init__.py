"""How an officer signs in: django-allauth, with what the tracker adds to it.

| file | what |
|---|---|
| `urls.py`, `views.py`, `forms.py` | the pages below /accounts/ |
| `adapters.py` | settings of allauth: no sign-up, our texts, our name |
| `entry.py` | who may enter the admin, and what happens to the others |
| `unsaved_forms.py` | a form that was submitted after the session ended: shown, and sent again |
| `limits.py` | the response to too many attempts |
| `idle_sessions.py` | the session ends when its officer is idle |
| `receivers.py` | what follows when an account changes |
| `two_step_verification.py` | resetting it for an owner who has lost phone and codes |
"""
