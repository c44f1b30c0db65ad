//! The derive macro of the `countersign` crate. Use it through `countersign::EventCatalog`.
//!
//! # Minimum supported Rust version
//!
//! 1.88.

mod catalog;
mod single;
mod tags;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Error};

/// Derives `countersign::EventCatalog` for an enum of events, or for a struct that is one of them.
///
/// Every variant of an enum has one `#[event(...)]` attribute: its event types as strings, or `unknown` on the one
/// variant that receives all other types: as a `countersign::UnknownEvent`, or without a field. A variant holds the
/// data in one field, or has no field if the data is not needed.
///
/// Types whose data has versions name the present one, and the types of the data of earlier ones, oldest first:
/// `#[event("its.type", version = 3, earlier(1 = DataV1, 2 = DataV2))]`. Each type converts into the next with
/// `TryFrom` or `From`. A version is a number or a text.
///
/// A struct has one `#[event(...)]` attribute with its types. It is the data itself, decoded with
/// `serde::Deserialize`; a unit struct ignores the data. An event of another type is an error, so use a struct in
/// handlers that receive only its types.
#[proc_macro_derive(EventCatalog, attributes(event))]
pub fn event_catalog(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    let derived = match &input.data {
        Data::Enum(data) => catalog::derive(&input, data),
        Data::Struct(data) => single::derive(&input, data),
        Data::Union(_) => {
            let message =
                "a catalogue is an enum with one variant per event type, or a struct that is one of them";
            Err(Error::new(input.ident.span(), message))
        }
    };
    derived.unwrap_or_else(syn::Error::into_compile_error).into()
}
