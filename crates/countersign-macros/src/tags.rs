use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Ident, Lit, LitStr, Result, Token, Type, parenthesized};

/// The content of an `#[event(...)]` attribute.
pub(crate) enum Tags {
    Known(Known),
    Unknown,
}

/// The types of an attribute, with their version.
pub(crate) struct Known {
    pub(crate) tags: Vec<LitStr>,
    version: Option<String>,
    /// The earlier versions, oldest first, with the types of their data.
    earlier: Vec<Earlier>,
}

struct Earlier {
    version: String,
    data: Type,
}

/// Returns the single `#[event(...)]` attribute.
pub(crate) fn the_attribute<'a>(
    attributes: &'a [Attribute],
    at: Span,
    message: &str,
) -> Result<&'a Attribute> {
    let mut attributes = attributes.iter().filter(|attribute| attribute.path().is_ident("event"));
    match (attributes.next(), attributes.next()) {
        (Some(attribute), None) => Ok(attribute),
        _ => Err(Error::new(at, message)),
    }
}

pub(crate) fn parse(attribute: &Attribute) -> Result<Tags> {
    match attribute.parse_args::<Ident>() {
        Ok(word) if word == "unknown" => Ok(Tags::Unknown),
        Ok(word) => Err(Error::new(word.span(), "expected a string, or `unknown`")),
        Err(_) => {
            let known: Known = attribute.parse_args()?;
            if known.tags.is_empty() {
                return Err(Error::new(attribute.span(), "expected an event type in the attribute"));
            }
            Ok(Tags::Known(known))
        }
    }
}

impl Parse for Known {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut known = Self { tags: Vec::new(), version: None, earlier: Vec::new() };
        while !input.is_empty() {
            if input.peek(LitStr) {
                known.tags.push(input.parse()?);
            } else {
                known.parse_option(input)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let mut seen: HashSet<_> = known.version.iter().collect();
        if let Some(twice) = known.earlier.iter().find(|earlier| !seen.insert(&earlier.version)) {
            return Err(Error::new(twice.data.span(), format!("version {} is named twice", twice.version)));
        }
        match (&known.version, known.earlier.first()) {
            (None, Some(earlier)) => {
                Err(Error::new(earlier.data.span(), "earlier versions need a present one: `version = 2`"))
            }
            _ => Ok(known),
        }
    }
}

impl Known {
    /// Parses `version = 2` or `earlier(1 = TypeOfVersion1)`.
    fn parse_option(&mut self, input: ParseStream<'_>) -> Result<()> {
        let word: Ident = input.parse()?;
        if word == "version" && self.version.is_none() {
            input.parse::<Token![=]>()?;
            self.version = Some(version(input)?);
        } else if word == "earlier" && self.earlier.is_empty() {
            let list;
            parenthesized!(list in input);
            self.earlier = Punctuated::<Earlier, Token![,]>::parse_terminated(&list)?.into_iter().collect();
        } else {
            return Err(Error::new(
                word.span(),
                "expected an event type as a string, `version = 2`, or `earlier(1 = TypeOfVersion1)`, each once",
            ));
        }
        Ok(())
    }

    /// Returns the entries of `EventCatalog::VERSIONS`.
    pub(crate) fn versions(&self) -> Vec<TokenStream> {
        let Some(version) = &self.version else { return Vec::new() };
        let earlier = self.earlier.iter().map(|earlier| &earlier.version);
        let all: Vec<_> = earlier.chain([version]).collect();
        self.tags.iter().map(|tag| quote!(::countersign::Versions::new(#tag, &[#(#all),*]))).collect()
    }

    /// Returns the arms of a match on type and version that decode earlier versions, convert them one by one, and pass
    /// the newest to `build`.
    pub(crate) fn earlier_arms(&self, build: &TokenStream) -> Vec<TokenStream> {
        let tags = &self.tags;
        let arms = self.earlier.iter().enumerate().map(|(position, Earlier { version, data })| {
            let next = self.earlier.iter().skip(position + 1).map(|earlier| &earlier.data);
            quote! {
                (#(#tags)|*, #version) => {
                    let data = <#data as ::countersign::__private::Deserialize<'de>>::deserialize(data)?;
                    #(let data = <#next as ::core::convert::TryFrom<_>>::try_from(data)
                        .map_err(<D::Error as ::countersign::__private::Error>::custom)?;)*
                    ::core::convert::TryFrom::try_from(data)
                        .map(#build)
                        .map_err(<D::Error as ::countersign::__private::Error>::custom)
                }
            }
        });
        arms.collect()
    }
}

impl Parse for Earlier {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let version = version(input)?;
        input.parse::<Token![=]>()?;
        Ok(Self { version, data: input.parse()? })
    }
}

/// Parses a version: a number, or a text such as `"2026-10"`.
fn version(input: ParseStream<'_>) -> Result<String> {
    match input.parse()? {
        Lit::Int(number) if number.suffix().is_empty() => Ok(number.base10_digits().to_owned()),
        Lit::Str(text) if !text.value().is_empty() => Ok(text.value()),
        other => Err(Error::new(other.span(), "a version is a number, or a text such as \"2026-10\"")),
    }
}

/// Returns the methods and constants of versions, if a type has any.
pub(crate) fn versioned(versions: &[TokenStream], arms: &[TokenStream]) -> TokenStream {
    if versions.is_empty() {
        return TokenStream::new();
    }
    quote! {
        const VERSIONS: &'static [::countersign::Versions] = &[#(#versions),*];

        fn decode_version<'de, D: ::countersign::__private::Deserializer<'de>>(
            tag: &str,
            version: &str,
            data: D,
        ) -> ::core::result::Result<Self, D::Error> {
            match (tag, version) {
                #(#arms)*
                _ => Self::decode(tag, data),
            }
        }
    }
}

/// Returns all types, if none occurs twice.
pub(crate) fn distinct<'t>(tags: impl Iterator<Item = &'t LitStr>) -> Result<Vec<&'t LitStr>> {
    let mut seen = HashSet::new();
    let mut distinct = Vec::new();
    for tag in tags {
        if !seen.insert(tag.value()) {
            return Err(Error::new(tag.span(), "this type is declared twice"));
        }
        distinct.push(tag);
    }
    Ok(distinct)
}
