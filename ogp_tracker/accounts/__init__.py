"""How an officer signs in: django-allauth, with what the tracker adds to it.

| file | what |
|---|---|
| `urls.py`, `views.py`, `forms.py` | the pages below /accounts/ |
| `adapters.py` | settings of allauth: whose password it is, no sign-up, our texts, our name |
| `passwords.py` | which passwords are refused |
| `entry.py` | who may enter the admin, and what happens to the others |
| `unsaved_forms.py` | a form that was submitted after the session ended: shown, and sent again |
| `limits.py` | the response to too many attempts |
| `idle_sessions.py` | the session ends when its officer is idle |
| `receivers.py` | what follows when an account changes |
| `two_step_verification.py` | who needs it; resetting it for who has lost phone and codes |
| `anonymous.py` | forgetting the person behind an account |
"""
