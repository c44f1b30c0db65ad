-- The request that `run` has signed.
wrk.method = "POST"
wrk.body = string.rep("x", tonumber(os.getenv("WEBHOOK_BYTES")))
wrk.headers["content-type"] = "application/json"
wrk.headers["user-agent"] = "Sender-Webhooks/1.0 (+https://sender.example/webhooks)"
wrk.headers["accept"] = "*/*"
wrk.headers["webhook-id"] = os.getenv("WEBHOOK_ID")
wrk.headers["webhook-timestamp"] = os.getenv("WEBHOOK_TIMESTAMP")
wrk.headers["webhook-signature"] = os.getenv("WEBHOOK_SIGNATURE")
