use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::handshake::{Handshake, Steps};
use crate::provider::{BodyLimit, Confidence, Placement, Provider, Retries};
use crate::scheme::{Algorithm, Text};

#[test]
fn every_declaration_is_sound_and_says_where_its_facts_come_from() {
    for provider in all() {
        provider.check().unwrap_or_else(|error| panic!("{}: {error}", provider.slug));
        assert!(!provider.doc.is_empty() && !provider.name.is_empty(), "{}", provider.slug);
        assert_ne!(provider.confidence, Confidence::Own, "{}", provider.slug);
    }
}

#[test]
fn facts_from_memory_say_so() {
    for provider in all() {
        let says_so = provider.notes.contains("Facts from memory: check before you rely on them.");
        assert_eq!(says_so, provider.confidence == Confidence::Memory, "{}", provider.slug);
    }
}

#[test]
fn what_authenticates_no_body_says_so() {
    let unsigned = [Algorithm::Token, Algorithm::Basic];
    for provider in all().filter(|provider| unsigned.contains(&provider.scheme.algorithm)) {
        assert!(provider.notes.contains("The body is not authenticated."), "{}", provider.slug);
        assert!(!provider.coverage().unwrap().body, "{}", provider.slug);
    }
}

/// The notes that belong to the warnings of a body that is not signed as a whole.
const OF_BODIES: [(&str, &str); 3] = [
    ("does not cover the body", "The body is not signed"),
    ("covers parts of the body only", "The rest of the body is not signed"),
    ("covers a checksum of the body", "Only a CRC-32 of the body is signed"),
];

#[test]
fn a_body_that_is_not_signed_as_a_whole_is_a_warning_and_a_note() {
    let mut differ = Vec::new();
    for provider in all() {
        let warnings = provider.warnings().unwrap();
        for (warning, note) in OF_BODIES {
            let warns = warnings.iter().any(|one| one.message().contains(warning));
            if warns != provider.notes.contains(note) {
                differ.push(format!("{}: warning {warns}, note {}", provider.slug, !warns));
            }
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
}

#[test]
fn the_founding_four_come_first_and_then_every_slug_once_in_order() {
    let slugs: Vec<&str> = all().map(|provider| &*provider.slug).collect();
    let (founding, others) = slugs.split_at(4);
    assert_eq!(founding, ["preflix", "redpin", "printprice", "proxiant"]);
    assert!(others.is_sorted_by(|a, b| a < b), "{others:?}");
    for provider in all() {
        assert!(std::ptr::eq(find(&provider.slug).unwrap(), provider), "{}", provider.slug);
    }
}

#[test]
fn every_declaration_survives_json() {
    for provider in all() {
        let json = serde_json::to_string(provider).unwrap();
        assert_eq!(&Provider::from_json(&json).unwrap(), provider);
    }
}

#[test]
fn no_declaration_was_left_out_of_the_list_of_its_file() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/providers");
    let written: usize = sources(&here)
        .iter()
        .map(|file| fs::read_to_string(file).unwrap().matches("\npub static ").count())
        .sum();
    assert_eq!(written, all().count());
}

#[test]
fn the_documentation_of_every_declaration_names_its_key_and_proof_and_it_is_exported_under_its_slug() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/providers");
    let files: Vec<_> = sources(&here).iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    for provider in all() {
        let proof = provider.proof.unwrap_or_else(|| panic!("{}: no proof", provider.slug));
        let slug = format!("\"{}\",", provider.slug);
        let begins =
            |text: &str| text.split_once('"').is_some_and(|(_, rest)| format!("\"{rest}").starts_with(&slug));
        let declared = files.iter().find_map(|file| {
            let declared = file.match_indices("\npub static ").find(|(at, _)| begins(&file[*at..]));
            declared.map(|(at, start)| (&file[..at], &file[at + start.len()..]))
        });
        let (before, after) = declared.unwrap_or_else(|| panic!("{}: no declaration", provider.slug));
        let mut lines = before.rsplit('\n');
        assert_eq!(lines.next(), Some(&*format!("/// Proof: `{proof}`.")), "{}", provider.slug);
        let key = format!("/// Key: {}.", provider.scheme.describe_key());
        assert_eq!(lines.next(), Some(&*key), "{}", provider.slug);
        let (name, _) = after.split_once(':').unwrap();
        let begins =
            |alias: &&Text| provider.slug.strip_prefix(&***alias).is_some_and(|rest| rest.starts_with('-'));
        let named = provider.aliases.first().filter(begins).unwrap_or(&provider.slug);
        let digits = named.find(|letter: char| !letter.is_ascii_digit()).unwrap();
        let (digits, letters) = named.split_at(digits);
        let expected = letters.to_uppercase().replace('-', "_");
        let expected = if digits.is_empty() { expected } else { format!("{expected}_{digits}") };
        assert!(name == expected || name == "PROVIDER", "{name} is the declaration of {}", provider.slug);
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The pages of the founding providers are not public.
fn is_founding(provider: &Provider) -> bool {
    ["preflix", "redpin", "printprice", "proxiant"].contains(&&*provider.slug)
}

#[test]
fn every_declaration_has_the_address_of_a_source_and_says_when_it_was_checked() {
    for provider in all() {
        let is_founding = is_founding(provider);
        let is_from_memory = provider.confidence == Confidence::Memory;
        let has_address = provider.doc.contains("https://");
        assert!(
            has_address || is_founding || is_from_memory,
            "{}: `with_source` takes the address of a page or of code, not {:?}",
            provider.slug,
            provider.doc
        );
        assert!(
            !provider.checked.is_empty() || is_from_memory,
            "{}: `with_checked` takes the month in which its source was read",
            provider.slug
        );
    }
}

#[test]
fn facts_have_sources_and_agree_with_each_other() {
    for provider in all() {
        let (slug, sources, event) = (&provider.slug, &provider.sources, &provider.event);
        let needed = [&event.no_id, &event.no_type].into_iter().flatten();
        let optional = [&sources.event, &sources.retries, &sources.body_limit];
        let given = needed.chain(optional.into_iter().filter(|source| !source.is_empty()));
        for source in given {
            let is_address = source.contains("https://") || is_founding(provider);
            assert!(is_address, "{slug}: {source:?} is no address");
        }
        let says_none = provider.retries.is_some_and(|retries| retries.is_none());
        assert!(
            !says_none || sources.retries.contains("https://") || is_founding(provider),
            "{slug}: `with_retry_source` takes the address that says that there are no retries"
        );
        let (retries, delays) = (provider.retries.unwrap_or_default(), &provider.retry_delays_secs);
        assert!(sources.retries.is_empty() || provider.retries.is_some(), "{slug}: a source of nothing");
        assert!(provider.retries.is_none_or(|retries| retries != Retries::default()), "{slug}: says nothing");
        if !delays.is_empty() {
            assert_eq!(retries, Retries { ack_secs: retries.ack_secs, ..Retries::after(delays) }, "{slug}");
        }
        assert!(retries.is_none().then_some(retries.window_secs).flatten().is_none(), "{slug}");
        assert!(
            sources.body_limit.is_empty() || provider.body_limit.is_some(),
            "{slug}: a source of nothing"
        );
        let limit = provider.body_limit.and_then(BodyLimit::bytes).unwrap_or_default();
        assert!(limit <= provider.scheme.limits.body_bytes, "{slug}: bodies that it sends would be refused");
    }
}

#[test]
fn few_facts_are_unknown() {
    let unknown = |is_unknown: fn(&Provider) -> bool| -> Vec<&str> {
        all().filter(|provider| is_unknown(provider)).map(|provider| &*provider.slug).collect()
    };
    let ids = unknown(|provider| provider.event.id_placement() == Placement::Unknown);
    assert!(ids.len() <= 10, "{} unknown ids: {ids:?}", ids.len());
    let types = unknown(|provider| provider.event.type_placement() == Placement::Unknown);
    assert!(types.len() <= 5, "{} unknown types: {types:?}", types.len());
    let known = all().filter(|provider| provider.retries.is_some_and(|retries| retries.is_known())).count();
    assert!(known >= 150, "retries are known of {known}");
    let limits = unknown(|provider| provider.body_limit.is_none());
    assert!(limits.len() <= 30, "{} unknown limits on bodies: {limits:?}", limits.len());
}

#[test]
fn every_alias_is_one_declarations_and_no_slug() {
    let names: Vec<_> =
        all().flat_map(|provider| provider.aliases.iter().map(move |alias| (alias, provider))).collect();
    assert!(names.len() > 20, "{}", names.len());
    for (alias, provider) in &names {
        assert!(all().all(|other| other.slug != **alias), "`{alias}` is a slug");
        assert_eq!(names.iter().filter(|(other, _)| other == alias).count(), 1, "`{alias}` is ambiguous");
        assert_eq!(find(alias).map(|found| &found.slug), Some(&provider.slug));
    }
    for (alias, slug) in [("github", "github-sha256"), ("whatsapp", "meta"), ("sns", "aws-sns")] {
        assert_eq!(find(alias).map(|found| &*found.slug), Some(slug));
    }
}

#[test]
fn every_handshake_is_sound_and_says_where_its_facts_come_from() {
    for (slug, handshakes) in all_handshakes() {
        let steps = Steps::new(handshakes).unwrap_or_else(|error| panic!("{slug}: {error}"));
        assert_eq!(steps.unwrap().iter().len(), handshakes.len(), "{slug}");
        assert!(handshakes.iter().all(|handshake| !handshake.doc.is_empty()), "{slug}");
    }
}

#[test]
fn every_handshake_survives_json() {
    for (slug, handshakes) in all_handshakes() {
        let json = serde_json::to_string(handshakes).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Handshake>>(&json).unwrap(), handshakes, "{slug}");
    }
}
