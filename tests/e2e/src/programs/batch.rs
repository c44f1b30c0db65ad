use countersign::UnixTime;
use serde_json::{Value, json};

use super::Sdk;

/// Returns the answers of SDKs to many jobs, in order, at a fixed time: one process per language.
#[must_use]
pub fn batch(now: UnixTime, jobs: &[(Sdk, Value)]) -> Vec<Value> {
    let is_node = |sdk: &Sdk| matches!(sdk, Sdk::Node(_));
    let [mut node, mut python] = [true, false].map(|node| {
        let jobs: Vec<_> = jobs.iter().filter(|(sdk, _)| is_node(sdk) == node).collect();
        ask(now, &jobs).into_iter()
    });
    jobs.iter().filter_map(|(sdk, _)| if is_node(sdk) { node.next() } else { python.next() }).collect()
}

/// Runs the jobs of one language.
fn ask(now: UnixTime, jobs: &[&(Sdk, Value)]) -> Vec<Value> {
    let Some((first, _)) = jobs.first() else { return Vec::new() };
    let named = |(sdk, job): &&(Sdk, Value)| {
        let mut job = job.clone();
        job["sdk"] = json!(sdk.name());
        job
    };
    let request = json!({"now": now.as_secs(), "jobs": jobs.iter().map(named).collect::<Vec<_>>()});
    match first.ask("catalogue", &request) {
        Value::Array(answers) if answers.len() == jobs.len() => answers,
        answer => panic!("{} jobs: {answer}", jobs.len()),
    }
}
