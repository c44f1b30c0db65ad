//! Checks random declarations: of all requests with the same signed text, those that are accepted have the same signed
//! values.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use countersign::{Delivery, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// A part of the content that a request chooses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    A,
    B,
    Id,
    Query,
    Body,
    Json,
    Timestamp,
    /// A header that may be missing, with a text in front of it and one behind it.
    Group(&'static str, &'static str),
}

/// A value of each part; `None` for a group that is left out.
type Values = Vec<Option<String>>;

#[derive(Clone, Debug)]
struct Shape {
    parts: Vec<Part>,
    /// The literals around the parts, one more than there are parts.
    literals: Vec<&'static str>,
}

impl Shape {
    fn content(&self) -> String {
        let mut content = self.literals[0].to_owned();
        for (part, literal) in self.parts.iter().zip(&self.literals[1..]) {
            content += &match part {
                Part::A => "{header:x-a}".to_owned(),
                Part::B => "{header:x-b}".to_owned(),
                Part::Id => "{id}".to_owned(),
                Part::Query => "{query:q}".to_owned(),
                Part::Body => "{body}".to_owned(),
                Part::Json => "{json:/a}".to_owned(),
                Part::Timestamp => "{timestamp}".to_owned(),
                Part::Group(before, after) => format!("{{?{before}{{header:x-g}}{after}?}}"),
            };
            content += literal;
        }
        content
    }

    fn provider(&self, algorithm: &str, unit: &str) -> Result<Provider, String> {
        let secret = if algorithm == "sha256" { "{secret}" } else { "" };
        let stamp = if self.parts.contains(&Part::Timestamp) {
            format!(
                "timestamp = {{ at = 'header:x-t', format = '{unit}', tolerance = {{ past = 2000000000, future = 2000000000 }} }}\n"
            )
        } else {
            String::new()
        };
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'd'\n[scheme]\nalgorithm = '{algorithm}'\ncontent = '''{secret}{}'''\n\
             signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n{stamp}\
             [event]\nid = 'header:x-id'\ntype = '{}'\n",
            self.content(),
            if self.parts.contains(&Part::Json) { "json:/a" } else { "header:x-a" },
        );
        Provider::from_toml(&toml).map_err(|error| error.to_string())
    }

    fn render(&self, values: &Values) -> String {
        let mut text = self.literals[0].to_owned();
        for ((part, value), literal) in self.parts.iter().zip(values).zip(&self.literals[1..]) {
            match (part, value) {
                (Part::Group(before, after), Some(value)) => text += &format!("{before}{value}{after}"),
                (_, value) => text += value.as_deref().unwrap_or_default(),
            }
            text += literal;
        }
        text
    }

    /// Returns all values that give the text.
    fn readings(&self, text: &str) -> Vec<Values> {
        let mut found = Vec::new();
        if let Some(rest) = text.strip_prefix(self.literals[0]) {
            self.read(rest, 0, &mut Vec::new(), &mut found);
        }
        found
    }

    fn read(&self, rest: &str, at: usize, values: &mut Values, found: &mut Vec<Values>) {
        if found.len() > 500 {
            return;
        }
        let Some(part) = self.parts.get(at) else {
            if rest.is_empty() {
                found.push(values.clone());
            }
            return;
        };
        let mut go_on = |value: Option<&str>, behind: &str| {
            if let Some(behind) = behind.strip_prefix(self.literals[at + 1]) {
                values.push(value.map(str::to_owned));
                self.read(behind, at + 1, values, found);
                values.pop();
            }
        };
        let (inner, end) = match part {
            Part::Group(before, after) => {
                go_on(None, rest);
                match rest.strip_prefix(before) {
                    Some(inner) => (inner, *after),
                    None => return,
                }
            }
            _ => (rest, ""),
        };
        for cut in 0..=inner.len() {
            let (value, behind) = inner.split_at(cut);
            if let Some(behind) = behind.strip_prefix(end) {
                go_on(Some(value), behind);
            }
        }
    }

    /// Returns the request with these values, if there is one.
    fn request(&self, values: &Values) -> Option<(HeaderMap, String, String)> {
        let mut headers = HeaderMap::new();
        let (mut body, mut url) = ("-".to_owned(), "https://own.example/in".to_owned());
        if self.parts.contains(&Part::Json) {
            body = "{}".to_owned();
        }
        for (part, value) in self.parts.iter().zip(values) {
            let Some(value) = value else { continue };
            let header = match part {
                Part::A => "x-a",
                Part::B => "x-b",
                Part::Id => "x-id",
                Part::Timestamp => "x-t",
                Part::Group(..) => "x-g",
                Part::Query => {
                    let query =
                        form_urlencoded::Serializer::new(String::new()).append_pair("q", value).finish();
                    url = format!("https://own.example/in?{query}");
                    continue;
                }
                Part::Body => {
                    body.clone_from(value);
                    continue;
                }
                Part::Json => {
                    body = serde_json::json!({ "a": value }).to_string();
                    continue;
                }
            };
            headers.insert(HeaderName::from_static(header), HeaderValue::from_str(value).ok()?);
        }
        Some((headers, url, body))
    }
}

/// Returns the values that are called signed, each with its name.
fn signed(delivery: &Delivery) -> Vec<(&'static str, String)> {
    let mut signed = Vec::new();
    signed.extend(delivery.id().filter(|id| id.is_signed()).map(|id| ("id", id.as_str().to_owned())));
    let name = delivery.event_type().filter(|name| name.is_signed());
    signed.extend(name.map(|name| ("type", name.as_str().to_owned())));
    let time = delivery.timestamp().filter(|time| time.is_signed());
    signed.extend(time.map(|time| ("timestamp", format!("{:?}", time.value()))));
    if delivery.is_body_signed() {
        signed.push(("body", String::from_utf8_lossy(delivery.body()).into_owned()));
    }
    signed
}

fn shapes() -> impl Strategy<Value = Shape> {
    let part = prop_oneof![
        Just(Part::A),
        Just(Part::B),
        Just(Part::Id),
        Just(Part::Query),
        Just(Part::Body),
        Just(Part::Json),
        Just(Part::Timestamp),
        (select(vec!["", "a", ".", "1", "g:"]), select(vec!["", "a", ".", ";", "0"]))
            .prop_map(|(before, after)| Part::Group(before, after)),
    ];
    let literal = select(vec!["", "", ".", "..", ".a.", "a", "0", ":", "\n", "-1"]);
    (vec(part, 1..5), vec(literal, 6)).prop_filter_map("one of each kind", |(parts, literals)| {
        let kind = |part: &Part| std::mem::discriminant(part);
        let is_once =
            (1..parts.len()).all(|at| parts[..at].iter().all(|other| kind(other) != kind(&parts[at])));
        let bodies = parts.iter().filter(|part| matches!(part, Part::Body | Part::Json)).count();
        (is_once && bodies < 2).then(|| Shape { literals: literals[..=parts.len()].to_vec(), parts })
    })
}

fn value_of(part: Part, text: &str, stamp: &str) -> Option<String> {
    match part {
        Part::Timestamp => Some(stamp.to_owned()),
        Part::Group(..) if text.starts_with('a') => None,
        _ => Some(text.to_owned()),
    }
}

/// A request: what the declaration is, and the values that are sent.
#[derive(Clone, Debug)]
struct Case {
    shape: Shape,
    texts: Vec<String>,
    algorithm: &'static str,
    unit: &'static str,
    stamp: &'static str,
}

fn cases() -> impl Strategy<Value = Case> {
    let stamps = vec![
        ("seconds", "1700000000"),
        ("milliseconds", "1700000000000"),
        ("either", "1700000000"),
        ("either", "1700000000000"),
        ("rfc3339", "2023-11-14T22:13:20Z"),
        ("rfc3339-utc", "2023-11-14T22:13:20Z"),
    ];
    let texts = vec("[a.0:1g;-]{0,4}", 5);
    (shapes(), texts, select(vec!["hmac-sha256", "sha256"]), select(stamps))
        .prop_map(|(shape, texts, algorithm, (unit, stamp))| Case { shape, texts, algorithm, unit, stamp })
}

/// The requests with the same signed text that are accepted, each with the values that are called signed.
type Accepted = Vec<(Values, Vec<(&'static str, String)>)>;

/// Returns `None` for a declaration that is refused.
fn accepted(case: &Case) -> Option<Accepted> {
    let Case { shape, texts, algorithm, unit, stamp } = case;
    let provider = shape.provider(algorithm, unit).ok()?;
    let secret = || Secret::new("s3cret").unwrap();
    let verifier = Verifier::new(provider, secret()).unwrap();
    let values: Values =
        shape.parts.iter().zip(texts).map(|(part, text)| value_of(*part, text, stamp)).collect();
    let text = shape.render(&values);
    // A signer of the plain text: the request itself may be one that no sender may sign.
    let plain = format!(
        "slug = 'own'\nname = 'Own'\ndoc = 'd'\n[scheme]\nalgorithm = '{algorithm}'\ncontent = '{}{{body}}'\n\
         signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n",
        if *algorithm == "sha256" { "{secret}" } else { "" },
    );
    let signer = Signer::new(Provider::from_toml(&plain).unwrap(), secret()).unwrap();
    let signature = signer.signature(&SigningRequest::new(text.clone(), NOW)).unwrap();
    let mut accepted = Vec::new();
    for reading in shape.readings(&text) {
        let Some((mut headers, url, body)) = shape.request(&reading) else { continue };
        headers.insert("x-signature", signature.parse().unwrap());
        let head = Head::new(&headers).with_url(&url);
        if let Ok(delivery) = verifier.verify(&head, body, NOW) {
            accepted.push((reading, signed(&delivery)));
        }
    }
    Some(accepted)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn one_signed_text_has_one_reading(case in cases()) {
        for pair in accepted(&case).unwrap_or_default().windows(2) {
            prop_assert_eq!(&pair[0].1, &pair[1].1, "{} {}: {:?} {:?}", case.shape.content(), case.unit, pair[0].0, pair[1].0);
        }
    }
}

#[test]
fn many_declarations_load_and_accept_several_readings() {
    let mut runner = TestRunner::deterministic();
    let (mut loaded, mut genuine, mut several) = (0, 0, 0);
    for _ in 0..1_000 {
        let case = cases().new_tree(&mut runner).unwrap().current();
        let Some(accepted) = accepted(&case) else { continue };
        loaded += 1;
        genuine += usize::from(!accepted.is_empty());
        several += usize::from(accepted.len() > 1);
    }
    assert!(loaded > 500 && genuine > 300 && several > 50, "{loaded} {genuine} {several}");
}
