//! A provider of your own, declared in a file: the same declaration verifies and signs.
//!
//! ```sh
//! cargo run -p example-own-provider
//! ```
//!
//! The command line reads the same file:
//!
//! ```sh
//! echo -n '{"id":"evt_1","type":"endpoint.ping"}' > body.json
//! countersign sign --scheme examples/own_provider/acme.toml --secret acme_sk_1 -H 'acme-nonce: n1' --body body.json
//! ```

use std::error::Error;

use countersign::{
    Event, EventCatalog, Head, Provider, Secret, Signer, SigningRequest, UnixTime, UnknownEvent, Verifier,
};
use http::{HeaderName, HeaderValue};
use serde::Deserialize;

/// The events of Acme that this program uses.
#[derive(Debug, EventCatalog)]
enum Acme {
    #[event("parcel.delivered")]
    Delivered(Parcel),
    /// Two types with the same data.
    #[event("parcel.returned", "parcel.lost")]
    Undelivered(Parcel),
    #[event("endpoint.ping")]
    Ping,
    /// Types that Acme adds later.
    #[event(unknown)]
    Other(UnknownEvent),
}

#[derive(Debug, Deserialize)]
struct Parcel {
    tracking_number: String,
    signed_by: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    // An application may read the file at run time: a malformed declaration is detected here.
    let acme = Provider::from_toml(ACME)?;
    println!("{} signs {}", acme.name, acme.scheme.content.as_str());

    // The provider's side. The time is a parameter, so that the output is always the same.
    let now = UnixTime::from_secs(1_700_000_000);
    let secret = Secret::new("acme_sk_2Zk9vQ")?;
    let nonce = (HeaderName::from_static("acme-nonce"), HeaderValue::from_static("5f2b9c81d4"));
    let request = SigningRequest::new(BODY, now).with_header(nonce.0.clone(), nonce.1.clone());
    let mut headers = Signer::new(acme.clone(), secret.clone())?.sign(&request)?;
    headers.extend([nonce]);
    for (name, value) in &headers {
        println!("  {name}: {}", value.to_str()?);
    }

    // The receiver's side. In a server the layer of countersign-tower or countersign-actix does this.
    let verifier = Verifier::new(acme, secret)?;
    let delivery = verifier.verify(&Head::new(&headers), BODY, now)?;
    println!("accepted: {delivery:?}");
    match Event::<Acme>::decode(delivery)?.data {
        Acme::Delivered(Parcel { tracking_number, signed_by }) => {
            println!(
                "{tracking_number} was handed to {}",
                signed_by.as_deref().unwrap_or("an unnamed person")
            );
        }
        Acme::Undelivered(parcel) => println!("{} is on its way back, or gone", parcel.tracking_number),
        Acme::Ping => println!("Acme knows this endpoint"),
        Acme::Other(event) => println!("{} can wait", event.event_type),
    }

    // The nonce is signed, so another one makes another delivery.
    headers.insert("acme-nonce", HeaderValue::from_static("0000000000"));
    if let Err(error) = verifier.verify(&Head::new(&headers), BODY, now) {
        println!("rejected: {}: {error}", error.kind());
    }

    // An error in the file is detected when it is loaded, and the message names the field.
    for (right, wrong) in [("hmac-sha256", "hmac-sha265"), ("{timestamp}", "{time}"), ("sig:t", "header:")] {
        if let Err(error) = Provider::from_toml(&ACME.replace(right, wrong)) {
            println!("refused: {error}");
        }
    }
    Ok(())
}

const ACME: &str = include_str!("../acme.toml");
const BODY: &str =
    r#"{"id":"evt_1042","type":"parcel.delivered","data":{"tracking_number":"AC-77","signed_by":"M. Webb"}}"#;
