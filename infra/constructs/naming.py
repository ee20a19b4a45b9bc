"""Names that no other deployment has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Fn, Stack

if TYPE_CHECKING:
    from constructs import Construct


def unique_suffix(scope: Construct) -> str:
    """A suffix, known at deploy time, that tells this construct's resources from every other's.

    The first part tells constructs of one stack apart, the second deployments: it is the first group of the UUID at the
    end of the stack's id (`arn:...:stack/name/uuid`), new whenever a stack is created anew, so that what an earlier one
    left behind is never in the way. Seventeen lower-case hexadecimal characters and dashes.
    """
    uuid = Fn.select(2, Fn.split("/", Stack.of(scope).stack_id))
    return f"{scope.node.addr[-8:]}-{Fn.select(0, Fn.split('-', uuid))}"
