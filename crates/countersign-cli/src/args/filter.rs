use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use countersign_inbox::{EventId, EventState, Filter};

use super::store::quoted;

/// A selection of events. All given options must match.
#[derive(Args, Clone, Default)]
pub(crate) struct FilterArgs {
    /// Numbers of events
    #[arg(value_name = "NUMBER", help_heading = FILTER)]
    numbers: Vec<EventId>,
    /// Received at this endpoint
    #[arg(long, value_name = "NAME", help_heading = FILTER)]
    source: Option<String>,
    /// Of this tenant
    #[arg(long, value_name = "NAME", help_heading = FILTER)]
    tenant: Option<String>,
    /// In this state
    #[arg(long, value_parser = states(), help_heading = FILTER)]
    state: Option<EventState>,
    /// Of this type
    #[arg(long = "type", value_name = "TYPE", help_heading = FILTER)]
    event_type: Option<String>,
    /// With this id of the provider
    #[arg(long = "id", value_name = "ID", allow_hyphen_values = true, help_heading = FILTER)]
    external_id: Option<String>,
    /// With this text in the last error, in either case
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, help_heading = FILTER)]
    error: Option<String>,
    /// With a last error of this kind, as `countersign inbox errors --json` prints it; empty for an error without text
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, help_heading = FILTER)]
    pattern: Option<String>,
    /// Stored at least this long ago: 90s, 15m, 2h, 7d
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = FILTER)]
    older_than: Option<Duration>,
    /// Stored at most this long ago
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = FILTER)]
    newer_than: Option<Duration>,
    /// Replayed this many times: a command with it changes an event once, however often it runs
    #[arg(long, value_name = "COUNT", help_heading = FILTER)]
    replays: Option<u32>,
}

impl FilterArgs {
    pub(crate) fn filter(&self) -> Filter {
        let given = self.clone();
        let mut filter = Filter::ids(given.numbers);
        filter.source = given.source;
        filter.tenant = given.tenant;
        filter.state = given.state;
        filter.event_type = given.event_type;
        filter.external_id = given.external_id;
        filter.error = given.error;
        filter.pattern = given.pattern;
        filter.older_than = given.older_than;
        filter.newer_than = given.newer_than;
        filter.replays = given.replays;
        filter
    }

    /// Returns the filter as arguments, for printed commands.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let duration = |duration: Option<Duration>| {
            duration.map(|duration| humantime::format_duration(duration).to_string().replace(' ', ""))
        };
        let options = [
            ("source", self.source.clone()),
            ("tenant", self.tenant.clone()),
            ("state", self.state.map(|state| state.to_string())),
            ("type", self.event_type.clone()),
            ("id", self.external_id.clone()),
            ("error", self.error.clone()),
            ("pattern", self.pattern.clone()),
            ("older-than", duration(self.older_than)),
            ("newer-than", duration(self.newer_than)),
            ("replays", self.replays.map(|replays| replays.to_string())),
        ];
        let options =
            options.into_iter().filter_map(|(name, value)| Some([format!("--{name}"), quoted(&value?)]));
        self.numbers.iter().map(ToString::to_string).chain(options.flatten()).collect()
    }
}

/// Parses a state by its name.
fn states() -> impl TypedValueParser<Value = EventState> {
    let named =
        |word: String| EventState::ALL.into_iter().find(|state| state.as_str() == word).ok_or("no state");
    PossibleValuesParser::new(EventState::ALL.map(EventState::as_str)).try_map(named)
}

const FILTER: &str = "Which events";

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        filter: FilterArgs,
    }

    fn parsed(words: &[&str]) -> FilterArgs {
        Line::try_parse_from([&["command"], words].concat()).unwrap().filter
    }

    #[test]
    fn nothing_given_is_an_empty_filter() {
        assert!(parsed(&[]).filter().is_empty());
        assert!(parsed(&[]).arguments().is_empty());
    }

    #[test]
    fn every_option_is_a_field_and_is_printed_as_it_was_given() {
        let words = [
            "7",
            "12",
            "--source",
            "orders",
            "--tenant",
            "acme",
            "--state",
            "dead",
            "--type",
            "a.b",
            "--id",
            "x-1",
            "--error",
            "no",
            "--pattern",
            "no #",
            "--older-than",
            "2h",
            "--newer-than",
            "7days",
            "--replays",
            "2",
        ];
        let given = parsed(&words);
        let mut filter = Filter::ids([7, 12].map(EventId::new));
        filter.source = Some("orders".to_owned());
        filter.tenant = Some("acme".to_owned());
        filter.state = Some(EventState::Dead);
        filter.event_type = Some("a.b".to_owned());
        filter.external_id = Some("x-1".to_owned());
        filter.error = Some("no".to_owned());
        filter.pattern = Some("no #".to_owned());
        filter.older_than = Some(Duration::from_secs(2 * 3600));
        filter.newer_than = Some(Duration::from_secs(7 * 86_400));
        filter.replays = Some(2);
        assert_eq!(given.filter(), filter);
        // As a shell reads them.
        assert_eq!(given.arguments(), words.map(|word| if word == "no #" { "'no #'" } else { word }));
    }

    #[test]
    fn durations_have_units_and_states_have_names() {
        let durations =
            ["90s", "15m", "2h", "7d"].map(|text| parsed(&["--older-than", text]).older_than.unwrap());
        assert_eq!(durations.map(|duration| duration.as_secs()), [90, 900, 7200, 604_800]);
        for wrong in [["--older-than", "2"], ["--state", "lost"], ["--newer-than", "-1h"]] {
            assert!(Line::try_parse_from([&["command"][..], &wrong].concat()).is_err(), "{wrong:?}");
        }
    }
}
