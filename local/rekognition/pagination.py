"""Page tokens: where a list goes on, sealed for one list, so that a made-up or borrowed token is known as such."""

import base64
import binascii
import hashlib
import hmac
import json

from local.rekognition.errors import PageTokenError

_SEAL = 16  # bytes of the seal that a token carries


class Pages:
    """Makes and reads tokens with a key that the data folder keeps."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, scope: list[object], position: int) -> str:
        """The token of the page behind `position` of the list that `scope` describes."""
        packed = position.to_bytes(8)
        return base64.urlsafe_b64encode(packed + self._seal(scope, packed)).decode()

    def position(self, scope: list[object], token: str | None) -> int:
        """Where the page of `token` begins: the last seq of the page before; 0 without a token.

        Raises:
            PageTokenError: The token is not one of this list.
        """
        if token is None:
            return 0
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        packed, seal = raw[:8], raw[8:]
        if not hmac.compare_digest(seal, self._seal(scope, packed)):
            raise PageTokenError("Request has invalid pagination token")
        return int.from_bytes(packed)

    def _seal(self, scope: list[object], packed: bytes) -> bytes:
        return hmac.digest(self._key, json.dumps(scope).encode() + packed, hashlib.sha256)[:_SEAL]
