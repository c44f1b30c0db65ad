//! Tests that the programs take every provider of the catalogue.

use countersign::providers;
use countersign_tests::programs::Example;

use crate::fixtures;
use crate::support::Setup;

#[test]
fn every_provider_of_the_catalogue_is_received() {
    for provider in providers::all() {
        let complete = fixtures::complete(provider);
        let of = |name: &str| format!("{}_{name}", provider.slug).to_uppercase().replace('-', "_");
        let parameters = provider.open_parameters();
        let mut variables: Vec<_> = parameters
            .iter()
            .map(|name| {
                (of(name), fixtures::PARAMETERS.iter().find(|(other, _)| other == name).unwrap().1.to_owned())
            })
            .collect();
        variables.push((of("secret"), fixtures::keys(&complete).1.expose_secret().to_owned()));
        variables.push(("PROVIDER".to_owned(), provider.slug.to_string()));
        variables.push(("PUBLIC_URL".to_owned(), "https://hooks.example.com".to_owned()));
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for name in ["example-inbox", "example-inbox-actix"] {
            let started = Setup::with_file(name).try_start(&variables);
            started.unwrap_or_else(|said| panic!("{name}: {}: {said}", provider.slug));
        }
        for framework in ["axum", "actix"] {
            let variables = [variables.as_slice(), &[("FRAMEWORK", framework)]].concat();
            let started = Example::start("example-dedupe", &variables);
            started.unwrap_or_else(|said| panic!("example-dedupe, {framework}: {}: {said}", provider.slug));
        }
    }
}

#[test]
fn a_missing_parameter_is_named() {
    for name in ["example-inbox", "example-dedupe"] {
        let refused = Setup::with_file(name).try_start(&[("PROVIDER", "fal"), ("FAL_SECRET", "x")]);
        let said = refused.map(drop).unwrap_err();
        assert!(said.contains("FAL_USER_ID is not set"), "{name}: {said}");
    }
}
