//! Provides a valid request of each declaration in the catalogue, for tests that change requests and verify them
//! again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::scheme::{Algorithm, KeyEncoding, Location, Template};
use countersign::{
    Delivery, Head, Headers, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, VerifyError,
    providers,
};
use http::HeaderMap;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The time at which every request is signed, and at which it is fresh.
pub const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// A JSON body with a value wherever a declaration looks for an id, a type or a timestamp.
pub const JSON: &str = concat!(
    r#"{"id":"evt_1","type":"a.b","event":"a.b","event_name":"a.b","event_type":"a.b","#,
    r#""created_at":"2023-11-14T22:13:20Z","webhookTimestamp":1700000000000,"event_id":"evt_1","#,
    r#""recipient_client_id":"our-client","tenantId":"our-tenant","#,
    r#""data":{"id":"d1","type":"x","n":10},"sys":{"id":"s1"},"status":"ok","value":[{"id":"1","changeType":"c"}]}"#
);

/// A form with a value wherever a declaration looks for an id or a type.
pub const FORM: &str = concat!(
    "AccountSid=AC1&Body=hi+there.10&Event=a.b&From=%2B1555&MessageStatus=sent",
    "&alert_id=77&alert_name=paid"
);

const ORIGIN: &str = "https://hooks.example.com";

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../data/keys/", $name))
    };
}

/// Headers in the order in which they are sent, with values of any bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fields(pub Vec<(String, Vec<u8>)>);

impl Headers for Fields {
    fn for_each<'h>(&'h self, mut each: impl FnMut(&'h str, &'h [u8])) {
        for (name, value) in &self.0 {
            each(name, value);
        }
    }
}

impl Fields {
    fn from(headers: &HeaderMap) -> Self {
        let fields = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        Self(fields.collect())
    }

    fn add_missing(&mut self, name: &str, value: &str) {
        if !self.0.iter().any(|(other, _)| other == name) {
            self.0.push((name.to_owned(), value.as_bytes().to_vec()));
        }
    }
}

/// A signed request, with the verifier that accepts it.
#[derive(Clone, Debug)]
pub struct Fixture {
    pub slug: String,
    pub verifier: Verifier,
    pub method: String,
    /// The public URL, for providers that sign it.
    pub url: Option<String>,
    /// Path and query.
    pub target: String,
    pub headers: Fields,
    pub body: Vec<u8>,
}

impl Fixture {
    pub fn head(&self) -> Head<'_, Fields> {
        let head = Head::new(&self.headers).with_method(&self.method).with_target(&self.target);
        match &self.url {
            Some(url) => head.with_url(url),
            None => head,
        }
    }

    /// Verifies the unchanged request at [`NOW`].
    pub fn verify(&self) -> Result<Delivery, VerifyError> {
        self.verify_at(NOW)
    }

    pub fn verify_at(&self, now: UnixTime) -> Result<Delivery, VerifyError> {
        self.verifier.verify(&self.head(), self.body.clone(), now)
    }
}

/// Returns valid requests of all declarations: one or several of each, with JSON, form and empty bodies if the
/// scheme accepts them.
pub fn fixtures() -> Vec<Fixture> {
    providers::all().flat_map(of).collect()
}

/// Returns valid requests of one declaration.
pub fn of(original: &Provider) -> Vec<Fixture> {
    with_id(original, "msg_100")
}

/// Returns valid requests of one declaration with this id, if it is in the head.
pub fn with_id(original: &Provider, id: &str) -> Vec<Fixture> {
    let provider = complete(original);
    let (private, public) = keys(&provider);
    let verifier = Verifier::new(provider.clone(), public).unwrap();
    let signer = Signer::new(provider.clone(), private).unwrap();
    let mut fixtures = Vec::new();
    for (index, body) in bodies(&provider).into_iter().enumerate() {
        let fixture = fixture(&provider, (&signer, &verifier), index, body, id);
        match fixture.verify() {
            Ok(_) => fixtures.push(fixture),
            Err(error) if index == 0 => panic!("{}: valid request refused: {error}", provider.slug),
            Err(_) => {}
        }
    }
    fixtures
}

/// Returns the declaration with all parameters set.
pub fn complete(provider: &Provider) -> Provider {
    PARAMETERS.iter().fold(provider.clone(), |provider, (name, value)| provider.with_parameter(name, value))
}

/// The values of parameters.
pub const PARAMETERS: [(&str, &str); 12] = [
    ("topics", "arn:aws:sns:eu-west-1:1:orders,arn:aws:sns:eu-west-1:1:bills"),
    ("webhook_id", "WH-1"),
    ("audience", "https://aud.example.com"),
    ("email", "a@b.iam.gserviceaccount.com"),
    ("issuer", "https://iss.example.com"),
    ("app_id", "app-1"),
    ("user_id", "our-user"),
    ("client_id", "our-client,our-other-client"),
    ("tenant_id", "our-tenant"),
    ("bundle_id", "com.example"),
    ("api_key", "our-api-key"),
    ("application_key", "our-application-key"),
];

/// Returns the signing key and the verification key.
pub fn keys(provider: &Provider) -> (Secret, Secret) {
    let shared = || [shared_secret(provider), shared_secret(provider)];
    let ed = [key!("ed.pkcs8.pem"), key!("ed.spki.pem")].map(str::to_owned);
    let ec = [key!("ec.pkcs8.pem"), key!("ec.spki.pem")].map(str::to_owned);
    let p384 = [key!("p384.pkcs8.pem"), key!("p384.spki.pem")].map(str::to_owned);
    let rsa = [key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem")].map(str::to_owned);
    let [private, public] = match provider.scheme.algorithm {
        Algorithm::Ed25519 => ed,
        Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha1 => ec,
        Algorithm::EcdsaP384Sha384 => p384,
        Algorithm::RsaSha256 | Algorithm::RsaSha512 | Algorithm::RsaSha1 | Algorithm::RsaSha256OrSha1 => rsa,
        Algorithm::Jwt => {
            let algorithms = provider.scheme.jwt.as_ref().unwrap().algorithms.to_string();
            match algorithms.split_at(2).0 {
                "HS" => shared(),
                "ES" if provider.scheme.jwt.as_ref().unwrap().certificates.is_some() => {
                    [key!("x5c/signer.pem"), key!("x5c/root.pem")].map(str::to_owned)
                }
                "ES" if algorithms == "ES512" => {
                    [key!("p521.pkcs8.pem"), key!("p521.spki.pem")].map(str::to_owned)
                }
                "ES" => ec,
                _ => rsa,
            }
        }
        _ => shared(),
    };
    (Secret::new(private).unwrap(), Secret::new(public).unwrap())
}

fn shared_secret(provider: &Provider) -> String {
    let key = &provider.scheme.key;
    let id = if key.after.is_empty() { String::new() } else { format!("keyid{}", key.after) };
    let rest = match key.encoding {
        KeyEncoding::Base64 => {
            key.prefix.split('|').next().unwrap().to_owned() + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        }
        KeyEncoding::Hex => "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056".to_owned(),
        _ if provider.scheme.algorithm == Algorithm::Basic => "user:pass word".to_owned(),
        _ => "s3cr3t-of-ours".to_owned(),
    };
    id + &rest
}

/// Returns bodies: first one that every provider of the kind can sign, then others that some cannot.
fn bodies(provider: &Provider) -> Vec<String> {
    let (scheme, content) = (&provider.scheme, provider.scheme.content.as_str());
    if content.contains("{form:") {
        return vec![FORM.to_owned(), "Event=x.1".to_owned(), "Event=a".to_owned()];
    }
    if content.contains("{json:*/data}") {
        return ["d.10", "1"]
            .map(|id| json!({"id": "e1", "data": format!("{{\"id\": \"{id}\"}}")}).to_string())
            .to_vec();
    }
    let mut bodies = vec![JSON.to_owned()];
    if !content.contains("{json:/") {
        bodies.push("[1]".to_owned());
    }
    let in_body = |at: &Location| matches!(at, Location::Json(_) | Location::Form(_));
    let is_free = !["{json", ":json-sorted}", "{headers:sig:"].iter().any(|part| content.contains(part))
        && scheme.algorithm.covers_content()
        && !in_body(&scheme.signature.at)
        && !scheme.timestamp.as_ref().is_some_and(|field| in_body(&field.at));
    if is_free {
        bodies.extend(["a=b10&c=0".to_owned(), "1234=b10&c=0".to_owned(), String::new()]);
    }
    bodies
}

fn fixture(
    provider: &Provider,
    (signer, verifier): (&Signer, &Verifier),
    index: usize,
    body: String,
    id: &str,
) -> Fixture {
    let mut url = format!("{ORIGIN}/in?x=1&data.id=123&type=payment&v={index}0");
    if provider.scheme.checks.iter().any(|check| check.at == Location::Query("bodySHA256".into())) {
        url = format!("{ORIGIN}/in?bodySHA256={}", const_hex::encode(Sha256::digest(&body)));
    }
    if let Location::Query(name) = &provider.scheme.signature.at {
        let signature = signer.signature(&SigningRequest::new(body.clone(), NOW)).unwrap();
        url = format!("{url}&{name}={signature}");
    }
    let extra = signed_headers(provider, &body);
    let mut request =
        SigningRequest::new(body.clone(), NOW).with_id(id).with_event_type("a.b").with_url(&url);
    for (name, value) in &extra {
        request = request.with_header(name.parse().unwrap(), value.parse().unwrap());
    }
    let (headers, body) = match with_signature_in_body(provider, signer, &body) {
        Some(body) => (HeaderMap::new(), body),
        None if &*provider.slug == "hygraph" => (hygraph(provider, &body), body),
        None => (signer.sign(&request).unwrap(), body),
    };
    let mut headers = Fields::from(&headers);
    for (name, value) in &extra {
        headers.add_missing(name, value);
    }
    if provider.scheme.content.as_str().contains("{form:") {
        headers.add_missing("content-type", "application/x-www-form-urlencoded");
    }
    for at in [&provider.event.id, &provider.event.event_type].into_iter().flatten() {
        if let Location::Header(names) = at {
            headers.add_missing(names.split(',').next().unwrap(), "unsigned-1");
        }
    }
    Fixture {
        slug: provider.slug.to_string(),
        verifier: verifier.clone(),
        method: "POST".to_owned(),
        target: url.strip_prefix(ORIGIN).unwrap().to_owned(),
        url: verifier.needs_url().then_some(url),
        headers,
        body: body.into_bytes(),
    }
}

/// Returns headers that are signed or checked, and that `Signer` does not write.
fn signed_headers(provider: &Provider, body: &str) -> Vec<(String, String)> {
    let content = provider.scheme.content.as_str();
    let named = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    match &*provider.slug {
        "contentful" => [
            (
                "x-contentful-signed-headers",
                "content-type,x-contentful-signed-headers,x-contentful-timestamp",
            ),
            ("content-type", "application/json"),
        ]
        .map(named)
        .to_vec(),
        "keygen" => {
            let digest = format!("sha-256={}", STANDARD.encode(Sha256::digest(body)));
            [("host", "hooks.example.com"), ("digest", digest.as_str())].map(named).to_vec()
        }
        slug => {
            let names = content.split("{header:").skip(1).filter_map(|rest| rest.split('}').next());
            let value = if ["sinch", "turnkey"].contains(&slug) { "n10-5" } else { "n10.5" };
            // Plivo cuts at the last dot, and its nonces contain none.
            let value = if slug == "plivo-v3" { "n105" } else { value };
            let rules = provider.scheme.message_signature.as_ref();
            let covered = rules.iter().flat_map(|rules| rules.components.split('|'));
            let covered = covered.filter(|name| !name.starts_with('@') && *name != "content-digest");
            names.chain(covered).map(|name| named((name, value))).collect()
        }
    }
}

/// Returns the body with its signature, if the signature belongs into the body.
fn with_signature_in_body(provider: &Provider, signer: &Signer, body: &str) -> Option<String> {
    let sign = |text: String| signer.signature(&SigningRequest::new(text, NOW).with_id("e1")).unwrap();
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    Some(match &*provider.slug {
        "adyen-item" => {
            let items: Vec<Value> = (0..2).map(|number| adyen_item(number, &sign)).collect();
            json!({"live": "false", "notificationItems": items}).to_string()
        }
        "apple-app-store" => {
            let payload = json!({
                "notificationType": "TEST", "notificationUUID": "n-1", "signedDate": NOW.as_millis(),
                "data": {"bundleId": "com.example", "environment": "Sandbox"},
            });
            json!({"signedPayload": sign(payload.to_string())}).to_string()
        }
        "aws-sns" => {
            let mut message = json!({
                "Type": "Notification", "MessageId": "m-1", "TopicArn": "arn:aws:sns:eu-west-1:1:orders",
                "Message": "hi\nMessageId\nm-2\nthere", "Subject": "s", "Timestamp": "2023-11-14T22:13:20.000Z",
                "SignatureVersion": "2", "SigningCertURL": "https://sns.us-east-1.amazonaws.com/x.pem",
            });
            message["Signature"] = json!(sign(message.to_string()));
            message.to_string()
        }
        "braintree" => {
            let payload = "PG5vdGlmaWNhdGlvbj4=\n";
            let signature = sign(format!("bt_payload={}", encode(payload)));
            format!("bt_signature={}&bt_payload={}", encode(&signature), encode(payload))
        }
        "cryptomus" => {
            let mut payment = json!({
                "type": "payment", "uuid": "p-10", "status": "paid", "url": "https://shop.example/1", "amount": "3.10",
            });
            payment["sign"] = json!(sign(payment.to_string()));
            payment.to_string()
        }
        "dropbox-sign" => {
            let mut event = json!({"event": {"event_time": "1700000000", "event_type": "callback_test"}});
            event["event"]["event_hash"] = json!(sign(format!("json={}", encode(&event.to_string()))));
            format!("json={}", encode(&event.to_string()))
        }
        "figma" => json!({"passcode": shared_secret(provider), "event_type": "x"}).to_string(),
        "kinde" => sign(
            json!({"event_id": "e1", "type": "user.created", "timestamp": "2023-11-14T22:13:20Z", "data": {"a": 1}})
                .to_string(),
        ),
        "mailgun" => {
            let mut event = json!({
                "signature": {"timestamp": "1700000000", "token": "0abc10"},
                "event-data": {"id": "e1", "event": "opened"},
            });
            event["signature"]["signature"] = json!(sign(event.to_string()));
            event.to_string()
        }
        "midtrans" => {
            let mut notification = json!({
                "order_id": "order-10", "status_code": "200", "gross_amount": "10000.00",
                "transaction_id": "t1", "transaction_status": "settlement",
            });
            notification["signature_key"] = json!(sign(notification.to_string()));
            notification.to_string()
        }
        "mailgun-routes" => {
            let form = "timestamp=1700000000&token=0abc10&recipient=a%40b.example".to_owned();
            format!("{form}&signature={}", encode(&sign(form.clone())))
        }
        "ms-graph" => {
            let state = shared_secret(provider);
            json!({"value": [
                {"clientState": state, "id": "1", "changeType": "c"},
                {"clientState": state, "id": "2"},
            ]})
            .to_string()
        }
        "przelewy24" => {
            let mut notification = json!({
                "merchantId": 11, "posId": 11, "sessionId": "s-10", "amount": 100, "originAmount": 100,
                "currency": "PLN", "orderId": 77, "methodId": 154, "statement": "p24-A10",
            });
            notification["sign"] = json!(sign(notification.to_string()));
            notification.to_string()
        }
        "opennode" => {
            let form = "id=ch.10&status=paid".to_owned();
            format!("{form}&hashed_order={}", encode(&sign(form.clone())))
        }
        "paddle-classic" => format!("{body}&p_signature={}", encode(&sign(body.to_owned()))),
        _ => return None,
    })
}

fn adyen_item(number: u32, sign: &impl Fn(String) -> String) -> Value {
    let mut item = json!({
        "pspReference": format!("79{number}"), "originalReference": "", "merchantAccountCode": "Shop",
        "merchantReference": "order:10", "amount": {"value": 1130, "currency": "EUR"},
        "eventCode": "AUTHORISATION", "success": "true", "reason": "r",
    });
    item["additionalData"] = json!({"hmacSignature": sign(item.to_string())});
    json!({"NotificationRequestItem": item})
}

/// Signs an item of the signature field, which `Signer` does not write.
fn hygraph(provider: &Provider, body: &str) -> HeaderMap {
    let mut plain = provider.clone();
    plain.scheme.content = Template::new("{body}");
    plain.scheme.timestamp = None;
    let millis = NOW.as_millis();
    let body = serde_json::to_string(body).unwrap();
    let signed = format!(r#"{{"Body":{body},"EnvironmentName":"master","TimeStamp":{millis}}}"#);
    let signer = Signer::new(plain, keys(provider).0).unwrap();
    let signature = signer.signature(&SigningRequest::new(signed, NOW)).unwrap();
    let mut headers = HeaderMap::new();
    let field = format!("{signature}, env=master, t={millis}");
    headers.insert("gcms-signature", field.parse().unwrap());
    headers
}
