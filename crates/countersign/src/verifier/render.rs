use super::derived_part::derived_part;
use super::rendered::Rendered;
use super::values::Values;
use crate::compiled::{HOLDS_SEPARATOR, Occurrence, Step, splits};
use crate::error::VerifyError;
use crate::scheme::{Needs, Part, Value};

impl Rendered {
    /// Appends the steps in order.
    #[inline]
    pub(crate) fn render(&mut self, steps: &[Step], values: &Values<'_, '_>) -> Result<(), VerifyError> {
        let looked_for = &values.compiled.looked_for;
        for step in steps {
            match &step.part {
                Part::Literal(literal) => self.push(literal.as_bytes()),
                Part::Value(value) => match value.row.needs {
                    Needs::Id => self.push(values.id.ok_or_else(|| looked_for.missing_id())?),
                    Needs::Timestamp => {
                        self.push(values.timestamp.ok_or_else(|| looked_for.missing_timestamp())?)
                    }
                    Needs::Secret => self.secret_at = Some(self.len),
                    Needs::Header => self.push(header(value, step, values)?),
                    Needs::Method => self.push(step.checked(value.transformed(values.method).as_bytes())?),
                    Needs::Url => {
                        let url = values.url.ok_or(VerifyError::MissingUrl)?;
                        self.push(step.checked(value.transformed(url).as_bytes())?);
                    }
                    _ => self.push(&step.checked(derived_part(value, values)?)?),
                },
                Part::Group(_) => self.render_group(&step.inner, values)?,
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

fn header<'h>(value: &Value, step: &Step, values: &Values<'_, 'h>) -> Result<&'h [u8], VerifyError> {
    let malformed = |reason| VerifyError::MalformedHeader { name: value.text.clone(), reason };
    let found = value.header().map(|name| values.header_values.signed(&values.compiled.headers, name));
    match found.unwrap_or_default() {
        Occurrence::Nothing => Err(VerifyError::MissingHeader { name: value.text.clone() }),
        Occurrence::Several => Err(malformed("is there twice with different values")),
        Occurrence::One(value) if splits(value, &step.end, &step.start) => Err(malformed(HOLDS_SEPARATOR)),
        Occurrence::One(value) => Ok(value),
    }
}
