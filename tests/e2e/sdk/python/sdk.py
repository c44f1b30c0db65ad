"""Signs, sends and verifies webhooks with the official SDKs of the providers.

One JSON request on stdin, one JSON answer on stdout:
  {"action":"send","sdk","secret","id","timestamp","url","body","header_map","value_prefix_strip","split"}
    -> {"status","body","headers"}, or {"headers"} alone when "url" is null
  {"action":"verify","sdk","secret","headers","body"}
    -> {"ok":true} or {"ok":false,"error"}
"""

import json
import sys
from datetime import datetime, timezone
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from stripe import Webhook as StripeWebhook
from stripe import WebhookSignature
from svix.webhooks import Webhook as SvixWebhook


class Svix:
    @staticmethod
    def sign(request):
        timestamp = datetime.fromtimestamp(request["timestamp"], timezone.utc)
        signature = SvixWebhook(request["secret"]).sign(request["id"], timestamp, request["body"])
        return {
            "svix-id": request["id"],
            "svix-timestamp": str(request["timestamp"]),
            "svix-signature": signature,
        }

    @staticmethod
    def verify(request):
        SvixWebhook(request["secret"]).verify(request["body"], request["headers"])


class Stripe:
    @staticmethod
    def sign(request):
        header = WebhookSignature.generate_signature_header(
            request["body"], request["secret"], request["timestamp"]
        )
        if not request.get("split"):
            return {"stripe-signature": header}
        parts = dict(part.split("=", 1) for part in header.split(","))
        return {"timestamp": parts["t"], "signature": parts["v1"]}

    @staticmethod
    def verify(request):
        headers = {name.lower(): value for name, value in request["headers"].items()}
        StripeWebhook.construct_event(
            request["body"], headers.get("stripe-signature"), request["secret"]
        )


def send(sdk, request):
    headers = {"content-type": "application/json", **renamed(sdk.sign(request), request)}
    if request["url"] is None:
        return {"headers": headers}
    direct = build_opener(ProxyHandler({}))
    try:
        response = direct.open(Request(request["url"], request["body"].encode(), headers))
    except HTTPError as error:
        response = error
    with response:
        return {"status": response.status, "body": response.read().decode(), "headers": headers}


def verify(sdk, request):
    try:
        sdk.verify(request)
    except Exception as error:
        return {"ok": False, "error": str(error) or type(error).__name__}
    return {"ok": True}


def renamed(headers, request):
    """Lets one SDK speak for another provider that signs the same content under other header names."""
    header_map = request.get("header_map", {})
    prefix = request.get("value_prefix_strip", "")
    return {header_map.get(name, name): value.removeprefix(prefix) for name, value in headers.items()}


SDKS = {"svix": Svix, "stripe": Stripe}
ACTIONS = {"send": send, "verify": verify}

if __name__ == "__main__":
    request = json.load(sys.stdin)
    answer = ACTIONS[request["action"]](SDKS[request["sdk"]], request)
    json.dump(answer, sys.stdout)
