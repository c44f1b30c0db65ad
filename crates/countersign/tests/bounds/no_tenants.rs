use countersign::receiver::Receiver;
use countersign::{Verifier, providers};

struct Database;

fn main() {
    let verifier = Verifier::keyless(&providers::GITHUB).unwrap();
    let _ = Receiver::builder(verifier).with_tenants(Database);
}
