//! The examples pass everything that can be asked of them.

use std::process::Command;

use countersign_tests::programs::binary;

use crate::process::Receiver;
use crate::{Report, check, for_each};

/// An example, a provider, and further variables of its environment.
struct Example {
    name: &'static str,
    provider: &'static str,
    variables: &'static [(&'static str, &'static str)],
    /// It writes its effects into a file, and handles each event once.
    has_effects: bool,
}

const fn verifying(name: &'static str, provider: &'static str) -> Example {
    Example { name, provider, variables: &[], has_effects: false }
}

const fn once(
    name: &'static str,
    provider: &'static str,
    variables: &'static [(&'static str, &'static str)],
) -> Example {
    Example { name, provider, variables, has_effects: true }
}

/// Workers that are killed keep their events for this long.
const LEASE: (&str, &str) = ("LEASE_MS", "1500");

const EXAMPLES: [Example; 15] = [
    verifying("example-axum", "preflix"),
    verifying("example-axum", "redpin"),
    verifying("example-axum", "printprice"),
    verifying("example-axum", "proxiant"),
    verifying("example-actix", "preflix"),
    verifying("example-actix", "redpin"),
    verifying("example-actix", "printprice"),
    verifying("example-actix", "proxiant"),
    verifying("example-hyper", "proxiant"),
    once("example-dedupe", "proxiant", &[]),
    once("example-dedupe", "preflix", &[("FRAMEWORK", "actix")]),
    once("example-inbox", "proxiant", &[LEASE]),
    once("example-inbox", "printprice", &[LEASE]),
    once("example-inbox-actix", "proxiant", &[LEASE]),
    once("example-inbox-actix", "redpin", &[LEASE]),
];

#[test]
fn the_examples_pass_everything_that_is_asked() {
    for_each(&EXAMPLES, |example| {
        let report = example.check(&[]);
        let name = format!("{}, {}", example.name, example.provider);
        assert_eq!(report.with("failed"), Vec::<&str>::new(), "{name}: {:#}", report.json);
        assert_eq!(report.code, Some(0), "{name}: {:#}", report.json);
        let open = report.with("not_asked");
        assert!(open.contains(&"retired-secret"), "{name}: {open:?}");
        assert_eq!(report.verdicts()["rotated-secret"], "passed", "{name}: {open:?}");
        let with_effects = [
            "handled",
            "replay-after-success",
            "replay-in-flight",
            "success-on-failure",
            "crash",
            "success-before-work",
        ];
        for scenario in with_effects {
            assert_eq!(
                report.verdicts()[scenario] == "passed",
                example.has_effects,
                "{name}: {:#}",
                report.scenario(scenario)
            );
        }
    });
}

/// A short example: the provider, and the type of event that it handles.
struct Short {
    name: &'static str,
    provider: &'static str,
    event: &'static str,
    /// It prints the id of what it handles, and handles it once.
    has_effects: bool,
}

const SHORT: [Short; 5] = [
    Short { name: "webhooks-axum", provider: "github", event: "push", has_effects: false },
    Short { name: "webhooks-actix", provider: "stripe", event: "invoice.paid", has_effects: false },
    Short { name: "webhooks-dedupe", provider: "github", event: "push", has_effects: true },
    Short { name: "webhooks-inbox", provider: "proxiant", event: "job.served", has_effects: true },
    Short { name: "webhooks-inbox-actix", provider: "proxiant", event: "job.served", has_effects: true },
];

#[test]
fn the_short_examples_pass_everything_that_is_asked() {
    for_each(&SHORT, |example| {
        let (name, report) = (example.name, example.check());
        assert_eq!(report.with("failed"), Vec::<&str>::new(), "{name}: {:#}", report.json);
        assert_eq!(report.code, Some(0), "{name}: {:#}", report.json);
        let verdicts = report.verdicts();
        assert_eq!(verdicts["genuine"], "passed", "{name}");
        for scenario in ["handled", "replay-after-success", "replay-in-flight", "same-id-other-bytes"] {
            let expected = if example.has_effects { "passed" } else { "not_asked" };
            assert_eq!(verdicts[scenario], expected, "{name}: {:#}", report.scenario(scenario));
        }
    });
}

#[test]
fn a_receiver_that_fails_first_handles_what_is_sent_again() {
    for_each(&["axum", "actix"], |framework| {
        let variables = [("FRAMEWORK", *framework), ("FAIL_FIRST", "1")];
        let report = once("example-dedupe", "proxiant", &[]).check(&variables);
        assert_eq!(report.with("failed"), Vec::<&str>::new(), "{framework}: {:#}", report.json);
        assert_eq!(report.verdicts()["retry-after-failure"], "passed", "{framework}");
        assert_eq!(report.verdicts()["handled"], "not_asked", "{framework}");
    });
}

impl Example {
    fn check(&self, more: &[(&str, &str)]) -> Report {
        let program = self.program();
        let variable = format!("{}_SECRET", self.provider.to_uppercase());
        let receiver = Receiver::start(&program, |_, folder| {
            let path = |name| folder.join(name).to_str().unwrap().to_owned();
            let own = [
                (variable.as_str(), SECRET.to_owned()),
                (&format!("{variable}_PREVIOUS"), PREVIOUS.to_owned()),
                ("PROVIDER", self.provider.to_owned()),
                ("STORE", format!("sqlite:{}", path("inbox.db"))),
                ("EFFECTS", path("effects")),
                // The secrets of the others.
                ("DEMO", "1".to_owned()),
            ];
            let own = own.map(|(name, value)| (name.to_owned(), value));
            let given = self.variables.iter().chain(more);
            own.into_iter()
                .chain(given.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
                .collect()
        });
        let url = format!("http://{}/webhooks/{}", receiver.addr(), self.provider);
        let (log, restart) = (receiver.file("log"), receiver.restart_command());
        let effects = format!("grep -c '\"{{id}}\"' {}", receiver.file("effects").display());
        // Waits until it listens: a delivery without a receiver has not failed.
        let port = receiver.addr().rsplit(':').next().unwrap().to_owned();
        let restarted = |variable: &str| {
            format!("{variable} {restart}; until bash -c ': < /dev/tcp/127.0.0.1/{port}'; do :; done")
        };
        let (fail, recover) = (restarted("FAIL_FIRST=1000000"), restarted(""));
        let mut options =
            vec![&*url, "--provider", self.provider, "--secret", SECRET, "--logs", log.to_str().unwrap()];
        options.extend(["--secret", PREVIOUS]);
        if self.has_effects {
            options.extend(["--effects", &effects, "--restart", &restart]);
        }
        // The command below sets what a test may set itself.
        if self.has_effects && more.is_empty() {
            options.extend(["--fail", &fail, "--recover", &recover]);
        }
        check(&options)
    }

    fn program(&self) -> Command {
        binary(self.name, self.name)
    }
}

impl Short {
    fn check(&self) -> Report {
        let variable = format!("{}_SECRET", self.provider.to_uppercase());
        let program = binary(self.name, self.name);
        let receiver = Receiver::start(&program, |_, _| vec![(variable.clone(), SECRET.to_owned())]);
        let url = format!("http://{}/hooks/{}", receiver.addr(), self.provider);
        let (log, printed) = (receiver.file("log"), receiver.file("out"));
        let effects = format!("grep -c '\"{{id}}\"' {}", printed.display());
        let mut options = vec![&*url, "--provider", self.provider, "--event", self.event];
        options.extend(["--secret", SECRET, "--logs", log.to_str().unwrap()]);
        if self.has_effects {
            options.extend(["--effects", &effects]);
        }
        check(&options)
    }
}

const SECRET: &str = "whsec_bmV3IHNlY3JldCBvZiB0aGUgZXhhbXBsZSEh";
const PREVIOUS: &str = "whsec_b2xkIHNlY3JldCBvZiB0aGUgZXhhbXBsZSEh";
