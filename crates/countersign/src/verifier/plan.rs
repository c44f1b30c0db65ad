use std::borrow::Cow;
use std::sync::Arc;

use http::HeaderName;

use crate::error::{ConfigError, ConfigWarning};
use crate::event::Envelope;
use crate::handshake::{Matcher, Steps, challenges};
use crate::provider::{Provider, UnsignedDelivery};
use crate::scheme::{
    BodyPart, Content, Encoding, FixedPart, Format, Limits, Location, MessageSignatureRules, Pointer,
    RarePart, Scheme, Unit,
};
use crate::verifier::{Coverage, Grammar, Step, Wanted};

use super::boundaries::{Bound, Boundaries, Timestamp};
use super::checks::PlannedCheck;
use super::guard::BodyGuard;
use super::{Source, rules, warnings};

/// A compiled declaration: everything about a scheme that does not depend on a request.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) provider: Cow<'static, Provider>,
    pub(crate) content: Content,
    /// The signed parts before the body, and after it.
    pub(crate) before: Vec<Step>,
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
    /// Whether the body is hashed while it arrives.
    pub(crate) hashes_early: bool,
    /// Whether there is a signed id in the head.
    pub(crate) signs_id_in_head: bool,
    /// Whether there is a timestamp outside the body.
    pub(crate) dated_by_head: bool,
    pub(crate) signature: Source,
    pub(crate) grammar: Grammar,
    pub(crate) timestamp: Option<Source>,
    pub(crate) id: Option<Source>,
    pub(crate) event_type: Option<Source>,
    /// The rules of HTTP Message Signatures.
    #[cfg(feature = "message-signatures")]
    pub(crate) message: Option<super::message_signature::PlannedMessage>,
    /// The place of the key's name.
    pub(crate) key_id: Option<Source>,
    pub(crate) data: Vec<String>,
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
    pub(crate) checks: Vec<PlannedCheck>,
    /// The path to the items of the body that are signed one by one.
    pub(crate) each: Option<Vec<String>>,
    /// The largest amount of memory that the decision needs, in multiples of the body.
    pub(crate) copies: usize,
    /// The largest number of shared keys that a request of 1 MiB is tried with. A smaller one is tried with more.
    pub(crate) most_tries: usize,
    /// Whether the decision uses more than headers and a signed body.
    pub(crate) is_rare: bool,
    /// Whether the decision over the body needs more of the head than the signatures.
    pub(crate) needs_head: bool,
    /// Whether more is rendered than the prefix of the body.
    pub(crate) has_more: bool,
    /// Whether a delivery keeps the signed bytes around its body.
    pub(crate) keeps_around: bool,
    pub(crate) wanted: Wanted,
    /// The handshakes that are answered without the handler.
    pub(crate) handshakes: Option<Arc<Steps>>,
    /// The forms of the texts that handshakes sign for any sender. A delivery whose content has one of them is
    /// rejected.
    pub(crate) challenges: Vec<Matcher>,
}

impl Plan {
    pub(crate) fn new(provider: Cow<'static, Provider>) -> Result<Self, ConfigError> {
        provider.check_facts()?;
        let mut provider = provider;
        let mut content = provider.scheme.content.parse().map_err(|error| error.within("scheme"))?;
        if content.has_signature_item() && provider.scheme.signature.format == Format::BARE {
            provider.to_mut().scheme.signature.format = ITEMS;
        }
        let scheme = &provider.scheme;
        scheme.key.check()?;
        let signature = Source::new(&scheme.signature.at, "scheme.signature.at")?;
        let grammar = Grammar::new(&scheme.signature)?;
        let timestamp = scheme.timestamp.as_ref();
        let timestamp = timestamp.map(|field| Source::new(&field.at, "scheme.timestamp.at")).transpose()?;
        let event = &provider.event;
        let id = event.id.as_ref().map(|at| Source::new(at, "event.id")).transpose()?;
        let event_type = event.event_type.as_ref().map(|at| Source::new(at, "event.type")).transpose()?;
        let key_id = scheme.key_id.as_ref().map(|at| Source::new(at, "scheme.key_id")).transpose()?;
        if let Some(data) = &event.data {
            data.check("event.data")?;
        }
        let data = event.data.as_ref().map(Pointer::tokens).unwrap_or_default();
        let payload = match &event.payload {
            None => None,
            Some(Location::Form(name)) => Some(name.clone().into_owned()),
            Some(_) => return Err(ConfigError::new("event.payload", "is a field of a form: `form:NAME`")),
        };
        let envelope = Envelope::new(id.as_ref(), event_type.as_ref(), &data);
        let unit = scheme.timestamp.as_ref().map_or(Unit::Either, |field| field.unit);
        let stamp = Timestamp { source: timestamp.as_ref(), unit };
        let mut boundaries = Boundaries::new(&mut content, stamp);
        boundaries.guard.extendable = content.can_be_continued(scheme.algorithm);
        let starts = scheme.forbidden_starts.split('|').filter(|start| !start.is_empty());
        boundaries.guard.forbidden_starts = starts.map(|start| start.as_bytes().to_vec()).collect();
        if let (true, Some(FixedPart::Literal(start))) = (scheme.optional_start, content.before.first()) {
            boundaries.guard.forbidden_starts.push(start.as_bytes().to_vec());
        }
        let id_step = Step::of_id(&boundaries.before).or_else(|| Step::of_id(&boundaries.after));
        let (id_end, id_start) =
            id_step.map(|step| (step.end.clone(), step.start.clone())).unwrap_or_default();
        let streams = content.streams();
        let signs_message = scheme.message_signature.is_some();
        // The time of signing is known once the counting signature is known.
        let dated_by_head = timestamp
            .as_ref()
            .is_some_and(|source| source.is_in_head() && !(signs_message && source.is_in_signature()));
        let checks = scheme.checks.iter().map(|check| PlannedCheck::new(check, stamp));
        let checks = checks.collect::<Result<Vec<_>, _>>()?;
        let each = scheme.each.as_ref().map(Pointer::tokens);
        let signs = Coverage::of(&provider, &boundaries, &checks);
        let warnings = warnings::of(&provider, &content, &boundaries, signs);
        let Boundaries { before, after, exact_timestamp, guard, bound, .. } = boundaries;
        let guard = guard.is_needed().then(|| Box::new(guard));
        let sources =
            [Some(&signature), timestamp.as_ref(), id.as_ref(), event_type.as_ref(), key_id.as_ref()];
        let sources = || sources.into_iter().flatten();
        let resolves = sources().take(4).any(|source| source.resolved_in_head().is_some());
        let alternatives = sources().flat_map(Source::alternative_headers);
        let headers = headers(&content, &checks, key_id.as_ref(), alternatives);
        let lists_headers = signs_message
            || content.header_list().is_some()
            || content.fixed().any(|part| {
                matches!(part, FixedPart::Rare(RarePart::Headers(_) | RarePart::ClaimedHeaders(_)))
            });
        let is_claim = |source: Option<&Source>| matches!(source, Some(Source::Claim(_)));
        let hashes_early = matches!(content.body.as_slice(), [BodyPart::Raw])
            && each.is_none()
            && scheme.token.is_none()
            && scheme.algorithm.hashes_in_order();
        let mut handshakes = Steps::new(&provider.handshakes)?;
        if let Some(steps) = &mut handshakes {
            steps.set_covered(|place| super::challenges::covers(&provider, &bound, signs, place));
            if super::challenges::signs_with_digests(scheme.algorithm) {
                steps.bound_digests();
            }
        }
        let handshakes = handshakes.map(Arc::new);
        let challenges = challenges(&provider.handshakes)?;
        let is_rare = scheme.algorithm.is_asymmetric()
            || scheme.token.is_some()
            || !checks.is_empty()
            || each.is_some()
            || lists_headers
            || scheme.final_newline
            || key_id.is_some()
            || is_claim(id.as_ref())
            || is_claim(event_type.as_ref())
            || grammar.tags_are_keys()
            || !challenges.is_empty();
        let signs_payload =
            payload.is_some() && (matches!(signature, Source::Json(_)) || content.needs_json());
        let is_rare = is_rare || signs_payload;
        let needs_head = !checks.is_empty()
            || lists_headers
            || key_id.is_some()
            || scheme.token.is_some()
            || scheme.signature.encoding == Encoding::Base64Json;
        let copies = copies(scheme, &content);
        let most_tries =
            scheme.most_hashes(&content).checked_div(scheme.hashes_per_key()).unwrap_or(usize::MAX);
        let has_more = needs_head || !after.is_empty() || scheme.has_second_reading();
        let signs_id_in_head = signs.id && matches!(&id, Some(source) if requires_id(source, &content));
        #[cfg(feature = "message-signatures")]
        let message = super::message_signature::PlannedMessage::new(scheme)?;
        let signs_form = content.needs_form();
        let wanted = Wanted::default();
        let mut plan = Self {
            content,
            before,
            after,
            id_end,
            id_start,
            exact_timestamp,
            bound,
            guard,
            warnings,
            streams,
            hashes_early,
            dated_by_head,
            signs_id_in_head,
            signature,
            grammar,
            timestamp,
            id,
            event_type,
            #[cfg(feature = "message-signatures")]
            message,
            key_id,
            data,
            envelope,
            payload,
            signs_payload,
            resolves,
            signs,
            signs_form,
            headers,
            lists_headers,
            checks,
            each,
            copies,
            most_tries,
            is_rare,
            needs_head,
            has_more,
            keeps_around: false,
            wanted,
            handshakes,
            challenges,
            provider,
        };
        plan.keeps_around = plan.has_signed_surroundings();
        rules::check(&plan)?;
        plan.provider.responses.check()?;
        plan.provider.unsigned.iter().try_for_each(UnsignedDelivery::check)?;
        plan.wanted = Wanted::new(&plan)?;
        Ok(plan)
    }

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

    /// Returns whether `{url}` or a part of it is signed or checked.
    pub(crate) fn signs_url(&self) -> bool {
        if self.provider.scheme.message_signature.as_ref().is_some_and(MessageSignatureRules::needs_url) {
            return true;
        }
        let checked = self.checks.iter().flat_map(|check| check.content.fixed());
        self.content.fixed().chain(checked).any(|part| match part {
            FixedPart::Url | FixedPart::UrlWithoutQuery | FixedPart::Path | FixedPart::Query => true,
            FixedPart::Rare(rare) => rare.has_whole_query(),
            _ => false,
        })
    }
}

/// The default format of a signature field whose items are signed.
const ITEMS: Format = Format::list(",", "=", "*");
/// Returns the memory that the decision needs, in multiples of the body: for content that is derived from the body,
/// for content that is not hashed in order, and for a token in it.
fn copies(scheme: &Scheme, content: &Content) -> usize {
    let makes_content = !matches!(content.body.as_slice(), [] | [BodyPart::Raw]) || scheme.each.is_some();
    let takes_apart = scheme.token.is_some() || scheme.signature.at.is_in_body();
    let keeps = !scheme.algorithm.hashes_in_order() || scheme.final_newline;
    let escapes = content.body.contains(&BodyPart::JsonString);
    3 * usize::from(makes_content || takes_apart) + 3 * usize::from(escapes) + usize::from(keeps)
}

/// Returns whether the content cannot be rendered without the id. Parts in a group may be omitted.
fn requires_id(source: &Source, content: &Content) -> bool {
    let is_id = |part: &FixedPart| match (part, source) {
        (FixedPart::Id, _) => true,
        (FixedPart::Header(name), Source::Headers(names)) => names.contains(name),
        _ => false,
    };
    let optional = |part: &FixedPart| matches!(part, FixedPart::Group(parts) if parts.iter().any(is_id));
    let parts = || content.before.iter().chain(&content.after);
    match source {
        Source::Headers(_) => parts().any(is_id) || !parts().any(optional),
        _ => source.is_in_head() && parts().any(is_id),
    }
}

/// Returns all headers that are looked up by name while rendering.
fn headers<'s>(
    content: &'s Content,
    checks: &'s [PlannedCheck],
    key_id: Option<&'s Source>,
    alternatives: impl Iterator<Item = &'s HeaderName>,
) -> Vec<HeaderName> {
    let key_id = match key_id {
        Some(Source::Headers(names)) => names.first(),
        _ => None,
    };
    let rendered = content.fixed().chain(checks.iter().flat_map(|check| check.content.fixed()));
    let rendered = rendered.filter_map(|part| match part {
        FixedPart::Header(name) | FixedPart::Rare(RarePart::Headers(name)) => Some(name.clone()),
        _ => None,
    });
    let checked = checks.iter().flat_map(PlannedCheck::headers).chain(key_id).chain(alternatives).cloned();
    let mut headers: Vec<HeaderName> = Vec::new();
    for name in rendered.chain(checked) {
        if !headers.contains(&name) {
            headers.push(name);
        }
    }
    headers
}
