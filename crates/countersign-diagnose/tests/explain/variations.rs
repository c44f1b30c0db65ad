//! Mistakes that people report, each on a request of another provider than those of the other tables.

mod bodies;
mod heads;
mod programs;
mod variation;

use countersign_diagnose::{Cause, Diagnosis};

use self::variation::Variation;

#[test]
fn every_variation_is_named() {
    let mut wrong = Vec::new();
    let variations: Vec<_> = [
        bodies::variations(),
        programs::converted(),
        programs::lost(),
        heads::headers(),
        heads::secrets(),
        heads::urls(),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(variations.len() > 60, "{}", variations.len());
    for Variation { name, sent, codes } in variations {
        let diagnosis = sent.diagnose();
        let code = diagnosis.cause().map(Cause::code);
        let is_fine = match &diagnosis {
            // Not a mistake for this provider.
            Diagnosis::Accepted => true,
            // A hint, which nothing proves.
            _ if codes.is_empty() => diagnosis.to_string().contains("this is where to look"),
            _ => code.is_some_and(|code| codes.contains(&code)),
        };
        if !is_fine {
            wrong.push(format!("{} {name}: {code:?} {diagnosis}", sent.provider.slug));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
