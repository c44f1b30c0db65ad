//! The events that this program uses.

use countersign::{EventCatalog, UnknownEvent};
use serde::Deserialize;
use stripe_shared::{
    Account, Charge, CheckoutSession, Coupon, CreditNote, Customer, Dispute, Invoice, Mandate, PaymentIntent,
    PaymentMethod, Payout, Plan, Price, Product, Refund, SetupIntent, Subscription, Transfer,
};

/// The data of an event: the object, and the values that have changed.
#[derive(Debug, Deserialize)]
pub(crate) struct Change<T> {
    pub(crate) object: Box<T>,
    #[allow(dead_code, reason = "a program that looks at changes reads it")]
    pub(crate) previous_attributes: Option<serde_json::Value>,
}

/// Stripe's events. A type of another crate is the data of a variant, here inside that of an event.
#[allow(dead_code, reason = "a program that looks at more objects reads them")]
#[derive(Debug, EventCatalog)]
pub(crate) enum Stripe {
    #[event("account.updated")]
    Account(Change<Account>),
    #[event("charge.captured", "charge.failed", "charge.pending", "charge.refunded", "charge.succeeded")]
    Charge(Change<Charge>),
    #[event("charge.dispute.closed", "charge.dispute.created", "charge.dispute.updated")]
    Dispute(Change<Dispute>),
    #[event("checkout.session.completed", "checkout.session.expired")]
    CheckoutSession(Change<CheckoutSession>),
    #[event("coupon.created", "coupon.deleted", "coupon.updated")]
    Coupon(Change<Coupon>),
    #[event("credit_note.created", "credit_note.updated", "credit_note.voided")]
    CreditNote(Change<CreditNote>),
    #[event("customer.created", "customer.deleted", "customer.updated")]
    Customer(Change<Customer>),
    #[event(
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.updated"
    )]
    Subscription(Change<Subscription>),
    #[event(
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_failed",
        "invoice.voided"
    )]
    Invoice(Change<Invoice>),
    #[event("mandate.updated")]
    Mandate(Change<Mandate>),
    #[event("payment_intent.canceled", "payment_intent.payment_failed", "payment_intent.succeeded")]
    PaymentIntent(Change<PaymentIntent>),
    #[event("payment_method.attached", "payment_method.detached", "payment_method.updated")]
    PaymentMethod(Change<PaymentMethod>),
    #[event("payout.canceled", "payout.created", "payout.failed", "payout.paid", "payout.updated")]
    Payout(Change<Payout>),
    #[event("plan.created", "plan.deleted", "plan.updated")]
    Plan(Change<Plan>),
    #[event("price.created", "price.deleted", "price.updated")]
    Price(Change<Price>),
    #[event("product.created", "product.deleted", "product.updated")]
    Product(Change<Product>),
    #[event("refund.created", "refund.failed", "refund.updated")]
    Refund(Change<Refund>),
    #[event("setup_intent.canceled", "setup_intent.created", "setup_intent.succeeded")]
    SetupIntent(Change<SetupIntent>),
    #[event("transfer.created", "transfer.reversed", "transfer.updated")]
    Transfer(Change<Transfer>),
    #[event(unknown)]
    Other(UnknownEvent),
}

/// Returns the name of an object by that in the types of its events.
pub(crate) fn resource(name: &str) -> &str {
    match name {
        "charge.dispute" => "dispute",
        "customer.subscription" => "subscription",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use countersign::{Event, Head, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_verified_delivery_is_decoded_with_the_types_of_async_stripe() {
        let object = json!({
            "id": "spring", "object": "coupon", "created": 1_700_000_000, "duration": "once", "livemode": false,
            "percent_off": 12.5, "times_redeemed": 0, "valid": true,
        });
        let data = json!({ "object": object, "previous_attributes": { "name": "Spring" } });
        let body = json!({ "id": "evt_1", "type": "coupon.updated", "data": data }).to_string();
        let (secret, now) = ("whsec_1", UnixTime::from_secs(1_700_000_000));
        let signer = Signer::new(&providers::STRIPE, Secret::new(secret).unwrap()).unwrap();
        let headers = signer.sign(&SigningRequest::new(body.clone(), now)).unwrap();
        let verifier = Verifier::new(&providers::STRIPE, Secret::new(secret).unwrap()).unwrap();
        let delivery = verifier.verify(&Head::new(&headers), body, now).unwrap();
        let Stripe::Coupon(coupon) = Event::decode(delivery).unwrap().data else { panic!("no coupon") };
        assert_eq!((coupon.object.id.as_str(), coupon.object.percent_off), ("spring", Some(12.5)));
    }
}
