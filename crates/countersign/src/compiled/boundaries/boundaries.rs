use super::kind::{Kind, Timestamp};
use super::side::{self, Rule};
use crate::compiled::guard::BodyGuard;
use crate::compiled::step::Step;
use crate::scheme::{Content, Covers, Part, Shape, Value};

/// The boundaries of a content: its steps, with the rules that separate them.
#[derive(Debug, Default)]
pub(crate) struct Boundaries {
    pub(crate) before: Vec<Step>,
    pub(crate) body: Vec<Step>,
    pub(crate) after: Vec<Step>,
    /// Whether the timestamp must be in canonical form.
    pub(crate) exact_timestamp: bool,
    pub(crate) guard: BodyGuard,
    /// Adjacent parts that can exchange bytes, as they are written in the content.
    pub(crate) open: Vec<(String, String)>,
    pub(crate) bound: Bound,
}

/// The values of a content with fixed boundaries.
#[derive(Debug, Default)]
pub(crate) struct Bound(Vec<Value>);

impl Bound {
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter()
    }

    /// Returns whether all bytes of the body are covered, and none can be moved.
    pub(crate) fn covers_body(&self) -> bool {
        self.values().any(|value| value.row.covers.is_body())
    }
}

impl Boundaries {
    /// Returns the values with fixed boundaries but the last value of the content, unless that is the body.
    pub(crate) fn without_last(&self) -> Bound {
        let last = self.after.last().or(self.body.last()).or(self.before.last());
        let last =
            last.filter(|step| step.part.value().is_some_and(|value| value.row.covers == Covers::Value));
        let is_last = |value: &Value| last.is_some_and(|step| step.part.written() == value.written());
        Bound(self.bound.values().filter(|value| !is_last(value)).cloned().collect())
    }

    /// Analyses a content.
    pub(crate) fn new(content: &Content, timestamp: Timestamp<'_>) -> Self {
        let parts = || content.before.iter().chain(&content.body).chain(&content.after);
        let kinds: Vec<Kind> = parts().map(|part| Kind::of(part, timestamp)).collect();
        let (rules, open) = side::rules(&kinds);

        let mut boundaries = Self::default();
        let mut varying = Vec::new();
        let mut steps = Vec::with_capacity(kinds.len());
        for (at, ((part, kind), rule)) in parts().zip(&kinds).zip(&rules).enumerate() {
            if !open.contains(&at) && *kind != Kind::Value(Shape::Mixed) {
                boundaries.bound.0.extend(part.flat().iter().filter_map(Part::value).cloned());
            } else if open.contains(&at) && !kind.is_literal() {
                varying.push(part.written());
            }
            for rule in rule.all() {
                boundaries.exact_timestamp |= rule.exact;
                boundaries.guard.add_digits(rule.digits);
                boundaries.guard.add_group(rule.group.as_ref());
            }
            steps.push(step(part, Some(rule)));
        }
        for pair in varying.windows(2) {
            if let [first, second] = pair {
                boundaries.open.push((first.clone(), second.clone()));
            }
        }
        boundaries.after = steps.split_off(content.before.len() + content.body.len());
        boundaries.body = steps.split_off(content.before.len());
        boundaries.before = steps;
        boundaries
    }
}

fn step(part: &Part, rule: Option<&Rule>) -> Step {
    let rule = rule.cloned().unwrap_or_default();
    let inner = match part {
        Part::Group(parts) => {
            parts.iter().zip(0..).map(|(part, at)| step(part, rule.inner.get(at))).collect()
        }
        _ => Vec::new(),
    };
    Step { part: part.clone(), end: rule.end, start: rule.start, inner }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiled::Source;
    use crate::scheme::{Template, TimestampFormat};

    fn boundaries(content: &str, format: TimestampFormat) -> Boundaries {
        let content = Template::from(content.to_owned()).parse().unwrap();
        Boundaries::new(&content, Timestamp { source: None, format })
    }

    fn open(content: &str, format: TimestampFormat) -> Vec<String> {
        let open = boundaries(content, format).open;
        open.into_iter().map(|(first, second)| first + " " + &second).collect()
    }

    #[test]
    fn separators_and_fixed_lengths_keep_parts_apart() {
        for (content, format) in [
            ("{body}", TimestampFormat::Seconds),
            ("{id}.{timestamp}.{body}", TimestampFormat::Seconds),
            ("{timestamp}{body}", TimestampFormat::Seconds),
            ("{timestamp}{body}", TimestampFormat::Rfc3339),
            ("{timestamp}{body}", TimestampFormat::Either),
            ("{body}{timestamp}{secret}", TimestampFormat::Either),
            ("{id}{timestamp}{body}", TimestampFormat::Rfc3339),
            ("{body}{timestamp}", TimestampFormat::Rfc3339),
            ("{body}.{header:x-nonce}.{timestamp}", TimestampFormat::Seconds),
            ("v1:{timestamp}:{body}", TimestampFormat::Rfc3339Utc),
            ("{?{timestamp}:?}{body}", TimestampFormat::Seconds),
            (
                "{?id:{query:data.id};?}{?request-id:{header:x-request-id};?}ts:{timestamp};",
                TimestampFormat::Either,
            ),
            ("{json:?/a}:{json:?*/b}:{json:?/c}", TimestampFormat::Seconds),
            ("{json-lines:A*,B,C?,D}", TimestampFormat::Seconds),
            ("{method}\n{target}\n{headers:x-list}\n{body}", TimestampFormat::Seconds),
            ("{url}|{body}", TimestampFormat::Seconds),
            ("{timestamp}{header:x-nonce}{secret}{body}", TimestampFormat::Seconds),
            ("{base64:body:sha256}{header:x-nonce}", TimestampFormat::Seconds),
            ("{url}{secret}{body}", TimestampFormat::Seconds),
        ] {
            assert!(open(content, format).is_empty(), "{content} {format:?}: {:?}", open(content, format));
        }
    }

    #[test]
    fn neighbours_without_a_separator_are_named() {
        for (content, format, expected) in [
            ("{url}{body}", TimestampFormat::Seconds, vec!["{url} {body}"]),
            ("{body}{id}", TimestampFormat::Seconds, vec!["{body} {id}"]),
            ("{base64:body}{id}", TimestampFormat::Seconds, vec!["{base64:body} {id}"]),
            ("{method}{url}{body}{timestamp}", TimestampFormat::Milliseconds, vec!["{url} {body}"]),
            (
                "{id}{timestamp}{body}",
                TimestampFormat::Seconds,
                vec!["{id} {timestamp}", "{timestamp} {body}"],
            ),
            ("{id}{timestamp}", TimestampFormat::Either, vec!["{id} {timestamp}"]),
            ("{timestamp}{body}", TimestampFormat::Rfc3339Utc, vec!["{timestamp} {body}"]),
            ("{json:/a}{json:/b}", TimestampFormat::Seconds, vec!["{json:/a} {json:/b}"]),
            ("{json:*/a}:{json:*/b}", TimestampFormat::Seconds, vec!["{json:*/a} {json:*/b}"]),
            ("{?{header:x}:?}{body}", TimestampFormat::Seconds, vec!["{?{header:x}:?} {body}"]),
            ("{url}.{body}", TimestampFormat::Seconds, vec!["{url} {body}"]),
            ("{url}{form:sorted}", TimestampFormat::Seconds, vec!["{url} {form:sorted}"]),
        ] {
            assert_eq!(open(content, format), expected, "{content} {format:?}");
        }
    }

    #[test]
    fn a_group_that_is_left_out_is_told_by_what_follows() {
        for (content, is_closed) in [
            ("{?x:{header:a};?}{body}", true),
            ("{?x:{header:a};?}y{body}", true),
            ("{?x:{header:a};?}xy{body}", true),
            ("{?x:{header:a};?}x:{body}", false),
            ("{?x:{header:a};?}x{body}", false),
            ("{?x:{header:a};?}{timestamp}{body}", true),
            ("{?1:{header:a};?}{timestamp}{body}", false),
            ("{?x:{header:a};?}{?y:{header:b};?}{body}", true),
            ("{?x:{header:a};?}{?x:{header:b};?}{body}", false),
            ("{?x:{header:a};?}{?{timestamp}:?}{body}", true),
            ("{?1:{header:a};?}{?{timestamp}:?}{body}", false),
            ("{?{timestamp}:?}{body}", true),
            ("{?{timestamp}:?}v{body}", true),
            ("{?{timestamp}:?}1{body}", false),
            ("{?{timestamp}:?}{timestamp}{body}", false),
            ("{?{timestamp}:?}{?{timestamp}:?}{body}", false),
            ("{?{timestamp}:?}{?y:{header:b};?}{body}", true),
            ("{?x:{header:a};?}{?{header:b};?}{body}", false),
            ("{?x:{header:a};?}{header:b}.{body}", false),
        ] {
            let open = open(content, TimestampFormat::Seconds);
            assert_eq!(open.is_empty(), is_closed, "{content}: {open:?}");
        }
    }

    #[test]
    fn what_keeps_its_bytes_is_kept_beside_what_does_not() {
        let boundaries = boundaries("{method}{url}{body}{timestamp}", TimestampFormat::Milliseconds);
        let kept: Vec<_> = boundaries.bound.values().map(|value| value.row.name).collect();
        assert_eq!(kept, ["method", "timestamp"]);
        assert!(boundaries.exact_timestamp);
    }

    #[test]
    fn the_form_of_a_timestamp_is_asked_for_only_where_a_boundary_depends_on_it() {
        for (content, format, is_exact) in [
            ("{id}.{timestamp}.{body}", TimestampFormat::Seconds, false),
            ("{timestamp}{body}", TimestampFormat::Seconds, true),
            ("{body}.{timestamp}", TimestampFormat::Seconds, false),
            ("{body}1{timestamp}", TimestampFormat::Seconds, true),
            ("{body}{timestamp}", TimestampFormat::Seconds, true),
            ("{body:sha256}.{timestamp}", TimestampFormat::Rfc3339Utc, false),
            // Where other parts can exchange bytes: beside a literal on either side, and beside one on one side.
            ("{header:a}{header:b}.{timestamp}.{header:c}{header:d}", TimestampFormat::Seconds, false),
            ("{header:a}{header:b}.{timestamp}{header:c}{header:d}", TimestampFormat::Seconds, true),
            ("{header:a}{header:b}{timestamp}.{header:c}{header:d}", TimestampFormat::Seconds, true),
        ] {
            assert_eq!(boundaries(content, format).exact_timestamp, is_exact, "{content} {format:?}");
        }
    }

    #[test]
    fn a_value_must_not_hold_the_literal_that_ends_it_and_no_other() {
        let ends = |content: &str| -> Vec<(String, String)> {
            let boundaries = boundaries(content, TimestampFormat::Seconds);
            let steps = boundaries.before.iter().chain(&boundaries.after);
            let varying = steps.filter(|step| !step.part.is_literal());
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            varying.map(|step| (text(&step.start), text(&step.end))).collect()
        };
        let none = || (String::new(), String::new());
        let end = |literal: &str| (String::new(), literal.to_owned());
        for (content, expected) in [
            ("{method}\n{url}\n{body}", vec![end("\n"), end("\n")]),
            ("{method}{url}\n{body}", vec![end(":"), end("\n")]),
            ("{id}.{timestamp}.{body}", vec![end("."), none()]),
            // The rest may hold anything.
            ("{timestamp}.{id}", vec![none(), none()]),
            ("{body}.{id}", vec![(".".to_owned(), String::new())]),
            ("{url}{secret}{body}", vec![none(), none()]),
        ] {
            assert_eq!(ends(content), expected, "{content}");
        }
    }

    #[test]
    fn digits_beside_a_timestamp_of_unknown_length_need_a_guard() {
        for (content, format, is_guarded) in [
            ("{timestamp}{body}", TimestampFormat::Either, true),
            ("{body}{timestamp}", TimestampFormat::Either, true),
            ("{timestamp}.{body}", TimestampFormat::Either, false),
            ("{timestamp}{body}", TimestampFormat::Seconds, false),
        ] {
            assert_eq!(boundaries(content, format).guard.is_needed(), is_guarded, "{content} {format:?}");
        }
    }

    #[test]
    fn the_timestamp_of_a_body_is_told_from_its_other_values() {
        let json = |name: &str| Source::Json(vec![name.to_owned()]);
        let form = |name: &str| Source::Form(name.to_owned());
        for (content, source, is_closed) in [
            ("{json:/at}{json:/a}", json("at"), true),
            ("{json:/a}{json:/b}", json("at"), false),
            ("{json:?/at}{json:/a}", json("at"), false),
            ("{form:at}{form:a}", form("at"), true),
            ("{form:a}{form:b}", form("at"), false),
        ] {
            let parsed = Template::from(content.to_owned()).parse().unwrap();
            let timestamp = Timestamp { source: Some(&source), format: TimestampFormat::Seconds };
            assert_eq!(Boundaries::new(&parsed, timestamp).open.is_empty(), is_closed, "{content}");
        }
    }

    #[test]
    fn lines_with_more_than_one_reading_are_not_kept() {
        let is_kept = |content| boundaries(content, TimestampFormat::Seconds).bound.values().next().is_some();
        assert!(is_kept("{json-lines:A*,B}") && !is_kept("{json-lines:A*,B*}"));
    }
}
