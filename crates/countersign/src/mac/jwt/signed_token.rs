/// The parts of a token that are verified.
pub(crate) struct SignedToken<'t> {
    pub(crate) algorithm: &'t str,
    pub(crate) kid: Option<&'t str>,
    pub(crate) message: &'t [u8],
    pub(crate) signature: &'t Vec<u8>,
    /// The certificates that the token carries, in Base64, that of its key first.
    pub(crate) certificates: Vec<&'t str>,
    /// The number of messages that are tried for this token; never 0.
    pub(crate) readings: usize,
}
