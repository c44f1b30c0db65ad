//! What is odd about a request that nothing explains.

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::Cause;
use super::case::Case;

/// The most telling oddity.
pub(super) fn find(case: &Case) -> Option<Cause> {
    let bytes = case.body.len();
    let text = |name| case.headers.get(name)?.to_str().ok();
    let announced = text(CONTENT_LENGTH).and_then(|text| text.parse::<usize>().ok());
    if let Some(announced) = announced.filter(|announced| *announced != bytes) {
        return Some(Cause::owned(
            "content_length_differs",
            format!(
                "Content-Length announces {announced} bytes and the body has {bytes}, so it was changed on its way"
            ),
        ));
    }
    if bytes == 0 && case.signs("body") {
        return Some(Cause::new("body_empty", "the body is empty, so something may have read it before"));
    }
    if std::str::from_utf8(&case.body).is_ok_and(|body| body.contains('\u{fffd}')) {
        return Some(Cause::new(
            "body_replacement_characters",
            "the body has replacement characters, so bytes that are no UTF-8 were lost on its way",
        ));
    }
    let encoding = text(CONTENT_ENCODING).filter(|encoding| !encoding.eq_ignore_ascii_case("identity"));
    let is_text = std::str::from_utf8(&case.body).is_ok();
    encoding.filter(|_| is_text).map(|_| {
        Cause::new(
            "body_decompressed",
            "Content-Encoding says that the body is compressed and it is text, so something has decompressed it",
        )
    })
}
