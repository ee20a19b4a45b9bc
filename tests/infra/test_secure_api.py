# ruff: noqa: PLC0415  (aws_cdk starts node when it is imported: only who needs it pays for it)

import pytest


def test_one_statement_makes_an_api_that_nobody_may_call_without_signing_in(stack, function, synthesized):
    from infra.constructs.secure_api import SecureApi

    SecureApi(stack, "Api").add_route("GET /things/{id}", handler=function)
    template = synthesized()
    route = template.one("AWS::ApiGatewayV2::Route")
    assert route["RouteKey"] == "GET /things/{id}"
    assert route["AuthorizationType"] == "JWT"
    pool = template.one("AWS::Cognito::UserPool")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["DeletionProtection"] == "ACTIVE"
    assert template.whole("Api/UserPool")["DeletionPolicy"] == "Retain"
    client = template.one("AWS::Cognito::UserPoolClient")
    assert client["AccessTokenValidity"] == 15
    assert "ALLOW_USER_PASSWORD_AUTH" not in client["ExplicitAuthFlows"]
    assert client["CallbackURLs"] == ["http://localhost:8080/callback"]
    assert "CorsConfiguration" not in template.one("AWS::ApiGatewayV2::Api")
    assert not template.of_type("AWS::Cognito::UserPoolGroup")
    assert template.of_type("AWS::Logs::LogGroup")["Api/AccessLog"]["RetentionInDays"] == 30


def test_a_route_is_public_only_when_that_is_written_out(stack, function, synthesized):
    from infra.constructs.secure_api import SecureApi

    api = SecureApi(stack, "Api")
    api.add_route("GET /open", handler=function, public=True)
    api.add_route("POST /closed", handler=function)
    routes = synthesized().of_type("AWS::ApiGatewayV2::Route").values()
    assert {route["RouteKey"]: route["AuthorizationType"] for route in routes} == {
        "GET /open": "NONE",
        "POST /closed": "JWT",
    }


def test_only_this_api_may_invoke_a_handler_however_many_routes_it_has(stack, function, synthesized):
    from infra.constructs.secure_api import SecureApi

    api = SecureApi(stack, "Api")
    for number in range(5):
        api.add_route(f"GET /things/{number}", handler=function)
    template = synthesized()
    permission = template.one("AWS::Lambda::Permission")
    assert permission["Principal"] == "apigateway.amazonaws.com"
    arn = template.text(permission["SourceArn"])
    assert arn == "arn:<Partition>:execute-api:<Region>:<AccountId>:<Api/Api>/*/*/*"


@pytest.mark.parametrize("route", ["/things", "get /things", "GET things", "FETCH /things", ""])
def test_what_is_no_route_is_refused(stack, function, route):
    from infra.constructs.secure_api import SecureApi

    api = SecureApi(stack, "Api")
    with pytest.raises(ValueError, match="is no route"):
        api.add_route(route, handler=function)


@pytest.mark.parametrize("origin", ["https://app.example.com/", "app.example.com", "https://App.example.com", "*"])
def test_what_no_browser_names_as_an_origin_is_refused(stack, function, origin):
    from infra.constructs.secure_api import SecureApi
    from infra.constructs.upload_pipeline import UploadPipeline

    with pytest.raises(ValueError, match="is no origin"):
        SecureApi(stack, "Api", allowed_origins=[origin])
    with pytest.raises(ValueError, match="is no origin"):
        UploadPipeline(stack, "Uploads", processor=function, allowed_origins=[origin])


def test_a_user_pool_handed_in_gets_a_client_and_nothing_else(stack, function, synthesized):
    from aws_cdk import aws_cognito

    from infra.constructs.secure_api import SecureApi

    pool = aws_cognito.UserPool.from_user_pool_id(stack, "Theirs", "theirs")
    api = SecureApi(stack, "Api", user_pool=pool)
    api.add_route("GET /me", handler=function)
    assert api.domain is None
    with pytest.raises(ValueError, match="handed in"):
        _ = api.sign_in_url
    template = synthesized()
    kinds = {resource["Type"] for resource in template.resources.values()}
    assert {kind for kind in kinds if kind.startswith("AWS::Cognito::")} == {"AWS::Cognito::UserPoolClient"}
    assert template.one("AWS::Cognito::UserPoolClient")["UserPoolId"] == "theirs"


def test_what_can_be_chosen_is_chosen(stack, synthesized):
    from aws_cdk import Duration, RemovalPolicy, aws_kms, aws_logs

    from infra.constructs.secure_api import SecureApi

    SecureApi(
        stack,
        "Api",
        groups={"staff": "Works here."},
        self_sign_up=True,
        mfa_required=True,
        password_sign_in=True,
        access_token_validity=Duration.hours(1),
        refresh_token_validity=Duration.hours(8),
        allowed_origins=["https://console.example"],
        logout_urls=["https://console.example/bye"],
        rate_limit=5,
        burst_limit=9,
        log_retention=aws_logs.RetentionDays.ONE_DAY,
        encryption_key=aws_kms.Key(stack, "Key"),
        deletion_protection=False,
        removal_policy=RemovalPolicy.DESTROY,
    )
    template = synthesized()
    pool = template.one("AWS::Cognito::UserPool")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is False
    assert pool["MfaConfiguration"] == "ON"
    assert template.whole("Api/UserPool")["DeletionPolicy"] == "Delete"
    client = template.one("AWS::Cognito::UserPoolClient")
    assert "ALLOW_USER_PASSWORD_AUTH" in client["ExplicitAuthFlows"]
    assert (client["AccessTokenValidity"], client["RefreshTokenValidity"]) == (60, 480)
    assert client["CallbackURLs"] == ["https://console.example/callback"]
    assert client["LogoutURLs"] == ["https://console.example/bye"]
    assert template.one("AWS::Cognito::UserPoolGroup")["Description"] == "Works here."
    limits = template.one("AWS::ApiGatewayV2::Stage")["DefaultRouteSettings"]
    assert limits == {"ThrottlingRateLimit": 5, "ThrottlingBurstLimit": 9}
    log = template.one("AWS::Logs::LogGroup")
    assert log["RetentionInDays"] == 1
    assert template.text(log["KmsKeyId"]) == "<Key.Arn>"


def test_two_apis_of_one_stack_do_not_collide(stack, synthesized):
    from infra.constructs.secure_api import SecureApi

    SecureApi(stack, "Inside")
    SecureApi(stack, "Outside")
    template = synthesized()
    for kind, name in (("AWS::Cognito::UserPoolDomain", "Domain"), ("AWS::Logs::LogGroup", "LogGroupName")):
        names = [str(found[name]) for found in template.of_type(kind).values()]
        assert len(set(names)) == 2


def test_its_metrics_are_those_of_the_api(stack):
    from infra.constructs.secure_api import SecureApi

    api = SecureApi(stack, "Api")
    names = {
        metric().metric_name
        for metric in (api.metric_requests, api.metric_client_errors, api.metric_server_errors, api.metric_latency)
    }
    assert names == {"Count", "4xx", "5xx", "Latency"}
