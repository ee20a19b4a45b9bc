"""What can go wrong in the local run, told in a line that says what to do."""


class LocalRunError(Exception):
    """The local run cannot go on; the message is for the person at the terminal."""


class PortTakenError(LocalRunError):
    """Somebody else listens on a port that the local run needs."""


class AlreadyRunningError(LocalRunError):
    """Another local run uses the same state folder."""


class ChildEndedError(LocalRunError):
    """A process that must live has ended by itself."""


class CommandFailedError(LocalRunError):
    """A tool that was run to its end has failed."""
