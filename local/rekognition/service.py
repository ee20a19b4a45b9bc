"""What the operations share: the state, the models, the images, and the names of things."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.rekognition.errors import ResourceNotFoundError
from local.rekognition.observation import ObservedFace, observe
from local.rekognition.pagination import Pages
from local.rekognition.records import Collection
from local.rekognition.sources import ImageSource
from local.rekognition.store import Store
from local.rekognition.transaction import Transaction
from local.rekognition.workers import FaceWorkers


@dataclass(frozen=True)
class Settings:
    """The data folder, the names that ARNs carry, and how many photos are looked at at once."""

    data: Path
    region: str = "us-east-1"
    account: str = "000000000000"
    workers: int = 2


class Service:
    """The endpoint without HTTP. Its parts are safe for use from many threads."""

    def __init__(self, settings: Settings) -> None:
        """Open the data folder and load the models.

        Raises:
            ModelError: The models are missing or not the tested ones.
            StoreError: The data folder cannot be used.
        """
        self.settings = settings
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.workers = FaceWorkers(settings.workers)
        self.store = Store(settings.data / "faces.sqlite")
        self.images = ImageSource(settings.region)
        self.pages = Pages(self.store.page_key)

    def collection(self, request: dict[str, Any], where: Transaction | None = None) -> Collection:
        """The collection that a request names.

        Raises:
            ResourceNotFoundError: There is none.
        """
        collection_id: str = request["CollectionId"]
        found = (where or self.store).collection(collection_id)
        if found is None:
            raise ResourceNotFoundError(f"The collection id: {collection_id} does not exist")
        return found

    def collection_arn(self, collection_id: str) -> str:
        """The ARN that a collection has with these settings."""
        return f"arn:aws:rekognition:{self.settings.region}:{self.settings.account}:collection/{collection_id}"

    def observe(self, data: bytes, *, vectors: int = 0, quality: str = "NONE") -> list[ObservedFace]:
        """The faces of an image, as `observation.observe` finds them."""
        return observe(self.workers, data, vectors=vectors, quality=quality)

    def close(self) -> None:
        """Stop the workers and close the data folder; no call may still be under way."""
        self.workers.close()
        self.store.close()


def user_status(*, has_faces: bool) -> str:
    """`UserStatus`: associations take effect at once here, so nobody is ever CREATING or UPDATING."""
    return "ACTIVE" if has_faces else "CREATED"
