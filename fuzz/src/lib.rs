//! Endpoints of all declarations, and the text format of the inputs.

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use countersign::receiver::{HandshakePolicy, Receiver};
use countersign::scheme::{Algorithm, KeyEncoding};
use countersign::{Provider, Secret, Signer, UnixTime, Verifier, providers};
use countersign_inbox::StoredHead;

/// The time at every endpoint.
pub const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// The public origin of every endpoint.
pub const ORIGIN: &str = "https://hooks.example.com";

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../crates/countersign/tests/data/keys/", $name))
    };
}

/// A declaration with its keys.
pub struct Endpoint {
    pub provider: Provider,
    pub receiver: Receiver,
    pub signer: Signer,
}

/// Returns endpoints of all declarations, with parameters set.
pub fn endpoints() -> &'static [Endpoint] {
    static ENDPOINTS: LazyLock<Vec<Endpoint>> =
        LazyLock::new(|| providers::all().filter_map(Endpoint::new).collect());
    &ENDPOINTS
}

impl Endpoint {
    fn new(provider: &Provider) -> Option<Self> {
        let provider = complete(provider);
        let (private, public) = pair(&provider);
        let verifier = Verifier::new(provider.clone(), Secret::new(public).ok()?).ok()?;
        let signer = Signer::new(provider.clone(), Secret::new(private).ok()?).ok()?;
        let token = Secret::new("verify token").ok()?;
        let (none, echo) = (HandshakePolicy::new(), HandshakePolicy::new().with_echo());
        // The first one that fits the declaration.
        let policies = [
            echo.clone().with_verify_token(token.clone()),
            echo,
            none.clone().with_verify_token(token),
            none,
        ];
        let builder = Receiver::builder(verifier).with_clock(NOW).with_public_url(ORIGIN);
        let fitting = |policy| builder.clone().with_handshakes(policy).build().ok();
        let receiver = policies.into_iter().find_map(fitting)?;
        Some(Self { provider, receiver, signer })
    }

    /// Returns the endpoint with this slug, or any other for another text.
    pub fn named(name: &[u8]) -> &'static Self {
        let all = endpoints();
        let named = all.iter().find(|endpoint| endpoint.provider.slug.as_bytes() == name);
        named.unwrap_or_else(|| {
            let sum =
                name.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
            &all[sum % all.len()]
        })
    }
}

/// Returns the declaration with all parameters set that the catalogue leaves open.
pub fn complete(provider: &Provider) -> Provider {
    let mut provider = provider.clone();
    for text in open_parameters(&provider) {
        provider = provider.with_parameter(&text, "fuzz");
    }
    provider
}

fn open_parameters(provider: &Provider) -> Vec<String> {
    let json = serde_json::to_string(provider).unwrap_or_default();
    let names = json.split("{param:").skip(1).filter_map(|rest| rest.split('}').next());
    names.map(str::to_owned).collect()
}

/// Returns the halves of a key pair, or a shared secret twice.
fn pair(provider: &Provider) -> (String, String) {
    let halves = |private: &str, public: &str| (private.to_owned(), public.to_owned());
    let token = provider.scheme.jwt.as_ref().map(|rules| rules.algorithms.to_string()).unwrap_or_default();
    match provider.scheme.algorithm {
        Algorithm::Ed25519 => halves(key!("ed.pkcs8.pem"), key!("ed.spki.pem")),
        Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha1 => {
            halves(key!("ec.pkcs8.pem"), key!("ec.spki.pem"))
        }
        algorithm if algorithm.feature() == Some("rsa") => {
            halves(key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem"))
        }
        Algorithm::Jwt if token.starts_with("ES") => halves(key!("ec.pkcs8.pem"), key!("ec.spki.pem")),
        Algorithm::Jwt if !token.starts_with("HS") => {
            halves(key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem"))
        }
        _ => {
            let text = shared(provider);
            (text.clone(), text)
        }
    }
}

fn shared(provider: &Provider) -> String {
    let format = &provider.scheme.key;
    let id = if format.after.is_empty() { String::new() } else { format!("key{}", format.after) };
    let prefix = format.prefix.split('|').next().unwrap_or_default();
    let text = match format.encoding {
        KeyEncoding::Base64 => format!("{prefix}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        KeyEncoding::Hex => "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056".to_owned(),
        _ if provider.scheme.algorithm == Algorithm::Basic => "user:password".to_owned(),
        _ => "a secret that no input holds".to_owned(),
    };
    id + &text
}

/// Splits an input into its first line, the head of a request behind it, and the body behind an empty line.
pub fn parse(input: &[u8]) -> Option<(&[u8], StoredHead, &[u8])> {
    let line = input.iter().position(|byte| *byte == b'\n')?;
    let (first, rest) = (&input[..line], &input[line + 1..]);
    let end = rest.windows(2).position(|pair| pair == b"\n\n")?;
    let head = StoredHead::from_bytes(&rest[..end]).ok()?;
    Some((first, head, &rest[end + 2..]))
}

/// Polls a future that is ready at once.
pub fn now_or_never<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
