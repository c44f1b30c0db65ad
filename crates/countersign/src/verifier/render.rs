use super::rare::rare;
use super::rendered::Rendered;
use super::values::Values;
use crate::compiled::{Found, HOLDS_SEPARATOR, Step, splits};
use crate::error::VerifyError;
use crate::scheme::FixedPart;

impl Rendered {
    /// Appends the steps in order.
    #[inline]
    pub(crate) fn render(&mut self, steps: &[Step], values: &Values<'_, '_>) -> Result<(), VerifyError> {
        for step in steps {
            match &step.part {
                FixedPart::Literal(literal) => self.push(literal.as_bytes()),
                FixedPart::Id => self.push(values.id.ok_or(VerifyError::MissingId)?),
                FixedPart::Timestamp => self.push(values.timestamp.ok_or(VerifyError::MissingTimestamp)?),
                FixedPart::Header(name) => self.push(header(name, step, values)?),
                FixedPart::Method => self.push(step.checked(values.method)?.as_bytes()),
                FixedPart::Secret => self.secret_at = Some(self.len),
                FixedPart::Rare(part) => self.push(&step.checked(rare(part, values)?)?),
                FixedPart::Group(_) => self.render_group(&step.inner, values)?,
                FixedPart::Url | FixedPart::UrlWithoutQuery | FixedPart::Path | FixedPart::Query => {
                    let url = values.url.ok_or(VerifyError::MissingUrl)?;
                    self.push(step.checked(url_part(&step.part, url))?.as_bytes());
                }
            }
        }
        Ok(())
    }

    /// Renders all steps, or none of them if one has no value.
    #[cold]
    fn render_group(&mut self, steps: &[Step], values: &Values<'_, '_>) -> Result<(), VerifyError> {
        let mut group = Self::new();
        match group.render(steps, values) {
            Ok(()) => self.push(group.as_bytes()),
            Err(error) if error.is_absence() => self.left_out = true,
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn header<'h>(
    name: &http::HeaderName,
    step: &Step,
    values: &Values<'_, 'h>,
) -> Result<&'h [u8], VerifyError> {
    let malformed = |reason| VerifyError::MalformedHeader { name: name.to_string(), reason };
    match values.gathered.signed(&values.plan.headers, name) {
        Found::Nothing => Err(VerifyError::MissingHeader { name: name.to_string() }),
        Found::Several => Err(malformed("is there twice with different values")),
        Found::One(value) if splits(value, &step.end, &step.start) => Err(malformed(HOLDS_SEPARATOR)),
        Found::One(value) => Ok(value),
    }
}

fn url_part<'u>(part: &FixedPart, url: &'u str) -> &'u str {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    match part {
        FixedPart::Query => query,
        FixedPart::UrlWithoutQuery => before,
        FixedPart::Path => {
            let origin = before.split_once("://").map_or(before, |(_, rest)| rest);
            origin.find('/').and_then(|at| origin.get(at..)).unwrap_or("/")
        }
        _ => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_url() {
        let url = "https://example.com:8443/a/b?x=1&y=2";
        assert_eq!(url_part(&FixedPart::Url, url), url);
        assert_eq!(url_part(&FixedPart::Path, url), "/a/b");
        assert_eq!(url_part(&FixedPart::Query, url), "x=1&y=2");
        assert_eq!(url_part(&FixedPart::UrlWithoutQuery, url), "https://example.com:8443/a/b");
        assert_eq!(url_part(&FixedPart::Path, "https://example.com"), "/");
    }
}
