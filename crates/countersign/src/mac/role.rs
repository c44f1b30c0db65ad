/// The half of a key pair that is needed. A shared secret serves as both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    Verifier,
    Signer,
}
