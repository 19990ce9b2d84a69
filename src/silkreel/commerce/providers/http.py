"""Asking a provider over HTTP: an answer, its refusal, or silence, and never a guess."""

from collections.abc import Mapping
from typing import Any

import httpx

from silkreel.commerce.payments import ProviderRefused, ProviderSilent

ANSWER_BYTES = 8 * 1024 * 1024  # a page of a hundred objects is far below
TOO_MANY, SERVER_TROUBLE = 429, 500


class Line:
    """A connection to one provider's API; answers are JSON objects."""

    def __init__(self, provider: str, client: httpx.Client) -> None:
        self._provider = provider
        self._client = client

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any] | None:
        """The answer; None for what is not there (404), an empty object for an empty answer.

        Raises:
            ProviderRefused: it answered no.
            ProviderSilent: no answer, or one that says nothing of what happened (429, 5xx).
        """
        try:
            answer = self._client.request(
                method, path, params=params, data=form, json=json, headers=headers
            )
        except httpx.HTTPError as broken:
            raise ProviderSilent(provider=self._provider) from broken
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code == TOO_MANY or answer.status_code >= SERVER_TROUBLE:
            raise ProviderSilent(provider=self._provider)
        content = self._content(answer)
        if answer.is_success:
            return content
        raise ProviderRefused(provider=self._provider, why=_why(content, answer.status_code))

    def _content(self, answer: httpx.Response) -> dict[str, Any]:
        if not answer.content.strip():
            return {}
        try:
            content = answer.json() if len(answer.content) <= ANSWER_BYTES else None
        except ValueError as broken:
            raise ProviderSilent(provider=self._provider) from broken
        if not isinstance(content, dict):
            raise ProviderSilent(provider=self._provider)
        return content


def _why(content: dict[str, Any], status: int) -> str:
    """The provider's own words, which name no secret of ours."""
    error = content.get("error")
    message = error.get("message") if isinstance(error, dict) else content.get("errorMessage")
    return str(message)[:300] if message else f"status {status}"
