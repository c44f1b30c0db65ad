//! Compiles a declaration.

use std::borrow::Cow;
use std::sync::Arc;

use http::HeaderName;

use super::boundaries::{Boundaries, Timestamp};
use super::check::CompiledCheck;
use super::coverage::Coverage;
use super::envelope::Envelope;
use super::grammar::Grammar;
use super::header_values::{HeaderIndex, Slot};
use super::looked_for::LookedFor;
use super::memory::Memory;
#[cfg(feature = "message-signatures")]
use super::message_signature::CompiledMessage;
use super::scheme::CompiledScheme;
use super::source::Source;
use super::step::Step;
use super::tries::Tries;
use super::{rules, warnings};
use crate::error::ConfigError;
use crate::handshake::{Steps, challenges};
use crate::provider::{Provider, UnsignedDelivery};
use crate::scheme::{
    Content, Covers, Encoding, Format, Location, Needs, Part, Pointer, TimestampFormat, Value,
};

impl CompiledScheme {
    /// Compiles and checks a declaration.
    pub(crate) fn new(provider: Cow<'static, Provider>) -> Result<Self, ConfigError> {
        provider.check_facts()?;
        let mut provider = provider;
        let content = provider.scheme.content.parse().map_err(|error| error.within("scheme"))?;
        let signs_item = content.needs(Needs::SignatureItem) || content.needs(Needs::HeadersOfItem);
        if signs_item && provider.scheme.signature.format == Format::BARE {
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
        for (field, at) in [
            ("event.data", &event.data),
            ("event.version", &event.version),
            ("scheme.for_each", &scheme.for_each),
        ] {
            at.as_ref().map_or(Ok(()), |at| at.check(field))?;
        }
        let data = event.data.as_ref().map(Pointer::tokens).unwrap_or_default();
        let version = event.version.as_ref().map(Pointer::tokens);
        let payload = match &event.payload {
            None => None,
            Some(Location::Form(name)) => Some(name.clone().into_owned()),
            Some(_) => return Err(ConfigError::new("event.payload", "is a field of a form: `form:NAME`")),
        };
        let envelope = Envelope::new(id.as_ref(), event_type.as_ref(), &data);
        let format = scheme.timestamp.as_ref().map_or(TimestampFormat::Either, |field| field.format);
        let stamp = Timestamp { source: timestamp.as_ref(), format };
        let mut boundaries = Boundaries::new(&content, stamp);
        boundaries.guard.extendable = content.can_be_continued(scheme.algorithm);
        let starts = scheme.forbidden_starts.split('|').filter(|start| !start.is_empty());
        boundaries.guard.forbidden_starts = starts.map(|start| start.as_bytes().to_vec()).collect();
        if let (true, Some(Part::Literal(start))) = (scheme.optional_start, content.before.first()) {
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
        let checks = scheme.checks.iter().map(|check| CompiledCheck::new(check, stamp));
        let checks = checks.collect::<Result<Vec<_>, _>>()?;
        let for_each = scheme.for_each.as_ref().map(Pointer::tokens);
        let signs = Coverage::of(&provider, &boundaries, &checks);
        let warnings = warnings::of(&provider, &content, &boundaries, &checks, signs);
        let Boundaries { before, body, after, exact_timestamp, guard, bound, .. } = boundaries;
        let guard = guard.is_needed().then(|| Box::new(guard));
        let sources =
            [Some(&signature), timestamp.as_ref(), id.as_ref(), event_type.as_ref(), key_id.as_ref()];
        let sources = || sources.into_iter().flatten();
        let resolves = sources().take(4).any(|source| source.resolved_in_head().is_some());
        let alternatives = sources().flat_map(Source::alternative_headers);
        let headers = headers(&content, &checks, key_id.as_ref(), alternatives);
        let lists_headers =
            signs_message || content.head_values().any(|value| value.row.covers == Covers::Listed);
        let is_claim = |source: Option<&Source>| matches!(source, Some(Source::Claim(_)));
        let signs_raw_body = content.is_raw_body();
        let hashes_early = signs_raw_body
            && for_each.is_none()
            && scheme.jwt.is_none()
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
        let takes_slow_path = scheme.algorithm.is_asymmetric()
            || scheme.jwt.is_some()
            || !checks.is_empty()
            || for_each.is_some()
            || lists_headers
            || scheme.final_newline
            || key_id.is_some()
            || is_claim(id.as_ref())
            || is_claim(event_type.as_ref())
            || grammar.tags_are_keys()
            || !challenges.is_empty();
        let signs_payload =
            payload.is_some() && (matches!(signature, Source::Json(_)) || content.needs(Needs::Json));
        let takes_slow_path = takes_slow_path || signs_payload;
        let needs_head = !checks.is_empty()
            || lists_headers
            || key_id.is_some()
            || scheme.jwt.is_some()
            || scheme.signature.encoding == Encoding::Base64Json;
        let memory = Memory::new(scheme, &content, &checks, &id.iter().collect::<Vec<_>>());
        let tries = Tries::of(scheme, &content);
        let has_extra_parts = needs_head || !after.is_empty() || scheme.has_second_reading();
        let signs_id_in_head = signs.id && matches!(&id, Some(source) if requires_id(source, &content));
        #[cfg(feature = "message-signatures")]
        let message = CompiledMessage::new(scheme)?;
        let signs_form = content.needs(Needs::Form);
        let header_index = HeaderIndex::default();
        let mut compiled = Self {
            looked_for: LookedFor::new(&provider),
            content,
            before,
            body,
            after,
            id_end,
            id_start,
            exact_timestamp,
            bound,
            guard,
            warnings,
            streams,
            signs_raw_body,
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
            version,
            envelope,
            payload,
            signs_payload,
            resolves,
            signs,
            signs_form,
            headers,
            lists_headers,
            checks,
            for_each,
            memory,
            tries,
            takes_slow_path,
            needs_head,
            has_extra_parts,
            keeps_around: false,
            header_index,
            handshakes,
            challenges,
            provider,
        };
        compiled.keeps_around = compiled.has_signed_surroundings();
        rules::check(&compiled)?;
        compiled.provider.responses.check()?;
        compiled.provider.unsigned.iter().try_for_each(UnsignedDelivery::check)?;
        compiled.header_index = HeaderIndex::new(
            &compiled.provider.scheme,
            [
                (Slot::Signature, Some(&compiled.signature)),
                (Slot::Timestamp, compiled.timestamp.as_ref()),
                (Slot::Id, compiled.id.as_ref()),
                (Slot::EventType, compiled.event_type.as_ref()),
            ],
            compiled.signs_form,
            &compiled.headers,
            compiled.lists_headers,
        )?;
        Ok(compiled)
    }

    /// Returns whether deliveries keep the signed bytes around the body for their digest: if a sender can change the id
    /// the type or the body.
    fn has_signed_surroundings(&self) -> bool {
        let Content { before, after, .. } = &self.content;
        let event = &self.provider.event;
        let is_open =
            |at: &Option<Location>, is_signed: bool| at.is_some() && (!is_signed || self.content.has_group());
        let is_timestamp = |part: &Part| part.needs(Needs::Timestamp);
        let is_plain = |part: &Part| part.is_literal() || is_timestamp(part);
        let is_bounded = !before.last().is_some_and(is_timestamp)
            && !after.first().is_some_and(is_timestamp)
            && self.content.is_raw_body()
            && before.iter().chain(after).all(is_plain);
        let (id, event_type) =
            (is_open(&event.id, self.signs.id), is_open(&event.event_type, self.signs.event_type));
        (id || event_type || !self.signs.body) && !is_bounded && !self.content.is_empty()
    }
}

/// The default format of a signature field whose items are signed.
const ITEMS: Format = Format::list(",", "=", "*");

/// Returns whether the content cannot be rendered without the id. Parts in a group may be omitted.
fn requires_id(source: &Source, content: &Content) -> bool {
    let is_id = |part: &Part| match (part.value(), source) {
        (Some(value), _) if value.row.needs == Needs::Id => true,
        (Some(value), Source::Headers(names)) if value.row.needs == Needs::Header => {
            value.header().is_some_and(|name| names.contains(name))
        }
        _ => false,
    };
    let optional = |part: &Part| matches!(part, Part::Group(parts) if parts.iter().any(is_id));
    let parts = || content.before.iter().chain(&content.after);
    match source {
        Source::Headers(_) => parts().any(is_id) || !parts().any(optional),
        _ => source.is_in_head() && parts().any(is_id),
    }
}

/// Returns all headers that are looked up by name while rendering.
fn headers<'s>(
    content: &'s Content,
    checks: &'s [CompiledCheck],
    key_id: Option<&'s Source>,
    alternatives: impl Iterator<Item = &'s HeaderName>,
) -> Vec<HeaderName> {
    let key_id = match key_id {
        Some(Source::Headers(names)) => names.first(),
        _ => None,
    };
    let rendered = content.head_values().chain(checks.iter().flat_map(|check| check.content.head_values()));
    let rendered = rendered.filter_map(Value::header).cloned();
    let checked = checks.iter().flat_map(CompiledCheck::headers).chain(key_id).chain(alternatives).cloned();
    let mut headers: Vec<HeaderName> = Vec::new();
    for name in rendered.chain(checked) {
        if !headers.contains(&name) {
            headers.push(name);
        }
    }
    headers
}
