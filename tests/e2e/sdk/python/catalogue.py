"""Many requests for the official SDKs of the providers, at a clock that stands still.

The same input and output as those of ../node/catalogue.mjs.
"""

import json
import sys

import time_machine
from finch import Finch as FinchClient
from getopenpay.utils.webhook_utils import WebhookUtils as OpenPayUtils
from polar.webhooks import PolarWebhookUnknownTypeError, validate_event
from workos.webhooks import Webhooks as WorkOsWebhooks

from sdk import SDKS, verify


class Finch:
    @staticmethod
    def verify(request):
        client = FinchClient(access_token="unused")
        client.webhooks.verify_signature(
            request["body"], request["headers"], secret=request["secret"]
        )


class OpenPay:
    @staticmethod
    def verify(request):
        OpenPayUtils().validate_payload(
            json.loads(request["body"])["data"],
            request["headers"]["signature-digest"],
            request["secret"],
        )


class Polar:
    @staticmethod
    def verify(request):
        try:
            validate_event(
                request["body"], request["headers"], request["secret"], frozenset(), dict
            )
        except PolarWebhookUnknownTypeError:
            # It looks at the type of what it has verified.
            pass


class WorkOs:
    @staticmethod
    def verify(request):
        WorkOsWebhooks(None).verify_header(
            event_body=request["body"].encode(),
            event_signature=request["headers"]["workos-signature"],
            secret=request["secret"],
        )


def sign(sdk, request):
    return {"headers": sdk.sign(request), "body": request["body"]}


ACTIONS = {"sign": sign, "verify": verify}
ALL = {**SDKS, "finch": Finch, "openpay": OpenPay, "polar": Polar, "workos": WorkOs}

if __name__ == "__main__":
    given = json.load(sys.stdin)
    with time_machine.travel(given["now"], tick=False):
        answers = [ACTIONS[job["action"]](ALL[job["sdk"]], job) for job in given["jobs"]]
    json.dump(answers, sys.stdout)
