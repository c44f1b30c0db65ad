"""Signs and verifies HTTP messages (RFC 9421) with http-message-signatures.

One JSON request on stdin, one JSON answer on stdout:
  {"action":"sign","algorithm","key","url","headers","body","components","created"} -> {"headers"}
  {"action":"verify","algorithm","key","url","headers","body"} -> {"ok":true} or {"ok":false,"error"}
The key is a PEM, or Base64 for hmac-sha256.
"""

import base64
import json
import sys
from datetime import datetime, timedelta, timezone

import requests
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

ALGORITHMS = {
    "hmac-sha256": algorithms.HMAC_SHA256,
    "ed25519": algorithms.ED25519,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
    "ecdsa-p384-sha384": algorithms.ECDSA_P384_SHA384,
    "rsa-pss-sha512": algorithms.RSA_PSS_SHA512,
    "rsa-v1_5-sha256": algorithms.RSA_V1_5_SHA256,
}


class OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key):
        self.key = key

    def resolve_private_key(self, key_id):
        return self.key

    def resolve_public_key(self, key_id):
        return self.key


def sign(tools, message, request):
    created = datetime.fromtimestamp(request["created"], timezone.utc)
    HTTPMessageSigner(**tools).sign(
        message,
        key_id="primary",
        created=created,
        label="sig",
        covered_component_ids=request["components"],
        body=request["body"].encode(),
        use_existing_digest=True,
    )
    return {"headers": {name.lower(): value for name, value in message.headers.items()}}


def verify(tools, message, request):
    try:
        # The message is as old as the test says.
        HTTPMessageVerifier(**tools).verify(
            message, max_age=timedelta(days=36500), body=request["body"].encode()
        )
    except Exception as error:
        return {"ok": False, "error": repr(error)}
    return {"ok": True}


def main():
    request = json.load(sys.stdin)
    secret = request["algorithm"] == "hmac-sha256"
    key = base64.b64decode(request["key"]) if secret else request["key"].encode()
    tools = {"signature_algorithm": ALGORITHMS[request["algorithm"]], "key_resolver": OneKey(key)}
    message = requests.Request(
        "POST", request["url"], headers=request["headers"], data=request["body"].encode()
    ).prepare()
    action = {"sign": sign, "verify": verify}[request["action"]]
    print(json.dumps(action(tools, message, request)))


main()
