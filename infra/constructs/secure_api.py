"""An HTTPS API for signed-in users: Cognito user pool, HTTP API, JWT authorizer, access log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.naming import unique_suffix
from infra.constructs.origins import checked_origins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_

# Who did what, how it went and how long it took. The route is the template (`GET /people/{id}`), so that no id of a
# person, no query, no token and no address is kept; `sub` is Cognito's opaque id of the caller.
_ACCESS_LOG_FORMAT = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "route": "$context.routeKey",
    "status": "$context.status",
    "sub": "$context.authorizer.claims.sub",
    "latencyMs": "$context.responseLatency",
    "integrationLatencyMs": "$context.integrationLatency",
    "responseBytes": "$context.responseLength",
    "error": "$context.error.responseType",
    "integrationError": "$context.integrationErrorMessage",
    "authorizerError": "$context.authorizer.error",
}
_SCOPES = [cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL]


class SecureApi(Construct):
    """An HTTP API that only signed-in users reach, and the Cognito user pool in which they are.

    Users sign in with their email, by SRP or on Cognito's managed login pages (authorization code with PKCE; the client
    is public and holds no secret). API Gateway checks each token's signature, issuer, audience and expiry. It lets the
    ID token of the same client pass too, so handlers check that `token_use` is `access`. The claims are in the event's
    `requestContext.authorizer.jwt.claims`, all of them texts: `cognito:groups` is one such as `[admin operator]`.

    Example:
        api = SecureApi(self, "Api", groups={"admin": "May do everything."})
        api.add_route("GET /me", handler=function)
        api.add_route("GET /health", handler=function, public=True)
    """

    api: apigw.HttpApi
    """The HTTP API."""
    user_pool: cognito.IUserPool
    """Who may sign in."""
    user_pool_client: cognito.UserPoolClient
    """The public client whose tokens the API accepts."""
    domain: cognito.UserPoolDomain | None
    """Host of the managed login pages; none for a user pool that was handed in."""
    url: str
    """Address of the API, without a slash at the end."""
    access_log: logs.LogGroup
    """One JSON object a request: route, status, caller's id, duration."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        user_pool: cognito.IUserPool | None = None,
        groups: Mapping[str, str] | None = None,
        self_sign_up: bool = False,
        mfa_required: bool = False,
        password_sign_in: bool = False,
        access_token_validity: Duration | None = None,
        refresh_token_validity: Duration | None = None,
        callback_urls: Sequence[str] | None = None,
        logout_urls: Sequence[str] | None = None,
        allowed_origins: Sequence[str] = (),
        rate_limit: int = 50,
        burst_limit: int = 100,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        encryption_key: kms.IKey | None = None,
        deletion_protection: bool = True,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Make an API without routes.

        Args:
            scope: The construct that holds this one.
            id: Its name in there.
            user_pool: A user pool to use instead of a new one; it gets a client and the `groups`, nothing else of it
                changes. Default: a new one, with managed login at a domain of its own.
            groups: Description by name of the groups to make. Default: none.
            self_sign_up: Anybody may register as a user of a new pool. Default: only an administrator adds users.
            mfa_required: Users of a new pool must have a second factor (an authenticator app). Default: they may.
            password_sign_in: The client may send the password itself (USER_PASSWORD_AUTH). Default: SRP and pages only.
            access_token_validity: 5 minutes to 1 day; a token works so long even after sign-out. Default: 15 minutes.
            refresh_token_validity: Time until a user must sign in again, 1 hour to 10 years. Default: 1 day.
            callback_urls: Where the pages may send a signed-in user. Default: `/callback` at each of `allowed_origins`,
                or without any at http://localhost:8080, where a program on the user's own machine can listen.
            logout_urls: Where the pages may send a signed-out user. Default: the root of the same hosts.
            allowed_origins: Web origins (scheme, host, port) that may call the API from a browser. Default: none.
            rate_limit: Requests a second, all clients together. Default: 50.
            burst_limit: Requests at once, all clients together. Default: 100.
            log_retention: How long the access log is kept. Default: one month.
            encryption_key: Key of the access log. Its policy must let CloudWatch Logs use it. Default: a key of the
                service.
            deletion_protection: A new user pool refuses to be deleted. Default: it does.
            removal_policy: What becomes of a new user pool and of the access log when the stack goes. Default: kept.
        """
        super().__init__(scope, id)
        allowed_origins = checked_origins(allowed_origins)
        hosts = allowed_origins or ["http://localhost:8080"]
        self.domain = None
        if user_pool is None:
            user_pool = self._user_pool(
                self_sign_up=self_sign_up,
                mfa_required=mfa_required,
                deletion_protection=deletion_protection,
                removal_policy=removal_policy,
            )
            self.domain = user_pool.add_domain(
                "Domain",
                # Prefixes are unique in the region, and may not contain "aws", "amazon" or "cognito".
                cognito_domain=cognito.CognitoDomainOptions(domain_prefix=f"login-{unique_suffix(self)}"),
                managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
            )
        self.user_pool = user_pool
        for name, description in (groups or {}).items():
            cognito.CfnUserPoolGroup(
                self,
                f"Group-{name}",
                user_pool_id=user_pool.user_pool_id,
                group_name=name,
                description=description,
            )
        token_validity = access_token_validity or Duration.minutes(15)
        self.user_pool_client = cognito.UserPoolClient(
            self,
            "Client",
            user_pool=user_pool,
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True, user_password=password_sign_in),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=_SCOPES,
                callback_urls=list(callback_urls or [f"{host}/callback" for host in hosts]),
                logout_urls=list(logout_urls or [f"{host}/" for host in hosts]),
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=token_validity,
            id_token_validity=token_validity,
            refresh_token_validity=refresh_token_validity or Duration.days(1),
        )
        if self.domain:
            # Without it the pages say that they are unavailable.
            cognito.CfnManagedLoginBranding(
                self,
                "Branding",
                user_pool_id=user_pool.user_pool_id,
                client_id=self.user_pool_client.user_pool_client_id,
                use_cognito_provided_values=True,
            )
        self.access_log = logs.LogGroup(
            self,
            "AccessLog",
            # Under this prefix API Gateway's log delivery needs no entry in the account's one, small resource policy.
            log_group_name=f"/aws/vendedlogs/http-api/{unique_suffix(self)}",
            retention=log_retention,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        self.api = self._http_api(allowed_origins=allowed_origins, rate_limit=rate_limit, burst_limit=burst_limit)
        self.url = self.api.api_endpoint
        self._integrations: dict[str, integrations.HttpLambdaIntegration] = {}

    @property
    def sign_in_url(self) -> str:
        """Address of the managed login: `/oauth2/authorize`, `/oauth2/token` and `/logout` are below it.

        Raises:
            ValueError: The user pool was handed in, and its domain is its owner's business.
        """
        if self.domain is None:
            raise ValueError("the user pool was handed in: its sign-in pages are not known here")
        return self.domain.base_url()

    def add_route(self, route: str, *, handler: lambda_.IFunction, public: bool = False) -> apigw.HttpRoute:
        """Serve `route` by `handler`, to signed-in users unless it is public.

        Args:
            route: Method and path, as in API Gateway's own route keys: `GET /people/{id}`.
            handler: Function that gets the request (payload format 2.0).
            public: Serve requests without a token too.

        Raises:
            ValueError: `route` has not that form.
        """
        method, _, path = route.partition(" ")
        if method not in apigw.HttpMethod.__members__ or not path.startswith("/"):
            raise ValueError(f"{route!r} is no route: it should look like 'GET /people/{{id}}'")
        return apigw.HttpRoute(
            self,
            route,
            http_api=self.api,
            route_key=apigw.HttpRouteKey.with_(path, apigw.HttpMethod[method]),
            integration=self._integration(handler),
            authorizer=apigw.HttpNoneAuthorizer() if public else None,
        )

    def metric_requests(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests, whatever became of them. Default period: five minutes."""
        return self.api.metric_count(period=period)

    def metric_client_errors(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests answered 4xx. Default period: five minutes."""
        return self.api.metric_client_error(period=period)

    def metric_server_errors(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Requests answered 5xx. Default period: five minutes."""
        return self.api.metric_server_error(period=period)

    def metric_latency(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Milliseconds from request to answer, on average. Default period: five minutes."""
        return self.api.metric_latency(period=period)

    def _user_pool(
        self, *, self_sign_up: bool, mfa_required: bool, deletion_protection: bool, removal_policy: RemovalPolicy
    ) -> cognito.UserPool:
        return cognito.UserPool(
            self,
            "UserPool",
            feature_plan=cognito.FeaturePlan.ESSENTIALS,  # the least that has managed login
            self_sign_up_enabled=self_sign_up,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
            ),
            mfa=cognito.Mfa.REQUIRED if mfa_required else cognito.Mfa.OPTIONAL,
            # No text messages: they cost, can be intercepted, and need a role that may send to any number.
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            deletion_protection=deletion_protection,
            removal_policy=removal_policy,
        )

    def _http_api(self, *, allowed_origins: Sequence[str], rate_limit: int, burst_limit: int) -> apigw.HttpApi:
        api = apigw.HttpApi(
            self,
            "Api",
            default_authorizer=authorizers.HttpUserPoolAuthorizer(
                "Users", self.user_pool, user_pool_clients=[self.user_pool_client]
            ),
            create_default_stage=False,  # it has neither limits nor a log
            cors_preflight=apigw.CorsPreflightOptions(
                allow_origins=list(allowed_origins),
                allow_methods=[apigw.CorsHttpMethod[m] for m in ("GET", "POST", "PATCH", "DELETE")],
                allow_headers=["authorization", "content-type", "accept", "idempotency-key", "if-match"],
                expose_headers=["etag", "link", "location", "retry-after"],
                max_age=Duration.hours(1),
            )
            if allowed_origins
            else None,
        )
        stage = apigw.HttpStage(
            self,
            "Stage",
            http_api=api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigw.ThrottleSettings(rate_limit=rate_limit, burst_limit=burst_limit),
        )
        # From Python, HttpStage's own property for this refuses every log destination; the resource beneath takes one.
        resource = cast(apigw.CfnStage, stage.node.default_child)
        resource.access_log_settings = apigw.CfnStage.AccessLogSettingsProperty(
            destination_arn=self.access_log.log_group_arn, format=json.dumps(_ACCESS_LOG_FORMAT)
        )
        return api

    def _integration(self, handler: lambda_.IFunction) -> integrations.HttpLambdaIntegration:
        """One integration a function, with one permission for the whole API.

        A permission for each route would fill the function's resource policy, 20 KB at most.
        """
        key = handler.node.path
        if key not in self._integrations:
            self._integrations[key] = integrations.HttpLambdaIntegration(
                f"Integration{len(self._integrations)}", handler, scope_permission_to_route=False
            )
        return self._integrations[key]
