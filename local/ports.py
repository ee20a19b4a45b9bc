"""The ports of one local run, all derived from one number."""

import socket
from dataclasses import dataclass

from local.errors import PortTakenError

HOST = "127.0.0.1"
DEFAULT_PORT = 4566
# Below are those of the system; the last one has no neighbour.
USABLE = range(1024, 65535)


@dataclass(frozen=True)
class Ports:
    """`aws` is the port of everything that AWS is; `rekognition` the one of the face endpoint behind it."""

    aws: int
    rekognition: int

    @classmethod
    def at(cls, port: int) -> "Ports":
        """The ports of the run at `port`."""
        return cls(aws=port, rekognition=port + 1)

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody listens on at the moment, for tests."""
        with socket.socket() as first, socket.socket() as second:
            for listener in (first, second):
                listener.bind((HOST, 0))
            return cls(aws=first.getsockname()[1], rekognition=second.getsockname()[1])

    def check_free(self) -> None:
        """Make sure that nobody listens, or an older process would be taken for ours.

        Raises:
            PortTakenError: Somebody does.
        """
        for port in (self.aws, self.rekognition):
            # Bound as the servers bind, so that a connection of the last run that is still closing does not count.
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except OSError as error:
                    raise PortTakenError(
                        f"port {port} is taken: stop what listens there, "
                        f"or choose another port, for example PORT={self.aws + 1000}"
                    ) from error
