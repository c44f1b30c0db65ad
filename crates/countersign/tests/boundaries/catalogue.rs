//! Checks one request of each declaration.

use countersign::{Provider, Signer, SigningRequest, providers};
use serde_json::Value;

use crate::fixtures;
use crate::fixtures::NOW;
use crate::recut::{Reported, plain, recut};

#[test]
fn bytes_that_move_across_a_boundary_change_nothing_that_is_signed() {
    let composed = providers::all().filter(|provider| {
        let content = provider.scheme.content.as_str();
        provider.scheme.algorithm.covers_content() && content != "{body}"
    });
    let (mut wrong, mut tried) = (Vec::new(), 0_u64);
    for provider in composed {
        for fixture in fixtures::of(&plain(provider)) {
            let genuine = Reported::of(&fixture.verify().unwrap());
            for (what, fixture) in recut(&fixture) {
                tried += 1;
                let Ok(delivery) = fixture.verify_at(NOW) else { continue };
                let changed = genuine.changed(&Reported::of(&delivery));
                if !changed.is_empty() {
                    wrong.push(format!("{}: {changed:?}: {what}", provider.slug));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 100_000, "{tried}");
}

/// Returns the signed members of the body that stand before a separator, with that separator.
fn separated_members(provider: &Provider) -> Vec<(String, String)> {
    let start =
        provider.scheme.for_each.as_ref().map(|each| each.as_str().replace('*', "0")).unwrap_or_default();
    let pieces = provider.scheme.content.as_str().split('{').filter_map(|piece| piece.split_once('}'));
    let members = pieces.filter(|(_, literal)| !literal.is_empty() && !literal.contains('?'));
    let named = members
        .filter_map(|(name, literal)| Some((name.strip_prefix("json:")?.trim_start_matches('?'), literal)));
    named
        .filter(|(at, _)| at.starts_with('/'))
        .map(|(at, literal)| (format!("{start}{at}"), literal.to_owned()))
        .collect()
}

/// One value of a content may hold the separator, because the others determine it.
#[test]
fn all_but_one_of_the_members_with_a_separator_behind_them_are_refused_with_it() {
    let mut checked = Vec::new();
    for provider in providers::all() {
        let members = separated_members(provider);
        if members.len() < 2 {
            continue;
        }
        let provider = &plain(provider);
        let Some(fixture) = fixtures::of(provider).into_iter().next() else { continue };
        let Ok(signer) = Signer::new(provider.clone(), fixtures::keys(provider).0) else { continue };
        let signs = |body: &Value| {
            let request = SigningRequest::new(body.to_string(), NOW).with_id("msg_1").with_event_type("a.b");
            signer.sign_request(&request.with_url("https://hooks.example.com/in")).is_ok()
        };
        let Ok(genuine) = serde_json::from_slice::<Value>(&fixture.body) else { continue };
        if !signs(&genuine) {
            continue;
        }
        let with = |(at, literal): &(String, String)| {
            let mut body = genuine.clone();
            *body.pointer_mut(at)? = format!("x{literal}y").into();
            Some(body)
        };
        let bodies: Vec<_> = members.iter().filter_map(with).collect();
        let signed = bodies.iter().filter(|body| signs(body)).count();
        assert!(signed <= 1, "{}: {signed} of {} values", provider.slug, bodies.len());
        checked.push(provider.slug.clone());
    }
    assert!(checked.len() > 1, "{checked:?}");
}

#[test]
fn every_declaration_with_open_boundaries_says_so() {
    for provider in providers::all() {
        let open =
            provider.warnings().unwrap().iter().any(|warning| warning.message().contains("tells where"));
        let says =
            provider.notes.contains("Nothing separates") || provider.notes.contains("nothing separates");
        assert!(open == says, "{}: {:?}", provider.slug, provider.warnings());
    }
}
