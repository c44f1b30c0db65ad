//! Bodies of the events that are used most: those that a provider publishes, or ones with the members that its pages show and
//! invented values.

use std::fmt;

use serde_json::Value;

/// The bodies of a provider.
struct Bodies {
    /// The declarations that verify them.
    slugs: &'static [&'static str],
    texts: Texts,
}

/// The texts of the bodies, by the types of the events, the most common one first.
enum Texts {
    /// Written here: an object with the body of each type.
    Realistic { types: &'static [&'static str], json: &'static str },
    /// Published by the provider: a text for each type.
    Official(&'static [(&'static str, &'static str)]),
}

/// Returns the whole body of an event, if there is one.
pub(super) fn body(slug: &str, event_type: &str) -> Option<Value> {
    match &of(slug)?.texts {
        Texts::Realistic { json, .. } => {
            let mut all: serde_json::Map<String, Value> = serde_json::from_str(json).ok()?;
            all.remove(event_type)
        }
        Texts::Official(texts) => {
            let (_, text) = texts.iter().find(|(other, _)| *other == event_type)?;
            serde_json::from_str(text).ok()
        }
    }
}

/// Returns the types of which there are bodies.
pub(super) fn types(slug: &str) -> Vec<&'static str> {
    match of(slug).map(|bodies| &bodies.texts) {
        Some(Texts::Realistic { types, .. }) => types.to_vec(),
        Some(Texts::Official(texts)) => texts.iter().map(|(event_type, _)| *event_type).collect(),
        None => Vec::new(),
    }
}

/// Returns whether the bodies of a provider are those that it publishes.
pub(super) fn are_official(slug: &str) -> bool {
    of(slug).is_some_and(|bodies| matches!(bodies.texts, Texts::Official(_)))
}

fn of(slug: &str) -> Option<&'static Bodies> {
    BODIES.iter().find(|bodies| bodies.slugs.contains(&slug))
}

const fn realistic(types: &'static [&'static str], json: &'static str) -> Texts {
    Texts::Realistic { types, json }
}

/// Reads the files of a folder, one for each type.
macro_rules! official {
    ($folder:literal: $($event_type:literal)*) => {
        Texts::Official(&[$(
            ($event_type, include_str!(concat!("bodies/", $folder, "/", $event_type, ".json"))),
        )*])
    };
}

/// The origin of a sample's body.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum SampleOrigin {
    /// The provider publishes it as an example: the folder of the body in this crate names the source and the licence.
    Official,
    /// It has the members that the provider's pages show, and invented values.
    Realistic,
    /// It has id, type and timestamp where the declaration reads them, and invented data.
    Minimal,
}

impl fmt::Display for SampleOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Official => "official",
            Self::Realistic => "realistic",
            Self::Minimal => "minimal",
        })
    }
}

static BODIES: [Bodies; 16] = [
    Bodies { slugs: &["adyen-item"], texts: official!("adyen": "AUTHORISATION") },
    Bodies {
        slugs: &["clerk"],
        texts: realistic(
            &["user.created", "user.deleted", "organization.created"],
            include_str!("bodies/clerk.json"),
        ),
    },
    Bodies {
        slugs: &["discord"],
        texts: realistic(
            &["APPLICATION_AUTHORIZED", "ENTITLEMENT_CREATE"],
            include_str!("bodies/discord.json"),
        ),
    },
    Bodies {
        slugs: &["github-sha256", "github-sha1"],
        texts: official!("github":
                "push" "pull_request" "issues" "issue_comment" "release" "workflow_run" "ping"
                "branch_protection_rule" "check_run" "check_suite" "code_scanning_alert" "commit_comment" "create"
                "delete" "dependabot_alert" "deploy_key" "deployment" "deployment_status" "discussion"
                "discussion_comment" "fork" "github_app_authorization" "gollum" "installation"
                "installation_repositories" "label" "member" "membership" "merge_group" "meta" "milestone"
                "organization" "org_block" "package" "page_build" "project" "project_card" "project_column"
                "projects_v2_item" "public" "pull_request_review" "pull_request_review_comment"
                "pull_request_review_thread" "repository_dispatch" "repository" "repository_import"
                "repository_vulnerability_alert" "security_advisory" "sponsorship" "star" "status" "team" "team_add"
                "watch" "workflow_dispatch" "workflow_job"
        ),
    },
    Bodies {
        slugs: &["gitlab-token", "gitlab-signing-token"],
        texts: realistic(&["Push Hook", "Merge Request Hook"], include_str!("bodies/gitlab.json")),
    },
    Bodies {
        slugs: &["line"],
        texts: official!("line": "message" "follow" "unfollow" "join" "leave" "postback" "beacon" "accountLink" "memberJoined" "memberLeft" "unsend" "videoPlayComplete" "messageEdited"),
    },
    Bodies {
        slugs: &["linear"],
        texts: realistic(&["Issue", "Comment"], include_str!("bodies/linear.json")),
    },
    Bodies {
        slugs: &["mailgun"],
        texts: realistic(&["delivered", "failed"], include_str!("bodies/mailgun.json")),
    },
    Bodies {
        slugs: &["paypal"],
        texts: realistic(
            &["PAYMENT.CAPTURE.COMPLETED", "CHECKOUT.ORDER.APPROVED", "BILLING.SUBSCRIPTION.CANCELLED"],
            include_str!("bodies/paypal.json"),
        ),
    },
    Bodies {
        slugs: &["resend"],
        texts: realistic(
            &["email.delivered", "email.bounced", "email.sent"],
            include_str!("bodies/resend.json"),
        ),
    },
    Bodies {
        slugs: &["sendgrid"],
        texts: realistic(&["delivered", "open", "bounce"], include_str!("bodies/sendgrid.json")),
    },
    Bodies {
        slugs: &["shopify"],
        texts: realistic(
            &["orders/create", "orders/paid", "products/update", "app/uninstalled"],
            include_str!("bodies/shopify.json"),
        ),
    },
    Bodies {
        slugs: &["slack"],
        texts: realistic(&["message", "app_mention", "app_home_opened"], include_str!("bodies/slack.json")),
    },
    Bodies {
        slugs: &["square"],
        texts: realistic(&["payment.updated", "refund.created"], include_str!("bodies/square.json")),
    },
    Bodies {
        slugs: &["stripe"],
        texts: realistic(
            &[
                "invoice.paid",
                "checkout.session.completed",
                "payment_intent.succeeded",
                "customer.subscription.updated",
                "customer.subscription.deleted",
                "charge.refunded",
            ],
            include_str!("bodies/stripe.json"),
        ),
    },
    Bodies {
        slugs: &["twilio-form"],
        texts: realistic(&["delivered", "received", "ringing"], include_str!("bodies/twilio.json")),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use countersign::providers;

    use super::*;

    #[test]
    fn the_types_are_those_of_the_files_and_the_slugs_are_declared() {
        for bodies in &BODIES {
            for slug in bodies.slugs {
                assert!(providers::find(slug).is_some_and(|found| found.slug == *slug), "{slug}");
                for event_type in types(slug) {
                    let body = body(slug, event_type);
                    assert!(body.is_some_and(|body| body.to_string().len() > 80), "{slug} {event_type}");
                }
            }
            if let Texts::Realistic { types, json } = bodies.texts {
                let all: serde_json::Map<String, Value> = serde_json::from_str(json).unwrap();
                assert_eq!(
                    BTreeSet::from_iter(types.iter().copied()),
                    all.keys().map(String::as_str).collect()
                );
            }
        }
    }

    #[test]
    fn each_official_body_is_listed_and_its_folder_has_licence_and_source() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/simulators/sample/bodies");
        let folders =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
        let mut seen = 0;
        for folder in folders {
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            let slug = providers::find(&name).unwrap().slug.clone();
            assert!(are_official(&slug), "{name}");
            assert!(fs::read_to_string(folder.join("LICENSE")).unwrap().contains("Copyright"), "{name}");
            assert!(fs::read_to_string(folder.join("SOURCE.md")).unwrap().contains("https://"), "{name}");
            let files =
                fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let there: BTreeSet<_> =
                files.filter_map(|file| Some(file.strip_suffix(".json")?.to_owned())).collect();
            assert_eq!(there, types(&slug).into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), "{name}");
            seen += 1;
        }
        assert!(seen > 0);
    }
}
