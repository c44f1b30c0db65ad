//! Secrets per tenant, and custom responses.

use countersign::receiver::{self, Problem, RejectionBody, ResolveError, Tenant};
use countersign::{Secret, SecretSet};

use crate::sender::{OTHER_SECRET, SECRET};
use crate::senders::{GITHUB, PREFLIX, REDPIN, SVIX};
use crate::{Case, Expected, Request, Sender};

pub(super) fn cases() -> Vec<Case> {
    [&SVIX, &PREFLIX, &GITHUB].into_iter().flat_map(tenants).chain(answers()).collect()
}

/// Returns cases with the tenants `acme`, `broken`, whose look-up fails, and `misconfigured`.
fn tenants(sender: &'static Sender) -> Vec<Case> {
    let of_acme = |target: &str| sender.signs_with(OTHER_SECRET).with_target(target);
    let found = sender.handled().under("acme");
    let rows: [(&str, Request, Expected); 10] = [
        ("tenant by path", of_acme("/webhooks/acme"), found),
        ("tenant by query", of_acme("/webhooks/x?a=b&tenant=acme"), found),
        ("tenant by header", of_acme("/webhooks/x").with("x-tenant", "acme"), found),
        (
            "the secret of another tenant",
            sender.signs_with(SECRET).with_target("/webhooks/acme"),
            Expected::rejected(401, "signature_mismatch"),
        ),
        ("unknown tenant", of_acme("/webhooks/unknown"), Expected::rejected(401, "signature_mismatch")),
        ("no tenant", of_acme("/webhooks/"), Expected::rejected(401, "signature_mismatch")),
        ("encoded tenant", of_acme("/webhooks/ac%6De"), sender.handled().under("acme")),
        (
            "failing look-up that is not needed",
            of_acme("/webhooks/broken").without(sender.signature),
            Expected::rejected(400, "missing_signature"),
        ),
        ("failing look-up", of_acme("/webhooks/broken"), Expected::later("secrets_unavailable")),
        (
            "missing signature of a tenant",
            of_acme("/webhooks/acme").without(sender.signature),
            Expected::rejected(400, "missing_signature"),
        ),
    ];
    let mut cases: Vec<_> =
        rows.map(|(what, request, expected)| Case::new(what, sender, request, expected)).into();
    if sender.provider.slug == SVIX.provider.slug {
        let unusable = Expected::rejected(500, "bad_secrets");
        cases.push(Case::new("unusable secret", sender, of_acme("/webhooks/misconfigured"), unusable));
    }
    cases
        .into_iter()
        .map(|case| {
            case.with_receiver(|receiver| receiver.to_builder().with_tenants(tenant).build().unwrap())
        })
        .collect()
}

async fn tenant(request: receiver::RequestHead) -> Result<Option<Tenant>, ResolveError> {
    let uri = request.uri();
    let header = request.headers().get("x-tenant").and_then(|value| value.to_str().ok());
    let query = uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("tenant=")));
    let path = request.last_path_segment();
    let secret = |text: &str| Tenant::new("acme", SecretSet::named("acme", Secret::new(text).unwrap()));
    match header.or(query).or(path.as_deref()) {
        Some("acme") => Ok(Some(secret(OTHER_SECRET))),
        Some("misconfigured") => Ok(Some(secret("no base64!"))),
        Some("broken") => Err(ResolveError::new(format!("the database that keeps {OTHER_SECRET} is away"))),
        _ => Ok(None),
    }
}

/// Returns cases of the receiver's custom response, before the handler and from it.
fn answers() -> Vec<Case> {
    let own =
        |status, body| Expected::Own { status, header: ("content-type", "text/plain; charset=utf-8"), body };
    let misshapen = REDPIN.event.body.replace("CREATED\"", "FAILED\"");
    let misshapen = misshapen.replace("REFERRAL_FAILED", "REFERRAL_CREATED");
    let cases = [
        Case::new("own answer to 401", &GITHUB, GITHUB.signs_with(OTHER_SECRET), own(401, "not genuine")),
        Case::new(
            "own answer to 400",
            &SVIX,
            SVIX.genuine().without("svix-id"),
            own(400, "something else is wrong"),
        ),
        Case::new("own answer to 422", &REDPIN, REDPIN.sends(misshapen), own(422, "something else is wrong")),
        Case::new("own answer, not needed", &REDPIN, REDPIN.genuine(), REDPIN.handled()),
    ];
    cases
        .map(|case| {
            case.with_receiver(|receiver| receiver.to_builder().with_rejection_body(answer).build().unwrap())
        })
        .into()
}

fn answer(problem: &Problem) -> RejectionBody {
    RejectionBody::text(match problem.title() {
        "signature_mismatch" => "not genuine",
        _ => "something else is wrong",
    })
}
