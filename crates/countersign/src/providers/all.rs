//! The list of all declarations, made at compile time, and how one is found in it.

use super::undeclared::HANDSHAKES;
use super::{
    a_b_f, a_i_s, a_t_z, b_i_l, b_o_u, c_a_i, c_l, c_o_r, c_u_y, d_a_i, d_o_w, e, f_a_i, f_l_u, g_e_i, g_l_u,
    h, i_j, k, l_a_e, l_i_o, m_a, m_e_i, m_o_u, n, o, p_a, p_e_l, p_o_u, preflix, printprice, proxiant, q, r,
    redpin, s_a_e, s_h_i, s_l_q, s_t_v, s_y, t_a_i, t_o_y, u_v, w, x_z,
};
use crate::handshake::Handshake;
use crate::provider::Provider;

/// Returns all declarations: the founding four first, then by slug.
pub fn all() -> impl Iterator<Item = &'static Provider> {
    ALL.iter().copied()
}

/// Returns the declaration with this slug or [alias](Provider::aliases).
#[must_use]
pub fn find(name: &str) -> Option<&'static Provider> {
    all().find(|provider| provider.slug == name || provider.aliases.iter().any(|alias| alias == name))
}

/// Returns the handshakes that are answered, with the slugs of their providers: those in declarations first.
pub fn all_handshakes() -> impl Iterator<Item = (&'static str, &'static [Handshake])> {
    let declared = all().map(|provider| (&*provider.slug, &*provider.handshakes));
    let answered = declared.filter(|(_, all)| all.iter().any(|handshake| handshake.answer.is_some()));
    answered.chain(HANDSHAKES.iter().copied())
}

static ALL: [&Provider; FOUNDING.len() + OTHERS_LEN] = list();

const FOUNDING: [&Provider; 4] =
    [&preflix::PROVIDER, &redpin::PROVIDER, &printprice::PROVIDER, &proxiant::PROVIDER];

/// The declarations of each file, in the order of slugs.
const OTHERS: &[&[&Provider]] = &[
    a_b_f::DECLARATIONS,
    a_i_s::DECLARATIONS,
    a_t_z::DECLARATIONS,
    b_i_l::DECLARATIONS,
    b_o_u::DECLARATIONS,
    c_a_i::DECLARATIONS,
    c_l::DECLARATIONS,
    c_o_r::DECLARATIONS,
    c_u_y::DECLARATIONS,
    d_a_i::DECLARATIONS,
    d_o_w::DECLARATIONS,
    e::DECLARATIONS,
    f_a_i::DECLARATIONS,
    f_l_u::DECLARATIONS,
    g_e_i::DECLARATIONS,
    g_l_u::DECLARATIONS,
    h::DECLARATIONS,
    i_j::DECLARATIONS,
    k::DECLARATIONS,
    l_a_e::DECLARATIONS,
    l_i_o::DECLARATIONS,
    m_a::DECLARATIONS,
    m_e_i::DECLARATIONS,
    m_o_u::DECLARATIONS,
    n::DECLARATIONS,
    o::DECLARATIONS,
    p_a::DECLARATIONS,
    p_e_l::DECLARATIONS,
    p_o_u::DECLARATIONS,
    q::DECLARATIONS,
    r::DECLARATIONS,
    s_a_e::DECLARATIONS,
    s_h_i::DECLARATIONS,
    s_l_q::DECLARATIONS,
    s_t_v::DECLARATIONS,
    s_y::DECLARATIONS,
    t_a_i::DECLARATIONS,
    t_o_y::DECLARATIONS,
    u_v::DECLARATIONS,
    w::DECLARATIONS,
    x_z::DECLARATIONS,
];

const OTHERS_LEN: usize = {
    let (mut sum, mut rest) = (0, OTHERS);
    while let [file, after @ ..] = rest {
        sum += file.len();
        rest = after;
    }
    sum
};

/// Returns the founding four, followed by the others.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn list() -> [&'static Provider; FOUNDING.len() + OTHERS_LEN] {
    let mut all = [FOUNDING[0]; FOUNDING.len() + OTHERS_LEN];
    let mut at = 0;
    while at < FOUNDING.len() {
        all[at] = FOUNDING[at];
        at += 1;
    }
    let mut rest = OTHERS;
    while let [file, after @ ..] = rest {
        let mut next = 0;
        while next < file.len() {
            all[at] = file[next];
            (at, next) = (at + 1, next + 1);
        }
        rest = after;
    }
    all
}
