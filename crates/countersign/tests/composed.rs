//! Tests of providers that sign composed content: every byte of every signed value matters.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use countersign::{Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
use http::{HeaderMap, HeaderName, HeaderValue};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const FORM: &str = "application/x-www-form-urlencoded";

/// A genuine request, and the signed texts in it.
#[derive(Clone)]
struct Sent {
    provider: &'static Provider,
    secret: &'static str,
    headers: Vec<(&'static str, String)>,
    url: String,
    body: String,
    signed: Vec<&'static str>,
}

impl Sent {
    fn is_accepted(&self) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        let verifier = Verifier::new(self.provider, Secret::new(self.secret).unwrap()).unwrap();
        verifier.verify(&Head::new(&headers).with_url(&self.url), self.body.clone(), NOW).is_ok()
    }

    /// Replaces one text everywhere in the request.
    fn with(&self, text: &str, other: &str) -> Self {
        let mut sent = self.clone();
        sent.body = self.body.replacen(text, other, 1);
        sent.url = self.url.replacen(text, other, 1);
        for (_, value) in &mut sent.headers {
            *value = value.replacen(text, other, 1);
        }
        sent
    }
}

fn sign(provider: &'static Provider, secret: &str, request: &SigningRequest) -> (HeaderMap, String) {
    let signer = Signer::new(provider, Secret::new(secret).unwrap()).unwrap();
    (signer.sign(request).unwrap(), signer.signature(request).unwrap())
}

fn adyen() -> Sent {
    let secret = "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00";
    let item = |reference: &str| {
        format!(
            r#"{{"pspReference":"{reference}","originalReference":"orig1","merchantAccountCode":"acct1","merchantReference":"ref1","amount":{{"value":"1130","currency":"EUR"}},"eventCode":"AUTH1","success":"true"}}"#
        )
    };
    let signed = |reference: &str| {
        let item = item(reference);
        let (_, signature) = sign(&providers::ADYEN, secret, &SigningRequest::new(item.clone(), NOW));
        let additional = format!(r#","additionalData":{{"hmacSignature":"{signature}"}}}}"#);
        format!(r#"{{"NotificationRequestItem":{}{additional}}}"#, item.strip_suffix('}').unwrap())
    };
    Sent {
        provider: &providers::ADYEN,
        secret,
        headers: Vec::new(),
        url: String::new(),
        body: format!(r#"{{"notificationItems":[{},{}]}}"#, signed("psp7"), signed("psp8")),
        signed: vec!["psp7", "psp8", "orig1", "acct1", "ref1", "1130", "EUR", "AUTH1", "true"],
    }
}

fn braintree() -> Sent {
    let (_, signature) = sign(
        &providers::BRAINTREE,
        "public1|private1",
        &SigningRequest::new("bt_payload=UEdOdmRHbG1hV05oZEdsdg", NOW),
    );
    let signature: String = form_urlencoded::byte_serialize(signature.as_bytes()).collect();
    Sent {
        provider: &providers::BRAINTREE,
        secret: "public1|private1",
        headers: vec![("content-type", FORM.to_owned())],
        url: String::new(),
        body: format!("bt_payload=UEdOdmRHbG1hV05oZEdsdg&bt_signature={signature}"),
        signed: vec!["UEdOdmRHbG1hV05oZEdsdg", "public1"],
    }
}

fn contentful() -> Sent {
    let url = "https://hooks.example.com/api/hooks7?space=sp1";
    let list = "x-contentful-crn,x-contentful-signed-headers,x-contentful-timestamp";
    let named = |name: &'static str, value: &'static str| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let mut request = SigningRequest::new("entry5", NOW).with_url(url);
    for (name, value) in [named("x-contentful-crn", "crn9"), named("x-contentful-signed-headers", list)] {
        request = request.with_header(name, value);
    }
    let (headers, _) = sign(&providers::CONTENTFUL, "secret1", &request);
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    Sent {
        provider: &providers::CONTENTFUL,
        secret: "secret1",
        headers: vec![
            ("x-contentful-crn", "crn9".to_owned()),
            ("x-contentful-signed-headers", list.to_owned()),
            ("x-contentful-timestamp", text("x-contentful-timestamp")),
            ("x-contentful-signature", text("x-contentful-signature")),
        ],
        url: url.to_owned(),
        body: "entry5".to_owned(),
        signed: vec!["hooks7", "sp1", "crn9", "x-contentful-signed-headers", "1700000000000", "entry5"],
    }
}

/// Signed by `generateWebhookSignature` of npm `@hygraph/utils` 1.2.1, at [`NOW`].
fn hygraph() -> Sent {
    Sent {
        provider: &providers::HYGRAPH,
        secret: "hygraph-secret-1",
        headers: vec![(
            "gcms-signature",
            "sign=C0dXN4aeY23lYVo8/RlJFfieOEVzWT0fVIc2e0ZH6EI=, env=master, t=1700000000000".to_owned(),
        )],
        url: String::new(),
        body: r#"{"operation":"publish","data":{"id":"cku1"}}"#.to_owned(),
        signed: vec!["operation", "publish", "cku1", "master", "1700000000000"],
    }
}

fn twilio() -> Sent {
    // `printf '{"sid":"SM1"}' | sha256sum`
    let url = "https://hooks.example.com/sms?bodySHA256=b8c220fe23c7d98994b38ae901074800e621b4674cb210d9b5c2627f96196224";
    let request = SigningRequest::new(r#"{"sid":"SM1"}"#, NOW).with_url(url);
    let (headers, _) = sign(&providers::TWILIO_BODY_SHA256, "token1", &request);
    Sent {
        provider: &providers::TWILIO_BODY_SHA256,
        secret: "token1",
        headers: vec![("x-twilio-signature", headers["x-twilio-signature"].to_str().unwrap().to_owned())],
        url: url.to_owned(),
        body: r#"{"sid":"SM1"}"#.to_owned(),
        signed: vec![
            "hooks.example.com",
            "sms",
            "bodySHA256",
            "b8c220fe23c7d98994b38ae901074800e621b4674cb210d9b5c2627f96196224",
            "sid",
            "SM1",
        ],
    }
}

#[test]
fn every_letter_that_is_signed_counts_and_so_does_the_secret() {
    for sent in [adyen(), braintree(), contentful(), hygraph(), twilio()] {
        let slug = &sent.provider.slug;
        assert!(sent.is_accepted(), "{slug}");
        for text in &sent.signed {
            for at in (0..text.len()).filter(|at| text.as_bytes()[*at].is_ascii_alphanumeric()) {
                let mut changed = text.as_bytes().to_vec();
                changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
                let changed = sent.with(text, std::str::from_utf8(&changed).unwrap());
                assert!(!changed.is_accepted(), "{slug}: letter {at} of {text}");
            }
        }
        let last = if sent.secret.ends_with('0') { "1" } else { "0" };
        let other: &'static str = format!("{}{last}", &sent.secret[..sent.secret.len() - 1]).leak();
        assert!(!Sent { secret: other, ..sent.clone() }.is_accepted(), "{slug}: another secret");
    }
}
