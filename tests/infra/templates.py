"""Reads a synthesized template as what it promises: resources by construct path, rights by resource, circles."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import aws_cdk

Resource = dict[str, Any]


@dataclass(frozen=True)
class Template:
    body: dict[str, Any]

    @property
    def resources(self) -> dict[str, Resource]:
        resources: dict[str, Resource] = self.body["Resources"]
        return resources

    @property
    def outputs(self) -> dict[str, Any]:
        outputs: dict[str, Any] = self.body["Outputs"]
        return outputs

    @cached_property
    def _paths(self) -> dict[str, str]:
        """A stable name for each logical id: where the construct stands in the stack."""
        paths = {
            logical_id: resource["Metadata"]["aws:cdk:path"].partition("/")[2]
            for logical_id, resource in self.resources.items()
        }
        return {logical_id: path.removesuffix("/Resource") for logical_id, path in paths.items()}

    def path(self, logical_id: str) -> str:
        return self._paths[logical_id]

    def of_type(self, kind: str) -> dict[str, Any]:
        """Properties by construct path."""
        return {
            self.path(logical_id): resource.get("Properties", {})
            for logical_id, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def one(self, kind: str) -> Any:
        """Properties of the only resource of that type."""
        (properties,) = self.of_type(kind).values()
        return properties

    def whole(self, path: str) -> Resource:
        """The resource at a construct path, with its deletion policy and dependencies."""
        (found,) = (resource for logical_id, resource in self.resources.items() if self.path(logical_id) == path)
        return found

    def text(self, value: Any) -> str:
        """A value as it will read; references are `<path>` or `<path.Attribute>`, pseudo parameters `<Region>`."""
        if isinstance(value, str):
            return value
        if "Ref" in value:
            return f"<{self._paths.get(value['Ref'], value['Ref'].removeprefix('AWS::'))}>"
        if "Fn::GetAtt" in value:
            logical_id, attribute = value["Fn::GetAtt"]
            return f"<{self._paths[logical_id]}.{attribute}>"
        if "Fn::Join" in value:
            separator, parts = value["Fn::Join"]
            return str(separator).join(self.text(part) for part in parts)
        if "Fn::Select" in value:
            index, split = value["Fn::Select"]
            separator, source = split["Fn::Split"]
            return f"<{self.text(source).strip('<>')} by {separator}, {index}>"
        raise ValueError(value)

    def function(self, handler: str) -> Any:
        """Properties of the function with that handler."""
        (found,) = (
            properties
            for properties in self.of_type("AWS::Lambda::Function").values()
            if properties["Handler"] == handler
        )
        return found

    def rights(self, handler: str) -> dict[str, set[str]]:
        """All that the function may do: actions by resource, from every policy of its role.

        Where a right reaches some partitions of a table or prefixes of a bucket alone, the resource is followed by
        them in brackets.
        """
        role = self.text(self.function(handler)["Role"]).removesuffix(".Arn>") + ">"
        rights: dict[str, set[str]] = defaultdict(set)
        for policy in self.of_type("AWS::IAM::Policy").values():
            if role in [self.text(attached) for attached in policy["Roles"]]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    assert statement["Effect"] == "Allow"
                    keys = _reach(statement.get("Condition"))
                    for arn in as_list(statement["Resource"]):
                        rights[self.text(arn) + keys].update(as_list(statement["Action"]))
        return dict(rights)

    def statements(self) -> list[tuple[str, dict[str, Any]]]:
        """Every policy statement of the template, with the path of the resource that holds it."""
        found = []
        for logical_id, resource in self.resources.items():
            for document in _documents(resource.get("Properties", {})):
                found += [(self.path(logical_id), statement) for statement in as_list(document["Statement"])]
        return found

    def policy(self, kind: str, target: str, path: str) -> list[dict[str, Any]]:
        """Statements of the resource policy, of type `kind`, whose property `target` refers to `path`."""
        return [
            statement
            for properties in self.of_type(kind).values()
            if f"<{path}>" in [self.text(value) for value in as_list(properties[target])]
            for statement in properties["PolicyDocument"]["Statement"]
        ]

    def circle(self) -> list[str]:
        """Resources that need each other to exist first, or nothing."""
        needs = {
            logical_id: {other for other in _references(resource) if other in self.resources}
            for logical_id, resource in self.resources.items()
        }
        finished: set[str] = set()

        def visit(logical_id: str, trail: list[str]) -> list[str]:
            if logical_id in trail:
                return [*trail[trail.index(logical_id) :], logical_id]
            if logical_id in finished:
                return []
            for other in sorted(needs[logical_id]):
                if circle := visit(other, [*trail, logical_id]):
                    return circle
            finished.add(logical_id)
            return []

        for logical_id in needs:
            if circle := visit(logical_id, []):
                return [self.path(step) for step in circle]
        return []


def _reach(condition: dict[str, Any] | None) -> str:
    if condition is None:
        return ""
    [(operator, compared)] = condition.items()
    [(key, patterns)] = compared.items()
    assert (operator, key) in {("ForAllValues:StringLike", "dynamodb:LeadingKeys"), ("StringLike", "s3:prefix")}
    return f" [{', '.join(as_list(patterns))}]"


def template_of(app: aws_cdk.Stage) -> Template:
    """The template of an app's only stack."""
    (stack,) = app.synth().stacks
    return Template(json.loads(Path(stack.template_full_path).read_text()))


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _documents(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [document for item in value for document in _documents(item)]
    if not isinstance(value, dict):
        return []
    if "Statement" in value:
        return [value]
    return [document for item in value.values() for document in _documents(item)]


def _references(value: Any) -> set[str]:
    """Logical ids that a part of a template names, by Ref, GetAtt, Sub or DependsOn."""
    if isinstance(value, list):
        return {reference for item in value for reference in _references(item)}
    if not isinstance(value, dict):
        return set()
    found = set()
    for key, item in value.items():
        if key == "Ref":
            found.add(item)
        elif key == "Fn::GetAtt":
            found.add(item.partition(".")[0] if isinstance(item, str) else item[0])
        elif key == "Fn::Sub":
            template = item if isinstance(item, str) else item[0]
            found |= set(re.findall(r"\$\{([A-Za-z0-9]+)", template))
            found |= _references(item)
        elif key == "DependsOn":
            found |= set(as_list(item))
        else:
            found |= _references(item)
    return found


def dumped(template: Template) -> str:
    return json.dumps(template.body)
