//! The catalogue of providers: one declaration each, with its source and notes.
//!
//! [`Provider::confidence`](crate::Provider::confidence) states how reliable the facts about a signature are; verify
//! those from memory before you rely on them. The places of id, type and data of an event, and the retry policy, have
//! separate sources in [`Provider::sources`](crate::Provider::sources); one that begins with `memory:` was not read and
//! names the page to read. [`Provider::checked`](crate::Provider::checked) is the month of the last comparison. The
//! coverage of a signature is computed from the declaration and available for each value of a
//! [`Delivery`](crate::Delivery).
//!
//! For providers that document no tolerance, 300 s in both directions were chosen. If the provider's own library
//! does not bound the future, the declaration bounds it like the past;
//! [`Tolerance::insecure_any_future`](crate::Tolerance::insecure_any_future) restores the library's behaviour.
//! Declarations are plain data: change a copy.
//!
//! The handshakes of a provider are in its declaration. Those of providers that sign nothing, such as
//! [`STRAVA_HANDSHAKES`], are answered by a [`HandshakeResponder`](crate::receiver::HandshakeResponder). Any of them can be part of
//! another declaration:
//!
//! ```
//! use countersign::providers::{GITHUB, SLACK_HANDSHAKES};
//!
//! let provider = GITHUB.clone().with_handshakes(SLACK_HANDSHAKES);
//! assert_eq!(provider.handshakes[0].name, "url_verification");
//! ```
//!
//! Answers that every delivery requires are not handshakes and are left to the handler: the text of Dropbox Sign,
//! the SOAP of Salesforce. The same holds for the confirmation of an AWS SNS subscription, which requires an
//! outgoing request.

// Each file has the declarations of the slugs that its name states: `a_b_f` those that begin with `a` and a letter from
// `b` to `f`, `c_l` with `cl`, `i_j` with `i` or `j`, `k` with `k`; slugs that begin with a digit are in the first one.
// Providers with a module of their own have files of their name: `aws_sns`, `preflix`, `printprice`, `proxiant`, `redpin`.
mod a_b_f;
mod a_i_s;
mod a_t_z;
mod all;
pub mod aws_sns;
mod b_i_l;
mod b_o_u;
mod c_a_i;
mod c_l;
mod c_o_r;
mod c_u_y;
mod d_a_i;
mod d_o_w;
mod e;
mod f_a_i;
mod f_l_u;
mod g_e_i;
mod g_l_u;
mod h;
mod i_j;
mod k;
mod l_a_e;
mod l_i_o;
mod m_a;
mod m_e_i;
mod m_o_u;
mod n;
mod o;
mod p_a;
mod p_e_l;
mod p_o_u;
pub mod preflix;
pub mod printprice;
pub mod proxiant;
mod q;
mod r;
pub mod redpin;
mod s_a_e;
mod s_h_i;
mod s_l_q;
mod s_t_v;
mod s_y;
mod shared;
mod t_a_i;
mod t_o_y;
mod u_v;
mod undeclared;
mod w;
mod x_z;

pub use a_b_f::*;
pub use a_i_s::*;
pub use a_t_z::*;
pub use all::{all, all_handshakes, find};
pub use aws_sns::PROVIDER as AWS_SNS;
pub use b_i_l::*;
pub use b_o_u::*;
pub use c_a_i::*;
pub use c_l::*;
pub use c_o_r::*;
pub use c_u_y::*;
pub use d_a_i::*;
pub use d_o_w::*;
pub use e::*;
pub use f_a_i::*;
pub use f_l_u::*;
pub use g_e_i::*;
pub use g_l_u::*;
pub use h::*;
pub use i_j::*;
pub use k::*;
pub use l_a_e::*;
pub use l_i_o::*;
pub use m_a::*;
pub use m_e_i::*;
pub use m_o_u::*;
pub use n::*;
pub use o::*;
pub use p_a::*;
pub use p_e_l::*;
pub use p_o_u::*;
pub use preflix::PROVIDER as PREFLIX;
pub use printprice::PROVIDER as PRINTPRICE;
pub use proxiant::PROVIDER as PROXIANT;
pub use q::*;
pub use r::*;
pub use redpin::PROVIDER as REDPIN;
pub use s_a_e::*;
pub use s_h_i::*;
pub use s_l_q::*;
pub use s_t_v::*;
pub use s_y::*;
pub use t_a_i::*;
pub use t_o_y::*;
pub use u_v::*;
pub use undeclared::*;
pub use w::*;
pub use x_z::*;

#[cfg(test)]
mod tests;
