use std::error::Error;
use std::fmt;

/// Displays an error and all its sources on one line. A source whose text the error above it already ends with is left out.
pub struct Causes<'e>(&'e (dyn Error + 'static));

impl<'e> Causes<'e> {
    /// Displays this error.
    #[must_use]
    pub fn of(error: &'e (dyn Error + 'static)) -> Self {
        Self(error)
    }
}

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written = self.0.to_string();
        f.write_str(&written)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            // Some libraries repeat the messages of their sources.
            let cause = error.to_string();
            if !written.ends_with(&cause) {
                write!(f, ": {cause}")?;
            }
            (written, source) = (cause, error.source());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error with this text, whose source has the text after the first `>`.
    #[derive(Debug)]
    struct Nested(&'static str, Option<Box<Nested>>);

    impl Nested {
        fn of(text: &'static str) -> Self {
            match text.split_once('>') {
                Some((text, source)) => Self(text, Some(Box::new(Self::of(source)))),
                None => Self(text, None),
            }
        }
    }

    impl fmt::Display for Nested {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Nested {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|source| source as _)
        }
    }

    #[test]
    fn each_cause_is_displayed_once() {
        for (name, error, expected) in [
            ("no source", "a", "a"),
            ("three", "a>b>c", "a: b: c"),
            ("one that repeats its source", "a: b>b>c", "a: b: c"),
        ] {
            assert_eq!(Causes::of(&Nested::of(error)).to_string(), expected, "{name}");
        }
    }
}
