use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{DataStruct, DeriveInput, Error, Fields, Result};

use crate::tags::{self, Tags};

/// Derives the trait for a struct, which is the data of the types in its attribute.
pub(crate) fn derive(input: &DeriveInput, data: &DataStruct) -> Result<TokenStream> {
    let message =
        "a struct has one attribute: `#[event(\"its.type\")]`; a catalogue of several shapes is an enum";
    let attribute = tags::the_attribute(&input.attrs, input.ident.span(), message)?;
    let Tags::Known(known) = tags::parse(attribute)? else {
        return Err(Error::new(
            attribute.span(),
            "a struct has the shape of its types: unknown types need an enum",
        ));
    };
    let versioned =
        tags::versioned(&known.versions(), &known.earlier_arms(&quote!(::core::convert::identity::<Self>)));
    let known = tags::distinct(known.tags.iter())?;

    let (ident, name) = (&input.ident, input.ident.to_string());
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let decoded = if matches!(data.fields, Fields::Unit) {
        quote! {
            <::countersign::__private::IgnoredAny as ::countersign::__private::Deserialize>::deserialize(data)
                .map(|_| Self)
        }
    } else {
        quote!(<Self as ::countersign::__private::Deserialize<'de>>::deserialize(data))
    };
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics ::countersign::EventCatalog for #ident #type_generics #where_clause {
            const TAGS: &'static [&'static str] = &[#(#known),*];

            fn decode<'de, D: ::countersign::__private::Deserializer<'de>>(
                tag: &str,
                data: D,
            ) -> ::core::result::Result<Self, D::Error> {
                match tag {
                    #(#known)|* => #decoded,
                    _ => ::core::result::Result::Err(<D::Error as ::countersign::__private::Error>::custom(
                        ::core::format_args!("`{tag}` is not a type of `{}`, which is for {:?}", #name, Self::TAGS),
                    )),
                }
            }

            #versioned

            fn variant(&self) -> &'static str {
                #name
            }
        }
    })
}
