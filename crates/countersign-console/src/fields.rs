//! The fields of a query or of a form.

use std::str::FromStr;

use form_urlencoded::Serializer;

use crate::problem::Problem;

/// Named values, in their order. Names that a page does not know are ignored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `name=value&…`. What is beyond the largest number of fields is ignored.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().take(MOST).collect())
    }

    /// Returns the first value with this name, if it is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Reads the fields of a form. Browsers send each line break as CR and LF, whatever it was: a name keeps the LF.
    pub(crate) fn of_form(text: &[u8]) -> Self {
        let fields = form_urlencoded::parse(text).take(MOST);
        Self(fields.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect())
    }

    /// Returns the first value with this name that is not empty as it was sent: a name or a text of a sender may begin or end with a
    /// space.
    pub(crate) fn untrimmed(&self, name: &str) -> Option<&str> {
        self.exact(name).filter(|value| !value.is_empty())
    }

    /// Returns the first value with this name as it was sent, even if it is empty.
    pub(crate) fn exact(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns all values with this name that are not empty.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.trim())
    }

    /// Returns the first value with this name as another type.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str, form: &str) -> Result<Option<T>, Problem> {
        let parse = |text: &str| text.parse().map_err(|_| Problem::field(name, text, form));
        self.text(name).map(parse).transpose()
    }
}

/// Writes a query: names and values that are there.
pub(crate) fn query<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut query = Serializer::new(String::new());
    fields.into_iter().filter(|(_, value)| !value.is_empty()).for_each(|(name, value)| {
        query.append_pair(name, &value);
    });
    query.finish()
}

/// Enough for the events of a page, and the fields of any form.
const MOST: usize = 600;
