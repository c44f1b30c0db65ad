//! Bodies of the events that are used most, with the members that the providers' pages show and invented values.

use serde_json::Value;

/// The bodies of a provider.
struct Bodies {
    /// The declarations that verify them.
    slugs: &'static [&'static str],
    /// The types of the events, the most common one first.
    types: &'static [&'static str],
    /// An object with the body of each type.
    json: &'static str,
}

/// Returns the whole body of an event, if there is one.
pub(super) fn body(slug: &str, event_type: &str) -> Option<Value> {
    let bodies = of(slug)?;
    let mut all: serde_json::Map<String, Value> = serde_json::from_str(bodies.json).ok()?;
    all.remove(event_type)
}

/// Returns the types of which there are bodies.
pub(super) fn types(slug: &str) -> &'static [&'static str] {
    of(slug).map_or(&[], |bodies| bodies.types)
}

fn of(slug: &str) -> Option<&'static Bodies> {
    BODIES.iter().find(|bodies| bodies.slugs.contains(&slug))
}

static BODIES: [Bodies; 14] = [
    Bodies {
        slugs: &["clerk"],
        types: &["user.created", "user.deleted", "organization.created"],
        json: include_str!("bodies/clerk.json"),
    },
    Bodies {
        slugs: &["discord"],
        types: &["APPLICATION_AUTHORIZED", "ENTITLEMENT_CREATE"],
        json: include_str!("bodies/discord.json"),
    },
    Bodies {
        slugs: &["github-sha256", "github-sha1"],
        types: &["push", "pull_request", "issues", "issue_comment", "release", "workflow_run", "ping"],
        json: include_str!("bodies/github.json"),
    },
    Bodies {
        slugs: &["gitlab-token", "gitlab-signing-token"],
        types: &["Push Hook", "Merge Request Hook"],
        json: include_str!("bodies/gitlab.json"),
    },
    Bodies { slugs: &["linear"], types: &["Issue", "Comment"], json: include_str!("bodies/linear.json") },
    Bodies {
        slugs: &["mailgun"],
        types: &["delivered", "failed"],
        json: include_str!("bodies/mailgun.json"),
    },
    Bodies {
        slugs: &["paypal"],
        types: &["PAYMENT.CAPTURE.COMPLETED", "CHECKOUT.ORDER.APPROVED", "BILLING.SUBSCRIPTION.CANCELLED"],
        json: include_str!("bodies/paypal.json"),
    },
    Bodies {
        slugs: &["resend"],
        types: &["email.delivered", "email.bounced", "email.sent"],
        json: include_str!("bodies/resend.json"),
    },
    Bodies {
        slugs: &["sendgrid"],
        types: &["delivered", "open", "bounce"],
        json: include_str!("bodies/sendgrid.json"),
    },
    Bodies {
        slugs: &["shopify"],
        types: &["orders/create", "orders/paid", "products/update", "app/uninstalled"],
        json: include_str!("bodies/shopify.json"),
    },
    Bodies {
        slugs: &["slack"],
        types: &["message", "app_mention", "app_home_opened"],
        json: include_str!("bodies/slack.json"),
    },
    Bodies {
        slugs: &["square"],
        types: &["payment.updated", "refund.created"],
        json: include_str!("bodies/square.json"),
    },
    Bodies {
        slugs: &["stripe"],
        types: &[
            "invoice.paid",
            "checkout.session.completed",
            "payment_intent.succeeded",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "charge.refunded",
        ],
        json: include_str!("bodies/stripe.json"),
    },
    Bodies {
        slugs: &["twilio-form"],
        types: &["delivered", "received", "ringing"],
        json: include_str!("bodies/twilio.json"),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use countersign::providers;

    use super::*;

    #[test]
    fn the_types_are_those_of_the_files_and_the_slugs_are_declared() {
        for bodies in &BODIES {
            let all: serde_json::Map<String, Value> = serde_json::from_str(bodies.json).unwrap();
            let types: BTreeSet<_> = bodies.types.iter().map(|one| (*one).to_owned()).collect();
            assert_eq!(types, all.keys().cloned().collect::<BTreeSet<_>>(), "{:?}", bodies.slugs);
            assert!(all.values().all(|body| body.to_string().len() > 80), "{:?}", bodies.slugs);
            for slug in bodies.slugs {
                assert!(providers::find(slug).is_some_and(|found| found.slug == *slug), "{slug}");
            }
        }
    }
}
