"""What a user of the search can get wrong."""

from divergences.ops import DivergenceError
from vae.errors import VAEError


class SearchError(VAEError):
    """A setting, a storage or a folder that the search cannot work with; its text is one sentence for the user."""


class StudyMismatchError(SearchError):
    """A study of that name exists and was made with other settings."""


USER_ERRORS = (VAEError, DivergenceError)
"""Errors whose text is all that a user needs to see."""
