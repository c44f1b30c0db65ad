use std::borrow::Cow;
use std::sync::Arc;

use http::HeaderName;

use super::body::{BodyRules, payload_in};
use super::boundaries::Bound;
use super::check::CompiledCheck;
use super::coverage::Coverage;
use super::envelope::Envelope;
use super::grammar::Grammar;
use super::guard::BodyGuard;
use super::header_values::HeaderIndex;
use super::looked_for::LookedFor;
use super::memory::Memory;
#[cfg(feature = "message-signatures")]
use super::message_signature::CompiledMessage;
use super::source::Source;
use super::step::Step;
use super::tries::Tries;
use crate::error::{ConfigWarning, VerifyError};
use crate::handshake::{Matcher, Steps};
use crate::provider::Provider;
use crate::scheme::{Content, Covers, Limits, MessageSignatureRules};

/// A compiled declaration: everything about a scheme that does not depend on a request.
#[derive(Debug)]
pub(crate) struct CompiledScheme {
    pub(crate) provider: Cow<'static, Provider>,
    pub(crate) content: Content,
    /// The signed parts before the body, of the body, and after it.
    pub(crate) before: Vec<Step>,
    pub(crate) body: Vec<Step>,
    pub(crate) after: Vec<Step>,
    /// The literal that the id must not contain.
    pub(crate) id_end: Vec<u8>,
    pub(crate) id_start: Vec<u8>,
    /// Whether the timestamp must be in canonical form.
    pub(crate) exact_timestamp: bool,
    /// The parts of the content that cannot exchange bytes with others.
    pub(crate) bound: Bound,
    /// The forms of bodies that are rejected.
    pub(crate) guard: Option<Box<BodyGuard>>,
    /// The properties of the declaration that weaken its protection.
    pub(crate) warnings: Vec<ConfigWarning>,
    /// Whether the body is hashed unchanged.
    pub(crate) streams: bool,
    /// Whether the only signed part of the body is all of it, unchanged.
    pub(crate) signs_raw_body: bool,
    /// Whether the body is hashed while it arrives.
    pub(crate) hashes_early: bool,
    /// Whether there is a signed id in the head.
    pub(crate) signs_id_in_head: bool,
    /// Whether there is a timestamp outside the body.
    pub(crate) dated_by_head: bool,
    /// The places in errors about absent values.
    pub(crate) looked_for: LookedFor,
    pub(crate) signature: Source,
    pub(crate) grammar: Grammar,
    pub(crate) timestamp: Option<Source>,
    pub(crate) id: Option<Source>,
    pub(crate) event_type: Option<Source>,
    /// The rules of HTTP Message Signatures.
    #[cfg(feature = "message-signatures")]
    pub(crate) message: Option<CompiledMessage>,
    /// The place of the key's name.
    pub(crate) key_id: Option<Source>,
    pub(crate) data: Vec<String>,
    /// The path to the version of the data.
    pub(crate) version: Option<Vec<String>>,
    /// The places of id, type and data, if they can be found in one pass.
    pub(crate) envelope: Option<Envelope>,
    /// The form field that contains the JSON of the event.
    pub(crate) payload: Option<String>,
    /// Whether the signed part of a JSON body is in that field.
    pub(crate) signs_payload: bool,
    /// Whether a value of the head is in the query or in one of several places.
    pub(crate) resolves: bool,
    pub(crate) signs: Coverage,
    pub(crate) signs_form: bool,
    /// Headers that are checked, or part of the signed content by their own names.
    pub(crate) headers: Vec<HeaderName>,
    /// Whether a header of the request lists the signed headers.
    pub(crate) lists_headers: bool,
    pub(crate) checks: Vec<CompiledCheck>,
    /// The path to the items of the body that are signed one by one.
    pub(crate) for_each: Option<Vec<String>>,
    /// The most memory that verification takes besides the request.
    pub(crate) memory: Memory,
    pub(crate) tries: Tries,
    /// Whether the decision uses more than headers and a signed body.
    pub(crate) takes_slow_path: bool,
    /// Whether the decision over the body needs more of the head than the signatures.
    pub(crate) needs_head: bool,
    /// Whether more is rendered than the prefix of the body.
    pub(crate) has_extra_parts: bool,
    /// Whether a delivery keeps the signed bytes around its body.
    pub(crate) keeps_around: bool,
    pub(crate) header_index: HeaderIndex,
    /// The handshakes that are answered without the handler.
    pub(crate) handshakes: Option<Arc<Steps>>,
    /// The forms of the texts that handshakes sign for any sender. A delivery whose content has one of them is
    /// rejected.
    pub(crate) challenges: Vec<Matcher>,
}

impl CompiledScheme {
    /// Returns the limits of a request. Fewer signatures are allowed if each costs a computation of its own.
    pub(crate) fn limits(&self) -> Limits {
        let scheme = &self.provider.scheme;
        let most = if scheme.algorithm.is_asymmetric() { Limits::PUBLIC_KEY_SIGNATURES } else { usize::MAX };
        Limits { signatures: scheme.limits.signatures.min(most), ..scheme.limits }
    }

    /// Returns whether the parameter `created` of a message signature is the timestamp.
    #[cfg(feature = "message-signatures")]
    pub(crate) fn dates_message(&self) -> bool {
        self.provider.scheme.message_signature.is_some()
            && self.timestamp.as_ref().is_some_and(Source::is_in_signature)
    }

    /// Returns whether a sender can change the id or the type of a request, or leave it out.
    pub(crate) fn leaves_open(&self) -> bool {
        let may_be_left_out = |id: &Source| id.is_in_head() && !self.signs_id_in_head;
        let id = self.id.as_ref().is_some_and(|id| !self.signs.id || may_be_left_out(id));
        id || self.event_type.is_some() && !self.signs.event_type
    }

    /// Returns whether `{url}` or a part of it is signed or checked.
    pub(crate) fn signs_url(&self) -> bool {
        if self.provider.scheme.message_signature.as_ref().is_some_and(MessageSignatureRules::needs_url) {
            return true;
        }
        let checked = self.checks.iter().flat_map(|check| check.content.head_values());
        self.content.head_values().chain(checked).any(|value| matches!(value.row.covers, Covers::Url { .. }))
    }

    /// Returns the rules for the rendering of the body.
    #[inline]
    pub(crate) fn body_rules(&self) -> BodyRules<'_> {
        BodyRules { signature: &self.signature, limits: &self.provider.scheme.limits }
    }

    /// Returns the JSON in the form field that the declaration names. A body that is JSON itself is returned unchanged.
    pub(crate) fn payload_of<'b>(&self, body: &'b [u8]) -> Result<Cow<'b, [u8]>, VerifyError> {
        payload_in(self.body_rules(), self.payload.as_deref(), body)
    }
}

#[cfg(feature = "toml")]
#[cfg(test)]
mod tests {
    use super::*;

    /// A value in the head can be left out where the content has a group for it.
    #[test]
    fn a_declaration_leaves_open_what_a_sender_can_change_or_leave_out() {
        let (in_head, typed) = ("id = 'header:x-id'", "type = 'header:x-type'");
        for (content, event, leaves_open) in [
            ("{body}", String::new(), false),
            ("{body}", in_head.to_owned(), true),
            ("{id}.{body}", in_head.to_owned(), false),
            ("{?{id}.?}{body}", in_head.to_owned(), true),
            ("{body}", "id = 'json:/id'".to_owned(), false),
            ("{json:/type}", "id = 'json:/id'".to_owned(), true),
            ("{body}", typed.to_owned(), true),
            ("{header:x-type}.{body}", typed.to_owned(), false),
            ("{id}.{body}", format!("{in_head}\n{typed}"), true),
            ("{id}.{header:x-type}.{body}", format!("{in_head}\n{typed}"), false),
        ] {
            let toml = format!(
                "slug = 'own'\nname = 'Own'\ndoc = 'd'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
                 content = '{content}'\nsignature = {{ at = 'header:x-sig', encoding = 'hex' }}\n[event]\n{event}"
            );
            let provider = Provider::from_toml(&toml).unwrap_or_else(|error| panic!("{content}: {error}"));
            let compiled = CompiledScheme::new(Cow::Owned(provider)).unwrap();
            assert_eq!(compiled.leaves_open(), leaves_open, "{content} {event}");
        }
    }
}
