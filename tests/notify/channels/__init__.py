import pytest

# Its asserts explain themselves, as those of a test module do.
pytest.register_assert_rewrite("tests.notify.channels.contract")
