"""What an officer hears whom a service refuses."""

import pytest

from milestones.progress_rules import UpdateRefused


def refusal_of(act, *args, **kwargs):
    with pytest.raises(UpdateRefused) as refused:
        act(*args, **kwargs)
    if hasattr(refused.value, "error_dict"):
        return list(refused.value.message_dict)
    return refused.value.messages[0]
