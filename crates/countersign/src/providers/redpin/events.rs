use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use crate::event::UnknownEvent;

/// The events of Redpin.
#[derive(Clone, Debug, PartialEq, countersign_macros::EventCatalog)]
#[non_exhaustive]
pub enum Event {
    /// `REFERRAL_CREATED`: a referral was made, or failed.
    #[event("REFERRAL_CREATED")]
    ReferralCreated(Box<Referral>),
    /// A type that came later, for instance Svix's `EndpointDisabledEvent`.
    #[event(unknown)]
    Unknown(UnknownEvent),
}

/// A referral. Dates are kept as they were sent: they have no time zone.
///
/// Decoding checks what the schema asks for beyond types: corporate customers come with a company, and failed
/// referrals with a message.
#[derive(Clone, Debug, Deserialize, PartialEq)]
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
    pub customer_id: Option<String>,
    /// `Corporate` customers come with a [`Company`].
    pub customer_type: Option<String>,
    /// Why it failed.
    pub failure_message: Option<String>,
    /// When the referral was made, for instance `2025-05-20T19:14:05.878`.
    pub referral_date: Option<String>,
    /// When the customer registered.
    pub registration_date: Option<String>,
    /// When the customer first traded.
    pub first_trade_date: Option<String>,
    /// What the partner sent along.
    pub additional_details: Option<AdditionalDetails>,
    /// The person.
    pub contact: Option<Contact>,
    /// The company, for corporate customers.
    pub company: Option<Company>,
}

impl<'de> Deserialize<'de> for Referral {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let referral = Self::deserialize(deserializer)?;
        if referral.customer_type.as_deref() == Some("Corporate") && referral.company.is_none() {
            return Err(D::Error::custom("`company` is missing, and `customer_type` is `Corporate`"));
        }
        if referral.status == ReferralStatus::Failed && referral.failure_message.is_none() {
            return Err(D::Error::custom("`failure_message` is missing, and `status` is `FAILED`"));
        }
        Ok(referral)
    }
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
    pub client_reference_id: Option<String>,
    /// Where the customer moves to.
    pub country_moving_to: Option<String>,
    /// The pair of currencies.
    pub ccy_pair: Option<String>,
    /// The estimated value of the transfer, a number or text, as it was sent.
    pub etv: Option<serde_json::Value>,
    /// What is asked for.
    pub service_required: Option<String>,
}

/// A person.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Contact {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone_number: Option<String>,
    /// Mobile number.
    pub mobile_number: Option<String>,
    /// Date of birth, as it was sent.
    pub date_of_birth: Option<String>,
    /// Postal address.
    pub address: Option<Address>,
}

/// A postal address.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Address {
    /// Street and number.
    pub street: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Post code.
    pub post_code: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// State.
    pub state: Option<String>,
}

/// A company.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Company {
    /// Its name.
    pub name: Option<String>,
    /// Its number in the register.
    pub registration_number: Option<String>,
}
