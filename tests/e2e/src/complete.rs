use countersign::receiver::Receiver;
use countersign::{Provider, Verifier};

/// Returns a receiver that is complete: it has a public URL if the declaration signs one.
pub fn complete(verifier: Verifier) -> Receiver {
    let builder = Receiver::builder(verifier);
    let with_url = || builder.clone().with_public_url("https://hooks.example.com").build().unwrap();
    builder.clone().build().unwrap_or_else(|_| with_url())
}

/// Returns a complete receiver without keys, whose required parameters have a value.
pub fn keyless(provider: &Provider) -> Receiver {
    let mut provider = provider.clone();
    loop {
        match Verifier::keyless(provider.clone()) {
            Ok(verifier) => return complete(verifier),
            Err(error) => {
                let name = error.field().strip_prefix("parameters.").unwrap();
                provider = provider.with_parameter(name, "x");
            }
        }
    }
}
