//! Timestamps: too old, too new, at the limits, and missing.

use countersign::receiver::Receiver;
use countersign::{Secret, SecretSet, Tolerance, UnixTime, Verifier};

use crate::sender::{OLD_SECRET, SECRET};
use crate::senders::{PREFLIX, PROXIANT, SENDERS};
use crate::{Case, Dated, Dating, Expected, NOW, Sender};

pub(super) fn cases() -> Vec<Case> {
    let dated = SENDERS.into_iter().filter_map(|sender| Some((sender, sender.dating.as_ref()?)));
    let each = dated.flat_map(|(sender, dating)| [window(sender, dating), texts(sender, dating)]);
    each.flatten().chain(in_bodies()).chain(options()).collect()
}

/// Returns cases at both limits, which are inclusive.
fn window(sender: &'static Sender, dating: &Dating) -> Vec<Case> {
    let rows = [
        ("as old as can be", -dating.past, sender.handled()),
        ("stale", -dating.past - 1, TOO_OLD),
        ("very stale", -NOW.as_secs(), TOO_OLD),
        ("as early as can be", dating.future, sender.handled()),
        ("from the future", dating.future + 1, TOO_NEW),
        ("from the far future", 100_000_000_000, TOO_NEW),
    ];
    let in_range = |secs| !matches!(dating.at, Dated::InBody) || secs < 100_000_000_000;
    rows.into_iter()
        .filter(|(_, secs, _)| in_range(*secs))
        .map(|(what, secs, expected)| Case::new(what, sender, sender.sends_later(secs), expected))
        .collect()
}

/// Returns cases of invalid timestamps, and of timestamps that were not signed.
fn texts(sender: &'static Sender, dating: &Dating) -> Vec<Case> {
    let malformed: &[&str] = match dating.at {
        Dated::InHeader(_) | Dated::InSignature => {
            &["soon", "-1700000000", "+1700000000", "1.7e9", "1700000000000", "2023-11-14T22:13:20Z"]
        }
        Dated::InBody => &["soon", "1700000000", "2023-11-14", "2023-11-14T22:13:20", "2023-13-14T22:13:20Z"],
    };
    let mut cases: Vec<_> = malformed
        .iter()
        .map(|stamp| {
            let expected = Expected::rejected(400, "malformed_timestamp");
            Case::new(&format!("timestamp {stamp}"), sender, sender.stamps(Some(stamp)), expected)
        })
        .collect();
    cases.push(Case::new("missing timestamp", sender, sender.stamps(None), MISSING));
    if !matches!(dating.at, Dated::InBody) {
        let mismatch = Expected::rejected(401, "signature_mismatch");
        let another = sender.stamps(Some("1700000001"));
        cases.push(Case::new("another timestamp than was signed", sender, another, mismatch));
        cases.push(Case::new("empty timestamp", sender, sender.stamps(Some("")), MISSING));
        cases.push(Case::new("stale by replacement", sender, sender.stamps(Some("1699999699")), TOO_OLD));
        let extreme = sender.stamps(Some("9223372036854775807"));
        cases.push(Case::new("the last timestamp of all", sender, extreme, TOO_NEW));
    }
    cases
}

/// Returns cases of timestamps in the body, which count only once the body is verified.
fn in_bodies() -> Vec<Case> {
    let with = |created_at: &str| PROXIANT.event.body.replace(r#""{time}""#, created_at);
    let forged = PROXIANT.sends_later(-7201).map_body(|body| {
        *body = String::from_utf8(body.clone()).unwrap().replace("20:13:19", "22:13:20").into_bytes();
    });
    let rows = [
        ("created_at is null", PROXIANT.sends(with("null")), MISSING),
        ("created_at is empty", PROXIANT.sends(with(r#""""#)), MISSING),
        (
            "created_at is a number",
            PROXIANT.sends(with("1700000000")),
            Expected::rejected(400, "malformed_timestamp"),
        ),
        (
            "created_at in another zone",
            PROXIANT.sends(with(r#""2023-11-15T00:13:20+02:00""#)),
            PROXIANT.handled(),
        ),
        (
            "created_at with a fraction",
            PROXIANT.sends(with(r#""2023-11-14T22:13:20.123Z""#)),
            PROXIANT.handled(),
        ),
        ("made young", forged, Expected::rejected(401, "signature_mismatch")),
    ];
    rows.map(|(what, request, expected)| Case::new(what, &PROXIANT, request, expected)).into()
}

/// Returns cases of custom tolerances and keys.
fn options() -> Vec<Case> {
    let case = |what, secs, tolerance, expected| {
        let case = Case::new(what, &PREFLIX, PREFLIX.sends_later(secs), expected);
        let verifier = Verifier::builder(PREFLIX.provider, Secret::new(SECRET).unwrap());
        let verifier = verifier.with_tolerance(tolerance).build().unwrap();
        case.with_receiver(|_| Receiver::builder(verifier).with_clock(NOW).build().unwrap())
    };
    let handled = PREFLIX.handled().under("primary");
    let old_key = |what, until: i64, expected| {
        let secrets = SecretSet::named("new", Secret::new(SECRET).unwrap()).with_until(
            "old",
            Secret::new(OLD_SECRET).unwrap(),
            UnixTime::from_secs(until),
        );
        let verifier = Verifier::new(PREFLIX.provider, secrets).unwrap();
        Case::new(what, &PREFLIX, PREFLIX.signs_with(OLD_SECRET), expected)
            .with_receiver(|_| Receiver::builder(verifier).with_clock(NOW).build().unwrap())
    };
    let mismatch = Expected::rejected(401, "signature_mismatch");
    vec![
        case("a narrow tolerance, inside", -10, Tolerance::seconds(10), handled),
        case("a narrow tolerance, outside", -11, Tolerance::seconds(10), TOO_OLD),
        case("different bounds, inside", 20, Tolerance::between(10, 20), handled),
        case("different bounds, outside", 21, Tolerance::between(10, 20), TOO_NEW),
        case("any future", 1_000_000, Tolerance::seconds(10).insecure_any_future(), handled),
        case("any age", -1_000_000, Tolerance::seconds(10).insecure_any_age(), handled),
        old_key("the old key in its last second", NOW.as_secs(), PREFLIX.handled().under("old")),
        old_key("the old key after its time", NOW.as_secs() - 1, mismatch),
    ]
}

const TOO_OLD: Expected = Expected::rejected(401, "timestamp_too_old");
const TOO_NEW: Expected = Expected::rejected(401, "timestamp_too_new");
const MISSING: Expected = Expected::rejected(400, "missing_timestamp");
