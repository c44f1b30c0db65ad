use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::event::UnknownEvent;

/// The events of Redpin.
#[derive(Clone, Debug, PartialEq, countersign_macros::EventCatalog)]
#[non_exhaustive]
pub enum Event {
    /// `REFERRAL_CREATED`: a referral was made, or failed.
    #[event("REFERRAL_CREATED")]
    ReferralCreated(Box<Referral>),
    /// `endpoint.disabled`: Svix sends nothing more to an endpoint that failed for days.
    #[event("endpoint.disabled")]
    EndpointDisabledEvent(EndpointDisabledEvent),
    /// A type that came later, or another operational one of Svix, for instance `message.attempt.exhausted`.
    #[event(unknown)]
    Unknown(UnknownEvent),
}

/// A referral. Dates are kept as they were sent: they have no time zone.
///
/// Decoding checks what the schema asks for beyond types: corporate customers come with a company, and failed
/// referrals with a message.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(remote = "Self")]
pub struct Referral {
    /// Whether it was made.
    pub status: ReferralStatus,
    /// The referral.
    pub referral_id: String,
    /// The partner who referred.
    pub partner_id: String,
    /// The customer, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// `Corporate` customers come with a [`Company`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_type: Option<CustomerType>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_message: Option<String>,
    /// When the referral was made, for instance `2025-05-20T19:14:05.878`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral_date: Option<String>,
    /// When the customer registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_date: Option<String>,
    /// When the customer first traded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_trade_date: Option<String>,
    /// What the partner sent along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_details: Option<AdditionalDetails>,
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// The company, for corporate customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    /// The fields that have no place of their own, as they came.
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

/// The kind of a customer. The page names `Corporate` alone; the others are chosen.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum CustomerType {
    /// A company: it comes with a [`Company`].
    Corporate,
    /// A person.
    Private,
    /// A person, by another name.
    Individual,
}

/// The operational webhook of Svix about an endpoint that was disabled after days of failures. The whole body is the
/// data.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EndpointDisabledEvent {
    /// The endpoint, and since when it failed.
    pub data: DisabledEndpoint,
    /// The fields that have no place of their own, as they came: the type among them.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An endpoint that was disabled.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct DisabledEndpoint {
    /// The application at Svix.
    pub app_id: String,
    /// The application by the name that Redpin gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_uid: Option<String>,
    /// The endpoint.
    pub endpoint_id: String,
    /// The endpoint by the name that Redpin gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_uid: Option<String>,
    /// The time of the first failure, as it was sent.
    pub fail_since: String,
    /// The cause, for instance `consecutive-failures`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Whether a referral was made.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum ReferralStatus {
    /// It was made.
    Created,
    /// It failed, see `failure_message`.
    Failed,
}

/// What a partner sent along with a referral.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AdditionalDetails {
    /// The partner's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference_id: Option<String>,
    /// Where the customer moves to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_moving_to: Option<String>,
    /// The pair of currencies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ccy_pair: Option<String>,
    /// The estimated value of the transfer, a number or text, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etv: Option<Value>,
    /// What is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_required: Option<String>,
    /// The fields that have no place of their own, as they came.
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
    /// Date of birth, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<String>,
    /// Postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The fields that have no place of their own, as they came.
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
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A company.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Company {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its number in the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<String>,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
