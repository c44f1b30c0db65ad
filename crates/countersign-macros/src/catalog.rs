use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Result, Token, Variant};

/// A variant of the catalogue.
struct Entry<'a> {
    ident: &'a Ident,
    tags: Tags,
    has_data: bool,
}

enum Tags {
    Known(Vec<LitStr>),
    Unknown,
}

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(input.span(), "a catalogue is an enum with one variant per event type"));
    };
    let entries = data.variants.iter().map(Entry::new).collect::<Result<Vec<_>>>()?;
    let unknown = the_unknown(&entries, &input.ident)?;
    let tags = distinct_tags(&entries)?;

    let arms = entries.iter().filter_map(Entry::arm);
    let names = entries.iter().map(Entry::name);
    let (ident, (impl_generics, type_generics, where_clause)) =
        (&input.ident, input.generics.split_for_impl());
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics ::countersign::EventCatalog for #ident #type_generics #where_clause {
            const TAGS: &'static [&'static str] = &[#(#tags),*];

            fn decode<'de, D: ::countersign::__private::Deserializer<'de>>(
                tag: &str,
                data: D,
            ) -> ::core::result::Result<Self, D::Error> {
                match tag {
                    #(#arms,)*
                    _ => ::countersign::UnknownEvent::decode(tag, data).map(Self::#unknown),
                }
            }

            fn variant(&self) -> &'static str {
                match self {
                    #(#names,)*
                }
            }
        }
    })
}

impl<'a> Entry<'a> {
    fn new(variant: &'a Variant) -> Result<Self> {
        let has_data = match &variant.fields {
            Fields::Unit => false,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => true,
            fields => {
                return Err(Error::new(fields.span(), "a variant holds its data in one field, or nothing"));
            }
        };
        let mut attributes = variant.attrs.iter().filter(|attribute| attribute.path().is_ident("event"));
        let (Some(attribute), None) = (attributes.next(), attributes.next()) else {
            let message = "a variant has one attribute: `#[event(\"its.type\")]` or `#[event(unknown)]`";
            return Err(Error::new(variant.span(), message));
        };
        let tags = match attribute.parse_args::<Ident>() {
            Ok(word) if word == "unknown" && has_data => Tags::Unknown,
            Ok(word) if word == "unknown" => {
                return Err(Error::new(
                    variant.span(),
                    "the unknown variant holds a `countersign::UnknownEvent`",
                ));
            }
            Ok(word) => return Err(Error::new(word.span(), "expected a string, or `unknown`")),
            Err(_) => {
                let tags = attribute.parse_args_with(Punctuated::<LitStr, Token![,]>::parse_terminated)?;
                Tags::Known(tags.into_iter().collect())
            }
        };
        if matches!(&tags, Tags::Known(tags) if tags.is_empty()) {
            return Err(Error::new(attribute.span(), "there is no type in the attribute"));
        }
        Ok(Self { ident: &variant.ident, tags, has_data })
    }

    /// The arm that decodes this variant.
    fn arm(&self) -> Option<TokenStream> {
        let (Tags::Known(tags), ident) = (&self.tags, self.ident) else { return None };
        let decoded = if self.has_data {
            quote!(::countersign::__private::Deserialize::deserialize(data).map(Self::#ident))
        } else {
            quote! {
                <::countersign::__private::IgnoredAny as ::countersign::__private::Deserialize>::deserialize(data)
                    .map(|_| Self::#ident)
            }
        };
        Some(quote!(#(#tags)|* => #decoded))
    }

    /// The arm that names this variant.
    fn name(&self) -> TokenStream {
        let (ident, name) = (self.ident, self.ident.to_string());
        quote!(Self::#ident { .. } => #name)
    }
}

fn the_unknown<'a>(entries: &[Entry<'a>], catalog: &Ident) -> Result<&'a Ident> {
    let mut unknown = entries.iter().filter(|entry| matches!(entry.tags, Tags::Unknown));
    match (unknown.next(), unknown.next()) {
        (Some(entry), None) => Ok(entry.ident),
        (Some(_), Some(second)) => {
            Err(Error::new(second.ident.span(), "there is a variant for unknown types already"))
        }
        (None, _) => Err(Error::new(
            catalog.span(),
            "providers add types: add `#[event(unknown)] Unknown(countersign::UnknownEvent)`",
        )),
    }
}

fn distinct_tags<'e>(entries: &'e [Entry<'_>]) -> Result<Vec<&'e LitStr>> {
    let mut seen = HashSet::new();
    let mut tags = Vec::new();
    for entry in entries {
        let Tags::Known(known) = &entry.tags else { continue };
        for tag in known {
            if !seen.insert(tag.value()) {
                return Err(Error::new(tag.span(), "this type has a variant already"));
            }
            tags.push(tag);
        }
    }
    Ok(tags)
}
