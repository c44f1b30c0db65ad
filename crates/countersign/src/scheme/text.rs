use std::borrow::Cow;

/// Text of a declaration: borrowed if written in Rust, owned if loaded from a file.
pub type Text = Cow<'static, str>;

/// Creates text of a declaration from a literal.
#[must_use]
pub const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}
