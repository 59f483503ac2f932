"""Polite requests for JSON: who asks, patience with a busy server, one clear line for what fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg import __version__
from kg.errors import StoreError

TIMEOUT = 60.0
"""Seconds that a server may take to begin its answer."""
RETRIES = 5
"""Tries after 429, 502, 503 or 504; ``Retry-After`` is kept to."""


class Web:
    """A session with a User-Agent that names ``contact`` (an address of mail or web), as Wikimedia's policy asks."""

    def __init__(self, contact: str = "", retries: int = RETRIES, timeout: float = TIMEOUT) -> None:
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.util.retry import Retry

        retry = Retry(
            total=retries,
            backoff_factor=0.5,
            status_forcelist=(429, 502, 503, 504),
            allowed_methods=frozenset({"GET", "POST"}),
            respect_retry_after_header=True,
        )
        self._timeout = timeout
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"kg/{__version__}" + (f" ({contact})" if contact else "")
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def get(self, url: str, params: Mapping[str, str]) -> Any:
        """The JSON that ``url`` answers.

        Raises:
            StoreError: it could not be reached, refused, or answered something else.
        """
        return self._ask("GET", url, params=dict(params))

    def post(self, url: str, data: Mapping[str, str], accept: str) -> Any:
        """The JSON that ``url`` answers to a form.

        Raises:
            StoreError: it could not be reached, refused, or answered something else.
        """
        return self._ask("POST", url, data=dict(data), headers={"Accept": accept})

    def _ask(self, method: str, url: str, **more: Any) -> Any:
        import requests

        try:
            answer = self._session.request(method, url, timeout=self._timeout, **more)
            answer.raise_for_status()
            return answer.json()
        except ValueError as error:  # requests' own error of JSON is one too
            if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
                raise StoreError(f"{url} is no address: {error}") from error
            raise StoreError(f"{url} did not answer with JSON: {error}") from error
        except requests.RequestException as error:
            status = f"status {error.response.status_code}" if error.response is not None else str(error)
            raise StoreError(f"{url} could not be asked ({status}): check the address and the network, or try later") from error
