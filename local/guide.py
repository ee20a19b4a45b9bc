"""What a run tells when it is up: where things are, who can sign in, and the API by command line and by curl."""

from collections.abc import Mapping
from pathlib import Path

from local.cloud import LocalCloud
from local.deployment import Outputs
from local.users import SignIn

_PRINT_ACCESS = """python3 -c 'import json, sys; print(json.load(sys.stdin)["AuthenticationResult"]["AccessToken"])'"""
_PRINT_ID = """python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'"""
_PRINT_FORM = (
    """python3 -c 'import json, sys; u = json.load(sys.stdin)["upload"]; print("url = \\"%s\\"" % u["url"]); """
    """[print("form-string = \\"%s=%s\\"" % field) for field in u["fields"].items()]'"""
)


def addresses(cloud: LocalCloud, outputs: Outputs) -> list[str]:
    """Where things are."""
    return [
        f"API            {cloud.api_url(outputs.api_id)}",
        f"AWS            {cloud.endpoint}   (AWS_ENDPOINT_URL; keys test/test, region us-east-1)",
        f"Rekognition    {cloud.rekognition_endpoint}   (AWS_ENDPOINT_URL_REKOGNITION)",
        f"Logs           {cloud.logs}",
    ]


def people(sign_ins: Mapping[str, SignIn]) -> list[str]:
    """Who can sign in."""
    return [f"{name:<15}{sign_in.email:<24}{sign_in.password}" for name, sign_in in sign_ins.items()]


def client(cloud: LocalCloud, outputs: Outputs, sign_in: SignIn, *, photo: str, session: Path) -> list[str]:
    """Lines for a POSIX shell: sign in, keeping the session in the file `session`, and recognize `photo`."""
    return [
        f"export FACES_SESSION='{session}'",
        f"echo '{sign_in.password}' | .venv/bin/python -m client sign-in '{cloud.api_url(outputs.api_id)}' "
        f"--pool {outputs.user_pool_id} --client-id {outputs.user_pool_client_id} --endpoint-url {cloud.endpoint} "
        f"--email {sign_in.email}",
        f".venv/bin/python -m client recognize '{photo}'",
    ]


def curl(cloud: LocalCloud, outputs: Outputs, sign_in: SignIn, *, photo: str) -> list[str]:
    """Lines for a POSIX shell: sign in, upload `photo` (a JPEG) and read the result; then all at once."""
    credentials = (
        f'{{"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "{outputs.user_pool_client_id}", '
        f'"AuthParameters": {{"USERNAME": "{sign_in.email}", "PASSWORD": "{sign_in.password}"}}}}'
    )
    return [
        f"API='{cloud.api_url(outputs.api_id)}'",
        f"TOKEN=$(curl -sS {cloud.endpoint} -H 'Content-Type: application/x-amz-json-1.1' "
        f"-H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' -d '{credentials}' | {_PRINT_ACCESS})",
        'PHOTO=$(curl -sS "$API/recognitions" -H "Authorization: Bearer $TOKEN" '
        """-H 'Content-Type: application/json' -d '{"contentType": "image/jpeg"}')""",
        f"""printf %s "$PHOTO" | {_PRINT_FORM} | curl -sS -K - -F 'file=@{photo}'""",
        f"""sleep 1; curl -sS "$API/recognitions/$(printf %s "$PHOTO" | {_PRINT_ID})" """
        '-H "Authorization: Bearer $TOKEN"; echo',
        'curl -sS "$API/recognitions/immediate" -H "Authorization: Bearer $TOKEN" '
        f"-H 'Content-Type: image/jpeg' --data-binary '@{photo}'; echo",
    ]
