window.openapi = {
  "openapi": "3.1.0",
  "info": {
    "title": "Serverless face recognition",
    "description": "Recognizes people on photos. Register people with their consent, send photos by presigned upload, read who is on them.\n\nEvery route but `GET /health` needs an **access token** of the user pool. Errors are problem details (RFC 9457) with a\nstable `code`. API Gateway itself answers 401 (no valid token), 403, 404 (no such route), 413, 429 (throttled) and 5xx\nwith bodies of its own, `{\"message\": \"...\"}`.\n",
    "version": "1.0.0"
  },
  "servers": [
    {
      "url": "/"
    }
  ],
  "paths": {
    "/attendance": {
      "get": {
        "summary": "List who was seen on a day: first, last, and on how many visits; as JSON or CSV by Accept",
        "operationId": "listAttendance",
        "parameters": [
          {
            "description": "As in 2026-11-24.",
            "required": true,
            "schema": {
              "type": "string",
              "format": "date",
              "description": "As in 2026-11-24."
            },
            "name": "date",
            "in": "query"
          },
          {
            "description": "IANA name, as in Europe/Berlin.",
            "required": false,
            "schema": {
              "type": "string",
              "maxLength": 64,
              "minLength": 1,
              "description": "IANA name, as in Europe/Berlin.",
              "default": "UTC"
            },
            "name": "tz",
            "in": "query"
          },
          {
            "description": "Sightings that follow one another in less than this are one visit; 0: each is one.",
            "required": false,
            "schema": {
              "type": "integer",
              "maximum": 86400.0,
              "minimum": 0.0,
              "description": "Sightings that follow one another in less than this are one visit; 0: each is one.",
              "default": 300
            },
            "name": "debounceSeconds",
            "in": "query"
          },
          {
            "description": "Items on a page, at most.",
            "required": false,
            "schema": {
              "type": "integer",
              "maximum": 100.0,
              "minimum": 1.0,
              "description": "Items on a page, at most.",
              "default": 100
            },
            "name": "limit",
            "in": "query"
          },
          {
            "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
            "required": false,
            "schema": {
              "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
              "type": [
                "string",
                "null"
              ],
              "maxLength": 2000
            },
            "name": "cursor",
            "in": "query"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/AttendancesOut"
                }
              },
              "text/csv": {
                "schema": {
                  "type": "string"
                }
              }
            },
            "headers": {
              "Link": {
                "description": "Where more follow: the next page, as `<?...>; rel=\"next\"`, relative to the address of this one.",
                "schema": {
                  "type": "string"
                }
              }
            }
          },
          "400": {
            "description": "`invalid_cursor`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_cursor"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "406": {
            "description": "`not_acceptable`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_acceptable"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`, `unknown_time_zone`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request",
                            "unknown_time_zone"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "attendance"
        ],
        "description": "Operators only.\n\nThe day is one as it is lived in the time zone `tz`, of 23 or 25 hours where the clocks change. People come in the order in which they were registered; a page may hold few or none although more follow."
      }
    },
    "/audit": {
      "get": {
        "summary": "List who did what to whom, on a day (UTC) or to a person, newest first",
        "operationId": "listAudit",
        "parameters": [
          {
            "description": "In UTC, as in 2026-11-24. Either this or `personId`.",
            "required": false,
            "schema": {
              "description": "In UTC, as in 2026-11-24. Either this or `personId`.",
              "type": [
                "string",
                "null"
              ],
              "format": "date"
            },
            "name": "day",
            "in": "query"
          },
          {
            "description": "Whom it is about. Either this or `day`.",
            "required": false,
            "schema": {
              "description": "Whom it is about. Either this or `day`.",
              "type": [
                "string",
                "null"
              ],
              "maxLength": 40,
              "minLength": 1
            },
            "name": "personId",
            "in": "query"
          },
          {
            "description": "Items on a page, at most.",
            "required": false,
            "schema": {
              "type": "integer",
              "maximum": 100.0,
              "minimum": 1.0,
              "description": "Items on a page, at most.",
              "default": 100
            },
            "name": "limit",
            "in": "query"
          },
          {
            "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
            "required": false,
            "schema": {
              "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
              "type": [
                "string",
                "null"
              ],
              "maxLength": 2000
            },
            "name": "cursor",
            "in": "query"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/AuditOut"
                }
              }
            }
          },
          "400": {
            "description": "`invalid_cursor`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_cursor"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "audit"
        ],
        "description": "Admins only; itself recorded."
      }
    },
    "/erasures/{erasure_id}": {
      "get": {
        "summary": "Read how far an erasure is, and its receipt",
        "operationId": "getErasure",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "erasure_id",
            "in": "path"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/ErasureOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "erasures"
        ],
        "description": "Admins, and the person themself, also when they are erased."
      }
    },
    "/health": {
      "get": {
        "summary": "Whether the API answers",
        "operationId": "readHealth",
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/HealthOut"
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "health"
        ],
        "description": "Public; tells nothing else.",
        "security": []
      }
    },
    "/me": {
      "get": {
        "summary": "Who is signed in, with which roles, and who they are among the registered people",
        "operationId": "readMe",
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/MeOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "me"
        ]
      }
    },
    "/people": {
      "get": {
        "summary": "List people by the beginning of their name, or find the one with an external reference",
        "operationId": "listPeople",
        "parameters": [
          {
            "description": "How the name begins, in any case.",
            "required": false,
            "schema": {
              "type": "string",
              "maxLength": 100,
              "description": "How the name begins, in any case.",
              "default": ""
            },
            "name": "namePrefix",
            "in": "query"
          },
          {
            "description": "The whole reference.",
            "required": false,
            "schema": {
              "description": "The whole reference.",
              "type": [
                "string",
                "null"
              ],
              "maxLength": 100,
              "minLength": 1
            },
            "name": "externalRef",
            "in": "query"
          },
          {
            "description": "Those who wait for approval.",
            "required": false,
            "schema": {
              "anyOf": [
                {
                  "type": "string",
                  "const": "pending"
                },
                {
                  "type": "null"
                }
              ],
              "description": "Those who wait for approval."
            },
            "name": "status",
            "in": "query"
          },
          {
            "description": "Items on a page, at most.",
            "required": false,
            "schema": {
              "type": "integer",
              "maximum": 50.0,
              "minimum": 1.0,
              "description": "Items on a page, at most.",
              "default": 50
            },
            "name": "limit",
            "in": "query"
          },
          {
            "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
            "required": false,
            "schema": {
              "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
              "type": [
                "string",
                "null"
              ],
              "maxLength": 2000
            },
            "name": "cursor",
            "in": "query"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/PeopleOut"
                }
              }
            }
          },
          "400": {
            "description": "`invalid_cursor`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_cursor"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Operators only.\n\nWith `status=pending`: those who registered themselves and wait for approval, who came first first."
      },
      "post": {
        "summary": "Register a person, with their consent",
        "operationId": "createPerson",
        "parameters": [
          {
            "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
            "required": false,
            "schema": {
              "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
              "examples": [
                "5b1e6bd2-6c0f-4b8f-9f4e-3f1f0a6d3c11"
              ],
              "type": [
                "string",
                "null"
              ],
              "pattern": "^[\\x21-\\x7e]{1,255}$"
            },
            "name": "idempotency-key",
            "in": "header"
          }
        ],
        "requestBody": {
          "content": {
            "application/json": {
              "schema": {
                "$ref": "#/components/schemas/PersonIn"
              }
            }
          },
          "required": true
        },
        "responses": {
          "201": {
            "description": "Created",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/WholePersonOut"
                }
              }
            }
          },
          "400": {
            "description": "`malformed_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "malformed_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "409": {
            "description": "`already_registered`, `external_ref_taken`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "already_registered",
                            "external_ref_taken"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "415": {
            "description": "`unsupported_media_type`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "unsupported_media_type"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`idempotency_key_reused`, `invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "idempotency_key_reused",
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "429": {
            "description": "`rate_limited`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "rate_limited"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Operators; where the stage allows it, a plain user themself, once.\n\nSomebody who registered themself is `pending`, and recognized on no photo, until an operator approves it."
      }
    },
    "/people/{person_id}": {
      "get": {
        "summary": "Read a person, with the history of their consent",
        "operationId": "getPerson",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "person_id",
            "in": "path"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/WholePersonOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Operators, and the person themself."
      },
      "delete": {
        "summary": "Begin to erase a person, everywhere",
        "operationId": "deletePerson",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "person_id",
            "in": "path"
          }
        ],
        "responses": {
          "202": {
            "description": "Accepted",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/ErasureOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Admins, and the person themself; asked again, it is the same erasure."
      },
      "patch": {
        "summary": "Rename or approve a person, renew or withdraw their consent",
        "operationId": "patchPerson",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "person_id",
            "in": "path"
          },
          {
            "description": "The `ETag` last read.",
            "required": false,
            "schema": {
              "description": "The `ETag` last read.",
              "type": [
                "string",
                "null"
              ]
            },
            "name": "if-match",
            "in": "header"
          }
        ],
        "requestBody": {
          "content": {
            "application/json": {
              "schema": {
                "$ref": "#/components/schemas/PersonChangeIn"
              }
            }
          },
          "required": true
        },
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/WholePersonOut"
                }
              }
            }
          },
          "400": {
            "description": "`malformed_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "malformed_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "409": {
            "description": "`person_erasing`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "person_erasing"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "412": {
            "description": "`precondition_failed`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "precondition_failed"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "415": {
            "description": "`unsupported_media_type`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "unsupported_media_type"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "428": {
            "description": "`precondition_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "precondition_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Operators; the person themself may rename, withdraw.\n\nWhose consent is withdrawn is recognized no more, and erased. `If-Match` has to hold the `ETag` that came with the person, so that no change of somebody else's is undone unseen."
      }
    },
    "/people/{person_id}/export": {
      "get": {
        "summary": "Read all that is held about a person, page by page",
        "operationId": "exportPerson",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "person_id",
            "in": "path"
          },
          {
            "description": "Items on a page, at most.",
            "required": false,
            "schema": {
              "type": "integer",
              "maximum": 100.0,
              "minimum": 1.0,
              "description": "Items on a page, at most.",
              "default": 100
            },
            "name": "limit",
            "in": "query"
          },
          {
            "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
            "required": false,
            "schema": {
              "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
              "type": [
                "string",
                "null"
              ],
              "maxLength": 2000
            },
            "name": "cursor",
            "in": "query"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/ExportOut"
                }
              }
            }
          },
          "400": {
            "description": "`invalid_cursor`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_cursor"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Admins, and the person themself.\n\nFirst what is theirs, with what was decided on each photo that shows them or might; then the audit of who learned of them or did something to them. Photos come as addresses that are good for five minutes. Face vectors are not told, for Rekognition keeps them to itself. A page may hold few or no items although more follow."
      }
    },
    "/people/{person_id}/faces": {
      "get": {
        "summary": "List the faces that stand for a person, all on one page",
        "operationId": "getFaces",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "person_id",
            "in": "path"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/FacesOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Operators, and the person themself."
      },
      "post": {
        "summary": "Ask for the upload of a photo that adds a face to a person",
        "operationId": "createRegistration",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "person_id",
            "in": "path"
          },
          {
            "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
            "required": false,
            "schema": {
              "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
              "examples": [
                "5b1e6bd2-6c0f-4b8f-9f4e-3f1f0a6d3c11"
              ],
              "type": [
                "string",
                "null"
              ],
              "pattern": "^[\\x21-\\x7e]{1,255}$"
            },
            "name": "idempotency-key",
            "in": "header"
          }
        ],
        "requestBody": {
          "content": {
            "application/json": {
              "schema": {
                "$ref": "#/components/schemas/FaceIn"
              }
            }
          },
          "required": true
        },
        "responses": {
          "201": {
            "description": "Created",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/RegistrationOut"
                }
              }
            }
          },
          "400": {
            "description": "`malformed_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "malformed_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "409": {
            "description": "`consent_missing`, `person_erasing`, `too_many_faces`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "consent_missing",
                            "person_erasing",
                            "too_many_faces"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "415": {
            "description": "`unsupported_media_type`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "unsupported_media_type"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`idempotency_key_reused`, `invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "idempotency_key_reused",
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "429": {
            "description": "`budget_spent`, `rate_limited`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "budget_spent",
                            "rate_limited"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Operators, and the person themself."
      }
    },
    "/people/{person_id}/faces/{face_id}": {
      "delete": {
        "summary": "Remove a face, with its vector and its photo",
        "operationId": "deleteFace",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "person_id",
            "in": "path"
          },
          {
            "required": true,
            "schema": {
              "type": "string",
              "maxLength": 64
            },
            "name": "face_id",
            "in": "path"
          }
        ],
        "responses": {
          "204": {
            "description": "No Content"
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "409": {
            "description": "`person_erasing`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "person_erasing"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Operators, and the person themself. Removing again is no error."
      }
    },
    "/people/{person_id}/sightings": {
      "get": {
        "summary": "List when a person was seen, newest first, as JSON or CSV by Accept",
        "operationId": "listSightings",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "person_id",
            "in": "path"
          },
          {
            "description": "From this time on. Default: as long as results are kept.",
            "required": false,
            "schema": {
              "description": "From this time on. Default: as long as results are kept.",
              "type": [
                "string",
                "null"
              ],
              "format": "date-time"
            },
            "name": "from",
            "in": "query"
          },
          {
            "description": "Before this time. Default: now.",
            "required": false,
            "schema": {
              "description": "Before this time. Default: now.",
              "type": [
                "string",
                "null"
              ],
              "format": "date-time"
            },
            "name": "to",
            "in": "query"
          },
          {
            "description": "Sightings that follow one another in less than this are one visit; 0: each is one.",
            "required": false,
            "schema": {
              "type": "integer",
              "maximum": 86400.0,
              "minimum": 0.0,
              "description": "Sightings that follow one another in less than this are one visit; 0: each is one.",
              "default": 300
            },
            "name": "debounceSeconds",
            "in": "query"
          },
          {
            "description": "Items on a page, at most.",
            "required": false,
            "schema": {
              "type": "integer",
              "maximum": 100.0,
              "minimum": 1.0,
              "description": "Items on a page, at most.",
              "default": 100
            },
            "name": "limit",
            "in": "query"
          },
          {
            "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
            "required": false,
            "schema": {
              "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
              "type": [
                "string",
                "null"
              ],
              "maxLength": 2000
            },
            "name": "cursor",
            "in": "query"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/VisitsOut"
                }
              },
              "text/csv": {
                "schema": {
                  "type": "string"
                }
              }
            },
            "headers": {
              "Link": {
                "description": "Where more follow: the next page, as `<?...>; rel=\"next\"`, relative to the address of this one.",
                "schema": {
                  "type": "string"
                }
              }
            }
          },
          "400": {
            "description": "`invalid_cursor`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_cursor"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "406": {
            "description": "`not_acceptable`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_acceptable"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "409": {
            "description": "`consent_missing`, `person_erasing`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "consent_missing",
                            "person_erasing"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Operators only.\n\nSightings from `from` on and before `to`, those that follow one another closely as one visit. A visit of more than 2000 sightings is told in parts."
      }
    },
    "/people/{person_id}/verifications": {
      "post": {
        "summary": "Ask for the upload of a photo that is to show this person",
        "operationId": "createVerification",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "person_id",
            "in": "path"
          },
          {
            "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
            "required": false,
            "schema": {
              "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
              "examples": [
                "5b1e6bd2-6c0f-4b8f-9f4e-3f1f0a6d3c11"
              ],
              "type": [
                "string",
                "null"
              ],
              "pattern": "^[\\x21-\\x7e]{1,255}$"
            },
            "name": "idempotency-key",
            "in": "header"
          }
        ],
        "requestBody": {
          "content": {
            "application/json": {
              "schema": {
                "$ref": "#/components/schemas/VerificationIn"
              }
            }
          },
          "required": true
        },
        "responses": {
          "201": {
            "description": "Created",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/VerificationOut"
                }
              }
            }
          },
          "400": {
            "description": "`malformed_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "malformed_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "409": {
            "description": "`consent_missing`, `person_erasing`, `person_pending`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "consent_missing",
                            "person_erasing",
                            "person_pending"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "415": {
            "description": "`unsupported_media_type`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "unsupported_media_type"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`idempotency_key_reused`, `invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "idempotency_key_reused",
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "429": {
            "description": "`budget_spent`, `rate_limited`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "budget_spent",
                            "rate_limited"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "people"
        ],
        "description": "Operators, and the person themself."
      }
    },
    "/recognitions": {
      "get": {
        "summary": "List recognitions, newest first: your own; as an operator, all that have ended",
        "operationId": "getRecognitions",
        "parameters": [
          {
            "description": "From this time on. Default: as long as results are kept.",
            "required": false,
            "schema": {
              "description": "From this time on. Default: as long as results are kept.",
              "type": [
                "string",
                "null"
              ],
              "format": "date-time"
            },
            "name": "from",
            "in": "query"
          },
          {
            "description": "Before this time. Default: now.",
            "required": false,
            "schema": {
              "description": "Before this time. Default: now.",
              "type": [
                "string",
                "null"
              ],
              "format": "date-time"
            },
            "name": "to",
            "in": "query"
          },
          {
            "description": "Those with a face so decided.",
            "required": false,
            "schema": {
              "anyOf": [
                {
                  "$ref": "#/components/schemas/Decision"
                },
                {
                  "type": "null"
                }
              ],
              "description": "Those with a face so decided."
            },
            "name": "decision",
            "in": "query"
          },
          {
            "description": "Those that show this person.",
            "required": false,
            "schema": {
              "description": "Those that show this person.",
              "type": [
                "string",
                "null"
              ],
              "maxLength": 100,
              "minLength": 1
            },
            "name": "personId",
            "in": "query"
          },
          {
            "description": "Items on a page, at most.",
            "required": false,
            "schema": {
              "type": "integer",
              "maximum": 50.0,
              "minimum": 1.0,
              "description": "Items on a page, at most.",
              "default": 50
            },
            "name": "limit",
            "in": "query"
          },
          {
            "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
            "required": false,
            "schema": {
              "description": "`nextCursor` of the page before, with the same parameters; none: the first.",
              "type": [
                "string",
                "null"
              ],
              "maxLength": 2000
            },
            "name": "cursor",
            "in": "query"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/RecognitionsOut"
                }
              }
            }
          },
          "400": {
            "description": "`invalid_cursor`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_cursor"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "recognitions"
        ],
        "description": "Times are from `from` on and before `to`. With `decision` and `personId`: those with a face that fits. As an operator, `decision=review` is the work list: all that wait for a human. A page may hold few or none although `nextCursor` says that more follow."
      },
      "post": {
        "summary": "Ask for the upload of a photo on which people are to be recognized",
        "operationId": "createRecognition",
        "parameters": [
          {
            "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
            "required": false,
            "schema": {
              "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
              "examples": [
                "5b1e6bd2-6c0f-4b8f-9f4e-3f1f0a6d3c11"
              ],
              "type": [
                "string",
                "null"
              ],
              "pattern": "^[\\x21-\\x7e]{1,255}$"
            },
            "name": "idempotency-key",
            "in": "header"
          }
        ],
        "requestBody": {
          "content": {
            "application/json": {
              "schema": {
                "$ref": "#/components/schemas/RecognitionIn"
              }
            }
          },
          "required": true
        },
        "responses": {
          "201": {
            "description": "Created",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/RecognitionOut"
                }
              }
            }
          },
          "400": {
            "description": "`malformed_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "malformed_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "415": {
            "description": "`unsupported_media_type`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "unsupported_media_type"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`idempotency_key_reused`, `invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "idempotency_key_reused",
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "429": {
            "description": "`budget_spent`, `rate_limited`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "budget_spent",
                            "rate_limited"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "recognitions"
        ]
      }
    },
    "/recognitions/immediate": {
      "post": {
        "summary": "Recognize the people on a photo, and answer with the result",
        "operationId": "recognizeImmediately",
        "parameters": [
          {
            "description": "Which faces are identified.",
            "required": false,
            "schema": {
              "$ref": "#/components/schemas/FacesWanted",
              "description": "Which faces are identified.",
              "default": "all"
            },
            "name": "faces",
            "in": "query"
          },
          {
            "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
            "required": false,
            "schema": {
              "description": "Send the same key when you send the same request again: within a day nothing is made twice.",
              "examples": [
                "5b1e6bd2-6c0f-4b8f-9f4e-3f1f0a6d3c11"
              ],
              "type": [
                "string",
                "null"
              ],
              "pattern": "^[\\x21-\\x7e]{1,255}$"
            },
            "name": "idempotency-key",
            "in": "header"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/RecognitionOut"
                }
              }
            }
          },
          "400": {
            "description": "`malformed_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "malformed_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "409": {
            "description": "`request_in_progress`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "request_in_progress"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "413": {
            "description": "`image_too_large`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "image_too_large"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "415": {
            "description": "`unsupported_image`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "unsupported_image"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`idempotency_key_reused`, `image_too_small`, `invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "idempotency_key_reused",
                            "image_too_small",
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "429": {
            "description": "`budget_spent`, `rate_limited`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "budget_spent",
                            "rate_limited"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "recognitions"
        ],
        "description": "The body is the photo itself, at most 4 MiB; a larger one needs an upload. The result can be read again like any other's. When a service is busy nothing is put off: send the photo again after the seconds in `Retry-After`.",
        "requestBody": {
          "required": true,
          "content": {
            "image/jpeg": {},
            "image/png": {}
          }
        }
      }
    },
    "/recognitions/{recognition_id}": {
      "get": {
        "summary": "Read whom a photo shows",
        "operationId": "getRecognition",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "recognition_id",
            "in": "path"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/RecognitionOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "recognitions"
        ],
        "description": "Its owner, and operators; plain users see identities only of themselves."
      },
      "delete": {
        "summary": "Delete a photo, its result and whatever points to them",
        "operationId": "removeRecognition",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "recognition_id",
            "in": "path"
          }
        ],
        "responses": {
          "204": {
            "description": "No Content"
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "recognitions"
        ],
        "description": "Its owner, and operators. Deleting again is no error."
      }
    },
    "/recognitions/{recognition_id}/faces/{n}/review": {
      "post": {
        "summary": "Decide who a face is: confirm, correct or reject",
        "operationId": "reviewRecognizedFace",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "recognition_id",
            "in": "path"
          },
          {
            "required": true,
            "schema": {
              "type": "integer",
              "minimum": 0.0
            },
            "name": "n",
            "in": "path"
          }
        ],
        "requestBody": {
          "content": {
            "application/json": {
              "schema": {
                "$ref": "#/components/schemas/ReviewIn"
              }
            }
          },
          "required": true
        },
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/RecognitionOut"
                }
              }
            }
          },
          "400": {
            "description": "`malformed_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "malformed_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "409": {
            "description": "`consent_missing`, `person_erasing`, `person_pending`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "consent_missing",
                            "person_erasing",
                            "person_pending"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "415": {
            "description": "`unsupported_media_type`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "unsupported_media_type"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "429": {
            "description": "`rate_limited`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "rate_limited"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "recognitions"
        ],
        "description": "Operators only.\n\nThe decision is kept beside the service's own and counts instead of it; a later one takes its place. The person need not be among the candidates."
      }
    },
    "/recognitions/{recognition_id}/photo": {
      "get": {
        "summary": "Look at the photo: an address that is good for a minute",
        "operationId": "getRecognitionPhoto",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "recognition_id",
            "in": "path"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/PhotoLinkOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "recognitions"
        ],
        "description": "Its owner, and operators.\n\nPhotos expire before results do; the address of one that has expired is refused."
      }
    },
    "/registrations/{registration_id}": {
      "get": {
        "summary": "Read what became of a registration, and how many poses are missing still",
        "operationId": "getRegistration",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "registration_id",
            "in": "path"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/RegistrationOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "registrations"
        ],
        "description": "Its owner, and operators."
      }
    },
    "/usage": {
      "get": {
        "summary": "Read what was used in a month (UTC, by default the current one), and what it costs",
        "operationId": "readUsage",
        "parameters": [
          {
            "description": "As in 2026-11. Default: the current one.",
            "required": false,
            "schema": {
              "description": "As in 2026-11. Default: the current one.",
              "type": [
                "string",
                "null"
              ],
              "pattern": "^\\d{4}-(0[1-9]|1[0-2])$"
            },
            "name": "month",
            "in": "query"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/UsageOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`, `forbidden`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required",
                            "forbidden"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "422": {
            "description": "`invalid_request`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "invalid_request"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "usage"
        ],
        "description": "Admins only."
      }
    },
    "/verifications/{verification_id}": {
      "get": {
        "summary": "Read whether a photo shows the person",
        "operationId": "getVerification",
        "parameters": [
          {
            "required": true,
            "schema": {
              "type": "string"
            },
            "name": "verification_id",
            "in": "path"
          }
        ],
        "responses": {
          "200": {
            "description": "Done",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/VerificationOut"
                }
              }
            }
          },
          "401": {
            "description": "API Gateway: no token, or one that is not valid (any more)"
          },
          "403": {
            "description": "`access_token_required`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "access_token_required"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "404": {
            "description": "`not_found`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "not_found"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "500": {
            "description": "`internal_error`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "internal_error"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          "503": {
            "description": "`audit_unavailable`, `service_busy`",
            "content": {
              "application/problem+json": {
                "schema": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/Problem"
                    },
                    {
                      "properties": {
                        "code": {
                          "enum": [
                            "audit_unavailable",
                            "service_busy"
                          ]
                        }
                      }
                    }
                  ]
                }
              }
            }
          }
        },
        "tags": [
          "verifications"
        ],
        "description": "Its owner, and operators.\n\nIt tells of the person it was asked about and of nobody else. A photo alone proves no identity: there is no liveness check."
      }
    }
  },
  "components": {
    "schemas": {
      "AttendanceOut": {
        "properties": {
          "personId": {
            "type": "string"
          },
          "name": {
            "type": "string"
          },
          "firstSeenAt": {
            "type": "string",
            "format": "date-time"
          },
          "lastSeenAt": {
            "type": "string",
            "format": "date-time"
          },
          "visits": {
            "type": "integer"
          }
        },
        "type": "object",
        "required": [
          "personId",
          "name",
          "firstSeenAt",
          "lastSeenAt",
          "visits"
        ],
        "title": "AttendanceOut",
        "description": "When a person was first and last seen on the day, and on how many visits."
      },
      "AttendancesOut": {
        "properties": {
          "date": {
            "type": "string",
            "format": "date"
          },
          "timeZone": {
            "type": "string"
          },
          "items": {
            "items": {
              "$ref": "#/components/schemas/AttendanceOut"
            },
            "type": "array"
          },
          "nextCursor": {
            "type": [
              "string",
              "null"
            ]
          }
        },
        "type": "object",
        "required": [
          "date",
          "timeZone",
          "items",
          "nextCursor"
        ],
        "title": "AttendancesOut",
        "description": "A page of the people who were seen on a day, in the order in which they were registered."
      },
      "AuditAction": {
        "type": "string",
        "enum": [
          "registered",
          "changed",
          "saw",
          "deleted",
          "reviewed",
          "searched",
          "verified",
          "erased",
          "exported"
        ],
        "title": "AuditAction",
        "description": "What was done."
      },
      "AuditEntryOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "at": {
            "type": "string",
            "format": "date-time"
          },
          "actor": {
            "type": "string"
          },
          "action": {
            "$ref": "#/components/schemas/AuditAction"
          },
          "personId": {
            "type": [
              "string",
              "null"
            ]
          },
          "source": {
            "type": "string"
          },
          "finding": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/FindingOut"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        "type": "object",
        "required": [
          "id",
          "at",
          "actor",
          "action",
          "personId",
          "source",
          "finding"
        ],
        "title": "AuditEntryOut",
        "description": "Who learned of whom, or did something to them."
      },
      "AuditOut": {
        "properties": {
          "items": {
            "items": {
              "$ref": "#/components/schemas/AuditEntryOut"
            },
            "type": "array"
          },
          "nextCursor": {
            "type": [
              "string",
              "null"
            ]
          }
        },
        "type": "object",
        "required": [
          "items",
          "nextCursor"
        ],
        "title": "AuditOut",
        "description": "A page of entries, newest first."
      },
      "BoxOut": {
        "properties": {
          "left": {
            "type": "number"
          },
          "top": {
            "type": "number"
          },
          "width": {
            "type": "number"
          },
          "height": {
            "type": "number"
          }
        },
        "type": "object",
        "required": [
          "left",
          "top",
          "width",
          "height"
        ],
        "title": "BoxOut",
        "description": "A rectangle in fractions of the upright image."
      },
      "Call": {
        "type": "string",
        "enum": [
          "search",
          "index"
        ],
        "title": "Call",
        "description": "The Rekognition calls that are billed by image."
      },
      "CandidateOut": {
        "properties": {
          "personId": {
            "type": "string"
          },
          "name": {
            "type": [
              "string",
              "null"
            ]
          },
          "similarity": {
            "type": "number"
          }
        },
        "type": "object",
        "required": [
          "personId",
          "name",
          "similarity"
        ],
        "title": "CandidateOut",
        "description": "Somebody that a face may be."
      },
      "ComparedFaceOut": {
        "properties": {
          "box": {
            "$ref": "#/components/schemas/BoxOut"
          },
          "confidence": {
            "type": "number"
          }
        },
        "type": "object",
        "required": [
          "box",
          "confidence"
        ],
        "title": "ComparedFaceOut",
        "description": "The face that was compared: the largest one on the photo."
      },
      "ConsentEntryOut": {
        "properties": {
          "event": {
            "$ref": "#/components/schemas/ConsentEvent"
          },
          "at": {
            "type": "string",
            "format": "date-time"
          },
          "by": {
            "type": "string"
          },
          "consent": {
            "$ref": "#/components/schemas/ConsentOut"
          }
        },
        "type": "object",
        "required": [
          "event",
          "at",
          "by",
          "consent"
        ],
        "title": "ConsentEntryOut",
        "description": "What happened to a consent: when, entered by which user, and the consent from then on."
      },
      "ConsentEvent": {
        "type": "string",
        "enum": [
          "given",
          "renewed",
          "withdrawn"
        ],
        "title": "ConsentEvent",
        "description": "What happened to a person's consent."
      },
      "ConsentIn": {
        "properties": {
          "purpose": {
            "type": "string",
            "maxLength": 100,
            "minLength": 1
          },
          "textVersion": {
            "type": "string",
            "maxLength": 100,
            "minLength": 1
          },
          "givenAt": {
            "type": "string",
            "format": "date-time"
          },
          "expiresAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          }
        },
        "additionalProperties": false,
        "type": "object",
        "required": [
          "purpose",
          "textVersion",
          "givenAt"
        ],
        "title": "ConsentIn",
        "description": "What the person agreed to."
      },
      "ConsentOut": {
        "properties": {
          "purpose": {
            "type": "string"
          },
          "textVersion": {
            "type": "string"
          },
          "givenAt": {
            "type": "string",
            "format": "date-time"
          },
          "expiresAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          },
          "withdrawnAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          }
        },
        "type": "object",
        "required": [
          "purpose",
          "textVersion",
          "givenAt",
          "expiresAt",
          "withdrawnAt"
        ],
        "title": "ConsentOut",
        "description": "What the person agreed to; it holds until `expiresAt` or `withdrawnAt`, whichever comes first."
      },
      "Decision": {
        "type": "string",
        "enum": [
          "matched",
          "review",
          "unknown",
          "not_searched"
        ],
        "title": "Decision",
        "description": "What the service makes of a face."
      },
      "ErasureOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "personId": {
            "type": [
              "string",
              "null"
            ]
          },
          "reason": {
            "$ref": "#/components/schemas/Reason"
          },
          "status": {
            "$ref": "#/components/schemas/ErasureStatus"
          },
          "requestedAt": {
            "type": "string",
            "format": "date-time"
          },
          "completedAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          },
          "receipt": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/ReceiptOut"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        "type": "object",
        "required": [
          "id",
          "personId",
          "reason",
          "status",
          "requestedAt",
          "completedAt",
          "receipt"
        ],
        "title": "ErasureOut",
        "description": "An erasure; `personId` is there until it is complete, `receipt` from then on."
      },
      "ErasureStatus": {
        "type": "string",
        "enum": [
          "pending",
          "complete",
          "failed"
        ],
        "title": "ErasureStatus",
        "description": "Where an erasure stands. `FAILED` is never stored: it is what one is shown as that is not done after a day."
      },
      "ExportOut": {
        "properties": {
          "person": {
            "$ref": "#/components/schemas/PersonOut"
          },
          "items": {
            "items": {
              "oneOf": [
                {
                  "$ref": "#/components/schemas/HeldConsentOut"
                },
                {
                  "$ref": "#/components/schemas/HeldFaceOut"
                },
                {
                  "$ref": "#/components/schemas/HeldPhotoOut"
                },
                {
                  "$ref": "#/components/schemas/HeldSightingOut"
                },
                {
                  "$ref": "#/components/schemas/HeldMentionOut"
                },
                {
                  "$ref": "#/components/schemas/HeldAuditOut"
                }
              ],
              "discriminator": {
                "propertyName": "kind",
                "mapping": {
                  "audit": "#/components/schemas/HeldAuditOut",
                  "consent": "#/components/schemas/HeldConsentOut",
                  "face": "#/components/schemas/HeldFaceOut",
                  "mention": "#/components/schemas/HeldMentionOut",
                  "photo": "#/components/schemas/HeldPhotoOut",
                  "sighting": "#/components/schemas/HeldSightingOut"
                }
              }
            },
            "type": "array"
          },
          "nextCursor": {
            "type": [
              "string",
              "null"
            ]
          }
        },
        "type": "object",
        "required": [
          "person",
          "items",
          "nextCursor"
        ],
        "title": "ExportOut",
        "description": "A page of all that is held about a person, and the person themself on every page."
      },
      "FaceIn": {
        "properties": {
          "contentType": {
            "type": "string",
            "enum": [
              "image/jpeg",
              "image/png"
            ]
          }
        },
        "additionalProperties": false,
        "type": "object",
        "required": [
          "contentType"
        ],
        "title": "FaceIn",
        "description": "A photo that is to add a face.",
        "examples": [
          {
            "contentType": "image/jpeg"
          }
        ]
      },
      "FaceOut": {
        "properties": {
          "n": {
            "type": "integer"
          },
          "box": {
            "$ref": "#/components/schemas/BoxOut"
          },
          "confidence": {
            "type": "number"
          },
          "decision": {
            "$ref": "#/components/schemas/Decision"
          },
          "personId": {
            "type": [
              "string",
              "null"
            ]
          },
          "name": {
            "type": [
              "string",
              "null"
            ]
          },
          "similarity": {
            "type": [
              "number",
              "null"
            ]
          },
          "candidates": {
            "items": {
              "$ref": "#/components/schemas/CandidateOut"
            },
            "type": "array"
          },
          "review": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/ReviewOut"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        "type": "object",
        "required": [
          "n",
          "box",
          "confidence",
          "decision",
          "personId",
          "name",
          "similarity",
          "candidates",
          "review"
        ],
        "title": "FaceOut",
        "description": "A face on the photo: what the service made of it and, in `review`, what a human did."
      },
      "FacesOut": {
        "properties": {
          "items": {
            "items": {
              "$ref": "#/components/schemas/StoredFaceOut"
            },
            "type": "array"
          },
          "nextCursor": {
            "type": "null"
          }
        },
        "type": "object",
        "required": [
          "items"
        ],
        "title": "FacesOut",
        "description": "All faces of a person, the first one registered first; nobody has more than fit on a page."
      },
      "FacesWanted": {
        "type": "string",
        "enum": [
          "all",
          "largest"
        ],
        "title": "FacesWanted",
        "description": "Which faces of a recognition photo are to be identified."
      },
      "FindingOut": {
        "properties": {
          "decision": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/Decision"
              },
              {
                "type": "null"
              }
            ]
          },
          "similarity": {
            "type": [
              "number",
              "null"
            ]
          },
          "matchThreshold": {
            "type": [
              "number",
              "null"
            ]
          },
          "reviewThreshold": {
            "type": [
              "number",
              "null"
            ]
          },
          "modelVersion": {
            "type": [
              "string",
              "null"
            ]
          }
        },
        "type": "object",
        "required": [
          "decision",
          "similarity",
          "matchThreshold",
          "reviewThreshold",
          "modelVersion"
        ],
        "title": "FindingOut",
        "description": "How the service came to name somebody: similarity and thresholds in percent, and the face model."
      },
      "GuidanceOut": {
        "properties": {
          "recommendedPoses": {
            "type": "integer"
          },
          "missingPoses": {
            "type": "integer"
          }
        },
        "type": "object",
        "required": [
          "recommendedPoses",
          "missingPoses"
        ],
        "title": "GuidanceOut",
        "description": "How many photos a person should have, each with another pose, and how many are missing still."
      },
      "HealthOut": {
        "properties": {
          "status": {
            "type": "string",
            "const": "ok",
            "default": "ok"
          }
        },
        "type": "object",
        "title": "HealthOut",
        "description": "The service answers."
      },
      "HeldAuditOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "at": {
            "type": "string",
            "format": "date-time"
          },
          "actor": {
            "type": "string"
          },
          "action": {
            "$ref": "#/components/schemas/AuditAction"
          },
          "personId": {
            "type": [
              "string",
              "null"
            ]
          },
          "source": {
            "type": "string"
          },
          "finding": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/FindingOut"
              },
              {
                "type": "null"
              }
            ]
          },
          "kind": {
            "type": "string",
            "const": "audit",
            "default": "audit"
          }
        },
        "type": "object",
        "required": [
          "id",
          "at",
          "actor",
          "action",
          "personId",
          "source",
          "finding"
        ],
        "title": "HeldAuditOut",
        "description": "Somebody learned of the person, or did something to them."
      },
      "HeldConsentOut": {
        "properties": {
          "event": {
            "$ref": "#/components/schemas/ConsentEvent"
          },
          "at": {
            "type": "string",
            "format": "date-time"
          },
          "by": {
            "type": "string"
          },
          "consent": {
            "$ref": "#/components/schemas/ConsentOut"
          },
          "kind": {
            "type": "string",
            "const": "consent",
            "default": "consent"
          }
        },
        "type": "object",
        "required": [
          "event",
          "at",
          "by",
          "consent"
        ],
        "title": "HeldConsentOut",
        "description": "Something that happened to the consent."
      },
      "HeldFaceOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "registrationId": {
            "type": "string"
          },
          "registeredAt": {
            "type": "string",
            "format": "date-time"
          },
          "modelVersion": {
            "type": "string"
          },
          "box": {
            "$ref": "#/components/schemas/BoxOut"
          },
          "confidence": {
            "type": "number"
          },
          "kind": {
            "type": "string",
            "const": "face",
            "default": "face"
          },
          "contentHash": {
            "type": "string"
          }
        },
        "type": "object",
        "required": [
          "id",
          "registrationId",
          "registeredAt",
          "modelVersion",
          "box",
          "confidence",
          "contentHash"
        ],
        "title": "HeldFaceOut",
        "description": "A registered face; `contentHash` is the SHA-256 of its photo."
      },
      "HeldMentionOut": {
        "properties": {
          "kind": {
            "type": "string",
            "const": "mention",
            "default": "mention"
          },
          "photoId": {
            "type": "string"
          },
          "result": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/JudgedOut"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        "type": "object",
        "required": [
          "photoId",
          "result"
        ],
        "title": "HeldMentionOut",
        "description": "The result of a photo concerns the person, without their having been recognized on it."
      },
      "HeldPhotoOut": {
        "properties": {
          "kind": {
            "type": "string",
            "const": "photo",
            "default": "photo"
          },
          "id": {
            "type": "string"
          },
          "url": {
            "type": [
              "string",
              "null"
            ]
          }
        },
        "type": "object",
        "required": [
          "id",
          "url"
        ],
        "title": "HeldPhotoOut",
        "description": "A photo uploaded for the person; `url` leads to it for five minutes if it has added a face that there is still.\n\nOthers are not kept, or for some time only."
      },
      "HeldSightingOut": {
        "properties": {
          "kind": {
            "type": "string",
            "const": "sighting",
            "default": "sighting"
          },
          "photoId": {
            "type": "string"
          },
          "seenAt": {
            "type": "string",
            "format": "date-time"
          },
          "n": {
            "type": "integer"
          },
          "similarity": {
            "type": [
              "number",
              "null"
            ]
          },
          "reviewed": {
            "type": "boolean"
          },
          "result": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/JudgedOut"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        "type": "object",
        "required": [
          "photoId",
          "seenAt",
          "n",
          "similarity",
          "reviewed",
          "result"
        ],
        "title": "HeldSightingOut",
        "description": "The person was recognized on a photo; `similarity` is null where a human saw a likeness and the service none."
      },
      "JudgedOut": {
        "properties": {
          "completedAt": {
            "type": "string",
            "format": "date-time"
          },
          "matchThreshold": {
            "type": [
              "number",
              "null"
            ]
          },
          "reviewThreshold": {
            "type": [
              "number",
              "null"
            ]
          },
          "modelVersion": {
            "type": [
              "string",
              "null"
            ]
          },
          "faces": {
            "items": {
              "$ref": "#/components/schemas/JudgementOut"
            },
            "type": "array"
          }
        },
        "type": "object",
        "required": [
          "completedAt",
          "matchThreshold",
          "reviewThreshold",
          "modelVersion",
          "faces"
        ],
        "title": "JudgedOut",
        "description": "The result of a photo as far as it concerns the person: the faces that were, or might have been, theirs."
      },
      "JudgementOut": {
        "properties": {
          "n": {
            "type": "integer"
          },
          "box": {
            "$ref": "#/components/schemas/BoxOut"
          },
          "confidence": {
            "type": "number"
          },
          "decision": {
            "$ref": "#/components/schemas/Decision"
          },
          "themself": {
            "type": "boolean"
          },
          "similarity": {
            "type": [
              "number",
              "null"
            ]
          },
          "review": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/JudgementReviewOut"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        "type": "object",
        "required": [
          "n",
          "box",
          "confidence",
          "decision",
          "themself",
          "similarity",
          "review"
        ],
        "title": "JudgementOut",
        "description": "What was decided about a face, as far as it concerns the person.\n\n`decision` is the service's own, `themself` whether it took the face for the person, and `similarity` the one to the\nperson, in percent."
      },
      "JudgementReviewOut": {
        "properties": {
          "decision": {
            "$ref": "#/components/schemas/Decision"
          },
          "themself": {
            "type": "boolean"
          },
          "by": {
            "type": "string"
          },
          "at": {
            "type": "string",
            "format": "date-time"
          }
        },
        "type": "object",
        "required": [
          "decision",
          "themself",
          "by",
          "at"
        ],
        "title": "JudgementReviewOut",
        "description": "A human's decision about a face; it counts instead of the service's.\n\n`themself` is whether it was for the person, and `by` the `sub` of the user who decided."
      },
      "MeOut": {
        "properties": {
          "sub": {
            "type": "string"
          },
          "roles": {
            "items": {
              "$ref": "#/components/schemas/Role"
            },
            "type": "array"
          },
          "person": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/PersonOut"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        "type": "object",
        "required": [
          "sub",
          "roles",
          "person"
        ],
        "title": "MeOut",
        "description": "The signed-in user."
      },
      "PeopleOut": {
        "properties": {
          "items": {
            "items": {
              "$ref": "#/components/schemas/PersonOut"
            },
            "type": "array"
          },
          "nextCursor": {
            "type": [
              "string",
              "null"
            ]
          }
        },
        "type": "object",
        "required": [
          "items",
          "nextCursor"
        ],
        "title": "PeopleOut",
        "description": "A page of people."
      },
      "PersonChangeIn": {
        "properties": {
          "name": {
            "type": [
              "string",
              "null"
            ],
            "maxLength": 100,
            "minLength": 1
          },
          "status": {
            "anyOf": [
              {
                "type": "string",
                "const": "active"
              },
              {
                "type": "null"
              }
            ]
          },
          "consent": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/ConsentIn"
              },
              {
                "type": "null"
              }
            ]
          },
          "withdrawConsent": {
            "type": "boolean",
            "default": false
          }
        },
        "additionalProperties": false,
        "type": "object",
        "title": "PersonChangeIn",
        "description": "What is to be changed about a person; what is absent, or null, stays as it is.\n\n`status` approves somebody who registered themself. `consent` replaces the one before. `withdrawConsent` ends it\nnow, which has to be said in so many words: a null that a client sends by habit must not end in an erasure.",
        "examples": [
          {
            "name": "Ada King"
          }
        ]
      },
      "PersonIn": {
        "properties": {
          "name": {
            "type": "string",
            "maxLength": 100,
            "minLength": 1
          },
          "externalRef": {
            "type": [
              "string",
              "null"
            ],
            "maxLength": 100,
            "minLength": 1
          },
          "consent": {
            "$ref": "#/components/schemas/ConsentIn"
          }
        },
        "additionalProperties": false,
        "type": "object",
        "required": [
          "name",
          "consent"
        ],
        "title": "PersonIn",
        "description": "Somebody to be registered.",
        "examples": [
          {
            "consent": {
              "givenAt": "2026-11-24T08:00:00Z",
              "purpose": "access control",
              "textVersion": "2026-01"
            },
            "externalRef": "badge-7",
            "name": "Ada Lovelace"
          }
        ]
      },
      "PersonOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "name": {
            "type": "string"
          },
          "externalRef": {
            "type": [
              "string",
              "null"
            ]
          },
          "status": {
            "$ref": "#/components/schemas/PersonStatus"
          },
          "faces": {
            "type": "integer"
          },
          "createdAt": {
            "type": "string",
            "format": "date-time"
          },
          "consent": {
            "$ref": "#/components/schemas/ConsentOut"
          }
        },
        "type": "object",
        "required": [
          "id",
          "name",
          "externalRef",
          "status",
          "faces",
          "createdAt",
          "consent"
        ],
        "title": "PersonOut",
        "description": "A registered person."
      },
      "PersonStatus": {
        "type": "string",
        "enum": [
          "active",
          "pending",
          "erasing"
        ],
        "title": "PersonStatus",
        "description": "Where a person stands; one who registered themself is `PENDING`, and nobody on a photo, until approved."
      },
      "PhotoLinkOut": {
        "properties": {
          "url": {
            "type": "string"
          },
          "contentType": {
            "type": "string"
          },
          "expiresAt": {
            "type": "string",
            "format": "date-time"
          }
        },
        "type": "object",
        "required": [
          "url",
          "contentType",
          "expiresAt"
        ],
        "title": "PhotoLinkOut",
        "description": "Where to GET the photo, without a token, until `expiresAt`."
      },
      "PricesOut": {
        "properties": {
          "asOf": {
            "type": "string",
            "format": "date"
          },
          "region": {
            "type": "string"
          }
        },
        "type": "object",
        "required": [
          "asOf",
          "region"
        ],
        "title": "PricesOut",
        "description": "The list prices that `dollars` rest on: when they were read, and for which region."
      },
      "ProblemOut": {
        "properties": {
          "code": {
            "type": "string"
          },
          "title": {
            "type": "string"
          },
          "detail": {
            "type": "string"
          },
          "retryable": {
            "type": "boolean"
          },
          "reasons": {
            "items": {
              "type": "string"
            },
            "type": "array"
          }
        },
        "type": "object",
        "required": [
          "code",
          "title",
          "detail",
          "retryable",
          "reasons"
        ],
        "title": "ProblemOut",
        "description": "Why a photo was rejected or failed."
      },
      "Purpose": {
        "type": "string",
        "enum": [
          "recognition",
          "registration",
          "verification"
        ],
        "title": "Purpose",
        "description": "What a photo is for; the value is part of its key."
      },
      "PurposeUsageOut": {
        "properties": {
          "purpose": {
            "$ref": "#/components/schemas/Purpose"
          },
          "photos": {
            "type": "integer"
          },
          "calls": {
            "additionalProperties": {
              "type": "integer"
            },
            "propertyNames": {
              "$ref": "#/components/schemas/Call"
            },
            "type": "object"
          },
          "dollars": {
            "type": "number"
          }
        },
        "type": "object",
        "required": [
          "purpose",
          "photos",
          "calls",
          "dollars"
        ],
        "title": "PurposeUsageOut",
        "description": "What photos of one purpose used. `calls` are Rekognition's billed ones, by kind: none that was throttled."
      },
      "Reason": {
        "type": "string",
        "enum": [
          "requested",
          "consent_ended"
        ],
        "title": "Reason",
        "description": "Why a person is erased."
      },
      "ReceiptOut": {
        "properties": {
          "faces": {
            "type": "integer"
          },
          "photos": {
            "type": "integer"
          },
          "sightings": {
            "type": "integer"
          },
          "mentions": {
            "type": "integer"
          },
          "results": {
            "type": "integer"
          },
          "sharedPhotos": {
            "type": "integer"
          },
          "remains": {
            "items": {
              "$ref": "#/components/schemas/RemainderOut"
            },
            "type": "array"
          }
        },
        "type": "object",
        "required": [
          "faces",
          "photos",
          "sightings",
          "mentions",
          "results",
          "sharedPhotos",
          "remains"
        ],
        "title": "ReceiptOut",
        "description": "How much was removed, and what is left; nothing about who it was."
      },
      "RecognitionIn": {
        "properties": {
          "contentType": {
            "type": "string",
            "enum": [
              "image/jpeg",
              "image/png"
            ]
          },
          "faces": {
            "$ref": "#/components/schemas/FacesWanted",
            "default": "all"
          }
        },
        "additionalProperties": false,
        "type": "object",
        "required": [
          "contentType"
        ],
        "title": "RecognitionIn",
        "description": "A photo on which people are to be recognized.",
        "examples": [
          {
            "contentType": "image/jpeg",
            "faces": "all"
          }
        ]
      },
      "RecognitionOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "status": {
            "type": "string",
            "enum": [
              "awaiting_upload",
              "processing",
              "succeeded",
              "rejected",
              "failed",
              "expired"
            ]
          },
          "createdAt": {
            "type": "string",
            "format": "date-time"
          },
          "uploadedAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          },
          "completedAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          },
          "error": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/ProblemOut"
              },
              {
                "type": "null"
              }
            ]
          },
          "upload": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/UploadOut"
              },
              {
                "type": "null"
              }
            ]
          },
          "faces": {
            "items": {
              "$ref": "#/components/schemas/FaceOut"
            },
            "type": "array"
          }
        },
        "type": "object",
        "required": [
          "id",
          "status",
          "createdAt",
          "uploadedAt",
          "completedAt",
          "error",
          "faces"
        ],
        "title": "RecognitionOut",
        "description": "A recognition; `faces` is empty until it has succeeded, and `upload` is only there when it was just made."
      },
      "RecognitionsOut": {
        "properties": {
          "items": {
            "items": {
              "$ref": "#/components/schemas/RecognitionOut"
            },
            "type": "array"
          },
          "nextCursor": {
            "type": [
              "string",
              "null"
            ]
          }
        },
        "type": "object",
        "required": [
          "items",
          "nextCursor"
        ],
        "title": "RecognitionsOut",
        "description": "Some recognitions, newest first. A page may hold few or none although `nextCursor` says that more follow."
      },
      "RegisteredFaceOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "box": {
            "$ref": "#/components/schemas/BoxOut"
          },
          "confidence": {
            "type": "number"
          }
        },
        "type": "object",
        "required": [
          "id",
          "box",
          "confidence"
        ],
        "title": "RegisteredFaceOut",
        "description": "The face that a registration added."
      },
      "RegistrationOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "status": {
            "type": "string",
            "enum": [
              "awaiting_upload",
              "processing",
              "succeeded",
              "rejected",
              "failed",
              "expired"
            ]
          },
          "createdAt": {
            "type": "string",
            "format": "date-time"
          },
          "uploadedAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          },
          "completedAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          },
          "error": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/ProblemOut"
              },
              {
                "type": "null"
              }
            ]
          },
          "upload": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/UploadOut"
              },
              {
                "type": "null"
              }
            ]
          },
          "personId": {
            "type": [
              "string",
              "null"
            ]
          },
          "face": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/RegisteredFaceOut"
              },
              {
                "type": "null"
              }
            ]
          },
          "searchable": {
            "type": "boolean"
          },
          "duplicate": {
            "type": "boolean"
          },
          "guidance": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/GuidanceOut"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        "type": "object",
        "required": [
          "id",
          "status",
          "createdAt",
          "uploadedAt",
          "completedAt",
          "error",
          "personId",
          "face",
          "searchable",
          "duplicate",
          "guidance"
        ],
        "title": "RegistrationOut",
        "description": "A registration.\n\n`duplicate` says that this very photo had been registered for the person before, so nothing was added. `searchable`\nis false for a minute where Rekognition was not done with the face at once, so that photos may not find it yet.\n`guidance` is null once the person is gone."
      },
      "RemainderOut": {
        "properties": {
          "what": {
            "type": "string"
          },
          "until": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          }
        },
        "type": "object",
        "required": [
          "what",
          "until"
        ],
        "title": "RemainderOut",
        "description": "What the erasure does not reach; `until` is null where that is not the service's to say.\n\n`what` is `shared_photos`, `backups`, `table_stream` or `account_trails`; there may be more one day."
      },
      "ReviewIn": {
        "properties": {
          "decision": {
            "type": "string",
            "enum": [
              "matched",
              "unknown"
            ]
          },
          "personId": {
            "type": [
              "string",
              "null"
            ],
            "maxLength": 100,
            "minLength": 1
          }
        },
        "additionalProperties": false,
        "type": "object",
        "required": [
          "decision"
        ],
        "title": "ReviewIn",
        "description": "Who a face is: `matched` with a `personId`, or `unknown` without.",
        "examples": [
          {
            "decision": "matched",
            "personId": "per_01JDZ6V8K2M3N4P5Q6R7S8T9VA"
          }
        ]
      },
      "ReviewOut": {
        "properties": {
          "decision": {
            "$ref": "#/components/schemas/Decision"
          },
          "personId": {
            "type": [
              "string",
              "null"
            ]
          },
          "name": {
            "type": [
              "string",
              "null"
            ]
          },
          "by": {
            "type": "string"
          },
          "at": {
            "type": "string",
            "format": "date-time"
          }
        },
        "type": "object",
        "required": [
          "decision",
          "personId",
          "name",
          "by",
          "at"
        ],
        "title": "ReviewOut",
        "description": "What a human decided; it counts instead of the service's decision. `by` is the `sub` of the user who did."
      },
      "Role": {
        "type": "string",
        "enum": [
          "admin",
          "operator"
        ],
        "title": "Role",
        "description": "Groups of the user pool. Somebody in neither is a plain user."
      },
      "StoredFaceOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "registrationId": {
            "type": "string"
          },
          "registeredAt": {
            "type": "string",
            "format": "date-time"
          },
          "modelVersion": {
            "type": "string"
          },
          "box": {
            "$ref": "#/components/schemas/BoxOut"
          },
          "confidence": {
            "type": "number"
          }
        },
        "type": "object",
        "required": [
          "id",
          "registrationId",
          "registeredAt",
          "modelVersion",
          "box",
          "confidence"
        ],
        "title": "StoredFaceOut",
        "description": "A face that stands for a person; `registrationId` is the photo that it is from."
      },
      "UploadOut": {
        "properties": {
          "url": {
            "type": "string"
          },
          "fields": {
            "additionalProperties": {
              "type": "string"
            },
            "type": "object"
          },
          "expiresAt": {
            "type": "string",
            "format": "date-time"
          }
        },
        "type": "object",
        "required": [
          "url",
          "fields",
          "expiresAt"
        ],
        "title": "UploadOut",
        "description": "Where to send the photo: a multipart form with `fields`, and the file as the last field, named ``file``."
      },
      "UsageOut": {
        "properties": {
          "month": {
            "type": "string"
          },
          "items": {
            "items": {
              "$ref": "#/components/schemas/PurposeUsageOut"
            },
            "type": "array"
          },
          "dollars": {
            "type": "number"
          },
          "budgetDollars": {
            "type": [
              "number",
              "null"
            ]
          },
          "prices": {
            "$ref": "#/components/schemas/PricesOut"
          }
        },
        "type": "object",
        "required": [
          "month",
          "items",
          "dollars",
          "budgetDollars",
          "prices"
        ],
        "title": "UsageOut",
        "description": "A month's usage by purpose. `dollars` are Rekognition's calls alone, at list price without any discount."
      },
      "VerificationIn": {
        "properties": {
          "contentType": {
            "type": "string",
            "enum": [
              "image/jpeg",
              "image/png"
            ]
          }
        },
        "additionalProperties": false,
        "type": "object",
        "required": [
          "contentType"
        ],
        "title": "VerificationIn",
        "description": "A photo that is to show one person.",
        "examples": [
          {
            "contentType": "image/jpeg"
          }
        ]
      },
      "VerificationOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "status": {
            "type": "string",
            "enum": [
              "awaiting_upload",
              "processing",
              "succeeded",
              "rejected",
              "failed",
              "expired"
            ]
          },
          "createdAt": {
            "type": "string",
            "format": "date-time"
          },
          "uploadedAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          },
          "completedAt": {
            "type": [
              "string",
              "null"
            ],
            "format": "date-time"
          },
          "error": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/ProblemOut"
              },
              {
                "type": "null"
              }
            ]
          },
          "upload": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/UploadOut"
              },
              {
                "type": "null"
              }
            ]
          },
          "personId": {
            "type": [
              "string",
              "null"
            ]
          },
          "verified": {
            "type": [
              "boolean",
              "null"
            ]
          },
          "similarity": {
            "type": [
              "number",
              "null"
            ]
          },
          "face": {
            "anyOf": [
              {
                "$ref": "#/components/schemas/ComparedFaceOut"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        "type": "object",
        "required": [
          "id",
          "status",
          "createdAt",
          "uploadedAt",
          "completedAt",
          "error",
          "personId",
          "verified",
          "similarity",
          "face"
        ],
        "title": "VerificationOut",
        "description": "A verification.\n\n`verified` is null until it has succeeded. `similarity` is how much the face resembles the person, in percent; null\nbelow the review threshold."
      },
      "VisitOut": {
        "properties": {
          "firstSeenAt": {
            "type": "string",
            "format": "date-time"
          },
          "lastSeenAt": {
            "type": "string",
            "format": "date-time"
          },
          "sightings": {
            "type": "integer"
          },
          "photoId": {
            "type": "string"
          },
          "n": {
            "type": "integer"
          },
          "similarity": {
            "type": [
              "number",
              "null"
            ]
          },
          "reviewed": {
            "type": "boolean"
          }
        },
        "type": "object",
        "required": [
          "firstSeenAt",
          "lastSeenAt",
          "sightings",
          "photoId",
          "n",
          "similarity",
          "reviewed"
        ],
        "title": "VisitOut",
        "description": "A person was seen, from the first of some sightings to the last.\n\n`photoId` is the recognition or verification of the first one, `n` the face on it, `similarity` in percent, and\n`reviewed` says whether a human decided that it was them."
      },
      "VisitsOut": {
        "properties": {
          "items": {
            "items": {
              "$ref": "#/components/schemas/VisitOut"
            },
            "type": "array"
          },
          "nextCursor": {
            "type": [
              "string",
              "null"
            ]
          }
        },
        "type": "object",
        "required": [
          "items",
          "nextCursor"
        ],
        "title": "VisitsOut",
        "description": "A page of the visits of one person, newest first."
      },
      "WholePersonOut": {
        "properties": {
          "id": {
            "type": "string"
          },
          "name": {
            "type": "string"
          },
          "externalRef": {
            "type": [
              "string",
              "null"
            ]
          },
          "status": {
            "$ref": "#/components/schemas/PersonStatus"
          },
          "faces": {
            "type": "integer"
          },
          "createdAt": {
            "type": "string",
            "format": "date-time"
          },
          "consent": {
            "$ref": "#/components/schemas/ConsentOut"
          },
          "consentHistory": {
            "items": {
              "$ref": "#/components/schemas/ConsentEntryOut"
            },
            "type": "array"
          }
        },
        "type": "object",
        "required": [
          "id",
          "name",
          "externalRef",
          "status",
          "faces",
          "createdAt",
          "consent",
          "consentHistory"
        ],
        "title": "WholePersonOut",
        "description": "A registered person with the history of their consent, oldest first."
      },
      "Problem": {
        "type": "object",
        "description": "An error, after RFC 9457. `code` is stable; `title` and `detail` are for people.",
        "required": [
          "type",
          "title",
          "status",
          "detail",
          "code",
          "requestId",
          "retryable"
        ],
        "properties": {
          "type": {
            "type": "string",
            "const": "about:blank"
          },
          "title": {
            "type": "string"
          },
          "status": {
            "type": "integer",
            "minimum": 400,
            "maximum": 599
          },
          "detail": {
            "type": "string"
          },
          "code": {
            "type": "string"
          },
          "requestId": {
            "type": "string",
            "description": "Name it when you report a problem."
          },
          "retryable": {
            "type": "boolean",
            "description": "Whether the very same request may succeed later."
          },
          "errors": {
            "type": "array",
            "description": "Which fields are not valid, and why.",
            "items": {
              "type": "object",
              "required": [
                "field",
                "reason",
                "message"
              ],
              "properties": {
                "field": {
                  "type": "string"
                },
                "reason": {
                  "type": "string"
                },
                "message": {
                  "type": "string"
                }
              }
            }
          }
        }
      }
    },
    "securitySchemes": {
      "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT"
      }
    }
  },
  "security": [
    {
      "accessToken": []
    }
  ]
}
