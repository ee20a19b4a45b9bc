"""The local AWS: ministack, completed by a plug-in.

Run by the interpreter of its own environment (`.venv-aws/bin/python -m local.aws`), configured by environment variables
only (see `local.cloud`). What the plug-in adds:

- `rekognition`: calls of Rekognition are answered by the endpoint of `local.rekognition`
- `iam`: IAM is enforced for every role, in the places too where ministack acts for nobody
- `ledger`: every decision of IAM, one JSON object a line
- `function_logs`: what each function writes, in a file
- `provisioners`: two CloudFormation types that ministack does not know, and HTTP API CORS
- `checkpoint` and `leftovers`: what is known survives a kill, and what is not known any more is cleared away

It leans on private parts of ministack, so the version is pinned and `internals` checks each of them at start.
"""
