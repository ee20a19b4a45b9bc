import json

import pytest

from handlers.api.openapi import document

STAGES = ("local", "dev", "prod")


@pytest.mark.parametrize("stage", STAGES)
def test_every_route_but_health_wants_a_token_of_our_users(synth, stage):
    template = synth(stage)
    routes = template.of_type("AWS::ApiGatewayV2::Route").values()
    public = {route["RouteKey"] for route in routes if route["AuthorizationType"] == "NONE"}
    assert public == {"GET /health"}
    (authorizer,) = template.of_type("AWS::ApiGatewayV2::Authorizer")
    for route in routes:
        if route["RouteKey"] not in public:
            assert route["AuthorizationType"] == "JWT"
            assert template.text(route["AuthorizerId"]) == f"<{authorizer}>"


@pytest.mark.parametrize("stage", STAGES)
def test_tokens_must_come_from_our_user_pool_and_client(synth, stage):
    template = synth(stage)
    authorizer = template.one("AWS::ApiGatewayV2::Authorizer")
    assert authorizer["AuthorizerType"] == "JWT"
    issuer = template.text(authorizer["JwtConfiguration"]["Issuer"])
    assert issuer == "https://cognito-idp.<Region>.amazonaws.com/<Api/UserPool>"
    assert [template.text(audience) for audience in authorizer["JwtConfiguration"]["Audience"]] == ["<Api/Client>"]


def test_the_routes_are_those_that_the_handlers_serve(synth):
    served = {f"{method.upper()} {path}" for path, item in document()["paths"].items() for method in item}
    routes = {route["RouteKey"] for route in synth().of_type("AWS::ApiGatewayV2::Route").values()}
    assert {_anonymous(route) for route in routes} == {_anonymous(route) for route in served}


@pytest.mark.parametrize("stage", STAGES)
def test_requests_are_limited_and_logged_without_names_or_tokens(synth, stage):
    template = synth(stage)
    api_stage = template.one("AWS::ApiGatewayV2::Stage")
    limits = api_stage["DefaultRouteSettings"]
    assert 0 < limits["ThrottlingRateLimit"] <= limits["ThrottlingBurstLimit"]
    log = api_stage["AccessLogSettings"]
    assert template.text(log["DestinationArn"]) == "<Api/AccessLog.Arn>"
    logged = set(json.loads(log["Format"]).values())
    assert {"$context.requestId", "$context.routeKey", "$context.status"} <= logged
    # The route is a template; what the caller sent, and from where, is not kept.
    for field in logged:
        assert not field.startswith(("$context.path", "$context.identity", "$context.requestOverride"))
        assert not field.startswith("$context.authorizer.claims") or field == "$context.authorizer.claims.sub"
    assert template.text(template.of_type("AWS::Logs::LogGroup")["Api/AccessLog"]["LogGroupName"]).startswith(
        "/aws/vendedlogs/"
    )


@pytest.mark.parametrize("stage", STAGES)
def test_only_administrators_add_users_who_sign_in_with_their_email(synth, stage):
    pool = synth(stage).one("AWS::Cognito::UserPool")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 12
    assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"))
    assert pool["MfaConfiguration"] == ("ON" if stage == "prod" else "OPTIONAL")
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]


@pytest.mark.parametrize("stage", STAGES)
def test_the_client_is_public_short_lived_and_gives_no_user_away(synth, stage):
    client = synth(stage).one("AWS::Cognito::UserPoolClient")
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["EnableTokenRevocation"] is True
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
    assert client["AccessTokenValidity"] == 15
    assert all(url.startswith(("https://", "http://localhost:")) for url in client["CallbackURLs"])


@pytest.mark.parametrize("stage", STAGES)
def test_only_local_clients_may_send_a_password(synth, stage):
    flows = set(synth(stage).one("AWS::Cognito::UserPoolClient")["ExplicitAuthFlows"])
    assert "ALLOW_USER_SRP_AUTH" in flows
    assert ("ALLOW_USER_PASSWORD_AUTH" in flows) == (stage == "local")


@pytest.mark.parametrize("stage", STAGES)
def test_managed_login_has_a_domain_and_the_branding_without_which_it_is_unavailable(synth, stage):
    template = synth(stage)
    assert template.one("AWS::Cognito::UserPoolDomain")["ManagedLoginVersion"] == 2
    branding = template.one("AWS::Cognito::ManagedLoginBranding")
    assert template.text(branding["UserPoolId"]) == "<Api/UserPool>"
    assert template.text(branding["ClientId"]) == "<Api/Client>"
    prefix = template.text(template.one("AWS::Cognito::UserPoolDomain")["Domain"])
    assert not any(word in prefix for word in ("aws", "amazon", "cognito"))


@pytest.mark.parametrize("stage", STAGES)
def test_the_groups_are_the_roles(synth, stage):
    groups = synth(stage).of_type("AWS::Cognito::UserPoolGroup").values()
    assert {group["GroupName"] for group in groups} == {"admin", "operator"}


@pytest.mark.parametrize("stage", STAGES)
def test_browsers_may_call_from_the_allowed_origins_alone(synth, stage):
    api = synth(stage).one("AWS::ApiGatewayV2::Api")
    if stage == "prod":
        assert "CorsConfiguration" not in api
    else:
        assert api["CorsConfiguration"]["AllowOrigins"] == ["http://localhost:8080"]
        assert {"authorization", "content-type", "if-match"} <= set(api["CorsConfiguration"]["AllowHeaders"])
        assert {"etag", "location"} <= set(api["CorsConfiguration"]["ExposeHeaders"])


def _anonymous(route: str) -> str:
    return "/".join("{}" if part.startswith(("{", "<")) else part for part in route.split("/"))
