//! The founding providers, with an event of each and its variations.

use actix_web::web::ServiceConfig;
use axum::routing::MethodRouter;
use countersign::Provider;
use countersign::providers::{preflix, printprice, proxiant, redpin};
use countersign::receiver::Receiver;

use super::mount::{on_actix, on_axum};

/// A provider and its deliveries. `{time}` in a body is the time of the event, in RFC 3339.
pub(super) struct Founder {
    pub(super) provider: &'static Provider,
    /// An event.
    pub(super) event: &'static str,
    /// The variant of the catalogue for the event.
    pub(super) variant: &'static str,
    /// An event of an unknown type.
    pub(super) unknown: &'static str,
    /// An event whose data does not have the shape of its type.
    pub(super) misshapen: &'static str,
    /// The endpoint, with the typed catalogue.
    pub(super) axum: fn(Receiver) -> MethodRouter,
    pub(super) actix: fn(&mut ServiceConfig, &str, Receiver),
}

impl Founder {
    pub(super) fn path(&self) -> String {
        format!("/webhooks/{}", self.provider.slug)
    }
}

pub(super) static FOUNDERS: [Founder; 4] = [
    Founder {
        provider: &preflix::PROVIDER,
        event: r#"{"id":"evt_7b2","type":"audit.completed","created_at":"{time}","data":{"bill_id":"bill_8f4","report_id":"report_33","status":"complete"}}"#,
        variant: "AuditCompleted",
        unknown: r#"{"id":"evt_7b3","type":"audit.reopened","created_at":"{time}","data":{"bill_id":"bill_8f4"}}"#,
        misshapen: r#"{"id":"evt_7b4","type":"audit.completed","created_at":"{time}","data":{"bill_id":8}}"#,
        axum: on_axum::<preflix::Event>,
        actix: on_actix::<preflix::Event>,
    },
    Founder {
        provider: &redpin::PROVIDER,
        event: r#"{"event_name":"REFERRAL_CREATED","status":"CREATED","referral_id":"ref_1","partner_id":"partner_1","referral_date":"2025-05-20T19:14:05.878"}"#,
        variant: "ReferralCreated",
        unknown: r#"{"event_name":"EndpointDisabledEvent","endpoint_id":"ep_1"}"#,
        misshapen: r#"{"event_name":"REFERRAL_CREATED","status":"FAILED","referral_id":"ref_2","partner_id":"partner_1"}"#,
        axum: on_axum::<redpin::Event>,
        actix: on_actix::<redpin::Event>,
    },
    Founder {
        provider: &printprice::PROVIDER,
        event: r#"{"event":"pricing.completed","timestamp":"{time}","entity_id":"quote_1","environment":"production","data":{"total":"129.50"}}"#,
        variant: "PricingCompleted",
        unknown: r#"{"event":"pricing.expired","timestamp":"{time}","entity_id":"quote_1","environment":"production","data":{}}"#,
        misshapen: r#"{"event":"pricing.completed","timestamp":"{time}","entity_id":"quote_1","environment":"production","data":"129.50"}"#,
        axum: on_axum::<printprice::Event>,
        actix: on_actix::<printprice::Event>,
    },
    Founder {
        provider: &proxiant::PROVIDER,
        event: r#"{"id":"del_1","event":"job.served","created_at":"{time}","data":{"job":{"id":"9b1deb4d","job_number":"FH-2025-04812","status":"served"},"attempt":{"id":"b2c3d4e5","sequence_number":3,"outcome":"served","gps_verified":true}}}"#,
        variant: "JobServed",
        unknown: r#"{"id":"del_2","event":"job.archived","created_at":"{time}","data":{"job":{"id":"9b1deb4d"}}}"#,
        misshapen: r#"{"id":"del_3","event":"job.served","created_at":"{time}","data":{"job":{"id":"9b1deb4d"}}}"#,
        axum: on_axum::<proxiant::Event>,
        actix: on_actix::<proxiant::Event>,
    },
];
