//! Tests combinations of signatures, contents and timestamps: those that load are those that a request fits.

use countersign::Provider;

use crate::support::{FORM, JSON, round_trip};

/// Every combination of the parts of a declaration.
fn declarations() -> impl Iterator<Item = String> {
    let places = ["header:x-signature", "query:sig", "json:/sig", "form:sig"];
    let formats = [
        "{ value = {} }",
        "{ value = { prefixes = \"sha256=\", required = true } }",
        "{ list = { separator = \",\", assign = \"=\", tags = \"v1\" } }",
        "{ list = { separator = \";\", assign = \":\", tags = \"t|v1\" } }",
        "{ list = { separator = \" \", assign = \",\", tags = \"v1\" } }",
        "{ list = { separator = \",\", assign = \":\", tags = \"{key}\" } }",
        "{ list = { separator = \"a\", assign = \"=\", tags = \"*\" } }",
    ];
    let contents = [
        "{body}",
        "{json:/a}",
        "{form:a}",
        "{url}{body}",
        "{method}.{query}|{json:/a}",
        "{header:x-a}.{json:/a}",
        "{header:x-signature}.{json:/a}",
        "{json:/sig}",
        "{query:sig}.{body}",
        "{body:sha256-hex}",
    ];
    let stamps = [
        "",
        "timestamp = { at = \"header:x-at\", format = \"http-date\", tolerance = 300 }",
        "timestamp = { at = \"query:t\", format = \"rfc3339\", tolerance = 300 }",
        "timestamp = { at = \"sig:t\", format = \"seconds\", tolerance = 300 }",
        "timestamp = { at = \"sig:t\", format = \"http-date\", tolerance = 300 }",
        "timestamp = { at = \"sig:t\", format = \"rfc3339\", tolerance = 300 }",
        "timestamp = { at = \"json:/at\", format = \"seconds\", tolerance = 300 }",
        "timestamp = { at = \"json:/date\", format = \"rfc3339\", tolerance = 300 }",
        "timestamp = { at = \"form:ms\", format = \"milliseconds\", tolerance = 300 }",
        "timestamp = { at = \"form:http\", format = \"http-date\", tolerance = 300 }",
    ];
    let checks = [
        "",
        "checks = [{ at = \"header:x-a\", equals = \"1\" }, { at = \"header:x-a\", equals = \"2\" }]",
        "checks = [{ at = \"query:sum\", equals = \"{json:/a}\", digest = \"sha256-hex\" }]",
    ];
    places.into_iter().flat_map(move |at| {
        formats.into_iter().flat_map(move |format| {
            contents.into_iter().flat_map(move |content| {
                stamps.into_iter().flat_map(move |stamp| {
                    checks.into_iter().flat_map(move |check| {
                        ["", "for_each = \"/items/*\""].map(|each| {
                            format!(
                                "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\n\
                                 algorithm = 'hmac-sha256'\ncontent = '{content}'\nkey = {{ after = ':' }}\n\
                                 signature = {{ at = '{at}', encoding = 'hex', format = {format} }}\n{stamp}\n{check}\n{each}\n"
                            )
                        })
                    })
                })
            })
        })
    })
}

#[test]
fn a_declaration_that_loads_is_one_that_a_request_fits() {
    let (mut loaded, mut refused, mut wrong) = (0, 0, Vec::new());
    for text in declarations() {
        let Ok(provider) = Provider::from_toml(&text) else {
            refused += 1;
            continue;
        };
        loaded += 1;
        let as_json = round_trip(&provider, JSON, "application/json");
        let verdict = as_json.or_else(|json| {
            let form = round_trip(&provider, FORM, "application/x-www-form-urlencoded");
            form.map_err(|form| format!("as JSON: {json}; as a form: {form}"))
        });
        if let Err(reason) = verdict {
            let declared = text.split("hmac-sha256'\n").nth(1).unwrap_or_default().replace('\n', " ");
            wrong.push(format!("{reason}: {declared}"));
        }
    }
    assert!(loaded > 300 && refused > 300, "{loaded} {refused}");
    let count = wrong.len();
    wrong.sort_by_key(String::len);
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{count} of {loaded}:\n{}", wrong.join("\n"));
}
