"""What each function may do, exactly: the templates grant it, and the unit tests never ask for more.

Actions by resource, as `tests.infra.templates` writes it, with a queue and without a key of the account's own. A
table's partitions, or a bucket's prefixes, stand in brackets where a right reaches some of them alone.
"""

API, PHOTOS = "handlers.api.app.handler", "handlers.photos.handler"
IMMEDIATE, ERASURES = "handlers.immediate.handler", "handlers.erasures.handler"
EVENTS, RECONCILIATION = "handlers.events.handler", "handlers.reconciliation.handler"

RIGHTS: dict[str, dict[str, set[str]]] = {
    API: {
        "<RequestsLogs.Arn>": {"logs:CreateLogStream", "logs:PutLogEvents"},
        "<Records/Table.Arn>": {
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "<Records/Table.Arn> [P#*, R#*]": {"dynamodb:DeleteItem"},
        "<Records/Table.Arn>/index/gsi1": {"dynamodb:Query"},
        "<Uploads/Bucket.Arn>/uploads/*": {"s3:PutObject"},
        "<Uploads/Bucket.Arn> [uploads/recognition/*, immediate/recognition/*]": {"s3:ListBucketVersions"},
        "<Uploads/Bucket.Arn>/uploads/recognition/*": {"s3:DeleteObjectVersion", "s3:GetObjectVersion"},
        "<Uploads/Bucket.Arn>/immediate/recognition/*": {"s3:DeleteObjectVersion", "s3:GetObjectVersion"},
        "<Uploads/Bucket.Arn>/uploads/registration/*": {"s3:DeleteObjectVersion", "s3:GetObjectVersion"},
        "<Faces.Arn>": {"rekognition:DeleteFaces", "rekognition:DisassociateFaces"},
        "<Erasures/Queue.Arn>": {"sqs:SendMessage"},
    },
    PHOTOS: {
        "<PhotosLogs.Arn>": {"logs:CreateLogStream", "logs:PutLogEvents"},
        "<Records/Table.Arn>": {
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        },
        "<Uploads/Bucket.Arn>/uploads/*": {
            "s3:DeleteObjectVersion",
            "s3:GetObjectVersion",
            "s3:PutObjectVersionTagging",
        },
        "<Uploads/Queue.Arn>": {
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
        },
        "<Faces.Arn>": {
            "rekognition:AssociateFaces",
            "rekognition:CreateUser",
            "rekognition:DeleteFaces",
            "rekognition:DisassociateFaces",
            "rekognition:IndexFaces",
            "rekognition:SearchUsersByImage",
        },
    },
    ERASURES: {
        "<EraserLogs.Arn>": {"logs:CreateLogStream", "logs:PutLogEvents"},
        "<Records/Table.Arn>": {
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "<Records/Table.Arn> [P#*, R#*, U#*, X#*, E#*, GONE#*]": {"dynamodb:DeleteItem"},
        "<Records/Table.Arn>/index/gsi1": {"dynamodb:Query"},
        "<Uploads/Bucket.Arn> [uploads/*, immediate/*]": {"s3:ListBucketVersions"},
        "<Uploads/Bucket.Arn>/uploads/*": {"s3:DeleteObjectVersion"},
        "<Uploads/Bucket.Arn>/immediate/*": {"s3:DeleteObjectVersion"},
        "<Erasures/Queue.Arn>": {
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
        },
        "<Faces.Arn>": {"rekognition:DeleteFaces", "rekognition:DeleteUser", "rekognition:ListFaces"},
    },
    IMMEDIATE: {
        "<ImmediateLogs.Arn>": {"logs:CreateLogStream", "logs:PutLogEvents"},
        "<Records/Table.Arn>": {
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "<Uploads/Bucket.Arn>/immediate/recognition/*": {
            "s3:DeleteObjectVersion",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:PutObject",
        },
        "<Faces.Arn>": {"rekognition:SearchUsersByImage"},
    },
    EVENTS: {
        "<AnnouncerLogs.Arn>": {"logs:CreateLogStream", "logs:PutLogEvents"},
        "<Records/Table.Arn>": {"dynamodb:PutItem"},
        "<Records/Table.StreamArn>": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
        "<Records/Table.Arn>/stream/*": {"dynamodb:ListStreams"},
        "<Events/Bus.Arn>": {"events:PutEvents"},
        "<Events/DeadLetters.Arn>": {"sqs:SendMessage"},
    },
    RECONCILIATION: {
        "<ReconcilerLogs.Arn>": {"logs:CreateLogStream", "logs:PutLogEvents"},
        "<Records/Table.Arn>": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        "<Records/Table.Arn> [RECONCILIATION]": {"dynamodb:DeleteItem"},
        "<Records/Table.Arn>/index/gsi1": {"dynamodb:Query"},
        "<Faces.Arn>": {
            "rekognition:DeleteFaces",
            "rekognition:DeleteUser",
            "rekognition:DisassociateFaces",
            "rekognition:ListFaces",
            "rekognition:ListUsers",
        },
    },
}
