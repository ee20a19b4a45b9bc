"""The threads that look at photos."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

import cv2
import numpy as np

from local.rekognition.alignment import CROP
from local.rekognition.model import FaceModel
from local.rekognition.weights import load_weights

T = TypeVar("T")


class FaceWorkers:
    """Threads that each hold the networks; as many photos are looked at at once as there are threads."""

    def __init__(self, workers: int) -> None:
        """Check and load the models in every thread.

        Raises:
            ModelError: A model file is missing or not the tested one.
        """
        cv2.setNumThreads(1)  # the threads are the parallelism
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of its own defaults
        self._weights = load_weights()
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(workers, "face")
        barrier = threading.Barrier(workers)
        for loaded in [self._pool.submit(self._load, barrier) for _ in range(workers)]:
            loaded.result()

    def _load(self, barrier: threading.Barrier) -> None:
        barrier.wait()  # so that every thread gets exactly one of these tasks
        self._local.model = FaceModel(self._weights)
        self._local.model.embed(np.zeros((CROP, CROP, 3), np.uint8))

    def run(self, look: Callable[[FaceModel], T]) -> T:
        """Call `look` with a model in one of the threads, and wait for what it returns."""
        return self._pool.submit(lambda: look(cast(FaceModel, self._local.model))).result()

    def close(self) -> None:
        """End the threads when they are done with what they do."""
        self._pool.shutdown(cancel_futures=True)
