"""The routes of the API, by the function that answers them."""

REQUESTS = (
    "GET /attendance",
    "GET /audit",
    "GET /me",
    "GET /people",
    "POST /people",
    "GET /people/{id}",
    "PATCH /people/{id}",
    "GET /people/{id}/export",
    "GET /people/{id}/faces",
    "GET /people/{id}/sightings",
    "DELETE /people/{id}",
    "GET /erasures/{id}",
    "POST /people/{id}/faces",
    "DELETE /people/{id}/faces/{faceId}",
    "GET /registrations/{id}",
    "POST /people/{id}/verifications",
    "GET /verifications/{id}",
    "POST /recognitions",
    "GET /recognitions",
    "GET /recognitions/{id}",
    "DELETE /recognitions/{id}",
    "GET /recognitions/{id}/photo",
    "POST /recognitions/{id}/faces/{n}/review",
    "GET /usage",
)
"""Of the function that answers requests: all but those below."""
PUBLIC = ("GET /health",)
"""Of the same function, and open to everybody."""
IMMEDIATE = ("POST /recognitions/immediate",)
"""Of the function that recognizes while the caller waits."""
