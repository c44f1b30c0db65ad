use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::provider::Confidence;
use crate::scheme::Algorithm;

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
fn no_declaration_was_left_out_of_the_list_of_its_family() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/providers");
    let written: usize = sources(&here)
        .iter()
        .map(|file| fs::read_to_string(file).unwrap().matches("\npub static ").count())
        .sum();
    assert_eq!(written, all().count());
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}
