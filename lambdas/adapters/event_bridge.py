"""Events on Amazon EventBridge."""

import json
from dataclasses import dataclass
from typing import Any

from adapters.aws_errors import busy_translated
from domain.endings import Event
from domain.errors import ServiceBusyError

SOURCE = "faces"


@dataclass(frozen=True)
class EventBridgeBus:
    """`domain.endings.EventBus` on a bus of EventBridge."""

    client: Any  # mypy_boto3_events is not among the stubs of this project, for this one call
    name: str

    def publish(self, event: Event) -> None:
        """See `EventBus.publish`; an event that is refused is so inside an answer that says 200."""
        with busy_translated():
            answer = self.client.put_events(
                Entries=[
                    {
                        "EventBusName": self.name,
                        "Source": SOURCE,
                        "DetailType": event.kind,
                        "Time": event.at,
                        "Detail": json.dumps(event.detail),
                    }
                ]
            )
        if answer["FailedEntryCount"]:
            raise ServiceBusyError(f"EventBridge: {answer['Entries'][0].get('ErrorCode')}")
