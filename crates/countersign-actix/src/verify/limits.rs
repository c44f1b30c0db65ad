use std::rc::Rc;

use actix_web::dev::{Extensions, ServiceRequest};
use actix_web::http::header::CONTENT_ENCODING;
use actix_web::web::{Data, FormConfig, JsonConfig, PayloadConfig};

/// Raises the limits of actix's own extractors for this request, so that they accept the verified body.
///
/// A configuration of the application keeps everything except its limit. If the body is encoded, that limit applies
/// to decompressed bytes and is kept as well.
pub(super) fn raise(req: &mut ServiceRequest, limit: usize, body: usize) {
    let body = Body { limit, length: body, encoded: req.headers().contains_key(CONTENT_ENCODING) };
    let payload = raised(req, &body, PAYLOAD_BYTES, PayloadConfig::limit);
    let json = raised(req, &body, JSON_BYTES, JsonConfig::limit);
    let form = raised(req, &body, FORM_BYTES, FormConfig::limit);
    if payload.is_none() && json.is_none() && form.is_none() {
        return;
    }
    let mut configs = Extensions::new();
    payload.map(|config| configs.insert(config));
    json.map(|config| configs.insert(config));
    form.map(|config| configs.insert(config));
    req.add_data_container(Rc::new(configs));
}

struct Body {
    limit: usize,
    length: usize,
    encoded: bool,
}

/// Returns the configuration to use instead of the present one, or `None` if that needs no change.
fn raised<C: Clone + Default + 'static>(
    req: &ServiceRequest,
    body: &Body,
    default: usize,
    with_limit: fn(C, usize) -> C,
) -> Option<C> {
    // In the order in which the extractors look.
    let own = req.app_data::<C>().or_else(|| req.app_data::<Data<C>>().map(Data::get_ref));
    match own {
        Some(_) if body.encoded => None,
        Some(own) => Some(with_limit(own.clone(), body.limit)),
        None if body.encoded || body.length > default => {
            Some(with_limit(C::default(), body.limit.max(default)))
        }
        None => None,
    }
}

// actix's defaults, which it does not export.
const PAYLOAD_BYTES: usize = 256 << 10;
const JSON_BYTES: usize = 2 << 20;
const FORM_BYTES: usize = 16 << 10;
