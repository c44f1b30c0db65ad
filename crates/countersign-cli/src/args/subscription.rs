/// A subscription, as an option has it: a URL, and words that select events.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SubscriptionArg {
    pub(crate) url: String,
    /// The patterns of types; empty for all.
    pub(crate) events: Vec<String>,
    /// The variable that holds the secret, if it is not that of the command.
    pub(crate) secret_env: Option<String>,
    /// The values that an event must have.
    pub(crate) labels: Vec<(String, String)>,
}

/// Parses `URL events=TYPE,… secret-env=VARIABLE NAME=VALUE …`, with all words but the first optional.
pub(crate) fn subscription(text: &str) -> Result<SubscriptionArg, String> {
    let mut words = text.split_whitespace();
    let url = words.next().ok_or("expected a URL")?.to_owned();
    let mut parsed = SubscriptionArg { url, events: Vec::new(), secret_env: None, labels: Vec::new() };
    for word in words {
        match word.split_once('=') {
            Some(("events", types)) => parsed.events.extend(types.split(',').map(str::to_owned)),
            Some(("secret-env", variable)) => parsed.secret_env = Some(variable.to_owned()),
            Some((name, value)) if !name.is_empty() => {
                parsed.labels.push((name.to_owned(), value.to_owned()));
            }
            _ => {
                return Err(format!(
                    "`{word}`: expected events=TYPE,…, secret-env=VARIABLE or NAME=VALUE after the URL"
                ));
            }
        }
    }
    if parsed.events.iter().any(String::is_empty) {
        return Err("`events=` has an empty type".to_owned());
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_is_a_url_and_what_it_selects() {
        let text = "http://127.0.0.1:1/a?b=c events=audit.*,letter.ready secret-env=B partner=b environment=production";
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let parsed = subscription(text).unwrap();
        assert_eq!(
            (&*parsed.url, parsed.events),
            ("http://127.0.0.1:1/a?b=c", words(&["audit.*", "letter.ready"]))
        );
        assert_eq!(parsed.secret_env.as_deref(), Some("B"));
        let labels = [("partner", "b"), ("environment", "production")];
        assert_eq!(parsed.labels, labels.map(|(name, value)| (name.to_owned(), value.to_owned())));
        for wrong in ["", "http://a events", "http://a =b", "http://a events=", "http://a events=a,,b"] {
            assert!(subscription(wrong).is_err(), "{wrong}");
        }
    }
}
