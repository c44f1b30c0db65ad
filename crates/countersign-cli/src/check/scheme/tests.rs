use countersign::providers;

use super::keys::Given;
use super::report::Report;
use crate::check::args::EventArgs;
use crate::output::printable;

#[test]
fn every_declaration_refuses_a_change_of_each_part_that_it_covers() {
    let mut problems = Vec::new();
    let (mut made, mut all) = (0, 0);
    for provider in providers::all() {
        let event = EventArgs { event: None, body: None, values: Vec::new() };
        let report = Report::of(provider.clone(), &event, Given::default()).unwrap();
        let json = serde_json::to_value(&report).unwrap();
        all += 1;
        if !json["not_made"].is_null() {
            continue;
        }
        made += 1;
        if !report.is_ok() {
            problems.push(printable(&anstream::adapter::strip_str(&report.to_string()).to_string()));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(made * 10 > all * 9, "{made} of {all} were tried");
}
