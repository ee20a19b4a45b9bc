"""The client of the HTTP API."""

from client.administration import Administration
from client.people import People
from client.photos import Photos
from client.recognitions import Recognitions
from client.sightings import Sightings


class FacesClient(People, Photos, Recognitions, Sightings, Administration):
    """The whole API, as somebody signed in. Safe for threads; a context manager, or call `close`.

    Lists are iterators that read page by page. Whatever may safely be asked again is, when no answer came or the
    service was busy (`Retries`); a refusal is an `ApiError` with a stable `code`.
    """
