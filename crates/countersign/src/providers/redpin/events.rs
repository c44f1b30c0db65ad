use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::event::UnknownEvent;

/// The events of Redpin.
#[derive(Clone, Debug, PartialEq, countersign_macros::EventCatalog)]
#[non_exhaustive]
pub enum Event {
    /// `REFERRAL_CREATED`: a referral was created, or failed.
    #[event("REFERRAL_CREATED")]
    ReferralCreated(Box<Referral>),
    /// `endpoint.disabled`: Svix stops sending to an endpoint that failed for days.
    #[event("endpoint.disabled")]
    EndpointDisabledEvent(EndpointDisabledEvent),
    /// A type without a variant, including further operational ones of Svix such as `message.attempt.exhausted`.
    #[event(unknown)]
    Unknown(UnknownEvent),
}

/// A referral. Dates are kept as received: they have no time zone.
///
/// Decoding also checks the schema's conditions: corporate customers have a company, and failed referrals a
/// message.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(remote = "Self")]
pub struct Referral {
    /// The type of the event: `REFERRAL_CREATED`.
    pub event_name: String,
    /// Whether the referral was created.
    pub status: ReferralStatus,
    /// The id of the referral.
    pub referral_id: String,
    /// The id of the referring partner.
    pub partner_id: String,
    /// The id of the customer, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The type of the customer. `Corporate` customers have a [`Company`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_type: Option<CustomerType>,
    /// The reason for the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_message: Option<String>,
    /// The time at which the referral was created, for example `2025-05-20T19:14:05.878`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral_date: Option<String>,
    /// The time at which the customer registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_date: Option<String>,
    /// The time of the customer's first trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_trade_date: Option<String>,
    /// Additional data from the partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_details: Option<AdditionalDetails>,
    /// The contact person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// The company, for corporate customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Referral {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let referral = Self::deserialize(deserializer)?;
        if referral.customer_type == Some(CustomerType::Corporate) && referral.company.is_none() {
            return Err(D::Error::custom("`company` is missing, and `customer_type` is `Corporate`"));
        }
        if referral.status == ReferralStatus::Failed
            && referral.failure_message.as_deref().is_none_or(str::is_empty)
        {
            return Err(D::Error::custom("`failure_message` is missing, and `status` is `FAILED`"));
        }
        Ok(referral)
    }
}

impl Serialize for Referral {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// The type of a customer. The documentation names only `Corporate`; the other names were chosen.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum CustomerType {
    /// A company, described by a [`Company`].
    Corporate,
    /// A person.
    Private,
    /// A person, under another name.
    Individual,
}

/// Svix's operational webhook about an endpoint that was disabled after days of failures. The whole body is the
/// data.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EndpointDisabledEvent {
    /// The endpoint, and the time of its first failure.
    pub data: DisabledEndpoint,
    /// Fields without a member of their own, as received, including the type.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An endpoint that was disabled.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct DisabledEndpoint {
    /// The id of the application at Svix.
    pub app_id: String,
    /// The application's id at Redpin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_uid: Option<String>,
    /// The id of the endpoint.
    pub endpoint_id: String,
    /// The endpoint's id at Redpin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_uid: Option<String>,
    /// The time of the first failure, as received.
    pub fail_since: String,
    /// The cause, for example `consecutive-failures`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The status of a referral.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum ReferralStatus {
    /// The referral was created.
    Created,
    /// The referral failed, see `failure_message`.
    Failed,
}

/// Additional data of a referral from the partner.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AdditionalDetails {
    /// The partner's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference_id: Option<String>,
    /// The country that the customer moves to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_moving_to: Option<String>,
    /// The currency pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ccy_pair: Option<String>,
    /// The estimated value of the transfer, a number or text, as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etv: Option<Value>,
    /// The requested service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_required: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A person.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Contact {
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Mobile number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile_number: Option<String>,
    /// Date of birth, as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<String>,
    /// Postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A postal address.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Address {
    /// Street and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Post code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// State.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A company.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Company {
    /// The name of the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The registration number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
