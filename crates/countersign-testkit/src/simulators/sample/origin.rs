use std::fmt;

/// The origin of a sample's body.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum SampleOrigin {
    /// The provider publishes it as an example: the folder of the body in this crate names the source and the licence.
    Official,
    /// It has the members that the provider's pages show, and invented values.
    Realistic,
    /// It has id, type and timestamp where the declaration reads them, and invented data.
    Minimal,
}

impl fmt::Display for SampleOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Official => "official",
            Self::Realistic => "realistic",
            Self::Minimal => "minimal",
        })
    }
}
