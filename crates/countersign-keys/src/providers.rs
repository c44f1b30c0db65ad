//! The places and formats of published keys, with one function per provider. No other module depends on a provider.

use bytes::Bytes;
use countersign::Secret;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request};
use serde_json::json;

use crate::builder::HttpKeysBuilder;
use crate::format::KeySetFormat;
use crate::pins::Pins;
use crate::source::HttpKeys;

impl Pins {
    /// Creates the pins of AWS SNS: `sns.<region>.amazonaws.com`, in China `.com.cn`, in the European Sovereign
    /// Cloud `.amazonaws.eu`, files ending in `.pem`, and the subjects that AWS's SDK for Java expects.
    pub fn aws_sns() -> Self {
        let pins = Self::host("sns.{region}.amazonaws.com")
            .and_host("sns.{region}.amazonaws.com.cn")
            .and_host("sns.{region}.amazonaws.eu")
            .with_path_suffix(".pem")
            .with_subject("sns.amazonaws.com");
        // Older regions of other partitions, newer regions, and additional forms of some of those.
        let subjects = ["sns-{region}", "sns-signing.{region}", "sns.{region}"];
        let domains = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"];
        let names = subjects.iter().flat_map(|subject| domains.map(|domain| format!("{subject}.{domain}")));
        names.fold(pins, Self::with_subject)
    }

    /// Creates the pins of PayPal's certificates for live deliveries: `api.paypal.com`, below
    /// `/v1/notifications/certs/`, with subjects below `paypal.com`.
    pub fn paypal() -> Self {
        Self::host("api.paypal.com").with_path_prefix("/v1/notifications/certs/").with_subject("*.paypal.com")
    }

    /// Creates the pins of PayPal's sandbox: `api.sandbox.paypal.com`. Separate, so that a sandbox delivery, which
    /// an attacker can cause, is never taken for a live one.
    pub fn paypal_sandbox() -> Self {
        Self::host("api.sandbox.paypal.com")
            .with_path_prefix("/v1/notifications/certs/")
            .with_subject("*.sandbox.paypal.com")
    }

    /// Creates the pins of Adobe I/O Events: `static.adobeioevents.com`, with the path from the request.
    pub fn adobe_io() -> Self {
        Self::host("static.adobeioevents.com").with_path_suffix(".pem").with_paths_alone()
    }
}

impl HttpKeys {
    /// Creates the source of AWS SNS (`aws-sns`): the certificate at `SigningCertURL`, see [`Pins::aws_sns`]. It is
    /// the same for all accounts: the declaration names the accepted topics.
    ///
    /// Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>
    pub fn aws_sns() -> HttpKeysBuilder {
        Self::certificates(Pins::aws_sns())
    }

    /// Creates the source of PayPal (`paypal`), live: the certificate at `PAYPAL-CERT-URL`, see [`Pins::paypal`].
    ///
    /// Source: <https://developer.paypal.com/api/rest/webhooks/rest/>
    pub fn paypal() -> HttpKeysBuilder {
        Self::certificates(Pins::paypal())
    }

    /// Creates the source of PayPal (`paypal`), sandbox: see [`Pins::paypal_sandbox`].
    pub fn paypal_sandbox() -> HttpKeysBuilder {
        Self::certificates(Pins::paypal_sandbox())
    }

    /// Creates the source of Adobe I/O Events (`adobe-io`): the public key at `x-adobe-public-key1-path`, see
    /// [`Pins::adobe_io`].
    ///
    /// Source: <https://github.com/adobe/aio-lib-events/blob/master/src/signatureUtils.js>
    pub fn adobe_io() -> HttpKeysBuilder {
        Self::certificates(Pins::adobe_io())
    }

    /// Creates the source of fal (`fal`): a set whose key names requests do not give.
    ///
    /// Source: <https://docs.fal.ai/model-endpoints/webhooks>
    pub fn fal() -> HttpKeysBuilder {
        Self::jwks("https://rest.alpha.fal.ai/.well-known/jwks.json")
    }

    /// Creates the source of Turnkey (`turnkey`): a set.
    ///
    /// Source: <https://docs.turnkey.com/features/webhooks/verify-signatures>
    pub fn turnkey() -> HttpKeysBuilder {
        Self::jwks("https://api.turnkey.com/public/v1/discovery/webhooks/jwks")
    }

    /// Creates the source of Constant Contact (`constant-contact`): a set whose key names requests do not give.
    ///
    /// Source: <https://v3.developer.constantcontact.com/api_guide/webhook_authenticity.html>
    pub fn constant_contact() -> HttpKeysBuilder {
        Self::jwks("https://developer.constantcontact.com/.well-known/jwks.json")
    }

    /// Creates the source of TrueLayer (`truelayer`): a set, of `https://webhooks.truelayer.com` or of the sandbox,
    /// `https://webhooks.truelayer-sandbox.com`.
    ///
    /// Source: <https://github.com/TrueLayer/truelayer-signing>, `examples/webhook-server`
    pub fn truelayer(origin: &str) -> HttpKeysBuilder {
        Self::jwks(format!("{}/.well-known/jwks", origin.trim_end_matches('/')))
    }

    /// Creates the source of Fireblocks (`fireblocks`): the set of a region, `https://keys.fireblocks.io` in the
    /// United States.
    ///
    /// Source: <https://developers.fireblocks.com/reference/validating-webhooks>
    pub fn fireblocks(origin: &str) -> HttpKeysBuilder {
        Self::jwks(format!("{}/.well-known/jwks.json", origin.trim_end_matches('/')))
    }

    /// Creates the source of Google Pub/Sub (`pubsub`): the keys of Google's OpenID tokens.
    ///
    /// Source: <https://accounts.google.com/.well-known/openid-configuration>, `jwks_uri`
    pub fn pubsub() -> HttpKeysBuilder {
        Self::jwks("https://www.googleapis.com/oauth2/v3/certs")
    }

    /// Creates the source of Azure Event Grid (`event-grid`): the keys of the tokens of a tenant of Entra ID,
    /// `contoso.onmicrosoft.com` or a UUID.
    ///
    /// Source: <https://learn.microsoft.com/entra/identity-platform/access-tokens>
    pub fn event_grid(tenant: &str) -> HttpKeysBuilder {
        Self::jwks(format!("https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys"))
    }

    /// Creates the source of FusionAuth (`fusionauth`): the set of an installation, `https://auth.example.com`.
    ///
    /// Source: <https://fusionauth.io/docs/extend/events-and-webhooks/signing>
    pub fn fusionauth(origin: &str) -> HttpKeysBuilder {
        Self::jwks(format!("{}/.well-known/jwks.json", origin.trim_end_matches('/')))
    }

    /// Creates the source of Kinde (`kinde`): the set of a business, `https://acme.kinde.com`.
    ///
    /// Source: <https://docs.kinde.com/integrate/webhooks/webhooks-nextjs/>
    pub fn kinde(origin: &str) -> HttpKeysBuilder {
        Self::jwks(format!("{}/.well-known/jwks", origin.trim_end_matches('/')))
    }

    /// Creates the source of Kick (`kick`): one public key.
    ///
    /// Source: <https://docs.kick.com/events/webhook-security>
    pub fn kick() -> HttpKeysBuilder {
        Self::published(
            "https://api.kick.com/public/v1/public-key",
            KeySetFormat::pem().at("/data/public_key"),
        )
    }

    /// Creates the source of Lago (`lago`): one public key, of `https://api.getlago.com` or of an installation. It
    /// requires an API key: [`with_header`](HttpKeysBuilder::with_header) `Authorization`, `Bearer …`.
    ///
    /// Source: <https://github.com/getlago/lago-python-client>, `webhooks/clients.py`
    pub fn lago(origin: &str) -> HttpKeysBuilder {
        let url = format!("{}/api/v1/webhooks/json_public_key", origin.trim_end_matches('/'));
        Self::published(url, KeySetFormat::pem().at("/webhook/public_key"))
    }

    /// Creates the source of Plaid (`plaid`): each key is requested by its name, at `https://production.plaid.com`
    /// or `https://sandbox.plaid.com`. An expired key is not used.
    ///
    /// Source: <https://plaid.com/docs/api/webhooks/webhook-verification/>
    pub fn plaid(origin: &str, client_id: impl Into<String>, secret: Secret) -> HttpKeysBuilder {
        let url = format!("{}/webhook_verification_key/get", origin.trim_end_matches('/'));
        let client_id = client_id.into();
        Self::per_key(KeySetFormat::jwk().at("/key"), move |name| {
            let body = json!({ "client_id": client_id, "secret": secret.expose_secret(), "key_id": name });
            let request =
                Request::post(&url).header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request.body(Bytes::from(body.to_string())).ok()
        })
    }
}
