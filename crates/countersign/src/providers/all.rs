//! Merges the catalogue at compile time, so that there is no start-up work and no second list to maintain.

use super::{
    basic, body_base64, body_forms, body_hex, composed, derived, developer_tools, elliptic_curves, hashes,
    json_web_tokens, listed_headers, md5, media, message_signatures, messaging, payments, people, prefixed,
    preflix, printprice, proxiant, published_keys, redpin, rsa, sha1, sha512, signed_lists,
    standard_webhooks, stripe_like, svix, timestamped, tokens, url,
};
use crate::provider::Provider;
use crate::scheme::Text;

pub(super) static ALL: [&Provider; FOUNDING.len() + FAMILIES_LEN] = all();

const FOUNDING: [&Provider; 4] =
    [&preflix::PROVIDER, &redpin::PROVIDER, &printprice::PROVIDER, &proxiant::PROVIDER];

/// The families, each sorted by slug.
const FAMILIES: &[&[&Provider]] = &[
    basic::FAMILY,
    body_base64::a_h::FAMILY,
    body_base64::i_z::FAMILY,
    body_forms::FAMILY,
    body_hex::a_f::FAMILY,
    body_hex::g_o::FAMILY,
    body_hex::p_w::FAMILY,
    composed::FAMILY,
    derived::FAMILY,
    developer_tools::a_i::FAMILY,
    developer_tools::k_z::FAMILY,
    elliptic_curves::FAMILY,
    hashes::FAMILY,
    json_web_tokens::FAMILY,
    listed_headers::FAMILY,
    md5::FAMILY,
    media::FAMILY,
    message_signatures::FAMILY,
    messaging::FAMILY,
    payments::a_p::FAMILY,
    payments::q_z::FAMILY,
    people::a_j::FAMILY,
    people::o_z::FAMILY,
    prefixed::FAMILY,
    published_keys::FAMILY,
    rsa::FAMILY,
    sha1::FAMILY,
    sha512::FAMILY,
    signed_lists::FAMILY,
    standard_webhooks::FAMILY,
    stripe_like::FAMILY,
    svix::FAMILY,
    timestamped::a_k::FAMILY,
    timestamped::l_z::FAMILY,
    tokens::FAMILY,
    url::FAMILY,
];

const FAMILIES_LEN: usize = {
    let (mut sum, mut rest) = (0, FAMILIES);
    while let [family, after @ ..] = rest {
        sum += family.len();
        rest = after;
    }
    sum
};

/// Returns the founding four, followed by the families merged by slug.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn all() -> [&'static Provider; FOUNDING.len() + FAMILIES_LEN] {
    let mut all = [FOUNDING[0]; FOUNDING.len() + FAMILIES_LEN];
    let mut taken = [0; FAMILIES.len()];
    let mut at = 0;
    while at < all.len() {
        if at < FOUNDING.len() {
            all[at] = FOUNDING[at];
        } else {
            let family = first(&taken);
            all[at] = FAMILIES[family][taken[family]];
            taken[family] += 1;
        }
        at += 1;
    }
    all
}

/// Returns the family whose next declaration comes first.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn first(taken: &[usize; FAMILIES.len()]) -> usize {
    let mut first: Option<usize> = None;
    let mut family = 0;
    while family < FAMILIES.len() {
        if taken[family] < FAMILIES[family].len() {
            first = match first {
                Some(other) if !before(FAMILIES[family][taken[family]], FAMILIES[other][taken[other]]) => {
                    Some(other)
                }
                _ => Some(family),
            };
        }
        family += 1;
    }
    match first {
        Some(family) => family,
        None => 0,
    }
}

/// Returns whether the slug of `a` is less than that of `b`.
const fn before(a: &Provider, b: &Provider) -> bool {
    let (mut a, mut b) = (slug(a), slug(b));
    loop {
        match (a, b) {
            ([x, after_x @ ..], [y, after_y @ ..]) if *x == *y => (a, b) = (after_x, after_y),
            ([x, ..], [y, ..]) => return *x < *y,
            (_, b) => return !b.is_empty(),
        }
    }
}

const fn slug(provider: &Provider) -> &[u8] {
    match &provider.slug {
        Text::Borrowed(slug) => slug.as_bytes(),
        Text::Owned(_) => &[],
    }
}
