/// Event types that an endpoint stores: whole names, and beginnings with `*` after them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct TypePattern(String);

impl TypePattern {
    /// Checks a pattern. Returns the problem and its cure.
    pub(super) fn parse(pattern: String) -> Result<Self, String> {
        match pattern.strip_suffix('*').unwrap_or(&pattern) {
            "" => Err(format!("`{pattern}` selects nothing or everything: name types, such as `invoice.*`")),
            start if start.contains('*') => Err(format!(
                "`{pattern}` has `*` before its end: only the end of a type can be left open, as in `invoice.*`"
            )),
            start if start.trim() != start => {
                Err(format!("`{pattern}` has a space at its beginning or its end"))
            }
            _ => Ok(Self(pattern)),
        }
    }

    pub(super) fn is_match(&self, event_type: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(start) => event_type.starts_with(start),
            None => event_type == self.0,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}
