"""Recognitions that there are: listing, looking at, deciding about, deleting them."""

from collections.abc import Iterator
from datetime import datetime

from client.decoding import Json, written
from client.models.photos import Decision, PhotoLink, Recognition
from client.transport import Transport, path


class Recognitions(Transport):
    """The calls about recognitions that have been made."""

    def recognitions(
        self,
        *,
        since: datetime | None = None,
        before: datetime | None = None,
        decision: Decision | None = None,
        person_id: str | None = None,
    ) -> Iterator[Recognition]:
        """Recognitions, newest first, page by page: your own; as an operator, all that have ended.

        Args:
            since: The first time.
            before: The time after the last.
            decision: Those with a face that was decided so, by a human where one has.
            person_id: Those with a face that is this person's.
        """
        return self._pages(
            Recognition,
            "/recognitions",
            **{"from": written(since) if since else None, "to": written(before) if before else None},
            decision=decision,
            personId=person_id,
        )

    def work_list(self) -> Iterator[Recognition]:
        """The recognitions with a face that waits for a human; operators only."""
        return self.recognitions(decision="review")

    def review(self, recognition_id: str, n: int, *, person_id: str | None) -> Recognition:
        """Decide who a face is, instead of the service; operators only. A later decision takes the place of this one.

        Args:
            recognition_id: The recognition.
            n: Which face, by its `n`.
            person_id: Who it is, candidate or not; None: nobody who is registered.
        """
        body: Json = {"decision": "unknown"} if person_id is None else {"decision": "matched", "personId": person_id}
        return self._answer(Recognition, "POST", path("recognitions", recognition_id, "faces", n, "review"), json=body)

    def photo_link(self, recognition_id: str) -> PhotoLink:
        """An address of the photo that is good for a minute. That you looked at it is in the audit."""
        return self._answer(PhotoLink, "GET", path("recognitions", recognition_id, "photo"))

    def download(self, url: str) -> bytes:
        """The photo at the `url` of a link or of an export.

        Raises:
            DownloadRefusedError: S3 refused: the address has expired, or the photo has.
        """
        return self._fetch(url)

    def delete_recognition(self, recognition_id: str) -> None:
        """Delete a photo, its result and what points to them. Deleting it again is no error."""
        self._answer(dict, "DELETE", path("recognitions", recognition_id))
