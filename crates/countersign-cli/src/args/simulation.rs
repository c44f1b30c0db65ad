use std::time::Duration;

use clap::Args;
use countersign_testkit::simulators::{Faults, Wire};

/// Faults of the network and of the provider's queue, at set rates.
#[derive(Args)]
pub(crate) struct FaultArgs {
    /// Send this share of the events twice: 0.05
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share, help_heading = FAULTS)]
    duplicates: f64,
    /// Let this share of the events be overtaken by one to three later ones
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share, help_heading = FAULTS)]
    reorder: f64,
    /// End this share of the attempts within the body
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share, help_heading = FAULTS)]
    abort: f64,
    /// Send each event this long after it happened: 90s
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = FAULTS)]
    delay: Option<Duration>,
    /// Spread each body over this time
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = FAULTS)]
    slow_body: Option<Duration>,
    /// Send bodies in chunks, without announcing their length
    #[arg(long, help_heading = FAULTS)]
    chunked: bool,
}

impl FaultArgs {
    pub(crate) fn faults(&self) -> Faults {
        let wire = Wire::default().slow(self.slow_body.unwrap_or_default());
        let wire = if self.chunked { wire.chunked() } else { wire };
        Faults::default()
            .duplicates(self.duplicates)
            .reorder(self.reorder)
            .abort(self.abort)
            .delay(self.delay.unwrap_or_default())
            .wire(wire)
    }
}

/// A load in place of a simulation.
#[derive(Args)]
pub(crate) struct LoadArgs {
    /// Send at this rate, each event once, and measure: 200/s. At most 10000/s
    #[arg(long, value_name = "RATE", value_parser = rate, requires = "duration", conflicts_with_all = NOT_IN_A_LOAD, help_heading = LOAD)]
    pub(crate) load: Option<f64>,
    /// The length of the load: 30s. At most 10min
    #[arg(long = "for", id = "duration", value_name = "DURATION", value_parser = load_time, requires = "load", help_heading = LOAD)]
    pub(crate) duration: Option<Duration>,
    /// Draw rates and latencies over time into an SVG file
    #[arg(long, value_name = "FILE", requires = "load", help_heading = LOAD)]
    pub(crate) plot: Option<std::path::PathBuf>,
}

/// Parses a share between 0 and 1.
fn share(text: &str) -> Result<f64, &'static str> {
    let share = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or("expected a number from 0 to 1")
}

/// Parses events per second, or per another unit of time.
pub(crate) fn rate(text: &str) -> Result<f64, &'static str> {
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let secs = match unit {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err("expected a rate such as 10/s, 5/min, 2/h or 1/d"),
    };
    let number = number.parse::<f64>().ok().filter(|number| *number <= MAX_RATE);
    let rate = number.map(|number| number / secs).filter(|rate| *rate >= MIN_RATE);
    rate.ok_or("expected a number of at most 10000, as in 10/s, and at least one event in a year")
}

fn load_time(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let is_allowed = !time.is_zero() && time <= MAX_TIME;
    if is_allowed { Ok(time) } else { Err("expected more than nothing and at most 10min".to_owned()) }
}

const FAULTS: &str = "Faults";
const LOAD: &str = "Load";
/// Options of a simulation that a load has no use for: each of its events is sent once.
const NOT_IN_A_LOAD: [&str; 9] =
    ["duplicates", "reorder", "abort", "delay", "count", "rate", "speed", "save_failed", "attempts"];
/// Enough to find the limits of a receiver, and not enough to be an attack on more than one machine.
const MAX_RATE: f64 = 10_000.0;
/// One event in a year: the time between two has to be one that can be waited.
const MIN_RATE: f64 = 1.0 / (365.0 * 86_400.0);
const MAX_TIME: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_events_per_unit_of_time() {
        assert_eq!(["10", "10/s", "30/min", "36/h"].map(rate), [Ok(10.0), Ok(10.0), Ok(0.5), Ok(0.01)]);
        for wrong in ["0/s", "-1/s", "NaN/s", "inf/s", "20000/s", "1/week", "fast", "1e-20/s"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shares_and_the_length_of_a_load_are_bounded() {
        assert_eq!(["0", "0.25", "1"].map(share), [Ok(0.0), Ok(0.25), Ok(1.0)]);
        assert!(share("1.1").is_err() && share("-0.1").is_err() && share("NaN").is_err());
        assert_eq!(load_time("10min"), Ok(MAX_TIME));
        assert!(load_time("11min").is_err() && load_time("0s").is_err());
    }
}
