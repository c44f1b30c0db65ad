use countersign::receiver::{Receiver, RequestHead};
use countersign::{Secret, Verifier, providers};

async fn secret(_: RequestHead) -> Option<Secret> {
    None
}

fn main() {
    let verifier = Verifier::keyless(&providers::GITHUB).unwrap();
    let _ = Receiver::builder(verifier).with_tenants(secret);
}
