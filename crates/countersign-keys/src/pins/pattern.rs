/// A pattern for host names: the name itself, `*.` and a suffix, or a name with one `{region}`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Pattern {
    Exact(String),
    /// A suffix with its leading dot.
    Below(String),
    Region {
        before: String,
        after: String,
    },
}

impl Pattern {
    /// Parses a pattern. Returns `None` for an invalid pattern, or one that is not restricted to a domain.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(suffix) = text.strip_prefix('*') {
            let domain = suffix.strip_prefix('.')?;
            return is_host(domain).then(|| Self::Below(suffix.to_owned()));
        }
        match text.split_once(REGION) {
            Some((before, after)) => {
                let domain = after.strip_prefix('.')?;
                let fits = is_host(domain) && is_host(&format!("{before}us-east-1{after}"));
                fits.then(|| Self::Region { before: before.to_owned(), after: after.to_owned() })
            }
            None => is_host(text).then(|| Self::Exact(text.to_owned())),
        }
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(host) => host == name,
            Self::Below(suffix) => name.strip_suffix(suffix).is_some_and(|rest| !rest.is_empty()),
            Self::Region { before, after } => {
                name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(is_region)
            }
        }
    }
}

/// Returns whether the text is a host name: at least two labels of lower-case letters, digits and hyphens, the last
/// of which is not a number, which excludes IP addresses.
pub(super) fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        let letters = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        (1..=63).contains(&label.len())
            && label.bytes().all(letters)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_word =
        text.rsplit('.').next().is_some_and(|label| label.starts_with(|c: char| c.is_ascii_lowercase()));
    text.len() <= 253 && text.contains('.') && last_is_word && text.split('.').all(is_label)
}

/// Returns whether the text is a region: `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`.
///
/// Stricter than the `[a-z0-9-]{3,}` of the official validators for SNS, which accepts
/// `sns.s3-us-west-2.amazonaws.com`: that is not a host of SNS, but a bucket with the name `sns`.
fn is_region(text: &str) -> bool {
    let Some((words, number)) = text.rsplit_once('-') else { return false };
    let is_word =
        |word: &str| (2..=12).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let words: Vec<_> = words.split('-').collect();
    (2..=3).contains(&words.len())
        && words.iter().all(|word| is_word(word))
        && words.first().is_some_and(|area| area.len() <= 4)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

const REGION: &str = "{region}";

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(name)
    }

    #[test]
    fn a_region_is_one_of_amazon_and_nothing_else() {
        for region in [
            "us-east-1",
            "ap-southeast-5",
            "us-gov-west-1",
            "cn-northwest-1",
            "mx-central-1",
            "eusc-de-east-1",
            "us-isob-east-1",
        ] {
            assert!(
                matches("sns.{region}.amazonaws.com", &format!("sns.{region}.amazonaws.com")),
                "{region}"
            );
        }
        for other in [
            "",
            "s3",
            "s3-us-west-2",
            "s3-website-us-east-1",
            "us-east-1.evil",
            "us-east-",
            "us-east-111",
            "-us-east-1",
            "us--east-1",
            "useast1",
            "US-EAST-1",
            "us-east-1-1",
            "a-b-c-d-1",
        ] {
            assert!(!matches("sns.{region}.amazonaws.com", &format!("sns.{other}.amazonaws.com")), "{other}");
        }
    }

    #[test]
    fn a_star_stands_for_at_least_one_label() {
        assert!(matches("*.paypal.com", "messageverificationcerts.sandbox.paypal.com"));
        for name in ["paypal.com", ".paypal.com", "evilpaypal.com", "x.paypal.com.evil.com"] {
            assert!(!matches("*.paypal.com", name), "{name}");
        }
    }

    #[test]
    fn what_pins_nothing_is_no_pattern() {
        for text in [
            "",
            "*",
            "*.",
            "*.com",
            "com",
            "{region}",
            "sns.{region}",
            "sns.{region}.com",
            "sns.{region}amazonaws.com",
            "a.*.example.com",
            "Example.com",
            "example.com.",
            "example.com:443",
            "https://example.com",
            "127.0.0.1",
            "[::1]",
            "0x7f.1",
            "exa_mple.com",
            "bücher.example",
            "-a.example.com",
        ] {
            assert_eq!(Pattern::parse(text), None, "{text:?}");
        }
    }
}
