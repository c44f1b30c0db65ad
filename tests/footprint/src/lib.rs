//! The work of both programs: verifies standard input.

use std::error::Error;
use std::io::{self, Read};

use countersign::{Clock, Head, Provider, Secret, SystemClock, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Verifies standard input as a delivery of this provider, with headers and the secret from the command line.
///
/// # Errors
///
/// The error of the verification.
pub fn verify(provider: &'static Provider, arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (secret, headers) = arguments.split_first().ok_or("usage: PROGRAM SECRET NAME=VALUE ...")?;
    let mut map = HeaderMap::new();
    for header in headers {
        let (name, value) = header.split_once('=').ok_or("a header is NAME=VALUE")?;
        map.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let mut body = Vec::new();
    io::stdin().read_to_end(&mut body)?;
    let verifier = Verifier::new(provider, Secret::new(secret.as_str())?)?;
    let delivery = verifier.verify(&Head::new(&map), body, SystemClock.now())?;
    println!("genuine, {:?}", delivery.id().map(|id| id.as_str()));
    Ok(())
}
