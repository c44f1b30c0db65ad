//! Stripe's objects, each in an event that is named after it: tests that async-stripe's types decode what Stripe sends.

use std::{env, fs};

use countersign::{
    DecodeError, Event, EventCatalog, Head, Secret, Signer, SigningRequest, UnixTime, UnknownEvent, Verifier,
    providers,
};
use serde_json::{Value, json};

use crate::events::Change;

/// The objects of async-stripe that Stripe has an example of.
#[allow(dead_code, reason = "the tests decode them, and read none")]
#[derive(Debug, EventCatalog)]
enum Objects {
    #[event("account")]
    Account(Change<stripe_shared::Account>),
    #[event("application")]
    Application(Change<stripe_shared::Application>),
    #[event("application_fee")]
    ApplicationFee(Change<stripe_shared::ApplicationFee>),
    #[event("balance_transaction")]
    BalanceTransaction(Change<stripe_shared::BalanceTransaction>),
    #[event("bank_account")]
    BankAccount(Change<stripe_shared::BankAccount>),
    #[event("billing.credit_balance_transaction")]
    BillingCreditBalanceTransaction(Change<stripe_shared::BillingCreditBalanceTransaction>),
    #[event("billing.credit_grant")]
    BillingCreditGrant(Change<stripe_shared::BillingCreditGrant>),
    #[event("capability")]
    Capability(Change<stripe_shared::Capability>),
    #[event("card")]
    Card(Change<stripe_shared::Card>),
    #[event("cash_balance")]
    CashBalance(Change<stripe_shared::CashBalance>),
    #[event("charge")]
    Charge(Change<stripe_shared::Charge>),
    #[event("checkout.session")]
    CheckoutSession(Change<stripe_shared::CheckoutSession>),
    #[event("coupon")]
    Coupon(Change<stripe_shared::Coupon>),
    #[event("credit_note")]
    CreditNote(Change<stripe_shared::CreditNote>),
    #[event("credit_note_line_item")]
    CreditNoteLineItem(Change<stripe_shared::CreditNoteLineItem>),
    #[event("customer")]
    Customer(Change<stripe_shared::Customer>),
    #[event("customer_balance_transaction")]
    CustomerBalanceTransaction(Change<stripe_shared::CustomerBalanceTransaction>),
    #[event("customer_cash_balance_transaction")]
    CustomerCashBalanceTransaction(Change<stripe_shared::CustomerCashBalanceTransaction>),
    #[event("discount")]
    Discount(Change<stripe_shared::Discount>),
    #[event("dispute")]
    Dispute(Change<stripe_shared::Dispute>),
    #[event("entitlements.feature")]
    EntitlementsFeature(Change<stripe_shared::EntitlementsFeature>),
    #[event("file")]
    File(Change<stripe_shared::File>),
    #[event("file_link")]
    FileLink(Change<stripe_shared::FileLink>),
    #[event("funding_instructions")]
    FundingInstructions(Change<stripe_shared::FundingInstructions>),
    #[event("invoice")]
    Invoice(Change<stripe_shared::Invoice>),
    #[event("invoice_payment")]
    InvoicePayment(Change<stripe_shared::InvoicePayment>),
    #[event("issuing.authorization")]
    IssuingAuthorization(Change<stripe_shared::IssuingAuthorization>),
    #[event("issuing.card")]
    IssuingCard(Change<stripe_shared::IssuingCard>),
    #[event("issuing.cardholder")]
    IssuingCardholder(Change<stripe_shared::IssuingCardholder>),
    #[event("issuing.dispute")]
    IssuingDispute(Change<stripe_shared::IssuingDispute>),
    #[event("issuing.personalization_design")]
    IssuingPersonalizationDesign(Change<stripe_shared::IssuingPersonalizationDesign>),
    #[event("issuing.physical_bundle")]
    IssuingPhysicalBundle(Change<stripe_shared::IssuingPhysicalBundle>),
    #[event("issuing.token")]
    IssuingToken(Change<stripe_shared::IssuingToken>),
    #[event("issuing.transaction")]
    IssuingTransaction(Change<stripe_shared::IssuingTransaction>),
    #[event("mandate")]
    Mandate(Change<stripe_shared::Mandate>),
    #[event("payment_intent")]
    PaymentIntent(Change<stripe_shared::PaymentIntent>),
    #[event("payment_link")]
    PaymentLink(Change<stripe_shared::PaymentLink>),
    #[event("payment_method")]
    PaymentMethod(Change<stripe_shared::PaymentMethod>),
    #[event("payout")]
    Payout(Change<stripe_shared::Payout>),
    #[event("person")]
    Person(Change<stripe_shared::Person>),
    #[event("plan")]
    Plan(Change<stripe_shared::Plan>),
    #[event("price")]
    Price(Change<stripe_shared::Price>),
    #[event("product")]
    Product(Change<stripe_shared::Product>),
    #[event("promotion_code")]
    PromotionCode(Change<stripe_shared::PromotionCode>),
    #[event("refund")]
    Refund(Change<stripe_shared::Refund>),
    #[event("review")]
    Review(Change<stripe_shared::Review>),
    #[event("setup_attempt")]
    SetupAttempt(Change<stripe_shared::SetupAttempt>),
    #[event("setup_intent")]
    SetupIntent(Change<stripe_shared::SetupIntent>),
    #[event("shipping_rate")]
    ShippingRate(Change<stripe_shared::ShippingRate>),
    #[event("source")]
    Source(Change<stripe_shared::Source>),
    #[event("source_transaction")]
    SourceTransaction(Change<stripe_shared::SourceTransaction>),
    #[event("subscription")]
    Subscription(Change<stripe_shared::Subscription>),
    #[event("subscription_item")]
    SubscriptionItem(Change<stripe_shared::SubscriptionItem>),
    #[event("subscription_schedule")]
    SubscriptionSchedule(Change<stripe_shared::SubscriptionSchedule>),
    #[event("tax_code")]
    TaxCode(Change<stripe_shared::TaxCode>),
    #[event("tax_id")]
    TaxId(Change<stripe_shared::TaxId>),
    #[event("tax_rate")]
    TaxRate(Change<stripe_shared::TaxRate>),
    #[event("test_helpers.test_clock")]
    TestHelpersTestClock(Change<stripe_shared::TestHelpersTestClock>),
    #[event("token")]
    Token(Change<stripe_shared::Token>),
    #[event("topup")]
    Topup(Change<stripe_shared::Topup>),
    #[event("transfer")]
    Transfer(Change<stripe_shared::Transfer>),
    #[event("transfer_reversal")]
    TransferReversal(Change<stripe_shared::TransferReversal>),
    #[event(unknown)]
    Other(UnknownEvent),
}

/// `STRIPE_FIXTURES` is the file of <https://github.com/stripe/openapi> with an example of each object. Without it, the test only
/// compiles, and `scripts/check-release` says so.
#[test]
fn stripes_examples_decode_once_they_are_verified() {
    let Ok(fixtures) = env::var("STRIPE_FIXTURES") else { return };
    let fixtures: Value = serde_json::from_slice(&fs::read(fixtures).unwrap()).unwrap();
    let (mut decoded, mut failed) = (0, Vec::new());
    for (name, object) in fixtures["resources"].as_object().unwrap() {
        let body = json!({ "id": "evt_1", "type": name, "data": { "object": object } });
        match received::<Objects>(&body).map(|event| event.data) {
            Ok(Objects::Other(_)) => {}
            Ok(_) => decoded += 1,
            Err(error) => failed.push(format!("{name}: {error}")),
        }
    }
    assert!(failed.is_empty(), "{decoded} decoded:\n{}", failed.join("\n"));
    assert!(decoded >= 50, "{decoded} decoded");
}

#[test]
fn the_sample_bodies_of_the_simulator_decode() {
    let samples =
        include_str!("../../../crates/countersign-testkit/src/simulators/sample/bodies/stripe.json");
    let samples: Value = serde_json::from_str(samples).unwrap();
    for (event_type, body) in samples.as_object().unwrap() {
        let mut body = body.clone();
        body["type"] = body["data"]["object"]["object"].clone();
        match received::<Objects>(&body).map(|event| event.data) {
            Ok(Objects::Other(other)) => panic!("{event_type}: {other:?} has no type here"),
            Ok(_) => {}
            Err(error) => panic!("{event_type}: {error}: {:?}", error.cause()),
        }
    }
}

/// Signs a delivery as Stripe does, verifies it, and decodes the event.
fn received<T: EventCatalog>(body: &Value) -> Result<Event<T>, DecodeError> {
    let (secret, now) = (|| Secret::new("whsec_1").unwrap(), UnixTime::from_secs(1_700_000_000));
    let body = body.to_string();
    let signer = Signer::new(&providers::STRIPE, secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.clone(), now)).unwrap();
    let verifier = Verifier::new(&providers::STRIPE, secret()).unwrap();
    Event::decode(verifier.verify(&Head::new(&headers), body, now).unwrap())
}
