//! The derive macro of the `countersign` crate. Use it through `countersign::EventCatalog`.

mod catalog;

use proc_macro::TokenStream;

/// Derives `countersign::EventCatalog` for an enum.
///
/// Every variant has one `#[event(...)]` attribute: the types it stands for as strings, or `unknown` on the one variant
/// that keeps everything else as a `countersign::UnknownEvent`. A variant holds the data in one field, or nothing at
/// all where the data is not needed.
#[proc_macro_derive(EventCatalog, attributes(event))]
pub fn event_catalog(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    catalog::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
