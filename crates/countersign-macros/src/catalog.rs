use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{DataEnum, DeriveInput, Error, Fields, Ident, LitStr, Result, Variant};

use crate::tags::{self, Known, Tags};

/// A variant of the catalogue.
struct Entry<'a> {
    ident: &'a Ident,
    tags: Tags,
    has_data: bool,
}

pub(crate) fn derive(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    let entries = data.variants.iter().map(Entry::new).collect::<Result<Vec<_>>>()?;
    let unknown = the_unknown(&entries, &input.ident)?.unknown();
    let tags = distinct_tags(&entries)?;
    let known = entries.iter().filter_map(Entry::known);
    let versions: Vec<_> = known.flat_map(Known::versions).collect();
    let earlier: Vec<_> = entries.iter().map(Entry::earlier_arms).collect::<Result<Vec<_>>>()?.concat();
    let versioned = tags::versioned(&versions, &earlier);

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
                    _ => #unknown,
                }
            }

            #versioned

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
        let message = "a variant has one attribute: `#[event(\"its.type\")]` or `#[event(unknown)]`";
        let attribute = tags::the_attribute(&variant.attrs, variant.span(), message)?;
        let tags = tags::parse(attribute)?;
        Ok(Self { ident: &variant.ident, tags, has_data })
    }

    fn known(&self) -> Option<&Known> {
        match &self.tags {
            Tags::Known(known) => Some(known),
            Tags::Unknown => None,
        }
    }

    /// Returns the arms that decode earlier versions of the data.
    fn earlier_arms(&self) -> Result<Vec<TokenStream>> {
        let ident = self.ident;
        let arms = self.known().map(|known| known.earlier_arms(&quote!(Self::#ident))).unwrap_or_default();
        if !self.has_data && !arms.is_empty() {
            return Err(Error::new(ident.span(), "a variant without data has no versions"));
        }
        Ok(arms)
    }

    /// Returns the arm that decodes this variant.
    fn arm(&self) -> Option<TokenStream> {
        let (tags, ident) = (&self.known()?.tags, self.ident);
        let decoded = if self.has_data {
            quote!(::countersign::__private::Deserialize::deserialize(data).map(Self::#ident))
        } else {
            self.ignoring_data()
        };
        Some(quote!(#(#tags)|* => #decoded))
    }

    /// Returns the expression that decodes an event of an unknown type into this variant.
    fn unknown(&self) -> TokenStream {
        let ident = self.ident;
        if self.has_data {
            quote!(::countersign::UnknownEvent::decode(tag, data).map(Self::#ident))
        } else {
            self.ignoring_data()
        }
    }

    fn ignoring_data(&self) -> TokenStream {
        let ident = self.ident;
        quote! {
            <::countersign::__private::IgnoredAny as ::countersign::__private::Deserialize>::deserialize(data)
                .map(|_| Self::#ident)
        }
    }

    /// Returns the arm that names this variant.
    fn name(&self) -> TokenStream {
        let (ident, name) = (self.ident, self.ident.to_string());
        quote!(Self::#ident { .. } => #name)
    }
}

fn the_unknown<'e, 'a>(entries: &'e [Entry<'a>], catalog: &Ident) -> Result<&'e Entry<'a>> {
    let mut unknown = entries.iter().filter(|entry| matches!(entry.tags, Tags::Unknown));
    match (unknown.next(), unknown.next()) {
        (Some(entry), None) => Ok(entry),
        (Some(_), Some(second)) => {
            Err(Error::new(second.ident.span(), "there is a variant for unknown types already"))
        }
        (None, _) => Err(Error::new(
            catalog.span(),
            "providers add types: add `#[event(unknown)] Unknown(countersign::UnknownEvent)`, or `#[event(unknown)] Unknown`",
        )),
    }
}

fn distinct_tags<'e>(entries: &'e [Entry<'_>]) -> Result<Vec<&'e LitStr>> {
    tags::distinct(entries.iter().filter_map(Entry::known).flat_map(|known| &known.tags))
}
